"""Signed tokens for links, subjects and Message-IDs: a person and what may be done, never an address.

Layout, version 1: one byte of version, act and shape; the owner's number (0 to 3 bytes); the person's
number (8 bytes); the update's (16 bytes, where there is one); then the start of an HMAC-SHA-256 over all
that (RFC 2104 section 5 on truncation). The whole has at most 38 bytes, so 61 signs of base32 (RFC 4648):
with a prefix of three it still fits a local part (64 octets, RFC 5321 section 4.5.3.1.1). The code takes
the room left, 80 to 128 bits.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from goodterms.lib.base32 import base32
from goodterms.lib.faults import Fault
from goodterms.lib.keyed import ReadyKey

_VERSION = 1
_SIZE, _MOST_CODE = 38, 16
_CONTEXT = b"goodterms token\0"
_RUN = re.compile(r"(?<![A-Za-z2-7])[A-Za-z2-7]{40,61}(?![A-Za-z2-7])")
_UPDATE_UID = re.compile(r"[0-9a-f]{32}")


class Act(StrEnum):
    """What a token lets its holder do. The order is part of the format: add at the end."""

    COPY = "copy"
    """Nothing: it names one person's copy, in Message-IDs and return addresses."""
    CHOOSE = "choose"
    """See and change what the person gets."""
    STOP = "stop"
    """Stop the updates and stay connected."""
    LEAVE = "leave"
    """Have the connection broken."""
    CONFIRM = "confirm"
    """Confirm an opt-in."""


_ACTS = tuple(Act)


@dataclass(frozen=True, kw_only=True)
class Token:
    """What a token says."""

    person_uid: int
    """Person.uid: 64 bits with a sign."""
    act: Act
    owner_number: int | None = None
    """From 0 to 16,777,215."""
    update_uid: str | None = None
    """Update.uid: 32 hexadecimal digits."""


class TokenImpossible(Fault):
    """A part of a token does not fit its format."""


def make_token(key: bytes, token: Token) -> str:
    """Give the token as text: lower-case letters and digits, at most 61 of them."""
    make = token_maker(key, act=token.act, owner_number=token.owner_number, update_uid=token.update_uid)
    return make(token.person_uid)


def token_maker(
    key: bytes, *, act: Act, owner_number: int | None = None, update_uid: str | None = None
) -> Callable[[int], str]:
    """Give what makes, by their uids, the tokens of persons that differ in nothing else."""
    before, after = _around(act, owner_number, update_uid)
    ready = ReadyKey(key, _CONTEXT + before)
    code_size = _code_size(len(before) + 8 + len(after))

    def make(person_uid: int) -> str:
        try:
            rest = person_uid.to_bytes(8, "big", signed=True) + after
        except OverflowError:
            raise TokenImpossible(f"Person number {person_uid} does not fit a token: it has 64 bits.") from None
        return base32(before + rest + ready.code(rest)[:code_size])

    return make


def read_token(key: bytes, text: str) -> Token | None:
    """Read a token, in whatever case it comes back, or give None where this key did not sign it."""
    raw = _decoded(text.strip())
    size = _body_size(raw)
    if not size or not hmac.compare_digest(raw[size:], _code(key, raw[:size])):
        return None
    return _token_of(raw[:size])


def tokens_in(key: bytes, text: str) -> Iterator[Token]:
    """Give every valid token that stands in a text, in order."""
    for match in _RUN.finditer(text):
        if token := read_token(key, match.group()):
            yield token


def without_tokens(text: str) -> str:
    """Give a text without anything that has the shape of a token, signed by us or not."""
    return _RUN.sub("", text)


def _around(act: Act, owner_number: int | None, update_uid: str | None) -> tuple[bytes, bytes]:
    """Give what stands before and after the person's number."""
    owner = b""
    if owner_number is not None:
        if not 0 <= owner_number < 1 << 24:
            raise TokenImpossible(f"Owner number {owner_number} does not fit a token: 16,777,215 is the highest.")
        owner = owner_number.to_bytes(max(1, (owner_number.bit_length() + 7) // 8), "big")
    if update_uid is not None and not _UPDATE_UID.fullmatch(update_uid):
        raise TokenImpossible(f"'{update_uid}' is no update's uid: 32 hexadecimal digits are expected.")
    update = bytes.fromhex(update_uid or "")
    head = _VERSION << 6 | _ACTS.index(act) << 3 | bool(update) << 2 | len(owner)
    return bytes([head]) + owner, update


def _body_size(raw: bytes) -> int:
    """Give how many bytes come before the code, or 0 where this can't be a token."""
    if not raw or raw[0] >> 6 != _VERSION or (raw[0] >> 3 & 0b111) >= len(_ACTS):
        return 0
    size = 1 + (raw[0] & 0b11) + 8 + (16 if raw[0] & 0b100 else 0)
    return size if len(raw) == size + _code_size(size) else 0


def _token_of(body: bytes) -> Token:
    head, owner_size = body[0], body[0] & 0b11
    owner, rest = body[1 : 1 + owner_size], body[1 + owner_size :]
    return Token(
        owner_number=int.from_bytes(owner, "big") if owner_size else None,
        person_uid=int.from_bytes(rest[:8], "big", signed=True),
        update_uid=rest[8:].hex() or None,
        act=_ACTS[head >> 3 & 0b111],
    )


def _code_size(body_size: int) -> int:
    return min(_MOST_CODE, _SIZE - body_size)


def _code(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, _CONTEXT + body, "sha256")[: _code_size(len(body))]


def _decoded(text: str) -> bytes:
    """Give the bytes of base32, or none where the text is not exactly how they are written."""
    if not text.isascii() or len(text) > 61:
        return b""
    upper = text.upper()
    try:
        raw = base64.b32decode(upper + "=" * (-len(upper) % 8))
    except binascii.Error:
        return b""
    # Spare bits at the end must be zero: one token has one spelling.
    return raw if base32(raw) == text.lower() else b""
