"""What is meant where a question of a plan does not say it: a budget, whose supply, which ore."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from oreline.model import InputError
from oreline.plan._problem import Problem, Resource

STEP_M: Final = 100.0
"""The amounts of a budget go in steps of so many millions, where there are not too many."""
STEPS_MAX: Final = 8


def usual_country(problem: Problem) -> str:
    """Return the country that most markets of a plan are in; of several the first by its code."""
    lands = [problem.country(one.site) for one in problem.markets]
    return max(sorted(set(lands)), key=lands.count)


def usual_budget(
    problem: Problem, of: str = "", country: str = "", amounts: Sequence[float] = ()
) -> tuple[str, str, tuple[float, ...]]:
    """Return the budget, the country whose supply is counted, and the amounts, sorted, in millions.

    Where not said: the first budget over phases, :func:`usual_country`, and each hundred millions
    of the budget, or its fifths where that makes more than ``STEPS_MAX`` amounts or does not end
    at it; amounts that pay for nothing are left out.

    Raises
    ------
    InputError
        If the plan has no budget over phases, or not this one.
    """
    known = {one.id: one.amount.value for one in problem.budgets}
    if not known:
        raise InputError(f"{problem.name} has no budget over phases: write [[budgets]]")
    budget = of or next(iter(known))
    if budget not in known:
        raise InputError(f"{budget} is no budget of the plan; known: {', '.join(known)}")
    land = country or usual_country(problem)
    if amounts:
        return budget, land, tuple(sorted(set(amounts)))
    most = known[budget]
    steps = round(most / STEP_M)
    if not (2 <= steps <= STEPS_MAX and abs(most - steps * STEP_M) < 1e-9 * most):
        steps = 5
    least = _cheapest(problem, budget)
    each = (most * (number + 1) / steps for number in range(steps))
    return budget, land, tuple(one for one in each if one >= least)


def _cheapest(problem: Problem, budget: str) -> float:
    """Return the capital of the cheapest size that a budget pays for, in millions."""
    (phases,) = (one.phases for one in problem.budgets if one.id == budget)
    paid = (one for one in problem.units if one.phase in phases and one.standing is None)
    return min((size.capital.value for one in paid for size in one.sizes), default=0.0)


def usual_ores(problem: Problem, resource: str = "", element: str = "") -> list[tuple[str, str]]:
    """Return each resource with each element of it that markets pay for, as far as not said.

    Raises
    ------
    InputError
        If nothing that is paid for is in any resource that is meant.
    """
    paid = {pay.element for market in problem.markets for pay in market.pays}
    meant = [one for one in problem.resources if not resource or one.id == resource]
    found = [(one.id, symbol) for one in meant for symbol in _elements(one, paid, element)]
    if found:
        return found
    known = ", ".join(f"{one.id} ({' '.join(one.grades)})" for one in problem.resources)
    asked = " ".join(word for word in (resource, element) if word) or "what markets pay for"
    raise InputError(f"no resource holds {asked}; the plan has: {known or 'none'}")


def _elements(one: Resource, paid: set[str], element: str) -> list[str]:
    if element:
        return [element] if element in one.grades else []
    return [symbol for symbol in one.grades if symbol in paid]
