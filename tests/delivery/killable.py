"""Sending processes that can be killed: forked from one that has loaded everything, since a start takes long."""

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from goodterms.updates.models import Update

_forked = multiprocessing.get_context("forkserver")


class Sender:
    """A process that sends what is due of an update."""

    def __init__(self, folder: Path, update: Update, url: str, *, most_bytes: int = 0) -> None:
        multiprocessing.set_forkserver_preload(["tests.delivery.sender"])
        database = {name: connection.settings_dict[name] for name in ("NAME", "OPTIONS")}
        words = (database, folder, update.uid, url)
        self._said = folder.parent / "said.txt"
        self._process = _forked.Process(target=_send, args=(self._said, most_bytes, *words))
        self._process.start()

    def wait(self, timeout: float) -> int:
        """Give the exit status: that of a killed process is the signal's number below zero."""
        self._process.join(timeout)
        status = self._process.exitcode
        assert status is not None, "it has not ended in time"
        return status

    @property
    def said(self) -> str:
        """What the last of these processes wrote to its standard error."""
        return self._said.read_text()

    @property
    def is_at_work(self) -> bool:
        """Whether it has not ended."""
        return self._process.exitcode is None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.is_at_work and self._process.pid:
            os.kill(self._process.pid, number)


@contextmanager
def sending(folder: Path, update: Update, url: str, *, most_bytes: int = 0) -> Iterator[Sender]:
    """Send in a process of its own; `most_bytes` is how long a file it may write, as on a disk that is full."""
    sender = Sender(folder, update, url, most_bytes=most_bytes)
    try:
        yield sender
    finally:
        sender.wait(timeout=60)


def _send(  # noqa: PLR0917 -- what a process is given
    said: Path, most_bytes: int, database: dict[str, Any], folder: Path, update_uid: str, url: str
) -> None:
    from tests.delivery.sender import send  # noqa: PLC0415 -- loaded where it is forked from

    if most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    with said.open("wb") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    send(database, folder, update_uid, url)
