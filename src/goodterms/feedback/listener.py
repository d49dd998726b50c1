"""Taking mail from the owner's own mail server, by SMTP (RFC 5321) or LMTP (RFC 2033). Nothing is passed on.

A mail is answered for only once it has been obeyed; otherwise the server keeps it and brings it again.
"""

import asyncio
import queue
import socket
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError

from goodterms import sql
from goodterms.lib.faults import Fault

_MOST_BYTES = 50_000_000
_MOST_WAITING = 100
_SECONDS = 240
"""RFC 5321 section 4.5.3.2.6: a sender waits ten minutes for the answer to its final dot."""
_READ, _LATER = "250 2.0.0 read", "451 4.3.0 not read, bring it again later"

_Waiting = tuple[bytes, "Future[None]"]


class ListenerBlocked(Fault):
    """The address to listen on is taken or not this machine's."""


class _Controller(Controller):
    """Runs the server in a thread."""

    def __init__(self, handler: object, bound: socket.socket, *, speaks_lmtp: bool) -> None:
        host, port = bound.getsockname()[:2]
        super().__init__(handler, host, port, server_hostname="localhost", data_size_limit=_MOST_BYTES)
        self._bound, self._speaks_lmtp = bound, speaks_lmtp

    def factory(self) -> SMTP:
        """Give the server of one connection."""
        kind = LMTP if self._speaks_lmtp else SMTP
        return kind(self.handler, loop=self.loop, **self.SMTP_kwargs)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._bound)


class Listener:
    """Listen from the beginning of a with statement to its end, and give each mail to whoever asks for them."""

    def __init__(self, host: str, port: int, *, speaks_lmtp: bool) -> None:
        self._speaks_lmtp = speaks_lmtp
        self._waiting: queue.Queue[_Waiting] = queue.Queue(_MOST_WAITING)
        self._host, self._port = host, port

    def __enter__(self) -> Self:
        """Start listening; raises ListenerBlocked."""
        try:
            bound = socket.create_server((self._host, self._port))
        except OSError as fault:
            raise ListenerBlocked(
                f"Nobody can listen on {self._host}:{self._port}: {fault.strerror or fault}. "
                "Name another: --host, --port."
            ) from fault
        self._controller = _Controller(self, bound, speaks_lmtp=self._speaks_lmtp)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening; what was not obeyed stays with the server that brought it."""
        while not self._waiting.empty():
            self._waiting.get_nowait()[1].set_exception(InterruptedError())
        self._controller.stop()

    def serve(
        self,
        obey: Callable[[bytes], None],
        *,
        should_stop: Callable[[], bool],
        failed: Callable[[Exception], None],
    ) -> None:
        """Obey each mail until somebody wants an end; one that can't be obeyed stays with the server that brought it.

        `failed` is told why. Failures of the database or the disk pass; the server tries again until then.
        """
        while not should_stop():
            try:
                raw, done = self._waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                obey(raw)
            except (Fault, DatabaseError, OSError) as fault:
                done.set_exception(fault)
                sql.renew_connection()
                failed(fault)
            except BaseException as fault:
                done.set_exception(fault)
                raise
            else:
                if not done.cancelled():
                    done.set_result(None)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail, and answer for it once it has been obeyed."""
        done: Future[None] = Future()
        said = _READ
        try:
            self._waiting.put_nowait((_with_envelope(envelope), done))
            await asyncio.wait_for(asyncio.wrap_future(done), _SECONDS)
        except (queue.Full, TimeoutError, asyncio.CancelledError, Exception):
            said = _LATER
        # RFC 2033 section 4.2: one answer for each receiver.
        return "\r\n".join([said] * (len(envelope.rcpt_tos) if self._speaks_lmtp else 1))


def _with_envelope(envelope: Envelope) -> bytes:
    """Write the envelope above the mail, as a mail server does at delivery: tokens may stand in its addresses."""
    lines: list[Any] = [f"Return-Path: <{(envelope.mail_from or '').strip('<>')}>"]
    lines += [f"X-Envelope-To: <{address}>" for address in envelope.rcpt_tos]
    head = "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")
    content = envelope.content or b""
    return head + (content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
