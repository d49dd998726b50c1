"""What needs the owner, and when an archive is too old."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from goodterms.terms.rules import Place

FORGETS_AFTER = timedelta(days=180)
"""The export lists an accepted invitation for about this long; read it before, or who invited whom is lost."""
WARN_AFTER, URGE_AFTER = timedelta(days=120), timedelta(days=150)


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
