"""How far a mailing is, and when it is tried again after a failure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)


def try_again_at(failures: int, *, now: datetime) -> datetime:
    """Say when to try again after so many failures in a row: twice as late each time, a quarter of an hour at most."""
    doublings = min(max(failures - 1, 0), 10)
    return now + min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many copies of a mailing are where, at a moment."""

    at: datetime
    accepted: int = 0
    refused: int = 0
    unknown: int = 0
    deferred: int = 0
    queued: int = 0
    attempting: int = 0

    @classmethod
    def of(cls, counts: Mapping[str, int], at: datetime) -> "Progress":
        """Make it from counts by a delivery's state."""
        return cls(at=at, **counts)

    @property
    def finished(self) -> int:
        """Copies that are settled for good."""
        return self.accepted + self.refused + self.unknown

    @property
    def left(self) -> int:
        """Copies that wait or are under way."""
        return self.deferred + self.queued + self.attempting

    def rate_since(self, earlier: "Progress") -> float:
        """Give how many copies a second were settled since an earlier look."""
        seconds = (self.at - earlier.at).total_seconds()
        return max(self.finished - earlier.finished, 0) / seconds if seconds > 0 else 0.0

    def time_left(self, rate: float) -> timedelta | None:
        """Give how long the rest takes at so many copies a second; None where nothing moves."""
        return timedelta(seconds=round(self.left / rate)) if rate > 0 else None
