"""What a plan is for: value, cost, or metal delivered to a country."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from oreline.model import InputError, is_analyte
from oreline.plan import _coefficients as numbers
from oreline.plan._model_frame import PlanModel
from oreline.plan._problem import Problem
from oreline.plan._sets import Array, Sets

if TYPE_CHECKING:
    import linopy

_DELIVER: Final = re.compile(r"deliver:([A-Za-z0-9+]+)@([A-Z]{2})")


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to be had much of, or little.

    ``kind`` is ``npv``, ``cost``, ``deliver`` or ``mix``; elements and country are of a delivery,
    ``parts`` the weights and goals of a mix: millions for each million or tonne of them.
    """

    kind: str
    elements: tuple[str, ...] = ()
    country: str = ""
    parts: tuple[tuple[float, Goal], ...] = ()

    @property
    def is_most(self) -> bool:
        """Return whether more of it is better."""
        return self.kind != "cost"

    @property
    def name(self) -> str:
        """Return it as people write it."""
        if self.kind == "mix":
            return "mix:" + ",".join(f"{weight:g}*{goal.name}" for weight, goal in self.parts)
        if self.kind != "deliver":
            return self.kind
        return f"deliver:{'+'.join(self.elements)}@{self.country}"

    def unit(self, currency: str) -> str:
        """Return the unit of its value."""
        return "t" if self.kind == "deliver" else f"{currency} m"


def parse_goal(text: str) -> Goal:
    """Read a goal: ``npv``, ``cost``, ``deliver:Nd+Pr@US``, or a mix of them by weights.

    A weight is in millions of the currency for each unit of its goal: a tonne delivered, a million
    of value, or of cost, which counts against.

    Raises
    ------
    InputError
        If it is none.

    >>> parse_goal("deliver:Sb@US").elements
    ('Sb',)
    >>> parse_goal("mix:npv,0.002*deliver:Sb@US").name
    'mix:1*npv,0.002*deliver:Sb@US'
    """
    if text in ("npv", "cost"):
        return Goal(text)
    if text.startswith("mix:"):
        return Goal("mix", parts=tuple(_part(one) for one in text[4:].split(",")))
    found = _DELIVER.fullmatch(text)
    if found is None or not all(is_analyte(one) for one in found[1].split("+")):
        raise InputError(f"{text!r} is no goal; write npv, cost or deliver:Nd+Pr@US")
    return Goal("deliver", tuple(found[1].split("+")), found[2])


def _part(text: str) -> tuple[float, Goal]:
    """Read a part of a mix: a goal, or a weight and a goal."""
    number, star, goal = text.rpartition("*")
    try:
        weight = float(number) if star else 1.0
    except ValueError:
        weight = -1.0
    if not 0 <= weight < math.inf or goal.startswith("mix"):
        raise InputError(f"{text!r} is no part of a mix; write npv or 0.002*deliver:Sb@US")
    return weight, parse_goal(goal)


def delivered_t(sets: Sets, goal: Goal) -> Array:
    """Return how many tonnes of a goal's elements a kt of each sale brings to its country."""
    problem = sets.problem
    return np.array(
        [
            1e3 * sum(problem.grade(material, one) for one in goal.elements)
            if problem.country(problem.markets[market].site) == goal.country
            else 0.0
            for market, material in sets.sales
        ]
    )


def goal_expression(made: PlanModel, goal: Goal) -> linopy.LinearExpression:
    """Return what a goal is worth: discounted millions, or tonnes delivered in all years.

    The cost of a plan is all that is paid, discounted; sales are no part of it.

    Raises
    ------
    InputError
        If nothing of the plan has anything to do with the goal.
    """
    return made.total(goal_weights(made, goal))


def goal_weights(made: PlanModel, goal: Goal) -> dict[str, Array]:
    """Return what each item of each variable counts in a goal."""
    if goal.kind == "mix":
        mixed: dict[str, Array] = {}
        for weight, part in goal.parts:
            sign = weight if part.is_most else -weight
            for name, rates in goal_weights(made, part).items():
                mixed[name] = mixed.get(name, 0.0) + sign * rates
        return mixed
    if goal.kind == "deliver":
        tonnes = delivered_t(made.sets, goal)
        if not tonnes.any():
            raise InputError(
                f"no market of the plan takes {' or '.join(goal.elements)} to {goal.country}"
            )
        years = len(made.problem.years)
        return {"sale": np.repeat(tonnes[:, None], years, axis=1)}
    factor = numbers.discount_factors(made.problem)
    sign = 1.0 if goal.kind == "npv" else -1.0
    weights: dict[str, Array] = {}
    for name, term in made.terms.items():
        if goal.kind == "npv" or name != "sales":
            worth = sign * factor * term.rates
            # A build has a rate for each year that comes after.
            worth = worth.sum(axis=2) if term.rates.ndim == 3 else worth
            weights[term.variable] = weights.get(term.variable, 0.0) + worth
    if not weights:
        raise InputError("nothing of the plan costs or earns anything")
    return weights


def goal_constant(problem: Problem, goal: Goal, constants: dict[str, Array]) -> float:
    """Return the part of a goal's value that no decision changes: what stands already costs."""
    if goal.kind == "deliver":
        return 0.0
    if goal.kind == "mix":
        return sum(
            (weight if part.is_most else -weight) * goal_constant(problem, part, constants)
            for weight, part in goal.parts
        )
    total = sum(constants.values(), np.zeros(len(problem.years)))
    value = float((total * numbers.discount_factors(problem)).sum())
    return value if goal.kind == "npv" else -value
