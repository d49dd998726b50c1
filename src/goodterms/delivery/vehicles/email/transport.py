"""One connection to a mail server, one message at a time.

A connection is used for many messages and renewed after `_PER_CONNECTION` of them, after 421, and where the server
closed it while it was idle. The final dot leaves by itself, after all other bytes: a fault before it shows that
nothing was handed over, a fault after it leaves the outcome unknown (RFC 5321 section 6.1).
"""

import re
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from goodterms.delivery.rules.replies import Reply, Step
from goodterms.delivery.vehicles.email.connection import connect, text_of, words_of
from goodterms.delivery.vehicles.email.server import Server
from goodterms.delivery.vehicles.transport import Letter, SenderRefused, ServerUnreachable

_PER_CONNECTION = 100
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>]")


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
        self._smtp = connect(self._server, tls=self._tls, timeout=self._timeouts.connect)
        self._sent = 0

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

    def _send_once(self, envelope_from: str, to: str, content: bytes, smtputf8: bool) -> Reply:
        if self._smtp is None or self._sent >= self._per_connection:
            self.open()
        assert self._smtp is not None
        self._sent += 1
        reply = _Exchange(self._smtp, self._timeouts).hand_over(envelope_from, to, content, smtputf8=smtputf8)
        if reply.code in {0, 421} or (reply.code < 400 and reply.step is not Step.END):
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
            return Reply(code=0, text=words_of(fault), step=self._step)

    def _hand_over(self, envelope_from: str, to: str, content: bytes, smtputf8: bool) -> Reply:
        sender, receiver = _in_ascii_where_possible(envelope_from), _in_ascii_where_possible(to)
        refusal = _refused_here(sender, receiver)
        if refusal:
            return refusal
        needs_utf8 = smtputf8 or not (sender + receiver).isascii()
        options, refusal = self._options(content, needs_utf8)
        if refusal:
            return refusal
        self._wait(self._timeouts.command)
        self._smtp.command_encoding = "utf-8" if needs_utf8 else "ascii"
        reply = self._reply(*self._smtp.docmd("MAIL", " ".join([f"FROM:<{sender}>", *options])))
        if reply.code == 250:
            self._step = Step.RCPT
            reply = self._reply(*self._smtp.docmd("RCPT", f"TO:<{receiver}>"))
        return self._data(content) if reply.code in {250, 251} else reply

    def _options(self, content: bytes, needs_utf8: bool) -> tuple[list[str], Reply | None]:
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
        return Reply(code=code if 200 <= code <= 599 else 0, text=text_of(text), step=self._step)


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
