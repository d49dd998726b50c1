"""One connection: bytes out, answers in, each given to whoever asked."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import cast

from goodterms.delivery.vehicles.email.engine.answers import Answer, AnswerReader, AnswerUnreadable


class WireBroken(OSError):
    """The connection can't be used any more; the message says what happened."""


class Wire(asyncio.Protocol):
    """A connection to a server. While nobody else listens, `ask` waits for one answer at a time.

    An answer that nobody asked for breaks the connection, with one exception: a server may say 421 at any time
    before it closes (RFC 5321 section 3.8).
    """

    def __init__(self) -> None:
        self.on_answers: Callable[[Sequence[Answer]], None] = self._resolve
        """Who hears the answers; those that arrived together are told together, and only while it is not broken."""
        self.on_broken: Callable[[str], None] = lambda _why: None
        """Told once, when the connection is gone."""
        self.broken = ""
        """Why it is gone; empty while it is not."""
        self._reader = AnswerReader()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._early: list[Answer] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Read what arrived."""
        try:
            answers = self._reader.feed(data)
        except AnswerUnreadable as fault:
            self.break_off(str(fault))
            return
        if answers and not self.broken:
            self.on_answers(answers)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self.break_off(str(exc) if exc else "the server closed the connection")

    def write(self, data: bytes) -> None:
        """Send bytes; where the connection is gone they are dropped, and whoever waits has been told."""
        if self._transport is not None and not self.broken and not self._transport.is_closing():
            self._transport.write(data)

    async def ask(self, command: bytes, timeout: float) -> Answer:
        """Send a line and give the answer; raises WireBroken and TimeoutError."""
        if command:
            self.write(command + b"\r\n")
        if self._early:
            return self._early.pop(0)
        if self.broken:
            raise WireBroken(self.broken)
        self._waiting = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(timeout):
            return await self._waiting

    async def start_tls(self, context: ssl.SSLContext, host: str, timeout: float) -> None:
        """Protect the connection from here on, and forget what was said before (RFC 3207 section 4.2)."""
        if self._early or not self._reader.is_empty:
            # Whoever is on the way could have put answers there, to be taken for ones given under protection.
            self.break_off("the server said more before TLS than it was asked")
            raise WireBroken(self.broken)
        loop = asyncio.get_running_loop()
        assert self._transport is not None
        self._transport = await loop.start_tls(
            self._transport, self, context, server_hostname=host, ssl_handshake_timeout=timeout
        )
        self._reader = AnswerReader()

    def break_off(self, why: str) -> None:
        """Close without a word."""
        if self.broken:
            return
        self.broken = why or "the connection broke"
        if self._transport is not None:
            self._transport.abort()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(WireBroken(self.broken))
        self.on_broken(self.broken)

    def _resolve(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_result(answer)
            elif self._early:
                self.break_off("the server gives answers that nobody asked for")
                return
            else:
                self._early.append(answer)  # the greeting may be here before anybody waits for it
