"""What money buys in a country's supply security, stage by stage, with its uncertainty.

For each budget the best plan is found and its builds are held. Then every number of the plan that
has a range is drawn, the same draws for every budget, and what runs follows. Tonnes are those of a
mean year in which the plan delivers. Where assumed numbers dominate what is drawn, there are ranges
and no single figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from oreline.plan import BudgetCurve, Change, Goal, PlanText, Problem, Schedule, SolverSettings
from oreline.plan import budget_curve as plan_budget_curve
from oreline.reference import country
from oreline.stress._bottleneck import STEPS, CountedSupply, counted_supply, free_capacities
from oreline.stress._concentration import Bounds
from oreline.stress._dependence import (
    COVERED,
    MINERALS,
    NOTE_NIR,
    Measures,
    StageImports,
    measures_after,
    measures_of,
    stage_imports,
)
from oreline.stress._security_file import SecurityInputs

LOW, HIGH = 10, 90
"""Percentiles of the draws that a range goes from and to, as those of a plan's budgets."""
LEAST_T: Final = 1e-6


@dataclass(frozen=True, slots=True)
class StageFigures:
    """Tonnes a year that a plan delivers at each stage of each mineral to a country.

    Rare earths are told together, and each of them by itself.
    """

    importer: str
    stages: Mapping[str, str]

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Return what they are called: mineral and stage."""
        return tuple((f"{mineral} {stage}", "t/y") for mineral, stage in FIGURE_KEYS)

    def __call__(self, problem: Problem, schedule: Schedule) -> np.ndarray[Any, Any]:
        """Return the mean of the years in which anything of a mineral and stage is delivered."""
        sites = {one.id: one.site for one in problem.markets}
        found: dict[tuple[str, str], dict[int, float]] = {}
        for one in schedule.of("sale"):
            stage = self.stages.get(one.detail)
            if stage is None or problem.country(sites[one.name]) != self.importer:
                continue
            for element, (mineral, times) in MINERALS.items():
                tonnes = 1e3 * one.kt * problem.grade(one.detail, element) * times
                if tonnes > LEAST_T:
                    for name in {mineral, ALONE[element]}:
                        years = found.setdefault((name, stage), {})
                        years[one.year] = years.get(one.year, 0.0) + tonnes
        means = [
            sum(found[key].values()) / len(found[key]) if key in found else 0.0
            for key in FIGURE_KEYS
        ]  # fmt: skip
        return np.array(means)


STAGE_KEYS: Final = tuple((mineral, stage) for mineral in STEPS for stage in STEPS[mineral])
ALONE: Final = {"Sb": "antimony", "Cu": "copper", "Nd": "neodymium", "Pr": "praseodymium"}
"""Each element as a mineral of its own, as the disruption model has it."""
STEPS_ALONE: Final = {ALONE[element]: mineral for element, (mineral, _) in MINERALS.items()}
"""For each of them, the mineral of whose stages and rooms it is a part."""
FIGURE_KEYS: Final = (
    *STAGE_KEYS,
    *(
        (alone, stage)
        for alone, mineral in STEPS_ALONE.items()
        if alone != mineral
        for stage in STEPS[mineral]
    ),
)


@dataclass(frozen=True, slots=True)
class StageSecurity:
    """What a budget changes at one stage of a mineral.

    ``imports`` and both measures are None where nobody prints whom the country imports from.
    ``part_of_imports`` is what is displaced, never more than all. ``more_t`` arrives more than at
    the budget before. ``usd_per_t`` is the capital of the whole plan for each tonne a year that is
    counted here, its ``high`` None where nothing is sure to be counted; it is no sum over stages.
    """

    supply: CountedSupply
    imports: StageImports | None
    part_of_imports: Bounds | None
    part_of_use: Bounds | None
    before: Measures | None
    after: Measures | None
    usd_per_t: Bounds | None
    more_t: Bounds

    @property
    def beyond_t(self) -> float:
        """Return how much more is counted at most than the country imports at the stage."""
        imports = None if self.imports is None else self.imports.imports_t
        if imports is None or imports.high is None or self.supply.counted_t.high is None:
            return 0.0
        return max(0.0, self.supply.counted_t.high - imports.high)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values; null is UNKNOWN."""
        reliance = None if self.imports is None else self.imports.reliance or None

        def of(bounds: Bounds | None) -> dict[str, float | None] | None:
            return None if bounds is None else bounds.to_json()

        return {
            **self.supply.to_json(),
            "imports": None if self.imports is None else self.imports.to_json(),
            "part_of_imports": of(self.part_of_imports),
            "part_of_consumption": of(self.part_of_use),
            "beyond_imports_t": self.beyond_t,
            "before": None if self.before is None else self.before.to_json(),
            "after": None if self.after is None else self.after.to_json(),
            "net_import_reliance_pct": {"before": reliance, "after": reliance},
            "more_than_budget_before_t": of(self.more_t),
            "capital_of_whole_plan_usd_per_t_per_year": of(self.usd_per_t),
        }


@dataclass(frozen=True, slots=True)
class BudgetSecurity:
    """What a budget buys: its amount in millions and the stages of each mineral.

    ``alone`` counts the supply of each element by itself, as if it had all the room of a stage.
    """

    amount: float
    units: tuple[str, ...]
    stages: tuple[StageSecurity, ...]
    alone: Mapping[str, tuple[CountedSupply, ...]]


@dataclass(frozen=True, slots=True)
class Security:
    """What each budget changes in a country's supply, stage by stage."""

    importer: str
    origin: tuple[str, ...]
    covered: tuple[str, ...]
    curve: BudgetCurve
    budgets: tuple[BudgetSecurity, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each budget, mineral and stage; ranges as low and high."""
        rows = []
        for budget in self.budgets:
            for one in budget.stages:
                row: dict[str, Any] = {
                    "budget_m": budget.amount,
                    "mineral": one.supply.mineral,
                    "stage": one.supply.stage,
                    "stops_here": one.supply.stops,
                    **_ends("arrives_t_per_y", one.supply.arrives_t),
                    **_ends("counted_t_per_y", one.supply.counted_t),
                    **_ends("part_of_imports", one.part_of_imports),
                    **_ends("part_of_consumption", one.part_of_use),
                }
                for when, measured in (("before", one.before), ("after", one.after)):
                    row |= _ends(f"china_{when}", None if measured is None else measured.china)
                    row |= _ends(f"covered_{when}", None if measured is None else measured.covered)
                    row |= _ends(f"hhi_{when}", None if measured is None else measured.hhi)
                    row |= _ends(
                        f"without_largest_{when}",
                        None if measured is None else measured.without_largest,
                    )
                row |= _ends("whole_plan_usd_per_t_per_y", one.usd_per_t)
                row |= _ends("more_than_budget_before_t_per_y", one.more_t)
                known = one.imports
                row["net_import_reliance_pct"] = None if known is None else known.reliance
                row["source"] = None if one.imports is None else one.imports.source
                rows.append(row)
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        curve = self.curve
        return {
            "importer": self.importer,
            "origin": list(self.origin),
            "covered": list(self.covered),
            "currency": curve.steps[0].plan.problem.currency,
            "range": f"{LOW}th to {HIGH}th percentile of {curve.asked - curve.unusable} draws",
            "seed": curve.seed,
            "ranged_numbers": curve.ranged,
            "assumptions_dominate": curve.is_assumed,
            "single_figures": None,
            "note_net_import_reliance": NOTE_NIR,
            "displacement": "in proportion to all sources, and first of covered countries",
            "control": "by country of shipment; who owns a works is not counted",
            "budgets": [
                {
                    "amount_m": one.amount,
                    "units": list(one.units),
                    "stages": [stage.to_json() for stage in one.stages],
                }
                for one in self.budgets
            ],
            "goals": [goal for goal, _, _ in curve.steps[0].plan.goals],
            "basis": "derived",
        }


def _ends(name: str, bounds: Bounds | None) -> dict[str, float | None]:
    if bounds is None:
        return {f"{name}_low": None, f"{name}_high": None}
    return {f"{name}_low": bounds.low, f"{name}_high": bounds.high}


def supply_security(
    text: PlanText,
    inputs: SecurityInputs,
    budget: str,
    amounts: Sequence[float],
    *,
    goals: Sequence[Goal],
    changes: Sequence[Change] = (),
    samples: int = 24,
    seed: int = 0,
    settings: SolverSettings | None = None,
) -> Security:
    """Return what each amount of a budget changes in a country's supply.

    Parameters
    ----------
    text
        The plan.
    inputs
        Whose supply is meant, at which stage each material counts, what capacity is stated.
    budget, amounts
        Which budget, and in which steps, in millions.
    goals
        What the plans are made for, the most important first.
    changes
        The state of the world of the plans.
    samples, seed
        How many draws, and of which seed.
    settings
        How each plan is solved.

    Raises
    ------
    InputError
        If there is no such budget, or nothing has a range.
    """
    importer = country(inputs.importer)
    figures = StageFigures(importer.alpha2, inputs.stages)
    curve = plan_budget_curve(
        text, budget, amounts, country=importer.alpha2, goals=goals, changes=changes,
        samples=samples, seed=seed, settings=settings, more=figures,
    )  # fmt: skip
    return _told(importer.alpha3, inputs, curve)


def _told(importer: str, inputs: SecurityInputs, curve: BudgetCurve) -> Security:
    """Return what the steps of a budget change, by facts and evidence of the importer."""
    problem = curve.steps[0].plan.problem
    covered = {country(one).alpha3 for one in problem.origin.covered} or set(COVERED)
    origin = _origins(problem)
    facts = {(one.mineral, one.stage): one for one in stage_imports(importer, tuple(STEPS))}
    free = {mineral: free_capacities(importer, mineral, inputs.capacities) for mineral in STEPS}
    place = {name: at for at, (name, _) in enumerate(curve.names)}
    budgets: list[BudgetSecurity] = []
    earlier: dict[tuple[str, str], Any] = {}
    for step in curve.steps:
        draws = {key: step.draws[:, place[f"{key[0]} {key[1]}"]] for key in FIGURE_KEYS}
        more = {key: _range(row - earlier.get(key, 0.0)) for key, row in draws.items()}
        earlier = draws
        capital = step.draws[:, place["capital"]]
        stages = []
        for mineral in STEPS:
            arrives = {stage: _range(draws[mineral, stage]) for stage in STEPS[mineral]}
            for one in counted_supply(mineral, arrives, free[mineral]):
                key = (mineral, one.stage)
                stages.append(_stage(one, facts.get(key), origin[0], covered, capital, more[key]))
        units = tuple(f"{one.unit} {one.size} {one.begun}" for one in step.plan.schedule.built)
        alone = {
            name: counted_supply(
                mineral,
                {stage: _range(draws[name, stage]) for stage in STEPS[mineral]},
                free[mineral],
            )
            for name, mineral in STEPS_ALONE.items()
        }
        budgets.append(BudgetSecurity(step.amount, units, tuple(stages), alone))
    return Security(importer, origin, tuple(sorted(covered)), curve, tuple(budgets))


def _origins(problem: Problem) -> tuple[str, ...]:
    """Return the countries where the plan can mine, the one with most resources first."""
    counts: dict[str, int] = {}
    for one in problem.resources:
        code = country(problem.country(one.site)).alpha3
        counts[code] = counts.get(code, 0) + 1
    return tuple(sorted(counts, key=lambda code: (-counts[code], code))) or ("",)


def _range(draws: np.ndarray[Any, Any]) -> Bounds:
    ends = [float(one) for one in np.percentile(draws, (LOW, HIGH))]
    low, high = (one if abs(one) > LEAST_T else 0.0 for one in ends)
    return Bounds(low, high)


def _stage(
    supply: CountedSupply,
    imports: StageImports | None,
    origin: str,
    covered: set[str],
    capital: np.ndarray[Any, Any],
    more: Bounds,
) -> StageSecurity:
    counted = supply.counted_t
    assert counted.high is not None
    per_t = None
    if counted.high > LEAST_T:
        spent = _range(capital)
        assert spent.high is not None
        least = 1e6 * spent.low / counted.high
        most = 1e6 * spent.high / counted.low if counted.low > LEAST_T else None
        per_t = Bounds(least, most)
    if imports is None:
        return StageSecurity(supply, None, None, None, None, None, per_t, more)
    part = part_of(counted, imports.imports_t, most=1.0)
    used = part_of(counted, imports.consumption_t)
    before = measures_of(imports.suppliers, imports.unnamed, covered)
    after = None if part is None else measures_after(imports, part, origin, covered)
    return StageSecurity(supply, imports, part, used, before, after, per_t, more)


def part_of(counted: Bounds, whole: Bounds | None, most: float | None = None) -> Bounds | None:
    """Return what part of a whole is counted; None where the whole is not printed or nothing."""
    if whole is None or not whole.high or counted.high is None:
        return None
    low = counted.low / whole.high
    high = counted.high / whole.low if whole.low > 0 else (0.0 if counted.high <= 0 else None)
    if most is not None:
        return Bounds(min(most, low), most if high is None else min(most, high))
    return Bounds(low, high)
