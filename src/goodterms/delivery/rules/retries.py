"""When a copy that was refused for now is tried again."""

from datetime import datetime, timedelta

# RFC 5321 section 4.5.4.1: at least 30 minutes between tries, longer as they go on, and 4 to 5 days before giving up.
PAUSES = (
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
)
"""How long to wait after the first, second ... try; the last one repeats."""
GIVE_UP_AFTER = timedelta(days=5)


def next_try(attempts: int, *, first_tried_at: datetime, now: datetime) -> datetime | None:
    """Say when to try again after so many tries, or None where the time is up."""
    due_at = now + PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]
    return due_at if due_at <= first_tried_at + GIVE_UP_AFTER else None
