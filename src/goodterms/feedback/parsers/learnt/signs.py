"""What of a reply the small model looks at: runs of letters and words, and what each sentence speaks of."""

import re
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from goodterms.feedback.parsers.folding import contracted, fold, words_of_contracted
from goodterms.feedback.parsers.learnt.clues import MOST, NOTIONS, Told, told_by
from goodterms.feedback.parsers.lexicon import likely, marks_of
from goodterms.lib.ngrams import runs_of_letters, spread

FOLDER = Path(__file__).parent
BITS = 20
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


class Spoken(NamedTuple):
    """What a text speaks of, as numbers: each thing once, and what follows what; and how long it is, in few steps."""

    present: tuple[int, ...]
    follows: list[int]
    long: int


class Sentence(NamedTuple):
    """A sentence as it is compared, and what it speaks of."""

    text: str
    spoken: Spoken


class Signs(NamedTuple):
    """The sentences of a reply, what it speaks of as a whole, and how long it is in signs."""

    sentences: list[Sentence]
    whole: Spoken
    length: int


def signs_of(words: str) -> Signs:
    """Give the signs of a person's words."""
    folded = _DIGITS.sub("0", contracted(fold(words[:MOST_SIGNS])))
    pieces = [(words_of_contracted(piece), piece) for piece in _SENTENCE.split(folded) if piece]
    pieces = [(text, piece) for text, piece in pieces if text][:MOST_SENTENCES] or [("", "")]
    languages = likely([mark for text, _ in pieces for mark in marks_of(text)[0]])
    told = [_ended(told_by(text, languages), piece) for text, piece in pieces]
    sentences = [Sentence(text, _spoken(one)) for (text, _), one in zip(pieces, told, strict=True)]
    whole = sentences[0].spoken
    if len(told) > 1:
        whole = _spoken(Told([place for one in told for place in one.places], sum(one.words for one in told)))
    return Signs(sentences, whole, len(words))


def letter_signs(word: str) -> list[int]:
    """Give the buckets of a word's runs of letters."""
    return bucketed(runs_of_letters(word, _LETTERS))


def bucketed(numbers: list[int]) -> list[int]:
    """Give the buckets of hashes of 32 bits."""
    return [number >> (32 - BITS) for number in numbers]


def _ended(told: Told, piece: str) -> Told:
    ending = _ENDINGS.get(piece.rstrip()[-1:])
    return Told([*told.places, (ending,)], told.words) if ending else told


def _spoken(told: Told) -> Spoken:
    places = told.places
    follows = sorted(set().union(*map(_following, places, places[1:])))
    return Spoken(tuple(told.present[:_MOST_PRESENT]), follows, min(5, told.words.bit_length()))


@lru_cache(maxsize=4096)
def _following(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(one * _BASE + two + _FOLLOWS for one in before for two in after)


def clue_signs(spoken: Spoken) -> list[int]:
    """Give buckets for what a text speaks of."""
    return spread([*numbers_of_things(spoken.present, spoken.long), *spoken.follows], BITS)


def numbers_of_things(present: tuple[int, ...], long: int) -> list[int]:
    """Give a number for each thing that a text speaks of, for two and three together, and for how long it is."""
    notions = [number for number in present if number < NOTIONS]
    return [
        long + _LONG,
        *(number + _ONE for number in present),
        *(number * _BASE + long + _ONE_LONG for number in present),
        *(one * _BASE + two + _TWO for one, two in combinations(present, 2)),
        *((one * _BASE + two) * _BASE + three + _THREE for one, two, three in combinations(notions, 3)),
    ]
