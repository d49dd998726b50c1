"""Finding what a person asks for beside a plain exit, by the words in asks.toml: only one way, less, or erasure."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from goodterms.feedback.parsers.anchors import Prefilter, anchors_of
from goodterms.feedback.parsers.folding import fold, is_joined, own_words, words_of
from goodterms.ledger.rules.kinds import Vehicle


@dataclass(frozen=True, kw_only=True)
class Asks:
    """What a person asks for."""

    erase: bool = False
    """Wants their data destroyed."""
    less_often: bool = False
    """Wants updates, but fewer."""
    stops_only: Vehicle | None = None
    """Wants an end by this vehicle, and says that another is fine."""
    threat: bool = False
    """Speaks of spam, a lawyer, an authority: the owner should look at it soon."""
    matched: str = ""

    @property
    def kind(self) -> str:
        """The gravest of it in a word, for lists; empty where there is nothing."""
        names = (("erase", self.erase), ("threat", self.threat), ("less_often", self.less_often))
        return next((name for name, asked in names if asked), "")


NOTHING = Asks()
FOR_THE_OWNER = frozenset({"erase", "threat", "less_often"})
"""Kinds that wait for the owner, whatever else was done."""


def asks_in(words: str) -> Asks:
    """Give what a person's own words ask for beside an exit."""
    text = words_of(own_words(words))
    patterns = _patterns()
    found: dict[str, str] = {}
    for name, place in _prefilter().lists_for(text):
        if name not in found and (match := patterns[name, place].search(text)):
            found[name] = match.group()
    by_vehicle = [vehicle for vehicle in (Vehicle.EMAIL, Vehicle.LINKEDIN) if f"only_{vehicle}" in found]
    return Asks(
        erase="erase" in found,
        less_often="less_often" in found,
        # Where the words name both, nobody can tell which one was meant: then the exit covers everything.
        stops_only=by_vehicle[0] if len(by_vehicle) == 1 else None,
        matched=next((found[name] for name in _lists() if name in found), ""),
    )


@cache
def _patterns() -> dict[tuple[str, int], re.Pattern[str]]:
    return {(name, place): re.compile(_bordered(entry)) for name, place, entry in _entries()}


def _bordered(entry: str) -> str:
    """Give a pattern with the borders of words, but not where a script does not keep words apart."""
    return f"(?:{fold(entry)})" if is_joined(entry) else rf"(?<!\w)(?:{fold(entry)})(?!\w)"


@cache
def _prefilter() -> Prefilter[tuple[str, int]]:
    return Prefilter(
        {(name, place): [anchors_of(fold(entry), joined=is_joined(entry))] for name, place, entry in _entries()}
    )


def _entries() -> Iterator[tuple[str, int, str]]:
    for name, entries in _lists().items():
        for place, entry in enumerate(entries):
            yield name, place, entry


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
