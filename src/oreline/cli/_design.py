"""``oreline design``: what would come out of a flowsheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._design_costs import COMMANDS
from oreline.cli._design_laws import LAW_COMMANDS
from oreline.cli._design_ledger import ledger
from oreline.cli._design_source import Place
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.design import DesignStudy, Solution
    from oreline.model import Finding

app = typer.Typer(
    no_args_is_help=True,
    help="What would come out? Element flows through a chain of plants, from ore to product.\n\n"
    "Example: oreline design solve examples/mountain-pass",
)
Of = Annotated[
    str,
    typer.Option("--element", "-e", metavar="NAME", help="The element or group that is followed."),
]


@question(Needs.NOTHING, export=True)
def check(_reader: Reader, place: Place) -> Answer:
    """Read a flowsheet and list all that is wrong, and every number it rests on with its source.

    Nothing is solved. The exit status is 1 if any finding is fatal. With --export: the numbers.

    Example: oreline design check examples/mountain-pass
    """
    from oreline.cli._design_source import flowsheet_at
    from oreline.design import passport, passport_frame

    sheet, findings = flowsheet_at(place)
    rows = () if sheet is None else passport(sheet)
    result = {
        "place": str(place),
        "name": None if sheet is None else sheet.name,
        "numbers": [row.to_json() for row in rows],
        "findings": [finding.to_json() for finding in findings],
    }

    def show(console: Console) -> None:
        from oreline.cli._design_tables import print_check

        print_check(console, sheet, rows, findings)

    problem = "the flowsheet has fatal findings" if sheet is None else ""
    return Answer(result, show, lambda: passport_frame(rows), problem, findings)


@question(Needs.NOTHING, export=True)
def solve(_reader: Reader, place: Place) -> Answer:
    """Solve a flowsheet: what each product holds, what each unit treats and uses up.

    Recycles are exact and every element closes, or nothing is reported. With --export: the stream
    table, a row for each stream and component; to .xlsx also units, minerals of feeds, where every
    element goes, and the passport of all numbers.

    Example: oreline design solve examples/mountain-pass
    """
    from oreline.design import solution_tables

    solution, findings = _solved(place)

    def show(console: Console) -> None:
        from oreline.cli._design_tables import print_solution

        print_solution(console, solution, findings)

    return Answer(
        solution.to_json(),
        show,
        solution.to_frame,
        findings=findings,
        sheets=lambda: solution_tables(solution),
    )


@question(Needs.NOTHING, export=True)
def streams(
    _reader: Reader,
    place: Place,
    stream: Annotated[
        list[str] | None,
        typer.Option("--stream", metavar="ID", help="Only this stream; may be given again."),
    ] = None,
) -> Answer:
    """Give every stream: t per h, moisture, grades and recoveries.

    Example: oreline design streams examples/mountain-pass --stream rougher.concentrate
    """
    solution, _ = _solved(place)
    rows = [solution.stream(name) for name in stream] if stream else list(solution.streams)

    def show(console: Console) -> None:
        from oreline.cli._design_tables import print_streams

        print_streams(console, rows)

    def frame() -> Any:
        import polars as pl

        wanted = pl.col("stream").is_in([row.id for row in rows])
        return solution.to_frame().filter(wanted)

    return Answer({"streams": [row.to_json() for row in rows]}, show, frame)


@question(Needs.NOTHING, export=True)
def waterfall(_reader: Reader, place: Place, element: Of) -> Answer:
    """Tell where each kilogram of an element goes, from ore to product.

    Example: oreline design waterfall examples/mountain-pass -e REO
    """
    from oreline.design import waterfall as waterfall_of

    found = waterfall_of(_solved(place)[0], element)

    def show(console: Console) -> None:
        from oreline.cli._design_tables import print_waterfall

        print_waterfall(console, found)

    return Answer(found.to_json(), show, found.to_frame)


@question(Needs.NOTHING, export=True)
def compare(
    _reader: Reader,
    place: Place,
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The design to compare it with.")],
) -> Answer:
    """Compare two designs: numbers that differ, and what that does to products, units and costs.

    Example: oreline design compare examples/mountain-pass examples/mountain-pass/kinetic.toml
    """
    from oreline.design import compare as compared
    from oreline.design import compare_costs

    lacking: list[Finding] = []
    costs = compare_costs(*(_study(one, lacking) for one in (place, other)))
    found = compared(_solved(place)[0], _solved(other)[0], costs)

    def show(console: Console) -> None:
        from oreline.cli._design_tables import print_comparison

        print_comparison(console, found, lacking)

    result = {**found.to_json(), "findings": [finding.to_json() for finding in lacking]}
    return Answer(result, show, found.to_frame, findings=tuple(lacking))


def _study(place: Path, lacking: list[Finding]) -> DesignStudy | None:
    """Return the costs of a design, None where it has none or they cannot be used, with why."""
    from dataclasses import replace

    from oreline.cli._design_costs_source import study_at
    from oreline.cli._design_source import companion
    from oreline.design import COSTS_FILE, PROCESSES_FILE
    from oreline.model import InputError, Severity

    file = place / PROCESSES_FILE if place.is_dir() else place
    if companion(file, COSTS_FILE) is None:
        return None
    try:
        return study_at(file)
    except InputError as error:
        # What was asked for is the comparison: it stands without these costs.
        lacking += [replace(one, severity=Severity.WARNING) for one in error.findings]
        return None


def _solved(place: Path) -> tuple[Solution, tuple[Finding, ...]]:
    from oreline.cli._design_source import flowsheet_of
    from oreline.design import solve as solved

    sheet, findings = flowsheet_of(place)
    solution = solved(sheet)
    return solution, (*findings, *solution.findings)


app.command("check")(check)
app.command("solve")(solve)
app.command("streams")(streams)
app.command("waterfall")(waterfall)
app.command("compare")(compare)
app.command("ledger")(ledger)
for _name, _command in (*COMMANDS, *LAW_COMMANDS):
    app.command(_name)(_command)
