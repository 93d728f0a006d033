"""Shares of each origin in each mix: the full table, a block of columns, or the new rows only."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from oreline.model import InputError
from oreline.trace._cycles import loop_spans, solve_loop
from oreline.trace._rows import MixRows, Shares, column_map, point_weights


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


def share_buffer(n_rows: int, width: int, out: Shares | None) -> Shares:
    """Return a table for the shares: the leading rows of `out`, or fresh memory."""
    if out is None:
        return np.empty((n_rows, width))
    if out.dtype != np.float64 or out.ndim != 2 or not out.flags.c_contiguous:
        raise InputError("out must be a contiguous float64 table")
    if out.shape[0] < n_rows or out.shape[1] != width:
        raise InputError(f"out has shape {out.shape}; at least ({n_rows}, {width}) is needed")
    return out[:n_rows]
