"""A real SMTP server on this machine that keeps what it is given and can be told to misbehave."""

import asyncio
import email
import email.policy
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum, auto
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from goodterms.demo.catcher import LOOPBACK, LoopbackController
from tests.servers.certificates import Certificates


class Stage(Enum):
    """Where in a transaction the server misbehaves."""

    EHLO = auto()
    MAIL = auto()
    RCPT = auto()
    CONTENT = auto()
    """After the last line of the message."""


@dataclass
class Fault:
    """What the server does instead of saying yes."""

    stage: Stage
    answer: str = ""
    """What it says, such as "451 4.3.0 Try later"; nothing at all where empty."""
    receiver: str = ""
    """Only where this address is (RCPT) or is among (CONTENT) the receivers."""
    closes: bool = False
    """Whether it drops the connection then."""
    keeps: bool = False
    """Whether it keeps the message all the same (CONTENT)."""
    times: int | None = None
    """How often; None: always."""

    def strikes(self, stage: Stage, receivers: Sequence[str]) -> bool:
        """Say whether it is its turn, and count it."""
        if stage is not self.stage or self.times == 0 or (self.receiver and self.receiver not in receivers):
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(frozen=True)
class Mail:
    """A message as it arrived."""

    sender: str
    receivers: tuple[str, ...]
    content: bytes
    login: str | None
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return email.message_from_bytes(self.content, policy=email.policy.default)


class MailServer:
    """Listen from the beginning of a with statement to its end.

    `login` is the user and password that senders must give; `tls` is "", "starttls" or "implicit" and needs
    `certificates`; `extensions` are said in the answer to EHLO as they are.
    """

    def __init__(
        self,
        *,
        login: tuple[str, str] | None = None,
        tls: str = "",
        certificates: Certificates | None = None,
        extensions: Sequence[str] = ("PIPELINING",),
    ) -> None:
        self.received: list[Mail] = []
        self.faults: list[Fault] = []
        self.peers: set[object] = set()
        """The connections that said EHLO, by their other ends."""
        self._login, self._tls, self._extensions = login, tls, extensions
        options: dict[str, Any] = {"authenticator": self._authenticate, "auth_require_tls": False}
        if tls:
            assert certificates is not None
            name = "ssl_context" if tls == "implicit" else "tls_context"
            options |= {name: certificates.server_context(), "require_starttls": tls == "starttls"}
        self._controller = LoopbackController(self, **options)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def host(self) -> str:
        """The host to connect to; with TLS the name that the certificate is for."""
        return "localhost" if self._tls else LOOPBACK

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._controller.port)

    @property
    def url(self) -> str:
        """The address, user and password included, as GOODTERMS_SMTP_URL takes it."""
        scheme = {"": "smtp", "starttls": "smtp+starttls", "implicit": "smtps"}[self._tls]
        login = f"{self._login[0]}:{self._login[1]}@" if self._login else ""
        return f"{scheme}://{login}{self.host}:{self.port}"

    def receivers(self) -> list[str]:
        """Give everybody who was written to, in the order of arrival, once a message."""
        return [receiver for mail in self.received for receiver in mail.receivers]

    # What aiosmtpd calls

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        told = (given.login.decode(), given.password.decode())
        return AuthResult(success=told == self._login, auth_data=given, handled=False)

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.peers.add(session.peer)
        said = await self._misbehave(Stage.EHLO, server, ())
        if said:
            return [said]
        return [*responses[:-1], *(f"250-{extension}" for extension in self._extensions), responses[-1]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        said = await self._misbehave(Stage.MAIL, server, ())
        if said:
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await self._misbehave(Stage.RCPT, server, (address,))
        if said:
            return said
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        given = session.auth_data if session.authenticated else None
        login = given.login.decode() if isinstance(given, LoginPassword) else None
        encrypted = session.ssl is not None or self._tls == "implicit"
        content = envelope.original_content or b""
        mail = Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, login, encrypted)
        said = await self._misbehave(Stage.CONTENT, server, mail.receivers, mail)
        if said:
            return said
        self.received.append(mail)
        return f"250 2.0.0 kept as {len(self.received)}"

    async def _misbehave(self, stage: Stage, server: SMTP, receivers: Sequence[str], mail: Mail | None = None) -> str:
        fault = next((fault for fault in self.faults if fault.strikes(stage, receivers)), None)
        if fault is None:
            return ""
        if fault.keeps and mail is not None:
            self.received.append(mail)
        if not fault.closes and fault.answer:
            return fault.answer
        if fault.answer:
            await server.push(fault.answer)
        if fault.closes and server.transport is not None:
            server.transport.close()
        await asyncio.Event().wait()  # until the connection is gone, which ends this
        return ""
