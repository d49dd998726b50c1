"""The words of notions.toml, looked up for all languages at once: each notion of each has a bit of a number."""

import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum, auto
from functools import cache, lru_cache, reduce
from operator import or_
from pathlib import Path

from goodterms.feedback.parsers.folding import fold, is_joined

SIGNS_A_WORD = 3
"""How many signs of a text without blanks count as a word."""
_REPEATED = re.compile(r"([b-df-hj-np-tv-z])\1+")
_SPELT_OUT = re.compile(r"([aou])e|aa")
_KANA = re.compile(r"[\u3041-\u30ff]")
_MOST_KNOWN = 20_000
_MOST_BETWEEN = 2
_KEY = 3
_COUNT = 16


class Notion(IntEnum):
    """The lists of notions.toml, which says what they mean; the number is the bit."""

    NOT = 0
    AGAIN = auto()
    SEND = auto()
    GET = auto()
    WANT = auto()
    THING = auto()
    LIST = auto()
    REMOVE = auto()
    UNSUBSCRIBE = auto()
    STOP = auto()
    BOTHER = auto()
    ALONE = auto()
    INTEREST = auto()
    ME = auto()
    MY = auto()
    CONNECTION = auto()
    END = auto()
    DATA = auto()
    KEEP = auto()
    CAN = auto()
    DOUBT = auto()
    LESS = auto()
    CONSENT = auto()
    WITHDRAW = auto()
    DARE = auto()
    JUNK = auto()
    WHERE = auto()
    IF = auto()
    SPAM = auto()
    USE = auto()
    FORME = auto()
    ENROL = auto()
    SMALL = auto()


WIDTH = len(Notion)
_Phrase = tuple[tuple[str, ...], int]


@dataclass
class Lexicon:
    """The words and parts of words that bear notions."""

    names: list[str] = field(default_factory=list)
    exact: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    stems: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    phrases: dict[str, dict[str, list["_Phrase"]]] = field(default_factory=dict)
    """By their first word, and the signs that the second begins with."""
    joined: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, int] = field(default_factory=dict)
    begun: dict[str, list["_Phrase"]] = field(default_factory=dict)
    """The phrases that two words may begin, as they were asked for."""
    loose: int = 0
    nots: int = 0

    def bits(self, word: str) -> int:
        """Give the notions of a word, whatever stands around it."""
        found = self.known.get(word)
        if found is None:
            found = self._looked_up(word) | self._looked_up(canonical(word))
            if len(self.known) > _MOST_KNOWN:
                self.known.clear()
            self.known[word] = found
        return found

    def _looked_up(self, word: str) -> int:
        stems = (self.stems.get(word[:length], 0) for length in range(2, len(word) + 1))
        return reduce(or_, stems, self.exact.get(word, 0))

    def add(self, entry: str, bits: int, *, is_joined: bool) -> None:
        """Take in an entry of the file."""
        folded = fold(entry).replace("_", " ")
        if is_joined:
            self.joined[folded[:2]].append((folded, bits))
            return
        first, *rest = folded.split()
        if rest:
            following = tuple(map(_canonical_entry, rest))
            begun = self.phrases.setdefault(canonical(first), {})
            begun.setdefault(following[0][:_KEY].rstrip("*"), []).append((following, bits))
        elif first.endswith("*"):
            for stem in {first[:-1], _canonical_entry(first)[:-1]}:
                self.stems[stem] |= bits
        else:
            for word in {first, canonical(first)}:
                self.exact[word] |= bits

    def _with_phrases(self, words: list[str], place: int, found: int) -> int:
        """Give the notions of a word, which are known, and of the phrases that begin with it; `words` are canonical."""
        word = words[place]
        for following in words[place + 1 : place + 2 + _MOST_BETWEEN]:
            for rest, bits in self._begun_by(word, following):
                if found | bits != found and self._goes_on(words, place + 1, rest, bits):
                    found |= bits
        return found

    def _begun_by(self, word: str, following: str) -> list["_Phrase"]:
        """Give the phrases that a word begins and another may go on with."""
        key = f"{word} {following}"
        found = self.begun.get(key)
        if found is None:
            by_signs = self.phrases[word]
            found = [phrase for length in range(1, _KEY + 1) for phrase in by_signs.get(following[:length], ())]
            if len(self.begun) > _MOST_KNOWN:
                self.begun.clear()
            self.begun[key] = found
        return found

    def _goes_on(self, words: list[str], place: int, rest: tuple[str, ...], bits: int) -> bool:
        """Say whether the rest of a phrase follows; whole turns of phrase may have up to two words between."""
        for pattern in rest:
            end = place + (_MOST_BETWEEN if bits & self.loose else 0)
            while place < end and place < len(words) and not _fits(words[place], pattern):
                if self.bits(words[place]) & self.nots:
                    return False
                place += 1
            if place >= len(words) or not _fits(words[place], pattern):
                return False
            place += 1
        return True

    def marks(self, text: str) -> list[int]:
        """Give the notions that begin at each word of a text with blanks between them."""
        words = list(map(canonical, text.split()))
        known, phrases = self.known, self.phrases
        found = [known[word] if word in known else self.bits(word) for word in words]
        for place, word in enumerate(words):
            if word in phrases:
                found[place] = self._with_phrases(words, place, found[place])
        return found

    def marks_of_joined(self, padded: str) -> list[int]:
        """Give the notions that begin at each sign of a text that has a blank at both ends."""
        by_sign = self.joined
        found = [0] * len(padded)
        for place, sign in enumerate(padded):
            for key in (sign, padded[place : place + 2]):
                for part, bits in by_sign.get(key, ()):
                    if padded.startswith(part, place):
                        found[place] |= bits
        # Words of other scripts stand there too.
        found[0] |= reduce(or_, self.marks(padded), 0)
        return found


@lru_cache(maxsize=8192)
def canonical(word: str) -> str:
    """Give a word as it is compared: without doubled letters and without ae, oe, ue for umlauts."""
    if len(word) < 5 or word > "\u0250":
        return word
    return _REPEATED.sub(r"\1", _SPELT_OUT.sub(lambda found: found[1] or "a", word))


def _canonical_entry(word: str) -> str:
    return canonical(word[:-1]) + "*" if word.endswith("*") else canonical(word)


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@cache
def lexicon() -> Lexicon:
    """Give the lexicon, read once."""
    found = Lexicon()
    for name, notion, entry, joined in _entries():
        if name not in found.names:
            found.names.append(name)
        place = found.names.index(name) * WIDTH
        found.nots |= 1 << (place + Notion.NOT)
        found.loose |= (1 << Notion.ALONE | 1 << Notion.DOUBT | 1 << Notion.DARE) << place
        found.add(entry, 1 << (found.names.index(name) * WIDTH + notion), is_joined=joined)
    return found


def _entries() -> Iterator[tuple[str, Notion, str, bool]]:
    tables = tomllib.loads(Path(__file__).with_name("notions.toml").read_text(encoding="utf-8"))
    for name, table in tables.items():
        for notion in Notion:
            for entry in table.get(notion.name.lower(), "").split():
                yield name, notion, entry, bool(table.get("joined"))


@lru_cache(maxsize=64)  # a sentence is looked at several times, and then never again
def marks_of(text: str) -> tuple[list[int], bool]:
    """Give the notions that begin at each word; or, where words are not kept apart, at each sign, and True."""
    if is_joined(text):
        return _joined_marks(f" {text} "), True
    return lexicon().marks(text), False


def _joined_marks(padded: str) -> list[int]:
    other = _masks()["zh" if _KANA.search(padded) else "ja"]
    return [bits & ~other for bits in lexicon().marks_of_joined(padded)]


@cache
def _masks() -> dict[str, int]:
    everything = (1 << WIDTH) - 1
    return {name: everything << (place * WIDTH) for place, name in enumerate(lexicon().names)}


def likely(marks: list[int]) -> int:
    """Give the first bits of the languages that have about as many words of their own in a text as any."""
    size = len(lexicon().names) * _COUNT // 8
    counts = memoryview(sum(map(_languages, marks)).to_bytes(size, sys.byteorder)).cast("H")
    least = max(counts) * 2 // 3
    return sum(1 << (place * WIDTH) for place, count in enumerate(counts) if count and count >= least)


@lru_cache(maxsize=8192)
def _languages(bits: int) -> int:
    """Give the languages that have any of these notions, each as a one in two bytes of its own."""
    return sum(1 << (_COUNT * place) for place, mask in enumerate(_masks().values()) if bits & mask)
