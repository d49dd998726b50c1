"""A made-up person with a whole history."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact
from goodterms.delivery.models import Delivery
from goodterms.evidence.actions import Dossier, prove
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.rules.facts import Fact, Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.people.models import Identity, Person
from goodterms.updates.models import Update
from tests.ledger.made import KEYS, NOON, make_owner, make_person, record, seen

ROW = b'Alice,Example,https://www.linkedin.com/in/alice-example,,Example & Co,"Baker <chief>",02 Apr 2026\n'
BY_MAIL = Scope(vehicles=frozenset({Vehicle.EMAIL}), purposes=frozenset({Purpose.NETWORKING}))
DAY = timedelta(days=1)


def keep(owner: Owner, person: Person | None, content: bytes, kind: str = "connections") -> str:
    digest = sha256(content).hexdigest()
    Artefact.objects.create(owner=owner, sha256=digest, kind=kind, person=person, content=content)
    return digest


def fact(kind: Kind, at: datetime, person: Person | None = None, **more: Any) -> Fact:
    number = person.pk if person else None
    return Fact(kind=kind, occurred_at=at, person=number, **{"actor": Actor.SYSTEM, **more})


def make_history() -> tuple[Owner, Person]:
    """Give an owner and Alice: terms, a connection under them, a welcome, an update, and then a stop."""
    owner = make_owner()
    alice = make_person(owner, "Alice", last_name="Example", connected_on=NOON.date() - 20 * DAY)
    bob = make_person(owner, "Bob")
    Identity.objects.create(
        owner=owner, person=alice, kind="email", value="alice@example.test", is_current=True, seen_at=NOON
    )
    row, archive = keep(owner, alice, ROW), "ab" * 32
    record(
        owner,
        [
            fact(
                Kind.TERMS_IN_FORCE,
                NOON - 60 * DAY,
                detail={"place": "profile", "text": "Connecting means …"},
            )
        ],
    )
    record(
        owner,
        [fact(Kind.EXPORT_IMPORTED, NOON, source=1, detail={"export": 1, "rows": 2}, evidence=(archive,))],
    )
    record(owner, [fact(Kind.EXPORT_IMPORTED, NOON, source=9, detail={"export": 9, "rows": 7})])
    detail = {"connected_on": (NOON - 20 * DAY).date().isoformat()}
    record(owner, [fact(Kind.CONNECTION_SEEN, NOON, alice, detail=detail, source=1, evidence=(row,)), *seen(bob)])
    seal(owner, KEYS, now=NOON)
    later = NOON + DAY
    record(owner, [fact(Kind.WELCOME_SENT, later, alice, scope=BY_MAIL)], now=later)
    record(owner, [fact(Kind.UPDATE_ACCEPTED, later + DAY, alice, scope=BY_MAIL)], now=later + DAY)
    seal(owner, KEYS, now=later + DAY)
    record(owner, [fact(Kind.STOPPED, later + 2 * DAY, alice, actor=Actor.PERSON)], now=later + 2 * DAY)
    deliver(owner, alice, later + DAY)
    return owner, alice


def deliver(owner: Owner, person: Person, at: datetime) -> None:
    update = Update.objects.create(
        owner=owner,
        uid="u1",
        kind="update",
        purpose="networking",
        subject="Spring <news>",
        topics=[],
        body="Hello",
        footer="You may leave at any time.",
        sha256="cd" * 32,
        created_at=at,
    )
    Delivery.objects.create(
        owner=owner,
        update=update,
        person=person,
        vehicle="email",
        address="alice@example.test",
        address_key="k",
        message_id="<1@owner.test>",
        state="accepted",
        attempts=1,
        due_at=at,
        reply="250 OK",
        finished_at=at,
    )


def make_dossier() -> Dossier:
    owner, alice = make_history()
    return prove(owner, KEYS, alice, now=NOON + 5 * DAY)
