"""Obeying what comes back."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from goodterms.accounts.office import Office
from goodterms.sync.actions.sync import sync
from goodterms.sync.rules import Report


def sync_and_obey(
    office: Office,
    path: Path,
    *,
    now: datetime,
    dry_run: bool,
    accept_departures: bool,
    progress: Callable[[str], None],
) -> Report:
    """Read an archive, and obey what people wrote in its messages."""
    return sync(office, path, now=now, dry_run=dry_run, accept_departures=accept_departures, progress=progress)
