"""The Merkle log against the recursive definition of RFC 9162 and published vectors."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.model import InputError, StoreError, VerificationError
from oreline.record import _merkle as merkle

REPOSITORY = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ORELINE_SHARED", REPOSITORY.parent / "shared"))
VECTORS = SHARED / "vectors" / "merkle" / "testdata"

APPLIED = 472  # vectors about trees of RFC 9162
SIZE_MAX = 300
LEAVES = [merkle.leaf_hash(f"leaf {number}".encode()) for number in range(SIZE_MAX)]


def naive_root(leaves):
    """MTH as RFC 9162 writes it: by recursion."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = naive_root(leaves[:split]), naive_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def naive_node(level, index):
    leaves = LEAVES[index << level : (index + 1) << level]
    assert len(leaves) == 1 << level, "asked beyond the tree"
    return naive_root(leaves)


ROOTS = [naive_root(LEAVES[:size]) for size in range(SIZE_MAX + 1)]


def tile_reader(leaves):
    """A store in lists that counts the hashes read, with the tiles that appending has given."""
    _, completed = merkle.extend(merkle.Frontier(), leaves)
    stored = {(tile.level, tile.index): tile.root for tile in completed}
    reads = Counter()

    def read_leaves(start, stop):
        reads["leaves"] += stop - start
        return leaves[start:stop]

    def read_tiles(level, start, stop):
        assert level % 8 == 0
        reads["tiles"] += stop - start
        return [stored[level, index] for index in range(start, stop) if (level, index) in stored]

    return merkle.TileReader(read_leaves, read_tiles), reads


# --- known answers --------------------------------------------------------------------------------


def test_hashes_of_the_standard():
    # RFC 9162 fixes the prefixes; the roots of the first reference tree are published with CT.
    empty_leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.leaf_hash(b"").hex() == empty_leaf
    data = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]  # fmt: skip
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in data]
    expected = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle.root_from_leaves(leaves).hex() == expected
    assert merkle.root_from_leaves([]) == merkle.EMPTY_ROOT == hashlib.sha256(b"").digest()


# --- published vectors ----------------------------------------------------------------------------


def _decoded(text):
    return base64.b64decode(text, validate=True)


def _verdict(vector):
    """Give the verdict on one vector, or None where it is not about trees of RFC 9162.

    The subtree vectors belong to a draft that extends the RFC. A valid subtree is a tree of its
    own, so inclusion in it applies; consistency of a subtree applies where it is a prefix.
    """
    proof = [_decoded(text) for text in vector["proof"] or []]
    start = vector.get("start", 0)
    try:
        if "leafIdx" in vector:
            size = vector.get("treeSize", vector.get("end")) - start
            width = 1 << max(size - 1, 0).bit_length()
            if "start" in vector and (size <= 0 or start % width):
                return None
            leaf, root = _decoded(vector["leafHash"]), _decoded(vector["root"])
            merkle.verify_inclusion(vector["leafIdx"] - start, size, leaf, proof, root)
        else:
            if "start" in vector and (start or vector["end"] == start):
                return None
            sizes = vector.get("size1", vector.get("end")), vector.get("size2", vector.get("size"))
            roots = _decoded(vector["root1"]), _decoded(vector["root2"])
            merkle.verify_consistency(*sizes, proof, *roots)
    except VerificationError:
        return "refused"
    return "holds"


@pytest.mark.shared
@pytest.mark.skipif(not VECTORS.is_dir(), reason=f"no published Merkle vectors at {VECTORS}")
def test_published_vectors():
    ran = Counter()
    wrong = []
    for path in sorted(VECTORS.rglob("*.json")):
        vector = json.loads(path.read_text())
        kind = path.relative_to(VECTORS).parts[0]
        verdict = _verdict(vector)
        ran[kind, verdict or "not applicable"] += 1
        expected = "refused" if vector["wantErr"] else "holds"
        if verdict not in {None, expected}:
            wrong.append((str(path.relative_to(VECTORS)), verdict))
    print("published Merkle vectors:", dict(ran))  # noqa: T201 - shown by pytest -s
    assert wrong == []
    applied = sum(count for (_, verdict), count in ran.items() if verdict != "not applicable")
    assert (sum(ran.values()), applied) == (518, APPLIED)
    for kind in ("inclusion", "consistency"):
        assert ran[kind, "holds"] == 6
        assert ran[kind, "refused"] == 92


# --- frontier -------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 90), max_size=6), st.booleans())
def test_frontier_root_is_the_recursive_root_however_it_is_batched(batches, one_by_one):
    frontier = merkle.Frontier()
    for count in batches:
        stop = min(frontier.size + count, SIZE_MAX)
        batch = LEAVES[frontier.size : stop]
        for part in [[leaf] for leaf in batch] if one_by_one else [batch]:
            frontier, _ = merkle.extend(frontier, part)
        assert frontier.size == stop
        assert merkle.root(frontier) == ROOTS[stop]


def test_completed_tiles_are_the_complete_subtrees():
    leaves = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(256 * 256 + 300)]
    frontier, tiles, done = merkle.Frontier(), [], 0
    for stop in (1, 255, 256, 700, 256 * 256 - 1, len(leaves)):
        frontier, completed = merkle.extend(frontier, leaves[done:stop])
        tiles += completed
        done = stop
    assert [(t.level, t.index) for t in tiles] == [
        *((8, index) for index in range(256)),
        (16, 0),
        (8, 256),
    ]
    for tile in tiles[:3] + tiles[-2:]:
        width = 1 << tile.level
        assert tile.root == naive_root(leaves[tile.index * width : (tile.index + 1) * width])


def test_frontier_refuses_what_cannot_be():
    with pytest.raises(InputError, match="leaf hash 1 has 31 bytes"):
        merkle.extend(merkle.Frontier(), [LEAVES[0], LEAVES[0][:31]])
    with pytest.raises(InputError, match="size 3 cannot have 1 peaks"):
        merkle.Frontier(3, (LEAVES[0],))
    with pytest.raises(InputError, match="size -1"):
        merkle.Frontier(-1, (LEAVES[0],))
    with pytest.raises(InputError, match="33 bytes"):
        merkle.Frontier(1, (LEAVES[0] + b"x",))


# --- proofs ---------------------------------------------------------------------------------------


def _naive_path(index, leaves):
    """PATH as RFC 9162 section 2.1.3.1 writes it: by recursion."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*_naive_path(index, leaves[:split]), naive_root(leaves[split:])]
    return [*_naive_path(index - split, leaves[split:]), naive_root(leaves[:split])]


def _naive_subproof(size1, leaves, is_old_root):
    """SUBPROOF as RFC 9162 section 2.1.4.1 writes it: by recursion."""
    if size1 == len(leaves):
        return [] if is_old_root else [naive_root(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if size1 <= split:
        inner = _naive_subproof(size1, leaves[:split], is_old_root)
        return [*inner, naive_root(leaves[split:])]
    inner = _naive_subproof(size1 - split, leaves[split:], is_old_root=False)
    return [*inner, naive_root(leaves[:split])]


def test_proofs_of_every_size_verify():
    # Every size up to the limit, and in each the leaves at its ends, its middle and its edges.
    for size in range(1, SIZE_MAX + 1):
        node = tile_reader(LEAVES[:size])[0].node
        indexes = {0, size // 2, size - 1, *(1 << bit for bit in range(size.bit_length()))}
        for index in (index for index in indexes if index < size):
            proof = merkle.inclusion_proof(index, size, node)
            merkle.verify_inclusion(index, size, LEAVES[index], proof, ROOTS[size])
        for size1 in indexes - {0}:
            if size1 <= size:
                proof = merkle.consistency_proof(size1, size, node)
                merkle.verify_consistency(size1, size, proof, ROOTS[size1], ROOTS[size])


@given(st.data())
def test_proofs_are_those_of_the_recursive_definition(data):
    size = data.draw(st.integers(1, SIZE_MAX))
    index = data.draw(st.integers(0, size - 1))
    assert merkle.inclusion_proof(index, size, naive_node) == _naive_path(index, LEAVES[:size])
    expected = _naive_subproof(index + 1, LEAVES[:size], is_old_root=True)
    assert merkle.consistency_proof(index + 1, size, naive_node) == expected


def _flipped(value, bit):
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@given(st.data())
def test_an_altered_inclusion_proof_is_refused(data):
    size = data.draw(st.integers(1, SIZE_MAX))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, naive_node)
    hashes = [LEAVES[index], ROOTS[size], *proof]
    merkle.verify_inclusion(index, size, hashes[0], hashes[2:], hashes[1])
    place = data.draw(st.integers(0, len(hashes) - 1))
    altered = list(hashes)
    altered[place] = _flipped(hashes[place], data.draw(st.integers(0, 255)))
    with pytest.raises(VerificationError):
        merkle.verify_inclusion(index, size, altered[0], altered[2:], altered[1])
    other = data.draw(st.integers(-1, SIZE_MAX).filter(lambda number: number != index))
    with pytest.raises(VerificationError):
        merkle.verify_inclusion(other, size, hashes[0], proof, hashes[1])
    for wrong in ([*proof, LEAVES[0]], [LEAVES[0], *proof], proof[:-1] if proof else [b""]):
        with pytest.raises(VerificationError):
            merkle.verify_inclusion(index, size, hashes[0], wrong, hashes[1])


@given(st.data())
def test_an_altered_consistency_proof_is_refused(data):
    size2 = data.draw(st.integers(1, SIZE_MAX))
    size1 = data.draw(st.integers(1, size2))
    proof = merkle.consistency_proof(size1, size2, naive_node)
    hashes = [ROOTS[size1], ROOTS[size2], *proof]
    merkle.verify_consistency(size1, size2, proof, *hashes[:2])
    place = data.draw(st.integers(0, len(hashes) - 1))
    altered = list(hashes)
    altered[place] = _flipped(hashes[place], data.draw(st.integers(0, 255)))
    with pytest.raises(VerificationError):
        merkle.verify_consistency(size1, size2, altered[2:], *altered[:2])
    for wrong in ([*proof, LEAVES[0]], [LEAVES[0], *proof], proof[:-1] if proof else [b""]):
        with pytest.raises(VerificationError):
            merkle.verify_consistency(size1, size2, wrong, *hashes[:2])
    if size1 != size2:
        with pytest.raises(VerificationError):
            merkle.verify_consistency(size1, size2, proof, hashes[1], hashes[0])


def test_a_rewritten_history_has_no_consistency_proof():
    forged = [merkle.leaf_hash(b"forged"), *LEAVES[1:20]]
    node = tile_reader(forged)[0].node
    proof = merkle.consistency_proof(7, 20, node)
    with pytest.raises(VerificationError, match="earlier root"):
        merkle.verify_consistency(7, 20, proof, ROOTS[7], naive_root(forged))


def test_calls_beyond_the_tree_are_refused():
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(InputError):
            merkle.inclusion_proof(index, size, naive_node)
        with pytest.raises(VerificationError):
            merkle.verify_inclusion(index, size, LEAVES[0], [], LEAVES[0])
    for size1, size2 in ((0, 0), (0, 3), (4, 3), (-1, 3)):
        with pytest.raises(InputError):
            merkle.consistency_proof(size1, size2, naive_node)
        with pytest.raises(VerificationError):
            merkle.verify_consistency(size1, size2, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT)


# --- tiles ----------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.integers(1, SIZE_MAX), st.data())
def test_tile_reader_gives_the_recursive_nodes(size, data):
    reader, reads = tile_reader(LEAVES[:size])
    level = data.draw(st.integers(0, size.bit_length() - 1))
    index = data.draw(st.integers(0, (size >> level) - 1))
    assert reader.node(level, index) == naive_node(level, index)
    assert reads["leaves"] + reads["tiles"] <= 128


def test_a_proof_from_tiles_reads_little():
    size = 256 * 256 * 2 + 12_345
    leaves = [hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(size)]
    reader, reads = tile_reader(leaves)
    root = merkle.root_from_leaves(leaves)
    for index in (0, 65_535, 65_536, 100_000, 131_072, size - 1):
        reads.clear()
        proof = merkle.inclusion_proof(index, size, reader.node)
        merkle.verify_inclusion(index, size, leaves[index], proof, root)
        assert reads["leaves"] <= 512
        assert reads["tiles"] <= 768


def test_a_store_that_lacks_hashes_is_noticed():
    reader, _ = tile_reader(LEAVES[:100])
    with pytest.raises(StoreError, match="between 64 and 128: 36 of 64 found"):
        reader.node(6, 1)
