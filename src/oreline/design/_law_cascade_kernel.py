"""The stages of many cascades, one after the other: what `_law_cascade_stages` does, compiled.

For each sample by itself, so that none depends on what is solved beside it.
"""

from __future__ import annotations

import numpy as np

from oreline.design._jit import compiled
from oreline.design._law_inputs import Floats

_TRACE = 1e-30
"""The least mole fraction carried: below it a metal is not there."""


@compiled
def _inverse(matrix: Floats, into: Floats) -> None:
    """Invert a small matrix by Gauss and Jordan with pivots of rows; ``matrix`` is used up."""
    size = matrix.shape[0]
    for i in range(size):
        for j in range(size):
            into[i, j] = 1.0 if i == j else 0.0
    for column in range(size):
        best = column
        for i in range(column + 1, size):
            if abs(matrix[i, column]) > abs(matrix[best, column]):
                best = i
        if best != column:
            for j in range(size):
                matrix[column, j], matrix[best, j] = matrix[best, j], matrix[column, j]
                into[column, j], into[best, j] = into[best, j], into[column, j]
        scale = 1.0 / matrix[column, column]
        for j in range(size):
            matrix[column, j] *= scale
            into[column, j] *= scale
        for i in range(size):
            if i != column and matrix[i, column] != 0.0:
                factor = matrix[i, column]
                for j in range(size):
                    matrix[i, j] -= factor * matrix[column, j]
                    into[i, j] -= factor * into[column, j]


@compiled
def _balances(
    x: Floats,
    z: Floats,
    strength: Floats,
    scrub: int,
    solvent: float,
    returned: float,
    leaving: Floats,
    load: Floats,
    organic: Floats,
    right: Floats,
) -> float:
    """Fill in loads, organic flows and what each balance lacks; return the worst of it."""
    stages, metals = x.shape
    for i in range(stages):
        load[i] = 0.0
        for k in range(metals):
            load[i] += x[i, k] * strength[k]
        for k in range(metals):
            organic[i, k] = solvent * x[i, k] * strength[k] / load[i]
    worst = 0.0
    for i in range(stages):
        for k in range(metals):
            miss = -leaving[i] * x[i, k] - organic[i, k]
            miss += organic[i + 1, k] if i + 1 < stages else 0.0
            miss += leaving[i - 1] * x[i - 1, k] if i > 0 else returned * organic[0, k]
            miss += z[k] if i == scrub else 0.0
            worst = max(worst, abs(miss))
            right[i, k] = -miss
    return worst


@compiled
def _eliminated(
    strength: Floats,
    solvent: float,
    returned: float,
    inertia: float,
    leaving: Floats,
    load: Floats,
    organic: Floats,
    right: Floats,
    inverses: Floats,
    pivot: Floats,
) -> None:
    """Eliminate stage after stage: the inverse of each pivot, and the right side with it.

    The slope of a stage's organic phase is ``solvent diag(s/load) - organic (s/load)'``: what is
    multiplied by it takes few steps.
    """
    stages, metals = organic.shape
    for i in range(stages):
        back = 1.0 - returned if i == 0 else 1.0
        for j in range(metals):
            for k in range(metals):
                pivot[j, k] = back * organic[i, j] * strength[k] / load[i]
            pivot[j, j] -= leaving[i] + inertia + back * solvent * strength[j] / load[i]
        if i > 0:
            for j in range(metals):
                along, moved = 0.0, 0.0
                for k in range(metals):
                    along += inverses[i - 1, j, k] * organic[i, k]
                    moved += inverses[i - 1, j, k] * right[i - 1, k]
                right[i, j] -= leaving[i - 1] * moved
                for k in range(metals):
                    carried = solvent * inverses[i - 1, j, k] - along
                    pivot[j, k] -= leaving[i - 1] * carried * strength[k] / load[i]
        _inverse(pivot, inverses[i])


@compiled
def _substituted(
    strength: Floats,
    solvent: float,
    load: Floats,
    organic: Floats,
    right: Floats,
    inverses: Floats,
    step: Floats,
) -> float:
    """Find the step of every stage from the last to the first; return the largest."""
    stages, metals = organic.shape
    change = 0.0
    for i in range(stages - 1, -1, -1):
        if i + 1 < stages:
            along = 0.0
            for k in range(metals):
                along += strength[k] / load[i + 1] * step[i + 1, k]
            for j in range(metals):
                right[i, j] -= solvent * strength[j] / load[i + 1] * step[i + 1, j]
                right[i, j] += organic[i + 1, j] * along
        for j in range(metals):
            step[i, j] = 0.0
            for k in range(metals):
                step[i, j] += inverses[i, j, k] * right[i, k]
            change = max(change, abs(step[i, j]))
    return change


@compiled
def _stepped(x: Floats, step: Floats) -> None:
    """Take the step, and let the fractions of each stage sum to one again."""
    stages, metals = x.shape
    for i in range(stages):
        total = 0.0
        for k in range(metals):
            x[i, k] = max(x[i, k] + step[i, k], _TRACE)
            total += x[i, k]
        for k in range(metals):
            x[i, k] /= total


@compiled
def settle(
    z: Floats,
    strength: Floats,
    scrub: int,
    solvent: Floats,
    extract: Floats,
    x: Floats,
    pace_first: float,
    tolerance: float,
    rounds_max: int,
) -> int:
    """Settle the aqueous fractions ``x`` (samples, stages, metals) in place, from what they are.

    Returns how many samples did not settle. Stages settle by implicit time steps that lengthen
    while little changes, and end as Newton's.
    """
    samples, stages, metals = x.shape
    organic, right = np.empty((stages, metals)), np.empty((stages, metals))
    step, load = np.empty((stages, metals)), np.empty(stages)
    leaving, pivot = np.empty(stages), np.empty((metals, metals))
    inverses = np.empty((stages, metals, metals))
    failed = 0
    for s in range(samples):
        returned = (solvent[s] - extract[s]) / solvent[s]
        for i in range(stages):
            leaving[i] = solvent[s] - extract[s] + (1.0 if i + 1 > scrub else 0.0)
        leaving[stages - 1] = 1.0 - extract[s]
        pace, done = pace_first, False
        for _ in range(rounds_max):
            worst = _balances(
                x[s], z[s], strength[s], scrub, solvent[s], returned, leaving, load, organic, right
            )
            done = worst <= tolerance * (solvent[s] + 1.0)
            # One more step, without inertia, takes what is left of the error with it.
            inertia = 0.0 if done else 1.0 / pace
            _eliminated(
                strength[s], solvent[s], returned, inertia, leaving, load, organic, right, inverses,
                pivot,
            )  # fmt: skip
            change = _substituted(strength[s], solvent[s], load, organic, right, inverses, step)
            _stepped(x[s], step)
            pace *= 2.0 if change < 0.1 else 1.0 if change < 0.3 else 0.5
            if done:
                break
        failed += 0 if done else 1
    return failed
