"""The owner's secret keys, in files of the data folder that only its user can read.

They are what suppressions, links and seals stand on: whoever loses them can no longer recognise who left.
"""

import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from goodterms.lib.faults import Fault
from goodterms.lib.keyed import fingerprint


class KeysWrong(Fault):
    """The key files are missing, unreadable or not those that the database was made with."""


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The secrets of one installation."""

    identity: bytes
    """Hashes identities: persons' numbers and suppressions."""
    token: bytes
    """Signs the links and addresses in mails."""
    seal: Ed25519PrivateKey
    """Signs the tree heads of the ledger."""

    @property
    def secrets(self) -> bytes:
        """What seals passwords at rest; made from the others, so that a backup of the keys holds it."""
        return hmac.digest(self.token, b"goodterms secrets at rest", "sha256")

    @property
    def fingerprint(self) -> str:
        """A public name of the whole set."""
        return fingerprint(self.identity + self.token + self.seal.private_bytes_raw())


def make_keys(folder: Path) -> Keys:
    """Make the key files where there are none, and read them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("identity", "token", "seal"):
        path = folder / f"{name}.key"
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
    return read_keys(folder)


def read_keys(folder: Path, expected_fingerprint: str | None = None) -> Keys:
    """Read the key files; raise KeysWrong where they are not those that the fingerprint names."""
    keys = Keys(
        identity=_read(folder / "identity.key"),
        token=_read(folder / "token.key"),
        seal=Ed25519PrivateKey.from_private_bytes(_read(folder / "seal.key")),
    )
    if expected_fingerprint is not None and keys.fingerprint != expected_fingerprint:
        raise KeysWrong(
            f"The keys in {folder} are not those that this database was made with: with them, people who left could "
            "not be recognised. Nothing was done. Put the right key files back from your backup."
        )
    return keys


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise KeysWrong(f"{path} is missing. Nothing was done. Put the key files back from your backup.") from None
    except ValueError:
        raise KeysWrong(f"{path} is no key: 64 hexadecimal digits are expected. Nothing was done.") from None
    if len(key) != 32:
        raise KeysWrong(f"{path} is no key: 64 hexadecimal digits are expected. Nothing was done.")
    return key
