"""Proofs that an entry is under a seal, and that a seal's tree begins with that of an older one.

They are folded from the stored nodes, so what is read grows with the depth of the tree and not with its size.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db import connection
from django.db.models import QuerySet

from goodterms.accounts.models import Owner
from goodterms.ledger.models import Leaf, Seal
from goodterms.ledger.rules.heads import leaf_of
from goodterms.lib import merkle

_PLACES_A_QUERY = 500


class ProofMissing(LookupError):
    """The ledger lacks what a proof would consist of."""


@dataclass(frozen=True, kw_only=True)
class Inclusion:
    """Where an entry stands in the tree, and the hashes that lead from there to the root; in hexadecimal."""

    entry: int
    index: int
    path: tuple[str, ...]


def last_seal(owner: Owner) -> Seal | None:
    """Give the newest seal."""
    return Seal.objects.filter(owner=owner).order_by("-size").first()


def seals_newest_first(owner: Owner) -> QuerySet[Seal]:
    """Give the seals, the newest first."""
    return Seal.objects.filter(owner=owner).order_by("-size")


def tree_at(owner: Owner, size: int) -> merkle.Tree:
    """Give the tree as it was at a size, ready to grow."""
    places = merkle.places_of(0, size)
    hashes = _hashes(owner, places)
    return merkle.Tree(size=size, peaks={place[0]: hashes[place] for place in places})


def inclusion_of(owner: Owner, entry: int, seal: Seal) -> Inclusion:
    """Give the proof that an entry is under a seal; raise ProofMissing where it is not."""
    found = inclusions_of(owner, [entry], seal)
    if not found:
        raise ProofMissing(
            f"Entry {entry} is not under the seal of {seal.size} entries. Nothing was changed; seal the ledger first."
        )
    return found[0]


def inclusions_of(owner: Owner, entries: Iterable[int], seal: Seal) -> list[Inclusion]:
    """Give the proofs of those of the entries that are under a seal, in the order of the tree."""
    leaves = Leaf.objects.filter(owner=owner, entry_id__in=list(entries), index__lt=seal.size).order_by("index")
    paths = {leaf: merkle.inclusion_path(leaf.index, seal.size) for leaf in leaves}
    hashes = _hashes(owner, _places(paths.values()))
    return [Inclusion(entry=leaf.entry_id, index=leaf.index, path=_write(path, hashes)) for leaf, path in paths.items()]


def consistency_of(owner: Owner, older: Seal, newer: Seal) -> tuple[str, ...]:
    """Give the proof that the tree of a seal begins with that of an older one, in hexadecimal."""
    return consistencies_of(owner, [older, newer])[0]


def consistencies_of(owner: Owner, seals: Sequence[Seal]) -> list[tuple[str, ...]]:
    """Give the proof from each seal to the next one, of seals in the order of their sizes."""
    paths = [merkle.consistency_path(older.size, newer.size) for older, newer in pairwise(seals)]
    hashes = _hashes(owner, _places(paths))
    return [_write(path, hashes) for path in paths]


_Path = list[list[merkle.Place]]
_Hashes = dict[merkle.Place, bytes]


def _places(paths: Iterable[_Path]) -> set[merkle.Place]:
    return {place for path in paths for places in path for place in places}


def _write(path: _Path, hashes: _Hashes) -> tuple[str, ...]:
    return tuple(step.hex() for step in merkle.prove(path, hashes.__getitem__))


def _hashes(owner: Owner, places: Iterable[merkle.Place]) -> _Hashes:
    """Read the hashes of complete subtrees; raise ProofMissing where one is not stored."""
    wanted = sorted(set(places))
    found: _Hashes = {}
    for start in range(0, len(wanted), _PLACES_A_QUERY):
        found.update(_read(owner, wanted[start : start + _PLACES_A_QUERY]))
    missing = [place for place in wanted if place not in found]
    if missing:
        level, index = missing[0]
        raise ProofMissing(
            f"The ledger's tree lacks the node at level {level}, index {index}: it is damaged. "
            "Nothing was changed; verify the ledger, and restore it from a backup."
        )
    return found


def _read(owner: Owner, places: Sequence[merkle.Place]) -> Iterator[tuple[merkle.Place, bytes]]:
    leaves = [index for level, index in places if level == 0]
    if leaves:
        rows = Leaf.objects.filter(owner=owner, index__in=leaves).values_list("index", "entry__commitment")
        yield from (((0, index), leaf_of(commitment)) for index, commitment in rows)
    nodes = [place for place in places if place[0] > 0]
    if nodes:
        yield from _read_nodes(owner, nodes)


def _read_nodes(owner: Owner, places: Sequence[merkle.Place]) -> Iterator[tuple[merkle.Place, bytes]]:
    # Plain SQL, for SQLite looks no more up in the index than the owner where the places are joined by OR.
    wanted = ", ".join(["(%s, %s)"] * len(places))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT level, "index", hash FROM (VALUES {wanted}) AS wanted '  # noqa: S608 - only placeholders
            'JOIN goodterms_node ON owner_id = %s AND level = column1 AND "index" = column2',
            [number for place in places for number in place] + [owner.pk],
        )
        for level, index, found in cursor.fetchall():
            yield (level, index), bytes.fromhex(found)
