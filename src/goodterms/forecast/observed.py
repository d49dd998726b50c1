"""How much of what happens is heard of: complaints, by who receives the mail and how it comes there.

To hear of no complaint from those of whom none could be heard is no proof of anything; so each past copy counts only as
far as a complaint about it would have reached the owner.
"""

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from goodterms.delivery.paces import receiver_of
from goodterms.ledger.rules.kinds import Vehicle

_SHARES = Path(__file__).with_name("observed.toml")


@cache
def shares() -> Mapping[str, Any]:
    """Give the shares as they stand in their file, each with source and date."""
    return tomllib.loads(_SHARES.read_text(encoding="utf-8"))


def loops() -> tuple[str, ...]:
    """Give the names of the feedback loops that are known."""
    return tuple(shares()["loops"])


def heard_of(vehicle: Vehicle, address: str, enrolled: Collection[str] = ()) -> float:
    """Give the part of complaints about a copy that the owner hears of, from 0 to 1.

    `enrolled` names the feedback loops in which the owner's own domain or server is.
    """
    if vehicle is Vehicle.LINKEDIN:
        return float(shares()["linkedin"]["share"])
    loop = _loop_of(receiver_of(address))
    return float(shares()["loops"][loop]["share"] if loop in enrolled else shares()["mailbox"]["share"])


@cache
def _loops_by_receiver() -> Mapping[str, str]:
    return {receiver: name for name, loop in shares()["loops"].items() for receiver in loop["receivers"]}


def _loop_of(receiver: str) -> str:
    return _loops_by_receiver().get(receiver, "")
