"""The pit that is worth most: the closed set of blocks with the greatest value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oreline.explore._grid import BlockGrid
from oreline.model import InputError, LimitExceededError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

PIT_BLOCKS_MAX = 3_000_000
"""How many blocks a pit may be sought in; more need larger blocks."""

SLOPE_LEVELS = 8
"""Over so many levels the arcs between blocks follow the slope exactly."""

_WHOLE = 2**30
"""All value that a pit could hold, in the whole numbers in which it is sought."""


@dataclass(frozen=True, slots=True)
class Pit:
    """A pit: the blocks in it (n,), its value, and how far that may be from the best.

    ``value`` is in the currency of the block values. ``gap`` bounds what is lost by seeking in
    whole numbers: no pit at this slope is worth more than ``value + gap``.
    """

    blocks: Mask
    value: float
    gap: float


def slope_arcs(size_m: tuple[float, float, float], slope_deg: float) -> tuple[Ints, ...]:
    """Return the steps (columns, rows, levels) up to the blocks that must be dug first.

    The fewest steps whose sums reach every block within the slope's cone, for SLOPE_LEVELS levels.

    Raises
    ------
    InputError
        If the slope is not between 10 and 89 degrees.

    Examples
    --------
    >>> [step.tolist() for step in slope_arcs((10, 10, 10), 45)][:5]
    [[-1, 0, 1], [0, -1, 1], [0, 0, 1], [0, 1, 1], [1, 0, 1]]
    """
    if not 10 <= slope_deg <= 89:
        raise InputError(f"a slope of {slope_deg} degrees; write 10 to 89, from level")
    reach = SLOPE_LEVELS * size_m[2] / math.tan(math.radians(slope_deg))
    across, along = (int(reach // size) + 1 for size in size_m[:2])
    columns, rows = np.meshgrid(
        np.arange(-across, across + 1), np.arange(-along, along + 1), indexing="ij"
    )
    away_m = np.hypot(columns * size_m[0], rows * size_m[1])
    steps: list[Ints] = []
    reached: list[Mask] = [(columns == 0) & (rows == 0)]
    for level in range(1, SLOPE_LEVELS + 1):
        radius = level * size_m[2] / math.tan(math.radians(slope_deg))
        cone = away_m <= radius * (1 + 1e-12)
        implied = np.zeros_like(cone)
        for step in steps:
            if step[2] < level:
                implied |= _moved(reached[level - int(step[2])], int(step[0]), int(step[1]))
        for column, row in zip(columns[cone & ~implied], rows[cone & ~implied], strict=True):
            steps.append(np.array([column, row, level]))
        reached.append(cone | implied)
    return tuple(steps)


def _moved(mask: Mask, columns: int, rows: int) -> Mask:
    """Return a mask moved by some columns and rows; what leaves the frame is lost."""
    moved = np.zeros_like(mask)
    wide, high = mask.shape
    to_x, from_x = (
        slice(max(columns, 0), wide + min(columns, 0)),
        slice(max(-columns, 0), wide + min(-columns, 0)),
    )
    to_y, from_y = (
        slice(max(rows, 0), high + min(rows, 0)),
        slice(max(-rows, 0), high + min(-rows, 0)),
    )
    moved[to_x, to_y] = mask[from_x, from_y]
    return moved


def first_dug(grid: BlockGrid, slope_deg: float) -> tuple[Ints, Ints]:
    """Return pairs of blocks (lower, upper): the upper one must be dug before the lower one."""
    columns, rows, levels = grid.count
    at = grid.indices()
    number = np.arange(grid.n)
    lower, upper = [], []
    for step in slope_arcs(grid.size_m, slope_deg):
        to = at + step
        inside = (
            (to[:, 0] >= 0)
            & (to[:, 0] < columns)
            & (to[:, 1] >= 0)
            & (to[:, 1] < rows)
            & (to[:, 2] < levels)
        )
        lower.append(number[inside])
        upper.append(number[inside] + int(step[0] + columns * (step[1] + rows * step[2])))
    return np.concatenate(lower), np.concatenate(upper)


def best_pit(grid: BlockGrid, value: Floats, slope_deg: float) -> Pit:
    """Return the pit of greatest value at one slope (Lerchs and Grossmann 1965; Picard 1976).

    A greatest closed set is the source's side of a least cut: blocks of positive value hang on
    the source, the others on the sink, and digging a block first needs those above it. The cone
    leaves the grid where it meets its sides, so give the grid room for the slope. Of pits of
    equal value the smallest is returned.

    Parameters
    ----------
    grid
        The blocks; levels count upwards.
    value
        What each block is worth (n,), digging included.
    slope_deg
        Steepest wall, from level.

    Raises
    ------
    InputError
        If the values do not fit the grid or are not finite.
    LimitExceededError
        If there are more than PIT_BLOCKS_MAX blocks.
    """
    if value.shape != (grid.n,) or not np.isfinite(value).all():
        raise InputError(f"{value.shape[0]} values for {grid.n} blocks: give one finite value each")
    if grid.n > PIT_BLOCKS_MAX:
        raise LimitExceededError(
            f"{grid.n:,} blocks are more than PIT_BLOCKS_MAX = {PIT_BLOCKS_MAX:,}: "
            "take larger blocks for the pit"
        )
    gained = float(value[value > 0].sum())
    if not gained:
        return Pit(np.zeros(grid.n, np.bool_), 0.0, 0.0)
    scale = _WHOLE / gained
    blocks = _source_side(grid, np.rint(value * scale).astype(np.int64), slope_deg)
    # Each block is rounded by at most half a unit, in this pit and in the best.
    return Pit(blocks, math.fsum(value[blocks]), grid.n / scale if blocks.any() else 0.0)


def _source_side(grid: BlockGrid, whole: Ints, slope_deg: float) -> Mask:
    """Return the blocks on the source's side of a least cut, from values in whole numbers."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    lower, upper = first_dug(grid, slope_deg)
    source, sink = grid.n, grid.n + 1
    gains, costs = np.nonzero(whole > 0)[0], np.nonzero(whole < 0)[0]
    rows = np.concatenate([lower, np.full(gains.size, source), costs])
    columns = np.concatenate([upper, gains, np.full(costs.size, sink)])
    # No arc can carry more than all gains, nor may a cost ask for more.
    capacity = np.concatenate(
        [np.full(lower.size, 2 * _WHOLE - 1), whole[gains], np.minimum(-whole[costs], _WHOLE)]
    ).astype(np.int32)
    network = csr_array((capacity, (rows, columns)), shape=(grid.n + 2, grid.n + 2))
    flow = maximum_flow(network, source, sink).flow
    left = csr_array(network - flow)
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    inside = np.zeros(grid.n + 2, np.bool_)
    inside[reached] = True
    return inside[: grid.n]


def nested_pits(grid: BlockGrid, values: dict[float, Floats], slope_deg: float) -> dict[float, Pit]:
    """Return the best pit for each revenue factor, smallest factor first.

    ``values`` gives the blocks' values at each factor. A higher factor never makes a block worth
    less, so each pit holds those before it; what rounding would break of that is put back.
    """
    pits: dict[float, Pit] = {}
    held = np.zeros(grid.n, np.bool_)
    for factor in sorted(values):
        pit = best_pit(grid, values[factor], slope_deg)
        held = held | pit.blocks
        pits[factor] = Pit(held, math.fsum(values[factor][held]), pit.gap)
    return pits
