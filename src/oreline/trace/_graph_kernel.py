"""Which state each line leaves its lot in, as nodes of a mix graph; compiled.

A draw does not change what a lot is made of, so states are made only where material enters a lot.
All outputs of an event share one mix; an event with a single source keeps the mix of that source,
and so does a lot that was empty. Everything else becomes a row.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oreline.record import compiled_pass
from oreline.trace._rows import BEFORE, EXCESS, WHOLE

_IN, _OUT, _COUNT = 0, 1, 4
_FIRST, _ENTERS = 16, 32
_NONE = -(2**62)


class LineStates(NamedTuple):
    """Lines in acting order: int64[n] each, and what their lots held before, int64[n, 2]."""

    number: np.ndarray
    side: np.ndarray
    event: np.ndarray
    lot: np.ndarray
    flags: np.ndarray
    dry: np.ndarray
    before: np.ndarray


class Found(NamedTuple):
    """The graph under construction. Nodes: row ``r`` is ``r``, origin ``o`` is ``-1 - o``."""

    entry_row: np.ndarray
    entry_source: np.ndarray
    entry_ref: np.ndarray
    origin_line: np.ndarray
    origin_lot: np.ndarray
    row_event: np.ndarray
    row_line: np.ndarray
    lot_node: np.ndarray
    line_node: np.ndarray
    event_node: np.ndarray
    counts: np.ndarray


@compiled_pass
def _origin(found: Found, line: int, lot: int) -> int:
    """Add an origin; return its node."""
    number = found.counts[1]
    found.origin_line[number] = line
    found.origin_lot[number] = lot
    found.counts[1] += 1
    return -1 - number


@compiled_pass
def _row(found: Found, event: int, line: int) -> int:
    number = found.counts[0]
    found.row_event[number] = event
    found.row_line[number] = line
    found.counts[0] += 1
    return number


@compiled_pass
def _enter(found: Found, row: int, source: int, ref: int) -> None:
    place = found.counts[2]
    found.entry_row[place] = row
    found.entry_source[place] = source
    found.entry_ref[place] = ref
    found.counts[2] += 1


@compiled_pass
def _source_of(found: Found, lot: int) -> int:
    """Return the node of a lot, an origin of its own if nobody recorded where it came from."""
    if found.lot_node[lot] == _NONE:
        found.lot_node[lot] = _origin(found, -1, lot)
    return found.lot_node[lot]


@compiled_pass
def _is_short(lines: LineStates, i: int) -> bool:
    held = lines.before[i, 1]
    return held < 2**63 - 1 and lines.dry[i, 0] > max(held, 0) and held > -(2**62)


@compiled_pass
def _fill(found: Found, lines: LineStates, head: int, later: np.ndarray, row: int) -> None:
    """Enter every draw of an event into its row."""
    at = head
    while at >= 0:
        _enter(found, row, lines_source(found, at), 4 * lines.number[at] + WHOLE)
        if _is_short(lines, at):
            _enter(found, row, -1, 4 * lines.number[at] + EXCESS)
        at = later[at]


@compiled_pass
def lines_source(found: Found, at: int) -> int:
    """Return the node that the draw at a place took from."""
    return found.line_node[at]


@compiled_pass
def _mix_of_event(
    found: Found,
    lines: LineStates,
    i: int,
    head: np.ndarray,
    later: np.ndarray,
    reserved: np.ndarray,
) -> int:
    """Return the node of an event's mix, made at its first output."""
    e = lines.event[i]
    if found.event_node[e] != _NONE:
        return found.event_node[e]
    if reserved[e]:
        found.event_node[e] = _row(found, e, lines.number[i])
        return found.event_node[e]
    first = head[e]
    if first < 0:
        found.event_node[e] = _origin(found, -1, lines.lot[i])
        return found.event_node[e]
    single = True
    at = first
    while at >= 0:
        if lines_source(found, at) != lines_source(found, first) or _is_short(lines, at):
            single = False
        at = later[at]
    if single:
        found.event_node[e] = lines_source(found, first)
    else:
        found.event_node[e] = _row(found, e, lines.number[i])
        _fill(found, lines, first, later, found.event_node[e])
    return found.event_node[e]


@compiled_pass
def _enter_lot(found: Found, lines: LineStates, i: int, node: int) -> None:
    """Put material of a mix into its lot: a new mix where the lot may hold some of another."""
    k = lines.lot[i]
    old = found.lot_node[k]
    if old in (_NONE, node) or lines.before[i, 1] <= 0:
        found.lot_node[k] = node
        return
    row = _row(found, lines.event[i], lines.number[i])
    _enter(found, row, old, 4 * lines.number[i] + BEFORE)
    _enter(found, row, node, 4 * lines.number[i] + WHOLE)
    found.lot_node[k] = row


@compiled_pass
def build(
    lines: LineStates, reserved: np.ndarray, head: np.ndarray, later: np.ndarray, found: Found
) -> None:
    """Fill ``found`` from the lines.

    Parameters
    ----------
    reserved
        Per event, whether an output of it acts before one of its draws (a recycle loop).
    head, later
        int64 per event and per line, all -1: working memory.
    """
    for i in range(lines.side.size):
        side, e, k = lines.side[i], lines.event[i], lines.lot[i]
        if side == _IN:
            found.line_node[i] = _source_of(found, k)
            later[i] = head[e]
            head[e] = i
        elif side == _OUT:
            if lines.flags[i] & _FIRST:
                node = _origin(found, lines.number[i], k)
            elif lines.flags[i] & _ENTERS:
                node = _source_of(found, k)
            else:
                node = _mix_of_event(found, lines, i, head, later, reserved)
            _enter_lot(found, lines, i, node)
            found.line_node[i] = found.lot_node[k]
        elif side == _COUNT:
            found.line_node[i] = _source_of(found, k)
    for e in range(head.size):
        if reserved[e] and found.event_node[e] != _NONE:
            _fill(found, lines, head[e], later, found.event_node[e])
    for k in range(found.lot_node.size):
        _source_of(found, k)


@compiled_pass
def spread_greatest(
    indptr: np.ndarray, source: np.ndarray, n_origins: int, value: np.ndarray
) -> None:
    """Raise the values of every row to the greatest among its sources, round loops until still.

    ``value`` is int64[n_nodes, k], written in place.
    """
    changed = True
    while changed:
        changed = False
        for row in range(indptr.size - 1):
            node = n_origins + row
            for entry in range(indptr[row], indptr[row + 1]):
                at = source[entry]
                for column in range(value.shape[1]):
                    if value[at, column] > value[node, column]:
                        value[node, column] = value[at, column]
                        changed = True


def empty_graph(n_lines: int, n_lots: int, n_events: int) -> Found:
    """Return working memory that the largest graph over so many lines fits in."""
    most = 2 * n_lines + n_events + 1
    return Found(
        np.empty(3 * most, np.int64),
        np.empty(3 * most, np.int64),
        np.empty(3 * most, np.int64),
        np.empty(most + n_lots, np.int64),
        np.empty(most + n_lots, np.int64),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.full(n_lots, _NONE, np.int64),
        np.full(n_lines, _NONE, np.int64),
        np.full(n_events, _NONE, np.int64),
        np.zeros(3, np.int64),
    )
