"""Exact sums of bounds over cells, vectorised."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from oreline.model import UNBOUNDED_MG, LimitExceededError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LARGEST_SUM_MG = 9.2e18
"""What one sum may reach; an int64 of milligrams ends at 9.2 billion tonnes."""


class Sums(NamedTuple):
    """Bounds of each cell; where ``*_open`` is above zero, that bound is not known."""

    low: Ints
    high: Ints
    low_open: Ints
    high_open: Ints

    def at(self, cell: int) -> tuple[int | None, int | None]:
        """Return the bounds of one cell, None for one that is not known."""
        return (
            None if self.low_open[cell] > 0 else int(self.low[cell]),
            None if self.high_open[cell] > 0 else int(self.high[cell]),
        )

    def known(self) -> Flags:
        """Return which cells hold one value."""
        closed: Flags = (self.low_open == 0) & (self.high_open == 0) & (self.low == self.high)
        return closed


def cell_sums(cell: Ints, bounds: Ints, n_cells: int, sign: int = 1) -> Sums:
    """Sum bounds, int64[n, 2], over cells; a cell of -1 is left out.

    Raises
    ------
    LimitExceededError
        If a sum exceeds ``LARGEST_SUM_MG``.
    """
    used = cell >= 0
    if not used.all():
        cell, bounds = cell[used], bounds[used]
    low, low_open = _summed(cell, bounds[:, 0], n_cells, sign)
    high, high_open = _summed(cell, bounds[:, 1], n_cells, sign)
    return Sums(low, high, low_open, high_open)


def checked(exact: Ints, approximate: Floats) -> None:
    """Refuse sums that an int64 cannot hold.

    Integer sums wrap around on the way and are right if the result fits; whether it fits, the sum
    in floating point tells.
    """
    if exact.size and float(np.abs(approximate).max()) > LARGEST_SUM_MG:
        message = "a sum exceeds 9.2 billion tonnes (LARGEST_SUM_MG); choose shorter periods"
        raise LimitExceededError(message)


def _summed(cell: Ints, values: Ints, n_cells: int, sign: int) -> tuple[Ints, Ints]:
    is_open = (values == UNBOUNDED_MG) | (values == -UNBOUNDED_MG)
    opens = np.zeros(n_cells, np.int64)
    if is_open.any():
        np.add.at(opens, cell[is_open], sign)
        values = np.where(is_open, 0, values)
    total = np.zeros(n_cells, np.int64)
    np.add.at(total, cell, values * sign)
    approximate = np.zeros(n_cells)
    np.add.at(approximate, cell, values.astype(np.float64))
    checked(total, approximate)
    return total, opens


def weakest_of(cell: Ints, ranks: Ints, n_cells: int) -> Ints:
    """Return the greatest rank of each cell."""
    found = np.zeros(n_cells, np.int64)
    used = cell >= 0
    np.maximum.at(found, cell[used], ranks[used])
    return found


def united(cell: Ints, bits: Ints, n_cells: int) -> Ints:
    """Return the union of the bit sets of each cell."""
    found = np.zeros(n_cells, np.int64)
    used = cell >= 0
    np.bitwise_or.at(found, cell[used], bits[used])
    return found


def counted(cell: Ints, n_cells: int) -> Ints:
    """Return how many lines each cell has."""
    return np.bincount(cell[cell >= 0], minlength=n_cells).astype(np.int64)
