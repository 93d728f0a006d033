"""Tests of a running sum: runs of periods, and the tabular CUSUM of what the past leaves open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from oreline.model import mass_text

Floats = npt.NDArray[np.float64]


class Innovation(NamedTuple):
    """The unaccounted mass of a period in milligrams; None where it cannot be judged, and why."""

    mass_mg: float | None
    why: str


class Sides(NamedTuple):
    """The two sides of a tabular CUSUM after one period, in standard deviations."""

    upper: float
    lower: float


@dataclass(frozen=True, slots=True)
class Run:
    """The consecutive periods whose sum lies furthest from zero, in standard uncertainties."""

    first: str
    last: str
    sum_mg: int
    u_mg: float
    sigmas: float

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the run with masses as decimal text in ``unit``."""
        return {
            "first": self.first,
            "last": self.last,
            "sum": mass_text(self.sum_mg, unit),
            "u": mass_text(round(self.u_mg), unit),
            "unit": unit,
            "sigmas": f"{self.sigmas:.3f}",
        }


def innovations(masses: Sequence[Innovation], covariance: Floats) -> list[tuple[float | None, str]]:
    """Return each period less what the earlier ones let expect of it, in standard deviations.

    A period that cannot be judged has None; the later ones are judged without it. With L the
    Cholesky factor of the covariance of those that can, the innovations are L^-1 U.
    """
    found: list[tuple[float | None, str]] = [(None, one.why) for one in masses]
    known = [place for place, one in enumerate(masses) if one.mass_mg is not None]
    if not known:
        return found
    block = covariance[np.ix_(known, known)]
    scale = np.sqrt(np.diag(block))
    values = np.array([masses[place].mass_mg for place in known], np.float64)
    # A period without lines has neither mass nor variance: it says nothing.
    silent = scale == 0
    scale = np.where(silent, 1.0, scale)
    related = block / np.outer(scale, scale) + np.diag(silent * 1.0)
    factor = _factor(related)
    z = np.linalg.solve(factor, values / scale)
    for place, one, quiet in zip(known, z.tolist(), silent.tolist(), strict=True):
        found[place] = (0.0 if quiet else one, "")
    return found


def _factor(related: Floats) -> Floats:
    """Return the Cholesky factor; where rounding spoils it, of the matrix with a little more."""
    more = 0.0
    while True:
        try:
            return np.asarray(np.linalg.cholesky(related + more * np.eye(len(related))), np.float64)
        except np.linalg.LinAlgError:
            more = max(10 * more, 1e-12)
            assert more < 1e-3, "a covariance has a negative eigenvalue that is no rounding"


def tabulated(z: Sequence[float | None], slack: float) -> list[Sides]:
    """Return the two sides of the tabular CUSUM; a period that cannot be judged changes neither.

    Upper = max(0, upper + z - k), lower = max(0, lower - z - k).

    >>> [round(side.upper, 1) for side in tabulated([1.0, None, 2.0, -3.0], 0.5)]
    [0.5, 0.5, 2.0, 0.0]
    """
    sides, last = [], Sides(0.0, 0.0)
    for one in z:
        if one is not None:
            last = Sides(max(0.0, last.upper + one - slack), max(0.0, last.lower - one - slack))
        sides.append(last)
    return sides


def greatest_run(
    periods: Sequence[str], masses_mg: Sequence[int | None], covariance: Floats
) -> Run | None:
    """Return the run of judged periods whose sum is furthest from zero, None where there is none.

    The longest run of all is the first that is tried, so that of equals the longest holds.
    """
    best: Run | None = None
    for first, (name, start) in enumerate(zip(periods, masses_mg, strict=True)):
        if start is None:
            continue
        total, variance = 0, 0.0
        for last in range(first, len(periods)):
            mass = masses_mg[last]
            if mass is None:
                break
            total += mass
            variance += float(2 * covariance[first:last, last].sum() + covariance[last, last])
            if variance <= 0 or math.isnan(variance):
                continue
            u = math.sqrt(variance)
            if best is None or abs(total) / u > best.sigmas:
                best = Run(name, periods[last], total, u, abs(total) / u)
    return best
