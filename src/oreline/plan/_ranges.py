"""What a plan brings as ranges: its numbers drawn from their ranges while its builds are held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

import numpy as np
import polars as pl

from oreline.design import Output, Tornado, Uncertain, draw, tornado
from oreline.model import InputError, LimitExceededError, OrderedMap, one_by_one
from oreline.plan._accounts import accounts_of
from oreline.plan._file_numbers import Change
from oreline.plan._file_text import PlanText
from oreline.plan._goals import Goal
from oreline.plan._highs import SolverSettings
from oreline.plan._operations import Operations
from oreline.plan._optimise import NPV, make_plan
from oreline.plan._plan import Plan, conventions
from oreline.plan._problem import Problem
from oreline.plan._schedule import Schedule
from oreline.plan._sets import Array

DRAWS_MAX: Final = 2000
LOW, HIGH = 10, 90
"""Percentiles of the draws that a range goes from and to."""


def ranged_numbers(problem: Problem) -> tuple[Uncertain, ...]:
    """Return every number with a range once: an assumption by its id, another by its place."""
    found: dict[str, Uncertain] = {}
    for key, one in problem.numbers.items():
        name = problem.shared.get(key, key)
        if one.is_ranged and one.value and name not in found:
            found[name] = Uncertain(name, one)
    return tuple(found.values())


def changes_of(inputs: Sequence[Uncertain], sample: Array) -> tuple[Change, ...]:
    """Return the state of the world in which ranged numbers have the values of a sample."""
    return tuple(
        Change(one.name, multiply=value / one.parameter.value)
        for one, value in zip(inputs, sample.tolist(), strict=True)
    )


def outcome_names(problem: Problem, country: str) -> tuple[tuple[str, str], ...]:
    """Return what is told of a plan, with its units."""
    money = f"{problem.currency} m"
    names = [("net present value", money), ("capital", money)]
    if problem.retained is not None:
        names.append((f"stays in {problem.retained.country}", money))
    return (*names, *((f"{one} to {country}", "t") for one in problem.elements()))


def outcomes(plan: Plan, problem: Problem, schedule: Schedule, country: str) -> Array:
    """Return those figures of a schedule in a state of the world."""
    seen = Plan(
        problem,
        plan.scenario,
        plan.goals,
        schedule,
        accounts_of(problem, schedule),
        plan.certificate,
        (),
        (),
    )
    found = [seen.npv, seen.capital()]
    retained = seen.retained()
    if retained is not None:
        found.append(retained)
    return np.array([*found, *(seen.delivered(one, country) for one in problem.elements())])


class MoreFigures(Protocol):
    """Figures of a plan's running that are told beside its own, with their names and units."""

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Return what they are called, each with its unit."""
        ...

    def __call__(self, problem: Problem, schedule: Schedule) -> Array:
        """Return them for what runs in a state of the world."""
        ...


@dataclass(frozen=True, slots=True)
class BudgetStep:
    """What a budget buys: the plan for it, and its figures in each draw (draws, figures)."""

    amount: float
    plan: Plan
    draws: Array

    def span(self, place: int) -> tuple[float, float]:
        """Return the range of a figure over the draws."""
        low, high = np.percentile(self.draws[:, place], (LOW, HIGH))
        return float(low), float(high)


@dataclass(frozen=True, slots=True)
class BudgetCurve:
    """What each step of a budget buys, as ranges.

    ``unusable`` counts draws that contradict the plan's own rules, or in which a held plan cannot
    meet what must be delivered.
    """

    names: tuple[tuple[str, str], ...]
    steps: tuple[BudgetStep, ...]
    seed: int
    asked: int
    unusable: int
    ranged: int
    assumed: int
    ranged_assumed: int = 0

    @property
    def is_assumed(self) -> bool:
        """Return whether more than half of the numbers that are drawn are assumed.

        Then no single figure is given.
        """
        return 2 * self.ranged_assumed > self.ranged

    def middle(self, step: int, place: int) -> float | None:
        """Return the median of a figure, None where assumed numbers dominate it."""
        return None if self.is_assumed else float(np.median(self.steps[step].draws[:, place]))

    def more(self, step: int, place: int) -> tuple[float, float]:
        """Return the range of what a step adds to the one before, draw by draw."""
        before = self.steps[step - 1].draws[:, place] if step else 0.0
        low, high = np.percentile(self.steps[step].draws[:, place] - before, (LOW, HIGH))
        return float(low), float(high)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each budget and figure."""
        rows = []
        for place, step in enumerate(self.steps):
            for column, (name, unit) in enumerate(self.names):
                low, high = step.span(column)
                more_low, more_high = self.more(place, column)
                rows.append((step.amount, name, unit, low, high, more_low, more_high))
        columns = ("budget_m", "figure", "unit", "low", "high", "more_low", "more_high")
        return pl.DataFrame(rows, schema=list(columns), orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return ranges, builds and certificates as plain values.

        Medians only where assumed numbers do not dominate.
        """
        return {
            "range": f"{LOW}th to {HIGH}th percentile of {self.asked - self.unusable} draws",
            "medians": [
                [self.middle(step, place) for place in range(len(self.names))]
                for step in range(len(self.steps))
            ],
            "seed": self.seed,
            "unusable_draws": self.unusable,
            "ranged_numbers": self.ranged,
            "assumed_numbers": self.assumed,
            "assumptions_dominate": self.is_assumed,
            "conventions": conventions(self.steps[0].plan.problem),
            "figures": self.to_frame().to_dicts(),
            "builds": [
                {
                    "budget_m": step.amount,
                    "units": [
                        f"{one.unit} {one.size} {one.begun}" for one in step.plan.schedule.built
                    ],
                    "certificate": step.plan.certificate.to_json(),
                }
                for step in self.steps
            ],
            "basis": "derived",
        }


def budget_curve(
    text: PlanText,
    budget: str,
    amounts: Sequence[float],
    *,
    country: str,
    goals: Sequence[Goal] = (NPV,),
    changes: Sequence[Change] = (),
    samples: int = 24,
    seed: int = 0,
    settings: SolverSettings | None = None,
    each: OrderedMap = one_by_one,
    more: MoreFigures | None = None,
) -> BudgetCurve:
    """Return what each amount of a budget buys, as ranges.

    For each amount the best plan is found with the numbers as they stand. Then every number with a
    range is drawn, the builds are held, and what runs follows by the same goals; every plan sees
    the same draws. ``each`` maps over the amounts and over the draws; ``more`` are further figures,
    after those that every plan has.

    Raises
    ------
    InputError
        If there is no such budget, no amount, or nothing has a range.
    """
    settings = settings or SolverSettings()
    if samples > DRAWS_MAX:
        raise LimitExceededError(f"{samples} draws are more than DRAWS_MAX = {DRAWS_MAX}")
    base = usable(text, changes)
    if not amounts:
        raise InputError("no amount to plan with: name at least one, in millions")
    known = {one.id: one.amount.value for one in base.budgets}
    if budget not in known:
        message = f"{budget} is no budget of the plan; known: {', '.join(sorted(known)) or 'none'}"
        raise InputError(message)
    states = [
        (*changes, Change(f"budgets.{budget}.amount", multiply=amount / known[budget]))
        for amount in amounts
    ]
    plans = list(each(partial(_planned, text, goals, settings), states))
    inputs = ranged_numbers(base)
    samples_drawn = [
        (*changes, *changes_of(inputs, sample)) for sample in draw(inputs, samples, seed)
    ]
    drawn = each(partial(_held, text, plans, country, settings, goals, more), samples_drawn)
    rows = [one for one in drawn if one is not None]
    if not rows:
        raise InputError("in no draw do the plans meet all limits: there is no range to tell")
    draws = np.array(rows)
    return BudgetCurve(
        (*outcome_names(base, country), *(() if more is None else more.names)),
        tuple(
            BudgetStep(amount, plan, draws[:, place])
            for place, (amount, plan) in enumerate(zip(amounts, plans, strict=True))
        ),
        seed,
        samples,
        samples - len(rows),
        len(inputs),
        sum(str(one.basis) == "assumed" for one in base.numbers.values()),
        sum(str(one.parameter.basis) == "assumed" for one in inputs),
    )


def usable(text: PlanText, changes: Sequence[Change]) -> Problem:
    """Return the problem of a state of the world.

    Raises
    ------
    InputError
        With findings, if something in it is fatal.
    """
    problem, findings = text.problem(changes)
    if problem is None:
        raise InputError(f"{text.name} cannot be used", findings)
    return problem


def _planned(
    text: PlanText, goals: Sequence[Goal], settings: SolverSettings, changes: Sequence[Change]
) -> Plan:
    return make_plan(usable(text, changes), goals, settings)


def _held(
    text: PlanText,
    plans: Sequence[Plan],
    country: str,
    settings: SolverSettings,
    goals: Sequence[Goal],
    more: MoreFigures | None,
    changes: Sequence[Change],
) -> list[Array] | None:
    """Return the figures of each plan in a state; None where that or a plan in it is unusable."""
    problem, _ = text.problem(changes)
    if problem is None:
        return None
    running = Operations(problem, settings, goals)
    found = []
    for plan in plans:
        schedule = running.run(plan.schedule)
        if schedule is None:
            return None
        told = outcomes(plan, problem, schedule, country)
        found.append(told if more is None else np.concatenate([told, more(problem, schedule)]))
    return found


def plan_tornado(
    text: PlanText,
    plan: Plan,
    *,
    changes: Sequence[Change] = (),
    settings: SolverSettings | None = None,
    each: OrderedMap = one_by_one,
) -> Tornado:
    """Return the net present value with each ranged number at its ends, the plan's builds held.

    ``each`` maps over the ends.

    Raises
    ------
    InputError
        If nothing has a range, or an end contradicts the plan's own rules.
    """
    inputs = ranged_numbers(plan.problem)

    def evaluate(samples: Array) -> Array:
        states = [(*changes, *changes_of(inputs, sample)) for sample in samples]
        return np.array([[one] for one in each(partial(_value_held, text, plan, settings), states)])

    unit = f"{plan.problem.currency} m"
    return tornado(evaluate, inputs, [Output("net present value", unit)])


def _value_held(
    text: PlanText, plan: Plan, settings: SolverSettings | None, changes: Sequence[Change]
) -> float:
    """Return the value of a plan's builds in a state, NaN where they cannot meet all limits."""
    problem = usable(text, changes)
    schedule = Operations(problem, settings).run(plan.schedule)
    return np.nan if schedule is None else float(outcomes(plan, problem, schedule, "")[0])
