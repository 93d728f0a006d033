"""From shares back to milligrams: whole numbers that sum exactly to the total.

Method of the largest remainder (Hamilton): each part gets the floor of its quota, and what is left
goes, one milligram each, to the largest remainders; ties go to the smaller id. Shares are read as
whole multiples of 2**-62, so the floor is that of an exact fraction and never of a rounded product,
and a larger share never gets less.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oreline.model import InputError
from oreline.trace._rows import Ints, Shares

SHARE_BITS: Final = 62
"""Shares are read to this many binary places."""

SHARE_SUM_TOLERANCE: Final = 1e-9
"""How far shares may sum from 1; more means that a part is missing."""

TOTAL_MG_MAX: Final = int(np.iinfo(np.int64).max)
"""Largest total, in mg: about 9.2e9 t."""


def apportion(total_mg: int, shares: ArrayLike) -> Ints:
    """Return whole milligrams for each share, exactly summing to the total.

    Parameters
    ----------
    total_mg
        0 to ``TOTAL_MG_MAX``.
    shares
        Parts of 1, not negative, summing to 1 within ``SHARE_SUM_TOLERANCE``.

    >>> apportion(10, [1 / 3, 1 / 3, 1 / 3]).tolist()
    [4, 3, 3]
    """
    return _exact(_checked_total(total_mg), _whole_weights(shares))


def apportion_weights(total_mg: int, weight_mg: ArrayLike) -> Ints:
    """Return whole milligrams in proportion to whole weights, exactly summing to the total.

    >>> apportion_weights(7, [1, 1, 2]).tolist()
    [2, 2, 3]
    """
    weights = [int(weight) for weight in np.asarray(weight_mg, dtype=np.int64)]
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise InputError("Weights must not be negative, and one must be above 0")
    return _exact(_checked_total(total_mg), weights)


def apportion_tree(total_mg: int, shares: ArrayLike, parents: ArrayLike) -> Ints:
    """Return whole milligrams for each node of a hierarchy, each level summing to the one above.

    Apportioned from the top: country, then district, then site, then lot. So the amount of a
    country does not depend on how finely it is divided.

    Parameters
    ----------
    total_mg
        0 to ``TOTAL_MG_MAX``: what the nodes without parent sum to.
    shares
        float64, shape (n_nodes): the share of each leaf, 0 for nodes that have children.
    parents
        For each node the number of its parent, or -1.

    >>> apportion_tree(10, [0, 0, 0.35, 0.35, 0.3], [-1, -1, 0, 0, 1]).tolist()
    [7, 3, 4, 3, 3]
    """
    total = _checked_total(total_mg)
    weights = _whole_weights(shares)
    tree = _tree(parents, len(weights))
    _check_leaves(np.asarray(shares), tree)
    for node in reversed(tree.downwards.tolist()):
        parent = int(tree.parents[node])
        if parent >= 0:
            weights[parent] += weights[node]
    amounts = np.zeros(len(weights), dtype=np.int64)
    for group, owner in enumerate(tree.owner.tolist()):
        members = tree.members[tree.group_ptr[group] : tree.group_ptr[group + 1]]
        part = total if owner < 0 else int(amounts[owner])
        amounts[members] = _exact(part, [weights[member] for member in members])
    return amounts


def apportion_rows(total_mg: ArrayLike, shares: Shares) -> Ints:
    """Apportion many totals at once: `apportion` for each row of a table of shares.

    Returns
    -------
    int64, the shape of `shares`
    """
    n_parts = np.asarray(shares).shape[-1]
    return apportion_tree_rows(total_mg, shares, np.full(n_parts, -1))


def apportion_tree_rows(total_mg: ArrayLike, shares: Shares, parents: ArrayLike) -> Ints:
    """Apportion many totals down one hierarchy: `apportion_tree` for each row of shares."""
    from oreline.trace import _apportion_kernels

    totals = np.asarray(total_mg)
    table = np.ascontiguousarray(shares, dtype=np.float64)
    if not np.issubdtype(totals.dtype, np.integer):
        raise InputError("Totals must be whole milligrams")
    if table.ndim != 2 or totals.shape != (len(table),):
        raise InputError(f"{totals.shape} totals do not fit shares of shape {table.shape}")
    if len(totals) and not 0 <= int(totals.min()) <= int(totals.max()) <= TOTAL_MG_MAX:
        raise InputError(f"Totals must lie in 0 .. {TOTAL_MG_MAX} mg")
    _check_shares(table)
    tree = _tree(parents, table.shape[1])
    _check_leaves(table, tree)
    amounts = np.zeros(table.shape, dtype=np.int64)
    _apportion_kernels.apportion_groups(
        totals.astype(np.int64),
        table,
        tree.parents,
        tree.downwards,
        tree.group_ptr,
        tree.members,
        tree.owner,
        amounts,
    )
    return amounts


@dataclass(frozen=True, slots=True)
class _Tree:
    """A hierarchy as arrays: nodes with parents first, and the groups of siblings."""

    parents: Ints
    downwards: Ints
    group_ptr: Ints
    members: Ints
    owner: Ints


def _tree(parents: ArrayLike, n_nodes: int) -> _Tree:
    """Return the hierarchy in the order of apportionment; InputError where it is none."""
    parent = np.asarray(parents)
    if parent.shape != (n_nodes,) or not np.issubdtype(parent.dtype, np.integer):
        raise InputError(f"parents must be {n_nodes} integers, one for each share")
    if n_nodes and not -1 <= parent.min() <= parent.max() < n_nodes:
        raise InputError("parents must be -1 or the number of a node")
    parent = parent.astype(np.int64)
    level = np.flatnonzero(parent < 0)
    levels, owners, groups = [level], [np.full(min(len(level), 1), -1)], [level]
    by_parent = np.argsort(parent, kind="stable")
    start = np.searchsorted(parent[by_parent], np.arange(n_nodes + 1))
    while len(level):
        has_children = level[start[level + 1] > start[level]]
        children = [by_parent[start[node] : start[node + 1]] for node in has_children]
        owners.append(has_children)
        groups.extend(children)
        level = np.concatenate([np.empty(0, np.int64), *children])
        levels.append(level)
    downwards = np.concatenate(levels)
    if len(downwards) != n_nodes:
        raise InputError("parents go round in a circle")
    lengths = [len(group) for group in groups if len(group)]
    return _Tree(
        parent,
        downwards,
        np.cumsum([0, *lengths], dtype=np.int64),
        np.concatenate(groups).astype(np.int64),
        np.concatenate(owners).astype(np.int64),
    )


def _check_leaves(shares: NDArray[np.float64], tree: _Tree) -> None:
    """Raise InputError where a node with children has a share of its own."""
    inner = np.unique(tree.parents[tree.parents >= 0])
    if np.any(shares[..., inner] != 0):
        raise InputError("Only nodes without children have shares; give the others 0")


def _check_shares(shares: Shares) -> None:
    """Raise InputError unless all shares lie in 0 .. 1 and each row sums to 1."""
    if not (np.all(shares >= 0) and np.all(shares <= 1 + SHARE_SUM_TOLERANCE)):
        raise InputError("Shares must lie between 0 and 1")
    off = np.abs(shares.sum(axis=-1) - 1.0)
    if np.any(off > SHARE_SUM_TOLERANCE):
        raise InputError(f"Shares must sum to 1; they miss it by {float(np.max(off)):.3g}")


def _whole_weights(shares: ArrayLike) -> list[int]:
    """Return shares as whole multiples of 2**-62."""
    parts = np.asarray(shares, dtype=np.float64)
    if parts.ndim != 1 or len(parts) == 0:
        raise InputError("Shares must be a list of at least one number")
    _check_shares(parts)
    return [int(part) for part in parts * float(1 << SHARE_BITS)]


def _checked_total(total_mg: int) -> int:
    """Return the total as a Python integer; InputError where it is out of range."""
    try:
        total = operator.index(total_mg)
    except TypeError as error:
        raise InputError(f"The total must be whole milligrams, not {total_mg!r}") from error
    if not 0 <= total <= TOTAL_MG_MAX:
        raise InputError(f"The total must lie in 0 .. {TOTAL_MG_MAX} mg: {total}")
    return total


def _exact(total: int, weights: list[int]) -> Ints:
    """Apportion by largest remainder in Python integers."""
    whole = sum(weights)
    if whole == 0:
        assert total == 0, "a positive amount needs someone to fall to"
        return np.zeros(len(weights), dtype=np.int64)
    parts = [divmod(total * weight, whole) for weight in weights]
    amounts = [quotient for quotient, _ in parts]
    by_remainder = sorted(range(len(parts)), key=lambda part: (-parts[part][1], part))
    for part in by_remainder[: total - sum(amounts)]:
        amounts[part] += 1
    return np.array(amounts, dtype=np.int64)
