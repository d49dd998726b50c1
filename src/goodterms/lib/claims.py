"""Signed claims: a few values that come back as they went out, for links that need no row before they are used."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from hashlib import sha256

import orjson

from goodterms.lib.canonical import canonical_json

_CODE = 16


def write_claim(key: bytes, what: str, claim: Mapping[str, str | int]) -> str:
    """Give a claim as text that fits an address; `what` keeps claims of one kind from passing as another's."""
    body = canonical_json(claim)
    return base64.urlsafe_b64encode(_code(key, what, body) + body).decode("ascii").rstrip("=")


def read_claim(key: bytes, what: str, text: str) -> dict[str, str | int] | None:
    """Read a claim back; None where this key did not sign it for this."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    code, body = raw[:_CODE], raw[_CODE:]
    if not hmac.compare_digest(code, _code(key, what, body)):
        return None
    found: dict[str, str | int] = orjson.loads(body)
    return found


def _code(key: bytes, what: str, body: bytes) -> bytes:
    return hmac.digest(key, b"goodterms claim\0" + what.encode() + b"\0" + body, sha256)[:_CODE]
