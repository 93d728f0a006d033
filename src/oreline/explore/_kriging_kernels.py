"""Compiled kernels of kriging: one small system for each block, solved by Cholesky.

The covariance matrix C of the samples around a block is positive definite, so that the ordinary
kriging system [C 1; 1' 0][w; mu] = [c; 1] falls into two triangular solves with one factor:
w = a - mu b with C a = c, C b = 1 and mu = (1'a - 1) / 1'b. A pivot that is lost in rounding says
that the system is singular, and which sample repeats the others.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from oreline.explore._jit import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def structured(kinds: Ints, sills: Floats, a: Floats, b: Floats) -> float:
    """Return the covariance of all structures between two places, without the nugget.

    The places are (structures, 3), in ranges of each structure.
    """
    total = 0.0
    for s in range(kinds.size):
        x = a[s, 0] - b[s, 0]
        y = a[s, 1] - b[s, 1]
        z = a[s, 2] - b[s, 2]
        square = x * x + y * y + z * z
        kind = kinds[s]
        if kind == 1:
            total += sills[s] * math.exp(-3.0 * math.sqrt(square))
        elif kind == 2:
            total += sills[s] * math.exp(-3.0 * square)
        elif square < 1.0:
            h = math.sqrt(square)
            if kind == 0:
                total += sills[s] * (1.0 - h * (1.5 - 0.5 * square))
            elif kind == 3:
                term = 7.0 - h * (8.75 - square * (3.5 - 0.75 * square))
                total += sills[s] * (1.0 - square * term)
            else:
                total += sills[s] * (1.0 - h * (1.875 - square * (1.25 - 0.375 * square)))
    return total


@compiled
def mean_covariance(kinds: Ints, sills: Floats, points: Floats) -> float:
    """Return the mean covariance within a block: of all ordered pairs of its points."""
    n = points.shape[0]
    total = 0.0
    for i in range(n):
        for j in range(n):
            total += structured(kinds, sills, points[i], points[j])
    return total / (n * n)


@compiled
def factor(c: Floats, n: int, tiny: float) -> int:
    """Factor the lower triangle of `c` in place; return -1, or the first row without a pivot."""
    for j in range(n):
        d = c[j, j]
        for k in range(j):
            d -= c[j, k] * c[j, k]
        if not d > tiny:
            return j
        root = math.sqrt(d)
        c[j, j] = root
        for i in range(j + 1, n):
            e = c[i, j]
            for k in range(j):
                e -= c[i, k] * c[j, k]
            c[i, j] = e / root
    return -1


@compiled
def solve(c: Floats, n: int, x: Floats) -> None:
    """Solve for one right-hand side in place, with the factor of :func:`factor`."""
    for i in range(n):
        e = x[i]
        for k in range(i):
            e -= c[i, k] * x[k]
        x[i] = e / c[i, i]
    for i in range(n - 1, -1, -1):
        e = x[i]
        for k in range(i + 1, n):
            e -= c[k, i] * x[k]
        x[i] = e / c[i, i]


@compiled
def in_order(near: Ints, distance: Floats, n: int) -> None:
    """Sort the samples of a row by their number, so that equal sets look alike."""
    for i in range(1, n):
        at, length = near[i], distance[i]
        j = i
        while j > 0 and near[j - 1] > at:
            near[j], distance[j] = near[j - 1], distance[j - 1]
            j -= 1
        near[j], distance[j] = at, length


@compiled
def fill_matrix(
    near: Ints, n: int, sample: Floats, nugget: float, kinds: Ints, sills: Floats, c: Floats
) -> None:
    """Write the lower triangle of the covariances of n samples; the nugget is of one alone."""
    total = nugget
    for s in range(sills.size):
        total += sills[s]
    for i in range(n):
        for j in range(i):
            c[i, j] = structured(kinds, sills, sample[near[i]], sample[near[j]])
        c[i, i] = total


@compiled
def fill_right(
    near: Ints,
    distance: Floats,
    n: int,
    place: Floats,
    sample: Floats,
    nugget: float,
    kinds: Ints,
    sills: Floats,
    right: Floats,
) -> None:
    """Write the covariances of n samples with the points of a block.

    A point (one place) at no distance from a sample is that sample, with its nugget.
    """
    points = place.shape[0]
    for i in range(n):
        e = 0.0
        for p in range(points):
            e += structured(kinds, sills, sample[near[i]], place[p])
        right[i] = e / points
        if points == 1 and distance[i] == 0.0:
            right[i] += nugget


@compiled
def weigh(c: Floats, right: Floats, n: int, is_simple: bool, ones: Floats, a: Floats) -> float:
    """Solve for the weights `a`, with the factor in `c`; return the Lagrange multiplier.

    `ones` holds the solution for a right-hand side of ones.
    """
    for i in range(n):
        a[i] = right[i]
    solve(c, n, a)
    if is_simple:
        return 0.0
    up = -1.0
    down = 0.0
    for i in range(n):
        up += a[i]
        down += ones[i]
    mu = up / down
    for i in range(n):
        a[i] -= mu * ones[i]
    return mu


@compiled
def krige_rows(
    near: Ints,
    distance: Floats,
    count: Ints,
    target: Floats,
    offset: Floats,
    sample: Floats,
    value: Floats,
    nugget: float,
    kinds: Ints,
    sills: Floats,
    is_simple: bool,
    mean: Floats,
    within: float,
    tiny: float,
    estimate: Floats,
    variance: Floats,
    slope: Floats,
    negative: Floats,
    culprit: Ints,
) -> None:
    """Krige rows of blocks from their samples `near[row, :count[row]]`, which are sorted.

    Places are (structures, 3) in ranges; `offset` are the points of a block about its centre.
    Neighbouring blocks often have the same samples: their matrix is then factored once. Where a
    system is singular `culprit` names the sample, and nothing else is written.
    """
    most = near.shape[1]
    c = np.empty((most, most))
    right, a, ones = np.empty(most), np.empty(most), np.empty(most)
    bad = -1
    for row in range(near.shape[0]):
        n = count[row]
        in_order(near[row], distance[row], n)
        is_like_last = row > 0 and count[row - 1] == n
        for i in range(n):
            is_like_last = is_like_last and near[row, i] == near[row - 1, i]
        if not is_like_last:
            fill_matrix(near[row], n, sample, nugget, kinds, sills, c)
            bad = factor(c, n, tiny)
            ones[:n] = 1.0
            if bad < 0:
                solve(c, n, ones)
        if bad >= 0:
            culprit[row] = near[row, bad]
            continue
        place = offset + target[row]
        fill_right(near[row], distance[row], n, place, sample, nugget, kinds, sills, right)
        mu = weigh(c, right, n, is_simple, ones, a)
        explained = 0.0
        below = 0.0
        weight = 0.0
        for i in range(n):
            explained += a[i] * right[i]
            weight += a[i]
            below -= min(a[i], 0.0)
        for k in range(value.shape[1]):
            e = (1.0 - weight) * mean[k] if is_simple else 0.0
            for i in range(n):
                e += a[i] * value[near[row, i], k]
            estimate[row, k] = e
        variance[row] = within - explained - mu
        slope[row] = explained / (explained - mu)
        negative[row] = below


@compiled
def weighted_rows(
    near: Ints, distance: Floats, count: Ints, power: float, value: Floats, estimate: Floats
) -> None:
    """Estimate by inverse distance to a power; a sample at no distance decides alone."""
    for row in range(near.shape[0]):
        n = count[row]
        if n == 0:
            continue
        if distance[row, 0] == 0.0:
            for k in range(value.shape[1]):
                estimate[row, k] = value[near[row, 0], k]
            continue
        total = 0.0
        for i in range(n):
            # Relative to the nearest, so that no power under- or overflows.
            total += (distance[row, 0] / distance[row, i]) ** power
        for k in range(value.shape[1]):
            e = 0.0
            for i in range(n):
                e += (distance[row, 0] / distance[row, i]) ** power * value[near[row, i], k]
            estimate[row, k] = e / total


@compiled
def simple_weights(
    near: Ints,
    count: Ints,
    place: Floats,
    node: Ints,
    nugget: float,
    kinds: Ints,
    sills: Floats,
    tiny: float,
    weight: Floats,
    variance: Floats,
) -> int:
    """Write the simple kriging weights and variances of points; return -1, or a singular row.

    `place` is (all, structures, 3) in ranges, `node` the number of each row's own place in it.
    """
    most = near.shape[1]
    c = np.empty((most, most))
    right, a, ones = np.empty(most), np.empty(most), np.empty(most)
    far = np.ones(most)
    total = nugget
    for s in range(sills.size):
        total += sills[s]
    for row in range(near.shape[0]):
        n = count[row]
        fill_matrix(near[row], n, place, nugget, kinds, sills, c)
        if factor(c, n, tiny) >= 0:
            return row
        own = place[node[row] : node[row] + 1]
        fill_right(near[row], far, n, own, place, nugget, kinds, sills, right)
        weigh(c, right, n, True, ones, a)
        variance[row] = total
        for i in range(n):
            weight[row, i] = a[i]
            variance[row] -= a[i] * right[i]
    return -1
