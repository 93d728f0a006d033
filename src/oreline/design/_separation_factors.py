"""How strongly metals extract: published separation factors and distribution coefficients.

Every factor that oreline knows stands in one table, each row with the paper or patent it is of.
The same pair often stands there several times with numbers that differ: that range is the answer.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from oreline.design._law_inputs import above_zero, fraction
from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class SeparationFactor:
    """One published factor: distribution of ``stronger`` over that of ``weaker``.

    ``status`` is measured, published (a patent's own), fit, or cited (seen in another's text).
    """

    stronger: str
    weaker: str
    extractant: str
    medium: str
    factor: float
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class FactorRange:
    """What was published of a pair: the least and the most, and how many numbers there are."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class ExtractionTest:
    """What one contact extracts, and how log D rises with pH where that was measured."""

    metal: str
    extractant: str
    extracted: float
    slope: float | None
    source: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("oreline.design") / "data" / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def separation_factors() -> tuple[SeparationFactor, ...]:
    """Return every published factor.

    Examples
    --------
    >>> sum(1 for row in separation_factors() if (row.stronger, row.weaker) == ("Nd", "Pr"))
    9
    """
    return tuple(
        SeparationFactor(
            row["stronger"],
            row["weaker"],
            row["extractant"],
            row["medium"],
            float(row["factor"]),
            row["status"],
            row["source"],
        )
        for row in _rows("separation_factors.csv")
    )


def factor_range(stronger: str, weaker: str, medium: str | None = None) -> FactorRange | None:
    """Return the range of what was published of a pair, or None where nothing was.

    Examples
    --------
    >>> found = factor_range("Nd", "Pr", "chloride")
    >>> found.low, found.high
    (1.23, 2.606)
    """
    found = [
        row.factor
        for row in separation_factors()
        if (row.stronger, row.weaker) == (stronger, weaker)
        and (medium is None or row.medium.startswith(medium))
    ]
    return FactorRange(min(found), max(found), len(found)) if found else None


def factor_note(strength: Mapping[str, float]) -> tuple[str, ...]:
    """Return, for each published pair among these metals, how the factor used lies to its range.

    Examples
    --------
    >>> factor_note({"Nd": 1.4, "Pr": 1.0})
    ('Nd/Pr 1.4: published are 1.202 to 2.606, 9 numbers',)
    """
    said = []
    for pair in dict.fromkeys((row.stronger, row.weaker) for row in separation_factors()):
        if pair[0] not in strength or pair[1] not in strength:
            continue
        known = factor_range(*pair)
        assert known is not None
        used = strength[pair[0]] / strength[pair[1]]
        inside = 0.99 * known.low <= used <= 1.01 * known.high
        what = (
            f"published are {known.low:g} to {known.high:g}, {known.count} numbers"
            if known.count > 1
            else f"the one published number is {known.low:g}"
        )
        outside = "" if inside else "outside of what was published, "
        said.append(f"{pair[0]}/{pair[1]} {used:.4g}: {outside}{what}")
    return tuple(said)


@cache
def _distribution_rows() -> dict[str, dict[str, str]]:
    return {row["metal"]: row for row in _rows("distribution.csv")}


def distribution_coefficient(metal: str, ph: float, dosage_percent: float) -> float:
    """Return D of a metal on DEHPA with TBP in kerosene, organic over aqueous.

    ``log D = (m0 + m1 d) pH + b0 + b1 log10 d`` with ``d`` the volume per cent of DEHPA; Al, Ca, Fe
    and Sc were given one number. Fitted for dosages of 2 to 10 % and pH 1 to 3.

    Source: Keim and Naumann, DOE report 10.2172/1569277 (2019).

    Raises
    ------
    InputError
        If the metal was not measured.

    Examples
    --------
    >>> round(distribution_coefficient("Nd", 1.5, 5.0), 4), distribution_coefficient("Al", 1.5, 5)
    (0.0724, 0.0531)
    """
    row = _distribution_rows().get(metal)
    if row is None:
        raise InputError(f"no distribution of {metal}; known: {', '.join(_distribution_rows())}")
    if row["constant"]:
        return float(row["constant"])
    dosage = above_zero("the dosage", dosage_percent)
    m0, m1, b0, b1 = (float(row[name]) for name in ("m0", "m1", "b0", "b1"))
    return float(10 ** ((m0 + m1 * dosage) * ph + b0 + b1 * math.log10(dosage)))


def distribution_at_ph(known: float, slope: float, ph: float, known_ph: float) -> float:
    """Return D at another pH, from one that is known: ``D0 10^(slope (pH - pH0))``.

    The slope is 3 for a trivalent metal that exchanges three protons; measured ones are 2 to 3.

    Examples
    --------
    >>> round(distribution_at_ph(1.0, 2.22, 2.1, 2.0), 3)
    1.667
    """
    return float(above_zero("the distribution", known) * 10 ** (slope * (ph - known_ph)))


def distribution_of_extraction(extracted: float, phase_ratio: float = 1.0) -> float:
    """Return D from what one contact extracts: ``E / (1 - E)`` over O/A.

    Examples
    --------
    >>> round(distribution_of_extraction(0.64), 3)
    1.778
    """
    part = fraction("the part extracted", extracted)
    if part == 1:
        raise InputError("all is extracted: the distribution cannot be told from this contact")
    return part / (1 - part) / above_zero("O/A", phase_ratio)


@cache
def extraction_tests() -> tuple[ExtractionTest, ...]:
    """Return the published contacts of three extractants with Nd, Tb and Dy.

    Examples
    --------
    >>> [row.extracted for row in extraction_tests() if row.extractant == "PC88A"]
    [0.98, 0.91, 0.64]
    """
    return tuple(
        ExtractionTest(
            row["metal"],
            row["extractant"],
            float(row["extracted_percent"]) / 100,
            float(row["slope"]) if row["slope"] else None,
            row["source"],
        )
        for row in _rows("extraction_tests.csv")
    )
