"""What needs the owner, and when an archive is too old."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from goodterms.terms.rules import Place

FORGETS_AFTER = timedelta(days=180)
"""The export lists an accepted invitation for about this long; read it before, or who invited whom is lost."""
SEEN_WITHIN = timedelta(days=30)
"""How long after somebody left an archive should show that the connection is gone."""
WARN_AFTER, URGE_AFTER = timedelta(days=120), timedelta(days=150)


class Waits(Protocol):
    """Somebody who wants the connection broken."""

    @property
    def left_at(self) -> datetime:
        """Since when."""

    @property
    def waits_for_export(self) -> bool:
        """Whether the owner broke it, and an archive has to show it."""


class Need(StrEnum):
    """What needs the owner."""

    WORDING = "wording"
    """No wording is in force in a place."""
    ARCHIVE = "archive"
    """No archive has been read."""
    OLD_ARCHIVE = "old_archive"
    """The newest archive is so old that LinkedIn may forget what happened since."""
    WELCOME = "welcome"
    """New connections wait for the welcome message."""
    DISCONNECT = "disconnect"
    """People want the connection broken."""
    UNSEEN = "unseen"
    """Connections that the owner broke are shown as gone by no archive yet."""
    DOUBT = "doubt"
    """Messages may be exits, and are one after seven days."""
    COMPLAINT = "complaint"
    """Complaints wait for an answer."""
    HELD = "held"
    """People are held for the owner's eye."""
    DEPARTURE = "departure"
    """People are no longer listed, and a second archive or the owner has to say that they are gone."""


class Urgency(StrEnum):
    """How much a new archive is needed."""

    SOON = "soon"
    """Before LinkedIn forgets."""
    NOW = "now"
    """LinkedIn is about to forget."""
    LATE = "late"
    """Something may be lost already."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """One thing that needs the owner."""

    need: Need
    count: int = 0
    """How many people or messages it is about; of an old archive, how many days old it is."""
    days: int = 0
    """For how long the first of them has waited, where that is told."""
    place: Place | None = None
    """Where a wording is missing."""
    urgency: Urgency | None = None
    """Of an old archive."""


def age_of_archive(taken_at: datetime | None, now: datetime) -> Iterator[Due]:
    """Say whether an archive is needed, given when the newest was taken; nothing where it is young enough."""
    if taken_at is None:
        yield Due(need=Need.ARCHIVE)
        return
    age = now - taken_at
    for limit, urgency in ((FORGETS_AFTER, Urgency.LATE), (URGE_AFTER, Urgency.NOW), (WARN_AFTER, Urgency.SOON)):
        if age > limit:
            yield Due(need=Need.OLD_ARCHIVE, count=age.days, urgency=urgency)
            return


def still_connected(leavers: Sequence[Waits], now: datetime) -> Iterator[Due]:
    """Say what is due to people who want the connection broken, the first first, until an archive shows that it is."""
    to_break = [one for one in leavers if not one.waits_for_export]
    if to_break:
        yield Due(need=Need.DISCONNECT, count=len(to_break), days=(now - to_break[0].left_at).days)
    unseen = sum(one.waits_for_export and now - one.left_at > SEEN_WITHIN for one in leavers)
    if unseen:
        yield Due(need=Need.UNSEEN, count=unseen)
