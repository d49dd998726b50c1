"""Finding what a person asks for beside a plain exit, by the words in asks.toml: only one way, less, or erasure."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from goodterms.feedback.parsers.folding import fold, words_of
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.tokens import without_tokens

_MOST_SIGNS = 8_000


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
    text = words_of(without_tokens(words[:_MOST_SIGNS]))
    found = {name: match for name, pattern in _patterns().items() if (match := pattern.search(text))}
    by_vehicle = [vehicle for vehicle in (Vehicle.EMAIL, Vehicle.LINKEDIN) if f"only_{vehicle}" in found]
    return Asks(
        erase="erase" in found,
        less_often="less_often" in found,
        # Where the words name both, nobody can tell which one was meant: then the exit covers everything.
        stops_only=by_vehicle[0] if len(by_vehicle) == 1 else None,
        matched=next((match.group() for match in found.values()), ""),
    )


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    lists = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: re.compile(rf"(?<!\w)(?:{fold('|'.join(entries))})(?!\w)") for name, entries in lists.items()}
