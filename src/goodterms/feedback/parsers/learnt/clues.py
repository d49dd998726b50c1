"""Finding what a person speaks of, as notions and as clues, the same in every language."""

import tomllib
from enum import IntEnum, auto
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from goodterms.feedback.parsers.lexicon import WIDTH, Lexicon, Notion, lexicon, marks_of


class Clue(IntEnum):
    """The lists of clues.toml, which says what they mean; the number is the bit."""

    CIRCULAR = 0
    LETTER = auto()
    BOX = auto()
    OUT = auto()
    ENOUGH = auto()
    MUCH = auto()
    STRANGER = auto()
    LAW = auto()
    POLITE = auto()
    WARM = auto()
    MEET = auto()
    ASK = auto()
    LIFE = auto()
    WORK = auto()
    EVENT = auto()
    TIME = auto()
    THEY = auto()
    YOU = auto()
    BUT = auto()
    RUDE = auto()


_COUNT = len(Clue)
NOTIONS = Notion.SMALL
"""Notions have the numbers below; SMALL tells the language and nothing else."""
MOST = NOTIONS + _COUNT
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
    notions, is_joined = marks_of(text)
    of_notions, of_clues = _masks(languages)
    places = [
        _of_notions(notion & of_notions) + _of_clues(clue & of_clues)
        for notion, clue in zip(notions, _clue_marks(text, is_joined=is_joined), strict=True)
        if notion or clue
    ]
    return Told(list(filter(None, places)), text.count(" ") + 1)


@lru_cache(maxsize=8192)
def _of_notions(bits: int) -> tuple[int, ...]:
    return _numbers(bits, WIDTH, 0)


@lru_cache(maxsize=8192)
def _of_clues(bits: int) -> tuple[int, ...]:
    return _numbers(bits, _COUNT, NOTIONS)


def _numbers(bits: int, width: int, first: int) -> tuple[int, ...]:
    found = set()
    while bits:
        lowest = bits & -bits
        found.add(first + (lowest.bit_length() - 1) % width)
        bits ^= lowest
    return tuple(sorted(found))


def _clue_marks(text: str, *, is_joined: bool) -> list[int]:
    words = _clues()
    return words.marks_of_joined(f" {text} ") if is_joined else words.marks(text)


@lru_cache(maxsize=256)
def _masks(languages: int) -> tuple[int, int]:
    """Give the bits of the notions and of the clues in these languages."""
    everything = (1 << WIDTH) - 1 - (1 << Notion.SMALL)
    known = _clues().names
    names = [name for place, name in enumerate(lexicon().names) if languages >> place * WIDTH & 1 and name in known]
    of_clues = sum(((1 << _COUNT) - 1) << known.index(name) * _COUNT for name in names)
    return languages * everything, of_clues


@cache
def _clues() -> Lexicon:
    found = Lexicon()
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    for place, (name, table) in enumerate(tables.items()):
        found.names.append(name)
        for clue in Clue:
            for entry in table.get(clue.name.lower(), "").split():
                found.add(entry, 1 << place * _COUNT + clue, is_joined=bool(table.get("joined")))
    return found
