"""Signing in (RFC 4954), never over a way that is not protected."""

from base64 import b64encode
from collections.abc import Awaitable, Callable

from goodterms.delivery.vehicles.email.engine.answers import Answer
from goodterms.delivery.vehicles.email.engine.offers import Offers
from goodterms.delivery.vehicles.email.engine.wire import Wire
from goodterms.delivery.vehicles.email.server import Security, Server


class SignInImpossible(Exception):
    """No password was sent; `code` is the one by which a server would have said so."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


async def sign_in(wire: Wire, server: Server, offers: Offers, timeout: float) -> Answer:
    """Sign in and give the answer that decided: 235 is yes. Raises SignInImpossible, WireBroken and TimeoutError."""
    if server.security is Security.NONE and not server.is_loopback:
        raise SignInImpossible(538, "5.7.11 a password is never sent over a way that is not protected")
    for name, way in _WAYS.items():
        if name in offers.auth and server.mechanism in {"", name}:
            if name == "XOAUTH2" and not server.mechanism:
                continue  # its secret is a token, which a password is not
            return await way(wire, server, timeout)
    wanted = f"AUTH {server.mechanism}" if server.mechanism else "AUTH PLAIN nor AUTH LOGIN"
    raise SignInImpossible(504, f"5.5.4 it offers {'no' if server.mechanism else 'neither'} {wanted}")


async def _plain(wire: Wire, server: Server, timeout: float) -> Answer:
    """RFC 4616, in UTF-8."""
    return await wire.ask(b"AUTH PLAIN " + _base64(f"\0{server.user}\0{server.password}"), timeout)


async def _login(wire: Wire, server: Server, timeout: float) -> Answer:
    """The older way that some servers offer alone; it has no RFC."""
    answer = await wire.ask(b"AUTH LOGIN", timeout)
    for text in (server.user, server.password):
        if answer.code == 334:
            answer = await wire.ask(_base64(text), timeout)
    return answer


async def _xoauth2(wire: Wire, server: Server, timeout: float) -> Answer:
    """Google's and Microsoft's way to sign in with an access token."""
    given = f"user={server.user}\1auth=Bearer {server.password}\1\1"
    answer = await wire.ask(b"AUTH XOAUTH2 " + _base64(given), timeout)
    if answer.code == 334:
        # It says why it refuses in the form of a question; the empty answer makes it say so (RFC 7628 section 3.2.3).
        answer = await wire.ask(b"AQ==", timeout)
    return answer


_WAYS: dict[str, Callable[[Wire, Server, float], Awaitable[Answer]]] = {
    "XOAUTH2": _xoauth2,
    "PLAIN": _plain,
    "LOGIN": _login,
}


def _base64(text: str) -> bytes:
    return b64encode(text.encode())
