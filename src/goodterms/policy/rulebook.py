"""Reading the rulebook: data that comes with Goodterms, single values replaced by the owner's file."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from goodterms.ledger.rules.bearing import Basis
from goodterms.lib.faults import Fault
from goodterms.policy.rules import ByHand, Rulebook, Verdict

_SHIPPED = Path(__file__).with_name("rulebook.toml")


class RulebookFaulty(Fault):
    """The owner's rulebook can't be used; the message says where and why."""


@cache
def read_rulebook(path: str = "", strategy: str = "") -> Rulebook:
    """Give the rulebook; `path` names a file whose values replace the shipped ones, `strategy` the owner's choice."""
    values = tomllib.loads(_SHIPPED.read_text(encoding="utf-8"))
    if path:
        values = _laid_over(values, _read(Path(path)), path, "")
    name = strategy or values["strategy"]
    if name not in values["strategies"]:
        raise RulebookFaulty(f"There is no strategy '{name}'; there are: {', '.join(sorted(values['strategies']))}.")
    return Rulebook(
        strategy=name,
        bases={Basis(basis): Verdict(verdict) for basis, verdict in values["strategies"][name].items()},
        needs_welcome=values["welcome"]["required"],
        min_gap=timedelta(hours=values["pace"]["min_gap_hours"]),
        by_hand=ByHand(
            messages_a_day=values["by_hand"]["messages_a_day"],
            gap=timedelta(seconds=values["by_hand"]["gap_seconds"]),
            most_signs=values["by_hand"]["most_signs"],
        ),
        fewer_gap=timedelta(hours=values["pace"]["fewer_gap_hours"]),
        feedback_loops=tuple(values["feedback_loops"]["enrolled"]),
    )


def strategies() -> tuple[str, ...]:
    """Give the names of the strategies that come with Goodterms."""
    return tuple(tomllib.loads(_SHIPPED.read_text(encoding="utf-8"))["strategies"])


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise RulebookFaulty(f"The rulebook {path} can't be read: {fault}. Nothing was done.") from None


def _laid_over(base: dict[str, Any], over: Mapping[str, Any], path: str, place: str) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        if key not in base:
            raise RulebookFaulty(f"The rulebook {path} has '{place}{key}', which no rule is called. Nothing was done.")
        if type(value) is not type(base[key]) or (type(value) is int and value < 0):
            raise RulebookFaulty(f"The rulebook {path}: {place}{key} must be like {base[key]!r}. Nothing was done.")
        if isinstance(value, dict):
            merged[key] = _laid_over(base[key], value, path, f"{place}{key}.")
        elif place.startswith("strategies.") and value not in set(Verdict):
            verdicts = ", ".join(Verdict)
            raise RulebookFaulty(f"The rulebook {path}: {place}{key} must be one of {verdicts}. Nothing was done.")
        else:
            merged[key] = value
    return merged
