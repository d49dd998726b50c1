"""What a run works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.claimed import Claimed
from goodterms.delivery.vehicles.transport import Transport
from goodterms.policy.rules import Rulebook


class Renderer(Protocol):
    """Making one person's copy."""

    def __call__(self, copy: Claimed) -> tuple[bytes, bool]:
        """Give the whole message, and whether its header fields need SMTPUTF8."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """What a run works with."""

    transport: Transport
    render: Renderer
    rulebook: Rulebook
    clock: Callable[[], datetime]
    folder: Path
    """The data folder."""
    worker: str
    """A name for the journal's file."""
    pacer: Pacer
    envelope_from: str = ""
    """Where mail that can't be delivered goes back to; the owner's address where it is empty."""
    lease: timedelta | None = None
    """How long a claim holds; what `claim` says where it is not given."""
    goes_on: Callable[[], bool] = lambda: True
    """Asked before each window: whether the owner still wants it."""
