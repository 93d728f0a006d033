"""Makes a plan: the model, its goals in their order, the solve, and the check of what it says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from oreline.model import Finding, InputError, OrelineError
from oreline.plan._accounts import accounts_of, element_balances, present_value
from oreline.plan._explain import explain_infeasible
from oreline.plan._goals import Goal, goal_constant, goal_expression
from oreline.plan._highs import NoPlanError, Solved, SolverSettings, Watch, solve_model
from oreline.plan._limit_rows import required_rows
from oreline.plan._model import Held, build_model
from oreline.plan._model_frame import PlanModel
from oreline.plan._plan import Plan
from oreline.plan._problem import Problem
from oreline.plan._schedule import schedule_of
from oreline.plan._sets import Places
from oreline.plan._worth import worths_of

AGREES: Final = 1e-6
"""How far the model's value and the reckoning from the tables may be apart, as a part of it."""
NPV: Final = Goal("npv")


def make_plan(
    problem: Problem,
    goals: Sequence[Goal] = (NPV,),
    settings: SolverSettings | None = None,
    *,
    scenario: str = "",
    findings: Sequence[Finding] = (),
    fixed: Held | None = None,
    least: Sequence[tuple[Goal, float]] = (),
    required: Collection[str] = (),
    window: int = 0,
    watch: Watch | None = None,
) -> Plan:
    """Return the best plan of a problem.

    Parameters
    ----------
    problem
        What is planned.
    goals
        What for, the most important first: each is held within one part in a million while the
        next is pursued. Where money is not among them, it comes last: of plans that are equal in
        what was asked, the one that is worth most is given.
    settings
        How it is solved.
    scenario
        What the state of the world is called.
    fixed
        Builds that are given, see ``Held``.
    least
        Goals with a value that must be reached; of a cost, that may not be exceeded.
    required
        Units that must be built, whether it pays or not.
    window
        Where one search is too much: builds are decided for so many years at a time, those of
        later years in parts; then the next years. The bound still holds for the whole. 0: at once.
    watch
        Told of a long search while it runs. Where it answers False the search ends, the best plan
        so far is given with its gap, and no further goal is pursued.

    Raises
    ------
    InfeasibleError
        If no plan meets all limits; the findings name the cheapest that would have to give way.
    oreline.model.OrelineError
        If the solver finds nothing in its time.
    """
    settings = settings or SolverSettings()
    made = build_model(problem, fixed=fixed)
    required_rows(made, required)
    asked = list(goals)
    if not any(goal.kind == "npv" for goal in asked):
        asked.append(NPV)
    held: list[tuple[Goal, float]] = list(least)
    reached: list[tuple[str, float, str]] = []
    solved: Solved | None = None
    for goal in asked:
        for number, (before, value) in enumerate(held):
            _hold(made, before, value, number)
        held = []
        solved = _solve(made, goal, settings, watch, windows_of(made, window))
        value = solved.certificate.value
        reached.append((goal.name, value, goal.unit(problem.currency)))
        if solved.certificate.is_stopped:
            break
        slack = AGREES * max(1.0, abs(value))
        held = [(goal, value - slack if goal.is_most else value + slack)]
    assert solved is not None
    return checked_plan(made, solved, tuple(reached), scenario, tuple(findings))


def _hold(made: PlanModel, goal: Goal, value: float, number: int) -> None:
    left = goal_expression(made, goal)
    right = value - goal_constant(made.problem, goal, made.constants)
    name = f"goal {goal.name} {number} {len(made.model.constraints)}"
    made.model.add_constraints(left >= right if goal.is_most else left <= right, name=name)


def sought(made: PlanModel, goal: Goal) -> float:
    """Write a goal into a model; return the part of its value that no decision changes."""
    import linopy

    with linopy.options as options:
        options["semantics"] = "v1"
        made.model.add_objective(
            goal_expression(made, goal), sense="max" if goal.is_most else "min", overwrite=True
        )
    return goal_constant(made.problem, goal, made.constants)


def windows_of(made: PlanModel, years: int) -> list[Places]:
    """Return the columns of the builds of each window of years, the first years first.

    Raises
    ------
    InputError
        If a window has less than no years.
    """
    if years < 0:
        raise InputError(f"a window of {years} years decides nothing; write 1 or more")
    if not years or not made.has("build"):
        return []
    whole = "chosen" if made.has("chosen") else "build"
    labels, known = made.labels(whole), made.model.variables.label_index.vlabels
    position = np.full(int(known.max()) + 1, -1, np.int64)
    position[known] = np.arange(known.size)
    return [
        position[labels[:, first : first + years].ravel()]
        for first in range(0, labels.shape[1], years)
    ]


def _solve(
    made: PlanModel,
    goal: Goal,
    settings: SolverSettings,
    watch: Watch | None,
    windows: Sequence[Places],
) -> Solved:
    constant = sought(made, goal)
    try:
        return solve_model(
            made.model,
            settings,
            made.problem.digest,
            constant=constant,
            watch=watch,
            windows=windows,
        )
    except NoPlanError as error:
        raise explain_infeasible(made, error.highs, settings) from error


def checked_plan(
    made: PlanModel,
    solved: Solved,
    goals: tuple[tuple[str, float, str], ...],
    scenario: str,
    findings: tuple[Finding, ...],
) -> Plan:
    """Return the plan, if what its tables say is what the model found.

    Raises
    ------
    OrelineError
        If they differ, or an element does not close: a defect of oreline.
    """
    problem = made.problem
    schedule = schedule_of(made.sets, solved.values)
    accounts = accounts_of(problem, schedule)
    reckoned = present_value(problem, accounts.net(with_shortfall=True))
    size = max(1.0, sum(abs(one) for row in accounts.terms.values() for one in row.values()))
    if goals[-1][0] == "npv" and abs(reckoned - goals[-1][1]) > AGREES * size:
        raise OrelineError(
            f"the tables of the plan are worth {reckoned:.9g}, the model {goals[-1][1]:.9g}: this "
            "is a defect of oreline; no plan is given"
        )
    for balance in element_balances(problem, schedule):
        if abs(balance.gap_t) > AGREES * max(1.0, balance.drawn_t + balance.bought_t):
            raise OrelineError(f"{balance.element} does not close in the plan: a defect of oreline")
    return Plan(
        problem,
        scenario,
        goals,
        schedule,
        accounts,
        solved.certificate,
        worths_of(made, solved),
        findings,
    )


def fixed_builds(made_from: Plan, problem: Problem) -> dict[tuple[int, int], float]:
    """Return the builds of a plan as options of a problem, for what runs with them held."""
    from oreline.plan._sets import plan_sets

    sets = plan_sets(problem)
    units = problem.units
    options = {
        (units[unit].id, units[unit].sizes[size].id): place
        for place, (unit, size) in enumerate(sets.options)
    }
    by_id = {one.id: one for one in units}
    return {
        (options[built.unit, size], problem.years.index(built.begun)): part
        for built in made_from.schedule.built
        for size, part in by_id[built.unit].weights(built.size, built.part).items()
        if (built.unit, size) in options
    }
