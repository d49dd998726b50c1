"""The file of suppressions beside the database: it survives what the database may not.

Lines are only ever appended. Where an older database is put back, `goodterms.exits.actions.reconcile` reads the
exits that it has forgotten from here.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from goodterms.exits.rules import Suppressed, read_line
from goodterms.lib.faults import Fault

FILE_NAME = "suppressions.jsonl"
_CHUNK = 1 << 20
_SETTLED_NS = 2_000_000_000
"""So long after its last change a file's time tells whether it has changed since; before that both may be the same."""
_counted: dict[Path, tuple[tuple[int, ...], int]] = {}
"""By file: which state of it was counted, and how many lines it had."""
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
    """Count the whole lines; a file that has not changed since is not read again."""
    path = folder / FILE_NAME
    if not path.exists():
        return 0
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        state = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        before, lines = _counted.get(path, ((), 0))
        if before != state:
            lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
    if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > _SETTLED_NS:
        _counted[path] = state, lines
    else:
        _counted.pop(path, None)
    return lines


def _read(content: bytes) -> list[Suppressed]:
    found = (read_line(line) for line in content.splitlines() if line.strip())
    return [suppression for suppression in found if suppression]


def _ends_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
