"""The front between two goals: how much of one the other costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import polars as pl

from oreline.model import InputError, OrderedMap, one_by_one
from oreline.plan._goals import Goal
from oreline.plan._highs import SolverSettings
from oreline.plan._optimise import NPV, make_plan
from oreline.plan._plan import Plan
from oreline.plan._problem import Problem

POINTS_MAX: Final = 40
Asked = tuple[Goal, tuple[tuple[Goal, float], ...]]
"""What a plan is made for, and what it must reach."""


@dataclass(frozen=True, slots=True)
class Front:
    """Plans of which none is better in both goals, the one that is worth most first."""

    goal: Goal
    plans: tuple[Plan, ...]

    def amount(self, plan: Plan) -> float:
        """Return how much of the goal a plan reaches."""
        return sum(plan.delivered(one, self.goal.country) for one in self.goal.elements)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each plan: both goals, capital, gap and what is built."""
        rows = [
            {
                "npv_m": plan.npv,
                self.goal.name: self.amount(plan),
                "capital_m": plan.capital(),
                "gap": plan.certificate.gap,
                "units": " ".join(sorted(one.unit for one in plan.schedule.built)),
            }
            for plan in self.plans
        ]
        return pl.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Return the front as plain values, each plan with its certificate."""
        return {
            "goals": ["npv", self.goal.name],
            "points": [
                {**row, "certificate": plan.certificate.to_json()}
                for row, plan in zip(self.to_frame().to_dicts(), self.plans, strict=True)
            ],
            "basis": "derived",
        }


def pareto_front(
    problem: Problem,
    goal: Goal,
    points: int = 5,
    settings: SolverSettings | None = None,
    each: OrderedMap = one_by_one,
) -> Front:
    """Return plans along the front between net present value and metal delivered.

    The ends are the best plans of each goal alone. Between them, metal of equal steps has to be
    reached and value is sought (the epsilon-constraint method; Haimes, Lasdon and Wismer 1971).
    ``each`` maps over the ends, then over what lies between.

    Raises
    ------
    InputError
        If the goal is no delivery, or there are fewer than two or more than ``POINTS_MAX`` points.
    """
    if goal.kind != "deliver":
        raise InputError(f"a front is between npv and a delivery, not {goal.name}")
    if not 2 <= points <= POINTS_MAX:
        raise InputError(f"a front has 2 to {POINTS_MAX} points, not {points}")
    front = Front(goal, ())
    ends: Sequence[Asked] = ((NPV, ()), (goal, ()))
    richest, most = each(partial(_planned, problem, settings), ends)
    low, high = front.amount(richest), front.amount(most)
    between = [low + (high - low) * step / (points - 1) for step in range(1, points - 1)]
    plans = [richest]
    if high > low * (1 + 1e-6) + 1e-6:
        steps: Sequence[Asked] = [(NPV, ((goal, amount),)) for amount in between]
        plans += each(partial(_planned, problem, settings), steps)
        plans.append(most)
    return Front(goal, _undominated(front, plans))


def _planned(problem: Problem, settings: SolverSettings | None, asked: Asked) -> Plan:
    goal, least = asked
    return make_plan(problem, [goal], settings, least=least)


def _undominated(front: Front, plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """Leave out plans that another is not worse than in both; rounding is no difference."""
    kept: list[Plan] = []
    for plan in sorted(plans, key=lambda one: (-one.npv, -front.amount(one))):
        if not kept or front.amount(plan) > front.amount(kept[-1]) * (1 + 1e-6) + 1e-6:
            kept.append(plan)
    return tuple(kept)
