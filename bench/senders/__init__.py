"""Who sends in the benchmarks of sending: Goodterms, the other programs, and the server that swallows it all."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

CONNECTIONS = 16
"""So many has each of them, unless said otherwise."""
WAYS = (("DATA", ("--without", "CHUNKING")), ("BDAT", ()))
"""By groups and by chunks, with what the sink is told."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What sending took."""

    seconds: float
    cpu_seconds: float


@contextmanager
def running_sink(*options: str) -> Iterator[int]:
    """Start the server that swallows letters, in a process of its own; give its port."""
    command = [sys.executable, "-m", "tests.servers.sink", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()
