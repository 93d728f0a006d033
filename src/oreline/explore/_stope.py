"""Underground: the blocks that some stope of a least size can take and still pay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.explore._grid import BlockGrid
from oreline.model import InputError

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def _stope_blocks(grid: BlockGrid, stope_m: tuple[float, float, float]) -> tuple[int, int, int]:
    """Return the least stope in whole blocks, rounded up.

    Raises
    ------
    InputError
        If it is larger than the grid, or has no size.
    """
    if min(stope_m) <= 0:
        raise InputError(f"a stope of {stope_m} m has no size")
    x, y, z = (
        int(np.ceil(length / size - 1e-9))
        for length, size in zip(stope_m, grid.size_m, strict=True)
    )
    if any(blocks > count for blocks, count in zip((x, y, z), grid.count, strict=True)):
        raise InputError(
            f"a stope of {stope_m} m does not fit into the grid of {grid.count} blocks"
        )
    return x, y, z


def paying_stopes(grid: BlockGrid, earned: Floats, stope_m: tuple[float, float, float]) -> Mask:
    """Return the blocks (n,) of stopes of the least size that pay and do not overlap.

    ``earned`` is what each block brings when all of it goes to the mill, mining paid, negative
    where it does not pay; a stope pays if its blocks together earn more than 0, so that the waste
    inside counts. The richest stope is taken first, then the richest that touches no block of
    those taken, and so on; a stope may stand anywhere on the grid of blocks. That is a layout that
    could be mined, not the best one.

    >>> grid = BlockGrid((0, 0, 0), (5, 5, 5), (4, 1, 1))
    >>> paying_stopes(grid, np.array([-1.0, 3.0, -1.0, -1.0]), (10, 5, 5)).tolist()
    [True, True, False, False]
    """
    from oreline.explore._stope_kernel import take_apart

    if earned.shape != (grid.n,) or not np.isfinite(earned).all():
        raise InputError(f"{earned.size} values for {grid.n} blocks: give one finite value each")
    shape = _stope_blocks(grid, stope_m)[::-1]
    sums = earned.reshape(grid.count[::-1])
    for axis, length in enumerate(shape):
        views = np.lib.stride_tricks.sliding_window_view(sums, length, axis=axis)
        sums = np.asarray(views.sum(axis=-1))
    order = np.argsort(-sums, axis=None, kind="stable")
    paying = order[: int((sums > 0).sum())]
    corners = np.stack(np.unravel_index(paying, sums.shape), axis=1).astype(np.int64)
    taken = np.zeros(grid.count[::-1], np.bool_)
    take_apart(corners, np.array(shape, np.int64), taken)
    return taken.ravel()
