"""What of a reply the small model looks at: runs of letters and words, and what each sentence speaks of."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path

from goodterms.feedback.parsers.folding import fold, words_of_folded
from goodterms.feedback.parsers.learnt.clues import MOST, NOTIONS, Told, told_by
from goodterms.feedback.parsers.lexicon import likely, marks_of
from goodterms.lib.ngrams import runs_of_letters, spread

FOLDER = Path(__file__).parent
BITS = 18
"""Signs are told apart by a hash of so many bits, for sentences and for whole replies."""
MOST_SENTENCES = 40
MOST_SIGNS = 4_000
"""So much of a reply is looked at."""
LONGEST_RUN = 3
"""Of words."""
_LETTERS = range(2, 6)
_MOST_PRESENT = 24
"""So many different things of a text are looked at together."""
_SENTENCE = re.compile(r"(?<=[.!?…。！？｡؟।;\n|])\s*| / ")
_DIGITS = re.compile(r"\d+")
_ENDINGS = {"?": MOST, "？": MOST, "؟": MOST, "!": MOST + 1, "！": MOST + 1, ")": MOST + 2}
_BASE = 64
"""More than there are numbers, endings among them."""
_LONG, _ONE, _ONE_LONG, _TWO, _THREE, _FOLLOWS = (kind * _BASE**4 for kind in range(1, 7))


@dataclass(frozen=True)
class Sentence:
    """A sentence as it is compared, and the buckets of what it speaks of."""

    text: str
    clues: tuple[int, ...]


@dataclass(frozen=True)
class Signs:
    """The sentences of a reply, and the buckets of what it speaks of as a whole."""

    sentences: tuple[Sentence, ...]
    signs: int
    whole: tuple[int, ...]


def signs_of(words: str) -> Signs:
    """Give the signs of a person's words."""
    pieces = [(words_of_folded(piece), piece) for piece in _SENTENCE.split(fold(words[:MOST_SIGNS]))]
    pieces = [(_DIGITS.sub("0", text), piece) for text, piece in pieces if text][:MOST_SENTENCES] or [("", "")]
    languages = likely([mark for text, _ in pieces for mark in marks_of(text)[0]])
    told = [_ended(told_by(text, languages), piece) for text, piece in pieces]
    whole = told[0]
    if len(told) > 1:
        whole = Told(tuple(place for one in told for place in one.places), sum(one.words for one in told))
    return Signs(
        sentences=tuple(Sentence(text, clue_signs(one)) for (text, _), one in zip(pieces, told, strict=True)),
        signs=len(words),
        whole=clue_signs(whole),
    )


def letter_signs(word: str) -> list[int]:
    """Give the buckets of a word's runs of letters."""
    return bucketed(runs_of_letters(word, _LETTERS))


def bucketed(numbers: list[int]) -> list[int]:
    """Give the buckets of hashes of 32 bits."""
    return [number >> (32 - BITS) for number in numbers]


def _ended(told: Told, piece: str) -> Told:
    ending = _ENDINGS.get(piece.rstrip()[-1:])
    return Told((*told.places, (ending,)), told.words) if ending else told


def clue_signs(told: Told) -> tuple[int, ...]:
    """Give buckets for what a text speaks of: each thing, two and three together, what follows what, how long."""
    long = min(5, told.words.bit_length())
    present = tuple(told.present[:_MOST_PRESENT])
    follows = {
        one * _BASE + two + _FOLLOWS for before, after in pairwise(told.places) for one in before for two in after
    }
    return (*_together(present, long), *spread(sorted(follows), BITS))


@lru_cache(maxsize=4096)
def _together(present: tuple[int, ...], long: int) -> tuple[int, ...]:
    notions = [number for number in present if number < NOTIONS]
    numbers = [
        long + _LONG,
        *(number + _ONE for number in present),
        *(number * _BASE + long + _ONE_LONG for number in present),
        *(one * _BASE + two + _TWO for one, two in combinations(present, 2)),
        *((one * _BASE + two) * _BASE + three + _THREE for one, two, three in combinations(notions, 3)),
    ]
    return tuple(spread(numbers, BITS))
