"""A convex quadratic programme with a diagonal, solved by an interior point.

HiGHS's solver for quadratic programmes stops with an error, calls a wrong point optimal or does not
end on BEA's 402 industries and on small networks of arcs (1.15.1); this one ends with its
residuals, and tests compare it with HiGHS where both work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oreline.stress._model_arrays import Floats

_ITERATIONS = 60
_STARTS = (1e-2, 1.0, 1e-4, 10.0)
"""Sizes of the first slacks and prices: from one of them steps stay long."""
_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """The point that was found; ``residual`` is the largest of its optimality conditions."""

    x: Floats
    residual: float
    is_optimal: bool


def least_within(
    weight: Floats,
    line: Floats,
    rows: Floats,
    low: Floats,
    high: Floats,
    least: Floats,
    most: Floats,
) -> Quadratic:
    """Return the x that makes sum weight x^2 + line x least.

    It has low <= rows x <= high and least <= x <= most. Mehrotra's predictor and corrector on the
    slacks of all bounds (Nocedal and Wright, Numerical Optimization, 2nd ed., chapter 16.6).
    Weights are not below zero; the objective is scaled by their mean.
    """
    unit = weight.mean()
    scaled, line = 2 * weight / unit, line / unit
    bounds = np.concatenate([most, -least, high, -low])
    found = Quadratic(np.zeros(weight.size), np.inf, is_optimal=False)
    for start in _STARTS:
        found = _from(start, scaled, line, rows, bounds)
        if found.is_optimal:
            break
    return found


def _from(start: float, scaled: Floats, line: Floats, rows: Floats, bounds: Floats) -> Quadratic:
    from scipy.linalg import lapack

    size = scaled.size

    def spread(x: Floats) -> Floats:
        inner = rows @ x
        return np.concatenate([x, -x, inner, -inner])

    def gathered(y: Floats) -> Floats:
        a, b, c, d = y[:size], y[size : 2 * size], *np.split(y[2 * size :], 2)
        return np.asarray(a - b + rows.T @ (c - d))

    x = np.zeros(size)
    slack = np.maximum(bounds, start)
    price = np.full(bounds.size, start)
    # Past what rounding allows, prices swing while x stands still: the best point is kept.
    best, least = x, np.inf
    for _ in range(_ITERATIONS):
        dual = scaled * x + line + gathered(price)
        primal = spread(x) + slack - bounds
        gap = float(slack @ price) / slack.size
        residual = max(float(np.abs(dual).max()), float(np.abs(primal).max()), gap)
        if residual < least:
            best, least = x, residual
        if least < _TOLERANCE:
            break
        ratio = price / slack
        ends = ratio[:size] + ratio[size : 2 * size]
        first, second = np.split(ratio[2 * size :], 2)
        matrix = (rows.T * (first + second)) @ rows
        matrix[np.diag_indices(size)] += scaled + ends
        # LU, not Cholesky: near the end rounding can make a pivot negative, and that does no harm.
        factor, pivots, is_singular = lapack.dgetrf(matrix)
        if is_singular:
            break

        def step(centre: Floats) -> tuple[Floats, Floats, Floats]:
            right = -dual - gathered(ratio * primal - centre / slack)  # noqa: B023
            dx, _ = lapack.dgetrs(factor, pivots, right)  # noqa: B023
            ds = -primal - spread(dx)  # noqa: B023
            return dx, ds, np.asarray(-(centre + price * ds) / slack)  # noqa: B023

        _, ds, dp = step(slack * price)
        reach = min(_reach(slack, ds), _reach(price, dp))
        after = float((slack + reach * ds) @ (price + reach * dp)) / slack.size
        centre = slack * price + ds * dp - (after / gap) ** 3 * gap
        dx, ds, dp = step(centre)
        reach = 0.995 * min(_reach(slack, ds), _reach(price, dp))
        x, slack, price = x + reach * dx, slack + reach * ds, price + reach * dp
    return Quadratic(best, least, least < 1e-6)


def _reach(value: Floats, step: Floats) -> float:
    """Return how far along a step, at most 1, values stay above zero."""
    falls = step < 0
    return float(min(1.0, np.min(-value[falls] / step[falls], initial=1.0)))
