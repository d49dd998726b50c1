"""What of a sentence the small model looks at: its words, their kinds, and which kinds stand beside each other."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from zlib import crc32

FOLDER = Path(__file__).parent
BUCKETS = 2**16
"""Signs are told apart by a hash; so many values it has."""
MOST_TOKENS = 120
"""So much of a sentence is looked at; what runs on is no sentence."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[€$£%?!]")
_FIELD = re.compile(r"\{\{[^{}\n]{0,200}\}\}")
"""A merge field says nothing of its own."""
_APOSTROPHE = re.compile("['’]")
_ELIDING = frozenset({"fr", "it"})
"""In these an apostrophe parts two words."""
_LENGTHS = (5, 10, 18)


@dataclass(frozen=True)
class Token:
    """A word, number or sign: as it is compared, and where it stands in its sentence."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Signs:
    """The hashed signs of a sentence: of kinds of words, and of the words themselves."""

    kinds: frozenset[int]
    words: frozenset[int]


@dataclass(frozen=True)
class Around:
    """Where a sentence stands in its letter, and what stands beside it, by names."""

    places: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class _Kinds:
    """The kinds of words of one language, looked up by word, beginning and ending."""

    def __init__(self, lists: Mapping[str, str]) -> None:
        self.whole: dict[str, set[str]] = {}
        self.beginnings: dict[str, set[str]] = {}
        self.endings: dict[str, set[str]] = {}
        self.frames: list[tuple[str, str, str]] = []
        for kind, words in lists.items():
            for word in words.split():
                self._add(word, kind)

    def _add(self, word: str, kind: str) -> None:
        before, star, after = word.partition("*")
        if not star:
            self.whole.setdefault(word, set()).add(kind)
        elif before and after:
            self.frames.append((before, after, kind))
        elif before:
            self.beginnings.setdefault(before, set()).add(kind)
        else:
            self.endings.setdefault(after, set()).add(kind)

    def of(self, word: str) -> frozenset[str]:
        """Give the kinds of a word; endings tell only from five letters on."""
        found = set(self.whole.get(word, ()))
        for length in range(2, min(len(word), 20) + 1):
            found |= self.beginnings.get(word[:length], set())
        if len(word) > 4:
            for length in range(1, 5):
                found |= self.endings.get(word[-length:], set())
            found |= {kind for begin, end, kind in self.frames if _fits(word, begin, end)}
        return frozenset(found)


def _fits(word: str, begin: str, end: str) -> bool:
    return len(word) > len(begin) + len(end) + 1 and word.startswith(begin) and word.endswith(end)


@cache
def _lists() -> Mapping[str, _Kinds]:
    values = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
    return {language: _Kinds(lists) for language, lists in values.items()}


@lru_cache(maxsize=20_000)
def kinds_of(word: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Give the kinds of a word in some languages."""
    return frozenset[str]().union(*(_lists()[language].of(word) for language in languages))


def tokens_in(sentence: str, languages: Sequence[str]) -> list[Token]:
    """Give the words, numbers and signs of a sentence, at most MOST_TOKENS of them."""
    found: list[Token] = []
    is_eliding = not _ELIDING.isdisjoint(languages)
    spoken = _FIELD.sub(lambda field: " " * len(field[0]), sentence)
    for match in _TOKEN.finditer(spoken):
        if len(found) >= MOST_TOKENS:
            break
        start = match.start()
        parts = _APOSTROPHE.split(match[0]) if is_eliding else [match[0]]
        for part in parts:
            found.append(Token("0" if part.isdigit() else _folded(part), start, start + len(part)))
            start += len(part) + 1
    return found


def _folded(word: str) -> str:
    return word[:40].casefold().replace("’", "'")


def signs_of(
    tokens: Sequence[Token], languages: tuple[str, ...], rules: Iterable[str], around: Around | None = None
) -> Signs:
    """Give the signs of a sentence; `rules` are the names of the rules that found something in it."""
    kinds = [kinds_of(token.text, languages) for token in tokens]
    have = present(tokens, kinds) | set(rules) | set(around.places if around else ())
    told = [f"k:{kind}" for kind in have]
    told += [f"kk:{one}+{two}" for one, two in combinations(sorted(have), 2)]
    told += [f"a:{one}" for one in (around.beside if around else ())]
    told += [f"ka:{one}>{two}" for before, after in pairwise(kinds) for one in before for two in after]
    words = [f"w:{token.text}" for token in tokens]
    words += [f"p:{token.text[:5]}" for token in tokens if len(token.text) > 5]
    return Signs(frozenset(map(hashed, told)), frozenset(map(hashed, words)))


def present(tokens: Sequence[Token], kinds: Sequence[frozenset[str]]) -> set[str]:
    """Give what a sentence holds: kinds of words, numbers and signs, how it begins and how long it is."""
    have = set[str]().union(*kinds)
    have |= {token.text for token in tokens if not token.text[0].isalpha()}
    if have.isdisjoint({"me", "we"}):
        have.add("nobody")
    have |= {f"1{kind}" for kind in kinds[0]} if kinds else set()
    have.add(f"long{sum(len(tokens) >= length for length in _LENGTHS)}")
    return have


def hashed(sign: str, buckets: int = BUCKETS) -> int:
    """Give the bucket of a sign."""
    return crc32(sign.encode()) % buckets
