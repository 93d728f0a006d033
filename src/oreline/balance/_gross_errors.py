"""Tests for gross errors, and the search for the measurement that is wrong.

A gross error that is reconciled is spread over all streams and looks like many small ones. So it is
looked for first: the global test asks whether all measurements together agree, the measurement
tests which one the balances pull at most. While a test fails, the measurement with the largest
statistic is taken out and all is done anew (serial elimination; Narasimhan and Jordache, Data
Reconciliation and Gross Error Detection, 2000, chapters 7 and 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.special import chdtrc, chdtri, ndtri

from oreline.balance._classify import Classes, classify
from oreline.balance._estimate import Estimate, Values, estimate
from oreline.balance._factor import Floats
from oreline.balance._layout import Layout, equations
from oreline.balance._network import DRY, Network, is_absent
from oreline.balance._reconciliation import GlobalTest, NodeTest, Suspect

SUSPECTS_MAX = 10
"""How many measurements are taken out in the search for what is wrong."""
ALTERNATIVES_MAX = 10
"""How many other explanations are named with a suspect."""
_TIE = 1e-6


@dataclass(frozen=True, slots=True)
class Outcome:
    """An estimate with its classes and tests."""

    layout: Layout
    classes: Classes
    found: Estimate | None
    overall: GlobalTest
    critical: float | None

    @property
    def is_failed(self) -> bool:
        """Return whether any test says that there is a gross error."""
        return self.overall.is_exceeded or self.worst is not None

    @property
    def worst(self) -> int | None:
        """Return the measurement furthest beyond what it may be, None if all pass."""
        if self.found is None or self.critical is None:
            return None
        number = int(np.argmax(self.statistic))
        return number if self.statistic[number] > self.critical else None

    @property
    def statistic(self) -> Floats:
        """Return the statistic of every redundant measurement, 0 elsewhere."""
        assert self.found is not None
        return np.where(self.classes.redundant, self.found.statistic, 0.0)


def values_of(network: Network, layout: Layout) -> Values:
    """Return the measurements of a network over the unknowns of its layout."""
    y, total = np.zeros(layout.size), np.zeros(layout.size)
    place = {name: at for at, name in enumerate(layout.streams)}
    block = {DRY: 0, **{name: 1 + at for at, name in enumerate(layout.analytes)}}
    number = {}
    for quantity, measurement, _ in network.measured():
        at = block[quantity.what] * layout.n_streams + place[quantity.stream]
        number[quantity] = at
        y[at] = measurement.value
        total[at] = 0.0 if is_absent(quantity, measurement) else measurement.u**2
    row, column, part = [], [], []
    for error, shared in enumerate(network.shared):
        for quantity, u in shared.parts.items():
            row.append(number[quantity])
            column.append(error)
            part.append(u)
    shape = (layout.size, len(network.shared))
    parts = sp.csc_array((np.array(part, np.float64), (row, column)), shape)
    own = np.maximum(total - parts.power(2).sum(axis=1), 0.0)
    return Values(y, own, parts)


def outcome_of(layout: Layout, values: Values, confidence: float) -> Outcome:
    """Estimate and test."""
    classes = classify(layout)
    known = layout.measured | classes.observable
    found = estimate(layout, values, classes.pinned, known)
    if found is None:
        return Outcome(layout, classes, None, GlobalTest(0.0, 0, 0.0, 1.0), None)
    freedom = found.freedom
    if freedom > 0:
        critical = float(chdtri(freedom, 1 - confidence))
        overall = GlobalTest(found.chi2, freedom, critical, float(chdtrc(freedom, found.chi2)))
    else:
        overall = GlobalTest(found.chi2, 0, 0.0, 1.0)
    count = int(classes.redundant.sum())
    return Outcome(
        layout, classes, found, overall, critical_statistic(confidence, count) if count else None
    )


def critical_statistic(confidence: float, tests: int) -> float:
    """Return what |z| may be when the largest of several is looked at (Sidak's inequality).

    >>> round(critical_statistic(0.95, 1), 3), round(critical_statistic(0.95, 10), 3)
    (1.96, 2.8)
    """
    each = -np.expm1(np.log(confidence) / tests)
    return float(-ndtri(each / 2))


def without(layout: Layout, values: Values, number: int) -> tuple[Layout, Values]:
    """Return layout and values as if a quantity had not been measured."""
    measured = layout.measured.copy()
    measured[number] = False
    keep = np.ones(layout.size)
    keep[number] = 0.0
    shared = sp.csc_array(sp.diags_array(keep) @ values.shared)
    return replace(layout, measured=measured), Values(values.y, values.own * keep, shared)


def search(first: Outcome, values: Values, confidence: float) -> tuple[Suspect, ...]:
    """Take out one measurement after the other until all tests pass."""
    suspects: list[Suspect] = []
    now, u = first, np.sqrt(values.variance())
    while now.found is not None and now.is_failed and len(suspects) < SUSPECTS_MAX:
        statistic = now.statistic
        if not statistic.max() > 0:
            break
        # Of those that cannot be told apart, the first as the streams are written.
        number = int(np.flatnonzero(statistic >= statistic.max() * (1 - _TIE))[0])
        layout, left = without(now.layout, values, number)
        after = outcome_of(layout, left, confidence)
        value = None
        if after.found is not None and after.classes.observable[number]:
            value = float(after.found.x[number])
        critical = now.critical
        assert critical is not None
        suspects.append(
            Suspect(
                layout.quantity(number),
                float(values.y[number]),
                float(u[number]),
                float(statistic[number]),
                critical,
                value,
                _alternatives(now, number, confidence),
                after.overall.chi2,
                after.overall.freedom,
                after.found is not None and not after.is_failed,
            )
        )
        now, values = after, left
    return tuple(suspects)


def _alternatives(now: Outcome, number: int, confidence: float) -> tuple[tuple[Any, float], ...]:
    """Return what else explains the contradiction: without it too the global test would pass.

    To first order, chi-square falls by the square of a measurement's statistic when it is taken
    out.
    """
    statistic = now.statistic
    freedom = now.overall.freedom - 1
    allowed = float(chdtri(freedom, 1 - confidence)) if freedom > 0 else 0.0
    rest = now.overall.chi2 - statistic**2
    does = rest <= max(allowed, 1e-6 * now.overall.chi2)
    does |= statistic >= statistic[number] * (1 - _TIE)
    does[number] = False
    # What cannot be told apart stays in the order in which the streams are written.
    share = np.round(statistic / statistic[number], 6)
    ranked = sorted(np.flatnonzero(does).tolist(), key=lambda at: (-share[at], at))
    return tuple(
        (now.layout.quantity(at), float(statistic[at])) for at in ranked[:ALTERNATIVES_MAX]
    )


def node_tests(layout: Layout, values: Values, confidence: float) -> tuple[NodeTest, ...]:
    """Test the imbalance of every node as measured, where every leg of it is."""
    n, kept = layout.n_streams, layout.kept.size
    known = layout.measured | layout.absent
    found = equations(layout, np.where(known, values.y, 0.0))
    rows = kept * (1 + len(layout.balanced))
    slope = sp.csr_array(found.slope)[:rows]
    own = slope.power(2) @ values.own
    variance = own + (slope @ values.shared).power(2).sum(axis=1)
    at = abs(layout.incidence)
    unweighed = at @ (~known[:n] * 1.0) > 0
    whats, testable = [DRY], [~unweighed]
    for analyte in layout.balanced:
        whats.append(layout.analytes[analyte])
        missing = at @ (~layout.grades(known, analyte) * 1.0) > 0
        testable.append(~unweighed & ~missing)
    can = np.concatenate(testable) & (variance > 0)
    critical = critical_statistic(confidence, int(can.sum())) if can.any() else None
    tests = []
    for place, what in enumerate(whats):
        for row, node in enumerate(layout.kept.tolist()):
            number = place * kept + row
            if not can[number]:
                tests.append(NodeTest(layout.nodes[node], what, None, None, None, None))
                continue
            value, u = float(found.value[number]), float(np.sqrt(variance[number]))
            tests.append(NodeTest(layout.nodes[node], what, value, u, abs(value) / u, critical))
    return tuple(tests)


def left_out(layout: Layout, values: Values, numbers: Sequence[int]) -> tuple[Layout, Values]:
    """Return layout and values without several quantities."""
    for number in numbers:
        layout, values = without(layout, values, number)
    return layout, values
