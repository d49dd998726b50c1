"""Posting to a webhook: never into this machine's own network, and without following where it points to."""

import http.client
import ssl
from urllib.parse import urlsplit

from goodterms import __version__
from goodterms.lib.faults import Fault
from goodterms.lib.outside import OutsideConnection

_SECONDS = 10


class NotTold(Fault):
    """A webhook did not take its message; the message says why."""


def post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """Post JSON to a webhook. Raises NotTold unless the answer is a 2xx one."""
    parts = urlsplit(url)
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    try:
        connection = _connection(host, parts.port, is_secure=is_secure)
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


def _connection(host: str, port: int | None, *, is_secure: bool) -> http.client.HTTPConnection:
    """Give a connection that leads outside or, where it is not secure, to this machine: see `add_webhook`."""
    if is_secure:
        return OutsideConnection(host, port or 443, seconds=_SECONDS, tls=ssl.create_default_context())
    return http.client.HTTPConnection(host, port or 80, timeout=_SECONDS)
