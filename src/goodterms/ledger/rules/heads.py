"""What is hashed and what is signed: commitments, leaves and tree heads, as docs/proof.md has them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from goodterms.lib import merkle
from goodterms.lib.moments import write_moment

CLOCK_SLACK = timedelta(hours=1)
"""By how much a recording may miss its seal's time: clocks are set right, long imports span a seal."""


def commitment_of(salt: str, body: bytes) -> str:
    """Give the commitment to a body: SHA-256 over the salt's bytes and the body's, in hexadecimal."""
    return sha256(bytes.fromhex(salt) + body).hexdigest()


def leaf_of(commitment: str) -> bytes:
    """Give the leaf's hash for a commitment: the leaf's data are its 32 bytes."""
    return merkle.leaf_hash(bytes.fromhex(commitment))


@dataclass(frozen=True, kw_only=True)
class TreeHead:
    """What a seal says: at this time the owner's ledger had so many leaves and this root."""

    owner: str
    """The owner's uid."""
    size: int
    root: str
    sealed_at: datetime

    @property
    def signed_bytes(self) -> bytes:
        """The bytes that are signed: five lines, each ended by a line feed."""
        lines = (
            "goodterms tree head v1",
            self.owner,
            str(self.size),
            self.root,
            write_moment(self.sealed_at),
        )
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def tree(self) -> merkle.Head:
        """The tree it speaks of."""
        return merkle.Head(self.size, bytes.fromhex(self.root))


def sign(content: bytes, key: Ed25519PrivateKey) -> str:
    """Give the Ed25519 signature (RFC 8032) of bytes in hexadecimal."""
    return key.sign(content).hex()


def is_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Say whether a signature of bytes holds under a public key; all but the bytes in hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_of(key: Ed25519PrivateKey) -> str:
    """Give the public key in hexadecimal."""
    return key.public_key().public_bytes_raw().hex()


def name_of_key(public_key: str) -> str:
    """Give a public key's fingerprint as people compare it: half its SHA-256, in groups of four."""
    digits = sha256(bytes.fromhex(public_key)).hexdigest()[:32]
    return " ".join(digits[place : place + 4] for place in range(0, 32, 4))


def is_in_time(recorded_at: datetime, before: datetime | None, sealed_at: datetime) -> bool:
    """Say whether something recorded then fits between the last head without it and the first with it."""
    is_late_enough = before is None or before - recorded_at <= CLOCK_SLACK
    return is_late_enough and recorded_at - sealed_at <= CLOCK_SLACK
