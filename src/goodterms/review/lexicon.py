"""Words by which drafts are judged, by language; and which languages a draft is in."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("words")
_WORD = re.compile(r"[^\W\d_]+")

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


def _read(path: Path) -> Lexicon:
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    common = frozenset(values.pop("common"))
    patterns = {name: tuple(re.compile(text, re.IGNORECASE) for text in texts) for name, texts in values.items()}
    return Lexicon(language=path.stem, common=common, **patterns)


@lru_cache(maxsize=16)
def lexicons_for(text: str) -> tuple[Lexicon, ...]:
    """Give the lexicons of the languages a text is in, the likeliest first; all of them where none can be told.

    A language is taken to occur from a third of the common words of the likeliest on: a draft may be in two.
    """
    words = Counter(_WORD.findall(text[:20_000].casefold()))
    counts = {lexicon: sum(words[word] for word in lexicon.common) for lexicon in lexicons()}
    most = max(counts.values())
    if most < 3:
        return lexicons()
    found = [lexicon for lexicon, count in counts.items() if count > most / 2]
    return tuple(sorted(found, key=lambda lexicon: -counts[lexicon]))
