"""``oreline plan ledger``: the best plan written into a planned ledger."""

from __future__ import annotations

from typing import Annotated

import typer

from oreline.cli._append import appended
from oreline.cli._design_ledger import known_operators, stated_operators
from oreline.cli._options import Actor
from oreline.cli._plan_build_up import Gap, Goals, Seconds, no_plan
from oreline.cli._plan_source import Place, Scenario
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader


@question(Needs.LEDGER)
def ledger(
    reader: Reader,
    place: Place,
    issuer: Annotated[
        str, typer.Option("--issuer", metavar="PARTY", help="Who names the planned lots.")
    ],
    actor: Actor,
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="TEXT", help="Begins ids of lots and events.")
    ] = "plan",
    operators: Annotated[
        list[str] | None,
        typer.Option(
            "--operator", metavar="SITE=PARTY", help="Who will run a site; may be given again."
        ),
    ] = None,
    goal: Goals = None,
    scenario: Scenario = "",
    gap: Gap = "0.01%",
    seconds: Seconds = 60.0,
) -> Answer:
    """Find the best plan and write it into a planned ledger: an event for each unit and year.

    The ledger is one that ``oreline record derive`` made. Every other verb then answers it as it
    answers the actual one. Written again, the same plan changes nothing.

    Example: oreline plan ledger examples/pakistan-us --issuer illus --by planner
    --ledger ledgers/build-up.db
    """
    from oreline.cli._plan_source import problem_of
    from oreline.cli._search_bar import search_bar
    from oreline.model import InputError
    from oreline.plan import (
        InfeasibleError,
        LedgerWriting,
        SolverSettings,
        make_plan,
        parse_goal,
        parse_rate,
        plan_events,
    )

    if reader.store.header.tense == "actual":
        raise InputError(
            "what is planned never enters the actual ledger; make one for it with "
            "oreline record derive ID --tense planned"
        )
    _, problem, findings = problem_of(place, scenario)
    settings = SolverSettings(float(parse_rate(gap)), seconds)
    goals = [parse_goal(one) for one in goal or ["npv"]]
    try:
        with search_bar(goals[0].unit(problem.currency)) as watch:
            plan = make_plan(
                problem, goals, settings, scenario=scenario, findings=findings, watch=watch
            )
    except InfeasibleError as error:
        return no_plan(error)
    operated = {site.id: site.operator for site in problem.sites.values() if site.operator}
    known = operated | known_operators(reader) | stated_operators(operators or [])
    events = plan_events(plan, LedgerWriting(issuer, prefix, actor, known))
    return appended(reader.store.append(list(events)), str(place), findings)
