"""Handing letters to a mail server: the engine behind the interface that every transport has."""

import asyncio
import ssl
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from goodterms.delivery.vehicles.email.engine.pool import Limits, Pool
from goodterms.delivery.vehicles.email.engine.timeouts import Timeouts
from goodterms.delivery.vehicles.email.server import Server
from goodterms.delivery.vehicles.transport import Answered, Letter


class SmtpTransport:
    """A transport over SMTP connections. See goodterms.delivery.vehicles.transport.

    Its event loop turns only while answers are waited for, so that letters may be decided on, rendered and written
    down between two turns by whatever means the run has.
    """

    def __init__(
        self,
        server: Server,
        *,
        tls: ssl.SSLContext | None = None,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._server = server
        self._tls = tls or ssl.create_default_context()
        self._timeouts = timeouts or Timeouts()
        self._limits = limits or Limits()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pool: Pool | None = None

    @property
    def window(self) -> int:
        """How many letters there is room for just now."""
        return max(1, self._pool.window - self._pool.under_way) if self._pool else 1

    def open(self) -> None:
        """Connect and sign in; raises SenderRefused or ServerUnreachable."""
        self.close()
        self._loop = _new_loop()
        self._pool = Pool(self._server, self._tls, timeouts=self._timeouts, limits=self._limits)
        try:
            self._loop.run_until_complete(self._pool.open())
        except BaseException:
            self.close()
            raise

    def carry(self, letters: Iterable[Letter]) -> Iterator[Sequence[Answered]]:
        """Hand letters over and give the reply to each; opens where nothing is open."""
        if self._pool is None or self._loop is None:
            self.open()
        assert self._pool is not None
        assert self._loop is not None
        pool, loop, source = self._pool, self._loop, iter(letters)
        loop.run_until_complete(pool.look())
        is_more = True
        while True:
            # Half a window at a time: what a run does for a group of letters costs little more than for one.
            room = pool.window - pool.under_way
            if is_more and pool.fault is None and 2 * room >= pool.window:
                for letter in islice(source, room):
                    pool.take(letter)
                    room -= 1
                is_more = room == 0
            if not pool.under_way:
                break
            yield loop.run_until_complete(pool.outcomes())
        if pool.fault:
            raise pool.fault

    def close(self) -> None:
        """End the connections; never raises."""
        loop, pool = self._loop, self._pool
        self._loop = self._pool = None
        if loop is None:
            return
        try:
            for task in asyncio.all_tasks(loop):
                task.cancel()  # there is one only where a turn was broken off
            if pool is not None:
                loop.run_until_complete(pool.close())
            loop.run_until_complete(asyncio.sleep(0))  # aborted connections are closed in the next turn
        finally:
            loop.close()


def _new_loop() -> asyncio.AbstractEventLoop:
    """Give uvloop's event loop, which halves what each turn costs, where it is to be had (not on Windows)."""
    try:
        import uvloop  # noqa: PLC0415 -- it is not there on every platform
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
