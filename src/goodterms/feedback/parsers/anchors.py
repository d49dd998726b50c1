"""Finding texts without which a pattern can't match, so that most patterns need not be tried on a reply.

Entries in exit_words.toml are plain: words, groups, `|`, `?`, `*`, `+`, `{m,n}`, classes and looks ahead. Of each, one
set of anchors is taken: every match holds at least one of them. A blank in an anchor is the border of a word.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add, or_
from typing import Generic, TypeVar

from goodterms.lib.known import Known

_QUANTIFIER = re.compile(r"[?*+]|\{(\d+)(,\d*)?\}")
_KEY = 3  # the longest piece by which anchors are found

Name = TypeVar("Name", bound=Hashable)
Anchors = frozenset[str] | None
"""None: nothing can be said, so the pattern must always be tried."""


def anchors_of(entry: str, *, joined: bool) -> Anchors:
    """Give the anchors of an entry; where `joined`, words are not kept apart by blanks."""
    return _Reader(entry).alternatives(starts=not joined, ends=not joined)[0]


class Prefilter(Generic[Name]):
    """Says of which named lists of entries a text may hold a match; never misses one."""

    def __init__(self, lists: Mapping[Name, Sequence[Anchors]]) -> None:
        self._names = list(lists)
        self._always = 0
        bits: dict[str, int] = defaultdict(int)
        for place, sets in enumerate(lists.values()):
            self._always |= (None in sets) << place
            for anchor in _shortest(anchor for anchors in sets for anchor in anchors or ()):
                bits[anchor] |= 1 << place
        self._parts = _Parts(bits)

    def bits_for(self, text: str) -> int:
        """Give the lists that may match a text of words with blanks between them, each as a bit; `names` reads it."""
        padded = f" {text} "
        found = self._always
        for word in text.split():
            bits, across = self._parts.of[word]
            found |= bits
            for anchor, more in across:
                if found | more != found and anchor in padded:
                    found |= more
        return found

    def names(self, bits: int) -> list[Name]:
        """Give the names of lists, in their order."""
        found = []
        while bits:
            lowest = bits & -bits
            found.append(self._names[lowest.bit_length() - 1])
            bits ^= lowest
        return found

    def lists_for(self, text: str) -> list[Name]:
        """Give the lists that may match a text of words with blanks between them, in their order."""
        return self.names(self.bits_for(text))


_Across = tuple[tuple[str, int], ...]


class _Parts:
    """Which anchors a word holds, and which it may hold a part of; words come again and again."""

    def __init__(self, bits: Mapping[str, int]) -> None:
        self._whole: dict[str, int] = {}
        self._across: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for anchor, found in bits.items():
            if " " in anchor.strip():
                self._across[_longest_part(anchor)].append((anchor, found))
            else:
                self._whole[anchor] = found
        self._by_key: dict[str, list[str]] = defaultdict(list)
        for part in {*self._whole, *self._across}:
            self._by_key[part[:_KEY]].append(part)
        self.of = Known(self._looked_up)
        """The bits of the anchors in a word, and those anchors of several words of which it may be one."""

    def _looked_up(self, word: str) -> tuple[int, _Across]:
        padded = f" {word} "
        pairs = list(map(add, padded, padded[1:]))
        grams = {*padded, *pairs, *map(add, pairs, padded[2:])}
        parts = [part for key in grams & self._by_key.keys() for part in self._by_key[key] if part in padded]
        bits = reduce(or_, (self._whole.get(part, 0) for part in parts), 0)
        return bits, tuple(sorted(anchor for part in parts for anchor in self._across.get(part, ())))


def _longest_part(anchor: str) -> str:
    """Give the longest of an anchor's words, with the blanks around it that stand in the anchor."""
    pieces = anchor.split(" ")
    last = len(pieces) - 1
    parts = [f"{' ' * (place > 0)}{piece}{' ' * (place < last)}" for place, piece in enumerate(pieces) if piece]
    return max(parts, key=len)


def _shortest(anchors: Iterable[str]) -> list[str]:
    """Leave out anchors that hold another one."""
    kept: list[str] = []
    for anchor in sorted(set(anchors), key=len):
        if not any(shorter in anchor for shorter in kept):
            kept.append(anchor)
    return kept


@dataclass
class _Sequence:
    """What was read of one alternative: the run of plain signs at hand, and the sets that are certain to be met."""

    starts: bool
    """Whether what comes next stands at the beginning of a word."""
    run: str = ""
    sets: list[frozenset[str]] = field(default_factory=list)

    def end_run(self, *, at_border: bool = False) -> None:
        text = self.run + (" " if at_border and self.run else "")
        if text.strip():
            self.sets.append(frozenset({text}))
        self.run = ""

    def best(self) -> Anchors:
        return max(self.sets, key=lambda found: (min(map(len, found)), -len(found)), default=None)


class _Reader:
    """Reads an entry from left to right."""

    def __init__(self, entry: str) -> None:
        self._text, self._place = entry, 0

    def alternatives(self, *, starts: bool, ends: bool) -> tuple[Anchors, bool]:
        """Read up to the end of the group: its anchors, and whether each alternative ends with a blank."""
        found: set[str] = set()
        known, blank = True, True
        while True:
            anchors, ends_blank = self._sequence(starts=starts, ends=ends)
            known = known and anchors is not None
            blank = blank and ends_blank
            found |= anchors or set()
            if self._peek() != "|":
                return (frozenset(found) if known else None), blank
            self._place += 1

    def _sequence(self, *, starts: bool, ends: bool) -> tuple[Anchors, bool]:
        read = _Sequence(starts=starts)
        blank = False
        while self._peek() not in {"", "|", ")"}:
            blank = self._atom(read, ends=ends)
        read.end_run(at_border=ends)
        return read.best(), blank

    def _atom(self, read: _Sequence, *, ends: bool) -> bool:
        """Read one atom and its quantifier; say whether it ends with a blank."""
        sign = self._peek()
        if sign == "(":
            return self._group(read, ends=ends)
        plain = self._skip_sign()
        least = self._quantifier()
        if not plain or least is not None:
            read.end_run()
            read.starts = False
            if plain and least:
                read.run = sign
            return False
        if sign == " ":
            read.end_run(at_border=True)
        else:
            read.run = read.run or (" " if read.starts else "")
            read.run += sign
        read.starts = sign == " "
        return sign == " "

    def _group(self, read: _Sequence, *, ends: bool) -> bool:
        read_border = read.starts
        read.end_run()
        looks = re.match(r"\(\?(<?[=!])", self._text[self._place :])
        opening = re.match(r"\((\?(:|<?[=!]))?", self._text[self._place :])
        self._place += opening.end() if opening else 1
        at_end = self._closes_at_border(self._place, ends=ends)
        anchors, blank = self.alternatives(starts=read_border, ends=at_end)
        self._place += 1
        least = self._quantifier()
        if looks:
            return False
        if least is None or least > 0:
            read.sets += [anchors] if anchors else []
            read.starts = blank
        else:
            read.starts = read.starts and blank
        return blank

    def _closes_at_border(self, place: int, *, ends: bool) -> bool:
        """Say whether a blank or the end of the entry follows the group that begins here, and nothing between."""
        depth = 1
        while depth and place < len(self._text):
            if self._text[place] == "\\":
                place += 1
            elif self._text[place] == "[":
                place = self._text.index("]", place)
            depth += {"(": 1, ")": -1}.get(self._text[place], 0)
            place += 1
        after = self._text[place : place + 2]
        if after[:1] in {"", "|", ")"}:
            return ends
        return after[:1] == " " and after[1:] not in {"?", "*", "{"}

    def _skip_sign(self) -> bool:
        """Skip one sign; say whether it is a plain one."""
        sign = self._peek()
        if sign == "\\":
            self._place += 2
            return False
        if sign == "[":
            self._place = self._text.index("]", self._place) + 1
            return False
        self._place += 1
        return sign not in ".^$"

    def _quantifier(self) -> int | None:
        """Skip a quantifier; give how often at least, or None where there is none."""
        match = _QUANTIFIER.match(self._text, self._place)
        if not match:
            return None
        self._place = match.end()
        if self._peek() == "?":
            self._place += 1
        return int(match[1]) if match[1] else int(match[0] == "+")

    def _peek(self) -> str:
        return self._text[self._place : self._place + 1]
