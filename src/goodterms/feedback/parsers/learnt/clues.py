"""Finding what a person speaks of, as notions and as clues, the same in every language."""

from functools import lru_cache
from typing import NamedTuple

from goodterms.feedback.parsers.lexicon import CLUES, WIDTH, Notion, clue_place, lexicon, marks_of

NOTIONS = Notion.SMALL
"""Notions have the numbers below; SMALL tells the language and nothing else."""
MOST = NOTIONS + CLUES
"""How many numbers there are."""


class Told(NamedTuple):
    """What a text speaks of: at each place where it speaks of something, the numbers of notions and clues."""

    places: list[tuple[int, ...]]
    words: int

    @property
    def present(self) -> list[int]:
        """Every number once, in order."""
        return sorted(set().union(*self.places))


def told_by(text: str, languages: int) -> Told:
    """Give what words with blanks between them speak of; `languages` has the first bits of those they may be in."""
    told = _bits_of(languages)
    places = [_numbers(mark & told) for mark in marks_of(text)[0] if mark]
    return Told(list(filter(None, places)), text.count(" ") + 1)


@lru_cache(maxsize=16_384)
def _numbers(bits: int) -> tuple[int, ...]:
    """Give the numbers of notions and clues, whatever their languages."""
    found, first = set(), clue_place(0)
    while bits:
        lowest = bits & -bits
        place = lowest.bit_length() - 1
        found.add(place % WIDTH if place < first else NOTIONS + (place - first) % CLUES)
        bits ^= lowest
    return tuple(sorted(found))


@lru_cache(maxsize=1024)
def _bits_of(languages: int) -> int:
    """Give the bits of the notions and clues in these languages."""
    notions = languages * ((1 << WIDTH) - 1 - (1 << Notion.SMALL))
    places = (place for place in range(len(lexicon().names)) if languages >> place * WIDTH & 1)
    return notions + sum((1 << CLUES) - 1 << clue_place(place) for place in places)
