"""Compiled kernels of sequential simulation: weights of each node, then values along the path."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.explore._jit import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def earlier_rows(
    candidate: Ints,
    distance: Floats,
    node: Ints,
    data: int,
    most: int,
    near: Ints,
    count: Ints,
    is_short: NDArray[np.bool_],
) -> None:
    """Take the nearest candidates that are data, or nodes before each row's own on the path.

    Numbers below `data` are data; a node's number is `data` plus its place on the path.
    """
    for row in range(candidate.shape[0]):
        taken = 0
        is_full = True
        for at in range(candidate.shape[1]):
            i = candidate[row, at]
            if distance[row, at] == np.inf:
                is_full = False
                break
            if i >= data and i >= node[row]:
                continue
            near[row, taken] = i
            taken += 1
            if taken == most:
                is_full = False
                break
        count[row] = taken
        is_short[row] = is_full


@compiled
def walk(
    near: Ints,
    count: Ints,
    weight: Floats,
    spread: Floats,
    noise: Floats,
    value: Floats,
    data: int,
) -> None:
    """Give nodes their values along the path, all realisations together.

    `value` is (data + nodes, realisations), its first rows the data; `noise` (nodes,
    realisations) is standard normal.
    """
    for row in range(near.shape[0]):
        for r in range(value.shape[1]):
            e = spread[row] * noise[row, r]
            for i in range(count[row]):
                e += weight[row, i] * value[near[row, i], r]
            value[data + row, r] = e
