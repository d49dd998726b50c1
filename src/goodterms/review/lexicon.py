"""Words by which drafts are judged, by language; and which languages a draft is in."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("words")
_OTHERS = Path(__file__).with_name("other_languages.toml")
_WORD = re.compile(r"[^\W\d_]+")
_TOLD_FROM = 20_000
"""So many signs are enough to tell a language from."""
_FEW = 1 / 12
"""The part of its words that must be common ones, where a text is short."""
_SURE = 3
"""So many common words tell a language, if they are not too thinly spread."""
_THIN = 1 / 40

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """The words of one language."""

    language: str
    common: frozenset[str]
    """Frequent words that tell the language."""
    strong: Patterns
    """One of them, and a sentence offers something."""
    weak: Patterns
    """Two of them do."""
    innocent: Patterns
    """Beside one of them an amount is no price."""
    personal: Patterns
    prequalifiers: Patterns
    """Words that say what reading or answering costs and gives."""
    source: Patterns
    """Words that say where owner and receiver know each other from."""


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """Give the lexicon of every language that is known."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.toml")))


def lexicon_of(language: str) -> Lexicon:
    """Give the lexicon of one language."""
    return next(lexicon for lexicon in lexicons() if lexicon.language == language)


def _read(path: Path) -> Lexicon:
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    common = frozenset(values.pop("common"))
    patterns = {name: tuple(re.compile(text, re.IGNORECASE) for text in texts) for name, texts in values.items()}
    return Lexicon(language=path.stem, common=common, **patterns)


@cache
def _common_words() -> Mapping[str, frozenset[str]]:
    """Give the common words of each language, those without a lexicon too: a text in them must not pass for another."""
    others = tomllib.loads(_OTHERS.read_text(encoding="utf-8"))
    return {name: frozenset(words.split()) for name, words in others.items()} | {
        lexicon.language: lexicon.common for lexicon in lexicons()
    }


@dataclass(frozen=True)
class Tongues:
    """The languages a text is in: those with a lexicon, the likeliest first; none, where it can't be read."""

    read: tuple[Lexicon, ...]
    name: str
    """The likeliest language, with a lexicon or without; empty, where none can be told."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those with a lexicon."""
        return tuple(lexicon.language for lexicon in self.read)


@lru_cache(maxsize=16)
def tongues_of(text: str) -> Tongues:
    """Give the languages a text is in; a second counts from half of the common words of the likeliest on."""
    words = Counter(_WORD.findall(text[:_TOLD_FROM].casefold()))
    counts = {name: sum(words[word] for word in common) for name, common in _common_words().items()}
    name, most = max(counts.items(), key=lambda pair: pair[1])
    total = sum(words.values())
    if not most or most < total * (_THIN if most >= _SURE else _FEW):
        return Tongues((), "")
    readable = {lexicon.language: lexicon for lexicon in lexicons()}
    if name not in readable:
        return Tongues((), name)
    found = [one for one, count in counts.items() if one in readable and count > most / 2]
    return Tongues(tuple(readable[one] for one in sorted(found, key=lambda one: (-counts[one], one))), name)


def lexicons_for(text: str) -> tuple[Lexicon, ...]:
    """Give the lexicons of the languages a text is in, the likeliest first; all of them where none can be told."""
    return tongues_of(text).read or lexicons()
