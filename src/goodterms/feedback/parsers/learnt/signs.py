"""What of a reply the small model looks at: runs of letters and words, and what each sentence speaks of."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np

from goodterms.feedback.parsers.folding import fold, words_of_folded
from goodterms.feedback.parsers.learnt.clues import MOST, NOTIONS, Told, told_by
from goodterms.feedback.parsers.lexicon import likely, marks_of
from goodterms.lib.ngrams import Hashed, Ints, mixed, runs_of_letters, runs_of_words

FOLDER = Path(__file__).parent
BITS = 17
"""Signs are told apart by a hash of so many bits, for sentences and for whole replies."""
MOST_SENTENCES = 40
MOST_SIGNS = 4_000
"""So much of a reply is looked at."""
_LETTERS, _WORDS = range(2, 6), range(1, 4)
_MOST_PRESENT = 24
"""So many different things of a text are looked at together."""
_SENTENCE = re.compile(r"(?<=[.!?…。！？｡؟।;\n|])\s*| / ")
_DIGITS = re.compile(r"\d+")
_ENDINGS = {"?": MOST, "？": MOST, "؟": MOST, "!": MOST + 1, "！": MOST + 1, ")": MOST + 2}
_BASE = 64
"""More than there are numbers, endings among them."""


@dataclass(frozen=True)
class Signs:
    """The signs of a reply: for each group, by their bucket and their sentence; and what it speaks of as a whole."""

    sentences: tuple[str, ...]
    """As they were compared."""
    signs: int
    groups: tuple[Hashed, ...]
    """Letters, words and clues."""
    whole: Ints
    """The clues of all sentences together."""


def signs_of(words: str) -> Signs:
    """Give the signs of a person's words."""
    folded = fold(words[:MOST_SIGNS])
    pieces = [(words_of_folded(piece), piece) for piece in _SENTENCE.split(folded)]
    pieces = [(_DIGITS.sub("0", text), piece) for text, piece in pieces if text][:MOST_SENTENCES] or [("", "")]
    sentences = [text for text, _ in pieces]
    languages = likely(marks_of(" . ".join(sentences))[0])
    told = [_ended(told_by(text, languages), piece) for text, piece in pieces]
    clues = [clue_signs(one) for one in told]
    return Signs(
        sentences=tuple(sentences),
        signs=len(words),
        groups=(
            runs_of_letters(sentences, _LETTERS, BITS),
            runs_of_words(sentences, _WORDS, BITS),
            Hashed(np.concatenate(clues), np.repeat(np.arange(len(clues)), [len(one) for one in clues])),
        ),
        whole=clue_signs(Told(tuple(place for one in told for place in one.places), sum(one.words for one in told))),
    )


def _ended(told: Told, piece: str) -> Told:
    ending = _ENDINGS.get(piece.rstrip()[-1:])
    return Told((*told.places, (ending,)), told.words) if ending else told


def clue_signs(told: Told) -> Ints:
    """Give the buckets of what a text speaks of: each thing, two and three together, what follows what, how long."""
    present = np.array(told.present[:_MOST_PRESENT], dtype=np.uint64)
    notions = present[present < NOTIONS]
    long = np.uint64(min(5, told.words.bit_length()))
    follows = [one * _BASE + two for before, after in pairwise(told.places) for one in before for two in after]
    one, base = np.uint64(1), np.uint64(_BASE)
    found = [
        np.array([long], dtype=np.uint64) + _kind(0),
        present + _kind(1),
        present * base + long + _kind(2),
        _together(present, 2) + _kind(3),
        _together(notions + one, 3) + _kind(4),
        np.array(sorted(set(follows)), dtype=np.uint64) + _kind(5),
    ]
    return mixed(np.concatenate(found), BITS)


def _kind(number: int) -> np.uint64:
    return np.uint64(number * _BASE**4 + 1)


def _together(numbers: "np.ndarray[tuple[int], np.dtype[np.uint64]]", size: int) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    chosen = numbers[_choices(len(numbers), size)]
    powers = np.array([_BASE**place for place in range(size)], dtype=np.uint64)
    return np.asarray((chosen * powers).sum(axis=1, dtype=np.uint64))


@lru_cache(maxsize=128)
def _choices(count: int, size: int) -> Ints:
    return np.array(list(combinations(range(count), size)), dtype=np.int64).reshape(-1, size)
