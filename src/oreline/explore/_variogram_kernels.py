"""Compiled kernels of experimental variograms: sums over all pairs of samples that are near."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from oreline.explore._jit import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SUMS = 8
"""Pairs, distance, squared difference, heads, tails, squared heads and tails, products."""


@compiled
def lag_of(h: float, edges: Floats) -> int:
    """Return the lag whose edges hold a distance (lower < h <= upper); -1 where none does."""
    low = 0
    high = edges.size - 1
    if h <= edges[0] or h > edges[high]:
        return -1
    while high - low > 1:
        middle = (low + high) // 2
        if h > edges[middle]:
            low = middle
        else:
            high = middle
    return low


@compiled
def is_along(d: Floats, h: float, axis: Floats, least_cosine: float, most_off_m: float) -> float:
    """Return the sign by which a pair lies along a direction; 0 where it does not."""
    along = d[0] * axis[0] + d[1] * axis[1] + d[2] * axis[2]
    if abs(along) < least_cosine * h - 1e-12 * h:
        return 0.0
    if max(h * h - along * along, 0.0) > most_off_m * most_off_m:
        return 0.0
    return 1.0 if along >= 0.0 else -1.0


@compiled
def pair_sums(
    start: int,
    stop: int,
    xyz: Floats,
    value: Floats,
    hole: Ints,
    holes: int,
    edges: Floats,
    axes: Floats,
    least_cosine: Floats,
    most_off_m: Floats,
    sums: Floats,
) -> None:
    """Add the pairs whose first sample is `start` to `stop` to `sums`.

    Samples are sorted by the first coordinate. `holes` is 1 for pairs of one hole, 2 for pairs of
    different ones, 0 for both. `sums` is (directions, lags, analytes, 8): pairs, distances, squared
    differences, heads, tails, their squares and products. A direction of zeros is every direction.
    """
    furthest = edges[edges.size - 1]
    d = np.empty(3)
    for i in range(start, stop):
        for j in range(i + 1, xyz.shape[0]):
            d[0] = xyz[j, 0] - xyz[i, 0]
            if d[0] > furthest:
                break
            if holes != 0 and (hole[i] == hole[j]) != (holes == 1):
                continue
            d[1] = xyz[j, 1] - xyz[i, 1]
            d[2] = xyz[j, 2] - xyz[i, 2]
            h = math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2])
            lag = lag_of(h, edges)
            if lag < 0:
                continue
            for a in range(axes.shape[0]):
                sign = 1.0
                if least_cosine[a] > -1.0:
                    sign = is_along(d, h, axes[a], least_cosine[a], most_off_m[a])
                if sign != 0.0:
                    add_pair(value[i], value[j], h, sign, sums[a, lag])


@compiled
def add_pair(first: Floats, second: Floats, h: float, sign: float, sums: Floats) -> None:
    """Add one pair; analytes that one of the two lacks are left out."""
    for k in range(first.size):
        tail, head = first[k], second[k]
        if sign < 0.0:
            tail, head = head, tail
        if math.isnan(tail) or math.isnan(head):
            continue
        sums[k, 0] += 1.0
        sums[k, 1] += h
        sums[k, 2] += (head - tail) * (head - tail)
        sums[k, 3] += head
        sums[k, 4] += tail
        sums[k, 5] += head * head
        sums[k, 6] += tail * tail
        sums[k, 7] += head * tail
