"""How much of a using industry depends on a mineral: fitted to what the USGS published.

The part of an industry's value added that is at risk is not public. It is taken in proportion to
the industry's share of use, and the factor, psi, is chosen so that the largest trade disruption of
OFR 2025-1047, run through this model, takes from the US product what the USGS says it does. Results
that rest on it are labelled so: the level is theirs, only differences between cases are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from oreline.model import Basis
from oreline.reference import kept_by_tables, table
from oreline.stress._damage import (
    NODES,
    DamageCurve,
    LinearLoss,
    capped,
    direct_loss_musd,
    quadratic_loss_musd,
)
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
_CUTS: Final = np.linspace(0.0, 0.2, NODES)
"""The cuts of using industries among which psi is looked for."""
Uses = tuple[tuple[str, float], ...]
"""Industries that use a mineral, each with its part of the use."""


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


@kept_by_tables
def _loss_at_node(uses: Uses, node: int) -> float:
    """Return the loss by QP where using industries are cut by one of :data:`_CUTS`."""
    io = accounts("71")
    cap = capped(io, dict(uses), float(_CUTS[node]))
    least = max(direct_loss_musd(io, cap), LinearLoss(io).loss_musd(cap))
    return max(least, quadratic_loss_musd(io, cap))


def cut_that_loses(uses: Uses, loss_musd: float) -> float:
    """Return the cut at which that much is lost by QP, straight between nodes; 0.2 at most.

    Losses grow in proportion until some industry runs out of what it takes in, and steeply after:
    most cuts lie before the first node, and the others need not be computed.
    """
    before = 0.0
    for node in range(1, _CUTS.size):
        here = _loss_at_node(uses, node)
        if here >= loss_musd:
            part = (loss_musd - before) / (here - before)
            return float(_CUTS[node - 1] + part * (_CUTS[node] - _CUTS[node - 1]))
        before = here
    return float(_CUTS[-1])


def loss_of_cut_musd(uses: Uses, cut: float) -> float:
    """Return what a cut loses by QP: the other way of :func:`cut_that_loses`."""
    node = int(np.clip(np.searchsorted(_CUTS, cut), 1, _CUTS.size - 1))
    ends = [0.0 if at == 0 else _loss_at_node(uses, at) for at in (node - 1, node)]
    return float(np.interp(cut, _CUTS[node - 1 : node + 1], ends))


def price_loss_musd(scenario: Scenario, quantity: float, price: float) -> float:
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


@dataclass(frozen=True, slots=True)
class Fit:
    """How psi of a mineral follows from the loss that was published, in million dollars.

    Parameters
    ----------
    short, price
        The shortfall and the price ratio of the United States in the largest disruption.
    priced_musd
        What higher prices cost in it, less what own producers gain; 0 where that is UNKNOWN.
    cut_musd
        The part of the published loss that is taken for cuts of output.
    """

    mineral: str
    uses: Uses
    published_musd: float
    short: float
    price: float
    priced_musd: float
    cut_musd: float
    psi: float


def fit_of(scenario: Scenario) -> Fit | None:
    """Return the fit of a scenario, None where no loss is published or nothing falls short."""
    assert scenario.economy is not None, "asked of a scenario with an economy"
    goal, outcome = published_musd(scenario.mineral), usgs_outcome(scenario)
    if goal is None or outcome is None or outcome[0] >= 1:
        return None
    quantity, price = outcome
    uses = tuple((one.industry, one.share.value) for one in scenario.economy.uses)
    priced = price_loss_musd(scenario, quantity, price)
    rest = min(max(goal - priced, PART_CUT * goal), goal)
    psi = min(cut_that_loses(uses, rest) / (1 - quantity), 1.0)
    return Fit(scenario.mineral, uses, goal, 1 - quantity, price, priced, rest, psi)


def calibrated(scenario: Scenario) -> tuple[Scenario, str]:
    """Return a scenario with psi as the USGS's published loss has it, and what to know of it."""
    economy = scenario.economy
    assert economy is not None, "asked of a scenario with an economy"
    if published_musd(scenario.mineral) is None or usgs_outcome(scenario) is None:
        return scenario, f"{scenario.mineral}: the USGS published no loss; psi is {OURS_PSI}"
    fit = fit_of(scenario)
    if fit is None:
        return scenario, f"{scenario.mineral}: nothing falls short; psi is {OURS_PSI}"
    psi = Given(fit.psi, Basis.ASSUMED, LABEL, fit.psi / SPREAD, min(1.0, fit.psi * SPREAD))
    told = (
        f"{scenario.mineral}: psi {fit.psi:.3g} is {LABEL}: cuts of output are "
        f"{fit.cut_musd:,.0f} of the {fit.published_musd:,.0f} million dollars published for the "
        f"largest disruption, at a shortfall of {fit.short:.0%} and a price of {fit.price:.3g} "
        f"times; higher prices cost {round(fit.priced_musd):,} here"
    )
    if fit.priced_musd > (1 - PART_CUT) * fit.published_musd:
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
