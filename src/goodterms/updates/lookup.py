"""Asking the DNS whether the keys that sign are published."""

from dataclasses import dataclass

from goodterms.updates.records import Seen, compare
from goodterms.updates.signing import Signer

_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Look:
    """One record as it must be, and what the DNS shows in its place."""

    name: str
    text: str
    seen: Seen
    found: tuple[str, ...] = ()


def look_up(signer: Signer) -> list[Look]:
    """Ask for each record of a signer, by this machine's resolver."""
    return [_look(name, text) for name, text in signer.records()]


def _look(name: str, text: str) -> Look:
    found = _texts(name)
    seen = Seen.SILENT if found is None else compare(text, found)
    return Look(name=name, text=text, seen=seen, found=tuple(found or ()))


def _texts(name: str) -> list[str] | None:
    """Give the TXT records under a name, each as one text (RFC 6376 section 3.6.2.2); None where nobody answers."""
    # It takes a fifth of a second to load, and every command that sends would wait.
    import dns.exception  # noqa: PLC0415
    import dns.resolver  # noqa: PLC0415

    try:
        answer = dns.resolver.resolve(f"{name}.", "TXT", lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException:
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
