"""Bounds on shares where masses are known only within bounds, or not at all.

A mass may be measured, bounded or unknown. Then a share is not a number but an interval, and this
module gives intervals that hold for every way the open masses could turn out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from oreline.model import InputError
from oreline.trace._attribute import share_buffer
from oreline.trace._cycles import closed_loop, loop_spans, solve_loop
from oreline.trace._rows import Ints, MixRows, Nodes, Shares, column_map, element_weights

LOOP_CHANGE_MAX: Final = 1e-13
"""Bounds of a loop stand still when no bound moves by more than this in a round."""

LOOP_ROUNDS_MAX: Final = 1000
"""Most rounds for the bounds of one loop; they hold whenever the rounds end."""


def share_bounds(
    rows: MixRows,
    element: int,
    columns: ArrayLike | None = None,
    out: tuple[Shares, Shares] | None = None,
) -> tuple[Shares, Shares]:
    """Return the least and the greatest share of each origin in each row.

    For every choice of weights within their bounds the shares of `attribute` lie within these, for
    all rows that then hold any of the element (a share of nothing is left out). For one row over
    sources with known shares the bounds are attained or approached. Over several rows they may be
    wider than need be, since what two sources have in common is not followed. Where all weights
    are known, both are what `attribute` gives.

    Bounds hold up to rounding of float64, about 1e-15 for each step of depth.

    Parameters
    ----------
    rows, element, columns
        As for `attribute`. A source whose mass is unknown has weights 0 and ``UNBOUNDED_MG``.
    out
        Two buffers to write to, as for `attribute`.

    Raises
    ------
    LoopError
        Where nothing can enter a loop from outside.
    """
    from oreline.trace import _kernels

    lower, upper = element_weights(rows, element)
    column, width = column_map(rows, columns)
    given = (None, None) if out is None else out
    share_lo, share_hi = (share_buffer(rows.n_rows, width, buffer) for buffer in given)
    if np.shares_memory(share_lo, share_hi):
        raise InputError("The two buffers must not share memory")

    def bound(first: int, stop: int) -> None:
        _kernels.bound_range(
            first,
            stop,
            rows.indptr,
            rows.source,
            lower,
            upper,
            column,
            rows.n_origins,
            share_lo,
            share_hi,
        )

    at = 0
    for first, stop in loop_spans(rows):
        bound(at, first)
        _bound_loop(rows, (lower, upper), column, (share_lo, share_hi), first, stop)
        at = stop
    bound(at, rows.n_rows)
    return share_lo, share_hi


def _bound_loop(
    rows: MixRows,
    weights: tuple[Ints, Ints],
    column: Nodes,
    shares: tuple[Shares, Shares],
    first: int,
    stop: int,
) -> None:
    """Write the bounds of one loop: solved where its weights are known, else narrowed.

    With known weights the solution rises with everything that enters the loop, so the bounds of
    what enters give the bounds of the loop exactly.
    """
    from oreline.trace import _kernels

    lower, upper = weights
    entries = slice(int(rows.indptr[first]), int(rows.indptr[stop]))
    if np.array_equal(lower[entries], upper[entries]):
        for side in shares:
            solve_loop(rows, lower, column, side, first, stop)
        return
    closed = closed_loop(rows, upper, first, stop)
    if closed is not None:
        raise closed
    _kernels.bound_loop(
        first,
        stop,
        rows.indptr,
        rows.source,
        lower,
        upper,
        column,
        rows.n_origins,
        *shares,
        LOOP_CHANGE_MAX,
        LOOP_ROUNDS_MAX,
    )
