"""An owner, their people and an update, for tests of sending."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction

from goodterms.accounts.actions import make_owner
from goodterms.accounts.keys import Keys, read_keys
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.actions.plan import Plan, plan
from goodterms.delivery.claimed import Claimed
from goodterms.delivery.copies import Copies
from goodterms.delivery.means import Means
from goodterms.delivery.models import Delivery
from goodterms.delivery.vehicles.email.engine.pool import Limits
from goodterms.delivery.vehicles.email.engine.timeouts import Timeouts
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.transport import Transport
from goodterms.exits.actions.take import take_exit
from goodterms.feedback.models import Feedback
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.facts import Entry, Fact
from goodterms.ledger.rules.kinds import Actor, Kind, Vehicle
from goodterms.lib.canonical import sha256_hex
from goodterms.people.models import Identity, Person
from goodterms.people.queries import named_email
from goodterms.people.rules import person_uid
from goodterms.policy.rulebook import read_rulebook
from goodterms.updates.models import Update

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BEFORE = NOW - timedelta(days=30)
RULEBOOK = read_rulebook()
FAST = Timeouts(connect=5, command=2, data_begin=2, data_end=0.5)
ONE_BY_ONE = Limits(connections=1, depth=1)
State = Delivery.State


@dataclass
class Clock:
    """A clock that a test sets; it goes on by a millisecond a look, so that moments differ."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Network:
    """One owner with their people, in the database under test."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    owner: Owner = field(init=False)
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        self.owner, _ = make_owner(
            self.folder, name="Ann", email="ann@owner.test", profile="", strategy=RULEBOOK.strategy, now=BEFORE
        )
        self.keys = read_keys(self.folder / "keys")

    def add(self, *names: str, address: str = "", opted_in: bool = True) -> list[Person]:
        """Add people who have confirmed that they want updates, or are only connected, from before any terms."""
        people = Person.objects.bulk_create([self._person(name) for name in names])
        addresses = [address or f"{name}@people.test" for name in names]
        Identity.objects.bulk_create(map(self._address, people, addresses))
        self.tell(people, Kind.CONNECTION_SEEN, connected_on="2024-01-31")
        self.tell(people, Kind.ADDRESS_SEEN)
        if opted_in:
            self.tell(people, Kind.OPT_IN_CONFIRMED)
        return people

    def _person(self, name: str) -> Person:
        uid = person_uid(self.keys.identity, "profile", name)
        return Person(owner=self.owner, uid=uid, first_name=name.title(), created_at=BEFORE)

    def _address(self, person: Person, address: str) -> Identity:
        named = named_email(self.keys.identity, address)
        return Identity(
            owner=self.owner,
            person=person,
            kind=named.kind,
            value=named.value,
            key=named.key,
            is_current=True,
            source="export",
            seen_at=BEFORE,
        )

    def tell(self, people: Iterable[Person], kind: Kind, **detail: str) -> None:
        """Tell the ledger something of people."""
        facts = [
            Fact(kind=kind, occurred_at=BEFORE, actor=Actor.PERSON, person=person.pk, detail=detail)
            for person in people
        ]
        with transaction.atomic():
            append(self.owner, facts, now=BEFORE)

    def stop(self, *people: Person) -> None:
        """Let people take the way out."""
        office = Office(owner=self.owner, keys=self.keys, folder=self.folder)
        for person in people:
            take_exit(office, person, Kind.STOPPED, at=self.clock(), now=self.clock())

    def update(self, subject: str = "News", *, kind: str = "update") -> Update:
        """Add an update."""
        return Update.objects.create(
            owner=self.owner,
            uid=sha256_hex(f"{subject} {self.clock()}".encode())[:32],
            kind=kind,
            purpose="networking",
            subject=subject,
            topics=[],
            body="Hello",
            footer="",
            sha256=sha256_hex(subject.encode()),
            created_at=BEFORE,
        )

    def comes_back(self, copy: Delivery) -> None:
        """Keep something that came back and is about a copy."""
        Feedback.objects.create(
            owner=self.owner,
            sha256=sha256_hex(copy.message_id.encode()),
            person=copy.person,
            signal="reply",
            delivery=copy,
            received_at=BEFORE,
            read_at=BEFORE,
        )

    def plan(self, update: Update, *, now: datetime = NOW) -> Plan:
        """Plan an update by e-mail."""
        message_id = Copies(update=update, token_key=self.keys.token).message_id
        return plan(self.owner, update, Vehicle.EMAIL, now=now, rulebook=RULEBOOK, message_id=message_id)

    def means(
        self, transport: Transport, *, clock: Callable[[], datetime] | None = None, pacer: Pacer | None = None
    ) -> Means:
        """Give what a run needs."""
        return Means(
            transport=transport,
            render=render,
            rulebook=RULEBOOK,
            clock=clock or self.clock,
            folder=self.folder,
            worker="test",
            pacer=pacer or Pacer(owner=self.owner),
        )

    def means_for(self, url: str, limits: Limits | None = None) -> Means:
        """Give what a run over SMTP needs."""
        return self.means(SmtpTransport(read_server(url), timeouts=FAST, limits=limits))

    def states(self, update: Update) -> dict[str, str]:
        """Give the state of each person's copy, by first name."""
        rows = Delivery.objects.filter(owner=self.owner, update=update).order_by("person__first_name")
        return {name.lower(): state for name, state in rows.values_list("person__first_name", "state")}

    def told(self, person: Person, *kinds: Kind) -> list[Entry]:
        """Give the entries of some kinds about a person."""
        return [entry for entry in entries_of(self.owner, [person.pk]) if entry.kind in kinds]


def render(copy: Claimed) -> tuple[bytes, bool]:
    """Make a copy that can be told from every other."""
    lines = (
        f"Message-ID: {copy.message_id}",
        "From: ann@owner.test",
        f"To: {copy.address}",
        f"Subject: {copy.update.subject}",
        "",
        f"Hello {copy.first_name}",
        "",
    )
    return "\r\n".join(lines).encode(), False
