"""The secret that sessions are signed with, in a file of the data folder."""

import os
import secrets
from pathlib import Path


def read_secret(folder: Path) -> str:
    """Give the secret in `folder`, made at the first call."""
    path = folder / "web.key"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
    return path.read_text(encoding="ascii").strip()
