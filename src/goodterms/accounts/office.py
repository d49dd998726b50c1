"""The owner with what acting for them needs."""

from dataclasses import dataclass
from pathlib import Path

from goodterms.accounts.keys import Keys
from goodterms.accounts.models import Owner


@dataclass(frozen=True, kw_only=True)
class Office:
    """An owner, their keys and the data folder: what an action needs besides what it is about."""

    owner: Owner
    keys: Keys
    folder: Path
