"""Sealing the ledger, and proofs from its tree."""

from datetime import timedelta

import pytest

from goodterms import sql
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.models import Entry, Leaf, Node, Seal
from goodterms.ledger.queries.proofs import (
    ProofMissing,
    consistencies_of,
    consistency_of,
    inclusion_of,
    inclusions_of,
)
from goodterms.ledger.rules.heads import TreeHead, is_signed, leaf_of, public_key_of
from goodterms.lib import merkle
from tests.ledger.made import KEYS, NOON, make_owner, make_person, record, seen

pytestmark = pytest.mark.django_db


def head_of(sealed: Seal) -> TreeHead:
    return TreeHead(owner=sealed.owner.uid, size=sealed.size, root=sealed.root, sealed_at=sealed.sealed_at)


def leaves_of(sealed: Seal) -> list[bytes]:
    leaves = Leaf.objects.filter(owner=sealed.owner, index__lt=sealed.size).order_by("index")
    return [leaf_of(leaf.entry.commitment) for leaf in leaves]


def test_an_empty_ledger_has_no_seal() -> None:
    assert seal(make_owner(), KEYS, now=NOON) is None


def test_entries_get_their_places_in_the_order_of_their_ids_and_the_head_is_signed() -> None:
    owner = make_owner()
    ids = list(record(owner, seen(make_person(owner), count=5)))
    sealed = seal(owner, KEYS, now=NOON)
    assert sealed is not None
    assert list(Leaf.objects.order_by("index").values_list("index", "entry_id")) == list(enumerate(ids))
    assert (sealed.size, sealed.sealed_at, sealed.public_key) == (5, NOON, public_key_of(KEYS.seal))
    assert sealed.root == merkle.root_of(leaves_of(sealed)).hex()
    assert is_signed(head_of(sealed).signed_bytes, sealed.signature, sealed.public_key)


def test_nothing_new_gives_the_last_seal_again() -> None:
    owner = make_owner()
    record(owner, seen(make_person(owner)))
    first = seal(owner, KEYS, now=NOON)
    assert seal(owner, KEYS, now=NOON + timedelta(days=1)) == first
    assert Seal.objects.count() == 1


def test_owners_have_trees_of_their_own() -> None:
    for owner in (make_owner("Olga"), make_owner("Otto")):
        record(owner, seen(make_person(owner), count=3))
        sealed = seal(owner, KEYS, now=NOON)
        assert sealed is not None
        assert sealed.size == 3


def test_an_entry_that_turns_up_below_sealed_ones_is_sealed_next() -> None:
    """On PostgreSQL entries are numbered before they are committed."""
    owner = make_owner()
    person = make_person(owner)
    late = sql.reserve_ids(Entry, 1)
    ids = record(owner, seen(person, count=3))
    seal(owner, KEYS, now=NOON)
    record(owner, seen(person), ids=late)
    newest = record(owner, seen(person))
    sealed = seal(owner, KEYS, now=NOON)
    assert sealed is not None
    assert sealed.size == 5
    order = Leaf.objects.order_by("index").values_list("entry_id", flat=True)
    assert list(order) == [*ids, *late, *newest]
    assert seal(owner, KEYS, now=NOON) == sealed


def test_every_complete_node_is_stored_whatever_the_batches() -> None:
    owner = make_owner()
    person = make_person(owner)
    for count in (1, 2, 5, 8, 3):
        record(owner, seen(person, count=count))
        sealed = seal(owner, KEYS, now=NOON)
    assert sealed is not None
    leaves = leaves_of(sealed)
    tree = merkle.Tree()
    wanted = {
        (row.level, row.first + place): found.hex()
        for row in tree.extend(leaves)
        for place, found in enumerate(row.hashes)
    }
    stored = {(level, at): found for level, at, found in Node.objects.values_list("level", "index", "hash")}
    assert stored == wanted
    assert sealed.root == tree.root.hex()


def test_every_entry_is_proved_under_every_seal_that_has_it() -> None:
    owner = make_owner()
    person, seals, ids = make_person(owner), [], list[int]()
    for count in (1, 2, 4, 6):
        ids += record(owner, seen(person, count=count))
        sealed = seal(owner, KEYS, now=NOON)
        assert sealed is not None
        seals.append(sealed)
    for sealed in seals:
        leaves, tree = leaves_of(sealed), head_of(sealed).tree
        proofs = inclusions_of(owner, ids, sealed)
        assert [proof.entry for proof in proofs] == ids[: sealed.size]
        for proof in proofs:
            path = [bytes.fromhex(step) for step in proof.path]
            assert merkle.includes(tree, leaves[proof.index], proof.index, path)


def test_every_seal_begins_with_every_older_one() -> None:
    owner = make_owner()
    person, seals = make_person(owner), []
    for count in (1, 1, 3, 7, 2):
        record(owner, seen(person, count=count))
        sealed = seal(owner, KEYS, now=NOON)
        assert sealed is not None
        seals.append(sealed)
    for older, newer in ((older, newer) for newer in seals for older in seals if older.size <= newer.size):
        proof = [bytes.fromhex(step) for step in consistency_of(owner, older, newer)]
        assert merkle.extends(head_of(newer).tree, head_of(older).tree, proof)
    assert len(consistencies_of(owner, seals)) == len(seals) - 1
    assert consistencies_of(owner, []) == consistencies_of(owner, seals[:1]) == []


def test_an_unsealed_entry_has_no_proof() -> None:
    owner = make_owner()
    person = make_person(owner)
    record(owner, seen(person))
    sealed = seal(owner, KEYS, now=NOON)
    (late,) = record(owner, seen(person))
    assert sealed is not None
    with pytest.raises(ProofMissing, match=f"Entry {late} is not under the seal of 1 entries"):
        inclusion_of(owner, late, sealed)
