"""Sealing: what was appended gets its place in the tree, and the tree's head is signed."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from goodterms import sql
from goodterms.accounts.keys import Keys
from goodterms.accounts.models import Owner
from goodterms.ledger.models import Entry, Leaf, Node, Seal
from goodterms.ledger.queries.entries import last_recorded_at
from goodterms.ledger.queries.proofs import last_seal, tree_at
from goodterms.ledger.rules.heads import TreeHead, leaf_of, public_key_of, sign
from goodterms.lib import merkle

_BATCH = 20_000
_Unsealed = list[tuple[int, str]]


@transaction.atomic
def seal(owner: Owner, keys: Keys, *, now: datetime) -> Seal | None:
    """Seal all entries that are not yet sealed, and give the newest seal; None where there is none.

    Several may seal at once: they wait for each other, and constraints stand behind that.
    """
    # On SQLite the transaction itself keeps others out: it takes the write lock at BEGIN.
    Owner.objects.select_for_update(no_key=True).get(pk=owner.pk)
    last = last_seal(owner)
    tree = tree_at(owner, last.size if last else 0)
    for batch in _unsealed(owner, last):
        _plant(owner, tree, batch)
    if tree.size == (last.size if last else 0):
        return last
    # A clock that was put back must not make a head older than the one before it, or than what it holds.
    moments = (now, last.sealed_at if last else now, last_recorded_at(owner) or now)
    return _sign(owner, keys, tree, max(moments))


def _plant(owner: Owner, tree: merkle.Tree, entries: _Unsealed) -> None:
    leaves = ((owner.pk, index, number) for index, (number, _) in enumerate(entries, tree.size))
    sql.insert_rows(Leaf, ("owner_id", "index", "entry_id"), leaves)
    rows = tree.extend([leaf_of(commitment) for _, commitment in entries])
    nodes = (
        (owner.pk, row.level, index, found.hex()) for row in rows for index, found in enumerate(row.hashes, row.first)
    )
    sql.insert_rows(Node, ("owner_id", "level", "index", "hash"), nodes)


def _sign(owner: Owner, keys: Keys, tree: merkle.Tree, now: datetime) -> Seal:
    head = TreeHead(owner=owner.uid, size=tree.size, root=tree.root.hex(), sealed_at=now)
    return Seal.objects.create(
        owner=owner,
        size=head.size,
        root=head.root,
        sealed_at=now,
        public_key=public_key_of(keys.seal),
        signature=sign(head.signed_bytes, keys.seal),
    )


def _unsealed(owner: Owner, last: Seal | None) -> Iterator[_Unsealed]:
    """Give the unsealed entries' ids and commitments by id, in batches."""
    above = _newest_without_gap(owner, last)
    entries = Entry.objects.filter(owner=owner, id__gt=above, leaf__isnull=True).order_by("id")
    return sql.batches(entries.values_list("id", "commitment").iterator(_BATCH), _BATCH)


def _newest_without_gap(owner: Owner, last: Seal | None) -> int:
    """Give an entry up to which all are sealed.

    On PostgreSQL entries are numbered before they are committed: one can turn up below sealed ones.
    """
    if last is None:
        return 0
    newest: int = Leaf.objects.get(owner=owner, index=last.size - 1).entry_id
    is_whole = Entry.objects.filter(owner=owner, id__lte=newest).count() == last.size
    return newest if is_whole else 0
