"""Underground: the blocks that some stope of a least size can take and still pay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.explore._grid import BlockGrid
from oreline.model import InputError

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def stope_blocks(grid: BlockGrid, stope_m: tuple[float, float, float]) -> tuple[int, int, int]:
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
    """Return the blocks (n,) that lie in at least one stope of the least size that pays.

    ``earned`` is what each block brings when all of it goes to the mill, mining paid, negative
    where it does not pay; a stope pays if its blocks together earn more than 0, so that the waste
    inside counts. Places of the stope move by one block, and stopes may overlap: the result is an
    envelope of what could be mined, not a design (Alford 1995, floating stope).

    >>> grid = BlockGrid((0, 0, 0), (5, 5, 5), (4, 1, 1))
    >>> paying_stopes(grid, np.array([-1.0, 3.0, -1.0, -1.0]), (10, 5, 5)).tolist()
    [True, True, True, False]
    """
    if earned.shape != (grid.n,) or not np.isfinite(earned).all():
        raise InputError(
            f"{earned.shape[0]} values for {grid.n} blocks: give one finite value each"
        )
    shape = stope_blocks(grid, stope_m)[::-1]
    cube = earned.reshape(grid.count[::-1])
    sums = cube
    for axis, length in enumerate(shape):
        sums = _windows(sums, axis, length)
    pays = (sums > 0).astype(np.int64)
    for axis, length in enumerate(shape):
        pays = _covered(pays, axis, length)
    return np.asarray(pays.ravel() > 0)


def _windows(values: Floats, axis: int, length: int) -> Floats:
    """Return the sum of each window of some length along an axis."""
    views = np.lib.stride_tricks.sliding_window_view(values, length, axis=axis)
    return np.asarray(views.sum(axis=-1))


def _covered(pays: NDArray[np.int64], axis: int, length: int) -> NDArray[np.int64]:
    """Return, for each block along an axis, how many paying windows cover it."""
    wide = [(0, 0)] * pays.ndim
    wide[axis] = (length - 1, length - 1)
    padded = np.pad(pays, wide)
    views = np.lib.stride_tricks.sliding_window_view(padded, length, axis=axis)
    return np.asarray(views.sum(axis=-1))
