"""What each line does to the book, seen over the whole ledger.

A lot that nobody recorded being made enters the chain where it is first received: bought iron, a
concentrate from outside. That receipt puts it into the book, with the receiver's weight and assays,
and its origin is whatever was claimed, else UNKNOWN.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oreline.record._columns import ENTERS, Columns
from oreline.record._lines import MOVE_IN, OUT

Ints = npt.NDArray[np.int64]


def acting_sides(columns: Columns) -> tuple[Ints, Ints]:
    """Return side and flags of every line, receipts of lots that were never made as outputs."""
    lines, events = columns.lines, columns.events
    side, flags = np.array(lines.side, np.int64), np.array(lines.flags, np.int64)
    lot = np.array(lines.lot, np.int64)
    is_made = np.zeros(len(columns.lots.names) + 1, np.bool_)
    is_made[lot[side == OUT]] = True
    received = np.flatnonzero((side == MOVE_IN) & ~is_made[lot])
    if received.size == 0:
        return side, flags
    row = np.array(lines.event, np.int64)[received]
    time_us, seq = np.array(events.time_us, np.int64), np.array(events.seq, np.int64)
    received = received[np.lexsort((seq[row], time_us[row]))]
    _, first = np.unique(lot[received], return_index=True)
    entering = received[first]
    side[entering] = OUT
    flags[entering] |= ENTERS
    return side, flags
