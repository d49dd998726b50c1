"""What every list server offers, and how it says that something can't be done."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from goodterms.delivery.rules.lists import Presence
from goodterms.lib.faults import Fault


@dataclass(frozen=True, kw_only=True)
class Post:
    """What is posted: the same for every member."""

    message_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    html: str
    content: bytes
    """The whole message (RFC 5322), for servers that take one."""


class ListServerRefused(Fault):
    """The list server does not do what was asked; nothing of it was done."""


class ListServerUnreachable(Fault):
    """There is no safe connection to the list server; nothing was asked of it."""


class ListServerSilent(Fault):
    """The list server was asked and gave no answer: nobody can say whether it has done it."""


class ListServer(Protocol):
    """A list on a list server.

    Every call raises ListServerRefused, ListServerUnreachable or ListServerSilent where it can't be done.
    """

    @property
    def name(self) -> str:
        """The list's name; it tells this list from every other."""

    def posting_address(self, sender: str) -> str:
        """Give the address that posts are written to."""

    def addresses(self) -> dict[str, Presence]:
        """Give every address that the list knows."""

    def add(self, address: str, name: str) -> None:
        """Make an address a member, without asking or greeting it; nothing where it is one."""

    def remove(self, addresses: Collection[str]) -> None:
        """Take members off the list, without a word to them."""

    def flaws(self, sender: str) -> list[str]:
        """Give the settings of the list that must be otherwise before anything is posted, in words."""

    def mend(self, sender: str) -> None:
        """Set them right."""

    def post(self, post: Post) -> str:
        """Hand a post over to be carried to all members; give what the server calls it."""
