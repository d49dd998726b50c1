"""Finding a yes in what a person wrote: short, at the beginning, by the words in assent.toml."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

from goodterms.feedback.parsers.folding import words_of


class Assent(StrEnum):
    """What kind of yes it is."""

    YES = "yes"
    """It says yes to what was asked."""
    JOIN = "join"
    """It says what it says yes to."""


def assent_in(words: str) -> Assent | None:
    """Give the yes that a person's own words begin with; None where the first line says more or something else."""
    lines = [line for line in words.splitlines() if line.strip()]
    first = words_of(lines[0][:100]).strip(" .,!") if lines else ""
    return next((assent for assent, entries in _lists().items() if first in entries), None)


@cache
def _lists() -> dict[Assent, frozenset[str]]:
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        Assent(name): frozenset(words_of(entry).strip(" .") for entry in entries) for name, entries in written.items()
    }
