"""Whether what the DNS shows publishes a key (RFC 6376 section 3.6.1, RFC 8463)."""

from collections.abc import Sequence
from enum import StrEnum

_PIECE = 255


class Seen(StrEnum):
    """What the DNS shows under the name of a key's record."""

    PUBLISHED = "published"
    """The key, as it must be."""
    MISSING = "missing"
    """Nothing."""
    OTHER = "other"
    """Something else: another key, or a text that is none."""
    REVOKED = "revoked"
    """A record whose key was taken away: receivers refuse its signatures."""
    TWICE = "twice"
    """Several keys: which of them receivers take is undefined."""
    SILENT = "silent"
    """Nobody answered."""


def compare(expected: str, found: Sequence[str]) -> Seen:
    """Say what the TXT records under a name make of the one that is to stand there.

    Blanks within a key and the order of its tags don't count; tags that we do not know are the publisher's business.
    """
    wanted = _tags(expected)
    keys = [tags for text in found if "p" in (tags := _tags(text))]
    if not keys:
        return Seen.OTHER if found else Seen.MISSING
    if len(keys) > 1:
        return Seen.TWICE
    (tags,) = keys
    if not tags["p"]:
        return Seen.REVOKED
    is_same = (tags["p"], tags.get("k", "rsa"), tags.get("v", "DKIM1")) == (wanted["p"], wanted["k"], wanted["v"])
    return Seen.PUBLISHED if is_same else Seen.OTHER


def _tags(text: str) -> dict[str, str]:
    """Give the tags of a list (section 3.2), without the blanks in their values."""
    pairs = (tag.partition("=") for tag in text.split(";") if "=" in tag)
    return {name.strip(): "".join(value.split()) for name, _, value in pairs}


def zone_lines(name: str, text: str) -> str:
    """Give a TXT record as a zone file has it: its text in strings of at most 255 bytes (RFC 1035 section 3.3.14)."""
    pieces = " ".join(f'"{text[place : place + _PIECE]}"' for place in range(0, len(text), _PIECE))
    return f"{name}. IN TXT ( {pieces} )"
