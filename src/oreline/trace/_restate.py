"""After a correction: compute again what it touches, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from oreline.model import InputError
from oreline.trace._attribute import attribute, share_buffer
from oreline.trace._cycles import loop_spans, solve_loop
from oreline.trace._rows import Ints, MixRows, Shares, column_map, point_weights
from oreline.trace._walk import descendant_marks

DIRTY_SHARE_MAX: Final = 0.3
"""Above this share of rows to compute again, a full pass is faster."""


def restate(
    rows: MixRows,
    shares: Shares,
    changed_rows: Iterable[int],
    element: int,
    columns: ArrayLike | None = None,
    *,
    dirty_share_max: float = DIRTY_SHARE_MAX,
) -> Ints:
    """Bring a table of `attribute` up to date in place and return the rows computed again.

    Parameters
    ----------
    rows
        The rows as corrected: weights and sources may differ from those the table was made with,
        the number and order of rows may not.
    shares
        The table for the same element and columns, changed in place.
    changed_rows
        The rows whose sources or weights were corrected. Their descendants are found here.

    Returns
    -------
    int64
        The corrected rows and what took any of the element from them, ascending. The values of all
        other rows stand.
    """
    from oreline.trace import _kernels

    changed = np.asarray(list(changed_rows), dtype=np.int64)
    if len(changed) and not 0 <= changed.min() <= changed.max() < rows.n_rows:
        raise InputError(f"Rows are numbered 0 .. {rows.n_rows - 1}")
    column, width = column_map(rows, columns)
    if shares.shape[0] != rows.n_rows:
        raise InputError(f"shares has {shares.shape[0]} rows, not {rows.n_rows}: extend it first")
    table = share_buffer(rows.n_rows, width, shares)
    marked = descendant_marks(rows, changed + rows.n_origins, element)
    dirty = np.flatnonzero(marked[rows.n_origins :])
    if len(dirty) > dirty_share_max * rows.n_rows:
        attribute(rows, element, columns, table)
        return dirty
    weight = point_weights(rows, element)
    at = int(dirty.min(initial=rows.n_rows))

    def share_marked(first: int, stop: int) -> None:
        _kernels.share_marked(
            marked, first, stop, rows.indptr, rows.source, weight, column, rows.n_origins, table
        )

    for first, stop in loop_spans(rows):
        if stop <= at:
            continue
        share_marked(at, first)
        if marked[rows.n_origins + first : rows.n_origins + stop].any():
            solve_loop(rows, weight, column, table, first, stop)
        at = stop
    share_marked(at, rows.n_rows)
    return dirty
