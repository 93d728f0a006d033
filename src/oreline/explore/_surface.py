"""Where the ground ends: which blocks are rock, and room around a grid for the walls of a pit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from oreline.explore._grid import BlockGrid

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def rock_of(grid: BlockGrid, ground_m: Floats) -> Mask:
    """Return the blocks (n,) whose centre lies under the ground.

    ``ground_m`` (m, 3) are places on the surface, such as collars: between them the surface is
    flat in triangles, outside them as high as the nearest. Without any place all blocks are rock.

    >>> grid = BlockGrid((0, 0, 0), (10, 10, 10), (1, 1, 3))
    >>> rock_of(grid, np.array([[5.0, 5.0, 20.0]])).tolist()
    [True, True, False]
    """
    if not len(ground_m):
        return np.ones(grid.n, np.bool_)
    centres = grid.centres_m()
    columns = grid.count[0] * grid.count[1]
    height = _height_m(ground_m, centres[:columns, :2])
    return np.asarray(centres[:, 2] <= np.tile(height, grid.count[2]))


def _height_m(ground_m: Floats, at_m: Floats) -> Floats:
    """Return the height of the ground at places (m, 2)."""
    from scipy.interpolate import LinearNDInterpolator
    from scipy.spatial import QhullError, cKDTree

    nearest = ground_m[cKDTree(ground_m[:, :2]).query(at_m)[1], 2]
    try:
        inside = LinearNDInterpolator(ground_m[:, :2], ground_m[:, 2])(at_m)
    except QhullError:
        # Fewer than three places, or all on one line: there are no triangles.
        return np.asarray(nearest)
    return np.where(np.isfinite(inside), inside, nearest)


def room_for_walls(grid: BlockGrid, slope_deg: float) -> tuple[BlockGrid, NDArray[np.int64]]:
    """Return a grid wide enough for a pit to its lowest blocks, and where its blocks went.

    The second, (n,), is the number that each block of the grid has in the wider one.
    """
    reach_m = grid.count[2] * grid.size_m[2] / math.tan(math.radians(slope_deg))
    more = [math.ceil(reach_m / size - 1e-9) for size in grid.size_m[:2]]
    shift = np.array([-more[0] * grid.size_m[0], -more[1] * grid.size_m[1], 0.0]) @ grid.axes()
    x, y, z = (float(a + b) for a, b in zip(grid.origin_m, shift, strict=True))  # float: metres
    columns, rows = grid.count[0] + 2 * more[0], grid.count[1] + 2 * more[1]
    wide = BlockGrid((x, y, z), grid.size_m, (columns, rows, grid.count[2]), grid.bearing_deg)
    at = grid.indices() + np.array([more[0], more[1], 0])
    return wide, np.asarray(at[:, 0] + columns * (at[:, 1] + rows * at[:, 2]))
