"""Made-up owners, people and ledgers."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from goodterms import sql
from goodterms.accounts.keys import Keys
from goodterms.accounts.models import Owner
from goodterms.ledger.models import Entry, Payload
from goodterms.ledger.rules.facts import Fact, body_of
from goodterms.ledger.rules.heads import commitment_of
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.lib.canonical import canonical_json
from goodterms.people.models import Person

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEYS = Keys(identity=b"i" * 32, token=b"t" * 32, seal=Ed25519PrivateKey.from_private_bytes(b"s" * 32))
OTHER_KEYS = Keys(identity=b"I" * 32, token=b"T" * 32, seal=Ed25519PrivateKey.from_private_bytes(b"S" * 32))


def make_owner(name: str = "Olga Owner") -> Owner:
    return Owner.objects.create(
        uid=secrets.token_hex(16),
        name=name,
        email=f"{secrets.token_hex(4)}@owner.test",
        strategy="",
        created_at=NOON,
    )


def make_person(owner: Owner, first_name: str = "Alice", **fields: Any) -> Person:
    uid = secrets.randbits(62)
    return Person.objects.create(owner=owner, uid=uid, first_name=first_name, created_at=NOON, **fields)


def record(
    owner: Owner, facts: Iterable[Fact], *, now: datetime = NOON, ids: Sequence[int] | None = None
) -> Sequence[int]:
    """Write entries and payloads as appending does, and give their ids; standings are left alone."""
    facts = list(facts)
    ids = ids or sql.reserve_ids(Entry, len(facts))
    entries, payloads = [], []
    for number, fact in zip(ids, facts, strict=True):
        body, salt = (
            canonical_json(body_of(fact, owner_uid=owner.uid, recorded_at=now)),
            secrets.token_hex(16),
        )
        moments = sql.moment(fact.occurred_at), sql.moment(now)
        commitment = commitment_of(salt, body)
        entries.append(
            (
                number,
                owner.pk,
                fact.person,
                fact.kind.value,
                *moments,
                fact.actor.value,
                fact.source,
                commitment,
            )
        )
        payloads.append((number, owner.pk, fact.person, salt, body.decode()))
    columns = (
        "id",
        "owner_id",
        "person_id",
        "kind",
        "occurred_at",
        "recorded_at",
        "actor",
        "source",
        "commitment",
    )
    sql.insert_rows(Entry, columns, entries)
    sql.insert_rows(Payload, ("entry_id", "owner_id", "person_id", "salt", "body"), payloads)
    return ids


def seen(person: Person, *, count: int = 1) -> list[Fact]:
    """Give facts of a connection seen in exports."""
    return [
        Fact(
            kind=Kind.CONNECTION_SEEN,
            occurred_at=NOON,
            actor=Actor.SYSTEM,
            person=person.pk,
            detail={"connected_on": "2026-04-02"},
            source=number + 1,
        )
        for number in range(count)
    ]
