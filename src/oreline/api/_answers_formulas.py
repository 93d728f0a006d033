"""Calculators for the metallurgist: what pages and programs ask of formulas; most need no ledger.

Numbers come as text, such as ``2 +- 5%``, and tables as the text of a CSV file.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from oreline.api._answering import answering
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.balance import (
    Estimate,
    SampledOre,
    SharedUncertainty,
    contained_metal,
    contained_of_lots,
    duplicate_precision,
    gold_grains,
    gold_sample_mass,
    granulometric_factor,
    metal_chain,
    parse_estimate,
    product_yields,
    read_duplicates,
    read_lots,
    read_product_grades,
    read_stages,
    sampling_plan,
    site_factors,
    u_from_plan,
)
from oreline.balance import two_product as two_product_formula
from oreline.model import Finding, InputError, LimitExceededError, is_fatal
from oreline.settle import umpire_chances

TABLE = "table"
"""What findings call a table that was sent as text."""
TRIALS_MAX = 200_000
"""How many trials of a simulation a server runs for one question."""


def two_product(
    _view: View, feed: str, concentrate: str, tailings: str, unit: str = "%"
) -> dict[str, Any]:
    """Return yield and recovery from three assays."""
    grades = (parse_estimate(text, unit) for text in (feed, concentrate, tailings))
    return two_product_formula(*grades).to_json()


def contained(
    _view: View,
    wet_t: str,
    moisture_pct: str,
    grade: str,
    unit: str = "%",
    *,
    trials: int = 0,
    seed: int = 0,
) -> dict[str, Any]:
    """Return the metal of a lot and its uncertainty.

    Raises
    ------
    LimitExceededError
        If the trials are more than ``TRIALS_MAX``.
    """
    if trials > TRIALS_MAX:
        raise LimitExceededError(f"{trials} trials are more than TRIALS_MAX = {TRIALS_MAX}")
    found = contained_metal(
        parse_estimate(wet_t, "t"),
        parse_estimate(moisture_pct, "%"),
        parse_estimate(grade, unit),
        trials=trials,
        seed=seed,
    )
    return found.to_json()


def contained_in_lots(
    _view: View,
    table: str,
    shared_wet_pct: float = 0.0,
    shared_moisture_pct: float = 0.0,
    shared_grade_pct: float = 0.0,
) -> dict[str, Any]:
    """Return the metal of several lots, of which some uncertainty is shared."""
    lots, findings = read_lots(table.encode(), TABLE)
    _see_usable(findings)
    shared = SharedUncertainty(shared_wet_pct / 100, shared_moisture_pct, shared_grade_pct / 100)
    return contained_of_lots(lots, shared).to_json()


def products(_view: View, table: str) -> dict[str, Any]:
    """Return the yields of several products from a table of grades."""
    feed, made, findings = read_product_grades(table.encode(), TABLE)
    _see_usable(findings)
    return product_yields(feed, made).to_json()


def duplicates(_view: View, table: str) -> dict[str, Any]:
    """Return the precision of sampling from a table of duplicate samples."""
    results, unit, findings = read_duplicates(table.encode(), TABLE)
    _see_usable(findings)
    return duplicate_precision(results, unit).to_json()


def factors(_view: View, table: str) -> dict[str, Any]:
    """Return the factors of a chain from a table of its stages."""
    stages, findings = read_stages(table.encode(), TABLE)
    _see_usable(findings)
    return metal_chain(stages).to_json()


def sampling(
    _view: View,
    ore: SampledOre,
    top_sizes_cm: Sequence[float],
    error_pct: float,
    *,
    coverage: float,
    safety: float,
    analysis_u: float | None = None,
    other_pct: float | None = None,
    limit_pct: float | None = None,
) -> dict[str, Any]:
    """Return a sampling plan, the uncertainty of an assay under it, how often it needs an umpire.

    Raises
    ------
    InputError
        If only one of analysis and other errors is given, neither with a limit, or the plan
        cannot be.
    """
    plan = sampling_plan(ore, top_sizes_cm, error_pct / 100, coverage=coverage, safety=safety)
    if (analysis_u is None) != (other_pct is None):
        message = "give the uncertainty of the analysis and of the rest together, 0 for none"
        raise InputError(message)
    told: dict[str, Any] = {**plan.to_json(), "assay": None, "umpire": None}
    if analysis_u is not None and other_pct is not None:
        grade = Estimate(ore.grade_pct, None, "%")
        assay = u_from_plan(plan, grade, analysis_u=analysis_u, other_rel=other_pct / 100)
        told["assay"] = assay.to_json()
        if limit_pct is not None:
            assert assay.u is not None
            told["umpire"] = umpire_chances(assay.u, analysis_u, Decimal(repr(limit_pct)))
    elif limit_pct is not None:
        raise InputError("a splitting limit needs the uncertainty of the analysis and of the rest")
    return told


def ore_of(
    grade_pct: float,
    mineral_pct: float,
    mineral_density: float,
    gangue_density: float,
    liberation_cm: float,
    *,
    shape: float,
    size_ratio: float,
    is_native_gold: bool,
) -> SampledOre:
    """Return the ore of a sampling plan from what a form asks for."""
    return SampledOre(
        grade_pct,
        mineral_pct,
        mineral_density,
        gangue_density,
        liberation_cm,
        shape,
        granulometric_factor(size_ratio),
        is_native_gold,
    )


def gold_sample(
    _view: View,
    grade_g_t: float,
    grain_mm: float,
    shape: float,
    sample_g: float | None,
    error_pct: float | None,
) -> dict[str, Any]:
    """Return what a sample of ore with coarse gold tells, by its mass or by the error wanted.

    Raises
    ------
    InputError
        If neither or both are given.
    """
    if error_pct is not None and sample_g is None:
        sample_g = gold_sample_mass(grade_g_t, grain_mm, error_pct / 100, shape=shape)
    elif sample_g is None or error_pct is not None:
        raise InputError("give either the mass of the sample or the error that is wanted")
    return gold_grains(sample_g, grade_g_t, grain_mm, shape=shape).to_json()


@answering
def factors_of_site(
    view: View, element: str, site: str, start: str, end: str, payable_t: str | None = None
) -> dict[str, Any]:
    """Return a plant's factors from its lots; a party's own sites only.

    ``payable_t`` is the metal that is paid of what arrived, such as ``45.2+-0.3``.

    Raises
    ------
    NotFoundError
        If the site is not this person's to see.
    """
    if not view.sees_site(site):
        raise NotFoundError(f"there is no site {site} here")
    reading = view.reading
    found = site_factors(
        reading.books,
        reading.element(element),
        site,
        (start, end),
        time_zone=reading.zone,
        payable=None if payable_t is None else parse_estimate(payable_t, "t"),
    )
    return found.to_json()


def _see_usable(findings: Sequence[Finding]) -> None:
    if is_fatal(findings):
        raise InputError("the table cannot be used", findings)
