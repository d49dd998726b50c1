"""Posting to a webhook: to the address that was checked and no other, without following where it points to."""

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from goodterms import __version__
from goodterms.lib.faults import Fault

_SECONDS = 10


class NotTold(Fault):
    """A webhook did not take its message; the message says why."""


def post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """Post JSON to a webhook. Raises NotTold unless the answer is a 2xx one."""
    parts = urlsplit(url)
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    try:
        address = _address_of(host, parts.port or (443 if is_secure else 80), may_be_local=not is_secure)
        connection = _Connection(host, address, is_secure=is_secure)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            sent = {"Content-Type": "application/json", "User-Agent": f"goodterms/{__version__}", **headers}
            connection.request("POST", path, body=body, headers=sent)
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise NotTold(f"{host} could not be reached: {fault}") from None
    if not 200 <= status < 300:
        raise NotTold(f"{host} answered {status}")


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was looked at before: the name is not asked for a second time."""

    def __init__(self, host: str, address: tuple[str, int], *, is_secure: bool) -> None:
        super().__init__(host, address[1], timeout=_SECONDS)
        self._address, self._is_secure = address, is_secure

    def connect(self) -> None:
        """Connect, and speak TLS to the name."""
        plain = socket.create_connection(self._address, timeout=_SECONDS)
        if not self._is_secure:
            self.sock = plain
            return
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _address_of(host: str, port: int, *, may_be_local: bool) -> tuple[str, int]:
    """Give the first address of a name; raise NotTold where it leads into this machine or a private network."""
    address = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    found = ipaddress.ip_address(address)
    is_allowed = found.is_loopback if may_be_local else found.is_global
    if not is_allowed:
        raise NotTold(f"{host} leads to {address}, where no webhook may go")
    return address, port
