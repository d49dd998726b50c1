"""The pace of the owner's mail account, and waiting for it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from goodterms.accounts.office import Office
from goodterms.cli.context import now
from goodterms.config import read_settings
from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.paces import pace_for
from goodterms.delivery.vehicles.email.server import Server

_LOOK_SECONDS = 0.5


def pacer_for(office: Office, server: Server, *, should_stop: Callable[[], bool] = lambda: False) -> Pacer:
    """Give the pace of the account that signs in to a mail server, as GOODTERMS_PACE says; raises PaceFaulty."""
    user = server.user or office.owner.email
    pace = pace_for(read_settings()["GOODTERMS_PACE"], host=server.host, user=user, is_loopback=server.is_loopback)
    return Pacer(
        owner=office.owner,
        account=f"{user} {server.host}".lower(),
        pace=pace,
        zone=local_zone(),
        rest=lambda until: wait_until(until, should_stop),
    )


def wait_until(until: datetime, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Wait until a moment, or until asked to stop; a clock that is set back meanwhile lengthens nothing."""
    over_at = time.monotonic() + (until - now()).total_seconds()
    while not should_stop() and (left := min(over_at - time.monotonic(), (until - now()).total_seconds())) > 0:
        time.sleep(min(left, _LOOK_SECONDS))


def local_zone() -> tzinfo:
    """Give the time zone of this machine, summer time included."""
    try:
        with Path("/etc/localtime").open("rb") as file:
            return ZoneInfo.from_file(file, key="local")
    except (OSError, ValueError):
        offset = now().astimezone().utcoffset() or timedelta(0)
        return timezone(offset) if offset else UTC


def clock_words(moment: datetime) -> str:
    """Say a moment in the machine's own time: the hour alone where it is today."""
    there, today = moment.astimezone(local_zone()), now().astimezone(local_zone()).date()
    return f"{there:%H:%M:%S}" if there.date() == today else f"{there:%A %d %B %Y, %H:%M}"
