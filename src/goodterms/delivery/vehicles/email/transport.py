"""One connection to a mail server, one message at a time.

A connection is used for many messages and renewed after `_PER_CONNECTION` of them, after 421, and where the server
closed it while it was idle. The final dot leaves by itself, after all other bytes: a fault before it shows that
nothing was handed over, a fault after it leaves the outcome unknown (RFC 5321 section 6.1).
"""

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from goodterms.delivery.rules.replies import Reply, Step, judge
from goodterms.delivery.vehicles.email.server import Security, Server
from goodterms.delivery.vehicles.transport import Letter, SenderRefused, ServerUnreachable

_PER_CONNECTION = 100
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>]")
_ACCEPTED_STAY = "What was accepted stays so; the other copies wait unchanged."


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long to wait for the server at each step, in seconds (RFC 5321 section 4.5.3.2)."""

    connect: float = 60
    command: float = 300
    data_begin: float = 120
    data_block: float = 180
    data_end: float = 600


class SmtpTransport:
    """A transport over one SMTP connection. See goodterms.delivery.vehicles.transport."""

    window = 1

    def __init__(
        self,
        server: Server,
        *,
        tls: ssl.SSLContext | None = None,
        timeouts: Timeouts | None = None,
        per_connection: int = _PER_CONNECTION,
    ) -> None:
        self._server = server
        self._tls = tls or ssl.create_default_context()
        self._timeouts = timeouts or Timeouts()
        self._per_connection = per_connection
        self._smtp: smtplib.SMTP | None = None
        self._sent = 0

    def open(self) -> None:
        """Connect and sign in; raises SenderRefused or ServerUnreachable."""
        self.close()
        server = self._server
        try:
            smtp = self._connect()
        except ssl.SSLCertVerificationError as fault:
            raise ServerUnreachable(
                f"The certificate of {server} could not be verified: {fault.verify_message}. No password and no "
                f"message was given to it. {_ACCEPTED_STAY} Check the host in GOODTERMS_SMTP_URL and this machine's clock."
            ) from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise ServerUnreachable(
                f"{server} does not offer STARTTLS, so the way to it can't be protected. No password and no message "
                f"was given to it. {_ACCEPTED_STAY} Use smtps:// or another port in GOODTERMS_SMTP_URL."
            ) from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise ServerUnreachable(
                f"{server} can't be reached: {_words(fault)}. {_ACCEPTED_STAY} Check the network and "
                "GOODTERMS_SMTP_URL, and start again later."
            ) from fault
        self._smtp, self._sent = smtp, 0
        if server.user:
            self._sign_in(smtp)

    def carry(self, letters: Iterable[Letter]) -> Iterator[tuple[Letter, Reply]]:
        """Hand letters over one after the other."""
        for letter in letters:
            try:
                reply = self.send(letter.envelope_from, letter.to, letter.content, smtputf8=letter.needs_smtputf8)
            except (SenderRefused, ServerUnreachable) as fault:
                yield letter, Reply(code=0, text=str(fault), step=Step.CONNECT)
                raise
            yield letter, reply

    def send(self, envelope_from: str, to: str, content: bytes, *, smtputf8: bool = False) -> Reply:
        """Hand one message over and give the reply that decided; connects where there is no connection."""
        was_used = self._smtp is not None and self._sent > 0
        reply = self._send_once(envelope_from, to, content, smtputf8)
        if was_used and reply.code in {0, 421} and reply.step is Step.MAIL:
            # The server closed the idle connection (RFC 5321 section 4.5.3.2.7); nothing of this message left.
            reply = self._send_once(envelope_from, to, content, smtputf8)
        return reply

    def close(self) -> None:
        """End the connection; never raises."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with suppress(OSError, smtplib.SMTPException):
            if smtp.sock:
                smtp.sock.settimeout(min(5, self._timeouts.command))
            smtp.quit()
        smtp.close()

    def _connect(self) -> smtplib.SMTP:
        server, wait = self._server, self._timeouts.connect
        smtp: smtplib.SMTP
        if server.security is Security.TLS:
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=wait, context=self._tls)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=wait)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.security is Security.STARTTLS:
                code, text = smtp.starttls(context=self._tls)
                if code != 220:
                    raise smtplib.SMTPResponseException(code, text)
                smtp.ehlo_or_helo_if_needed()  # What the server said before TLS no longer counts (RFC 3207 section 4.2).
            # The final dot leaves in a packet of its own and must not wait for the one before to be acknowledged.
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        try:
            code, text = _authenticate(smtp, self._server)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise ServerUnreachable(
                f"{self._server} went away while signing in: {_words(fault)}. {_ACCEPTED_STAY} Start again later."
            ) from fault
        if code == 235:
            return
        self.close()
        answer = Reply(code=code, text=_text(text), step=Step.AUTH)
        if 400 <= code < 500:
            raise ServerUnreachable(
                f"{self._server} can't sign {self._server.user} in just now: {answer}. {_ACCEPTED_STAY} Start again later."
            )
        raise SenderRefused(
            f"{self._server} did not let {self._server.user} sign in: {answer}. {_ACCEPTED_STAY} Check user and "
            "password in GOODTERMS_SMTP_URL; many providers want an app password made for this purpose."
        )

    def _send_once(self, envelope_from: str, to: str, content: bytes, smtputf8: bool) -> Reply:  # noqa: FBT001
        if self._smtp is None or self._sent >= self._per_connection:
            self.open()
        assert self._smtp is not None
        self._sent += 1
        reply = _Exchange(self._smtp, self._timeouts).hand_over(envelope_from, to, content, smtputf8=smtputf8)
        if reply.code in {0, 421}:
            self._drop()
        elif reply.code >= 400:
            self._reset()
        return reply

    def _reset(self) -> None:
        assert self._smtp is not None
        try:
            code, _ = self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        if code != 250:
            self._drop()

    def _drop(self) -> None:
        """Close without a word: there is nobody to say goodbye to."""
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


class _Exchange:
    """The commands for one message, and the step that they have come to."""

    def __init__(self, smtp: smtplib.SMTP, timeouts: Timeouts) -> None:
        self._smtp = smtp
        self._timeouts = timeouts
        self._step = Step.MAIL

    def hand_over(self, envelope_from: str, to: str, content: bytes, *, smtputf8: bool) -> Reply:
        """Give the reply that decided: the first refusal, or the answer to the final dot."""
        try:
            return self._hand_over(envelope_from, to, _LINE_END.sub(b"\r\n", content), smtputf8)
        except (OSError, smtplib.SMTPException) as fault:
            return Reply(code=0, text=_words(fault), step=self._step)

    def _hand_over(self, envelope_from: str, to: str, content: bytes, smtputf8: bool) -> Reply:  # noqa: FBT001
        sender, receiver = _in_ascii_where_possible(envelope_from), _in_ascii_where_possible(to)
        refusal = _refused_here(sender, receiver)
        if refusal:
            return refusal
        needs_utf8 = smtputf8 or not (sender + receiver).isascii()
        options, refusal = self._options(content, needs_utf8)
        if refusal:
            return refusal
        self._wait(self._timeouts.command)
        reply = self._reply(*self._smtp.mail(sender, options))
        if reply.code == 250:
            self._step = Step.RCPT
            reply = self._reply(*self._smtp.rcpt(receiver))
        return self._data(content) if reply.code in {250, 251} else reply

    def _options(self, content: bytes, needs_utf8: bool) -> tuple[list[str], Reply | None]:  # noqa: FBT001
        offers = self._smtp.has_extn
        if needs_utf8 and not offers("smtputf8"):
            return [], Reply(code=553, text="5.6.7 the mail server does not take non-ASCII addresses", step=Step.RCPT)
        if not content.isascii() and not offers("8bitmime"):
            return [], Reply(code=554, text="5.6.3 the mail server takes no 8-bit content", step=Step.DATA)
        options = [f"SIZE={len(content)}"] if offers("size") else []
        if offers("8bitmime") and (needs_utf8 or not content.isascii()):
            options.append("BODY=8BITMIME")
        return [*options, "SMTPUTF8"] if needs_utf8 else options, None

    def _data(self, content: bytes) -> Reply:
        self._step = Step.DATA
        self._wait(self._timeouts.data_begin)
        reply = self._reply(*self._smtp.docmd("DATA"))
        if reply.code != 354:
            return reply
        self._wait(self._timeouts.data_block)
        body = _LEADING_DOT.sub(b"..", content)
        self._smtp.send(body if body.endswith(b"\r\n") else body + b"\r\n")
        self._wait(self._timeouts.data_end)
        self._step = Step.END
        self._smtp.send(b".\r\n")
        return self._reply(*self._smtp.getreply())

    def _wait(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    def _reply(self, code: int, text: bytes) -> Reply:
        reply = Reply(code=code if 200 <= code <= 599 else 0, text=_text(text), step=self._step)
        if self._step is not Step.END and reply.code == 421:
            # RFC 5321 section 3.8: the server is going away; it says nothing of this message.
            return Reply(code=421, text=reply.text, step=self._step)
        return reply


def _refused_here(sender: str, receiver: str) -> Reply | None:
    """Refuse addresses with which a command could be smuggled in."""
    if _UNSAFE.search(sender):
        return Reply(code=501, text="5.1.7 the sender's address has signs that no address may have", step=Step.MAIL)
    if _UNSAFE.search(receiver):
        return Reply(code=501, text="5.1.3 the address has signs that no address may have", step=Step.RCPT)
    return None


def _in_ascii_where_possible(address: str) -> str:
    """Write a domain as A-labels where the local part is ASCII, so that RFC 6531 is not needed."""
    local, at, domain = address.rpartition("@")
    if domain.isascii() or not local.isascii():
        return address
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def _authenticate(smtp: smtplib.SMTP, server: Server) -> tuple[int, bytes]:
    """Sign in with PLAIN (RFC 4616) or, where only that is offered, LOGIN; both in UTF-8."""
    if server.security is Security.NONE and not server.is_loopback:
        return 538, b"5.7.11 a password is never sent over a way that is not protected"
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        return smtp.docmd("AUTH", f"PLAIN {_base64(f'{chr(0)}{server.user}{chr(0)}{server.password}')}")
    if "LOGIN" not in offered:
        return 504, b"5.5.4 neither AUTH PLAIN nor AUTH LOGIN is offered"
    code, text = smtp.docmd("AUTH", "LOGIN")
    for answer in (server.user, server.password):
        if code == 334:
            code, text = smtp.docmd(_base64(answer))
    return code, text


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _text(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _words(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_text(fault.smtp_error)}"
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    return str(fault) or type(fault).__name__
