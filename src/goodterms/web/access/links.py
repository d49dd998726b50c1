"""The one-time link by which the person at this machine's terminal enters."""

import secrets
from dataclasses import dataclass, field


@dataclass
class OneTimeLinks:
    """Links that were printed and not yet used; they end with the process."""

    _open: set[str] = field(default_factory=set)

    def issue(self) -> str:
        """Give the secret part of a new link."""
        secret = secrets.token_urlsafe(32)
        self._open.add(secret)
        return secret

    def take(self, secret: str) -> bool:
        """Use a link up; say whether it was open."""
        found = next((known for known in self._open if secrets.compare_digest(known, secret)), None)
        if found is None:
            return False
        self._open.discard(found)
        return True


LINKS = OneTimeLinks()
