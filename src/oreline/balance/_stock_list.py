"""What each lot at a place holds at a moment: the inventory behind the stock of an account."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oreline.balance._figure import Figure, default_names
from oreline.balance._tally import Tally
from oreline.model import UNBOUNDED_MG
from oreline.record import BASES

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Holding:
    """The metal of one lot at a place, with its variance in square milligrams."""

    lot: int
    low_mg: int
    high_mg: int | None
    variance: float
    basis: int
    defaults: int


def holdings(held: Tally, place: int, moment_us: int) -> list[Holding]:
    """Return what each lot at a place holds just before a moment; lots that hold nothing are out.

    What acts at the moment itself belongs to the time after it, as everywhere in balances.
    """
    stop = int(np.searchsorted(held.places.time_us, moment_us, side="left"))
    rows = np.flatnonzero(held.lines.lot[:stop] >= 0)
    lots = held.lines.lot[rows]
    last = np.full(held.n_lots, -1, np.int64)
    last[lots] = rows
    basis, defaults = np.zeros(held.n_lots, np.int64), np.zeros(held.n_lots, np.int64)
    np.maximum.at(basis, lots, held.rests.basis[rows])
    np.bitwise_or.at(defaults, lots, held.rests.defaults[rows])
    here = np.flatnonzero((last >= 0) & (held.places.after[last] == place))
    found = []
    for lot in here.tolist():
        line = int(last[lot])
        low, high = (int(one) for one in held.after[line])
        if low == high == 0:
            continue
        found.append(
            Holding(
                lot,
                low,
                None if high == UNBOUNDED_MG else high,
                float(held.rests.after[line]),
                int(basis[lot]),
                int(defaults[lot]),
            )
        )
    return found


def together(items: list[Holding]) -> Figure:
    """Return the metal of several lots as one figure; lots count as independent."""
    low = sum(item.low_mg for item in items)
    highs = [item.high_mg for item in items]
    high = None if None in highs else sum(value for value in highs if value is not None)
    u = math.sqrt(sum(item.variance for item in items))
    bits = 0
    for item in items:
        bits |= item.defaults
    return Figure(
        low,
        high,
        None if math.isnan(u) else u,
        BASES[max((item.basis for item in items), default=0)],
        default_names(bits),
    )
