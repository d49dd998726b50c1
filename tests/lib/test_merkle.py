"""Merkle trees, against the published test data of Certificate Transparency and the RFC's own definition."""

from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from goodterms.lib import merkle

# The test data of RFC 6962's reference implementation: eight leaves, the roots of the trees of 1 to 8.
LEAVES = [
    bytes.fromhex(data)
    for data in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCIES = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def hashes_of(count: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % number) for number in range(count)]


def defined_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def inclusion(leaves: list[bytes], index: int) -> list[bytes]:
    def hash_at(place: merkle.Place) -> bytes:
        level, at = place
        return defined_root(leaves[at << level : (at + 1) << level])

    return merkle.prove(merkle.inclusion_path(index, len(leaves)), hash_at)


def consistency(leaves: list[bytes], old: int) -> list[bytes]:
    def hash_at(place: merkle.Place) -> bytes:
        level, at = place
        return defined_root(leaves[at << level : (at + 1) << level])

    return merkle.prove(merkle.consistency_path(old, len(leaves)), hash_at)


def head_of(leaves: list[bytes]) -> merkle.Head:
    return merkle.Head(len(leaves), defined_root(leaves))


def altered(content: bytes, at: int) -> bytes:
    at %= len(content)
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


class TestPublished:
    def test_an_empty_tree_has_the_hash_of_nothing_as_its_root(self) -> None:
        assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @pytest.mark.parametrize("size", range(1, 9))
    def test_roots(self, size: int) -> None:
        assert merkle.root_of(map(merkle.leaf_hash, LEAVES[:size])).hex() == ROOTS[size - 1]

    @pytest.mark.parametrize(("index", "size", "proof"), INCLUSIONS)
    def test_inclusion_proofs(self, index: int, size: int, proof: list[str]) -> None:
        leaves = [merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]
        assert [step.hex() for step in inclusion(leaves, index)] == proof
        head = merkle.Head(size, bytes.fromhex(ROOTS[size - 1]))
        assert merkle.includes(head, leaves[index], index, [bytes.fromhex(step) for step in proof])

    @pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCIES)
    def test_consistency_proofs(self, old: int, new: int, proof: list[str]) -> None:
        leaves = [merkle.leaf_hash(leaf) for leaf in LEAVES[:new]]
        assert [step.hex() for step in consistency(leaves, old)] == proof
        older, newer = (merkle.Head(size, bytes.fromhex(ROOTS[size - 1])) for size in (old, new))
        assert merkle.extends(newer, older, [bytes.fromhex(step) for step in proof])


class TestGrowing:
    @given(st.lists(st.integers(0, 40), max_size=6))
    def test_a_tree_grown_in_any_batches_has_the_defined_root_and_every_complete_node(self, batches: list[int]) -> None:
        leaves = hashes_of(sum(batches))
        tree, nodes = merkle.Tree(), dict[merkle.Place, bytes]()
        for batch in batches:
            for row in tree.extend(leaves[tree.size : tree.size + batch]):
                nodes |= {(row.level, row.first + place): found for place, found in enumerate(row.hashes)}
        assert tree.size == len(leaves)
        assert tree.root == defined_root(leaves) == merkle.root_of(leaves)
        places = [(level, at) for level in range(1, 9) for at in range(len(leaves) >> level)]
        assert nodes == {(level, at): defined_root(leaves[at << level : (at + 1) << level]) for level, at in places}


class TestInclusion:
    @given(st.integers(1, 200), st.data())
    def test_every_leaf_of_every_tree_can_be_proved(self, size: int, data: st.DataObject) -> None:
        leaves, index = hashes_of(size), data.draw(st.integers(0, size - 1))
        proof = inclusion(leaves, index)
        assert len(proof) <= size.bit_length()
        assert merkle.includes(head_of(leaves), leaves[index], index, proof)

    @given(st.integers(2, 100), st.data())
    def test_nothing_altered_is_proved(self, size: int, data: st.DataObject) -> None:
        leaves, index = hashes_of(size), data.draw(st.integers(0, size - 1))
        head, leaf, proof = head_of(leaves), leaves[index], inclusion(leaves, index)
        at = data.draw(st.integers(0, 31))
        step = data.draw(st.integers(0, len(proof) - 1))
        broken = [altered(one, at) if place == step else one for place, one in enumerate(proof)]
        assert not merkle.includes(merkle.Head(size, altered(head.root, at)), leaf, index, proof)
        assert not merkle.includes(head, altered(leaf, at), index, proof)
        assert not merkle.includes(head, leaf, index, broken)
        assert not merkle.includes(head, leaf, index, proof[:-1])
        assert not merkle.includes(head, leaf, index, [*proof, leaf])

    @given(st.integers(2, 100), st.data())
    def test_no_leaf_is_proved_to_be_elsewhere(self, size: int, data: st.DataObject) -> None:
        leaves = hashes_of(size)
        index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size))
        assume(other != index)
        assert not merkle.includes(head_of(leaves), leaves[index], other, inclusion(leaves, index))

    @pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
    def test_there_is_no_proof_of_a_leaf_outside(self, index: int, size: int) -> None:
        with pytest.raises(merkle.ProofImpossible, match=f"leaf {index} is not in a tree of {size}"):
            merkle.inclusion_path(index, size)


class TestConsistency:
    @given(st.integers(1, 200), st.data())
    def test_every_tree_can_be_shown_to_begin_with_every_older_one(self, new: int, data: st.DataObject) -> None:
        leaves, old = hashes_of(new), data.draw(st.integers(1, new))
        assert merkle.extends(head_of(leaves), head_of(leaves[:old]), consistency(leaves, old))

    @given(st.integers(2, 100), st.data())
    def test_nothing_altered_is_consistent(self, new: int, data: st.DataObject) -> None:
        leaves, old, at = hashes_of(new), data.draw(st.integers(1, new - 1)), data.draw(st.integers(0, 31))
        older, newer, proof = head_of(leaves[:old]), head_of(leaves), consistency(leaves, old)
        step = data.draw(st.integers(0, len(proof) - 1))
        broken = [altered(one, at) if place == step else one for place, one in enumerate(proof)]
        assert not merkle.extends(newer, merkle.Head(old, altered(older.root, at)), proof)
        assert not merkle.extends(merkle.Head(new, altered(newer.root, at)), older, proof)
        assert not merkle.extends(newer, older, broken)
        assert not merkle.extends(newer, older, proof[:-1])
        assert not merkle.extends(newer, older, [*proof, newer.root])

    @given(st.integers(2, 60), st.data())
    def test_a_rewritten_past_is_not_consistent(self, new: int, data: st.DataObject) -> None:
        leaves, old = hashes_of(new), data.draw(st.integers(1, new - 1))
        rewritten, place = list(leaves), data.draw(st.integers(0, old - 1))
        rewritten[place] = merkle.leaf_hash(b"rewritten")
        proof = consistency(rewritten, old)
        assert not merkle.extends(head_of(rewritten), head_of(leaves[:old]), proof)

    @pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
    def test_there_is_no_proof_for_sizes_out_of_order(self, old: int, new: int) -> None:
        with pytest.raises(merkle.ProofImpossible):
            merkle.consistency_path(old, new)
        assert not merkle.extends(merkle.Head(new, b"new"), merkle.Head(old, b"old"), [])
