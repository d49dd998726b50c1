"""What the story knows: the made-up truth, the mails that arrived, and whoever leaves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rich.markup import escape

from goodterms.demo import names
from goodterms.demo.network import Network
from goodterms.demo.people import Member
from goodterms.demo.post import Caught, Postbag
from goodterms.demo.stage import Stage
from goodterms.lib.addresses import widen_email
from goodterms.lib.names import fold_name

EMAIL_SHARE = 0.3
"""How many show an e-mail address: far more than in real archives, so that there is something to see."""
TERMS_STOOD = timedelta(days=3 * 365)
BETWEEN_ARCHIVES = timedelta(days=31)
CHANGES_BETWEEN = 40
"""One in so many connections is new, gone, renamed or in another job by the later archive, of each kind."""


@dataclass(frozen=True, kw_only=True)
class Leaver:
    """Somebody who leaves in the story."""

    member: Member
    how: str
    reason: str
    """What `goodterms why` must say of them."""

    @property
    def address(self) -> str:
        """Their address, as mails are compared by it."""
        return widen_email(self.member.email or "")


@dataclass(kw_only=True)
class Story:
    """The story so far. `network` is the truth, which Goodterms only knows through archives of it."""

    stage: Stage
    network: Network
    now: datetime
    bag: Postbag
    members: list[Member] = field(init=False)
    """Everybody in the network but closed accounts."""
    archives: list[str] = field(default_factory=list)
    updates: list[str] = field(default_factory=list)
    awaited: int = 0
    """About how many mails the next update will be."""
    first: list[Caught] = field(default_factory=list)
    """The first update's mails."""
    second: list[Caught] = field(default_factory=list)
    leavers: list[Leaver] = field(default_factory=list)
    vanished: set[str] = field(default_factory=set)
    """The addresses of those whom the later archive no longer lists."""
    dossiers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.see(self.network)

    def see(self, network: Network) -> None:
        """Go on with another network."""
        self.network = network
        self.members = [member for member in network.people() if not member.is_former]

    @property
    def owner(self) -> str:
        """The owner as mails name them."""
        return f"{self.network.owner.name} <{self.network.owner.email}>"

    def by_address(self) -> dict[str, Member]:
        """Give those who are connected and show an address."""
        return {widen_email(member.email): member for member in self.members if member.email}

    def is_under_terms(self, member: Member) -> bool:
        """Say whether a member connected while the terms stood on the profile."""
        return member.connected_on >= self.network.wording.since

    def said_no(self) -> set[str]:
        """Give the addresses of those who answered the welcome message with a no."""
        return {widen_email(member.email) for member in self._naysayers() if member.email}

    def namesakes(self) -> set[str]:
        """Give the addresses of whoever has the name of somebody who left: they may be the same, and are held."""
        gone = {fold_name(member.name) for member in (*self._naysayers(), *(one.member for one in self.leavers))}
        return {address for address, member in self.by_address().items() if fold_name(member.name) in gone}

    def _naysayers(self) -> Iterator[Member]:
        for member in self.members:
            if any(not talk.is_from_owner and talk.text in names.STOP_WORDS for talk in self.network.talks(member)):
                yield member


def addresses(mails: Iterable[Caught]) -> list[str]:
    """Give whom mails went to, one for each mail, as addresses are compared."""
    return [widen_email(mail.to) for mail in mails]


def is_plain(member: Member) -> bool:
    """Say whether a name has nothing but the letters that every terminal shows alike."""
    return member.name.isascii() and member.name.replace(" ", "").isalpha()


def named(member: Member) -> str:
    """Give a member's name to stand out in the account."""
    return f"[bold]{escape(member.name)}[/bold]"
