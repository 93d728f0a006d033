"""Shares of each origin in each mix: the full table, a block of columns, or the new rows only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from oreline.model import InputError
from oreline.trace._cycles import loop_spans, solve_loop
from oreline.trace._rows import MixRows, Nodes, Shares, column_map, point_weights


def attribute(
    rows: MixRows,
    element: int,
    columns: ArrayLike | None = None,
    out: Shares | None = None,
    *,
    first_row: int = 0,
) -> Shares:
    """Return for each row which share of an element's mass comes from which origin.

    A row's shares are the mean of the shares of its sources, by the element's mass. A row that
    holds none of the element is given to the origin UNKNOWN (`empty_rows` lists such rows).

    Parameters
    ----------
    rows
        The mixes. Weights of the element must be known; `share_bounds` answers where they are not.
    element
        Which row of the weights.
    columns
        For each origin the column its share is counted in: its country, say. -1 leaves it out;
        None gives each origin its own column.
    out
        Buffer to write to, float64 with at least n_rows rows and exactly one column for each
        column asked for. First use of fresh memory costs more than the arithmetic: use it again.
    first_row
        Rows before this one are taken from `out` as they stand there.

    Returns
    -------
    float64, shape (n_rows, number of columns)
        A view of `out` where that was given. Rows sum to 1 unless origins were left out.

    >>> from oreline.trace._rows import make_rows
    >>> rows = make_rows([0, 2, 4], [1, 2, 1, 3], [[30, 10, 50, 50]], n_origins=3)
    >>> attribute(rows, 0).tolist()
    [[0.0, 0.75, 0.25], [0.0, 0.875, 0.125]]
    """
    from oreline.trace import _kernels

    weight = point_weights(rows, element)
    column, width = column_map(rows, columns)
    if first_row and out is None:
        raise InputError("first_row needs the earlier rows in `out`")
    shares = share_buffer(rows.n_rows, width, out)
    at = first_row
    for first, stop in loop_spans(rows):
        if stop <= first_row:
            continue
        _kernels.share_range(
            at, first, rows.indptr, rows.source, weight, column, rows.n_origins, shares
        )
        solve_loop(rows, weight, column, shares, first, stop)
        at = stop
    _kernels.share_range(
        at, rows.n_rows, rows.indptr, rows.source, weight, column, rows.n_origins, shares
    )
    return shares


def attribute_blocks(
    rows: MixRows, element: int, columns: ArrayLike | None = None, *, width: int
) -> Iterator[tuple[int, Shares]]:
    """Yield the table of `attribute` in blocks of `width` columns, each with its first column.

    All blocks are written to one buffer: use a block before asking for the next. Memory is
    n_rows times `width` times 8 bytes, whatever the number of columns.
    """
    if width < 1:
        raise InputError(f"A block needs at least one column, not {width}")
    column, n_columns = column_map(rows, columns)
    buffer = np.empty((rows.n_rows, width))
    for start in range(0, n_columns, width):
        size = min(width, n_columns - start)
        if size < width:
            buffer = np.empty((rows.n_rows, size))
        inside = (column >= start) & (column < start + size)
        # Column size - 1 must be named even where no origin lies in it, so that the width is kept.
        block = np.where(inside, column - start, -1).astype(np.int32)
        yield start, _attribute_block(rows, element, block, buffer)


def _attribute_block(rows: MixRows, element: int, block: Nodes, buffer: Shares) -> Shares:
    """Attribute to the columns of one block, some of which may hold no origin."""
    _, width = column_map(rows, block)
    if width == buffer.shape[1]:
        return attribute(rows, element, block, buffer)
    buffer[:] = 0.0
    buffer[:, :width] = attribute(rows, element, block)
    return buffer


def share_buffer(n_rows: int, width: int, out: Shares | None) -> Shares:
    """Return a table for the shares: the leading rows of `out`, or fresh memory."""
    if out is None:
        return np.empty((n_rows, width))
    if out.dtype != np.float64 or out.ndim != 2 or not out.flags.c_contiguous:
        raise InputError("out must be a contiguous float64 table")
    if out.shape[0] < n_rows or out.shape[1] != width:
        raise InputError(f"out has shape {out.shape}; at least ({n_rows}, {width}) is needed")
    return out[:n_rows]


def attribute_lots(
    rows: MixRows,
    shares: Shares,
    lot_node: Nodes,
    lots: ArrayLike,
    columns: ArrayLike | None = None,
) -> Shares:
    """Return the shares of lots, given the table of `attribute` for the same columns.

    Parameters
    ----------
    lot_node
        int32, shape (n_lots): the node whose mix each lot has.
    lots
        Lot numbers asked for.

    Returns
    -------
    float64, shape (number of lots asked for, number of columns)
    """
    column, width = column_map(rows, columns)
    if shares.shape != (rows.n_rows, width):
        raise InputError(f"shares has shape {shares.shape}, not {(rows.n_rows, width)}")
    asked = np.atleast_1d(np.asarray(lots, dtype=np.int64))
    if len(asked) and not 0 <= asked.min() <= asked.max() < len(lot_node):
        raise InputError(f"Lots are numbered 0 .. {len(lot_node) - 1}")
    node = np.asarray(lot_node)[asked].astype(np.int64)
    answer = np.zeros((len(asked), width))
    mixed = node >= rows.n_origins
    answer[mixed] = shares[node[mixed] - rows.n_origins]
    own = np.flatnonzero(~mixed)
    of_origin = column[node[own]]
    counted = of_origin >= 0
    answer[own[counted], of_origin[counted]] = 1.0
    return answer
