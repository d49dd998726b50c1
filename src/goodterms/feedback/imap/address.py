"""Reading the address of the mailbox that answers come to."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

from goodterms.config import SettingsFaulty


class Security(StrEnum):
    """How the way to the mailbox is protected; the value is the address's scheme."""

    NONE = "imap"
    """Only to this machine."""
    STARTTLS = "imap+starttls"
    TLS = "imaps"
    """RFC 8314: TLS from the first byte on."""


_PORTS = {Security.NONE: 143, Security.STARTTLS: 143, Security.TLS: 993}
_ADVICE = (
    "Nothing was read. Write it like imaps://user:password@imap.example:993/INBOX, with signs such as @ : / % in user "
    "and password percent-encoded."
)


class MailboxAddressFaulty(SettingsFaulty):
    """The address of the mailbox can't be used; the message says why, and never shows the password."""


@dataclass(frozen=True, kw_only=True)
class MailboxAddress:
    """Where the mailbox is, and as whom it is opened."""

    security: Security
    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    must_be_outside: bool = False
    """Whether it may not lie in this machine's own network, wherever its name leads by now."""

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


def read_address(url: str, *, has_token: bool = False) -> MailboxAddress:
    """Read the address of a mailbox, as GOODTERMS_IMAP_URL takes it; raises MailboxAddressFaulty.

    The password may be missing where a token is given.
    """
    if not url.strip():
        raise MailboxAddressFaulty(
            "No mailbox to read is set. Nothing was read. Name one under Settings, Mail.",
            typed=f"Or as GOODTERMS_IMAP_URL. {_ADVICE}",
        )
    parts = _split(url.strip())
    security, port = _security(parts), _port(parts)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not parts.hostname or not user or not (password or has_token):
        raise MailboxAddressFaulty(f"The address of the mailbox needs a user, a password and a host. {_ADVICE}")
    if security is Security.NONE and not _is_loopback(parts.hostname):
        raise MailboxAddressFaulty(
            f"The address of the mailbox would send the password unprotected to {parts.hostname}. Nothing was read. "
            "Use imaps:// or imap+starttls:// (RFC 8314)."
        )
    return MailboxAddress(
        security=security,
        host=parts.hostname,
        port=port or _PORTS[security],
        user=user,
        password=password,
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise MailboxAddressFaulty(f"The address of the mailbox is no address of a mailbox. {_ADVICE}") from None


def _security(parts: SplitResult) -> Security:
    try:
        return Security(parts.scheme)
    except ValueError:
        raise MailboxAddressFaulty(
            f"The address of the mailbox begins with '{parts.scheme}'; it must be imaps:// or "
            f"imap+starttls://. {_ADVICE}"
        ) from None


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise MailboxAddressFaulty(f"The address of the mailbox has a port that is no number. {_ADVICE}") from None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
