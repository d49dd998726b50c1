"""The whole check finds whatever was done to a ledger behind its back."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from django.db.models import F

from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.models import Entry, Leaf, Node, Payload, Seal
from goodterms.ledger.queries.verify import verify_ledger
from goodterms.ledger.rules.facts import Fact, Scope
from goodterms.ledger.rules.heads import public_key_of
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from tests.ledger.made import KEYS, NOON, OTHER_KEYS, make_owner, make_person, record, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unguarded")]
KEY = public_key_of(KEYS.seal)
SCOPES = [
    Scope(),
    Scope(vehicles=frozenset(Vehicle)),
    Scope(purposes=frozenset({Purpose.COMMERCIAL})),
    Scope(vehicles=frozenset({Vehicle.EMAIL, Vehicle.LIST}), purposes=frozenset(Purpose)),
]


def faults(owner: Owner) -> set[str]:
    return {str(fault) for fault in verify_ledger(owner, [KEY]).faults}


@pytest.fixture
def owner() -> Owner:
    """A ledger of six entries, sealed after the fourth and after the last."""
    owner = make_owner()
    record(owner, seen(make_person(owner, "Alice"), count=4))
    seal(owner, KEYS, now=NOON)
    record(owner, seen(make_person(owner, "Bob"), count=2))
    seal(owner, KEYS, now=NOON)
    content = b"Alice,Example"
    Artefact.objects.create(owner=owner, sha256=sha256(content).hexdigest(), kind="connections", content=content)
    return owner


def test_a_whole_ledger_is_sound_and_its_parts_are_counted(owner: Owner) -> None:
    record(owner, [Fact(kind=Kind.EXPORT_IMPORTED, occurred_at=NOON, actor=Actor.OWNER, detail={"rows": 2})])
    done: list[tuple[int, int]] = []
    findings = verify_ledger(owner, [KEY], progress=lambda so_far, total: done.append((so_far, total)))
    assert findings.is_sound
    counted = (findings.sealed, findings.unsealed, findings.seals, findings.artefacts)
    assert counted == (6, 1, 2, 1)
    assert done == [(4, 6), (6, 6)]


def test_an_empty_ledger_is_sound() -> None:
    assert verify_ledger(make_owner(), [KEY]).is_sound


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("microsecond", [0, 120_000, 999_999])
def test_entries_of_every_shape_are_sound(scope: Scope, microsecond: int) -> None:
    owner = make_owner()
    person = make_person(owner)
    moment = NOON.replace(microsecond=microsecond)
    detail = {"text": 'Žofie said "}"],"kind":"left"', "kind": "left", "nested": {"kind": "left"}}
    facts = [
        Fact(kind=kind, occurred_at=moment, actor=Actor.PERSON, person=person.pk, scope=scope, detail=detail)
        for kind in Kind
    ]
    record(owner, facts, now=moment)
    seal(owner, KEYS, now=NOON)
    assert faults(owner) == set()


def test_an_erased_person_leaves_a_sound_ledger(owner: Owner) -> None:
    entry = Entry.objects.order_by("id")[0]
    record(owner, [Fact(kind=Kind.ERASED, occurred_at=NOON, actor=Actor.OWNER, person=entry.person_id)])
    seal(owner, KEYS, now=NOON)
    Payload.objects.filter(person=entry.person_id).exclude(entry__kind=Kind.ERASED).delete()
    Artefact.objects.update(content=None, person=entry.person_id)
    assert faults(owner) == set()
    Payload.objects.filter(person=entry.person_id).delete()
    (fault,) = verify_ledger(owner, [KEY]).faults
    assert fault.what == "its payload is missing, and there is no erasure that would account for it"


def entry_at(index: int) -> int:
    return Leaf.objects.get(index=index).entry_id


UNSIGNED = "its signature does not hold: it or what it signs was altered"
GONE = "is missing, and no erasure would account for it"
DIGEST = sha256(b"Alice,Example").hexdigest()


def seal_of(size: int) -> str:
    return f"seal {Seal.objects.get(size=size).pk}"


def artefact() -> str:
    return f"artefact {Artefact.objects.get().pk}"


Forgery = Callable[[], object]
FORGERIES: list[tuple[str, Forgery, Callable[[], set[str]]]] = [
    (
        "a kind",
        lambda: Entry.objects.filter(leaf__index=2).update(kind="left"),
        lambda: {f"entry {entry_at(2)}: its kind is left; its body says connection_seen"},
    ),
    (
        "an actor",
        lambda: Entry.objects.filter(leaf__index=5).update(actor="person"),
        lambda: {f"entry {entry_at(5)}: its actor is person; its body says system"},
    ),
    (
        "a source",
        lambda: Entry.objects.filter(leaf__index=1).update(source=None),
        lambda: {f"entry {entry_at(1)}: its source is None; its body says 2"},
    ),
    (
        "a moment",
        lambda: Entry.objects.filter(leaf__index=0).update(occurred_at=NOON.replace(year=2020)),
        lambda: {(f"entry {entry_at(0)}: its occurred_at is 2020-05-01T12:00:00Z; its body says 2026-05-01T12:00:00Z")},
    ),
    (
        "when it was recorded",
        lambda: Entry.objects.filter(leaf__index=0).update(recorded_at=NOON.replace(microsecond=5)),
        lambda: {
            (f"entry {entry_at(0)}: its recorded_at is 2026-05-01T12:00:00.000005Z; its body says 2026-05-01T12:00:00Z")
        },
    ),
    (
        "a salt",
        lambda: Payload.objects.filter(entry__leaf__index=3).update(salt="no salt"),
        lambda: {f"entry {entry_at(3)}: its payload does not hash to its commitment: one of them was altered"},
    ),
    (
        "a body, made unreadable",
        lambda: Payload.objects.filter(entry__leaf__index=3).update(body="[]"),
        lambda: {
            f"entry {entry_at(3)}: its payload does not hash to its commitment: one of them was altered",
            f"entry {entry_at(3)}: its body can't be read",
        },
    ),
    (
        "a payload taken away",
        lambda: Payload.objects.filter(entry__leaf__index=4).delete(),
        lambda: {f"entry {entry_at(4)}: its payload is missing, and there is no erasure that would account for it"},
    ),
    (
        "a node",
        lambda: Node.objects.filter(level=1, index=1).update(hash="0" * 64),
        lambda: {"node 1/1: it is not the hash of what lies under it"},
    ),
    ("a node taken away", lambda: Node.objects.filter(level=2).delete(), lambda: {"node 2/0: it is missing"}),
    (
        "a node moved",
        lambda: Node.objects.filter(level=2).update(level=3),
        lambda: {"node 2/0: it is missing"},
    ),
    (
        "a root",
        lambda: Seal.objects.filter(size=4).update(root="0" * 64),
        lambda: {
            f"{seal_of(4)}: its root is not that of the first 4 entries",
            f"{seal_of(4)}: {UNSIGNED}",
        },
    ),
    (
        "a seal's time",
        lambda: Seal.objects.filter(size=6).update(sealed_at=NOON.replace(hour=11)),
        lambda: {f"{seal_of(6)}: {UNSIGNED}"},
    ),
    (
        "the newest seal taken away",
        lambda: Seal.objects.filter(size=6).delete(),
        lambda: {
            "leaf 4: no seal covers it",
            "leaf 5: no seal covers it",
            "node 1/2: there is no such complete node in the tree",
        },
    ),
    (
        "artefacts",
        lambda: Artefact.objects.update(content=b"Bob,Example"),
        lambda: {
            f"{artefact()}: its content does not hash to {DIGEST}: it was altered",
        },
    ),
    (
        "an artefact's content taken away",
        lambda: Artefact.objects.update(content=None),
        lambda: {f"{artefact()}: its content {GONE}"},
    ),
]


@pytest.mark.parametrize(("forge", "expected"), [case[1:] for case in FORGERIES], ids=[case[0] for case in FORGERIES])
def test_every_forgery_is_named(owner: Owner, forge: Forgery, expected: Callable[[], set[str]]) -> None:
    forge()
    assert faults(owner) == expected()


def test_a_rewritten_entry_is_found_though_payload_and_commitment_agree(owner: Owner) -> None:
    """Whoever rewrites body and commitment alike meets the tree, and every seal made since."""
    first, last = (Entry.objects.get(leaf__index=index) for index in (0, 5))
    Payload.objects.filter(pk=first.pk).update(body=last.payload.body, salt=last.payload.salt)
    Entry.objects.filter(pk=first.pk).update(commitment=last.commitment, person=last.person_id, source=last.source)
    Payload.objects.filter(pk=first.pk).update(person=last.person_id)
    older, newer = Seal.objects.order_by("size")
    assert faults(owner) == {
        "node 1/0: it is not the hash of what lies under it",
        "node 2/0: it is not the hash of what lies under it",
        f"seal {older.pk}: its root is not that of the first 4 entries",
        f"seal {newer.pk}: its root is not that of the first 6 entries",
    }


def test_an_entry_taken_out_with_all_its_traces_is_found(owner: Owner) -> None:
    number = entry_at(1)
    Leaf.objects.filter(index=1).delete()
    Payload.objects.filter(pk=number).delete()
    Entry.objects.filter(pk=number).delete()
    assert "leaf 1: it is missing: an entry was taken out" in faults(owner)
    Leaf.objects.filter(index__gt=1).update(index=F("index") - 1)
    assert f"seal {Seal.objects.get(size=6).pk}: it speaks of 6 leaves; there are 5" in faults(owner)


def test_leaves_that_changed_places_are_found(owner: Owner) -> None:
    for old, new in ((0, 100), (1, 0), (100, 1)):
        Leaf.objects.filter(index=old).update(index=new)
    assert "node 1/0: it is not the hash of what lies under it" in faults(owner)


@pytest.mark.sqlite  # PostgreSQL refuses such a leaf: tests/postgresql
def test_a_leaf_that_names_another_ledgers_entry_is_found(owner: Owner) -> None:
    Entry.objects.filter(leaf__index=2).update(owner=make_owner("Otto"))
    assert f"leaf 2: the entry {entry_at(2)} that it names is not in this ledger" in faults(owner)


def test_seals_of_another_key_are_named(owner: Owner) -> None:
    record(owner, seen(make_person(owner, "Carol")))
    sealed = seal(owner, OTHER_KEYS, now=NOON)
    assert sealed is not None
    what = f"it was made with the key {public_key_of(OTHER_KEYS.seal)}, which is not expected"
    assert faults(owner) == {f"seal {sealed.pk}: {what}"}


def test_an_unsealed_entry_is_checked_as_well(owner: Owner) -> None:
    (number,) = record(owner, seen(make_person(owner, "Carol")))
    Entry.objects.filter(pk=number).update(kind=Kind.OPT_IN_CONFIRMED)
    assert faults(owner) == {f"entry {number}: its kind is opt_in_confirmed; its body says connection_seen"}
