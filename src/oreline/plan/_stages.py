"""What a stage of the chain keeps in the producing country, against selling what it would treat.

For each unit that treats something which could be sold as it is: the best plan that builds it
beside the best plan that cannot, everything else free. What lies between is the stage's worth: to
whom it pays, what stays in the country, what metal it brings where. All are ranges: every number
with a range is drawn, the builds of each are held, and the difference is taken draw by draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from oreline.design import draw
from oreline.model import InputError, LimitExceededError
from oreline.plan._accounts import accounts_of
from oreline.plan._file_numbers import Change
from oreline.plan._file_text import PlanText
from oreline.plan._highs import SolverSettings
from oreline.plan._operations import Operations
from oreline.plan._optimise import NPV, make_plan
from oreline.plan._plan import Plan, conventions
from oreline.plan._problem import Problem
from oreline.plan._ranges import DRAWS_MAX, HIGH, LOW, changes_of, ranged_numbers, usable
from oreline.plan._reach import reached
from oreline.plan._schedule import Schedule
from oreline.plan._sets import Array


@dataclass(frozen=True, slots=True)
class Stage:
    """A unit that treats what could be sold: the best plans with it and without it.

    ``is_best`` says whether the best plan of all builds it. ``draws`` are the differences of the
    figures (draws, figures).
    """

    unit: str
    feeds: tuple[str, ...]
    with_it: Plan
    without: Plan
    is_best: bool
    draws: Array

    @property
    def is_run(self) -> bool:
        """Return whether the plan that must build it ever runs it."""
        return any(one.name == self.unit for one in self.with_it.schedule.of("run"))

    def span(self, place: int) -> tuple[float, float]:
        """Return the range of what the stage adds to a figure."""
        low, high = np.percentile(self.draws[:, place], (LOW, HIGH))
        return float(low), float(high)


@dataclass(frozen=True, slots=True)
class StageValues:
    """What each stage adds, as ranges; figures by name and unit."""

    names: tuple[tuple[str, str], ...]
    stages: tuple[Stage, ...]
    seed: int
    asked: int
    unusable: int
    ranged: int
    assumed: int

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each stage and figure."""
        rows = [
            (stage.unit, " ".join(stage.feeds), stage.is_best, name, unit, *stage.span(place))
            for stage in self.stages
            for place, (name, unit) in enumerate(self.names)
        ]
        columns = ("unit", "instead_of_selling", "in_best_plan", "figure", "in", "low", "high")
        return pl.DataFrame(rows, schema=list(columns), orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return ranges, builds and certificates as plain values; no single figure."""
        return {
            "range": f"{LOW}th to {HIGH}th percentile of {self.asked - self.unusable} draws",
            "seed": self.seed,
            "unusable_draws": self.unusable,
            "ranged_numbers": self.ranged,
            "assumed_numbers": self.assumed,
            "conventions": conventions(self.stages[0].with_it.problem),
            "figures": self.to_frame().to_dicts(),
            "plans": [
                {
                    "unit": stage.unit,
                    "in_best_plan": stage.is_best,
                    "is_run": stage.is_run,
                    "with": _told(stage.with_it),
                    "without": _told(stage.without),
                }
                for stage in self.stages
            ],
            "basis": "derived",
        }


def _told(plan: Plan) -> dict[str, Any]:
    return {
        "units": [f"{one.unit} {one.size} {one.begun}" for one in plan.schedule.built],
        "certificate": plan.certificate.to_json(),
    }


def refining_units(problem: Problem) -> dict[str, tuple[str, ...]]:
    """Return each unit that could be built in the producing country, with what it treats.

    Only such units of which a feed could be sold untreated: a market takes it.
    """
    told = problem.retained
    sold = {
        material
        for market in problem.markets
        for material in market.materials
        if (market.site, material) in reached(problem)
    }
    found = {}
    for unit in problem.units:
        if unit.standing is not None or told is None:
            continue
        if problem.country(unit.site) != told.country:
            continue
        feeds = {
            name for recipe in unit.recipes for name, rate in recipe.rates.items() if rate.value < 0
        }
        if feeds & sold:
            found[unit.id] = tuple(sorted(feeds & sold))
    return found


def stage_values(
    text: PlanText,
    *,
    country: str,
    units: Sequence[str] = (),
    changes: Sequence[Change] = (),
    samples: int = 24,
    seed: int = 0,
    settings: SolverSettings | None = None,
) -> StageValues:
    """Return what each stage keeps in the producing country against selling what it would treat.

    Parameters
    ----------
    text
        The plan; its table ``retained`` says which country, and what part stays there.
    country
        Whose supply of metal is counted.
    units
        Which; none: all that treat something which could be sold as it is.
    changes, samples, seed, settings
        As for ``budget_curve``.

    Raises
    ------
    InputError
        If the plan does not say what stays, if there is no such stage, or if nothing has a range.
    InfeasibleError
        If a plan with a unit, or without it, meets not all limits.
    """
    settings = settings or SolverSettings()
    if samples > DRAWS_MAX:
        raise LimitExceededError(f"{samples} draws are more than DRAWS_MAX = {DRAWS_MAX}")
    base = usable(text, changes)
    if base.retained is None:
        raise InputError(f"{text.name} does not say what stays in a country: add a table retained")
    stages = _asked(base, units)
    best = {one.unit for one in make_plan(base, [NPV], settings).schedule.built}
    pairs = []
    for unit in stages:
        with_it = make_plan(base, [NPV], settings, required=(unit,))
        without = make_plan(_shut(base, unit), [NPV], settings)
        pairs.append((with_it, without))
    inputs = ranged_numbers(base)
    rows = []
    for sample in draw(inputs, samples, seed):
        problem, _ = text.problem((*changes, *changes_of(inputs, sample)))
        found = None if problem is None else _differences(problem, pairs, country, settings)
        if found is not None:
            rows.append(found)
    if not rows:
        raise InputError("in no draw do the plans meet all limits: there is no range to tell")
    draws = np.array(rows)
    return StageValues(
        _names(base, country),
        tuple(
            Stage(unit, feeds, *pairs[place], unit in best, draws[:, place])
            for place, (unit, feeds) in enumerate(stages.items())
        ),
        seed,
        samples,
        samples - len(rows),
        len(inputs),
        sum(str(one.basis) == "assumed" for one in base.numbers.values()),
    )


def _asked(base: Problem, units: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the units that are asked for, with what they treat."""
    stages = refining_units(base)
    if units:
        known = {one.id for one in base.units if one.standing is None}
        if lost := [one for one in units if one not in known]:
            raise InputError(f"{', '.join(lost)} is nothing that this plan could build")
        stages = {one: stages.get(one, ()) for one in units}
    if not stages:
        raise InputError("no unit treats anything that could be sold as it is")
    return stages


def _shut(problem: Problem, unit: str) -> Problem:
    """Return the problem in which a unit cannot be begun."""
    never = problem.years[-1] + 1
    units = tuple(replace(one, earliest=never) if one.id == unit else one for one in problem.units)
    return replace(problem, units=units)


def _names(problem: Problem, country: str) -> tuple[tuple[str, str], ...]:
    assert problem.retained is not None
    money, at = f"{problem.currency} m", problem.retained.country
    return (
        ("net present value", money),
        ("capital", money),
        (f"stays in {at}", money),
        (f"levies to {at}", money),
        (f"local spending in {at}", money),
        (f"owners' share in {at}", money),
        *((f"{one} to {country}", "t") for one in problem.elements()),
    )


def _differences(
    problem: Problem,
    pairs: Sequence[tuple[Plan, Plan]],
    country: str,
    settings: SolverSettings,
) -> list[Array] | None:
    """Return what each stage adds in one draw; None where a held plan cannot be run."""
    running = Operations(problem, settings)
    found = []
    for pair in pairs:
        figures = []
        for plan in pair:
            schedule = running.run(plan.schedule)
            if schedule is None:
                return None
            figures.append(_figures(plan, problem, schedule, country))
        found.append(figures[0] - figures[1])
    return found


def _figures(plan: Plan, problem: Problem, schedule: Schedule, country: str) -> Array:
    seen = replace(
        plan, problem=problem, schedule=schedule, accounts=accounts_of(problem, schedule),
        worths=(), findings=(),
    )  # fmt: skip
    parts = seen.retained_parts()
    assert parts is not None
    metal = [seen.delivered(one, country) for one in problem.elements()]
    return np.array([seen.npv, seen.capital(), sum(parts.values()), *parts.values(), *metal])
