"""The Merkle tree of RFC 9162 (section 2.1): appending, proving and verifying.

A tree is kept as its *frontier*: the roots of the complete subtrees that the binary form of its
size names. Appending is amortised constant time and gives, beside the new frontier, the roots of
the completed *tiles* (subtrees of 256, 256^2, 256^3 ... leaves). A store that keeps leaf hashes and
tile roots can answer every proof, and keeps one row more per 255 leaves.

A node is addressed by (level, index): it covers the leaves from ``index * 2**level`` up to, not
including, ``(index + 1) * 2**level``. Level 0 are the leaf hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from oreline.model import InputError, StoreError, VerificationError

HASH_BYTES = 32
"""The length of every hash of the tree (SHA-256)."""

TILE_LEVELS = 8
"""The height of a tile: its root stands this many levels above the nodes it is made of."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""

NodeReader: TypeAlias = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree at (level, index)."""

_NODE_PREFIX = b"\x01"


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed to append to a tree and to know its root.

    Attributes
    ----------
    size
        The number of leaves.
    peaks
        The roots of the complete subtrees, the largest (leftmost) first: one for each bit of
        ``size`` that is set.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            message = f"a frontier of size {self.size} cannot have {len(self.peaks)} peaks"
            raise InputError(message)
        for peak in self.peaks:
            if len(peak) != HASH_BYTES:
                raise InputError(f"a peak has {len(peak)} bytes, not {HASH_BYTES}")


@dataclass(frozen=True, slots=True)
class CompletedTile:
    """The root of a tile that an append has filled.

    Attributes
    ----------
    level
        The level of the root: 8, 16, 24 ...
    index
        Its place in that level, from 0.
    root
        The hash of the subtree.
    """

    level: int
    index: int
    root: bytes


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf: SHA-256 over 0x00 and the data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 over 0x01 and both children."""
    return hashlib.sha256(_NODE_PREFIX + left + right).digest()


def extend(
    frontier: Frontier, leaf_hashes: Iterable[bytes]
) -> tuple[Frontier, tuple[CompletedTile, ...]]:
    """Append leaf hashes in order.

    Returns
    -------
    tuple of Frontier and tuple of CompletedTile
        The frontier after the last leaf, and the tiles that were filled on the way, in the order in
        which they were filled.

    Raises
    ------
    InputError
        A leaf hash is not 32 bytes long.

    Examples
    --------
    >>> frontier, tiles = extend(Frontier(), [leaf_hash(b"first"), leaf_hash(b"second")])
    >>> frontier.size, len(frontier.peaks), tiles
    (2, 1, ())
    """
    sha256 = hashlib.sha256
    size = frontier.size
    stack = list(frontier.peaks)
    completed: list[CompletedTile] = []
    for leaf in leaf_hashes:
        if len(leaf) != HASH_BYTES:
            raise InputError(f"leaf hash {size} has {len(leaf)} bytes, not {HASH_BYTES}")
        size += 1
        node, position, level = leaf, size, 0
        # Each trailing zero bit of the new size is a pair of equal subtrees to be joined.
        while not position & 1:
            node = sha256(_NODE_PREFIX + stack.pop() + node).digest()
            position >>= 1
            level += 1
            if level % TILE_LEVELS == 0:
                completed.append(CompletedTile(level, position - 1, node))
        stack.append(node)
    return Frontier(size, tuple(stack)), tuple(completed)


def root(frontier: Frontier) -> bytes:
    """Return the root of the tree: MTH of RFC 9162, section 2.1.1."""
    return _joined(frontier.peaks) if frontier.peaks else EMPTY_ROOT


def root_from_leaves(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree over leaf hashes in order."""
    return root(extend(Frontier(), leaf_hashes)[0])


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Prove that the leaf at ``index`` is in the tree of ``size`` leaves.

    Parameters
    ----------
    index
        The place of the leaf, from 0.
    size
        The number of leaves of the tree; the reader must know at least as many.
    node
        Gives the hash of any complete subtree within the tree.

    Returns
    -------
    list of bytes
        The path of RFC 9162, section 2.1.3.1, from the leaf upwards.

    Raises
    ------
    InputError
        There is no such leaf in the tree.
    """
    if not 0 <= index < size:
        raise InputError(f"leaf {index} is not in a tree of {size} leaves")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        split = start + _largest_power_below(stop - start)
        if index < split:
            path.append(_range_root(split, stop, node))
            stop = split
        else:
            path.append(_range_root(start, split, node))
            start = split
    path.reverse()
    return path


def consistency_proof(size1: int, size2: int, node: NodeReader) -> list[bytes]:
    """Prove that the first ``size1`` leaves of the tree of ``size2`` leaves are an earlier tree.

    Returns
    -------
    list of bytes
        The proof of RFC 9162, section 2.1.4.1; empty when both sizes are equal.

    Raises
    ------
    InputError
        ``size1`` is 0 (every tree continues the empty one: nothing to prove) or exceeds ``size2``.
    """
    if not 0 < size1 <= size2:
        raise InputError(f"no consistency proof leads from size {size1} to size {size2}")
    proof: list[bytes] = []
    start, stop = 0, size2
    while stop != size1:
        split = start + _largest_power_below(stop - start)
        if size1 <= split:
            proof.append(_range_root(split, stop, node))
            stop = split
        else:
            proof.append(_range_root(start, split, node))
            start = split
    # The last subtree is the earlier tree itself when it begins at 0: the verifier has its root.
    if start > 0:
        proof.append(_range_root(start, stop, node))
    proof.reverse()
    return proof


def verify_inclusion(
    index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check an inclusion proof: RFC 9162, section 2.1.3.2.

    Parameters
    ----------
    index, size
        The place of the leaf and the number of leaves of the tree.
    leaf_hash
        The hash of the leaf, from :func:`leaf_hash`.
    proof
        The path from the leaf upwards.
    root
        The root of the tree, from a source that is trusted.

    Raises
    ------
    VerificationError
        The proof does not hold; the message says why.
    """
    if not 0 <= index < size:
        raise VerificationError(f"leaf {index} is not in a tree of {size} leaves")
    _check_lengths("the leaf hash", [leaf_hash])
    _check_lengths("a hash of the proof", proof)
    node, at, last = leaf_hash, index, size - 1
    for sibling in proof:
        if last == 0:
            raise VerificationError("the inclusion proof is too long")
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            # On the right edge a node without sibling rises until it has one on its left.
            while not at & 1 and at > 0:
                at >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        at >>= 1
        last >>= 1
    if last != 0:
        raise VerificationError("the inclusion proof is too short")
    if node != root:
        raise VerificationError(f"the inclusion proof of leaf {index} leads to another root")


def verify_consistency(
    size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes
) -> None:
    """Check a consistency proof: RFC 9162, section 2.1.4.2.

    Parameters
    ----------
    size1, size2
        The number of leaves of the earlier and of the later tree.
    proof
        The hashes of the proof.
    root1, root2
        The roots of both trees, from a source that is trusted.

    Raises
    ------
    VerificationError
        The later tree is not shown to continue the earlier one; the message says why. A tree of
        size 0 is refused: it says nothing about what follows.
    """
    if not 0 < size1 <= size2:
        raise VerificationError(f"no consistency proof leads from size {size1} to size {size2}")
    _check_lengths("a hash of the proof", proof)
    if size1 == size2:
        if proof:
            raise VerificationError("trees of equal size need no proof, and one is given")
        if root1 != root2:
            raise VerificationError(f"two different roots for the size {size1}")
        return
    path = list(proof)
    if size1.bit_count() == 1:
        # A complete earlier tree is itself the first node on the way; the proof leaves it out.
        path.insert(0, root1)
    if not path:
        raise VerificationError("the consistency proof is too short")
    old, new = _climb(size1, size2, path)
    if old != root1:
        raise VerificationError("the consistency proof does not lead to the earlier root")
    if new != root2:
        raise VerificationError("the consistency proof does not lead to the later root")


def _climb(size1: int, size2: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Compute both roots that a consistency path leads to."""
    at, last = size1 - 1, size2 - 1
    while at & 1:
        at >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise VerificationError("the consistency proof is too long")
        if at & 1 or at == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not at & 1 and at > 0:
                at >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        at >>= 1
        last >>= 1
    if last != 0:
        raise VerificationError("the consistency proof is too short")
    return old, new


@dataclass(frozen=True, slots=True)
class TileReader:
    """Answers for any complete subtree from stored leaf hashes and tile roots.

    One node costs one read of at most 128 hashes (2^7: the widest subtree within a tile).

    Attributes
    ----------
    leaves
        ``leaves(start, stop)`` gives the leaf hashes of that range, in order.
    tiles
        ``tiles(level, start, stop)`` gives the tile roots of a level (8, 16, 24 ...) with an index
        in that range, in order.
    """

    leaves: Callable[[int, int], Sequence[bytes]]
    tiles: Callable[[int, int, int], Sequence[bytes]]

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of the complete subtree at (level, index).

        Raises
        ------
        StoreError
            The store does not hold all that the subtree is made of.
        """
        above = level % TILE_LEVELS
        base = level - above
        start, stop = index << above, (index + 1) << above
        stored = self.leaves(start, stop) if base == 0 else self.tiles(base, start, stop)
        if len(stored) != stop - start:
            message = f"the log lacks hashes of level {base} between {start} and {stop}"
            raise StoreError(f"{message}: {len(stored)} of {stop - start} found")
        hashes = list(stored)
        while len(hashes) > 1:
            hashes = [
                node_hash(hashes[place], hashes[place + 1]) for place in range(0, len(hashes), 2)
            ]
        return hashes[0]


def _joined(peaks: Sequence[bytes]) -> bytes:
    """Join the roots of complete subtrees, the largest first, into the root over all."""
    joined = peaks[-1]
    for peak in reversed(peaks[:-1]):
        joined = node_hash(peak, joined)
    return joined


def _range_root(start: int, stop: int, node: NodeReader) -> bytes:
    """Return MTH of the leaves of a range that the recursion of RFC 9162 arrives at.

    Such a range begins at a multiple of the largest power of two within it, so that it divides into
    complete subtrees of falling size.
    """
    peaks: list[bytes] = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        assert start % (1 << level) == 0, (start, stop)
        peaks.append(node(level, start >> level))
        start += 1 << level
    return _joined(peaks)


def _largest_power_below(count: int) -> int:
    """Return the largest power of two smaller than a count of at least 2."""
    assert count >= 2, count
    return 1 << ((count - 1).bit_length() - 1)


def _check_lengths(what: str, hashes: Iterable[bytes]) -> None:
    """Refuse a hash of a wrong length: joined with another, it could stand for other bytes."""
    for value in hashes:
        if len(value) != HASH_BYTES:
            raise VerificationError(f"{what} has {len(value)} bytes, not {HASH_BYTES}")
