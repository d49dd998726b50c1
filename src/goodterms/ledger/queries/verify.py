"""The whole check of a ledger: nothing altered, nothing taken out, nothing moved, and every head signed."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import connection

from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact
from goodterms.ledger.models import Entry, Leaf, Node, Seal
from goodterms.ledger.queries.bodies import (
    Row,
    erased_persons,
    faults_of,
    misfits,
    sealed_rows,
    unsealed_rows,
)
from goodterms.ledger.rules.heads import TreeHead, is_signed, leaf_of
from goodterms.lib import merkle
from goodterms.sql import is_postgresql

_BATCH = 500
"""Few enough that a batch stays in the processor's cache: larger ones are slower."""
_NODES = 16_000
_NO_LEAF = bytes(32)


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """One thing that is wrong, and where."""

    subject: str
    """entry, leaf, node, seal or artefact."""
    name: str
    """Its id; of a leaf its index; of a node its level and index."""
    what: str

    def __str__(self) -> str:
        return f"{self.subject} {self.name}: {self.what}"


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a check found, and what it looked at."""

    faults: tuple[Flaw, ...]
    sealed: int
    unsealed: int
    seals: int
    artefacts: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


Progress = Callable[[int, int], None]
"""Called with the number of leaves checked so far and that of all."""


def verify_ledger(owner: Owner, public_keys: Collection[str], *, progress: Progress | None = None) -> Findings:
    """Check an owner's whole ledger against the public keys, in hexadecimal, that may have sealed it."""
    seals = list(Seal.objects.filter(owner=owner).order_by("size"))
    check = _Check(owner)
    check.signatures(seals, public_keys)
    sealed = check.tree(seals, progress or _silent)
    check.beyond(sealed)
    unsealed, artefacts = check.unsealed(sealed), check.artefacts()
    return Findings(faults=tuple(check.faults), sealed=sealed, unsealed=unsealed, seals=len(seals), artefacts=artefacts)


def _silent(done: int, total: int) -> None:
    """Report nothing."""


class _Check:
    """One walk over a ledger; faults gather in the order they are met."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.erased = erased_persons(owner)
        self.faults: list[Flaw] = []

    def signatures(self, seals: Sequence[Seal], public_keys: Collection[str]) -> None:
        """Check that every head is signed, and by whom."""
        for seal in seals:
            head = TreeHead(owner=self.owner.uid, size=seal.size, root=seal.root, sealed_at=seal.sealed_at)
            if seal.public_key not in public_keys:
                self._blame("seal", seal.pk, f"it was made with the key {seal.public_key}, which is not expected")
            if not is_signed(head.signed_bytes, seal.signature, seal.public_key):
                self._blame("seal", seal.pk, "its signature does not hold: it or what it signs was altered")

    def tree(self, seals: Sequence[Seal], progress: Progress) -> int:
        """Grow the tree anew from the entries, compare nodes and roots, and give its size."""
        newest = Leaf.objects.filter(owner=self.owner).order_by("-index").first()
        total = newest.index + 1 if newest else 0
        tree, nodes = merkle.Tree(), _Nodes(self.owner)
        for seal in seals:
            if seal.size > total:
                self._blame("seal", seal.pk, f"it speaks of {seal.size} leaves; there are {total}")
                break
            while tree.size < seal.size:
                self._grow(tree, nodes, min(tree.size + _BATCH, seal.size))
                progress(tree.size, total)
            if seal.root != tree.root.hex():
                self._blame("seal", seal.pk, f"its root is not that of the first {seal.size} entries")
        self._compare(nodes)
        return tree.size

    def beyond(self, size: int) -> None:
        """Check that there are no leaves and nodes which no seal accounts for."""
        for index in Leaf.objects.filter(owner=self.owner, index__gte=size).values_list("index", flat=True):
            self._blame("leaf", index, "no seal covers it")
        for index in Leaf.objects.filter(owner=self.owner, index__lt=0).values_list("index", flat=True):
            self._blame("leaf", index, "there is no such place in a tree")
        expected = sum(size >> level for level in range(1, size.bit_length()))
        if Node.objects.filter(owner=self.owner).count() > expected:
            for level, index in Node.objects.filter(owner=self.owner).values_list("level", "index").iterator():
                if level < 1 or not 0 <= index < size >> level:
                    self._blame("node", f"{level}/{index}", "there is no such complete node in the tree")

    def unsealed(self, sealed: int) -> int:
        """Check the entries that wait to be sealed, and give their number."""
        count, after = 0, 0
        if Entry.objects.filter(owner=self.owner).count() == sealed:
            return 0
        while rows := unsealed_rows(self.owner, after, _BATCH):
            self._entries(rows)
            count, after = count + len(rows), rows[-1][1]
        return count

    def artefacts(self) -> int:
        """Check that what is kept as evidence is what was hashed, and give its number."""
        count = 0
        rows = Artefact.objects.filter(owner=self.owner).order_by("id")
        for number, digest, person, content in rows.values_list("id", "sha256", "person", "content").iterator():
            count += 1
            if content is not None and sha256(content).hexdigest() != digest:
                self._blame("artefact", number, f"its content does not hash to {digest}: it was altered")
            elif content is None and person not in self.erased:
                self._blame("artefact", number, "its content is missing, and no erasure would account for it")
        return count

    def _grow(self, tree: merkle.Tree, nodes: "_Nodes", end: int) -> None:
        rows = sealed_rows(self.owner, tree.size, end)
        if [row[0] for row in rows] != list(range(tree.size, end)):
            rows = self._fill_gaps(rows, range(tree.size, end))
        self._entries(rows)
        nodes.expect(tree.extend(self._leaves(rows)))
        if nodes.count > _NODES:
            self._compare(nodes)

    def _fill_gaps(self, rows: Sequence[Row], indexes: range) -> list[Row]:
        found = {row[0]: row for row in rows}
        for index in indexes:
            if index not in found:
                self._blame("leaf", index, "it is missing: an entry was taken out")
        return [found.get(index, (index, *[None] * 10)) for index in indexes]

    def _entries(self, rows: Sequence[Row]) -> None:
        suspects = misfits(self.owner, rows)
        if suspects:
            for number, what in faults_of(self.owner, suspects, self.erased):
                self._blame("entry", number, what)

    def _leaves(self, rows: Sequence[Row]) -> list[bytes]:
        try:
            return [sha256(b"\0" + bytes.fromhex(row[2])).digest() for row in rows]
        except (TypeError, ValueError):
            return [self._leaf(row) for row in rows]

    def _leaf(self, row: Row) -> bytes:
        index, entry, commitment, *_ = row
        if commitment is None:
            self._blame("leaf", index, f"the entry {entry} that it names is not in this ledger")
        try:
            return leaf_of(commitment or "")
        except ValueError:
            return _NO_LEAF

    def _compare(self, nodes: "_Nodes") -> None:
        for name, what in nodes.compare():
            self._blame("node", name, what)

    def _blame(self, subject: str, name: object, what: str) -> None:
        self.faults.append(Flaw(subject=subject, name=str(name), what=what))


class _Nodes:
    """Nodes as they must be, until they are compared with the stored ones."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.count = 0
        self.expected: dict[int, tuple[int, list[bytes]]] = {}

    def expect(self, rows: Sequence[merkle.Row]) -> None:
        """Take in nodes that follow those before at each level."""
        for row in rows:
            self.expected.setdefault(row.level, (row.first, []))[1].extend(row.hashes)
            self.count += len(row.hashes)

    def compare(self) -> Iterator[tuple[str, str]]:
        """Give the names of the stored nodes that are missing or wrong, and what is wrong; forget all."""
        for level, (first, hashes) in self.expected.items():
            if self._joined(level, first, len(hashes)) != b"".join(hashes).hex():
                yield from self._differences(level, first, hashes)
        self.expected, self.count = {}, 0

    def _joined(self, level: int, first: int, count: int) -> str | None:
        # Should a database not keep the order, only time is lost: the nodes are then looked at one by one.
        join = "string_agg" if is_postgresql() else "group_concat"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {join}(hash, '') FROM (SELECT hash FROM goodterms_node WHERE owner_id = %s "  # noqa: S608
                'AND level = %s AND "index" >= %s AND "index" < %s ORDER BY "index") AS nodes',
                [self.owner.pk, level, first, first + count],
            )
            joined: str | None = cursor.fetchone()[0]
            return joined

    def _differences(self, level: int, first: int, hashes: Sequence[bytes]) -> Iterator[tuple[str, str]]:
        nodes = Node.objects.filter(owner=self.owner, level=level, index__range=(first, first + len(hashes)))
        stored = dict(nodes.values_list("index", "hash"))
        for index, value in enumerate(hashes, first):
            if index not in stored:
                yield f"{level}/{index}", "it is missing"
            elif stored[index] != value.hex():
                yield f"{level}/{index}", "it is not the hash of what lies under it"
