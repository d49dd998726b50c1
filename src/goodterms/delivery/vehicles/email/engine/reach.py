"""Opening a connection to the mail server: TLS where it is demanded, certificates verified, signing in."""

import asyncio
import ssl
from typing import Any

from goodterms.delivery.rules.replies import Reply, Step, judge
from goodterms.delivery.vehicles.email.engine.answers import Answer
from goodterms.delivery.vehicles.email.engine.offers import Offers, read_offers
from goodterms.delivery.vehicles.email.engine.sign_in import SignInImpossible, sign_in
from goodterms.delivery.vehicles.email.engine.wire import Wire, WireBroken
from goodterms.delivery.vehicles.email.server import Security, Server
from goodterms.delivery.vehicles.transport import RunStopped, SenderRefused, ServerUnreachable
from goodterms.lib.outside import connect_outside

# RFC 5321 section 4.1.4 wants a literal from a host without a public name; this one also gives nothing away, and
# saves the look-up of the machine's name.
_OWN_NAME = b"[127.0.0.1]"
_REST = "What was accepted stays so; the other copies wait unchanged."
_SETTING = "the address of the mail server (in the settings, or GOODTERMS_SMTP_URL)"


class _TurnedAway(Exception):
    """The server answered, and the answer was no."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.reply = Reply(code=answer.code, text=answer.text, step=Step.CONNECT)


class _NoStartTls(Exception):
    """The server does not offer what was demanded."""


async def reach(server: Server, *, tls: ssl.SSLContext, timeout: float) -> tuple[Wire, Offers]:
    """Give a connection over which letters can leave, and what is offered there.

    Raises SenderRefused or ServerUnreachable. The timeout is in seconds and for each answer.
    """
    wire, offers = await _reach(server, tls, timeout)
    if not server.user:
        return wire, offers
    try:
        answer = await sign_in(wire, server, offers, timeout)
        code, text = answer.code, answer.text
    except SignInImpossible as fault:
        code, text = fault.code, str(fault)
    except OSError as fault:
        wire.break_off(_words_of(fault))
        raise ServerUnreachable(
            f"{server} went away while signing in: {_words_of(fault)}. {_REST} Start again later."
        ) from fault
    if code != 235:
        wire.break_off("not signed in")
        raise _not_signed_in(server, Reply(code=code, text=text, step=Step.AUTH))
    return wire, offers


async def _reach(server: Server, tls: ssl.SSLContext, timeout: float) -> tuple[Wire, Offers]:
    try:
        return await _connect(server, tls, timeout)
    except ssl.SSLCertVerificationError as fault:
        raise ServerUnreachable(
            f"The certificate of {server} could not be verified: {fault.verify_message}. No password and no message "
            f"was given to it. {_REST} Check the host in {_SETTING} and this machine's clock."
        ) from fault
    except _NoStartTls as fault:
        raise ServerUnreachable(
            f"{server} does not offer STARTTLS, so the way to it can't be protected. No password and no message was "
            f"given to it. {_REST} Use smtps:// or another port in {_SETTING}."
        ) from fault
    except _TurnedAway as fault:
        raise _turned_away(server, fault.reply) from fault
    except OSError as fault:
        raise ServerUnreachable(
            f"{server} can't be reached: {_words_of(fault)}. {_REST} Check the network and {_SETTING}, and "
            "start again later."
        ) from fault


async def _connect(server: Server, tls: ssl.SSLContext, timeout: float) -> tuple[Wire, Offers]:
    loop = asyncio.get_running_loop()
    context, handshake = (tls, timeout) if server.security is Security.TLS else (None, None)
    async with asyncio.timeout(timeout):
        where: dict[str, Any] = {"host": server.host, "port": server.port}
        if server.must_be_outside:
            made = await asyncio.to_thread(connect_outside, server.host, server.port, timeout)
            where = {"sock": made, "server_hostname": server.host if context else None}
        _, wire = await loop.create_connection(Wire, **where, ssl=context, ssl_handshake_timeout=handshake)
    try:
        offers = await _introduce(wire, server, tls, timeout)
    except BaseException:
        wire.break_off("it did not come to letters")
        raise
    return wire, offers


async def _introduce(wire: Wire, server: Server, tls: ssl.SSLContext, timeout: float) -> Offers:
    greeting = await wire.ask(b"", timeout)
    if greeting.code != 220:
        raise _TurnedAway(greeting)
    offers = await _hello(wire, timeout)
    if server.security is Security.STARTTLS:
        await _protect(wire, server, tls, offers, timeout)
        offers = await _hello(wire, timeout)  # RFC 3207 section 4.2: what was said before TLS no longer counts.
    return offers


async def _hello(wire: Wire, timeout: float) -> Offers:
    answer = await wire.ask(b"EHLO " + _OWN_NAME, timeout)
    if answer.code == 250:
        return read_offers(answer.lines)
    if answer.code < 500 or answer.code == 554:
        raise _TurnedAway(answer)
    answer = await wire.ask(b"HELO " + _OWN_NAME, timeout)  # RFC 5321 section 3.2
    if answer.code != 250:
        raise _TurnedAway(answer)
    return Offers()


async def _protect(wire: Wire, server: Server, tls: ssl.SSLContext, offers: Offers, timeout: float) -> None:
    if not offers.starttls:
        raise _NoStartTls
    answer = await wire.ask(b"STARTTLS", timeout)
    if answer.code != 220:
        raise _TurnedAway(answer)
    await wire.start_tls(tls, server.host, timeout)


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
            f"{_SETTING}; many providers want an app password made for this purpose."
        )
    return ServerUnreachable(f"{server} can't sign {server.user} in just now: {answer}. {_REST} Start again later.")


def _words_of(fault: OSError) -> str:
    """Say in words what went wrong on a connection."""
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    if isinstance(fault, WireBroken):
        return str(fault)
    return fault.strerror or str(fault) or type(fault).__name__
