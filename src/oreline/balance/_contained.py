"""Metal contained in a lot, from wet mass, moisture and grade, and how uncertain it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from oreline.balance._gum import (
    EXPANDED,
    Estimate,
    correlation_matrix,
    number_text,
    propagated,
    weakest_basis,
)
from oreline.balance._monte_carlo import Simulated, simulate
from oreline.model import InputError, UnitError

NAMES = ("wet", "moisture", "grade")
_PARTS = {"%": 100.0, "g/t": 1e6, "ppm": 1e6, "fraction": 1.0, "kg/t": 1e3}


@dataclass(frozen=True, slots=True)
class Allotment:
    """What a purpose allows for the whole uncertainty of a result, relative, two-sided at 95 %."""

    purpose: str
    metal: str
    relative: float
    source: str

    @property
    def sampling_half(self) -> float:
        """Return what is left to sampling where half of the variance is laboratory work."""
        return self.relative / math.sqrt(2)


_PITARD = "F. F. Pitard, guidelines on uncertainty (scribd.com/document/467824326), read 2026-11-22"
ALLOTMENTS = (
    Allotment("exploration", "Au", 0.32, _PITARD),
    Allotment("exploration", "Cu", 0.20, _PITARD),
    Allotment("balance", "Au", 0.10, _PITARD),
    Allotment("balance", "Cu", 0.05, _PITARD),
    Allotment("sales of concentrate", "Au", 0.03, _PITARD),
    Allotment("sales of concentrate", "Cu", 0.01, _PITARD),
    Allotment("environment", "any", 0.32, _PITARD),
)
"""Total uncertainties that Pitard allots to purposes."""


@dataclass(frozen=True, slots=True)
class LotMeasured:
    """A lot's wet mass, its moisture (of the wet mass) and its grade (of the dry mass)."""

    lot: str
    wet: Estimate
    moisture: Estimate
    grade: Estimate

    def __post_init__(self) -> None:
        for item, what in ((self.moisture, "moisture"), (self.grade, "grade")):
            if item.unit not in _PARTS:
                known = ", ".join(_PARTS)
                raise UnitError(f"{what} of {self.lot} in {item.unit!r}; write one of {known}")
            if not 0 <= item.value <= _PARTS[item.unit]:
                message = (
                    f"{what} of {self.lot} is {item.value:g} {item.unit}: not within the whole"
                )
                raise InputError(message)
        if self.wet.value < 0:
            raise InputError(f"the wet mass of {self.lot} is below zero")

    @property
    def slopes(self) -> tuple[float, float, float]:
        """Return the derivatives of the metal by wet mass, moisture and grade as written."""
        wet, h, g = self.wet.value, self.moisture_fraction, self.grade_fraction
        return (
            (1 - h) * g,
            -wet * g / _PARTS[self.moisture.unit],
            wet * (1 - h) / _PARTS[self.grade.unit],
        )

    @property
    def moisture_fraction(self) -> float:
        """Return water for wet mass."""
        return self.moisture.value / _PARTS[self.moisture.unit]

    @property
    def grade_fraction(self) -> float:
        """Return metal for dry mass."""
        return self.grade.value / _PARTS[self.grade.unit]

    @property
    def metal(self) -> float:
        """Return wet (1 - moisture) grade, in the unit of the wet mass."""
        return self.wet.value * (1 - self.moisture_fraction) * self.grade_fraction


@dataclass(frozen=True, slots=True)
class SharedUncertainty:
    """What all lots have in common, so that it does not average out over them.

    Relative standard uncertainties of the scale and of the laboratory's calibration; that of the
    moisture is absolute, in the unit in which moistures are written.
    """

    wet_rel: float = 0.0
    moisture: float = 0.0
    grade_rel: float = 0.0

    def __post_init__(self) -> None:
        if not all(
            math.isfinite(x) and x >= 0 for x in (self.wet_rel, self.moisture, self.grade_rel)
        ):
            raise InputError("a shared uncertainty is zero or more")


@dataclass(frozen=True, slots=True)
class ContainedMetal:
    """The metal of one or several lots.

    ``shares`` are the parts of wet mass, moisture and grade in the variance, where these are
    independent. ``simulated`` is the same by Monte Carlo.
    """

    metal: Estimate
    shares: tuple[float, float, float] | None
    lots: tuple[LotMeasured, ...]
    simulated: Simulated | None = None

    @property
    def expanded_rel(self) -> float | None:
        """Return the relative expanded uncertainty, k = 2."""
        relative = self.metal.u_rel
        return None if relative is None else EXPANDED * relative

    def within(self, allotment: Allotment) -> bool | None:
        """Return whether the expanded uncertainty keeps to an allotment; None if not known."""
        found = self.expanded_rel
        return None if found is None else found <= allotment.relative

    def to_json(self) -> dict[str, Any]:
        """Return everything as decimal text."""
        return {
            "metal": self.metal.to_json(),
            "u_rel": number_text(self.metal.u_rel),
            "expanded_rel": number_text(self.expanded_rel),
            "coverage_factor": number_text(EXPANDED),
            "variance_shares": None
            if self.shares is None
            else {name: number_text(s) for name, s in zip(NAMES, self.shares, strict=True)},
            "lots": [
                {"lot": lot.lot, "metal": number_text(lot.metal), "unit": lot.wet.unit}
                for lot in self.lots
            ],
            "monte_carlo": None if self.simulated is None else self.simulated.to_json(),
            "allotments": [
                {
                    "purpose": item.purpose,
                    "metal": item.metal,
                    "relative": number_text(item.relative),
                    "within": self.within(item),
                    "source": item.source,
                }
                for item in ALLOTMENTS
            ],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a lot."""
        return pl.DataFrame(
            {
                "lot": [lot.lot for lot in self.lots],
                "wet": [lot.wet.value for lot in self.lots],
                "moisture": [lot.moisture.value for lot in self.lots],
                "grade": [lot.grade.value for lot in self.lots],
                "metal": [lot.metal for lot in self.lots],
                "unit": [lot.wet.unit for lot in self.lots],
            }
        )


def contained_metal(
    wet: Estimate,
    moisture: Estimate,
    grade: Estimate,
    *,
    correlation: Mapping[tuple[str, str], float] | None = None,
    trials: int = 0,
    seed: int = 0,
) -> ContainedMetal:
    """Return the metal W (1 - h) g of a lot with its standard uncertainty.

    For independent inputs (u_M/M)² = (u_W/W)² + (u_h/(1-h))² + (u_g/g)².

    Parameters
    ----------
    wet
        Wet mass in any unit of mass; the metal has the same.
    moisture, grade
        Moisture on the wet basis, grade on the dry basis.
    correlation
        Coefficients by pairs of ``wet``, ``moisture`` and ``grade``; 0 if not given.
    trials, seed
        Also simulate so many trials (0: none), from this seed.

    Raises
    ------
    UnitError, InputError
        If a unit is no such unit, a value lies outside of the whole, or a simulation has an input
        without uncertainty.

    Sources: JCGM 100:2008; the three sources of variance as in ISO/TC 183 and "Precision and Bias
    for Settlements" (CIM 1995).

    >>> found = contained_metal(
    ...     Estimate(1000, 2, "t"), Estimate(8, 0.2, "%"), Estimate(28, 0.14, "%")
    ... )
    >>> round(found.metal.value, 4), round(found.metal.u_rel, 7)
    (257.6, 0.0058074)
    """
    lot = LotMeasured("lot", wet, moisture, grade)
    matrix = correlation_matrix(NAMES, correlation)
    inputs = (wet, moisture, grade)
    us = [item.u for item in inputs]
    u = propagated(lot.slopes, us, matrix)
    metal = Estimate(lot.metal, u, wet.unit, weakest_basis(inputs), "wet (1 - moisture) grade")
    shares = None
    if u and correlation is None:
        parts = [(slope * (one or 0.0) / u) ** 2 for slope, one in zip(lot.slopes, us, strict=True)]
        shares = (parts[0], parts[1], parts[2])
    simulated = None
    if trials:
        parts_h, parts_g = _PARTS[moisture.unit], _PARTS[grade.unit]

        def model(drawn: np.ndarray) -> np.ndarray:
            found: np.ndarray = drawn[0] * (1 - drawn[1] / parts_h) * drawn[2] / parts_g
            return found

        simulated = simulate(model, inputs, matrix, trials, seed)
    return ContainedMetal(metal, shares, (lot,), simulated)


def contained_of_lots(
    lots: Sequence[LotMeasured], shared: SharedUncertainty | None = None
) -> ContainedMetal:
    """Return the metal of several lots together.

    The ``u`` of each lot's measurements is what differs from lot to lot; ``shared`` is what all
    have in common. Only the first averages out: ten lots on one scale do not make the scale better.

    Raises
    ------
    InputError
        If there is no lot.
    UnitError
        If wet masses, moistures or grades are not in one unit each.

    >>> lot = LotMeasured(
    ...     "a", Estimate(100, 0.2, "t"), Estimate(8, 0, "%"), Estimate(28, 0, "%")
    ... )
    >>> alone = contained_of_lots([lot] * 4)
    >>> shared = contained_of_lots([lot] * 4, SharedUncertainty(wet_rel=0.002))
    >>> round(alone.metal.u_rel, 6), round(shared.metal.u_rel, 6)
    (0.001, 0.002236)
    """
    if not lots:
        raise InputError("there is no lot to add up")
    for name in NAMES:
        units = {getattr(lot, name).unit for lot in lots}
        if len(units) > 1:
            raise UnitError(f"{name} in different units ({', '.join(sorted(units))})")
    common = shared or SharedUncertainty()
    total = sum(lot.metal for lot in lots)
    own = [[(slope, getattr(lot, name).u) for slope, name in zip(lot.slopes, NAMES, strict=True)]
           for lot in lots]  # fmt: skip
    by_input = [
        propagated([lot[place][0] for lot in own], [lot[place][1] for lot in own])
        for place in range(len(NAMES))
    ]
    together = (
        total * common.wet_rel,
        sum(lot.slopes[1] for lot in lots) * common.moisture,
        total * common.grade_rel,
    )
    variances = [
        None if one is None else one**2 + other**2
        for one, other in zip(by_input, together, strict=True)
    ]
    known = [variance for variance in variances if variance is not None]
    u = math.sqrt(sum(known)) if len(known) == len(variances) else None
    shares = None
    if u:
        shares = (known[0] / u**2, known[1] / u**2, known[2] / u**2)
    inputs = [getattr(lot, name) for lot in lots for name in NAMES]
    metal = Estimate(
        total, u, lots[0].wet.unit, weakest_basis(inputs), f"sum over {len(lots)} lots"
    )
    return ContainedMetal(metal, shares, tuple(lots))
