"""The journal beside the database: what left, and what was answered, line by line.

Each run has a file of its own, `journal/<owner's uid>/<run>.jsonl`, and holds a lock on it while it lives, so that
others can tell a run that works from one that died. An intent is on the disk, synced, before the first byte of the
copy leaves. An outcome is written and handed to the system at once, and is on the disk with the next intent or the
end of the run: if the power fails in between, that copy is unknown, never sent again.
"""

import os
import re
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from goodterms.delivery.rules.records import Intent, Outcome, Record, RecordUnreadable, read_record, write_record
from goodterms.lib.faults import Fault
from goodterms.lib.locks import lock

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9.-]+")


class JournalUnwritable(Fault, OSError):
    """The journal can't be written, so nothing may be sent."""


def run_name(worker: str, *, now: datetime) -> str:
    """Give a new run's name; sorted by name, runs are in the order in which they began."""
    label = _NOT_PLAIN.sub("-", worker)[:20]
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{label}-{secrets.token_hex(4)}"


def file_of(folder: Path, run: str) -> Path:
    """Give the file of a run in the owner's folder of the journal."""
    return folder / f"{run}.jsonl"


class Journal:
    """A run's own file, open for appending."""

    def __init__(self, folder: Path, run: str) -> None:
        self.run = run
        self.path = file_of(folder, run)
        self.size = 0
        with self._writing():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._descriptor = os.open(self.path, flags, 0o600)
            lock(self._descriptor)
            _sync_folder(folder)

    def intend(self, intents: Iterable[Intent]) -> None:
        """Write intents and see them on the disk; only then may their bytes leave."""
        with self._writing():
            self._append(b"".join(map(write_record, intents)))
            os.fsync(self._descriptor)

    def conclude(self, outcomes: Iterable[Outcome]) -> None:
        """Write outcomes; the system has them at once, the disk with the next intent or the end."""
        with self._writing():
            self._append(b"".join(map(write_record, outcomes)))

    def close(self) -> None:
        """See everything on the disk and give the lock back."""
        with self._writing():
            try:
                os.fsync(self._descriptor)
            finally:
                os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()

    def _append(self, content: bytes) -> None:
        while content:
            written = os.write(self._descriptor, content)
            self.size += written
            content = content[written:]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            raise JournalUnwritable(
                f"The journal {self.path} can't be written: {fault.strerror}. Without it nothing is sent; what was "
                "accepted stays so. Make room or give the right to write, and start again."
            ) from fault


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read of a run's file."""

    records: tuple[Record, ...]
    end: int
    """The offset behind the last whole line."""
    is_whole: bool
    """Whether everything up to there could be read. A torn last line does not count: nothing follows from it."""


def read_journal(path: Path, offset: int = 0) -> Reading:
    """Read a run's file from an offset on; a file that is missing or shorter than the offset is not whole."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Reading(records=(), end=offset, is_whole=False)
    if len(content) < offset:
        return Reading(records=(), end=offset, is_whole=False)
    end = max(content.rfind(b"\n") + 1, offset)
    records: list[Record] = []
    is_whole = True
    for line in content[offset:end].splitlines():
        try:
            records.append(read_record(line))
        except RecordUnreadable:
            is_whole = False
    return Reading(records=tuple(records), end=end, is_whole=is_whole)


@contextmanager
def dead_run(path: Path) -> Iterator[bool]:
    """Say whether the run that writes this file has ended, and keep others from taking care of it meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield False
        return
    try:
        yield lock(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":  # pragma: no cover

    def _sync_folder(folder: Path) -> None:
        """Windows keeps a folder's entries by itself."""

else:

    def _sync_folder(folder: Path) -> None:
        # A file whose name is not on the disk is lost with the power, whatever was synced in it.
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
