"""The words of the short mails that answer somebody, by language, from letters.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FALLBACK = "en"


@dataclass(frozen=True, kw_only=True)
class Words:
    """A mail's subject and text."""

    subject: str
    text: str


def languages() -> frozenset[str]:
    """Give the languages that there are words in."""
    return frozenset(_letters())


def exit_words(language: str, *, owner: str, leaves: bool) -> Words:
    """Give the words that say that an exit was obeyed."""
    letter = _letters().get(language) or _letters()[_FALLBACK]
    return Words(subject=letter["done"], text=letter["leave" if leaves else "stop"].format(owner=owner))


def confirming_words(language: str, *, owner: str, ways: tuple[str, ...]) -> Words:
    """Give the words that ask to confirm a yes, with the ways to do so."""
    letter = _letters().get(language) or _letters()[_FALLBACK]
    text = letter["confirm"].format(owner=owner, ways="\n".join(ways))
    return Words(subject=letter["ask"].format(owner=owner), text=text)


@cache
def _letters() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
