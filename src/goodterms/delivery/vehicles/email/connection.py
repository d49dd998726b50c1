"""Opening a connection to the mail server: TLS where it is demanded, certificates verified, signing in."""

import smtplib
import socket
import ssl
from base64 import b64encode

from goodterms.delivery.rules.replies import Reply, Step, judge
from goodterms.delivery.vehicles.email.server import Security, Server
from goodterms.delivery.vehicles.transport import RunStopped, SenderRefused, ServerUnreachable

# RFC 5321 section 4.1.4 wants a literal from a host without a public name; this one also gives nothing away, and
# saves the look-up of the machine's name.
_OWN_NAME = "[127.0.0.1]"
_REST = "What was accepted stays so; the other copies wait unchanged."


def connect(server: Server, *, tls: ssl.SSLContext, timeout: float) -> smtplib.SMTP:
    """Give a connection over which mail can be handed over; raises SenderRefused or ServerUnreachable.

    The timeout is in seconds and for each step of it.
    """
    smtp = _reach(server, tls, timeout)
    if not server.user:
        return smtp
    try:
        code, text = _authenticate(smtp, server)
    except (OSError, smtplib.SMTPException) as fault:
        smtp.close()
        raise ServerUnreachable(
            f"{server} went away while signing in: {words_of(fault)}. {_REST} Start again later."
        ) from fault
    if code != 235:
        smtp.close()
        raise _not_signed_in(server, Reply(code=code, text=text_of(text), step=Step.AUTH))
    return smtp


def text_of(text: bytes | str) -> str:
    """Give a reply's text."""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def words_of(fault: Exception) -> str:
    """Say in words what went wrong on a connection."""
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {text_of(fault.smtp_error)}"
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    return str(fault) or type(fault).__name__


def _reach(server: Server, tls: ssl.SSLContext, timeout: float) -> smtplib.SMTP:
    try:
        return _greet(server, tls, timeout)
    except ssl.SSLCertVerificationError as fault:
        raise ServerUnreachable(
            f"The certificate of {server} could not be verified: {fault.verify_message}. No password and no message "
            f"was given to it. {_REST} Check the host in GOODTERMS_SMTP_URL and this machine's clock."
        ) from fault
    except smtplib.SMTPNotSupportedError as fault:
        raise ServerUnreachable(
            f"{server} does not offer STARTTLS, so the way to it can't be protected. No password and no message was "
            f"given to it. {_REST} Use smtps:// or another port in GOODTERMS_SMTP_URL."
        ) from fault
    except smtplib.SMTPResponseException as fault:
        answer = Reply(code=fault.smtp_code, text=text_of(fault.smtp_error), step=Step.CONNECT)
        raise _turned_away(server, answer) from fault
    except (OSError, smtplib.SMTPException) as fault:
        raise ServerUnreachable(
            f"{server} can't be reached: {words_of(fault)}. {_REST} Check the network and GOODTERMS_SMTP_URL, and "
            "start again later."
        ) from fault


def _greet(server: Server, tls: ssl.SSLContext, timeout: float) -> smtplib.SMTP:
    smtp: smtplib.SMTP
    if server.security is Security.TLS:
        smtp = smtplib.SMTP_SSL(server.host, server.port, _OWN_NAME, timeout=timeout, context=tls)
    else:
        smtp = smtplib.SMTP(server.host, server.port, _OWN_NAME, timeout=timeout)
    try:
        # The final dot leaves in a packet of its own and must not wait for the one before to be acknowledged.
        if smtp.sock:
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        if server.security is Security.STARTTLS:
            smtp.starttls(context=tls)
            smtp.ehlo_or_helo_if_needed()  # RFC 3207 section 4.2: what was said before TLS no longer counts.
    except BaseException:
        smtp.close()
        raise
    return smtp


def _turned_away(server: Server, answer: Reply) -> RunStopped:
    if judge(answer).stops_run:
        return SenderRefused(
            f"{server} turned the connection away: {answer}. {_REST} Its words say why; ask its administrator, or "
            "send by another server."
        )
    return ServerUnreachable(f"{server} takes no mail just now: {answer}. {_REST} Start again later.")


def _not_signed_in(server: Server, answer: Reply) -> RunStopped:
    if judge(answer).stops_run:
        return SenderRefused(
            f"{server} did not let {server.user} sign in: {answer}. {_REST} Check user and password in "
            "GOODTERMS_SMTP_URL; many providers want an app password made for this purpose."
        )
    return ServerUnreachable(f"{server} can't sign {server.user} in just now: {answer}. {_REST} Start again later.")


def _authenticate(smtp: smtplib.SMTP, server: Server) -> tuple[int, bytes]:
    """Sign in with PLAIN (RFC 4616) or, where only that is offered, LOGIN; both in UTF-8."""
    if server.security is Security.NONE and not server.is_loopback:
        return 538, b"5.7.11 a password is never sent over a way that is not protected"
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        return smtp.docmd("AUTH", f"PLAIN {_base64(f'{chr(0)}{server.user}{chr(0)}{server.password}')}")
    if "LOGIN" not in offered:
        return 504, b"5.5.4 it offers neither AUTH PLAIN nor AUTH LOGIN"
    code, text = smtp.docmd("AUTH", "LOGIN")
    for answer in (server.user, server.password):
        if code == 334:
            code, text = smtp.docmd(_base64(answer))
    return code, text


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
