"""Connecting to hosts that others name, and never into this machine or its network.

A name may lead elsewhere at each look-up, so it is looked up once for each connection; what was found is looked at, and
it is connected to what was looked at. The name itself is only what TLS then wants to see in the certificate.
"""

import ipaddress
import socket
import ssl
from http.client import HTTPConnection


class LiesInside(OSError):
    """A host is this machine or lies in a private network."""


def connect_outside(host: str, port: int, seconds: float | None) -> socket.socket:
    """Connect to a host that lies outside; raises LiesInside, and OSError as `socket.create_connection` does."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in found:
        if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
            raise LiesInside(
                f"{host} is this machine or lies in a private network, and on a server that others share nothing that "
                "an owner names may lead there; whoever runs this installation can set it"
            )
    fault = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in found:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(seconds)
        try:
            connection.connect(address)
        except OSError as refused:
            connection.close()
            fault = refused
        else:
            return connection
    raise fault


class OutsideConnection(HTTPConnection):
    """A connection to an HTTP server that lies outside, with TLS where a context is given."""

    def __init__(self, host: str, port: int, *, seconds: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=seconds)
        self._tls = tls

    def connect(self) -> None:
        """Connect, and speak TLS to the name."""
        plain = connect_outside(self.host, self.port, self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain
