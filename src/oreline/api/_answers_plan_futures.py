"""A plan and what may come: its running in quarters, builds for several states, what came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from oreline.api._plan_question import (
    NoPlan,
    PlanQuestion,
    finite,
    planned,
    seconds_each,
    world_of,
)
from oreline.api._planning import PLANNING
from oreline.api._views import View
from oreline.model import InputError, LimitExceededError

PLAN_WHAT_IFS_MAX: Final = 12
"""In how many states a server runs a plan in quarters at most."""
PLAN_STATES_MAX: Final = 12
"""For how many states of the world together a server plans at most."""
WORST: Final = 0.2
"""Which part of the probability is the worst, where nobody says."""


def plan_quarters(
    view: View, question: PlanQuestion, what_ifs: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the running of the best plan in quarters, its builds held, and in other states.

    Raises
    ------
    InputError
        If there is no such scenario, no plan is feasible, or it cannot be run in quarters.
    LimitExceededError
        If more states are asked for than a server runs.
    """
    from oreline.plan import SolverSettings, quarter_plan

    if len(what_ifs) > PLAN_WHAT_IFS_MAX:
        message = f"{len(what_ifs)} states are more than PLAN_WHAT_IFS_MAX = {PLAN_WHAT_IFS_MAX}"
        raise LimitExceededError(f"{message}; 'oreline plan quarters' runs more")
    world, plan = planned(view, question)
    if isinstance(plan, NoPlan) or world is None:
        assert isinstance(plan, NoPlan), "a plan has a world"
        raise InputError(plan.says, plan.findings)
    asked = tuple(dict.fromkeys(what_ifs))
    settings = SolverSettings(question.gap, seconds_each(question, 1 + len(asked)))
    key = (world.key, "quarters", question, asked, settings)
    found = PLANNING.get(
        key,
        "quarters",
        lambda _watch: quarter_plan(
            world.text, plan, asked, changes=world.changes, settings=settings
        ),
    ).to_json()
    for part in ("annual", "quarterly"):
        found[part]["certificate"] = finite(found[part]["certificate"])
    return {"question": question.to_json(), **found}


def plan_hedge(
    view: View,
    question: PlanQuestion,
    probabilities: Mapping[str, float] | None = None,
    weight: float = 0.0,
    worst: float = WORST,
) -> dict[str, Any]:
    """Return the plan whose builds are one for all states of the world.

    Its goal is the expected net present value; the question's own scenario and front count for
    nothing here.

    Parameters
    ----------
    probabilities
        Parts of one by scenario; None: those that the file states.
    weight
        How much the worst states count beside the mean.
    worst
        Which part of the probability is the worst.

    Raises
    ------
    InputError
        If states or probabilities cannot be used, or no builds meet the limits of all states.
    LimitExceededError
        If there are more states than a server plans for.
    """
    from oreline.plan import Risk, SolverSettings, hedge_plan

    world = world_of(view, replace(question, scenario="", front=""))
    if isinstance(world, NoPlan):
        raise InputError(world.says, world.findings)
    given = None if probabilities is None else dict(probabilities)
    tables = world.text.tables
    stated = () if tables is None else tables.scenarios
    states = 1 + len([one for one in stated if one.probability] if given is None else given)
    if states > PLAN_STATES_MAX:
        message = f"{states} states are more than PLAN_STATES_MAX = {PLAN_STATES_MAX}"
        raise LimitExceededError(f"{message}; 'oreline plan hedge' plans for more")
    risk = Risk(weight, 1.0 - worst)
    # Each state once as if it were known and twice with given builds, then all together and means.
    settings = SolverSettings(max(question.gap, 1e-3), seconds_each(question, 3 * states + 2))
    chances = None if given is None else tuple(sorted(given.items()))
    key = (world.key, "hedge", chances, risk, settings)
    found = PLANNING.get(
        key,
        "states of the world together",
        lambda watch: hedge_plan(
            world.text,
            probabilities=given,
            risk=risk,
            changes=world.changes,
            settings=settings,
            watch=watch,
        ),
    ).to_json()
    found["certificate"] = finite(found["certificate"])
    found["gaps"] = {state: finite(gaps) for state, gaps in found["gaps"].items()}
    return {"question": question.to_json(), **found}


def plan_actual(view: View, question: PlanQuestion) -> dict[str, Any]:
    """Return what the ledger proves of the plan's deliveries, year by year.

    Raises
    ------
    InputError
        If no plan is feasible, or the ledger has no events yet.
    """
    from oreline.plan import actual_against_planned, told_until

    _, plan = planned(view, question)
    if isinstance(plan, NoPlan):
        raise InputError(plan.says, plan.findings)
    whole = view.whole
    found = whole.ask(
        lambda: actual_against_planned(
            plan, whole.books, whole.ledger.current("site"), told_until(whole.ledger)
        )
    ).to_json()
    found["certificate"] = finite(found["certificate"])
    return {"question": question.to_json(), **found}
