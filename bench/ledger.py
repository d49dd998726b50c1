"""The ledger: appending, verifying all of it, and a proof, each beside the least that could be done."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction

from bench import Line, ground, seconds
from goodterms.ledger.rules.facts import Fact, body_of
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.lib.canonical import canonical_json

_PARTS = 5
_PROOFS = 200


def measure(size: float) -> Iterator[Line]:
    """Append a million entries of about 200 bytes, 200,000 in a transaction as a large import does; seal and verify."""
    ground.begin()
    office: Any = ground.make_office()
    parts = [_facts(part, max(1, int(200_000 * size))) for part in range(_PARTS)]
    yield _appending(office.owner, parts[0])
    for facts in parts[1:]:
        _append(office.owner, facts)
    yield from _verifying(office)


def _facts(part: int, count: int) -> list[Fact]:
    return [
        Fact(
            kind=Kind.EXPORT_IMPORTED,
            occurred_at=ground.NOW + timedelta(seconds=number),
            actor=Actor.SYSTEM,
            detail={"name": f"Archive {number}", "rows": number},
        )
        for number in range(part * count, (part + 1) * count)
    ]


def _append(owner: Any, facts: list[Fact]) -> None:
    from goodterms.ledger.actions.append import append  # noqa: PLC0415 - the tables exist once Django is set up

    with transaction.atomic():
        append(owner, facts, now=ground.NOW)


def _appending(owner: Any, facts: list[Fact]) -> Line:
    bodies = [body_of(fact, owner_uid=owner.uid, recorded_at=ground.NOW) for fact in facts]

    def hash_alone() -> None:
        for body in bodies:
            sha256(canonical_json(body)).hexdigest()

    return Line(
        name=f"ledger: append {len(facts):,} entries",
        ours=seconds(lambda: _append(owner, facts)),
        reference=seconds(hash_alone, times=3),
        beside="canonical JSON and SHA-256 alone",
        goal=9,
    )


def _verifying(office: Any) -> Iterator[Line]:
    """Seal what was appended; check all of it, and prove single entries."""
    from goodterms.ledger.actions.seal import seal  # noqa: PLC0415
    from goodterms.ledger.models import Entry  # noqa: PLC0415
    from goodterms.ledger.queries.proofs import inclusion_of  # noqa: PLC0415
    from goodterms.ledger.queries.verify import verify_ledger  # noqa: PLC0415
    from goodterms.ledger.rules.heads import leaf_of  # noqa: PLC0415
    from goodterms.lib.merkle import root_of  # noqa: PLC0415

    newest = seal(office.owner, office.keys, now=ground.NOW)
    assert newest is not None
    count = newest.size

    def verify() -> None:
        findings = verify_ledger(office.owner, [newest.public_key])
        assert findings.is_sound, findings.faults[:3]
        assert findings.sealed == count

    entries = Entry.objects.filter(owner=office.owner).order_by("id")
    commitments = list(entries.values_list("commitment", flat=True))

    def root() -> None:
        assert root_of(map(leaf_of, commitments)).hex() == newest.root

    clock = ground.clock()
    yield Line(
        name=f"ledger: verify {count:,} entries", ours=seconds(verify, clock=clock),
        reference=seconds(root, times=3, clock=clock), beside="the bare Merkle root of the same leaves", goal=4,
    )  # fmt: skip
    numbers = list(entries.values_list("pk", flat=True))[:: max(1, count // _PROOFS)]
    proofs = seconds(lambda: [inclusion_of(office.owner, number, newest) for number in numbers], times=3)
    yield Line(
        name=f"ledger: prove one of {count:,} entries", ours=1e3 * proofs / len(numbers), reference=5,
        beside="the promise", goal=1, unit="ms",
    )  # fmt: skip
