"""What each dollar would avoid: measures one by one, in order, and in every combination.

All cases are computed with the same random numbers, so that they differ by what was done alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

import polars as pl

from oreline.model import Basis
from oreline.stress._blocks import Block, computed
from oreline.stress._damage import DamageCurve
from oreline.stress._gdp_terms import BOUNDS
from oreline.stress._inputs import arrays_of, as_given
from oreline.stress._risk import LossRisk, loss_risk
from oreline.stress._run import Disruption, terms_of
from oreline.stress._scenario import Given, Measure, MeasureKind, Producer, Scenario, Stock

STOCK_DAYS: Final = (0, 15, 30, 60, 90, 120, 180, 270, 365)
CARRYING: Final = 0.08
"""What a stock costs in a year, as a part of its value: money tied up, storage, losses; assumed."""
SCENARIOS: Final = 20_000
"""How many scenarios each case is computed with, the first of the run."""


def with_measures(scenario: Scenario, measures: Iterable[Measure]) -> Scenario:
    """Return a scenario in which measures were taken."""
    for one in measures:
        scenario = _TAKEN[one.kind](scenario, one)
    return scenario


def _plant(scenario: Scenario, one: Measure, through: str = "") -> Scenario:
    """Add a producer at a stage, and where it stands for earlier ones too at those."""
    ids = [stage.id for stage in scenario.stages]
    last = ids.index(one.stage)
    first = 0 if through else last
    made = Producer(one.country or through, one.id, one.amount, None)
    stages = tuple(
        replace(stage, producers=(*stage.producers, made)) if first <= number <= last else stage
        for number, stage in enumerate(scenario.stages)
    )
    return replace(scenario, stages=stages)


def _recycling(scenario: Scenario, one: Measure) -> Scenario:
    """Add recycled supply: what is recycled needs no mine."""
    bloc = next(bloc for bloc in scenario.blocs if bloc.id == scenario.focal)
    return _plant(scenario, one, through=bloc.countries[0] if bloc.countries else "OTHER")


def _stock(scenario: Scenario, one: Measure) -> Scenario:
    held = {(each.bloc, each.stage): each for each in scenario.stocks}
    key = (scenario.focal, one.stage)
    days = one.amount
    if key in held:
        days = replace(days, value=days.value + held[key].days.value, low=None, high=None)
    held[key] = Stock(*key, days)
    return replace(scenario, stocks=tuple(held.values()))


def _substitution(scenario: Scenario, one: Measure) -> Scenario:
    eps = replace(scenario.eps, value=scenario.eps.value * (1 + one.amount.value), low=None,
                  high=None)  # fmt: skip
    return replace(scenario, eps=eps)


def _contract(scenario: Scenario, one: Measure) -> Scenario:
    part = min(1.0, scenario.diversion.value + one.amount.value)
    diversion = replace(scenario.diversion, value=part, low=None, high=None)
    return replace(scenario, diversion=diversion)


_TAKEN: Final = {
    MeasureKind.PLANT: _plant,
    MeasureKind.RECYCLING: _recycling,
    MeasureKind.STOCK: _stock,
    MeasureKind.SUBSTITUTION: _substitution,
    MeasureKind.CONTRACT: _contract,
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a measure avoids in a year, in million dollars, and what it costs.

    ``per_usd`` is the mean avoided for a dollar of cost; ``worth_usd`` what it may cost in a year
    at most, before its mean pays.
    """

    id: str
    kind: str
    amount: float
    mean_avoided_musd: float
    cvar_avoided_musd: float
    cost_usd: float | None

    @property
    def worth_usd(self) -> float:
        """Return the yearly cost below which the mean loss avoided pays for it."""
        return self.mean_avoided_musd * 1e6

    @property
    def per_usd(self) -> float | None:
        """Return dollars of mean loss avoided for a dollar of cost."""
        return None if not self.cost_usd else self.worth_usd / self.cost_usd

    def to_row(self) -> dict[str, Any]:
        """Return it as a row of a table."""
        return {
            "measure": self.id,
            "kind": self.kind,
            "amount": self.amount,
            "mean_avoided_musd": self.mean_avoided_musd,
            "cvar_avoided_musd": self.cvar_avoided_musd,
            "cost_usd_per_year": self.cost_usd,
            "usd_avoided_per_usd": self.per_usd,
            "worth_at_most_usd_per_year": self.worth_usd,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """A combination of measures: its yearly cost and the CVaR that is left."""

    measures: tuple[str, ...]
    cost_usd: float
    mean_musd: float
    cvar_musd: float


@dataclass(frozen=True, slots=True)
class StockStep:
    """A stock of some days: what it avoids and costs in a year, in million dollars."""

    days: int
    mean_avoided_musd: float
    cost_musd: float | None


@dataclass(frozen=True, slots=True)
class Decisions:
    """What could be done and what it avoids.

    Parameters
    ----------
    alone
        Each measure alone, that which avoids most for a dollar first.
    in_order
        Each after those before it: the marginal curve.
    choices
        Combinations that no other beats in both cost and CVaR.
    stock
        Stocks of the last stage in the bloc looked at.
    break_even_days
        The longest of :data:`STOCK_DAYS` whose mean avoided pays its cost; None if the cost is not
        known, 0 if none does.
    """

    alone: tuple[Effect, ...]
    in_order: tuple[Effect, ...]
    choices: tuple[Choice, ...]
    stock: tuple[StockStep, ...]
    break_even_days: int | None

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each measure alone."""
        return pl.DataFrame([one.to_row() for one in self.alone])

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "measures": [one.to_row() for one in self.alone],
            "marginal_curve": [one.to_row() for one in self.in_order],
            "pareto": [
                {"measures": list(one.measures), "cost_usd_per_year": one.cost_usd,
                 "mean_musd": one.mean_musd, "cvar95_musd": one.cvar_musd}
                for one in self.choices
            ],
            "stock": [
                {"days": one.days, "mean_avoided_musd": one.mean_avoided_musd,
                 "cost_musd": one.cost_musd}
                for one in self.stock
            ],
            "break_even_days": self.break_even_days,
            "stock_carrying_cost": {"value": CARRYING, "unit": "1/year", "basis": "assumed"},
        }  # fmt: skip


def default_measures(scenario: Scenario) -> tuple[Measure, ...]:
    """Return measures to compare where a scenario names none: a size each, and no cost."""
    told = "a size to compare by"
    last = scenario.stages[-1].id
    country = next((one.countries[0] for one in scenario.blocs
                    if one.id == scenario.focal and one.countries), "OTHER")  # fmt: skip

    def given(value: float) -> Given:
        return Given(value, Basis.ASSUMED, told)

    plants = tuple(
        Measure(f"plant-{one.id}", MeasureKind.PLANT, given(0.02), one.id, country)
        for one in scenario.stages
    )
    return (
        *plants[:5],
        Measure("stock-90-days", MeasureKind.STOCK, given(90.0), last),
        Measure("recycling", MeasureKind.RECYCLING, given(0.02), last),
        Measure("substitution", MeasureKind.SUBSTITUTION, given(0.25)),
        Measure("contracts", MeasureKind.CONTRACT, given(0.2)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Cases:
    """Cases of one run, all with its first scenarios; ``bound`` is how industries are counted."""

    curve: DamageCurve
    seed: int
    bound: str
    count: int

    def risk(self, scenario: Scenario) -> LossRisk:
        values = as_given(scenario)
        found = computed(Block(arrays_of(scenario, values), self.seed, 0, self.count))
        terms = terms_of(scenario, self.curve, values, found)
        assert terms is not None, "a curve was given"
        return loss_risk(terms.loss[BOUNDS.index(self.bound)])


def decisions(found: Disruption, bound: str = "qp", count: int = SCENARIOS) -> Decisions | None:
    """Return what could be done about a run's losses; None where they are not known in money."""
    if found.curve is None:
        return None
    scenario = found.scenario
    cases = _Cases(found.curve, found.settings.seed, bound, min(count, found.settings.scenarios))
    before = cases.risk(scenario)
    measures = scenario.measures or default_measures(scenario)
    alone = sorted(
        (_effect(one, before, cases.risk(with_measures(scenario, [one]))) for one in measures),
        key=lambda one: (-(one.per_usd or 0.0), -one.mean_avoided_musd, one.id),
    )
    steps, held = [], list[Measure]()
    at = before
    for effect in alone:
        held.append(next(one for one in measures if one.id == effect.id))
        after = cases.risk(with_measures(scenario, held))
        steps.append(_effect(held[-1], at, after))
        at = after
    stock = _stock_steps(scenario, before, cases)
    return Decisions(
        tuple(alone), tuple(steps), _choices(scenario, before, cases), stock, _break_even(stock)
    )


def _effect(one: Measure, before: LossRisk, after: LossRisk) -> Effect:
    return Effect(
        one.id, str(one.kind), one.amount.value, before.mean - after.mean,
        before.cvar95 - after.cvar95, None if one.cost_usd is None else one.cost_usd.value,
    )  # fmt: skip


def _choices(scenario: Scenario, before: LossRisk, cases: _Cases) -> tuple[Choice, ...]:
    """Return the combinations of measures with a cost that no other beats."""
    priced = [one for one in scenario.measures if one.cost_usd is not None]
    every = [Choice((), 0.0, before.mean, before.cvar95)]
    for size in range(1, len(priced) + 1):
        for some in combinations(priced, size):
            risk = cases.risk(with_measures(scenario, some))
            cost = sum(one.cost_usd.value for one in some if one.cost_usd is not None)
            every.append(Choice(tuple(one.id for one in some), cost, risk.mean, risk.cvar95))
    every.sort(key=lambda one: (one.cost_usd, one.cvar_musd, one.measures))
    front: list[Choice] = []
    for one in every:
        if not front or one.cvar_musd < front[-1].cvar_musd:
            front.append(one)
    return tuple(front)


def _stock_steps(scenario: Scenario, before: LossRisk, cases: _Cases) -> tuple[StockStep, ...]:
    economy = scenario.economy
    assert economy is not None, "losses are known in money"
    per_day = None
    if economy.use_t is not None and economy.price_usd_per_t is not None:
        value = economy.use_t.value * economy.price_usd_per_t.value / 1e6
        per_day = value / 365 * CARRYING
    found = []
    for days in STOCK_DAYS:
        held = Measure("", MeasureKind.STOCK, Given(float(days), Basis.ASSUMED, ""),
                       scenario.stages[-1].id)  # fmt: skip
        after = cases.risk(with_measures(scenario, [held])) if days else before
        cost = None if per_day is None else per_day * days
        found.append(StockStep(days, before.mean - after.mean, cost))
    return tuple(found)


def _break_even(steps: Sequence[StockStep]) -> int | None:
    if any(one.cost_musd is None for one in steps):
        return None
    return max(
        (one.days for one in steps
         if one.cost_musd is not None and one.mean_avoided_musd >= one.cost_musd),
        default=0,
    )  # fmt: skip
