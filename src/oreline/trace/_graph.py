"""The lot graph of a ledger: origins, mix rows, and the node of every lot and line.

Built once for a ledger, the same for all elements; only the weights differ from element to element,
and come from the book.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from oreline.model import LoopError, analyte
from oreline.record import DRY, IN, OUT, Book, Books, Ledger
from oreline.trace._cycles import closed_loop
from oreline.trace._rows import UNBOUNDED_MG, MixRows, arrange_rows, loop_ranges

if TYPE_CHECKING:
    from oreline.trace._graph_kernel import Found, LineStates

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LotGraph:
    """Who came from whom.

    Attributes
    ----------
    origin_line, origin_lot
        For each origin the line that extracted it (-1: nobody recorded that) and its lot. Origin 0
        is UNKNOWN.
    structure
        The mix rows with references in place of weights: ``4 * line + what``.
    row_event, row_line
        For each row the event that mixed it, and the line that made or topped up the lot.
    lot_node, line_node
        The node of each lot's latest state, and of the state that each output leaves (for a draw:
        takes from); -1 where a line has none.
    """

    books: Books
    origin_line: Ints
    origin_lot: Ints
    structure: MixRows
    row_event: Ints
    row_line: Ints
    lot_node: Ints
    line_node: Ints
    _rows: dict[str, MixRows] = field(default_factory=dict, repr=False)

    @property
    def ledger(self) -> Ledger:
        """Return the ledger that the graph is of."""
        return self.books.ledger

    @property
    def n_origins(self) -> int:
        """Return the number of origins, UNKNOWN included."""
        return self.origin_lot.size

    @cached_property
    def lot_number(self) -> dict[str, int]:
        """Return the number of each lot by name."""
        return self.ledger.columns.lots.index

    def rows(self, element: str) -> MixRows:
        """Return the mix rows weighted by the metal of one element.

        Raises
        ------
        InputError
            If there is no such element, oxide or aggregate.
        """
        if element not in self._rows:
            analyte(element)
            self._rows[element] = weighted(self.structure, self.books.book(element))
        return self._rows[element]


def build_graph(books: Books) -> LotGraph:
    """Build the lot graph of a ledger."""
    from oreline.trace._graph_kernel import LineStates, build, empty_graph

    columns, lines = books.ledger.columns, books.lines
    book = books.book(DRY)
    order = lines.order
    states = LineStates(
        order,
        lines.side[order],
        lines.event[order],
        lines.lot[order],
        lines.flags[order],
        np.ascontiguousarray(book.dry[order]),
        np.ascontiguousarray(book.before_dry[order]),
    )
    n_events, n_lots = len(columns.events.seq), len(columns.lots.names)
    found = empty_graph(order.size, n_lots, n_events)
    # Origin 0 is UNKNOWN: the node -1 that overdrawn metal is said to come from.
    found.origin_line[0], found.origin_lot[0] = -1, -1
    found.counts[1] = 1
    head, later = np.full(n_events, -1, np.int64), np.full(order.size, -1, np.int64)
    build(states, _reserved(states, n_events), head, later, found)
    n_rows, n_origins, n_entries = found.counts.tolist()
    structure, position = _arranged(found, n_rows, n_origins, n_entries)
    back = np.argsort(position)
    line_node = np.full(lines.side.size, -1, np.int64)
    line_node[order] = _nodes(found.line_node, n_origins, position)
    return LotGraph(
        books=books,
        origin_line=found.origin_line[:n_origins].copy(),
        origin_lot=found.origin_lot[:n_origins].copy(),
        structure=structure,
        row_event=found.row_event[:n_rows][back],
        row_line=found.row_line[:n_rows][back],
        lot_node=_nodes(found.lot_node, n_origins, position),
        line_node=line_node,
    )


def weighted(structure: MixRows, book: Book) -> MixRows:
    """Return rows with the metal of a book as weights; metal below nothing counts as nothing."""
    refs = structure.weight_lo_mg[0]
    line, what = refs >> 2, refs & 3
    bounds = []
    for side in range(2):
        own, excess = book.metal[:, side], book.excess[:, side]
        # What was there: the line's metal less what was not.
        there = np.where(own == UNBOUNDED_MG, UNBOUNDED_MG, own - np.minimum(excess, own))
        pick = np.stack([there, book.before_metal[:, side], excess])
        bounds.append(np.maximum(pick[what, line], 0))
    low, high = bounds
    same = bool(np.array_equal(low, high))
    high = np.maximum(low, high)
    low_row = low[np.newaxis]
    return MixRows(
        structure.indptr,
        structure.source,
        low_row,
        low_row if same else high[np.newaxis],
        structure.n_origins,
        structure.cycle_ptr,
        structure.cycle_rows,
    )


def named_loop(graph: LotGraph, element: str, error: LoopError) -> LoopError:
    """Return the error of a loop with the events that form it, in place of numbers of rows."""
    rows, events = graph.rows(element), graph.ledger.columns.events
    for first, stop in loop_ranges(rows).tolist():
        if closed_loop(rows, rows.weight_hi_mg[0], first, stop) is not None:
            lots, lot_of = graph.ledger.columns.lots.names, graph.books.lines.lot
            names = dict.fromkeys(
                f"{events.id[int(graph.row_event[row])]} (into {lots[lot_of[graph.row_line[row]]]})"
                for row in range(first, stop)
            )
            return LoopError(
                f"nothing that holds {element} enters the recycle loop of {', '.join(names)} from "
                "outside, so its origins cannot be told: record what was fed to it first"
            )
    return error


def _arranged(found: Found, n_rows: int, n_origins: int, n_entries: int) -> tuple[MixRows, Ints]:
    """Put the rows in topological order with their loops; weights are references still."""
    rows = found.entry_row[:n_entries]
    by_row = np.argsort(rows, kind="stable")
    indptr = np.zeros(n_rows + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=n_rows), out=indptr[1:])
    source = found.entry_source[:n_entries][by_row]
    source = np.where(source < 0, -1 - source, n_origins + source).astype(np.int32)
    refs = found.entry_ref[:n_entries][by_row][np.newaxis]
    return arrange_rows(indptr, source, refs, refs, n_origins)


def _nodes(given: Ints, n_origins: int, position: Ints) -> Ints:
    """Turn the kernel's nodes into those of the arranged rows; -1 for none."""
    nodes = np.where(given < 0, -1 - given, 0)
    is_row = given >= 0
    nodes[is_row] = n_origins + position[given[is_row]]
    nodes[given <= -(2**61)] = -1
    return nodes


def _reserved(states: LineStates, n_events: int) -> npt.NDArray[np.bool_]:
    """Return, per event, whether an output of it acts before one of its draws."""
    side, event = states.side, states.event
    place = np.arange(side.size)
    first_out = np.full(n_events, side.size, np.int64)
    last_in = np.full(n_events, -1, np.int64)
    np.minimum.at(first_out, event[side == OUT], place[side == OUT])
    np.maximum.at(last_in, event[side == IN], place[side == IN])
    return first_out < last_in
