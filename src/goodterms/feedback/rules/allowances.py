"""How often the same may be asked for on a public page: so many times in any period, by whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """A bound for one thing that may be asked for."""

    what: str
    """Names the thing, in at most 20 signs."""
    times: int
    period: timedelta


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whether it may be once more, and what counts from then on."""

    is_granted: bool
    moments: tuple[float, ...]
    """When it was granted, in seconds since 1970, oldest first; what is older than the period is left out."""


def asked_again(allowance: Allowance, moments: Sequence[float], now: datetime) -> Asked:
    """Say whether what was granted at these moments may be granted now; a clock that was set back frees nothing."""
    at = now.timestamp()
    counting = tuple(min(moment, at) for moment in sorted(moments) if at - moment < allowance.period.total_seconds())
    if len(counting) >= allowance.times:
        return Asked(is_granted=False, moments=counting)
    return Asked(is_granted=True, moments=(*counting, at))
