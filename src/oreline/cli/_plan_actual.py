"""``oreline plan actual``: what the ledger proves of a plan's deliveries, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from oreline.cli._plan_build_up import Gap, Goals, Seconds, no_plan
from oreline.cli._plan_source import Place, Scenario
from oreline.cli._plan_studies import settings_of
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.plan import ActualAgainstPlan


@question(export=True)
def actual(
    reader: Reader,
    place: Place,
    goal: Goals = None,
    scenario: Scenario = "",
    gap: Gap = "0.01%",
    seconds: Seconds = 60.0,
) -> Answer:
    """Compare the deliveries of the best plan with what the ledger says was received.

    Tonnes, dry, and metal at each market's site, by the year of their arrival, as the book has
    them. Years to come are UNKNOWN; a year under way shows what has arrived so far. What was
    produced is compared by oreline balance plan.

    Example: oreline plan actual examples/pakistan-us --chain out/pakistan-us
    """
    from oreline.cli._plan_source import problem_of
    from oreline.cli._search_bar import search_bar
    from oreline.plan import (
        InfeasibleError,
        actual_against_planned,
        make_plan,
        parse_goal,
        told_until,
    )

    _, problem, findings = problem_of(place, scenario)
    goals = [parse_goal(one) for one in goal or ["npv"]]
    try:
        with search_bar(goals[0].unit(problem.currency)) as watch:
            plan = make_plan(
                problem, goals, settings_of(gap, seconds), scenario=scenario, watch=watch
            )
    except InfeasibleError as error:
        return no_plan(error)
    found = actual_against_planned(
        plan, reader.books, reader.ledger.current("site"), told_until(reader.ledger)
    )

    def show(console: Console) -> None:
        _show(console, found)

    told = (*findings, *found.findings)
    return Answer(found.to_json(), show, found.to_frame, findings=told, told_of=reader)


def _show(console: Console, found: ActualAgainstPlan) -> None:
    from oreline.cli._plan_tables import print_certificate
    from oreline.cli._render import print_findings, print_note, print_table, print_title

    print_title(console, f"{found.plan.problem.name} - against the ledger")
    print_certificate(console, found.plan.certificate)
    columns = ("site", "of", "year", "planned t", "received t", "difference t", "year is")
    rows = []
    for one in found.deliveries:
        apart = one.difference_t
        rows.append(
            (
                one.site,
                one.element,
                one.year,
                f"{one.planned_t:,.1f}",
                _span((one.low_t, one.high_t), "UNKNOWN", ",.1f"),
                "" if apart is None else _span(apart, "", "+,.1f"),
                str(one.state),
            )
        )
    print_table(
        console, columns, rows, right=columns[2:6], empty="the plan delivers nothing anywhere"
    )
    print_note(console, f"the ledger tells up to {found.until:%Y-%m-%d}; dry masses, by its book")
    print_findings(console, found.findings)


def _span(ends: tuple[float | None, float | None], unknown: str, form: str) -> str:
    low, high = ends
    if low is None or high is None:
        return unknown
    first, last = f"{low:{form}}", f"{high:{form}}"
    return first if first == last else f"{first} to {last}"
