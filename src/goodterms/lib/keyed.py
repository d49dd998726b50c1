"""Keyed hashes: what is known can be recognised, what is not can't be read back."""

import hmac
from hashlib import sha256

_BLOCK = 64
"""Bytes that SHA-256 takes at a time."""


def keyed_hash(key: bytes, *parts: str) -> str:
    """Give the HMAC-SHA-256 (RFC 2104) of the parts in hexadecimal; parts are kept apart by a NUL."""
    return hmac.digest(key, "\0".join(parts).encode("utf-8", "surrogatepass"), sha256).hex()


class ReadyKey:
    """A key made ready for codes that begin with the same bytes, so that each costs a third (RFC 2104 section 4)."""

    def __init__(self, key: bytes, beginning: bytes = b"") -> None:
        block = (key if len(key) <= _BLOCK else sha256(key).digest()).ljust(_BLOCK, b"\0")
        self._inner, self._outer = (sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
        self._inner.update(beginning)

    def code(self, rest: bytes) -> bytes:
        """Give the HMAC-SHA-256 of the beginning and the rest."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(rest)
        outer.update(inner.digest())
        return outer.digest()


def fingerprint(key: bytes) -> str:
    """Give a short public name of a key."""
    return sha256(b"goodterms key\0" + key).hexdigest()[:16]
