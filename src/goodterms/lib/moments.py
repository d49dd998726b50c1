"""Moments and days as people write them."""

from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache

from goodterms.lib.faults import Fault


class MomentUnreadable(Fault, ValueError):
    """A text that was to be a day or a moment is neither."""


def read_moment(text: str, zone: tzinfo = UTC) -> datetime:
    """Read a day (2026-01-31: its start) or an ISO 8601 moment; what names no zone is in `zone`."""
    try:
        if len(text.strip()) == 10:
            return datetime.combine(date.fromisoformat(text.strip()), time(), zone)
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise MomentUnreadable(f"'{text}' is no day and no moment; write 2026-01-31 or 2026-01-31T14:05:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


@lru_cache(maxsize=4_096)
def write_moment(moment: datetime) -> str:
    """Write a moment in UTC as RFC 3339, with microseconds only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
