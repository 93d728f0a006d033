"""The addresses of the calculators: formulas and sampling, from numbers or from tables."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from oreline.api import _answers_formulas as formulas
from oreline.api._deps import Answer, Asking, Given, Reading, Symbol, told

router = APIRouter(prefix="/balance", tags=["balance"])
Stated = Annotated[
    str,
    Query(description="As 2, 2+-0.1 or 2+-5%: one standard uncertainty behind +-.", max_length=60),
]
Unit = Annotated[str, Query(description="Of grades: %, g/t, ppm, kg/t, fraction.", max_length=10)]
Above = Annotated[float, Query(gt=0, le=1e9, allow_inf_nan=False)]
Least = Annotated[float | None, Query(ge=0, le=1e6, allow_inf_nan=False)]
Percent = Annotated[float, Query(gt=0, le=100, allow_inf_nan=False)]


class Table(Given):
    """A table as the text of a CSV file; its columns stand in the reference of formulas."""

    table: str = Field(max_length=200_000)


class Lots(Table):
    """Lots, and the uncertainty that all of them share."""

    shared_wet_pct: float = Field(0.0, ge=0, le=100, allow_inf_nan=False)
    shared_moisture_pct: float = Field(0.0, ge=0, le=100, allow_inf_nan=False)
    shared_grade_pct: float = Field(0.0, ge=0, le=100, allow_inf_nan=False)


@router.get("/two-product")
def two_product(
    view: Reading, feed: Stated, concentrate: Stated, tailings: Stated, unit: Unit = "%"
) -> Answer:
    """Give yield and recovery of a plant from three assays, with their uncertainty."""
    return told(view, formulas.two_product(view, feed, concentrate, tailings, unit))


@router.get("/contained")
def contained(
    view: Reading,
    wet_t: Stated,
    moisture_pct: Stated,
    grade: Stated,
    unit: Unit = "%",
    trials: Annotated[int, Query(ge=0, le=formulas.TRIALS_MAX)] = 0,
    seed: Annotated[int, Query(ge=0, le=2**32)] = 0,
) -> Answer:
    """Give the metal in a lot with its uncertainty, against what purposes allow."""
    found = formulas.contained(view, wet_t, moisture_pct, grade, unit, trials=trials, seed=seed)
    return told(view, found)


@router.post("/contained")
def contained_in_lots(view: Asking, lots: Lots) -> Answer:
    """Give the metal in several lots; what they share does not average out."""
    found = formulas.contained_in_lots(
        view, lots.table, lots.shared_wet_pct, lots.shared_moisture_pct, lots.shared_grade_pct
    )
    return told(view, found)


@router.post("/products")
def products(view: Asking, grades: Table) -> Answer:
    """Give the yields of several products from the grades of several elements."""
    return told(view, formulas.products(view, grades.table))


@router.post("/duplicates")
def duplicates(view: Asking, results: Table) -> Answer:
    """Give the precision of sampling from interleaved duplicate samples (ISO 12744)."""
    return told(view, formulas.duplicates(view, results.table))


@router.post("/factors")
def factors(view: Asking, stages: Table) -> Answer:
    """Give the factors of a chain, from the reserve to what is paid."""
    return told(view, formulas.factors(view, stages.table))


@router.get("/site-factors")
def factors_of_site(
    view: Reading,
    element: Symbol,
    site: Annotated[str, Query(max_length=120)],
    start: Annotated[str, Query(description="A day or moment.", max_length=40)],
    end: Annotated[str, Query(description="A day or moment, itself not in it.", max_length=40)],
    payable_t: Annotated[
        str | None,
        Query(description="Metal paid of what arrived, t: 45.2 or 45.2+-0.3.", max_length=60),
    ] = None,
) -> Answer:
    """Give a plant's factors from its lots: product for feed, received for shipped, payable."""
    return told(view, formulas.factors_of_site(view, element, site, start, end, payable_t))


@router.get("/sampling")
def sampling(
    view: Reading,
    grade_pct: Percent,
    mineral_pct: Percent,
    mineral_density: Above,
    gangue_density: Above,
    liberation_cm: Above,
    top_size_cm: Annotated[list[float], Query(min_length=1, max_length=20)],
    error_pct: Percent,
    coverage: Above = 1.96,
    safety: Above = 2.0,
    shape: Above = 0.5,
    size_ratio: Above = 5.0,
    gold: bool = False,
    analysis_u: Least = None,
    other_pct: Least = None,
    splitting_limit: Least = None,
) -> Answer:
    """Plan the stages of sampling so that Gy's fundamental error keeps to a limit."""
    ore = formulas.ore_of(
        grade_pct,
        mineral_pct,
        mineral_density,
        gangue_density,
        liberation_cm,
        shape=shape,
        size_ratio=size_ratio,
        is_native_gold=gold,
    )
    found = formulas.sampling(
        view,
        ore,
        top_size_cm,
        error_pct,
        coverage=coverage,
        safety=safety,
        analysis_u=analysis_u,
        other_pct=other_pct,
        limit_pct=splitting_limit,
    )
    return told(view, found)


@router.get("/gold-sample")
def gold_sample(
    view: Reading,
    grade_g_t: Above,
    grain_mm: Above,
    shape: Above,
    sample_g: Annotated[float | None, Query(gt=0, le=1e9, allow_inf_nan=False)] = None,
    error_pct: Annotated[float | None, Query(gt=0, le=1e3, allow_inf_nan=False)] = None,
) -> Answer:
    """Count the grains in a sample of ore with coarse gold (Poisson)."""
    found = formulas.gold_sample(view, grade_g_t, grain_mm, shape, sample_g, error_pct)
    return told(view, found)
