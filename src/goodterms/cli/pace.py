"""Moments as people at this machine say them."""

from datetime import datetime

from goodterms.doors import local_zone, now


def clock_words(moment: datetime) -> str:
    """Say a moment in the machine's own time: the hour alone where it is today."""
    there, today = moment.astimezone(local_zone()), now().astimezone(local_zone()).date()
    return f"{there:%H:%M:%S}" if there.date() == today else f"{there:%A %d %B %Y, %H:%M}"
