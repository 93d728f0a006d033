"""``oreline plan break-even``, ``stages``: how much ore pays, and what a refinery keeps at home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._plan_build_up import Gap, Seconds, no_plan
from oreline.cli._plan_source import Place, Scenario
from oreline.cli._plan_studies import Country, settings_of
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._workers import Cluster, Workers, shared_among

if TYPE_CHECKING:
    import polars as pl

    from oreline.plan import BreakEven, StageValues

Samples = Annotated[int, typer.Option("--samples", help="How many draws of numbers with ranges.")]
DrawSeed = Annotated[int, typer.Option("--seed", help="Of the draws.")]

Element = Annotated[
    str,
    typer.Option(
        "--element", metavar="SYMBOL", help="Of which of its grades. Else all that are paid for."
    ),
]
Grades = Annotated[
    list[str] | None,
    typer.Option(
        "--grade",
        metavar="PCT",
        help="A grade of the ore, dry; given again. Else that of the plan and its range.",
    ),
]


@question(Needs.NOTHING, export=True)
def break_even(
    _reader: Reader,
    place: Place,
    resource: Annotated[
        str,
        typer.Option("--resource", metavar="ID", help="Which resource of the plan. Else each."),
    ] = "",
    element: Element = "",
    grade: Grades = None,
    samples: Samples = 0,
    seed: DrawSeed = 0,
    scenario: Scenario = "",
    gap: Gap = "0.01%",
    seconds: Seconds = 60.0,
    workers: Workers = 1,
    cluster: Cluster = "",
) -> Answer:
    """Tell from how many tonnes on a resource pays, for each grade: what must be proved.

    The least tonnage at which the best plan is worth more than the best one that leaves the
    resource alone. With --samples, the range of it over all other numbers with ranges.
    With --export: one row a grade, the data of a chart.

    Example: oreline plan break-even examples/pakistan-us --resource sb-lode --element Sb
    --grade 3% --grade 5% --grade 9.5%
    """
    from oreline.cli._plan_source import problem_of
    from oreline.plan import InfeasibleError, parse_rate, usual_ores
    from oreline.plan import break_even as found_by

    text, problem, findings = problem_of(place, scenario)
    said = resource and element
    ores = [(resource, element)] if said else usual_ores(problem, resource, element)
    try:
        with shared_among(workers, cluster) as each:
            found = [
                found_by(
                    text,
                    *ore,
                    [float(parse_rate(one)) for one in grade or ()],
                    changes=text.scenario(scenario) if scenario else (),
                    samples=samples,
                    seed=seed,
                    settings=settings_of(gap, seconds),
                    each=each,
                )
                for ore in ores
            ]
    except InfeasibleError as error:
        return no_plan(error)

    def show(console: Console) -> None:
        for one in found:
            show_break_even(console, one)

    def frame() -> pl.DataFrame:
        import polars as pl

        return pl.concat([one.to_frame() for one in found])

    told = {"break_even": [one.to_json() for one in found]}
    return Answer(told, show, frame, findings=findings)


def show_break_even(console: Console, found: BreakEven) -> None:
    """Print the tonnes of each grade, beside what the plan says there is."""
    from oreline.cli._render import print_note, print_table, print_title

    print_title(console, f"{found.resource.id}: tonnes that pay, by grade of {found.element}")
    columns = ("grade", "ore, kt dry", f"{found.element}, t", "ore, range", "pays in")
    rows = []
    for one, row in zip(found.points, found.to_frame().iter_rows(named=True), strict=True):
        metal, span = one.metal_t(), one.span()
        rows.append(
            (
                f"{row['grade_pct']:.4g} %",
                "never" if one.ore_kt is None else f"{one.ore_kt:,.1f}",
                "" if metal is None else f"{metal:,.0f}",
                "" if span is None else " to ".join(_kt(end) for end in span),
                "" if row["pays_in"] is None else f"{row['pays_in']:.0%} of draws",
            )
        )
    print_table(console, columns, rows, right=columns[1:])
    there, grade = found.resource.tonnage, found.resource.grades[found.element]
    print_note(
        console,
        f"the plan says {there.value:,.1f} kt at {grade.value:.4%}, "
        f"{1e3 * there.value * grade.value:,.0f} t {found.element} ({there.basis}: "
        f"{there.source})",
    )
    if found.is_fixed:
        print_note(
            console,
            "no recipe follows the grade of this ore: state recoveries instead of rates, or every "
            "grade needs the same tonnes",
        )
    if found.assumed:
        print_note(
            console,
            f"{found.assumed} numbers of the plan are assumed; no tonnage here is more certain "
            "than they are" + ("" if found.asked else ": --samples gives its range"),
        )


def _kt(value: float) -> str:
    return "never" if value == float("inf") else f"{value:,.0f}"


@question(Needs.NOTHING, export=True)
def stages(
    _reader: Reader,
    place: Place,
    country: Country = "",
    unit: Annotated[
        list[str] | None,
        typer.Option("--unit", metavar="ID", help="Which unit; given again. Else all refining."),
    ] = None,
    samples: Samples = 24,
    seed: DrawSeed = 0,
    scenario: Scenario = "",
    gap: Gap = "0.1%",
    seconds: Seconds = 60.0,
) -> Answer:
    """Tell what refining keeps in the producing country, against exporting the concentrate.

    For each unit that treats what could be sold as it is: the best plan that builds it less the
    best that cannot, as ranges over all numbers with ranges. No single figure is given.

    Example: oreline plan stages examples/pakistan-us
    """
    from oreline.cli._plan_source import problem_of
    from oreline.plan import InfeasibleError, stage_values, usual_country

    text, problem, findings = problem_of(place, scenario)
    try:
        found = stage_values(
            text,
            country=country or usual_country(problem),
            units=unit or (),
            changes=text.scenario(scenario) if scenario else (),
            samples=samples,
            seed=seed,
            settings=settings_of(gap, seconds),
        )
    except InfeasibleError as error:
        return no_plan(error)

    def show(console: Console) -> None:
        _show_stages(console, found)

    return Answer(found.to_json(), show, found.to_frame, findings=findings)


def _show_stages(console: Console, found: StageValues) -> None:
    from oreline.cli._render import print_note, print_table, print_title

    for stage in found.stages:
        instead = f" instead of selling {', '.join(stage.feeds)}" if stage.feeds else ""
        print_title(console, f"{stage.unit}{instead}")
        rows = []
        for place, (name, unit) in enumerate(found.names):
            low, high = stage.span(place)
            rows.append((f"{name}, {unit}", f"{low:+,.0f} to {high:+,.0f}"))
        print_table(console, ("with it, less without it", "range"), rows, right=("range",))
        if not stage.is_best:
            idle = "" if stage.is_run else ", and where it must it never runs it"
            print_note(console, f"the best plan does not build it{idle}")
    left = f"; {found.unusable} more were unusable" if found.unusable else ""
    print_note(
        console,
        f"{found.assumed} numbers are assumed, {found.ranged} drawn from their ranges: 10th to "
        f"90th percentile of {found.asked - found.unusable} draws, seed {found.seed}{left}; money "
        "of all years, only net present value discounted. Assumptions dominate: there is no single "
        "figure to give",
    )
