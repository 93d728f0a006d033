"""The loop that places stopes, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.explore._jit import compiled


@compiled
def take_apart(
    corners: NDArray[np.int64], shape: NDArray[np.int64], taken: NDArray[np.bool_]
) -> None:
    """Mark the boxes that touch none marked before, in the order given.

    ``corners`` (m, 3) are the least indices of boxes of one ``shape``; ``taken`` is marked.
    """
    for number in range(corners.shape[0]):
        z, y, x = corners[number, 0], corners[number, 1], corners[number, 2]
        box = taken[z : z + shape[0], y : y + shape[1], x : x + shape[2]]
        if not box.any():
            box[:] = True
