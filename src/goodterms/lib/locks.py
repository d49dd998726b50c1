"""Locks on files, which the system gives back when a process ends, however it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Far behind the last byte: on Windows a locked byte can't be read, so one is locked that is never there.
_LOCKED_BYTE = 1 << 40


@contextmanager
def lock_file(path: Path) -> Iterator[bool]:
    """Make a file where there is none, and say whether its lock is this process's until the end of the block."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield lock(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def lock(descriptor: int) -> bool:
        """Take the lock of an open file until it is closed; say whether it was free."""
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def lock(descriptor: int) -> bool:
        """Take the lock of an open file until it is closed; say whether it was free."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
