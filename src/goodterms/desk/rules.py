"""How many messages a day, how far apart, and how long: the pace of a person who writes to people one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from goodterms.policy.rules import ByHand


class Seen(StrEnum):
    """What the newest archive says of a message that the owner marked as sent."""

    WAITS = "waits"
    """No archive was read that could show it."""
    CONFIRMED = "confirmed"
    """The archive's messages have it."""
    OTHER_TEXT = "other_text"
    """They have a message to this person of about that time, with another text."""
    NOT_FOUND = "not_found"
    """They have none to this person."""


NEAR = timedelta(days=2)
"""How far apart the moment of marking and that of a message may be for the two to be one."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """What was sent by hand in the last 24 hours, and what is left of the allowance."""

    done: int
    allowance: int
    next_at: datetime
    """Before this moment the next one would be too soon."""
    again_at: datetime | None
    """When there is room again; None: there is."""

    @property
    def left(self) -> int:
        """How many more today."""
        return max(self.allowance - self.done, 0)


def day_of(sent: Iterable[datetime], limits: ByHand, *, now: datetime) -> Day:
    """Give how the day stands; `sent` are the moments of the messages marked as sent."""
    day = timedelta(days=1)
    lately = sorted(at for at in sent if now - day < at <= now)
    first_to_lapse = len(lately) - limits.messages_a_day
    return Day(
        done=len(lately),
        allowance=limits.messages_a_day,
        next_at=max(lately[-1] + limits.gap, now) if lately else now,
        again_at=_lapse(lately, first_to_lapse) if first_to_lapse >= 0 else None,
    )


def _lapse(lately: Sequence[datetime], place: int) -> datetime | None:
    return lately[place] + timedelta(days=1) if place < len(lately) else None


def seen(*, marked_at: datetime, taken_at: datetime | None, is_confirmed: bool, spoke_at: Iterable[datetime]) -> Seen:
    """Say what an archive taken at a moment shows of a message marked as sent.

    `spoke_at` are the moments of the owner's messages to that person.
    """
    if is_confirmed:
        return Seen.CONFIRMED
    if taken_at is None or taken_at < marked_at:
        return Seen.WAITS
    return Seen.OTHER_TEXT if any(abs(at - marked_at) <= NEAR for at in spoke_at) else Seen.NOT_FOUND
