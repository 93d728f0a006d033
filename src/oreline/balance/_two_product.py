"""Yield and recovery of one feed split into two products, from three assays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.balance._gum import (
    Estimate,
    check_grades,
    correlation_matrix,
    number_text,
    propagated,
    same_unit,
    weakest_basis,
)
from oreline.model import Finding, Severity

NAMES = ("feed", "concentrate", "tailings")
SAME_GRADES = 1e-12
"""Concentrate and tailings nearer than this, relative to the feed, are the same grade."""
SURE_SEPARATION = 3.0
"""Below so many standard uncertainties between the products, first order is no longer good."""


@dataclass(frozen=True, slots=True)
class TwoProduct:
    """Mass yield (C/F) and recovery, as fractions of one; None with ``reason`` if not determined.

    They are never clipped: a feed grade outside of those of its products gives a yield below zero
    or above one, with a finding. ``slopes`` are the derivatives of the recovery by the grades of
    feed, concentrate and tailings, ``shares`` what each assay has in the variance of the recovery.
    """

    feed: Estimate
    concentrate: Estimate
    tailings: Estimate
    mass_yield: Estimate | None
    recovery: Estimate | None
    slopes: tuple[float, float, float] | None
    shares: tuple[float, float, float] | None
    reason: str
    findings: tuple[Finding, ...]

    @property
    def enrichment(self) -> float | None:
        """Return the grade of the concentrate for that of the feed."""
        return None if not self.feed.value else self.concentrate.value / self.feed.value

    def to_json(self) -> dict[str, Any]:
        """Return everything as decimal text."""
        return {
            "feed": self.feed.to_json(),
            "concentrate": self.concentrate.to_json(),
            "tailings": self.tailings.to_json(),
            "yield": None if self.mass_yield is None else self.mass_yield.to_json(),
            "recovery": None if self.recovery is None else self.recovery.to_json(),
            "enrichment": number_text(self.enrichment),
            "slopes": _named(self.slopes),
            "variance_shares": _named(self.shares),
            "reason": self.reason,
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row each for the inputs and the results."""
        rows = [
            ("feed", self.feed),
            ("concentrate", self.concentrate),
            ("tailings", self.tailings),
            ("yield", self.mass_yield),
            ("recovery", self.recovery),
        ]
        return pl.DataFrame(
            {
                "what": [name for name, _ in rows],
                "value": [item and item.value for _, item in rows],
                "u": [item and item.u for _, item in rows],
                "unit": [item and item.unit for _, item in rows],
            }
        )


def _named(values: tuple[float, float, float] | None) -> dict[str, str | None] | None:
    if values is None:
        return None
    return {name: number_text(value) for name, value in zip(NAMES, values, strict=True)}


def two_product(
    feed: Estimate,
    concentrate: Estimate,
    tailings: Estimate,
    *,
    correlation: Mapping[tuple[str, str], float] | None = None,
) -> TwoProduct:
    """Return yield (f - t)/(c - t) and recovery c (f - t)/(f (c - t)) with their uncertainty.

    The formula holds where feed = concentrate + tailings in dry mass and metal, without stocks
    between them. Uncertainty is of first order with these derivatives of the recovery:
    ct/(f²(c-t)) by the feed, -t(f-t)/(f(c-t)²) by the concentrate, -c(c-f)/(f(c-t)²) by the
    tailings.

    Parameters
    ----------
    feed, concentrate, tailings
        Grades on the dry basis, all in one unit.
    correlation
        Coefficients by pairs of ``feed``, ``concentrate`` and ``tailings``; 0 if not given.

    Raises
    ------
    UnitError
        If the units differ.
    InputError
        If a grade is below zero or above the whole, or a correlation is impossible.

    Sources: B. A. Wills and J. A. Finch, Mineral Processing Technology, chapter 3 (formula);
    JCGM 100:2008 (propagation).

    >>> grade = lambda value: Estimate(value, 0.05 * value, "%")
    >>> found = two_product(grade(2.0), grade(20.0), grade(0.5))
    >>> round(found.recovery.value, 8), round(found.recovery.u, 8)
    (0.76923077, 0.01747539)
    """
    grades = (feed, concentrate, tailings)
    same_unit(grades, "the grades are")
    check_grades(grades)
    matrix = correlation_matrix(NAMES, correlation)
    f, c, t = (item.value for item in grades)
    if abs(c - t) <= SAME_GRADES * max(f, c, t, SAME_GRADES):
        reason = "concentrate and tailings have the same grade: any yield fits"
        return TwoProduct(*grades, None, None, None, None, reason, (_same(reason),))
    gap = c - t
    us = [item.u for item in grades]
    basis = weakest_basis(grades)
    by_grade = (1 / gap, -(f - t) / gap**2, -(c - f) / gap**2)
    mass_yield = Estimate(
        (f - t) / gap, propagated(by_grade, us, matrix), "fraction", basis, "two-product formula"
    )
    findings = _findings(grades, mass_yield)
    if not f:
        reason = "the feed holds none of it: there is nothing to recover"
        return TwoProduct(*grades, mass_yield, None, None, None, reason, findings)
    slopes = (c * t / (f**2 * gap), -t * (f - t) / (f * gap**2), -c * (c - f) / (f * gap**2))
    u = propagated(slopes, us, matrix)
    value = c * (f - t) / (f * gap)
    recovery = Estimate(value, u, "fraction", basis, "two-product formula")
    shares = None
    if u and correlation is None:
        parts = [(slope * (one or 0.0) / u) ** 2 for slope, one in zip(slopes, us, strict=True)]
        shares = (parts[0], parts[1], parts[2])
    reason = "" if u is not None else "the uncertainty of an assay is not known"
    return TwoProduct(*grades, mass_yield, recovery, slopes, shares, reason, findings)


def _same(reason: str) -> Finding:
    return Finding(
        "ORL-0540",
        Severity.WARNING,
        "concentrate and tailings",
        reason,
        "measure one of the masses, or use an element that the plant separates",
    )


def _findings(
    grades: tuple[Estimate, Estimate, Estimate], mass_yield: Estimate
) -> tuple[Finding, ...]:
    feed, concentrate, tailings = grades
    found = []
    if not 0 <= mass_yield.value <= 1:
        low, high = sorted((tailings.value, concentrate.value))
        found.append(
            Finding(
                "ORL-0541",
                Severity.WARNING,
                "feed",
                f"{feed.value:g} {feed.unit} is outside of its products' {low:g} to {high:g}: "
                f"the yield is {mass_yield.value:.4g}",
                "look for a wrong or exchanged assay, or a stock that changed in the plant",
            )
        )
    gap = concentrate.value - tailings.value
    spread = propagated((1.0, -1.0), (concentrate.u, tailings.u))
    if spread and abs(gap) < SURE_SEPARATION * spread:
        found.append(
            Finding(
                "ORL-0542",
                Severity.WARNING,
                "concentrate and tailings",
                f"they differ by {abs(gap):.4g} {feed.unit}, only {abs(gap) / spread:.2g} times "
                "the uncertainty of that difference",
                "do not rely on the uncertainty given here: measure a mass, or assay again",
            )
        )
    return tuple(found)
