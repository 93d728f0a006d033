"""How much ore a resource has to hold, grade by grade, for it to pay to mine it.

The best value of a plan never falls when a resource holds more. What is sought is the least
tonnage at which the plan is worth more than the best one that leaves the resource alone. From a
tonnage that pays, the builds found there are held and the least tonnage at which they still pay is
found by a linear programme; there the best builds are sought again. Where nothing better is found,
no smaller tonnage pays. The steps are those of Newton on the value of the best plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl

from oreline.design import Uncertain, draw, near_name
from oreline.model import InputError, LimitExceededError, OrderedMap, one_by_one
from oreline.plan._file_numbers import Change
from oreline.plan._file_text import PlanText
from oreline.plan._highs import SolverSettings
from oreline.plan._least_tonnage import LeastTonnage
from oreline.plan._plan import conventions
from oreline.plan._problem import Problem, Resource
from oreline.plan._ranges import DRAWS_MAX, HIGH, LOW, changes_of, ranged_numbers, usable
from oreline.plan._sets import Array

GRADES_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class BreakEvenPoint:
    """The tonnage from which on a grade pays, in kt of dry ore; None: no tonnage does.

    ``draws`` are the same in each draw of the other numbers, infinite where no tonnage pays.
    """

    grade: float
    ore_kt: float | None
    draws: Array

    def metal_t(self) -> float | None:
        """Return the metal in it, in tonnes."""
        return None if self.ore_kt is None else 1e3 * self.ore_kt * self.grade

    def span(self) -> tuple[float, float] | None:
        """Return the range over the draws, in kt; None where none was made."""
        if not self.draws.size:
            return None
        # An end may be infinite, so that none is interpolated towards it.
        ends = np.percentile(self.draws, (LOW, HIGH), method="nearest")
        return float(ends[0]), float(ends[1])


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Tonnes by grade at which a resource begins to pay, beside what the plan says it holds."""

    problem: Problem
    resource: Resource
    element: str
    points: tuple[BreakEvenPoint, ...]
    is_fixed: bool
    seed: int
    asked: int
    unusable: int
    ranged: int
    assumed: int

    def to_frame(self) -> pl.DataFrame:
        """Return one row a grade: ore in kt, metal in tonnes, each with its range."""
        rows = []
        for one in self.points:
            span = one.span()
            low, high = (None, None) if span is None else span
            rows.append(
                (
                    self.resource.id,
                    self.element,
                    100 * one.grade,
                    one.ore_kt,
                    one.metal_t(),
                    _finite(low),
                    _finite(high),
                    None if low is None else _finite(1e3 * low * one.grade),
                    None if high is None else _finite(1e3 * high * one.grade),
                    float(np.isfinite(one.draws).mean()) if one.draws.size else None,
                )
            )
        return pl.DataFrame(rows, schema=POINTS, orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return the curve as plain values; null where no tonnage pays."""
        grade = self.resource.grades[self.element]
        return {
            "resource": self.resource.id,
            "element": self.element,
            "plan_says": {
                "ore_kt": self.resource.tonnage.value,
                "grade_pct": 100 * grade.value,
                "metal_t": 1e3 * self.resource.tonnage.value * grade.value,
                "basis": str(self.resource.tonnage.basis),
                "source": self.resource.tonnage.source,
            },
            "points": self.to_frame().to_dicts(),
            "grade_changes_output": not self.is_fixed,
            "range": f"{LOW}th to {HIGH}th percentile of {self.asked - self.unusable} draws",
            "seed": self.seed,
            "unusable_draws": self.unusable,
            "ranged_numbers": self.ranged,
            "assumed_numbers": self.assumed,
            "conventions": conventions(self.problem),
            "input_sha256": self.problem.digest,
            "basis": "derived",
        }


POINTS: dict[str, Any] = {
    "resource": pl.String,
    "element": pl.String,
    "grade_pct": pl.Float64,
    "ore_kt": pl.Float64,
    "metal_t": pl.Float64,
    "ore_low_kt": pl.Float64,
    "ore_high_kt": pl.Float64,
    "metal_low_t": pl.Float64,
    "metal_high_t": pl.Float64,
    "pays_in": pl.Float64,
}


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def break_even(
    text: PlanText,
    resource: str,
    element: str,
    grades: Sequence[float] = (),
    *,
    changes: Sequence[Change] = (),
    samples: int = 0,
    seed: int = 0,
    settings: SolverSettings | None = None,
    each: OrderedMap = one_by_one,
) -> BreakEven:
    """Return from which tonnage on a resource pays, for each grade of an element.

    Parameters
    ----------
    text
        The plan.
    resource, element
        Which resource, and of which of its grades.
    grades
        Parts of one; none: the grade of the plan, and the ends of its range where it has one.
    changes
        The state of the world.
    samples
        How many draws of all other numbers tell the range of each tonnage; none for no range.
    seed
        Of the draws.
    settings
        How each model is solved; what lies between value and bound is a tonnage too much.
    each
        Maps over the grades and their draws.

    Raises
    ------
    InputError
        If there is no such resource, or it holds none of the element, or nothing draws it.
    """
    settings = settings or SolverSettings()
    base = usable(text, changes)
    drawn_from, asked = _asked(base, resource, element, grades, samples)
    grade = drawn_from.grades[element]
    names = _grade_names(base, drawn_from, element)
    inputs = _others(base, resource, names)
    drawn = draw(inputs, samples, seed) if samples and inputs else np.zeros((0, len(inputs)))
    moved = [tuple(Change(name, multiply=one / grade.value) for name in names) for one in asked]
    here = [(*changes, *one) for one in moved]
    points = list(each(partial(_least, text, resource, settings), here))
    states = [(*one, *changes_of(inputs, sample)) for one in here for sample in drawn]
    found = list(each(partial(_drawn, text, resource, settings), states))
    by_draw = np.array(found, np.float64).reshape(len(asked), len(drawn))
    unusable = np.isnan(by_draw).any(axis=0)
    return BreakEven(
        base,
        drawn_from,
        element,
        tuple(
            BreakEvenPoint(one, ore, by_draw[place][~unusable])
            for place, (one, ore) in enumerate(zip(asked, points, strict=True))
        ),
        _is_fixed(base, text, changes, moved),
        seed,
        len(drawn),
        int(unusable.sum()),
        len(inputs),
        sum(str(one.basis) == "assumed" for one in base.numbers.values()),
    )


def _asked(
    base: Problem, resource: str, element: str, grades: Sequence[float], samples: int
) -> tuple[Resource, Sequence[float]]:
    """Return the resource and the grades that are asked for, if they can be."""
    if samples > DRAWS_MAX or len(grades) > GRADES_MAX:
        raise LimitExceededError(
            f"{samples} draws and {len(grades)} grades; at most DRAWS_MAX = {DRAWS_MAX} and "
            f"GRADES_MAX = {GRADES_MAX}"
        )
    known = {one.id: one for one in base.resources}
    if resource not in known:
        near = near_name(resource, known)
        hint = f"did you mean {near}?" if near else f"known: {', '.join(known) or 'none'}"
        raise InputError(f"{resource} is no resource of the plan; {hint}")
    grade = known[resource].grades.get(element)
    if grade is None or grade.value <= 0:
        raise InputError(f"{resource} holds no {element}")
    asked = grades or sorted({grade.low_or_value, grade.value, grade.high_or_value})
    if not all(0 < one < 1 for one in asked):
        raise InputError("a grade is a part above 0 and below 1: write 7 % or 0.07")
    return known[resource], asked


def _others(base: Problem, resource: str, names: Sequence[str]) -> list[Uncertain]:
    """Return the ranged numbers that are none of the resource's own."""
    return [
        one
        for one in ranged_numbers(base)
        if one.name not in names and not one.name.startswith(f"resources.{resource}.")
    ]


def _least(
    text: PlanText, resource: str, settings: SolverSettings, changes: Sequence[Change]
) -> float | None:
    return LeastTonnage(usable(text, changes), resource, settings).found()


def _drawn(
    text: PlanText, resource: str, settings: SolverSettings, changes: Sequence[Change]
) -> float:
    """Return the tonnage in one draw: infinite where none pays, NaN where the draw is unusable."""
    problem, _ = text.problem(changes)
    if problem is None:
        return np.nan
    found = LeastTonnage(problem, resource, settings).found()
    return np.inf if found is None else found


def _grade_names(problem: Problem, resource: Resource, element: str) -> tuple[str, ...]:
    """Return by which names the grade stands: of the resource, and of the ore that is mined of it.

    Grades that stand in proportion under one assumption move together.
    """
    keys = [f"resources.{resource.id}.grades.{element}"]
    grade = resource.grades[element].value
    for unit in problem.units:
        for recipe in unit.recipes:
            if recipe.resource == resource.id:
                keys += [
                    f"materials.{name}.grades.{element}"
                    for name, rate in recipe.rates.items()
                    if rate.value > 0 and abs(problem.grade(name, element) - grade) < 1e-12
                ]
    return tuple(dict.fromkeys(problem.shared.get(key, key) for key in keys))


def _is_fixed(
    problem: Problem,
    text: PlanText,
    changes: Sequence[Change],
    moved: Sequence[tuple[Change, ...]],
) -> bool:
    """Return whether no rate of any recipe follows the grade: then it changes nothing."""
    before = _rates(problem)
    if any(_rates(usable(text, (*changes, *one))) != before for one in moved):
        return False
    return any(change.multiply != 1.0 for one in moved for change in one)


def _rates(problem: Problem) -> list[tuple[str, float]]:
    return [
        (name, rate.value)
        for unit in problem.units
        for recipe in unit.recipes
        for name, rate in recipe.rates.items()
    ]
