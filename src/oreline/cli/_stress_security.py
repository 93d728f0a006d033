"""``oreline stress security``: what money buys in a country's supply, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._plan_build_up import Goals, Seconds, no_plan
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._stress_loss import show_loss
from oreline.cli._stress_source import Folder, State
from oreline.cli._stress_tables import takes_tables

if TYPE_CHECKING:
    from oreline.stress import Bounds, Security, StageSecurity


Amounts = Annotated[
    list[float] | None,
    typer.Option("--amount", metavar="MILLIONS", help="A budget; else each hundred of it."),
]
BudgetName = Annotated[
    str, typer.Option("--of", metavar="ID", help="Which budget of the plan; else the first.")
]
Importer = Annotated[
    str, typer.Option("--importer", metavar="CC", help="Whose supply; else security.toml's.")
]
Loss = Annotated[
    bool, typer.Option("--loss", help="Also what it changes in losses from disruptions: seconds.")
]
Scenarios = Annotated[
    int, typer.Option("--scenarios", help="Of --loss: how many, with the numbers as given.")
]
Kept = Annotated[
    float,
    typer.Option(
        "--kept", metavar="PART", help="Of --loss: what contracts keep for the importer, 0 to 1."
    ),
]


@question(Needs.NOTHING, export=True)
@takes_tables
def security(
    _reader: Reader,
    place: Folder,
    amount: Amounts = None,
    of: BudgetName = "",
    importer: Importer = "",
    samples: Annotated[int, typer.Option("--samples", help="How many draws.")] = 24,
    seed: Annotated[int, typer.Option("--seed", help="Of the draws.")] = 0,
    goal: Goals = None,
    state: State = "",
    gap: Annotated[
        str, typer.Option("--gap", metavar="PCT", help="How near to its bound a plan has to be.")
    ] = "0.1%",
    seconds: Seconds = 60.0,
    loss: Loss = False,
    scenarios: Scenarios = 20_000,
    kept: Kept = 0.0,
) -> Answer:
    """Tell what money buys in a country's supply: at which stage it helps, and where it stops.

    New supply counts up to the stage with evidenced free capacity. What is not known is none in the
    lower bound and enough in the upper. Ranges, and no single figure where assumptions dominate.

    Example: oreline stress security examples/pakistan-us --amount 500 --goal deliver:Nd+Pr+Sb@US
    """
    from dataclasses import replace

    from oreline.cli._plan_source import problem_of
    from oreline.cli._stress_source import security_inputs
    from oreline.plan import InfeasibleError, SolverSettings, parse_goal, parse_rate, usual_budget
    from oreline.stress import LOSS_SETTINGS, security_loss, supply_security

    text, problem, _ = problem_of(place, state)
    inputs, findings = security_inputs(place, problem, importer)
    budget, _, amounts = usual_budget(problem, of, amounts=amount or ())
    try:
        found = supply_security(
            text,
            inputs,
            budget,
            amounts,
            goals=[parse_goal(one) for one in goal or ["npv"]],
            changes=text.scenario(state) if state else (),
            samples=samples,
            seed=seed,
            settings=SolverSettings(float(parse_rate(gap)), seconds),
        )
    except InfeasibleError as error:
        return no_plan(error)

    lost = None
    if loss:
        how = replace(LOSS_SETTINGS, scenarios=scenarios, seed=seed)
        lost = security_loss(found, how, kept=kept)

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings

        _show(console, found)
        if lost is not None:
            show_loss(console, lost)
        print_findings(console, findings)

    if lost is None:
        return Answer(found.to_json(), show, found.to_frame, findings=findings)
    told = {**found.to_json(), "loss": lost.to_json()}
    return Answer(told, show, lost.to_frame, findings=findings)


def _show(console: Console, found: Security) -> None:
    from oreline.cli._render import print_note, print_table, print_title
    from oreline.stress import NOTE_NIR

    for budget in found.budgets:
        print_title(console, f"{budget.amount:,.0f} million: {found.importer}'s supply")
        console.print(", ".join(budget.units) or "nothing is built", markup=False)
        columns = ("mineral", "stage", "arrives t/y", "counted t/y", "of imports", "China", "after")
        rows = [
            (
                one.supply.mineral,
                one.supply.stage + (" - STOPS" if one.supply.stops else ""),
                span(one.supply.arrives_t),
                span(one.supply.counted_t),
                span(one.part_of_imports, "{:.1%}"),
                span(None if one.before is None else one.before.china, "{:.0%}"),
                span(None if one.after is None else one.after.china, "{:.0%}"),
            )
            for one in budget.stages
            if one.supply.counted_t.high or one.supply.before_t.high
        ]
        empty = f"it delivers nothing to {found.importer} that counts"
        print_table(console, columns, rows, right=columns[2:], empty=empty)
    _show_evidence(console, found)
    dominate = "assumptions dominate: there is no single figure. " * found.curve.is_assumed
    print_note(
        console,
        f"{dominate}10th to 90th percentile of {found.curve.asked - found.curve.unusable} draws, "
        f"seed {found.curve.seed}; mean year of delivery; rare earths as oxides",
    )
    print_note(console, NOTE_NIR)
    print_note(console, "STOPS: of what comes before, nothing is sure to find room at the stage")


def _show_evidence(console: Console, found: Security) -> None:
    from oreline.cli._render import print_table, print_title

    last = found.budgets[-1]
    rows = []
    for one in last.stages:
        free = one.supply.free
        if free is None or not one.supply.before_t.high:
            continue
        head = (one.supply.mineral, one.supply.stage, span(free.free_t), free.why)
        rows.append(head)
        told = [f"{each.what}: {each.text} [{each.source}]" for each in free.evidence]
        rows += [("", "", "", each) for each in told]
    print_title(console, "how much more each stage could take in, by what is evidenced")
    columns = ("mineral", "stage", "free t/y", "why, and the evidence")
    print_table(console, columns, rows, empty="nothing comes to a stage that needs room")
    print_title(console, "on whom the country depends, before and after")
    columns = ("stage", "measure", "before", "after")
    table = [row for one in last.stages if one.before and one.after for row in _measured(one)]
    print_table(console, columns, table, right=columns[2:], empty="nobody prints any sources")


def _measured(one: StageSecurity) -> list[tuple[str, ...]]:
    assert one.before is not None
    assert one.after is not None
    name = f"{one.supply.mineral} {one.supply.stage}"
    two = (one.before, one.after)
    rows: list[tuple[str, ...]] = [
        (name, "covered countries", *(span(each.covered, "{:.1%}") for each in two)),
        ("", "China", *(span(each.china, "{:.1%}") for each in two)),
        ("", "HHI", *(span(each.hhi) for each in two)),
        ("", "left without the largest", *(span(each.without_largest, "{:.1%}") for each in two)),
    ]
    if one.imports is not None and one.imports.reliance:
        reliance = f"{one.imports.reliance} %"
        rows.append(("", "net import reliance", reliance, reliance))
    return rows


def span(bounds: Bounds | None, form: str = "{:,.0f}") -> str:
    """Return bounds as people read them; UNKNOWN where there are none."""
    if bounds is None:
        return "UNKNOWN"
    low = form.format(bounds.low)
    if bounds.high is None:
        return f"{low} or more"
    high = form.format(bounds.high)
    return low if low == high else f"{low} to {high}"
