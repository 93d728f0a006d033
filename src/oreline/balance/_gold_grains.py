"""How much to take of ore with coarse gold, where Gy's liberation factor fails."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.balance._gum import above_zero, number_text

GOLD_DENSITY = 19.3
"""Of pure gold, g/cm³; native gold with silver is lighter."""


@dataclass(frozen=True, slots=True)
class GoldGrains:
    """What a sample holds where gold comes as grains of one size.

    ``expected`` is the mean number of grains in the sample, ``relative_sd`` that of the assay by
    chance alone, ``probability_of_none`` how often a sample holds no grain at all and so tells of
    no gold.
    """

    sample_g: float
    grade_g_t: float
    grain_mm: float
    grain_mg: float
    expected: float

    @property
    def relative_sd(self) -> float:
        """Return the relative standard deviation of the grade, 1/sqrt(expected)."""
        return 1 / math.sqrt(self.expected)

    @property
    def probability_of_none(self) -> float:
        """Return how probable a sample without any grain is."""
        return math.exp(-self.expected)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as decimal text."""
        return {
            "sample_g": number_text(self.sample_g),
            "grade_g_t": number_text(self.grade_g_t),
            "grain_mm": number_text(self.grain_mm),
            "grain_mg": number_text(self.grain_mg),
            "expected_grains": number_text(self.expected),
            "relative_sd": number_text(self.relative_sd),
            "probability_of_none": number_text(self.probability_of_none),
            "basis": "derived",
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row."""
        return pl.DataFrame([self.to_json()])


def gold_grains(
    sample_g: float,
    grade_g_t: float,
    grain_mm: float,
    *,
    shape: float,
    density: float = GOLD_DENSITY,
) -> GoldGrains:
    """Return how many grains a sample holds, which are scattered by a Poisson distribution.

    Parameters
    ----------
    sample_g, grade_g_t, grain_mm
        The sample, its expected grade, and the size of the coarsest grains that matter.
    shape
        The volume of a grain for the cube of its size: pi/6 for a ball, 0.5 for most grains,
        0.2 for flakes.
    density
        Of the grains, g/cm³.

    Raises
    ------
    InputError
        If a number is not above zero.

    Source: C. O. Ingamells, Talanta 28 (1981), and I. Clifton and others, US Geological Survey
    Professional Paper 625-C (1969): twenty grains give about 22 % relative.

    >>> found = gold_grains(50, 2.0, 0.5, shape=0.5)
    >>> round(found.expected, 4), round(found.probability_of_none, 3)
    (0.0829, 0.92)
    """
    mass = _grain_g(grain_mm, shape, density)
    above_zero(sample=sample_g, grade=grade_g_t)
    expected = sample_g * grade_g_t / 1e6 / mass
    return GoldGrains(sample_g, grade_g_t, grain_mm, mass * 1000, expected)


def gold_sample_mass(
    grade_g_t: float,
    grain_mm: float,
    relative_sd: float,
    *,
    shape: float,
    density: float = GOLD_DENSITY,
) -> float:
    """Return the grams of sample in which chance alone leaves ``relative_sd``.

    >>> mass = gold_sample_mass(2.0, 0.5, 0.1, shape=0.5)
    >>> round(gold_grains(mass, 2.0, 0.5, shape=0.5).relative_sd, 9)
    0.1
    """
    above_zero(grade=grade_g_t, relative_error=relative_sd)
    return _grain_g(grain_mm, shape, density) / relative_sd**2 / grade_g_t * 1e6


def ingamells_constant(relative_sd: float, sample_g: float) -> float:
    """Return the mass in grams of which a sample has 1 % relative standard deviation.

    K = R² w, with R in per cent from duplicates of mass ``w``.

    Source: C. O. Ingamells and P. Switzer, Talanta 20 (1973).

    >>> ingamells_constant(0.05, 100.0)
    2500.0
    """
    above_zero(relative_error=relative_sd, sample=sample_g)
    return (100 * relative_sd) ** 2 * sample_g


def ingamells_mass(constant_g: float, relative_sd: float) -> float:
    """Return the grams of sample for a relative standard deviation, from Ingamells' constant.

    >>> ingamells_mass(2500.0, 0.025)
    400.0
    """
    above_zero(constant=constant_g, relative_error=relative_sd)
    return constant_g / (100 * relative_sd) ** 2


def _grain_g(grain_mm: float, shape: float, density: float) -> float:
    above_zero(grain_size=grain_mm, shape_factor=shape, density=density)
    return shape * density * (grain_mm / 10) ** 3
