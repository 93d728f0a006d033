"""Studies of a plan: the front of two goals, every state of the world, what money buys, tornado."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from oreline.api._answers_plan import budgets_of, deliveries
from oreline.api._plan_question import (
    NoPlan,
    PlanQuestion,
    World,
    finite,
    front_of,
    no_plan,
    plan_text,
    planned,
    seconds_each,
    world_of,
)
from oreline.api._planning import PLANNING
from oreline.api._views import View
from oreline.model import InputError, LimitExceededError

if TYPE_CHECKING:
    from oreline.plan import BudgetCurve, Plan

PLAN_DRAWS_MAX: Final = 60
"""How many draws a server makes of the ranges of a budget at most."""
PLAN_AMOUNTS_MAX: Final = 8
"""How many amounts of a budget a server plans with at most."""
BREAK_EVEN_SEARCHES: Final = 12
"""Among so many searches the seconds of a break-even are shared: three grades, a few steps each."""
DRAWS: Final = 24


def plan_front(view: View, question: PlanQuestion) -> dict[str, Any]:
    """Return the plans along the front of net present value and a delivery, the richest first.

    Raises
    ------
    InputError
        If no front is asked for, or the question cannot be used.
    """
    if not question.front:
        raise InputError("say with front which delivery is beside npv: deliver:Sb@US")
    world = world_of(view, question)
    front = world if isinstance(world, NoPlan) else front_of(world, question)
    told: dict[str, Any] = {"question": question.to_json(), "goals": ["npv", question.front]}
    if isinstance(front, NoPlan):
        return {**told, **_infeasible(front), "points": []}
    return {
        **told,
        "feasible": True,
        "says": "",
        "findings": [],
        "currency": front.plans[0].problem.currency,
        "points": [
            {
                "point": number,
                "npv_m": plan.npv,
                "t": front.amount(plan),
                "capital_m": plan.capital(),
                "units": sorted(one.unit for one in plan.schedule.built),
                "certificate": finite(plan.certificate.to_json()),
            }
            for number, plan in enumerate(front.plans, start=1)
        ],
        "basis": "derived",
    }


def _infeasible(found: NoPlan) -> dict[str, Any]:
    return {
        "feasible": False,
        "says": found.says,
        "findings": [one.to_json() for one in found.findings],
    }


def plan_scenarios(view: View, question: PlanQuestion) -> dict[str, Any]:
    """Return the best plan in every state of the world that the file describes, as it stands first.

    Each is planned for itself, as if one knew that it comes; together they take no longer than a
    study may.

    Raises
    ------
    InputError
        If the question cannot be used.
    """
    text = plan_text(view, question.file)
    names = {} if text.tables is None else {one.id: one.name for one in text.tables.scenarios}
    rows = []
    seconds = seconds_each(question, 1 + len(names))
    for scenario in ("", *names):
        asked = replace(question, scenario=scenario, front="", seconds=seconds)
        _, plan = planned(view, asked)
        told = {"scenario": scenario, "name": names.get(scenario) or scenario}
        if isinstance(plan, NoPlan):
            rows.append({**told, **_infeasible(plan)})
            continue
        rows.append({**told, "feasible": True, **_scenario(plan)})
    return {"question": question.to_json(), "scenarios": rows, "basis": "derived"}


def _scenario(plan: Plan) -> dict[str, Any]:
    problem = plan.problem
    built = {one.unit: one.begun for one in plan.schedule.built}
    return {
        "currency": problem.currency,
        "npv_m": plan.npv,
        "capital_m": plan.capital(),
        "retained_m": plan.retained(),
        "delivered": [
            {**one, "t": plan.delivered(one["element"], one["country"])}
            for one in deliveries(problem)
        ],
        "built": [
            {"unit": one.id, "name": one.name or one.id, "begun": built[one.id]}
            for one in problem.units
            if one.id in built
        ],
        "not_built": [
            {"unit": one.id, "name": one.name or one.id}
            for one in problem.units
            if one.id not in built and one.standing is None
        ],
        "certificate": finite(plan.certificate.to_json()),
    }


def plan_budgets(
    view: View,
    question: PlanQuestion,
    of: str = "",
    country: str = "",
    amounts: tuple[float, ...] = (),
    samples: int = DRAWS,
    seed: int = 0,
) -> dict[str, Any]:
    """Return what each amount of a budget buys, as ranges and without any single figure.

    Without ``of`` it is the first budget over several phases, without ``country`` the one that most
    markets are in, without amounts each hundred millions of the budget.

    Raises
    ------
    InputError
        If the plan has no such budget, nothing in it has a range, or no plan is feasible.
    LimitExceededError
        If more draws or amounts are asked for than a server makes.
    """
    if samples > PLAN_DRAWS_MAX:
        message = f"{samples} draws are more than PLAN_DRAWS_MAX = {PLAN_DRAWS_MAX}"
        raise LimitExceededError(f"{message}; 'oreline plan budget' makes more")
    if len(amounts) > PLAN_AMOUNTS_MAX:
        message = f"{len(amounts)} amounts are more than PLAN_AMOUNTS_MAX = {PLAN_AMOUNTS_MAX}"
        raise LimitExceededError(message)
    world = world_of(view, replace(question, front=""))
    if isinstance(world, NoPlan):
        raise InputError(world.says, world.findings)
    from oreline.plan import usual_budget

    asked = usual_budget(world.problem, of, country, amounts)
    found = _curve(world, question, asked, samples, seed)
    if isinstance(found, NoPlan):
        raise InputError(found.says, found.findings)
    budget, land, _ = asked
    return {
        "question": question.to_json(),
        "budget": budget,
        "country": land,
        "currency": world.problem.currency,
        **found.to_json(),
        "numbers": len(world.problem.numbers),
    }


def _curve(
    world: World,
    question: PlanQuestion,
    asked: tuple[str, str, tuple[float, ...]],
    samples: int,
    seed: int,
) -> BudgetCurve | NoPlan:
    from oreline.plan import InfeasibleError, SolverSettings, budget_curve, parse_goal

    budget, country, amounts = asked
    settings = SolverSettings(max(question.gap, 1e-3), seconds_each(question, len(amounts)))

    def make(_watch: Any) -> BudgetCurve | NoPlan:
        try:
            return budget_curve(
                world.text,
                budget,
                amounts,
                country=country,
                goals=[parse_goal(one) for one in question.goals],
                changes=world.changes,
                samples=samples,
                seed=seed,
                settings=settings,
            )
        except InfeasibleError as error:
            return no_plan(error)

    key = (world.key, "budget", asked, question.goals, samples, seed, settings)
    return PLANNING.get(key, f"{budget}: {', '.join(f'{one:g}' for one in amounts)}", make)


def plan_tornado_told(view: View, question: PlanQuestion) -> dict[str, Any]:
    """Return the net present value with each ranged number at its ends, the plan's builds held.

    Raises
    ------
    InputError
        If nothing has a range, or no plan is feasible.
    """
    from oreline.plan import SolverSettings, plan_tornado

    world, plan = planned(view, question)
    if isinstance(plan, NoPlan) or world is None:
        assert isinstance(plan, NoPlan), "a plan has a world"
        raise InputError(plan.says, plan.findings)
    settings = SolverSettings(max(question.gap, 1e-3), question.seconds)
    key = (world.key, "tornado", question, settings)
    found = PLANNING.get(
        key,
        "tornado",
        lambda _watch: plan_tornado(world.text, plan, changes=world.changes, settings=settings),
    )
    numbers = plan.problem.numbers
    return {
        "question": question.to_json(),
        "currency": plan.problem.currency,
        "npv_m": plan.npv,
        **found.to_json(),
        "certificate": finite(plan.certificate.to_json()),
        "assumed_numbers": sum(str(one.basis) == "assumed" for one in numbers.values()),
    }


def plan_break_even(
    view: View, question: PlanQuestion, resource: str, element: str
) -> dict[str, Any]:
    """Return from which tonnage on a resource pays, at its grade and at the ends of its range.

    Raises
    ------
    InputError
        If there is no such resource, it holds none of the element, or no plan is feasible.
    """
    from oreline.plan import SolverSettings, break_even

    world = world_of(view, replace(question, front=""))
    if isinstance(world, NoPlan):
        raise InputError(world.says, world.findings)
    settings = SolverSettings(max(question.gap, 1e-3), seconds_each(question, BREAK_EVEN_SEARCHES))
    key = (world.key, "break-even", resource, element, settings)
    found = PLANNING.get(
        key,
        f"{resource}, {element}",
        lambda _watch: break_even(
            world.text, resource, element, changes=world.changes, settings=settings
        ),
    )
    return {"question": question.to_json(), **found.to_json()}


def is_at_hand(view: View, question: PlanQuestion) -> dict[str, bool]:
    """Return whether what budgets buy, as it stands by default, needs no computing."""
    world = world_of(view, replace(question, front=""))
    if isinstance(world, NoPlan) or not budgets_of(world.text, world.problem):
        return {"budgets": False}
    from oreline.plan import SolverSettings, usual_budget

    try:
        asked = usual_budget(world.problem)
    except InputError:
        return {"budgets": False}
    settings = SolverSettings(max(question.gap, 1e-3), seconds_each(question, len(asked[2])))
    key = (world.key, "budget", asked, question.goals, DRAWS, 0, settings)
    return {"budgets": PLANNING.at_hand(key) is not None}
