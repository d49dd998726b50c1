"""Reading the address of the list server."""

import ipaddress
from urllib.parse import unquote, urlsplit

from goodterms.config import SettingsFaulty
from goodterms.delivery.vehicles.list_server.http import Api
from goodterms.delivery.vehicles.list_server.listmonk import Listmonk
from goodterms.delivery.vehicles.list_server.mailman import Mailman
from goodterms.delivery.vehicles.list_server.server import ListServer

_ADVICE = (
    "Nothing was done. Write it like mailman+https://user:password@lists.example:8001/updates.lists.example or "
    "listmonk+https://user:token@lists.example/3, with signs such as @ : / % in user and password percent-encoded."
)
_SCHEMES = ("mailman+http", "mailman+https", "listmonk+http", "listmonk+https")


class ListServerFaulty(SettingsFaulty):
    """The address of the list can't be used; the message says why, and never shows the password."""


def read_list_server(url: str, *, must_be_outside: bool = False) -> ListServer:
    """Give the list that an address names, as GOODTERMS_LIST_SERVER takes it; raises ListServerFaulty."""
    if not url.strip():
        raise ListServerFaulty(
            "No list to post to is set. Nothing was done. Name one under Settings, Mail.",
            typed=f"Or as GOODTERMS_LIST_SERVER. {_ADVICE}",
        )
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ListServerFaulty(f"The address of the list is no address of a list. {_ADVICE}") from None
    kind, _, scheme = parts.scheme.partition("+")
    name = unquote(parts.path).strip("/")
    if parts.scheme not in _SCHEMES:
        raise ListServerFaulty(
            f"The address of the list begins with '{parts.scheme}'; it must be one of {', '.join(_SCHEMES)}. {_ADVICE}"
        )
    missing = [
        what
        for what, there in {
            "host": parts.hostname,
            "user": parts.username,
            "password": parts.password,
            "list at its end": name,
        }.items()
        if not there
    ]
    if missing:
        raise ListServerFaulty(f"The address of the list names no {missing[0]}. {_ADVICE}")
    host = parts.hostname or ""
    if scheme == "http" and not _is_loopback(host):
        raise ListServerFaulty(
            f"The address of the list would send the password and the members unprotected to {host}. Nothing was done. "
            "Use https, or a tunnel to this machine."
        )
    is_secure = scheme == "https"
    base, usual_port = ("/3.1", 8001) if kind == "mailman" else ("/api", 443 if is_secure else 9000)
    api = Api(
        is_secure=is_secure,
        host=host,
        port=port or usual_port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        base=base,
        must_be_outside=must_be_outside,
    )
    return _made(kind, name, api)


def _made(kind: str, name: str, api: Api) -> ListServer:
    if kind == "mailman":
        return Mailman(api, name)
    if not name.isdigit():
        raise ListServerFaulty(
            f"The address of the list names the list '{name}'; listmonk's lists have numbers. {_ADVICE}"
        )
    return Listmonk(api, int(name))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
