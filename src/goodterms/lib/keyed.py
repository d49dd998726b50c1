"""Keyed hashes: what is known can be recognised, what is not can't be read back."""

import hmac
from hashlib import sha256


def keyed_hash(key: bytes, *parts: str) -> str:
    """Give the HMAC-SHA-256 (RFC 2104) of the parts in hexadecimal; parts are kept apart by a NUL."""
    return hmac.digest(key, "\0".join(parts).encode("utf-8", "surrogatepass"), sha256).hex()


def fingerprint(key: bytes) -> str:
    """Give a short public name of a key."""
    return sha256(b"goodterms key\0" + key).hexdigest()[:16]
