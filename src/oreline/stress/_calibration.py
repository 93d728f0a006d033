"""How much of a using industry depends on a mineral: fitted to what the USGS published.

The part of an industry's value added that is at risk is not public. It is taken in proportion to
the industry's share of use, and the factor, psi, is chosen so that the largest trade disruption of
OFR 2025-1047, run through this model, takes from the US product what the USGS says it does. Results
that rest on it are labelled so: the level is theirs, only differences between cases are ours.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from oreline.model import Basis
from oreline.reference import table
from oreline.stress._damage import DamageCurve, damage_curve
from oreline.stress._gdp_terms import gdp_terms
from oreline.stress._industries import accounts
from oreline.stress._inputs import arrays_of, as_given
from oreline.stress._model_arrays import P, Q
from oreline.stress._plain import plain_scenarios
from oreline.stress._scenario import (
    Duration,
    Event,
    EventKind,
    Given,
    Scenario,
    Severity,
)
from oreline.stress._us_use import us_use

LABEL: Final = "calibrated to OFR 2025-1047"
BASE_YEAR: Final = 2023
PART_CUT: Final = 0.5
"""The least part of a published loss that is taken for cuts of output, the most being all of it: of
samarium the USGS says that about half is higher prices."""
SPREAD: Final = 2.0
"""OFR 2024-1057 and OFR 2025-1047, a year apart, differ by this factor for gallium."""


def usgs_scenario(scenario: Scenario) -> Scenario | None:
    """Return the largest trade disruption: all exports of the largest foreign supplier, a year.

    All others may send what they have left to whoever is cut off, at once: a yearly model.
    """
    foreign: dict[str, float] = {}
    for stage in scenario.stages:
        for one in stage.producers:
            if one.country not in ("USA", "OTHER"):
                foreign[one.country] = max(foreign.get(one.country, 0.0), one.share.value)
    if not foreign:
        return None
    largest = max(sorted(foreign), key=lambda one: foreign[one])
    own = scenario.bloc_of(largest)
    is_alone = largest in next(one for one in scenario.blocs if one.id == own).countries
    sure = Given(1.0, Basis.ASSUMED, "a complete disruption")
    none = Given(0.0, Basis.ASSUMED, "a complete disruption")
    targets = tuple(one.id for one in scenario.blocs if one.id != own) if is_alone else ()
    event = Event(
        f"{largest}-all", largest,
        EventKind.RESTRICTION if is_alone else EventKind.CONFLICT, sure,
        Severity(1.0), Duration(12.0), targets, (), "", none,
    )  # fmt: skip
    at_once = tuple(replace(one, lag_months=none) for one in scenario.stages)
    return replace(scenario, events=(event,), diversion=sure, stocks=(), stages=at_once)


def usgs_outcome(scenario: Scenario) -> tuple[float, float] | None:
    """Return quantity and price of the United States in the largest trade disruption."""
    made = usgs_scenario(scenario)
    if made is None:
        return None
    found = plain_scenarios(arrays_of(made, as_given(made)), 0, 0, 1)[0]
    return float(found[Q]), float(found[P])


def published_musd(mineral: str) -> float | None:
    """Return the loss of the largest scenario that the USGS published, None without a number."""
    frame = table("us_gdp_effects").filter(pl.col("mineral") == mineral)
    found = frame["largest_musd"].drop_nulls()
    return float(found[0]) if found.len() else None


@cache
def _wide_curve(uses: tuple[tuple[str, float], ...]) -> DamageCurve:
    """Return the damage curve over small cuts, on which psi is looked for.

    Losses grow in proportion until some industry runs out of what it takes in, and steeply after.
    """
    return damage_curve(accounts("71"), dict(uses), 0.2)


def _price_loss_musd(scenario: Scenario, quantity: float, price: float) -> float:
    """Return what higher prices cost in a disruption of 2023, the USGS's base year."""
    from oreline.stress._run import spending_of

    assert scenario.economy is not None, "asked of a scenario with an economy"
    found = us_use(scenario.mineral, BASE_YEAR)
    then = replace(
        scenario.economy,
        use_t=found["use_t"], domestic_t=found["domestic_t"],
        price_usd_per_t=found["price_usd_per_t"],
    )  # fmt: skip
    money = spending_of(replace(scenario, economy=then), as_given(replace(scenario, economy=then)))
    zero = np.zeros(2)
    flat = DamageCurve("", "", np.array([0.0, 1.0]), zero, zero, zero, {})
    found_terms = gdp_terms(flat, money, np.array([quantity]), np.array([price]))
    return float(found_terms.loss[0, 0])


def calibrated(scenario: Scenario) -> tuple[Scenario, str]:
    """Return a scenario with psi as the USGS's published loss has it, and what to know of it."""
    economy = scenario.economy
    assert economy is not None, "asked of a scenario with an economy"
    goal, outcome = published_musd(scenario.mineral), usgs_outcome(scenario)
    if goal is None or outcome is None:
        return scenario, f"{scenario.mineral}: the USGS published no loss; psi is {OURS_PSI}"
    quantity, price = outcome
    short = 1 - quantity
    curve = _wide_curve(tuple((one.industry, one.share.value) for one in economy.uses))
    priced = _price_loss_musd(scenario, quantity, price)
    rest = min(max(goal - priced, PART_CUT * goal), goal)
    if short <= 0:
        return scenario, f"{scenario.mineral}: nothing falls short; psi is {OURS_PSI}"
    cut = float(np.interp(rest, curve.qp_musd, curve.cut))
    value = min(cut / short, 1.0)
    psi = Given(value, Basis.ASSUMED, LABEL, value / SPREAD, min(1.0, value * SPREAD))
    told = (
        f"{scenario.mineral}: psi {value:.3g} is {LABEL}: cuts of output are {rest:,.0f} of the "
        f"{goal:,.0f} million dollars published for the largest disruption, at a shortfall of "
        f"{short:.0%} and a price of {price:.3g} times; higher prices cost {priced:,.0f} here"
    )
    if priced > (1 - PART_CUT) * goal:
        told += ", more than half of it: this model's prices rise more than the USGS's"
    told += _dearer(scenario)
    return replace(scenario, economy=replace(economy, psi=psi)), told


def _dearer(scenario: Scenario) -> str:
    """Return by how much what is used costs more than in the USGS's base year, as words."""
    economy, then = scenario.economy, us_use(scenario.mineral, BASE_YEAR)
    use, price = then["use_t"], then["price_usd_per_t"]
    if economy is None or use is None or price is None:
        return ""
    if economy.use_t is None or economy.price_usd_per_t is None:
        return ""
    now = economy.use_t.value * economy.price_usd_per_t.value
    before = use.value * price.value
    return (
        f"; what the United States use is worth {now / 1e6:,.0f} million dollars here, and was "
        f"worth {before / 1e6:,.0f} in {BASE_YEAR}, the year of the published loss"
    )


OURS_PSI: Final = "0.01 by default and says little"
