"""Weighted least squares under equations that hold exactly.

Sought is the point that fulfils all equations and is nearest to what was measured, distances
counted in uncertainties: min (x - y)' V^-1 (x - y) with f(x) = 0. The equations are made linear at
the last point, solved, and so on until nothing moves: x = y - V A' (A V A')^-1 (f + A (y - x)), and
cov x = V - V A' (A V A')^-1 A V (Kuehn and Davidson, Chemical Engineering Progress 57, 1961). Where
it stops, the conditions of the problem itself hold, not of an approximation.

What was not measured gets a spread so wide that it decides nothing, and is centred anew at every
step. Its grades are carried as metal, in which the equations are linear.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from oreline.balance._factor import Factor, Floats, Ints, Inverse, Matrix, Order, factored, order_of
from oreline.balance._layout import Equations, Flags, Layout, equations

ROUNDS_MAX = 100
"""How often the equations are made linear before it is said that no answer was found."""
ROUNDS_IN_ALL = 1000
ROUGHLY = 1e-3
SETTLED = 1e-11
STALLED = 1e-5
"""How little a value may move, of its size and its uncertainty, to count as found: at once, and
where rounding keeps it from moving less."""
_WIDE = 30.0
_FIT = 300.0
_FITTED = 6
_LEAST = 1e-6
_SMALL = 1e-3
_RESTORED = 2
_RIDGES = (0.0, 1e-13, 1e-11)
_KEPT = 1e-200


@dataclass(frozen=True, slots=True)
class Values:
    """What was measured, over all unknowns of a layout.

    ``own`` is the variance that a measurement has for itself, ``shared`` [unknowns, errors] the
    parts of errors that several have in common: V = diag(own) + shared shared'.
    """

    y: Floats
    own: Floats
    shared: Matrix

    def variance(self) -> Floats:
        """Return the whole variance of each measurement."""
        return self.own + self.shared.power(2).sum(axis=1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where the least squares stopped.

    Attributes
    ----------
    x, variance
        Value and variance of every unknown; meaningless where it is not observable.
    statistic
        |test statistic| of each measurement: by how many of its own standard deviations the
        equations pull at it (the test of maximum power of Tamhane and Mah, Technometrics 27, 1985).
    chi2, freedom
        The weighted sum of squares, and the rank of the equations between measurements alone.
    at_zero
        Unknowns held at zero, because they would be negative.
    imbalance
        The largest rest of an equation, of the largest of its terms.
    """

    x: Floats
    variance: Floats
    statistic: Floats
    chi2: float
    freedom: int
    at_zero: Ints
    rounds: int
    imbalance: float


def estimate(layout: Layout, values: Values, pinned: Ints, known: Flags) -> Estimate | None:
    """Find the estimate; None if the rounds do not settle.

    ``known`` are the unknowns that are measured or observable.
    """
    search = _Search(layout, values, pinned, known)
    x, rounds = search.x, 0
    at_zero: list[int] = []
    released: set[int] = set()
    while rounds < ROUNDS_IN_ALL:
        found = search.settle(x, np.array(at_zero, np.int64), settled=ROUGHLY)
        if found is None:
            return None
        rounds += found[2]
        negative = np.flatnonzero((found[0] < -1e-9 * search.size) & known)
        if not negative.size:
            found = search.settle(found[0], np.array(at_zero, np.int64), settled=SETTLED)
            if found is None:
                return None
            rounds += found[2]
            negative = np.flatnonzero((found[0] < -1e-9 * search.size) & known)
        x, multiplier, _ = found
        pushed = [v for v in at_zero if multiplier[v] > 0 and v not in released]
        if negative.size:
            bound = _bound_next(negative, x / search.size, layout.n_streams)
            at_zero = sorted({*at_zero, *bound})
            x[bound] = 0.0
        elif pushed:
            released.update(pushed)
            at_zero = [v for v in at_zero if v not in pushed]
        else:
            x[at_zero] = 0.0
            return search.finish(x, np.array(at_zero, np.int64), rounds)
    return None


def _bound_next(negative: Ints, size: Floats, n_streams: int) -> list[int]:
    """Return what is held at zero next: of masses one, because others hang on it; all grades."""
    masses = negative[negative < n_streams]
    if masses.size:
        return [int(masses[np.argmin(size[masses])])]
    found: list[int] = negative.tolist()
    return found


def _start(layout: Layout, values: Values) -> Floats:
    """Return where to begin: measured values, balanced masses, mean grades."""
    n = layout.n_streams
    known = layout.measured | layout.absent
    x = np.where(layout.measured, values.y, 0.0)
    mass = layout.masses(x)
    measured = layout.masses(layout.measured)
    typical = float(mass[measured].max()) if measured.any() else 1.0
    typical = typical or 1.0
    var = np.where(measured, layout.masses(values.variance()), (10 * typical) ** 2)
    begin = np.where(measured, mass, typical / 10)
    b = layout.incidence
    factor = factored(sp.csc_array(b @ sp.diags_array(var) @ b.T), ridge=1e-9) if b.nnz else None
    if factor is not None:
        begin = begin - var * (b.T @ factor.solve(b @ begin))
    x[:n] = np.where(measured, mass, np.maximum(np.abs(begin), 1e-3 * typical))
    for analyte in range(len(layout.analytes)):
        part = slice((1 + analyte) * n, (2 + analyte) * n)
        have = layout.measured[part]
        mean = float(x[part][have].mean()) if have.any() else 1.0
        x[part] = np.where(known[part], x[part], mean or 1.0)
    return x


@dataclass(frozen=True, slots=True)
class _Spread:
    rows: Ints
    factor: Factor
    inverse: Inverse
    variance: Floats


class _Search:
    """The search for one estimate; keeps the order of elimination from round to round."""

    def __init__(self, layout: Layout, values: Values, pinned: Ints, known: Flags) -> None:
        self.layout, self.values, self.known = layout, values, known
        self.x = x = _start(layout, values)
        self.variance = values.variance()
        self.free = ~(layout.measured | layout.absent)
        self.free[pinned] = False
        self.held = layout.absent.copy()
        self.held[pinned] = True
        n = layout.n_streams
        size = np.zeros(layout.size)
        for block in range(1 + len(layout.analytes)):
            part = slice(block * n, (block + 1) * n)
            size[part] = max(float(np.abs(x[part]).max(initial=0.0)), 1e-300)
        self.size = size
        self.reach = np.zeros(layout.size)
        self._orders: dict[bytes, Order] = {}

    def settle(
        self, x: Floats, at_zero: Ints, *, settled: float
    ) -> tuple[Floats, Floats, int] | None:
        """Return the point where nothing moves, the multipliers of bounds, and the rounds."""
        spread = np.maximum(np.sqrt(self.variance), _SMALL * self.size)
        least = math.inf
        for rounds in range(1, ROUNDS_MAX + 1):
            taken = self._step(x, at_zero)
            if taken is None:
                return None
            after, multiplier = taken
            # What nothing gives may drift, as long as what is known stays.
            step = np.abs(after - x) / np.maximum(np.abs(after), spread)
            moved = float(step[self.known].max(initial=0.0))
            x = after
            # What is left of a movement that does not become less is rounding.
            if moved < settled:
                return (self._restored(x, at_zero) if settled == SETTLED else x), multiplier, rounds
            if least < STALLED and moved > least / 4:
                return self._restored(x, at_zero), multiplier, rounds
            least = min(least, moved)
        return None

    def _restored(self, x: Floats, at_zero: Ints) -> Floats:
        """Return the point nearest to one that nearly fulfils the equations."""
        for _ in range(_RESTORED):
            taken = self._step(x, at_zero, restoring=True)
            assert taken is not None
            x = taken[0]
        return x

    def _step(
        self, x: Floats, at_zero: Ints, *, restoring: bool = False
    ) -> tuple[Floats, Floats] | None:
        layout, n = self.layout, self.layout.n_streams
        change, u = self._as_metal(x)
        found = equations(layout, x)
        slope = _with_bounds(sp.csc_array(found.slope @ change), at_zero)
        value = np.concatenate([found.value, u[at_zero]])
        center = u if restoring else np.where(layout.measured, self.values.y, u)
        # Where nothing flows, no metal does.
        still = np.tile(np.isin(np.arange(n), at_zero), 1 + len(layout.analytes)) & self.free
        still[:n] = False
        own = np.where(still, 0.0, self._own(u))
        square = self._square(slope, own)
        rows = np.flatnonzero(square.diagonal() > _KEPT * 10)
        factor = self._factored(sp.csc_array(square[rows][:, rows]))
        if factor is None:
            return None
        right = value + slope @ (center - u)
        pull = np.zeros(right.size)
        pull[rows] = factor.solve(right[rows])
        force = slope.T @ pull
        after = center - own * force - self.values.shared @ (self.values.shared.T @ force)
        for block in range(1, 1 + len(layout.analytes)):
            part = slice(block * n, (block + 1) * n)
            flows = np.abs(after[:n]) > 1e-12 * self.size[:n]
            grade = 100 * after[part] / np.where(flows, after[:n], 1.0)
            after[part] = np.where(self.free[part], np.where(flows, grade, x[part]), after[part])
        multiplier = np.zeros(layout.size)
        multiplier[at_zero] = pull[found.value.size :]
        return after, multiplier

    def _own(self, u: Floats) -> Floats:
        # Where it was large once it may be again: a reach that shrinks would hold it where it is.
        self.reach = np.maximum(self.reach, np.abs(u))
        wide = (_WIDE * np.maximum(self.reach, _LEAST * self.size)) ** 2
        return np.where(self.free, wide, np.where(self.held, 0.0, self.values.own))

    def _as_metal(self, x: Floats) -> tuple[Matrix, Floats]:
        """Return the derivatives of unknowns by those with metal for unmeasured grades."""
        n, q = self.layout.n_streams, len(self.layout.analytes)
        mass = np.where(np.abs(x[:n]) > 1e-12 * self.size[:n], x[:n], 1e-12 * self.size[:n])
        number = np.arange(x.size)
        of_grade = np.flatnonzero(self.free & (number >= n))
        stream = of_grade % n
        diagonal, u = np.ones(x.size), x.copy()
        diagonal[of_grade] = 100 / mass[stream]
        u[of_grade] = x[of_grade] * mass[stream] / 100
        row = np.concatenate([number, of_grade])
        column = np.concatenate([number, stream])
        data = np.concatenate([diagonal, -x[of_grade] / mass[stream]])
        assert q or not of_grade.size
        return sp.csc_array((data, (row, column)), (x.size, x.size)), u

    def _square(self, slope: Matrix, own: Floats) -> Matrix:
        """Return A V A' with every entry that its inverse will be asked for."""
        shared = self.values.shared
        across = slope @ shared
        square = slope @ sp.diags_array(own) @ slope.T + across @ across.T
        shape = abs(slope.sign())
        if shared.shape[1]:
            both = abs(shared.sign())
            near = sp.eye_array(own.size) + both @ both.T
            shape = shape @ near
            pattern = shape @ shape.T
        else:
            pattern = shape @ shape.T
        return sp.csc_array(square + _KEPT * pattern)

    def _factored(self, square: Matrix) -> Factor | None:
        key = square.indptr.tobytes() + square.indices.tobytes()
        if key not in self._orders:
            self._orders = {key: order_of(square)}
        for ridge in _RIDGES:
            factor = factored(square, self._orders[key], ridge)
            if factor is not None:
                return factor
        return None

    def finish(self, x: Floats, at_zero: Ints, rounds: int) -> Estimate | None:
        """Return the estimate at the point found, with all variances and tests."""
        layout = self.layout
        found = equations(layout, x)
        slope = _with_bounds(found.slope, at_zero)
        spread = self._spread(slope, x)
        if spread is None:
            return None
        kept = sp.csc_array(slope[spread.rows])
        center = np.where(layout.measured, self.values.y, x)
        right = np.concatenate([found.value, x[at_zero]]) + slope @ (center - x)
        force = kept.T @ spread.factor.solve(right[spread.rows])
        expected = spread.inverse.quadratic_forms(kept)
        tested = layout.measured & (expected > 0)
        statistic = np.zeros(x.size)
        statistic[tested] = np.abs(force[tested]) / np.sqrt(expected[tested])
        of_measured = self._square(kept, np.where(layout.measured, self.values.own, 0.0))
        return Estimate(
            x=x,
            variance=spread.variance,
            statistic=statistic,
            chi2=float(((center - x) * force)[layout.measured].sum()),
            freedom=round(spread.inverse.trace_with(of_measured)),
            at_zero=at_zero,
            rounds=rounds,
            imbalance=_imbalance(layout, x, found),
        )

    def _spread(self, slope: Matrix, x: Floats) -> _Spread | None:
        """Return the variances of all unknowns and the inverse that they came from.

        What was not measured needs a spread so wide that it decides nothing, and no wider: its
        variance is what is left when nearly all of that is taken away. So the spread is fitted to
        what is found, and its small share in that is taken out again.
        """
        self.reach = np.zeros(x.size)
        own = self._own(x)
        wanted = self.free & self.known
        found = None
        for _ in range(_FITTED):
            square = self._square(slope, own)
            rows = np.flatnonzero(square.diagonal() > _KEPT * 10)
            factor = self._factored(sp.csc_array(square[rows][:, rows]))
            if factor is None:
                return found
            inverse = factor.inverse()
            after = self._variances(inverse, sp.csc_array(slope[rows]), own)
            share = np.where(wanted, after / own.clip(1e-300), 0.0)
            found = _Spread(rows, factor, inverse, after / (1 - share.clip(max=0.5)))
            is_fit = (share > _FIT**-2 / 20) & (share < _FIT**-2 * 20)
            if np.all(is_fit | ~wanted):
                break
            fitted = np.where(share > 1e-9, _FIT**2 * after, own / _FIT**2)
            bounds = (1e-9 * self.size) ** 2, (1e4 * self.size) ** 2
            own = np.where(wanted, np.clip(fitted, *bounds), own)
        return found

    def _variances(self, inverse: Inverse, slope: Matrix, own: Floats) -> Floats:
        shared = self.values.shared
        before = own + shared.power(2).sum(axis=1)
        reached = slope @ sp.diags_array(own) + (slope @ shared) @ shared.T
        removed = inverse.quadratic_forms(sp.csc_array(reached))
        return np.maximum(before - removed, 0.0)


def _with_bounds(slope: Matrix, at_zero: Ints) -> Matrix:
    """Append one equation for each unknown that is held at zero."""
    if not at_zero.size:
        return slope
    ones = np.ones(at_zero.size)
    bounds = sp.csc_array(
        (ones, (np.arange(at_zero.size), at_zero)), (at_zero.size, slope.shape[1])
    )
    return sp.csc_array(sp.vstack([slope, bounds]))


def _imbalance(layout: Layout, x: Floats, found: Equations) -> float:
    """Return the largest rest of an equation, of the largest of its terms."""
    turned = abs(sp.csr_array(found.slope)) @ sp.diags_array(np.abs(x))
    largest = turned.max(axis=1).toarray().ravel()
    share = np.abs(found.value) / np.where(largest > 0, largest, 1.0)
    return float(share.max(initial=0.0))
