"""One byte form for one value, so that hashes can be compared."""

import hashlib
from typing import Any

import orjson


def canonical_json(value: Any) -> bytes:
    """Give the JSON bytes of a value: keys sorted, no blanks, UTF-8.

    Only strings, whole numbers, booleans, None, lists and string-keyed mappings may occur; that is the part of
    RFC 8785 on which all writers agree.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def sha256_hex(content: bytes) -> str:
    """Give the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
