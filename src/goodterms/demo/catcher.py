"""A mail server on this machine that keeps what it is given and passes nothing on."""

import asyncio
import mailbox
import socket
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.1"
SENDER_HEADER = "X-Envelope-From"
RECEIVER_HEADER = "X-Envelope-To"


class LoopbackController(Controller):
    """Run an SMTP server in a thread, on a port of the loopback address that the system chooses."""

    def __init__(self, handler: object, **options: Any) -> None:
        self._listener = socket.create_server((LOOPBACK, 0))
        self._servers: list[SMTP] = []
        # Naming the host spares a look-up in the DNS, which may be slow or out of reach.
        super().__init__(handler, LOOPBACK, self._listener.getsockname()[1], server_hostname="localhost", **options)

    def factory(self) -> SMTP:
        """Give the server of one connection."""
        server = SMTP(self.handler, loop=self.loop, **self.SMTP_kwargs)
        self._servers.append(server)
        return server

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        """Close the connections that are open too, so that nobody waits at the other end."""
        for server in self._servers:
            if isinstance(server.transport, asyncio.WriteTransport):
                server.transport.abort()
        super().cancel_tasks(stop_loop)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listener, ssl=self.ssl_context)


class Catcher:
    """Keep each message in a Maildir, its envelope in the headers X-Envelope-From and X-Envelope-To.

    Use it in a with statement: it listens from its beginning to its end.
    """

    def __init__(self, folder: Path) -> None:
        self.maildir = mailbox.Maildir(folder)
        self._controller = LoopbackController(self)

    def __enter__(self) -> Self:
        """Start listening."""
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening; what was caught stays."""
        self._controller.stop()

    @property
    def url(self) -> str:
        """The address of the server, as GOODTERMS_SMTP_URL takes it."""
        return f"smtp://{LOOPBACK}:{self._controller.port}"

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Say that commands may be sent without waiting for each answer (RFC 2920): they are read one by one."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a message and answer for it."""
        await asyncio.to_thread(self.maildir.add, _with_envelope(envelope))
        return "250 2.0.0 caught"


def _with_envelope(envelope: Envelope) -> bytes:
    lines = [f"{SENDER_HEADER}: {envelope.mail_from}", *(f"{RECEIVER_HEADER}: {to}" for to in envelope.rcpt_tos)]
    content = envelope.original_content or b""
    return "".join(f"{line}\r\n" for line in lines).encode() + content
