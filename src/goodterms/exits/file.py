"""The file of suppressions beside the database: it survives what the database may not.

Lines are only ever appended. Where an older database is put back, `goodterms.exits.actions.reconcile` reads the
exits that it has forgotten from here.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from goodterms.exits.rules import Suppressed, read_line
from goodterms.lib.faults import Fault

FILE_NAME = "suppressions.jsonl"
_counted: dict[Path, tuple[int, int, int]] = {}
"""By file: its number on the disk, how far it was counted, and how many lines that were."""
_kept_back: ContextVar[list[Suppressed] | None] = ContextVar("kept_back", default=None)


class SuppressionsUnwritable(Fault):
    """The file of suppressions can't be written."""


@contextmanager
def lines_together(folder: Path) -> Iterator[None]:
    """Append what is appended within the block once, at its end: the disk is waited for once, not for each exit."""
    lines: list[Suppressed] = []
    mark = _kept_back.set(lines)
    try:
        yield
    finally:
        _kept_back.reset(mark)
        append_lines(folder, lines)


def append_lines(folder: Path, suppressions: Iterable[Suppressed]) -> None:
    """Append suppressions and see them on the disk."""
    kept_back = _kept_back.get()
    if kept_back is not None:
        kept_back.extend(suppressions)
        return
    content = b"".join(suppression.line() for suppression in suppressions)
    if not content:
        return
    path = folder / FILE_NAME
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # A line torn by a crash must not swallow the one that follows it.
            os.write(descriptor, (b"" if _ends_whole(descriptor) else b"\n") + content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as fault:
        raise SuppressionsUnwritable(
            f"{path} can't be written: {fault.strerror}. The exit stands in the database, and nobody concerned is "
            "written to; the file is completed at the next start. Make room or give the right to write."
        ) from fault


def append_missing(folder: Path, content: bytes) -> None:
    """Append those lines of another such file that this one has not: no exit of either is forgotten, or said twice."""
    here = {suppression.line() for suppression in read_file(folder)}
    there = {suppression.line(): suppression for suppression in _read(content)}
    append_lines(folder, [suppression for line, suppression in there.items() if line not in here])


def read_file(folder: Path) -> list[Suppressed]:
    """Read every whole line, in order."""
    path = folder / FILE_NAME
    return _read(path.read_bytes()) if path.exists() else []


def count_lines(folder: Path) -> int:
    """Count the whole lines; those that were counted before are not read again."""
    path = folder / FILE_NAME
    if not path.exists():
        return 0
    found = path.stat()
    number, size, lines = _counted.get(path, (0, 0, 0))
    if number != found.st_ino or size > found.st_size:
        size = lines = 0
    if size < found.st_size:
        with path.open("rb") as file:
            file.seek(size)
            fresh = file.read()
        size, lines = size + len(fresh), lines + fresh.count(b"\n")
    _counted[path] = (found.st_ino, size, lines)
    return lines


def _read(content: bytes) -> list[Suppressed]:
    found = (read_line(line) for line in content.splitlines() if line.strip())
    return [suppression for suppression in found if suppression]


def _ends_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
