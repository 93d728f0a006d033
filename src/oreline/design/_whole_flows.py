"""Flows in whole milligrams that balance at every unit to the milligram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oreline.design._law import Array

Whole = NDArray[np.int64]

OUTSIDE = -1
"""The end of a flow that comes from outside the units, or leaves them."""


@dataclass(frozen=True, slots=True)
class Link:
    """One flow: from a unit, or OUTSIDE, to a unit, or OUTSIDE."""

    origin: int
    destination: int


def whole_flows(links: Sequence[Link], amounts: Array) -> Whole:
    """Return whole numbers near some flows, such that what enters each unit leaves it.

    Each flow is rounded; what that leaves open at the units is put on the largest flows, along a
    tree of them (Kruskal), so that no flow moves by more than half of one for each flow there is,
    and none that is zero moves at all.

    Parameters
    ----------
    amounts
        Shape (links, components), not negative, balanced at each unit up to rounding of floats.

    Examples
    --------
    Two halves are rounded down, and what enters follows them:

    >>> links = [Link(OUTSIDE, 0), Link(0, OUTSIDE), Link(0, OUTSIDE)]
    >>> whole_flows(links, np.array([[5.0], [2.5], [2.5]])).ravel().tolist()
    [4, 2, 2]
    """
    # Column by column: which flows are zero differs, and with it the tree.
    found = [_whole_column(links, column) for column in np.asarray(amounts, np.float64).T]
    return np.stack(found, axis=1) if found else np.zeros((len(links), 0), np.int64)


def _whole_column(links: Sequence[Link], amounts: Array) -> Whole:
    present = amounts > 0
    while True:
        whole = np.where(present, np.rint(amounts), 0.0).astype(np.int64)
        _balance(links, amounts, present, whole)
        negative = whole < 0
        if not negative.any():
            return whole
        # Fewer milligrams than there are flows: nothing that could be weighed.
        present &= ~negative


def _balance(
    links: Sequence[Link], amounts: Array, present: NDArray[np.bool_], whole: Whole
) -> None:
    """Change `whole` along a tree of the largest flows until every unit balances."""
    excess: dict[int, int] = {}
    for link, amount in zip(links, whole.tolist(), strict=True):
        excess[link.destination] = excess.get(link.destination, 0) + amount
        excess[link.origin] = excess.get(link.origin, 0) - amount
    for node, edge, parent in _leaves_first(_tree(links, amounts, present)):
        left = excess[node]
        # What a unit has too much of leaves by its flow, or did not come by it.
        whole[edge] += left if links[edge].origin == node else -left
        excess[parent] += left
        excess[node] = 0


def _tree(
    links: Sequence[Link], amounts: Array, present: NDArray[np.bool_]
) -> dict[int, list[tuple[int, int]]]:
    """Return for each node its (flow, other end) in a spanning forest of the largest flows."""
    root: dict[int, int] = {}

    def top(node: int) -> int:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    forest: dict[int, list[tuple[int, int]]] = {}
    for edge in np.argsort(-amounts, kind="stable").tolist():
        if not present[edge]:
            continue
        ends = links[edge].origin, links[edge].destination
        first, second = top(ends[0]), top(ends[1])
        if first == second:
            continue
        root[first] = second
        forest.setdefault(ends[0], []).append((edge, ends[1]))
        forest.setdefault(ends[1], []).append((edge, ends[0]))
    return forest


def _leaves_first(forest: dict[int, list[tuple[int, int]]]) -> list[tuple[int, int, int]]:
    """Return (node, flow, parent) from the ends of the forest towards OUTSIDE."""
    order: list[tuple[int, int, int]] = []
    seen: set[int] = set()
    for start in sorted(forest):
        if start in seen:
            continue
        seen.add(start)
        waiting = [start]
        while waiting:
            node = waiting.pop()
            for edge, other in forest[node]:
                if other not in seen:
                    seen.add(other)
                    order.append((other, edge, node))
                    waiting.append(other)
    return order[::-1]
