"""The terms of a site balance, from the lines: one array of bounds for each, over cells.

A cell is one place in one period. Every line that changes a stock has exactly one term for it, so
that opening plus what came less what went is closing, to the milligram, wherever masses are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from oreline.balance._sums import Sums, cell_sums, checked, counted, united, weakest_of
from oreline.balance._tally import Tally
from oreline.model import UNBOUNDED_MG
from oreline.record import COUNT, IN, LOSS, MOVE_IN, MOVE_OUT, OUT

if TYPE_CHECKING:
    from oreline.balance._kernel import InCells

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FLOWS = (
    "extracted",
    "received",
    "moved_in",
    "produced",
    "drawn",
    "consumed",
    "dispatched",
    "moved_out",
    "count_difference",
    "adjustment",
    "lost",
)
SIGNS = {
    "extracted": 1,
    "received": 1,
    "moved_in": 1,
    "produced": 1,
    "drawn": -1,
    "consumed": -1,
    "dispatched": -1,
    "moved_out": -1,
    "count_difference": 1,
    "adjustment": 1,
}
"""How each flow changes the stock of its place; declared losses went in as drawn."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Lines of one term, each with the place that it counts for; bounds int64[n, 2]."""

    line: Ints
    place: Ints
    bounds: Ints


@dataclass(frozen=True, slots=True)
class Cells:
    """Places times periods. ``period`` is that of each line: -1 before, as many as there are after.

    Cells are numbered place by place. ``whole`` makes one place of all: the chain.
    """

    n_places: int
    n_periods: int
    period: Ints
    whole: bool = False

    @property
    def size(self) -> int:
        """Return the number of cells."""
        return self.n_places * self.n_periods

    def of(self, line: Ints, place: Ints) -> Ints:
        """Return the cell of each entry, -1 outside the periods."""
        period = self.period[line]
        inside = (period >= 0) & (period < self.n_periods)
        at = np.zeros_like(place) if self.whole else place
        return np.where(inside, at * self.n_periods + period, -1)


@dataclass(frozen=True, slots=True)
class Term:
    """One term in every cell."""

    sums: Sums
    u: Floats
    basis: Ints
    defaults: Ints


def entries_of(held: Tally) -> dict[str, Entries]:
    """Sort the lines into terms."""
    metal, places = held.lines.metal, held.places
    extract, consume = held.kind_number("extract"), held.kind_number("consume")
    out, into = held.on_side(OUT), held.on_side(IN)

    def here(flags: Flags, place: Ints = places.event) -> Entries:
        line = np.flatnonzero(flags)
        return Entries(line, place[line], metal[line])

    away, home = held.on_side(MOVE_OUT), held.on_side(MOVE_IN)
    between = np.full(places.event.size, places.transit, np.int64)
    origin, target = _unrecorded(held)
    moved = origin != target
    # A lot that nobody recorded being made enters where it is first received.
    entering = here(out & (held.kind == held.kind_number("receive")))
    return {
        "extracted": here(out & (held.kind == extract)),
        "produced": here(out & held.changed),
        "drawn": here(into & held.changed),
        "consumed": here(into & (held.kind == consume)),
        "lost": here(held.on_side(LOSS)),
        "received": _joined(_joined(here(home), here(away, between)), entering),
        "dispatched": _joined(here(away), here(home, between)),
        "moved_out": here(moved, origin),
        "moved_in": here(moved, target),
        "count_difference": here(held.on_side(COUNT), places.before),
        "adjustment": _adjustments(held),
    }


def _joined(left: Entries, right: Entries) -> Entries:
    return Entries(
        np.concatenate([left.line, right.line]),
        np.concatenate([left.place, right.place]),
        np.concatenate([left.bounds, right.bounds]),
    )


def _unrecorded(held: Tally) -> tuple[Ints, Ints]:
    """Return from where to where each line shows that metal went without a record."""
    places, side = held.places, held.lines.side
    origin, target = places.event.copy(), places.event.copy()
    taken = np.isin(side, (IN, MOVE_OUT))
    origin[taken] = places.before[taken]
    put = (side == OUT) & (held.lines.lot >= 0)
    target[put] = places.after[put]
    home = side == MOVE_IN
    origin[home], target[home] = places.before[home], places.transit
    first = home & (places.previous < 0)
    origin[first] = places.transit
    return origin, target


def _adjustments(held: Tally) -> Entries:
    """Return what the book changed beside the flows: ``all`` of a stock below zero leaves zero."""
    side, metal = held.lines.side, held.lines.metal
    sign = np.select([np.isin(side, (OUT, COUNT)), side == IN], [1, -1], 0)
    known = (held.lines.lot >= 0) & _known(held.before) & _known(held.after) & _known(metal)
    change = np.where(known, held.after[:, 0] - held.before[:, 0] - sign * metal[:, 0], 0)
    line = np.flatnonzero(change)
    return Entries(line, held.places.after[line], np.column_stack([change[line], change[line]]))


def _known(bounds: Ints) -> Flags:
    known: Flags = (bounds[:, 0] == bounds[:, 1]) & (bounds[:, 1] != UNBOUNDED_MG)
    return known


def flow_terms(held: Tally, cells: Cells, entries: dict[str, Entries]) -> dict[str, Term]:
    """Return every flow in every cell."""
    in_cells = held.in_cells(line_cells(held, cells), cells.size)
    return {name: _flow(held, cells, in_cells, name, entries[name]) for name in FLOWS}


_MOVES = ("received", "dispatched", "moved_in", "moved_out")


def _flow(held: Tally, cells: Cells, in_cells: InCells, name: str, entries: Entries) -> Term:
    if cells.whole and name in _MOVES:
        # Within the chain, what one place hands over another takes; only what comes from outside
        # of it is received.
        enters = held.lines.side[entries.line] == OUT
        entries = Entries(entries.line[enters], entries.place[enters], entries.bounds[enters])
    cell = cells.of(entries.line, entries.place)
    rests = held.rests
    return Term(
        cell_sums(cell, entries.bounds, cells.size),
        _flow_u(held, in_cells, name, entries, cell),
        weakest_of(cell, rests.basis[entries.line], cells.size),
        united(cell, rests.defaults[entries.line], cells.size),
    )


def _flow_u(held: Tally, in_cells: InCells, name: str, entries: Entries, cell: Ints) -> Floats:
    if name == "adjustment" or not entries.line.size:
        return np.zeros(in_cells.n_cells)
    if name in _MOVES:
        whole = np.isin(held.lines.side, (MOVE_OUT, MOVE_IN))
        variance = np.where(whole, held.rests.before, held.lines.metal_u**2)
        used = cell >= 0
        sums = np.bincount(cell[used], variance[entries.line[used]], in_cells.n_cells)
        return np.sqrt(sums)
    weight = np.zeros(held.lines.side.size)
    weight[entries.line] = 1.0
    return np.sqrt(held.variances(in_cells, weight))


def line_cells(held: Tally, cells: Cells) -> Ints:
    """Return the cell in which each line counts as a flow, -1 for movements."""
    place = np.where(held.on_side(COUNT), held.places.before, held.places.event)
    line = np.arange(place.size)
    still = np.isin(held.lines.side, (IN, OUT, COUNT, LOSS))
    return np.where(still, cells.of(line, place), -1)


@dataclass(frozen=True, slots=True)
class Stocks:
    """The stock of each place at each boundary, [places, periods + 1].

    ``negative`` counts the lots whose book stock is below zero.
    """

    sums: Sums
    u: Floats
    negative: Ints

    def at(self, place: int, boundary: int) -> tuple[int | None, int | None]:
        """Return the bounds of one stock."""
        return self.sums.at(place * self.u.shape[1] + boundary)


def stocks(held: Tally, cells: Cells) -> Stocks:
    """Return the stocks at all boundaries: for each lot, the state after its latest line."""
    steps = _steps(held, cells)
    line, sign = steps.line, steps.sign
    parts = []
    for bound in range(2):
        state = np.where(sign > 0, held.after[line, bound], held.before[line, bound])
        is_open = state == UNBOUNDED_MG
        signed = np.where(is_open, 0, state) * sign
        total = steps.integers(signed)
        checked(total, steps.floats(signed.astype(np.float64)))
        parts.append((total.ravel(), steps.integers(is_open * sign).ravel()))
    (low, low_open), (high, high_open) = parts
    below = np.where(sign > 0, held.after[line, 1], held.before[line, 1]) < 0
    return Stocks(
        Sums(low, high, low_open, high_open), _stock_u(held, steps), steps.integers(below * sign)
    )


@dataclass(frozen=True, slots=True)
class _Steps:
    """Every state that a lot leaves (sign -1) and takes up (+1), at a boundary cell."""

    line: Ints
    cell: Ints
    sign: Ints
    shape: tuple[int, int]

    def integers(self, values: Ints) -> Ints:
        """Sum over cells, then over the periods up to each boundary."""
        total = np.zeros(self.shape, np.int64)
        np.add.at(total.reshape(-1), self.cell, values)
        return np.cumsum(total, axis=1)

    def floats(self, values: Floats) -> Floats:
        """Sum over cells, then over the periods up to each boundary."""
        total = np.zeros(self.shape)
        np.add.at(total.reshape(-1), self.cell, values)
        return np.cumsum(total, axis=1)


def _steps(held: Tally, cells: Cells) -> _Steps:
    line = np.flatnonzero(held.lines.lot >= 0)
    line = line[cells.period[line] < cells.n_periods]
    # Before its first line a lot was nowhere; of one that nobody made, the book says UNKNOWN.
    earlier = line[held.places.previous[line] >= 0]
    both = np.concatenate([earlier, line])
    sign = np.repeat(np.array([-1, 1]), [earlier.size, line.size])
    place = np.concatenate([held.places.before[earlier], held.places.after[line]])
    if cells.whole:
        place = np.zeros_like(place)
    boundary = np.maximum(cells.period[both] + 1, 0)
    shape = (cells.n_places, cells.n_periods + 1)
    return _Steps(both, place * shape[1] + boundary, sign, shape)


def _stock_u(held: Tally, steps: _Steps) -> Floats:
    line, sign = steps.line, steps.sign
    variance = np.where(sign > 0, held.rests.after[line], held.rests.before[line])
    missing = np.isnan(variance)
    finite = np.where(missing, 0.0, variance)
    total, gross = steps.floats(finite * sign), steps.floats(finite)
    # What is left of a difference of large sums is rounding.
    total = np.where(total < gross * 1e-12, 0.0, total)
    u: Floats = np.where(steps.integers(missing * sign) > 0, np.nan, np.sqrt(total))
    return u


def doubtful_lots(held: Tally, cells: Cells) -> Ints:
    """Return, for each cell, a lot whose book is in doubt and on which the cell rests, or -1."""
    found = np.full(cells.size, -1, np.int64)
    line = np.flatnonzero(held.rests.doubtful & ~held.on_side(OUT) & (held.lines.lot >= 0))
    cell = cells.of(line, held.places.event[line])
    used = cell >= 0
    found[cell[used]] = held.lines.lot[line[used]]
    return found


def line_counts(held: Tally, cells: Cells) -> Ints:
    """Return how many lines each cell has, for the rounding."""
    return counted(line_cells(held, cells), cells.size)
