"""Appending to the ledger, beside canonical JSON and SHA-256 of the same bodies alone."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

from django.db import transaction

from bench import Line, ground, seconds
from goodterms.ledger.rules.facts import Fact, body_of
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.lib.canonical import canonical_json


def measure(size: float) -> Iterator[Line]:
    """Append 200,000 entries of about 200 bytes in one transaction, as a large import does."""
    ground.begin()
    from goodterms.ledger.actions.append import append  # noqa: PLC0415 - the tables exist once Django is set up

    owner = ground.make_office().owner
    facts = [
        Fact(
            kind=Kind.EXPORT_IMPORTED,
            occurred_at=ground.NOW + timedelta(seconds=number),
            actor=Actor.SYSTEM,
            detail={"name": f"Archive {number}", "rows": number},
        )
        for number in range(int(200_000 * size))
    ]
    bodies = [body_of(fact, owner_uid=owner.uid, recorded_at=ground.NOW) for fact in facts]

    def hash_alone() -> None:
        for body in bodies:
            sha256(canonical_json(body)).hexdigest()

    def append_all() -> None:
        with transaction.atomic():
            append(owner, facts, now=ground.NOW)

    yield Line(
        name=f"ledger: append {len(facts):,} entries",
        ours=seconds(append_all),
        reference=seconds(hash_alone, times=3),
        beside="canonical JSON and SHA-256 alone",
        goal=9,
    )
