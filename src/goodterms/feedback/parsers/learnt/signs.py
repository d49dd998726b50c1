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
from goodterms.lib.ngrams import Ints, Texts, mixed

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
_LONG, _ONE, _ONE_LONG, _TWO, _THREE, _FOLLOWS = (kind * _BASE**4 for kind in range(1, 7))


@dataclass(frozen=True)
class Hashed:
    """Signs by their bucket, and of which sentence each is."""

    bucket: Ints
    text: Ints


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
    pieces = [(words_of_folded(piece), piece) for piece in _SENTENCE.split(fold(words[:MOST_SIGNS]))]
    pieces = [(_DIGITS.sub("0", text), piece) for text, piece in pieces if text][:MOST_SENTENCES] or [("", "")]
    sentences = [text for text, _ in pieces]
    languages = likely([mark for text in sentences for mark in marks_of(text)[0]])
    told = [_ended(told_by(text, languages), piece) for text, piece in pieces]
    clues = [clue_signs(one) for one in told]
    whole = clue_signs(Told(tuple(place for one in told for place in one.places), sum(one.words for one in told)))
    texts = Texts(sentences)
    letters, runs = texts.runs_of_letters(_LETTERS), texts.runs_of_words(_WORDS)
    all_clues = np.array([sign for one in clues for sign in one], dtype=np.uint64)
    of_clues = np.arange(len(clues)).repeat([len(one) for one in clues])
    parts = (letters.hashes, runs.hashes, all_clues, np.array(whole, dtype=np.uint64))
    buckets = mixed(np.concatenate(parts), BITS)
    ends = [len(parts[0]), len(parts[0]) + len(parts[1]), len(buckets) - len(whole)]
    return Signs(
        sentences=tuple(sentences),
        signs=len(words),
        groups=(
            Hashed(buckets[: ends[0]], letters.text),
            Hashed(buckets[ends[0] : ends[1]], runs.text),
            Hashed(buckets[ends[1] : ends[2]], of_clues),
        ),
        whole=buckets[ends[2] :],
    )


def _ended(told: Told, piece: str) -> Told:
    ending = _ENDINGS.get(piece.rstrip()[-1:])
    return Told((*told.places, (ending,)), told.words) if ending else told


def clue_signs(told: Told) -> list[int]:
    """Give numbers for what a text speaks of: each thing, two and three together, what follows what, how long."""
    long = min(5, told.words.bit_length())
    present = tuple(told.present[:_MOST_PRESENT])
    follows = {one * _BASE + two for before, after in pairwise(told.places) for one in before for two in after}
    return [long + _LONG, *_together(present, long), *(both + _FOLLOWS for both in sorted(follows))]


@lru_cache(maxsize=4096)
def _together(present: tuple[int, ...], long: int) -> tuple[int, ...]:
    notions = [number for number in present if number < NOTIONS]
    return (
        *(number + _ONE for number in present),
        *(number * _BASE + long + _ONE_LONG for number in present),
        *(one * _BASE + two + _TWO for one, two in combinations(present, 2)),
        *((one * _BASE + two) * _BASE + three + _THREE for one, two, three in combinations(notions, 3)),
    )
