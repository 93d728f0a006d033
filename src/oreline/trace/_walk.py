"""Questions about one lot or one mine: they touch what they ask about, never the full table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from oreline.model import InputError
from oreline.trace._cycles import entered_sources, loop_spans
from oreline.trace._rows import (
    Ints,
    MixRows,
    Nodes,
    Shares,
    column_map,
    element_weights,
)


@dataclass(frozen=True, slots=True)
class Scratch:
    """Working memory of single questions, one value per node; clean between questions.

    Making it costs more than a short question: make it once and pass it on. Not for two threads
    at a time.
    """

    marked: NDArray[np.uint8]
    stack: Nodes
    mass: Shares


def make_scratch(rows: MixRows) -> Scratch:
    """Return working memory for questions about these rows."""
    n = rows.n_nodes
    return Scratch(np.zeros(n, np.uint8), np.zeros(n, np.int32), np.zeros(n))


def lineage(
    rows: MixRows,
    nodes: int | Iterable[int],
    *,
    element: int | None = None,
    scratch: Scratch | None = None,
) -> Ints:
    """Return all nodes that the given ones were made from, themselves included, ascending.

    With `element` only sources that may hold some of it are followed.
    """
    found = _ancestors(rows, nodes, element, _fitting(rows, scratch))
    return np.sort(found).astype(np.int64)


def _ancestors(
    rows: MixRows, nodes: int | Iterable[int], element: int | None, scratch: Scratch
) -> Nodes:
    """Return the nodes in the order found; the scratch is clean again."""
    from oreline.trace import _kernels

    starts = _checked_nodes(rows, nodes)
    count = _kernels.mark_ancestors(
        starts,
        rows.indptr,
        rows.source,
        *_followed(rows, element),
        rows.n_origins,
        scratch.marked,
        scratch.stack,
    )
    found = scratch.stack[:count].copy()
    scratch.marked[found] = 0
    return found


def provenance_of(
    rows: MixRows,
    element: int,
    node: int,
    columns: ArrayLike | None = None,
    *,
    scratch: Scratch | None = None,
) -> Shares:
    """Return the shares of one node, by a reverse sweep over its ancestors alone.

    The same numbers as the node's row of `attribute`, up to rounding.

    >>> from oreline.trace._rows import make_rows
    >>> rows = make_rows([0, 2, 4], [1, 2, 1, 3], [[30, 10, 50, 50]], n_origins=3)
    >>> provenance_of(rows, 0, 4).tolist()
    [0.0, 0.875, 0.125]
    """
    column, width = column_map(rows, columns)
    scratch = _fitting(rows, scratch)
    found = np.sort(_ancestors(rows, node, element, scratch)).astype(np.int64)
    mixed = found[found >= rows.n_origins]
    weight = _known_weights(rows, element, mixed - rows.n_origins)
    mass = scratch.mass
    mass[node] = 1.0
    try:
        _push_all(rows, weight, mixed, mass)
        answer = np.zeros(width)
        origins = np.union1d(found[found < rows.n_origins], [0])
        counted = origins[column[origins] >= 0]
        np.add.at(answer, column[counted], mass[counted])
    finally:
        mass[found] = 0.0
        mass[0] = 0.0
    return answer


def _known_weights(rows: MixRows, element: int, touched: Ints) -> Ints:
    """Return the weights of an element; InputError where one of the touched rows has bounds."""
    lower, upper = element_weights(rows, element)
    if rows.weight_hi_mg is not rows.weight_lo_mg:
        for row in touched:
            entries = slice(int(rows.indptr[row]), int(rows.indptr[row + 1]))
            if not np.array_equal(lower[entries], upper[entries]):
                raise InputError(
                    f"Weights of element {element} in row {row} are known only within bounds: "
                    "ask share_bounds"
                )
    return lower


def _push_all(rows: MixRows, weight: Ints, found: Ints, mass: Shares) -> None:
    """Hand the mass of the found rows (node numbers, ascending) back to the origins."""
    from oreline.trace import _kernels

    end = len(found)
    spans = np.array(loop_spans(rows), dtype=np.int64).reshape(-1, 2)
    bounds = np.searchsorted(found, spans + rows.n_origins)
    for loop in np.flatnonzero(bounds[:, 0] < bounds[:, 1])[::-1]:
        (first, stop), (low, high) = spans[loop].tolist(), bounds[loop].tolist()
        _kernels.push_back(
            found[high:end][::-1].copy(), rows.indptr, rows.source, weight, rows.n_origins, mass
        )
        feeding, parts = entered_sources(rows, weight, first, stop)
        held = mass[rows.n_origins + first : rows.n_origins + stop]
        mass[feeding] += held @ parts
        end = low
    _kernels.push_back(
        found[:end][::-1].copy(), rows.indptr, rows.source, weight, rows.n_origins, mass
    )


def descendants(rows: MixRows, nodes: int | Iterable[int], *, element: int | None = None) -> Ints:
    """Return all nodes made from the given ones, themselves included, ascending.

    With `element` only sources that may hold some of it are followed.
    """
    return np.flatnonzero(descendant_marks(rows, _checked_nodes(rows, nodes), element))


def descendant_marks(rows: MixRows, starts: Ints, element: int | None) -> NDArray[np.uint8]:
    """Return 1 for each node that is among the starts or made from one, else 0."""
    from oreline.trace import _kernels

    marked = np.zeros(rows.n_nodes, dtype=np.uint8)
    marked[starts] = 1
    followed = _followed(rows, element)
    at = max(int(starts.min(initial=rows.n_nodes)) - rows.n_origins, 0)

    def mark(first: int, stop: int) -> bool:
        return _kernels.mark_descendants(
            first, stop, rows.indptr, rows.source, *followed, rows.n_origins, marked
        )

    for first, stop in loop_spans(rows):
        if stop <= at:
            continue
        mark(at, first)
        while mark(first, stop):
            pass
        at = stop
    mark(at, rows.n_rows)
    return marked


def _followed(rows: MixRows, element: int | None) -> tuple[Ints, bool]:
    """Return the weights that say by being 0 what not to follow, and whether to follow all."""
    if element is None:
        return np.zeros(0, dtype=np.int64), True
    return element_weights(rows, element)[1], False


def _checked_nodes(rows: MixRows, nodes: int | Iterable[int]) -> Ints:
    """Return node numbers as an array; InputError where one does not exist."""
    listed = [nodes] if isinstance(nodes, int | np.integer) else nodes
    asked = np.asarray(listed if isinstance(listed, np.ndarray) else list(listed), dtype=np.int64)
    if len(asked) and not 0 <= asked.min() <= asked.max() < rows.n_nodes:
        raise InputError(f"Nodes are numbered 0 .. {rows.n_nodes - 1}: {asked.tolist()[:5]}")
    return asked


def _fitting(rows: MixRows, scratch: Scratch | None) -> Scratch:
    """Return the scratch given, if it fits the rows, or a new one."""
    if scratch is None:
        return make_scratch(rows)
    if len(scratch.marked) < rows.n_nodes:
        raise InputError("The scratch was made for fewer rows: make_scratch again")
    return scratch
