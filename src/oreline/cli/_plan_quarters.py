"""``oreline plan quarters``: the best plan's running in quarters, and in other states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._plan_build_up import Gap, Goals, Seconds, no_plan
from oreline.cli._plan_source import Place, Scenario
from oreline.cli._plan_studies import settings_of
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._workers import Cluster, Workers, shared_among

if TYPE_CHECKING:
    from oreline.plan import QuarterPlan


@question(Needs.NOTHING, export=True)
def quarters(
    _reader: Reader,
    place: Place,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if", metavar="SCENARIO", help="A state of the file to run it in; given again."
        ),
    ] = None,
    goal: Goals = None,
    scenario: Scenario = "",
    gap: Gap = "0.01%",
    seconds: Seconds = 60.0,
    workers: Workers = 1,
    cluster: Cluster = "",
) -> Answer:
    """Find the best plan in years, hold its builds, and plan what runs in quarters.

    With --what-if the running is planned again in other states of the file, from where the last
    ended: what is built stays, what flows follows. With --export: amounts by quarter; to .xlsx all
    tables.

    Example: oreline plan quarters examples/pakistan-us --what-if low-prices
    """
    from oreline.cli._plan_source import problem_of
    from oreline.cli._search_bar import search_bar
    from oreline.plan import InfeasibleError, make_plan, parse_goal, quarter_plan

    text, problem, findings = problem_of(place, scenario)
    settings = settings_of(gap, seconds)
    goals = [parse_goal(one) for one in goal or ["npv"]]
    try:
        with search_bar(goals[0].unit(problem.currency)) as watch:
            annual = make_plan(problem, goals, settings, scenario=scenario, watch=watch)
    except InfeasibleError as error:
        return no_plan(error)
    changes = text.scenario(scenario) if scenario else ()
    with shared_among(workers, cluster) as each:
        found = quarter_plan(
            text, annual, what_if or (), changes=changes, settings=settings, each=each
        )

    def show(console: Console) -> None:
        _show(console, found)

    return Answer(found.to_json(), show, found.to_frame, findings=findings, sheets=found.frames)


def _show(console: Console, found: QuarterPlan) -> None:
    from oreline.cli._plan_tables import print_certificate
    from oreline.cli._render import print_note, print_pairs, print_table, print_title

    problem = found.annual.problem
    money = f"{problem.currency} m"
    print_title(console, f"{problem.name} - in quarters")
    print_pairs(
        console,
        (
            ("in years", f"{found.annual.npv:,.2f} {money}"),
            ("in quarters", f"{found.plan.npv:,.2f} {money}, builds held"),
        ),
    )
    print_certificate(console, found.annual.certificate)
    print_certificate(console, found.plan.certificate)
    frame = found.cash_frame()
    columns = ("quarter", "capital", "sales", "net")
    print_table(
        console,
        columns,
        [
            (row["quarter"], *(f"{row.get(name, 0.0):,.2f}" for name in columns[1:]))
            for row in frame.iter_rows(named=True)
        ],
        right=columns[1:],
    )
    if found.what_ifs:
        heading = ("what if", "npv", "change")
        print_table(
            console,
            heading,
            [
                (
                    row["scenario"],
                    "cannot be kept" if row["npv_m"] is None else f"{row['npv_m']:,.2f}",
                    "" if row["change_m"] is None else f"{row['change_m']:+,.2f}",
                )
                for row in found.what_ifs_frame().iter_rows(named=True)
            ],
            right=heading[1:],
        )
    print_note(
        console,
        f"{money}; flows count at the {problem.terms.timing} of their quarter and levies are taken "
        "by quarter, so that both values differ by convention",
    )
