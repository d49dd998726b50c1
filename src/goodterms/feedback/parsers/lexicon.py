"""The words of notions.toml and clues.toml, looked up for all languages at once: of each, all have bits of a number."""

import re
import sys
import tomllib
from collections import defaultdict
from enum import IntEnum, auto
from functools import cache, lru_cache, reduce
from operator import add, or_
from pathlib import Path
from typing import Any, NamedTuple

from goodterms.feedback.parsers.folding import fold, is_joined
from goodterms.lib.known import Known

SIGNS_A_WORD = 3
"""How many signs of a text without blanks count as a word."""
_REPEATED = re.compile(r"([b-df-hj-np-tv-z])\1+")
_SPELT_OUT = re.compile(r"([aou])e|aa")
_KANA = re.compile(r"[\u3041-\u30ff]")
_MOST_BETWEEN = 2
_KEY = 2
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


class Clue(IntEnum):
    """The lists of clues.toml, which says what they mean; the number is the bit, above all notions."""

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


WIDTH, CLUES = len(Notion), len(Clue)
_Phrase = tuple[tuple[str, ...], int]


_Begun = dict[str, list[_Phrase]]
"""The phrases that a word begins, by the signs that their second word begins with."""


class _Word(NamedTuple):
    """A word as it is compared, what it bears whatever stands around it, how it begins, and what it begins."""

    text: str
    bits: int
    start: str
    begun: _Begun


class Lexicon:
    """The words and parts of words that bear notions and clues."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.loose = 0
        """The bits whose phrases may have other words in between."""
        self.nots = 0
        """The bits of words for not."""
        self._exact: dict[str, int] = defaultdict(int)
        self._stems: dict[str, int] = defaultdict(int)
        self._phrases: dict[str, _Begun] = defaultdict(lambda: defaultdict(list))
        self._joined: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._words = Known(self._word)
        self._pairs = Known(self._parts)

    def _word(self, text: str) -> _Word:
        found = canonical(text)
        bits = reduce(or_, map(self._looked_up, {found, canonical(found)}))
        return _Word(found, bits, found[:_KEY], self._phrases.get(found, {}))

    def _looked_up(self, word: str) -> int:
        stems = (self._stems.get(word[:length], 0) for length in range(2, len(word) + 1))
        return reduce(or_, stems, self._exact.get(word, 0))

    def _parts(self, pair: str) -> tuple[tuple[str, int], ...]:
        """Give the entries of scripts without blanks that may begin with two signs."""
        return (*self._joined.get(pair[:1], ()), *self._joined.get(pair, ()))

    def add(self, entry: str, bits: int, *, is_joined: bool) -> None:
        """Take in an entry of the file; before anything is looked up."""
        folded = fold(entry).replace("_", " ")
        if is_joined:
            self._joined[folded[:2]].append((folded, bits))
            return
        first, *rest = folded.split()
        if rest:
            following = tuple(map(_canonical_entry, rest))
            # Whoever looks for it knows so many signs of the word that follows; a shorter beginning is never found.
            assert not following[0][:_KEY].endswith("*"), entry
            self._phrases[canonical(first)][following[0][:_KEY]].append((following, bits))
        elif first.endswith("*"):
            for stem in {first[:-1], _canonical_entry(first)[:-1]}:
                self._stems[stem] |= bits
        else:
            for word in {first, canonical(first)}:
                self._exact[word] |= bits

    def marks(self, text: str) -> list[int]:
        """Give the notions that begin at each word of a text with blanks between them."""
        words = list(map(self._words.__getitem__, text.split()))
        found = [word.bits for word in words]
        starts = [word.start for word in words]
        for place, word in enumerate(words, 1):
            if word.begun and not word.begun.keys().isdisjoint(starts[place : place + 1 + _MOST_BETWEEN]):
                found[place - 1] = self._with_phrases(words, place)
        return found

    def _with_phrases(self, words: list[_Word], after: int) -> int:
        """Give the notions of the word before this place, and of the phrases that begin with it."""
        _, found, _, begun = words[after - 1]
        for word in words[after : after + 1 + _MOST_BETWEEN]:
            for rest, bits in begun.get(word.start, ()):
                if found | bits != found and self._goes_on(words, after, rest, bits):
                    found |= bits
        return found

    def _goes_on(self, words: list[_Word], place: int, rest: tuple[str, ...], bits: int) -> bool:
        """Say whether the rest of a phrase follows; whole turns of phrase may have up to two words between."""
        for pattern in rest:
            end = place + (_MOST_BETWEEN if bits & self.loose else 0)
            while place < end and place < len(words) and not _fits(words[place].text, pattern):
                if words[place].bits & self.nots:
                    return False
                place += 1
            if place >= len(words) or not _fits(words[place].text, pattern):
                return False
            place += 1
        return True

    def marks_of_joined(self, padded: str) -> list[int]:
        """Give the notions that begin at each sign of a text that has a blank at both ends."""
        found = [0] * len(padded)
        pairs = map(add, padded, f"{padded[1:]} ")
        for place, parts in enumerate(map(self._pairs.__getitem__, pairs)):
            for part, bits in parts:
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
    """Give the lexicon of notions and clues, read once."""
    found = Lexicon(_languages_of("notions.toml"))
    for place, name in enumerate(found.names):
        first = place * WIDTH
        found.nots |= 1 << first + Notion.NOT
        found.loose |= (1 << Notion.ALONE | 1 << Notion.DOUBT | 1 << Notion.DARE) << first
        _read_lists(found, "notions.toml", name, Notion, first)
        _read_lists(found, "clues.toml", name, Clue, clue_place(place))
    return found


def clue_place(place: int) -> int:
    """Give where the bits of the clues of a language begin, by its place among the lexicon's names."""
    return len(_languages_of("notions.toml")) * WIDTH + place * CLUES


def _read_lists(found: Lexicon, file: str, language: str, lists: type[IntEnum], first: int) -> None:
    table = _tables(file).get(language, {})
    for one in lists:
        for entry in table.get(one.name.lower(), "").split():
            found.add(entry, 1 << first + one, is_joined=bool(table.get("joined")))


def _languages_of(file: str) -> list[str]:
    return list(_tables(file))


@cache
def _tables(file: str) -> dict[str, dict[str, Any]]:
    """Give a file of lists, by language."""
    return tomllib.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))


@lru_cache(maxsize=64)  # a sentence is looked at several times, and then never again
def marks_of(text: str) -> tuple[list[int], bool]:
    """Give the notions and clues that begin at each word; or at each sign and True, where words have no borders."""
    if is_joined(text):
        return _joined_marks(f" {text} "), True
    return lexicon().marks(text), False


def _joined_marks(padded: str) -> list[int]:
    kept = ~_masks()["zh" if _KANA.search(padded) else "ja"]
    return [bits and bits & kept for bits in lexicon().marks_of_joined(padded)]


@cache
def _masks() -> dict[str, int]:
    everything = (1 << WIDTH) - 1
    return {name: everything << (place * WIDTH) for place, name in enumerate(lexicon().names)}


def likely(marks: list[int]) -> int:
    """Give the first bits of the languages that have about as many words of their own in a text as any."""
    return _likeliest(sum(map(_languages, filter(None, marks))))


@lru_cache(maxsize=1024)  # several readers ask of the same words
def _likeliest(total: int) -> int:
    size = len(lexicon().names) * _COUNT // 8
    counts = memoryview(total.to_bytes(size, sys.byteorder)).cast("H")
    least = max(1, max(counts) * 2 // 3)
    return sum([1 << place * WIDTH for place, count in enumerate(counts) if count >= least])


@lru_cache(maxsize=8192)
def _languages(bits: int) -> int:
    """Give the languages that have any of these notions, each as a one in two bytes of its own."""
    return sum(1 << (_COUNT * place) for place, mask in enumerate(_masks().values()) if bits & mask)
