"""Recycle loops: rows that name each other are solved together.

Inside one site and one interval a stream may be an input before it is an output. The shares of the
rows of such a loop are the solution of ``x = A x + b``, A being what the rows take from each other
and b what enters from outside.
"""

from __future__ import annotations

from typing import Final, NoReturn

import numpy as np

from oreline.model import LimitExceededError, LoopError
from oreline.trace._rows import Ints, MixRows, Nodes, Shares, loop_ranges

LOOP_ROWS_MAX: Final = 4096
"""Most rows of one loop; the solution takes n squared memory and n cubed time."""


def loop_spans(rows: MixRows, loop_rows_max: int = LOOP_ROWS_MAX) -> list[tuple[int, int]]:
    """Return first row and row after the last of each loop, none larger than the limit."""
    spans = loop_ranges(rows)
    sizes = spans[:, 1] - spans[:, 0]
    if len(spans) and sizes.max() > loop_rows_max:
        worst = int(sizes.argmax())
        raise LimitExceededError(
            f"A loop of {sizes[worst]} rows (from row {spans[worst, 0]}) exceeds LOOP_ROWS_MAX = "
            f"{loop_rows_max}: loops should span one site and one interval"
        )
    return [(int(first), int(stop)) for first, stop in spans]


def solve_loop(
    rows: MixRows, weight: Ints, column: Nodes, shares: Shares, first: int, stop: int
) -> None:
    """Write the shares of the rows ``first .. stop - 1`` of one loop into `shares`.

    Raises
    ------
    LoopError
        Where nothing enters the loop, or a part of it, from outside.
    """
    from oreline.trace import _kernels

    n, k = stop - first, shares.shape[1]
    inside, entered, outside = np.zeros((n, n)), np.zeros((n, k)), np.zeros(n)
    _kernels.loop_system(
        first,
        rows.indptr,
        rows.source,
        weight,
        column,
        rows.n_origins,
        shares,
        inside,
        entered,
        outside,
    )
    if not _kernels.absorb(inside, entered, outside, shares[first:stop]):
        _raise_closed(rows, weight, first, stop)


def entered_sources(rows: MixRows, weight: Ints, first: int, stop: int) -> tuple[Nodes, Shares]:
    """Return the nodes that feed a loop, and which share of each of its rows comes from each.

    The second value has shape (stop - first, number of nodes); each row sums to 1. A row with
    nothing of the element is fed by the origin UNKNOWN.
    """
    from oreline.trace import _kernels

    entries = slice(int(rows.indptr[first]), int(rows.indptr[stop]))
    source, n = rows.source[entries], stop - first
    member = source - (rows.n_origins + first)
    is_member = (member >= 0) & (member < n)
    feeding = np.union1d(source[~is_member], [0]).astype(np.int32)
    # For the kernel each feeding node counts as an origin, and the rows of the loop follow.
    local = np.where(is_member, len(feeding) + member, np.searchsorted(feeding, source))
    inside, entered, outside = np.zeros((n, n)), np.zeros((n, len(feeding))), np.zeros(n)
    solved = np.empty((n, len(feeding)))
    _kernels.loop_system(
        0,
        rows.indptr[first : stop + 1] - rows.indptr[first],
        local.astype(np.int32),
        weight[entries],
        np.arange(len(feeding), dtype=np.int32),
        len(feeding),
        solved,
        inside,
        entered,
        outside,
    )
    if not _kernels.absorb(inside, entered, outside, solved):
        _raise_closed(rows, weight, first, stop)
    return feeding, solved


def _raise_closed(rows: MixRows, weight: Ints, first: int, stop: int) -> NoReturn:
    """Raise the error for a loop that could not be solved."""
    closed = closed_loop(rows, weight, first, stop)
    if closed is None:
        closed = LoopError(
            f"So little enters the loop of rows {first} .. {stop - 1} from outside that float64 "
            "cannot hold its share: check the masses of its inputs"
        )
    raise closed


def closed_loop(rows: MixRows, weight: Ints, first: int, stop: int) -> LoopError | None:
    """Return the error that names the rows of a loop that nothing reaches from outside, if any."""
    fed: set[int] = set()
    grown = True
    while grown:
        grown = False
        for row in range(first, stop):
            if row not in fed and _is_fed(rows, weight, row, first, stop, fed):
                fed.add(row)
                grown = True
    closed = [row for row in range(first, stop) if row not in fed]
    if not closed:
        return None
    listed = ", ".join(str(row) for row in closed[:20]) + (", ..." if len(closed) > 20 else "")
    return LoopError(
        f"Nothing enters the loop of rows {listed} from outside, so its origins cannot be told: "
        "an input of the loop is not recorded"
    )


def _is_fed(rows: MixRows, weight: Ints, row: int, first: int, stop: int, fed: set[int]) -> bool:
    """Return whether a row holds nothing, or takes from outside its loop or from a fed row."""
    entries = range(int(rows.indptr[row]), int(rows.indptr[row + 1]))
    taken = [int(rows.source[entry]) - rows.n_origins for entry in entries if weight[entry] > 0]
    return not taken or any(not first <= other < stop or other in fed for other in taken)
