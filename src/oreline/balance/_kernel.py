"""What each line rests on, forwards; and how uncertain a sum of lines is, backwards; compiled.

Forwards, every lot carries the variance of its metal, the weakest basis and the named defaults that
its book rests on, and whether it rests on an overdrawn lot. Backwards, a sum of lines is followed
to the measurements it is made of, so that metal which goes into a lot and comes out again within
the sum counts once and not twice. First order; states of different lots at the beginning of a sum
count as independent.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from oreline.balance._lines import Lines, Rests
from oreline.record import compiled_pass

_IN, _OUT, _COUNT, _LOSS = 0, 1, 4, 6
_ALL = 1
_OPEN = 2**63 - 1
_NOTHING = 1e-9
"""A sensitivity below this is rounding: what went in came out again."""


class _Lots(NamedTuple):
    var: np.ndarray
    basis: np.ndarray
    defaults: np.ndarray
    doubtful: np.ndarray


class _Events(NamedTuple):
    dry: np.ndarray
    metal: np.ndarray
    basis: np.ndarray
    defaults: np.ndarray
    doubtful: np.ndarray


@compiled_pass
def _own_mass(i: int, richness: float, lines: Lines) -> float:
    if lines.dry[i, 0] != lines.dry[i, 1]:
        # The bounds of an interval are hard limits and not spread.
        return 0.0
    own: float = (richness * lines.dry_u[i]) ** 2
    return own


@compiled_pass
def _draw(i: int, k: int, e: int, lines: Lines, rests: Rests, lots: _Lots, into: _Events) -> None:
    basis, defaults = lots.basis[k], lots.defaults[k]
    if lines.overdraws[i]:
        lots.doubtful[k] = True
    if lines.before_dry[i, 1] == _OPEN and lines.metal[i, 0] == lines.metal[i, 1]:
        # Nobody made this lot: the draw rests on its own measurement alone.
        rests.own[i] = lines.metal_u[i] ** 2
        basis = max(lines.mass_basis[i], lines.grade_basis[i])
        defaults = lines.mass_defaults[i] | lines.grade_defaults[i]
    elif lines.flags[i] & _ALL:
        rests.share[i] = 1.0
        lots.var[k] = 0.0
    else:
        share, richness = 0.0, 0.0
        if lines.before_dry[i, 0] > 0:
            share = min(lines.dry[i, 0] / lines.before_dry[i, 0], 1.0)
        if lines.dry[i, 0] > 0 and lines.metal[i, 0] > 0:
            richness = lines.metal[i, 0] / lines.dry[i, 0]
        rests.share[i] = share
        rests.own[i] = _own_mass(i, richness, lines)
        lots.var[k] = (1 - share) ** 2 * lots.var[k] + rests.own[i]
        basis = max(basis, lines.mass_basis[i])
        defaults |= lines.mass_defaults[i]
    rests.basis[i], rests.defaults[i] = basis, defaults
    rests.doubtful[i] = lots.doubtful[k]
    into.basis[e] = max(into.basis[e], basis)
    into.defaults[e] |= defaults
    into.doubtful[e] = into.doubtful[e] or lots.doubtful[k]
    into.dry[e] += lines.dry[i, 0]
    into.metal[e] += lines.metal[i, 0]


@compiled_pass
def _put(i: int, k: int, e: int, lines: Lines, rests: Rests, lots: _Lots, into: _Events) -> None:
    basis, defaults = lines.mass_basis[i], lines.mass_defaults[i]
    brings = 0.0
    if lines.inherits[i]:
        richness = 0.0
        if into.dry[e] > 0:
            rests.share[i] = min(lines.dry[i, 0] / into.dry[e], 1.0)
            richness = into.metal[e] / into.dry[e]
        rests.own[i] = _own_mass(i, richness, lines)
        basis = max(basis, into.basis[e])
        defaults |= into.defaults[e]
        rests.doubtful[i] = into.doubtful[e]
        brings = rests.own[i] + lines.metal_u[i] ** 2
    else:
        basis = max(basis, lines.grade_basis[i])
        defaults |= lines.grade_defaults[i]
        if lines.metal[i, 0] == lines.metal[i, 1]:
            rests.own[i] = lines.metal_u[i] ** 2
        brings = rests.own[i]
    rests.basis[i], rests.defaults[i] = basis, defaults
    if k < 0:
        return
    if lines.metal[i, 0] == lines.metal[i, 1]:
        lots.var[k] += brings
    lots.basis[k] = max(lots.basis[k], basis)
    lots.defaults[k] |= defaults
    lots.doubtful[k] = lots.doubtful[k] or rests.doubtful[i]
    rests.doubtful[i] = lots.doubtful[k]


@compiled_pass
def _count(i: int, k: int, lines: Lines, rests: Rests, lots: _Lots) -> None:
    both = lines.metal_u[i] ** 2
    rests.doubtful[i] = lots.doubtful[k]
    rests.basis[i] = max(lots.basis[k], lines.mass_basis[i])
    rests.defaults[i] = lots.defaults[k] | lines.mass_defaults[i]
    if both == 0 and lines.metal[i, 0] == 0 and lines.metal[i, 1] == 0 and lots.var[k] > 0:
        # Nobody could say what was there: the book stays as it is.
        rests.share[i] = -1.0
        return
    if lines.metal[i, 0] == lines.metal[i, 1]:
        rests.own[i] = max(both - lots.var[k], 0.0) if both == both else math.nan
    lots.var[k] = rests.own[i]


@compiled_pass
def _forward(lines: Lines, rests: Rests, lots: _Lots, into: _Events) -> None:
    for i in range(lines.side.size):
        side, e, k = lines.side[i], lines.event[i], lines.lot[i]
        if k >= 0:
            rests.before[i] = lots.var[k]
        if side == _IN:
            _draw(i, k, e, lines, rests, lots, into)
        elif side in (_OUT, _LOSS):
            _put(i, k, e, lines, rests, lots, into)
        elif side == _COUNT:
            _count(i, k, lines, rests, lots)
        else:
            rests.basis[i], rests.defaults[i] = lots.basis[k], lots.defaults[k]
            rests.doubtful[i] = lots.doubtful[k]
        if k >= 0:
            rests.after[i] = lots.var[k]


def rest_on(lines: Lines, n_lots: int, n_events: int) -> Rests:
    """Return what each line rests on; doubt begins with the draw of what was not there."""
    n = lines.side.size
    rests = Rests(
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.bool_),
    )
    lots = _Lots(
        np.zeros(n_lots),
        np.zeros(n_lots, np.int64),
        np.zeros(n_lots, np.int64),
        np.zeros(n_lots, np.bool_),
    )
    into = _Events(
        np.zeros(n_events),
        np.zeros(n_events),
        np.zeros(n_events, np.int64),
        np.zeros(n_events, np.int64),
        np.zeros(n_events, np.bool_),
    )
    _forward(lines, rests, lots, into)
    return rests


@compiled_pass
def _added(sensitivity: float, variance: float) -> float:
    if abs(sensitivity) < _NOTHING:
        return 0.0
    return sensitivity * sensitivity * variance


@compiled_pass
def _backward(
    start: int,
    stop: int,
    rows: np.ndarray,
    weight: np.ndarray,
    lines: Lines,
    rests: Rests,
    of_lot: np.ndarray,
    of_event: np.ndarray,
) -> float:
    """Return the variance of one sum; ``of_lot`` and ``of_event`` are zero before and after."""
    total = 0.0
    for place in range(stop - 1, start - 1, -1):
        i = rows[place]
        side, e, k = lines.side[i], lines.event[i], lines.lot[i]
        if side == _IN:
            taken = weight[i] + of_event[e]
            total += _added(taken - of_lot[k], rests.own[i])
            of_lot[k] = taken * rests.share[i] + of_lot[k] * (1 - rests.share[i])
        elif side in (_OUT, _LOSS):
            given = weight[i]
            if k >= 0:
                given += of_lot[k]
            total += _added(given, rests.own[i])
            if lines.inherits[i]:
                of_event[e] += given * rests.share[i]
        elif side == _COUNT and rests.share[i] >= 0:
            total += _added(weight[i] + of_lot[k], rests.own[i])
            of_lot[k] = -weight[i]
    for place in range(start, stop):
        i = rows[place]
        k = lines.lot[i]
        of_event[lines.event[i]] = 0.0
        if k >= 0:
            total += _added(of_lot[k], rests.before[i])
            of_lot[k] = 0.0
    return total


@compiled_pass
def _variances(
    cell: np.ndarray,
    rows: np.ndarray,
    weight: np.ndarray,
    lines: Lines,
    rests: Rests,
    found: np.ndarray,
    of_lot: np.ndarray,
    of_event: np.ndarray,
) -> None:
    start = 0
    for place in range(1, rows.size + 1):
        if place == rows.size or cell[place] != cell[start]:
            found[cell[start]] = _backward(
                start, place, rows, weight, lines, rests, of_lot, of_event
            )
            start = place


class InCells(NamedTuple):
    """Lines by cell, in acting order within each: the cells and the places of the lines."""

    cell: np.ndarray
    rows: np.ndarray
    n_cells: int


def in_cells(cell: np.ndarray, n_cells: int) -> InCells:
    """Sort lines by cell; ``cell`` is int64[n], -1 for lines of none."""
    rows = np.flatnonzero(cell >= 0)
    rows = rows[np.argsort(cell[rows], kind="stable")]
    return InCells(cell[rows], rows, n_cells)


def variances(
    cells: InCells, weight: np.ndarray, lines: Lines, rests: Rests, n_lots: int
) -> np.ndarray:
    """Return the variance of the weighted sum of the lines of each cell, float64[n_cells].

    ``weight`` is float64[n], of the order of one.
    """
    found = np.zeros(cells.n_cells)
    if cells.rows.size:
        n_events = int(lines.event.max()) + 1
        scratch = np.zeros(n_lots), np.zeros(n_events)
        _variances(cells.cell, cells.rows, weight, lines, rests, found, *scratch)
    return found
