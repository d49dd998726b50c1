"""What has to change for a list to hold exactly those who may get a post."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """How it stands with an address on the list."""

    MEMBER = "member"
    """Gets what is posted."""
    LEFT = "left"
    """The server knows that it has unsubscribed or was blocked."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Whom to take off a list and whom to put on it, by keyed hash of their address."""

    remove: frozenset[str]
    add: frozenset[str]
    keep: frozenset[str]


def changes(wanted: Set[str], there: Mapping[str, Presence]) -> Changes:
    """Say what has to change; whoever has left at the server is never put on again."""
    members = {key for key, presence in there.items() if presence is Presence.MEMBER}
    left = set(there) - members
    return Changes(
        remove=frozenset(members - wanted),
        add=frozenset(wanted - members - left),
        keep=frozenset(wanted & members),
    )
