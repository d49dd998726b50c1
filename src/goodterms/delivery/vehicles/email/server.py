"""Reading the address of the mail server that sends."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

from goodterms.config import SettingsFaulty


class Security(StrEnum):
    """How the way to the server is protected; the value is the address's scheme."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    """RFC 3207: TLS is demanded, never left out where the server does not offer it."""
    TLS = "smtps"
    """RFC 8314: TLS from the first byte on."""


# RFC 5321, 6409 and 8314.
_PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}
MECHANISMS = ("PLAIN", "LOGIN", "XOAUTH2")
_EXAMPLE = "smtps://user:password@smtp.example:465"
_ADVICE = (
    f"Nothing was sent. Write it like {_EXAMPLE}, with signs such as @ : / % in user and password percent-encoded."
)


class ServerFaulty(SettingsFaulty):
    """The address of the mail server can't be used; the message says why, and never shows the password."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where mail is handed over, and as whom."""

    security: Security
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    mechanism: str = ""
    """The way to sign in, in capitals; empty: the best that is offered and takes a password."""
    must_be_outside: bool = False
    """Whether it may not lie in this machine's own network, wherever its name leads by now."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.security}://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the way to it never leaves this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def read_server(url: str) -> Server:
    """Read the address of a mail server, as GOODTERMS_SMTP_URL takes it; raises ServerFaulty."""
    if not url.strip():
        raise ServerFaulty(
            "No mail server to send by is set. Nothing was sent. Name one under Settings, Mail.",
            typed=f"Or as GOODTERMS_SMTP_URL. {_ADVICE}",
        )
    parts = _split(url.strip())
    try:
        security = Security(parts.scheme)
    except ValueError:
        schemes = ", ".join(f"{choice}://" for choice in Security)
        raise ServerFaulty(
            f"The address of the mail server begins with '{parts.scheme}'; it must be one of {schemes}. {_ADVICE}"
        ) from None
    if parts.path.strip("/") or parts.query or parts.fragment:
        # A '/', '?' or '#' in a password ends up here.
        raise ServerFaulty(f"The address of the mail server has something after the host and port. {_ADVICE}")
    host, port = _host_and_port(parts, security)
    # The way to sign in is written as in the addresses of RFC 2384 and RFC 5092: alice;AUTH=XOAUTH2:token@host.
    named, _, mechanism = (parts.username or "").partition(";AUTH=")
    user, password = unquote(named), unquote(parts.password or "")
    if bool(user) != bool(password):
        missing = "password" if user else "user"
        raise ServerFaulty(f"The address of the mail server has no {missing}; give both or neither. {_ADVICE}")
    if mechanism not in {"", *MECHANISMS}:
        raise ServerFaulty(
            f"The address of the mail server wants to sign in with {mechanism}; it may be one of "
            f"{', '.join(MECHANISMS)}. {_ADVICE}"
        )
    server = Server(security=security, host=host, port=port, user=user, password=password, mechanism=mechanism)
    if user and security is Security.NONE and not server.is_loopback:
        raise ServerFaulty(
            f"The address of the mail server would send the password unprotected to {host}. Nothing was sent. Use "
            "smtps:// or smtp+starttls:// (RFC 8314)."
        )
    return server


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise ServerFaulty(f"The address of the mail server is no address of a server. {_ADVICE}") from None


def _host_and_port(parts: SplitResult, security: Security) -> tuple[str, int]:
    try:
        port = parts.port
    except ValueError:
        raise ServerFaulty(
            f"The address of the mail server has a port that is no number from 1 to 65535. {_ADVICE}"
        ) from None
    if not parts.hostname:
        raise ServerFaulty(f"The address of the mail server names no host. {_ADVICE}")
    return parts.hostname, port or _PORTS[security]
