"""Grids of blocks, and the points that stand for a block."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oreline.model import InputError, LimitExceededError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCKS_MAX = 50_000_000
"""How many blocks a grid may have."""


@dataclass(frozen=True, slots=True)
class BlockGrid:
    """A regular grid of blocks.

    Parameters
    ----------
    origin_m
        The corner (east, north, elevation) from which columns, rows and levels count: not the
        centre of the first block.
    size_m
        Lengths of a block along the grid's x, y and z.
    count
        Number of blocks along x, y and z.
    bearing_deg
        Direction of the grid's y axis, clockwise from north; the grid turns about its origin and
        stays level.

    Blocks are numbered with x fastest, then y, then z, as in GSLIB.

    Raises
    ------
    InputError
        If a length or number is not positive.
    LimitExceededError
        If there are more than BLOCKS_MAX blocks.

    Examples
    --------
    >>> BlockGrid((0, 0, 0), (10, 10, 5), (2, 1, 1)).centres_m().tolist()
    [[5.0, 5.0, 2.5], [15.0, 5.0, 2.5]]
    """

    origin_m: tuple[float, float, float]
    size_m: tuple[float, float, float]
    count: tuple[int, int, int]
    bearing_deg: float = 0.0

    def __post_init__(self) -> None:
        numbers = (*self.origin_m, *self.size_m, self.bearing_deg)
        if not all(map(math.isfinite, numbers)) or min(self.size_m) <= 0 or min(self.count) < 1:
            raise InputError(
                f"origin {self.origin_m}, size {self.size_m}, count {self.count}, bearing "
                f"{self.bearing_deg}: a grid needs finite numbers, lengths over 0 and at least "
                "one block each way"
            )
        if self.n > BLOCKS_MAX:
            raise LimitExceededError(f"{self.n:,} blocks are more than BLOCKS_MAX = {BLOCKS_MAX:,}")

    @property
    def n(self) -> int:
        """Return the number of blocks."""
        return self.count[0] * self.count[1] * self.count[2]

    @property
    def volume_m3(self) -> float:
        """Return the volume of one block."""
        return self.size_m[0] * self.size_m[1] * self.size_m[2]

    def axes(self) -> Floats:
        """Return the unit vectors (east, north, up) of x, y and z as rows."""
        angle = math.radians(self.bearing_deg)
        s, c = math.sin(angle), math.cos(angle)
        return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])

    def indices(self) -> Ints:
        """Return column, row and level of each block, (n, 3), counted from 0."""
        nx, ny, _ = self.count
        number = np.arange(self.n)
        return np.stack([number % nx, number // nx % ny, number // (nx * ny)], axis=1)

    def centres_m(self) -> Floats:
        """Return the centres of all blocks, (n, 3)."""
        local = (self.indices() + 0.5) * np.asarray(self.size_m)
        return np.asarray(local @ self.axes() + np.asarray(self.origin_m))

    def block_of(self, xyz_m: object) -> Ints:
        """Return the number of the block around each place (n, 3); -1 outside the grid."""
        places = np.asarray(xyz_m, np.float64).reshape(-1, 3) - np.asarray(self.origin_m)
        at = np.floor(places @ self.axes().T / np.asarray(self.size_m)).astype(np.int64)
        count = np.asarray(self.count)
        number = at[:, 0] + count[0] * (at[:, 1] + count[1] * at[:, 2])
        return np.where(((at >= 0) & (at < count)).all(axis=1), number, -1)

    def points_m(self, points: tuple[int, int, int]) -> Floats:
        """Return the points of a block about its centre, evenly inside it.

        ``(1, 1, 1)`` is the centre alone: point support.
        """
        if min(points) < 1:
            raise InputError(f"{points} points of a block: give at least one each way")
        ways = [
            ((np.arange(number) + 0.5) / number - 0.5) * size
            for number, size in zip(points, self.size_m, strict=True)
        ]
        local = np.stack([part.ravel() for part in np.meshgrid(*ways, indexing="ij")], axis=1)
        return np.asarray(local @ self.axes())

    @classmethod
    def around(
        cls, xyz_m: object, size_m: tuple[float, float, float], margin_m: float = 0.0
    ) -> BlockGrid:
        """Return the smallest level grid, on whole multiples of the size, around places (n, 3)."""
        places = np.asarray(xyz_m, np.float64).reshape(-1, 3)
        if places.shape[0] == 0 or not np.isfinite(places).all():
            raise InputError("a grid around samples needs at least one, with finite coordinates")
        size = np.asarray(size_m, np.float64)
        low = np.floor((places.min(axis=0) - margin_m) / size)
        high = np.maximum(np.ceil((places.max(axis=0) + margin_m) / size), low + 1)
        x, y, z = (float(number) for number in low * size)  # float: coordinates
        nx, ny, nz = (int(number) for number in high - low)
        return cls((x, y, z), size_m, (nx, ny, nz))

    def to_json(self) -> dict[str, Any]:
        """Return the grid as a JSON object."""
        return {
            "origin_m": list(self.origin_m),
            "size_m": list(self.size_m),
            "count": list(self.count),
            "bearing_deg": self.bearing_deg,
        }
