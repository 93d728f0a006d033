"""The streams of a site: dry mass and metal of each, period by period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oreline.balance._stages import materials_of
from oreline.balance._tally import Tally
from oreline.model import UNBOUNDED_MG
from oreline.record import COUNT, IN, MOVE_IN, OUT

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FED, MADE, CAME = "fed", "made", "came"
INTERNAL_SHARE = 0.2
"""A material of which a site makes as much as it feeds, within this share, only goes round."""


@dataclass(frozen=True)
class Stream:
    """What processes feed or make of one material, or what comes in of it, in milligrams a period.

    ``counted`` is the number of its material among those of which stock is taken, -1 for others.
    """

    way: str
    material: str
    dry: Floats
    metal: Floats
    counted: int

    @property
    def grade(self) -> Floats:
        """Return the metal in the dry mass of each period, NaN where there was none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = np.where(self.dry > 0, self.metal / self.dry, np.nan)
        return found


def line_materials(held: Tally) -> tuple[tuple[str, ...], Ints]:
    """Return the materials, and the number of that of each line's lot; -1 for a line without one.

    A lot whose material nobody named stands for itself.
    """
    named = zip(materials_of(held), held.columns.lots.names, strict=True)
    of_lot = [material or lot for material, lot in named]
    names = tuple(dict.fromkeys(of_lot))
    number = {name: place for place, name in enumerate(names)}
    codes = np.array([number[name] for name in of_lot] or [-1], np.int64)
    return names, np.where(held.lines.lot >= 0, codes[np.maximum(held.lines.lot, 0)], -1)


def counted_materials(held: Tally, here: Ints) -> tuple[int, ...]:
    """Return the numbers of the materials of which stock is taken at the site."""
    _, material = line_materials(held)
    taken = (here >= 0) & held.on_side(COUNT) & (material >= 0)
    return tuple(np.unique(material[taken]).tolist())


def streams_of(held: Tally, here: Ints, n_periods: int) -> list[Stream]:
    """Return the streams of a site; ``here`` is the period of each line of it, -1 elsewhere.

    What only goes round within the site is left out: its errors cancel. An interval counts by its
    middle, an unbounded mass not at all: these are means to compare streams by, not an account.
    """
    names, material = line_materials(held)
    counted = counted_materials(held, here)
    process = held.kind == held.kind_number("process")
    ways = {
        FED: held.on_side(IN) & process,
        MADE: held.on_side(OUT) & process,
        CAME: (held.on_side(OUT) & ~held.changed) | held.on_side(MOVE_IN),
    }
    dry, metal = _middle(held.lines.dry), _middle(held.lines.metal)
    found: dict[tuple[str, int], Stream] = {}
    for way, flags in ways.items():
        rows = np.flatnonzero((here >= 0) & (material >= 0) & flags)
        for number in np.unique(material[rows]).tolist():
            of_it = rows[material[rows] == number]
            sums = [
                np.asarray(np.bincount(here[of_it], values[of_it], n_periods), np.float64)
                for values in (dry, metal)
            ]
            place = counted.index(number) if number in counted else -1
            found[way, number] = Stream(way, names[number], sums[0], sums[1], place)
    return [one for key, one in found.items() if not _goes_round(found, key[1])]


def _goes_round(found: dict[tuple[str, int], Stream], number: int) -> bool:
    fed, made = found.get((FED, number)), found.get((MADE, number))
    if fed is None or made is None:
        return False
    inward, outward = float(fed.dry.sum()), float(made.dry.sum())
    return abs(inward - outward) <= INTERNAL_SHARE * max(inward, outward)


def _middle(bounds: Ints) -> Floats:
    is_open = bounds[:, 1] == UNBOUNDED_MG
    middle: Floats = np.where(is_open, 0.0, (bounds[:, 0] / 2.0) + (bounds[:, 1] / 2.0))
    return middle
