"""The compiled kernel that picks the samples of a block from candidates by distance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.explore._jit import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def octant_of(place: Floats, centre: Floats) -> int:
    """Return the octant about a centre in which a place lies, 0 to 7."""
    octant = 0
    for axis in range(3):
        octant = 2 * octant + (1 if place[axis] >= centre[axis] else 0)
    return octant


@compiled
def taken_of(hole: Ints, near: Ints, taken: int, wanted: int) -> int:
    """Return how many of the samples taken are of a hole."""
    found = 0
    for b in range(taken):
        if hole[near[b]] == wanted:
            found += 1
    return found


@compiled
def select_rows(
    candidate: Ints,
    distance: Floats,
    target: Floats,
    sample: Floats,
    hole: Ints,
    not_sample: Ints,
    not_hole: Ints,
    most: int,
    most_of_hole: int,
    most_of_octant: int,
    near: Ints,
    near_distance: Floats,
    count: Ints,
    octants: Ints,
    is_short: NDArray[np.bool_],
) -> None:
    """Take the nearest candidates of each row that the limits allow.

    Places are (3,) in radii of the search, along its axes. A limit of 0 is none. `is_short` says
    that the candidates ran out before the row was full, so that more of them may be needed.
    """
    n_samples = sample.shape[0]
    in_octant = np.zeros(8, np.int64)
    for row in range(candidate.shape[0]):
        taken = 0
        in_octant[:] = 0
        is_full = True
        for at in range(candidate.shape[1]):
            i = candidate[row, at]
            if i >= n_samples:
                is_full = False
                break
            if i == not_sample[row] or hole[i] == not_hole[row]:
                continue
            if most_of_hole > 0 and taken_of(hole, near[row], taken, hole[i]) >= most_of_hole:
                continue
            octant = octant_of(sample[i], target[row])
            if most_of_octant > 0 and in_octant[octant] >= most_of_octant:
                continue
            in_octant[octant] += 1
            near[row, taken] = i
            near_distance[row, taken] = distance[row, at]
            taken += 1
            if taken == most:
                is_full = False
                break
        is_short[row] = is_full and candidate.shape[1] < n_samples
        count[row] = taken
        octants[row] = (in_octant > 0).sum()


@compiled
def describe_rows(
    near: Ints,
    count: Ints,
    target_m: Floats,
    sample_m: Floats,
    hole: Ints,
    mean_m: Floats,
    nearest_m: Floats,
    holes: Ints,
) -> None:
    """Write mean and least distance in metres, and the number of holes, of the samples taken."""
    for row in range(near.shape[0]):
        n = count[row]
        total = 0.0
        least = np.inf
        different = 0
        for i in range(n):
            at = near[row, i]
            square = 0.0
            for axis in range(3):
                square += (sample_m[at, axis] - target_m[row, axis]) ** 2
            length = np.sqrt(square)
            total += length
            least = min(least, length)
            if taken_of(hole, near[row], i, hole[at]) == 0:
                different += 1
        holes[row] = different
        mean_m[row] = total / n if n > 0 else np.nan
        nearest_m[row] = least if n > 0 else np.nan
