"""Signing messages with DKIM (RFC 6376), where the mail server does not.

Both ways of writing things down are relaxed. An RSA key signs with rsa-sha256 (RFC 8301: at least 2,048 bits here), an
Ed25519 key beside it gives a second signature (RFC 8463), which not all receivers can read yet. All fields that say
who, to whom and how to leave are covered; From is named twice, so that nobody can add another (section 8.15).
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from goodterms.lib.faults import Fault

_SIGNED = (
    *(b"from", b"reply-to", b"to", b"subject", b"date", b"message-id", b"list-id", b"list-unsubscribe"),
    *(b"list-unsubscribe-post", b"mime-version", b"content-type"),
)
_BLANKS = re.compile(rb"  +")  # what begins with two fixed signs is found ten times as fast as any run of blanks
_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)
_LEAST_BITS = 2_048
_ED25519 = "-ed25519"
"""What the selector of the second key ends in."""

Key = RSAPrivateKey | Ed25519PrivateKey


class SigningKeyFaulty(Fault):
    """What was given holds no keys to sign with."""


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Keys, and where in the DNS receivers find their public halves."""

    domain: str
    selector: str
    keys: tuple[Key, ...]

    def signed(self, content: bytes, *, now: datetime) -> bytes:
        """Give a message with a signature by each key before its first field."""
        head, _, body = content.partition(b"\r\n\r\n")
        fields = _fields_of(head)
        body_hash = _body_hash(body)
        signatures = [self._signature(key, fields, body_hash, int(now.timestamp())) for key in self.keys]
        return b"".join([*signatures, content])

    def records(self) -> list[tuple[str, str]]:
        """Give the DNS records that publish the keys: the name, and the text of a TXT record."""
        return [
            (f"{self._selector(key)}._domainkey.{self.domain}", f"v=DKIM1; k={_kind(key)}; p={_public(key)}")
            for key in self.keys
        ]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its keys: rsa, ed25519."""
        return tuple(_kind(key) for key in self.keys)

    def _selector(self, key: Key) -> str:
        return self.selector if isinstance(key, RSAPrivateKey) else f"{self.selector}{_ED25519}"

    def _signature(self, key: Key, fields: Sequence[tuple[bytes, bytes]], body_hash: str, at: int) -> bytes:
        found = [(name, value) for name, value in fields if name in _SIGNED]
        names = b":".join([*(name for name, _ in found), b"from"]).decode().replace(":list-id", ":\r\n  list-id")
        unsigned = (
            f"v=1; a={_kind(key)}-sha256; c=relaxed/relaxed; d={self.domain}; s={self._selector(key)};\r\n t={at};"
            f"\r\n h={names};\r\n bh={body_hash};\r\n b="
        ).encode()
        # Of fields with one name the last is signed first (section 5.4.2); here each stands once.
        covered = b"".join(b"%b:%b\r\n" % (name, value) for name, value in found)
        covered += b"dkim-signature:" + _relaxed(unsigned)
        code = b64encode(_code(key, covered))
        folded = b"\r\n  ".join(code[place : place + 72] for place in range(0, len(code), 72))
        return b"DKIM-Signature: " + unsigned + folded + b"\r\n"


def read_signer(path: Path, *, selector: str, domain: str) -> Signer:
    """Read a PEM file with an RSA key, an Ed25519 key or both; raises SigningKeyFaulty."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise SigningKeyFaulty(
            f"The keys to sign with can't be read from {path}: {fault.strerror}. Nothing was sent. Put a PEM file "
            "there (docs/sending.md), or take GOODTERMS_DKIM_SELECTOR away."
        ) from None
    return signer_of(content, selector=selector, domain=domain, where=str(path))


def signer_of(pem: bytes, *, selector: str, domain: str, where: str) -> Signer:
    """Give what signs by the keys in a PEM text; `where` names it in faults. Raises SigningKeyFaulty."""
    return Signer(domain=domain, selector=selector, keys=_keys_in(pem, where))


def new_keys(*, rsa: bool = True, ed25519: bool = True) -> bytes:
    """Make a key of each kind that is wanted, as one PEM text."""
    keys: list[Key] = [generate_private_key(public_exponent=65537, key_size=_LEAST_BITS)] if rsa else []
    keys += [Ed25519PrivateKey.generate()] if ed25519 else []
    return b"".join(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for key in keys)


# An RSA key takes some hundredths of a second to be looked through, and every stint of a worker wants it.
@lru_cache(maxsize=16)
def _keys_in(pem: bytes, where: str) -> tuple[Key, ...]:
    keys = [_read_key(where, found) for found in _KEY.findall(pem)]
    if not keys or len({type(key) for key in keys}) < len(keys):
        raise SigningKeyFaulty(
            f"{where} has {len(keys)} private keys; it may have one of RSA, one of Ed25519, or one of each. Nothing "
            "was done."
        )
    return tuple(sorted(keys, key=_kind, reverse=True))


def _read_key(where: str, pem: bytes) -> Key:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise SigningKeyFaulty(f"{where} has a private key that can't be read as it is. Nothing was done.") from None
    if isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_BITS:
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise SigningKeyFaulty(
        f"{where} has a key that DKIM does not take: RSA of at least {_LEAST_BITS} bits (RFC 8301) or Ed25519 "
        "(RFC 8463) is needed. Nothing was done."
    )


def _kind(key: Key) -> str:
    return "rsa" if isinstance(key, RSAPrivateKey) else "ed25519"


def _public(key: Key) -> str:
    if isinstance(key, RSAPrivateKey):
        raw = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463 section 4
    return b64encode(raw).decode()


def _code(key: Key, covered: bytes) -> bytes:
    if isinstance(key, RSAPrivateKey):
        return key.sign(covered, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(sha256(covered).digest())  # RFC 8463 section 3: the hash is what is signed


def _fields_of(head: bytes) -> list[tuple[bytes, bytes]]:
    """Give the fields of a header in the relaxed form (section 3.4.2), in their order."""
    fields = []
    for line in _unfolded(head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        fields.append((name.strip().lower(), value.strip(b" ")))
    return fields


def _relaxed(value: bytes) -> bytes:
    return _unfolded(value).strip(b" ")


def _unfolded(text: bytes) -> bytes:
    return _with_single_blanks(text.replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t"))


def _with_single_blanks(text: bytes) -> bytes:
    return _BLANKS.sub(b" ", text.replace(b"\t", b" "))


@lru_cache(maxsize=4)
def _body_hash(body: bytes) -> str:
    """Give the hash of a body in the relaxed form (section 3.4.4); for the same body it is at hand."""
    relaxed = _with_single_blanks(body + b"\r\n").replace(b" \r\n", b"\r\n")
    while relaxed.endswith(b"\r\n"):
        relaxed = relaxed[:-2]
    return b64encode(sha256(relaxed + b"\r\n" if relaxed else b"").digest()).decode()
