"""Merkle trees as RFC 9162 section 2.1 has them (the same as RFC 6962): roots, and proofs about them.

The hash of a subtree whose leaves number a power of two and begin at a multiple of it never changes once it
is there. Such nodes are named by their level (0: leaves) and their index at that level; all else is folded
from them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""

Place = tuple[int, int]
"""The level and the index of a complete subtree."""


def leaf_hash(data: bytes) -> bytes:
    """Give the hash of a leaf."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of a node from those of its children."""
    return sha256(b"\1" + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Give the root of a tree from the hashes of its leaves, holding no more than one hash a level."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root


@dataclass(frozen=True)
class Head:
    """A tree by its size and root."""

    size: int
    root: bytes


@dataclass(frozen=True, kw_only=True)
class Row:
    """Nodes that lie side by side at one level."""

    level: int
    first: int
    """The index of the first of them."""
    hashes: list[bytes]


@dataclass
class Tree:
    """A tree that only grows, known by its size and its peaks: the complete subtrees it falls into."""

    size: int = 0
    peaks: dict[int, bytes] = field(default_factory=dict)
    """Level -> hash; there is a peak at a level where the size has that bit."""

    @property
    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return fold([self.peaks[level] for level in sorted(self.peaks, reverse=True)])

    def add(self, leaf: bytes) -> None:
        """Add one leaf by its hash."""
        level = 0
        while level in self.peaks:
            leaf = node_hash(self.peaks.pop(level), leaf)
            level += 1
        self.peaks[level] = leaf
        self.size += 1

    def extend(self, leaves: Sequence[bytes]) -> list[Row]:
        """Add leaves by their hashes and give the nodes that became complete, from level 1 upwards."""
        rows, level, hashes = [], 0, list(leaves)
        while hashes:
            # An old peak is the first new node's left sibling; a last node without a sibling is a new peak.
            left = [self.peaks.pop(level)] if level in self.peaks else []
            children = iter(left + hashes)
            first = (self.size >> level) - len(left)
            if (len(left) + len(hashes)) % 2:
                self.peaks[level] = hashes[-1]
            # zip drops what has no sibling.
            pairs = zip(children, children, strict=False)
            hashes = [sha256(b"\1" + one + other).digest() for one, other in pairs]
            level += 1
            if hashes:
                rows.append(Row(level=level, first=first >> 1, hashes=hashes))
        self.size += len(leaves)
        return rows


def fold(hashes: Sequence[bytes]) -> bytes:
    """Give the root of neighbouring complete subtrees, the largest first; of none, the empty root."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def places_of(start: int, end: int) -> list[Place]:
    """Give the complete subtrees that the leaves from `start` to before `end` fall into, the largest first.

    `start` is a multiple of the largest power of two not above `end - start`, as it is everywhere in a tree.
    """
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        places.append((level, start >> level))
        start += 1 << level
    return places


def inclusion_path(index: int, size: int) -> list[list[Place]]:
    """Give what the proof consists of that a leaf is in a tree (RFC 9162 section 2.1.3.1).

    Each list is to be folded into one hash; the one nearest the leaf comes first.
    """
    _expect(0 <= index < size, f"leaf {index} is not in a tree of {size}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(places_of(middle, end))
            end = middle
        else:
            path.append(places_of(start, middle))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[list[Place]]:
    """Give what the proof consists of that a tree begins with an older one (RFC 9162 section 2.1.4.1).

    Each list is to be folded into one hash.
    """
    _expect(0 < old <= new, f"a tree of {new} can't be shown to begin with one of {old}")
    path, start, end, is_whole = [], 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(places_of(middle, end))
            end = middle
        else:
            path.append(places_of(start, middle))
            start, is_whole = middle, False
    if not is_whole:
        path.append(places_of(start, end))
    return path[::-1]


def prove(path: Iterable[Iterable[Place]], hash_at: Callable[[Place], bytes]) -> list[bytes]:
    """Give the hashes of a proof from what it consists of and the hashes of complete subtrees."""
    return [fold([hash_at(place) for place in places]) for places in path]


def includes(head: Head, leaf: bytes, index: int, proof: Sequence[bytes]) -> bool:
    """Say whether a proof shows that the leaf with this hash has this index (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < head.size:
        return False
    place, last, found = index, head.size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            place, last = _up_while_left(place, last)
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == head.root


def extends(new: Head, old: Head, proof: Sequence[bytes]) -> bool:
    """Say whether a proof shows that a tree begins with an older one (RFC 9162 section 2.1.4.2)."""
    if old.size == new.size:
        return not proof and old.root == new.root
    if not 0 < old.size < new.size:
        return False
    # The old tree's own root is left out of the proof where it is a node of the new one.
    hashes = iter([old.root, *proof] if old.size & (old.size - 1) == 0 else proof)
    start = next(hashes, None)
    return start is not None and _climbs(old.size, new.size, start, hashes) == (old.root, new.root)


def _climbs(old: int, new: int, start: bytes, hashes: Iterator[bytes]) -> tuple[bytes, bytes] | None:
    """Give both roots that a consistency proof leads to, or None where its length is wrong."""
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = start
    for sibling in hashes:
        if last == 0:
            return None
        if place & 1 or place == last:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
            place, last = _up_while_left(place, last)
        else:
            found_new = node_hash(found_new, sibling)
        place, last = place >> 1, last >> 1
    return (found_old, found_new) if last == 0 else None


def _up_while_left(place: int, last: int) -> tuple[int, int]:
    # A last node without a right sibling climbs unchanged until it is a right child.
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _split(count: int) -> int:
    """Give the largest power of two smaller than a count."""
    return 1 << (count - 1).bit_length() - 1


def _expect(condition: bool, message: str) -> None:
    if not condition:
        raise ProofImpossible(message)


class ProofImpossible(ValueError):
    """There is no such proof: the leaf or the older tree is not part of the tree."""
