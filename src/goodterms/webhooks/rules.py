"""How a webhook's messages are signed, and when one that failed is tried again."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from goodterms.ledger.rules.facts import Entry
from goodterms.ledger.rules.kinds import Kind
from goodterms.lib.moments import write_moment

SIGNATURE = "Goodterms-Signature"
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
_FRESH = 300
"""Seconds for which a receiver should take a message for fresh."""


def signature(secret: str, body: bytes, at: datetime) -> str:
    """Give the header that signs a body: the time in seconds, and HMAC-SHA-256 over time, dot and body."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_code(secret, seconds, body)}"


def is_signed(secret: str, body: bytes, header: str, *, now: datetime) -> bool:
    """Say whether a body is genuine and fresh: what a receiver does, so that a repeated message is noticed."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    if not parts.get("t", "").isdecimal() or abs(now.timestamp() - int(parts["t"])) > _FRESH:
        return False
    return hmac.compare_digest(_code(secret, int(parts["t"]), body), parts.get("v1", ""))


def pause_after(failures: int) -> timedelta:
    """Give how long to wait after so many failures in a row; nothing is ever given up, as nothing may be lost."""
    return _PAUSES[min(max(failures, 1), len(_PAUSES)) - 1]


def event_of(entry: Entry) -> dict[str, object]:
    """Give an entry as a webhook tells it: who and what by number and kind, and nothing personal."""
    return {
        "id": entry.id,
        "kind": str(entry.kind),
        "person": entry.person,
        "actor": str(entry.actor),
        "occurred_at": write_moment(entry.occurred_at),
        "recorded_at": write_moment(entry.recorded_at),
        "vehicles": sorted(entry.scope.vehicles),
        "purposes": sorted(entry.scope.purposes),
    }


def read_kinds(text: str) -> frozenset[Kind]:
    """Read kinds separated by commas; none means all."""
    return frozenset(Kind(kind) for kind in text.split(",") if kind)


def _code(secret: str, seconds: int, body: bytes) -> str:
    return hmac.digest(secret.encode(), b"%d." % seconds + body, sha256).hex()
