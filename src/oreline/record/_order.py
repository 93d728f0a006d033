"""The order in which lines act: by time, with recycle streams pooled over their interval.

A ``process`` event may cover an interval. Within one site and overlapping intervals a stream may go
in before it comes out: the regrind returns to the mill on the same day. Such an output acts just
before the first draw that needs it, so that stream and interval form one state.
"""

from __future__ import annotations

from array import array
from collections import defaultdict

import numpy as np
import numpy.typing as npt

from oreline.record._columns import Columns
from oreline.record._lines import IN, MENTION, OUT

Ints = npt.NDArray[np.int64]


def acting_order(columns: Columns, side: Ints) -> Ints:
    """Return the numbers of the lines that act, in the order in which they do."""
    lines, events = columns.lines, columns.events
    event = np.array(lines.event, np.int64)
    assert (np.diff(np.array(events.seq, np.int64)) > 0).all()
    acts = np.flatnonzero(side != MENTION)
    time_us = np.array(events.time_us, np.int64)[event[acts]]
    # Lines stand in the order of the log, so that a stable sort by time keeps it within a moment.
    order = acts[np.argsort(time_us, kind="stable")]
    ahead = _hoisted(columns, order)
    if not ahead:
        return order
    key = np.arange(order.size, dtype=np.float64)
    for place, before in ahead.items():
        key[place] = before - 0.5
    return order[np.argsort(key, kind="stable")]


def _hoisted(columns: Columns, order: Ints) -> dict[int, int]:
    """Return, for each output that a draw in its interval precedes, the place of that draw."""
    lines, events = columns.lines, columns.events
    draws: defaultdict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    ahead: dict[int, int] = {}
    start_us, end_us, sites = events.start_us, events.time_us, events.site
    for place in _in_recycled_streams(columns, order).tolist():
        line = int(order[place])
        row = lines.event[line]
        start, end = start_us[row], end_us[row]
        key = (sites[row], lines.lot[line])
        if lines.side[line] == IN:
            draws[key].append((end, place, row))
        else:
            first = _first_overlapping(draws[key], start, end, row, start_us)
            if first is not None:
                ahead[place] = first
    return ahead


def _in_recycled_streams(columns: Columns, order: Ints) -> Ints:
    """Return the places of lines over an interval whose lot goes both in and out over intervals."""
    lines, events = columns.lines, columns.events
    row = np.array(lines.event, np.int64)[order]
    lasts = (np.array(events.start_us, np.int64) < np.array(events.time_us, np.int64))[row]
    side, lot = np.array(lines.side, np.int64)[order], np.array(lines.lot, np.int64)[order]
    both = np.ones(len(columns.lots.names) + 1, np.bool_)
    for of in (IN, OUT):
        has = np.zeros_like(both)
        has[lot[lasts & (side == of)]] = True
        both &= has
    return np.flatnonzero(lasts & ((side == IN) | (side == OUT)) & both[lot])


def _first_overlapping(
    draws: list[tuple[int, int, int]], start: int, end: int, row: int, start_us: array[int]
) -> int | None:
    """Return the place of the earliest draw whose interval overlaps; draws stand by their end."""
    first = None
    for draw_end, place, draw_row in reversed(draws):
        if draw_end <= start:
            break
        if start_us[draw_row] < end and draw_row != row:
            first = place
    return first
