"""``oreline plan budget``, ``pareto``, ``tornado``: what money buys, and what matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._plan_build_up import Gap, Goals, Seconds
from oreline.cli._plan_source import Place, Scenario
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._workers import Cluster, Workers, shared_among

if TYPE_CHECKING:
    from oreline.plan import BreakEven, BudgetCurve, Front, PlanText, SolverSettings

Country = Annotated[
    str,
    typer.Option(
        "--country",
        metavar="CODE",
        help="Whose supply is counted: US. Else where most markets of the plan are.",
    ),
]

Amounts = Annotated[
    list[float] | None,
    typer.Option(
        "--amount",
        metavar="MILLIONS",
        help="A budget to plan with; given again. Else each hundred millions of the budget.",
    ),
]
AlsoNeeded = Annotated[
    list[str] | None,
    typer.Option(
        "--break-even",
        metavar="RESOURCE=ELEMENT",
        help="Tell also from how many tonnes on it pays, by grade; given again.",
    ),
]


def settings_of(gap: str, seconds: float) -> SolverSettings:
    """Return how models are solved, of what a user wrote."""
    from oreline.plan import SolverSettings, parse_rate

    return SolverSettings(float(parse_rate(gap)), seconds)


@question(Needs.NOTHING, export=True)
def budget(
    _reader: Reader,
    place: Place,
    amount: Amounts = None,
    of: Annotated[
        str, typer.Option("--of", metavar="ID", help="Which budget of the plan. Else its first.")
    ] = "",
    country: Country = "",
    goal: Goals = None,
    break_even: AlsoNeeded = None,
    samples: Annotated[int, typer.Option("--samples", help="How many draws.")] = 24,
    seed: Annotated[int, typer.Option("--seed", help="Of the draws.")] = 0,
    scenario: Scenario = "",
    gap: Gap = "0.1%",
    seconds: Seconds = 60.0,
    workers: Workers = 1,
    cluster: Cluster = "",
) -> Answer:
    """Tell what each budget buys, as ranges: value, what stays in the country, supply of metals.

    For each amount the best plan is found; then every number with a range is drawn while its builds
    are held. No single figure is given.

    Example: oreline plan budget examples/pakistan-us --amount 100 --amount 300 --amount 500
    """
    from oreline.cli._plan_source import problem_of
    from oreline.plan import budget_curve, parse_goal, usual_budget

    text, problem, findings = problem_of(place, scenario)
    changes = text.scenario(scenario) if scenario else ()
    asked, land, amounts = usual_budget(problem, of, country, amount or ())
    settings = settings_of(gap, seconds)
    with shared_among(workers, cluster) as each:
        found = budget_curve(
            text,
            asked,
            amounts,
            country=land,
            goals=[parse_goal(one) for one in goal or ["npv"]],
            changes=changes,
            samples=samples,
            seed=seed,
            settings=settings,
            each=each,
        )
        needed = [
            break_even_of(
                text, one, changes=changes, samples=samples, seed=seed, settings=settings, each=each
            )
            for one in break_even or ()
        ]

    def show(console: Console) -> None:
        from oreline.cli._plan_worth import show_break_even

        _show_budget(console, found)
        for one in needed:
            show_break_even(console, one)

    told = {
        "budget": asked,
        "country": land,
        **found.to_json(),
        "break_even": [one.to_json() for one in needed],
    }
    return Answer(told, show, found.to_frame, findings=findings)


def break_even_of(text: PlanText, asked: str, **given: Any) -> BreakEven:
    """Return the tonnage from which on a resource pays, asked for as ``sb-lode=Sb``."""
    from oreline.model import InputError
    from oreline.plan import break_even

    resource, equals, element = asked.partition("=")
    if not equals:
        raise InputError(f"--break-even {asked}: write resource and element, as in sb-lode=Sb")
    return break_even(text, resource, element, **given)


def _show_budget(console: Console, found: BudgetCurve) -> None:
    from oreline.cli._render import print_note, print_table, print_title

    never = []
    for column, (name, unit) in enumerate(found.names):
        if not any(round(end) for step in found.steps for end in step.span(column)):
            never.append(name)
            continue
        print_title(console, f"{name}, {unit}")
        rows = []
        for place, step in enumerate(found.steps):
            middle = found.middle(place, column)
            rows.append(
                (
                    f"{step.amount:,.0f}",
                    _span(step.span(column), ",.0f")
                    + ("" if middle is None else f", median {middle:,.0f}"),
                    _span(found.more(place, column), "+,.0f"),
                )
            )
        columns = ("budget", "all of it", "this step more")
        print_table(console, columns, rows, right=columns)
    if never:
        console.print(
            f"Nothing at any budget, as the goal does not ask for it: {', '.join(never)}. "
            "Another goal: --goal deliver:METAL@COUNTRY",
            markup=False,
        )
    for step in found.steps:
        units = ", ".join(f"{one.unit} {one.begun}" for one in step.plan.schedule.built)
        proven = step.plan.certificate
        console.print(
            f"{step.amount:,.0f}: {units or 'nothing is built'} ({proven.status}, gap "
            f"{proven.gap:.2%})",
            markup=False,
        )
    left = f"; {found.unusable} more were unusable" if found.unusable else ""
    print_note(
        console,
        f"{found.assumed} numbers are assumed, {found.ranged} drawn from their ranges: 10th to "
        f"90th percentile of {found.asked - found.unusable} draws, seed {found.seed}{left}. "
        + (
            "Assumptions dominate: there is no single figure to give"
            if found.is_assumed
            else "Most of what is drawn is measured, reported or planned"
        ),
    )


def _span(ends: tuple[float, float], form: str) -> str:
    """Return a range in whole numbers.

    >>> _span((-0.2, 0.4), "+,.0f"), _span((3.0, 4.2), "+,.0f")
    ('nothing', '+3 to +4')
    """
    low, high = (round(end) for end in ends)
    return f"{low:{form}} to {high:{form}}" if low or high else "nothing"


@question(Needs.NOTHING, export=True)
def pareto(
    _reader: Reader,
    place: Place,
    goal: Annotated[str, typer.Option("--goal", metavar="GOAL", help="Beside npv: deliver:Sb@US.")],
    points: Annotated[int, typer.Option("--points", help="How many plans.")] = 5,
    scenario: Scenario = "",
    gap: Gap = "0.1%",
    seconds: Seconds = 60.0,
    workers: Workers = 1,
    cluster: Cluster = "",
) -> Answer:
    """Show what metal delivered to a country costs in value: plans along the front of both goals.

    Example: oreline plan pareto examples/pakistan-us --goal deliver:Cu@US
    """
    from oreline.cli._plan_source import problem_of
    from oreline.plan import pareto_front, parse_goal

    _, problem, findings = problem_of(place, scenario)
    with shared_among(workers, cluster) as each:
        front = pareto_front(problem, parse_goal(goal), points, settings_of(gap, seconds), each)

    def show(console: Console) -> None:
        _show_front(console, front, problem.currency)

    return Answer(front.to_json(), show, front.to_frame, findings=findings)


def _show_front(console: Console, front: Front, currency: str) -> None:
    from oreline.cli._render import print_table

    columns = (f"npv, {currency} m", "delivered, t", "capital", "gap", "units")
    rows = [
        (
            f"{plan.npv:,.1f}",
            f"{front.amount(plan):,.0f}",
            f"{plan.capital():,.0f}",
            f"{plan.certificate.gap:.2%}",
            " ".join(sorted(one.unit for one in plan.schedule.built)),
        )
        for plan in front.plans
    ]
    print_table(console, columns, rows, right=columns[:4])


@question(Needs.NOTHING, export=True)
def tornado(
    _reader: Reader,
    place: Place,
    scenario: Scenario = "",
    gap: Gap = "0.1%",
    seconds: Seconds = 60.0,
    workers: Workers = 1,
    cluster: Cluster = "",
) -> Answer:
    """Rank the numbers by what they do to the value of the best plan while its builds are held.

    Each number with a range is put at its low and at its high end, the others stay.

    Example: oreline plan tornado examples/pakistan-us
    """
    from oreline.cli._plan_source import problem_of
    from oreline.plan import make_plan, plan_tornado

    text, problem, findings = problem_of(place, scenario)
    settings = settings_of(gap, seconds)
    plan = make_plan(problem, settings=settings, scenario=scenario)
    changes = text.scenario(scenario) if scenario else ()
    with shared_among(workers, cluster) as each:
        found = plan_tornado(text, plan, changes=changes, settings=settings, each=each)

    def show(console: Console) -> None:
        from oreline.cli._plan_tables import print_certificate
        from oreline.cli._render import print_frame

        print_certificate(console, plan.certificate)
        print_frame(console, found.to_frame(), empty="no number has a range")

    return Answer(
        {**found.to_json(), "certificate": plan.certificate.to_json()}, show, found.to_frame,
        findings=findings,
    )  # fmt: skip


STUDIES = (("budget", budget), ("pareto", pareto), ("tornado", tornado))
"""What ``oreline plan`` is extended by, by name."""
