"""What a server offers beyond the commands that every one has (RFC 5321 section 4.1.1.1)."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Offers:
    """What the answer to EHLO said."""

    pipelining: bool = False
    """RFC 2920: commands may leave in groups."""
    chunking: bool = False
    """RFC 3030: BDAT takes a message by its length, without waiting for leave."""
    eight_bit: bool = False
    """RFC 6152: content may have bytes above 127."""
    smtputf8: bool = False
    """RFC 6531: addresses and header fields may be UTF-8."""
    dsn: bool = False
    """RFC 3461: whoever sends may say what to report, and by which names."""
    starttls: bool = False
    """RFC 3207."""
    size: int | None = None
    """RFC 1870: the most octets a message may have; 0: no limit is told; None: it is not offered."""
    auth: frozenset[str] = field(default_factory=frozenset)
    """RFC 4954: the ways to sign in, in capitals."""


def read_offers(lines: Iterable[bytes]) -> Offers:
    """Read the lines of an answer to EHLO; the first is the server's greeting, whatever it says."""
    found: dict[str, list[str]] = {}
    for line in list(lines)[1:]:
        # Old servers write AUTH=PLAIN beside AUTH PLAIN.
        words = line.decode("ascii", "replace").upper().replace("AUTH=", "AUTH ").split()
        if words:
            found.setdefault(words[0], []).extend(words[1:])
    return Offers(
        pipelining="PIPELINING" in found,
        chunking="CHUNKING" in found,
        eight_bit="8BITMIME" in found,
        smtputf8="SMTPUTF8" in found,
        dsn="DSN" in found,
        starttls="STARTTLS" in found,
        size=_size(found["SIZE"]) if "SIZE" in found else None,
        auth=frozenset(found.get("AUTH", ())),
    )


def _size(words: list[str]) -> int:
    return int(words[0]) if words and words[0].isascii() and words[0].isdigit() else 0
