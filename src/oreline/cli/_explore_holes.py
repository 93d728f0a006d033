"""``oreline explore check`` and ``holes``: what is wrong with drill holes, and what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._explore_source import Folder, SetName, print_left_out, read_one, read_sets
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.explore import DrillHoles, HolesRead


@question(Needs.NOTHING)
def check(_reader: Reader, folder: Folder, name: SetName = None) -> Answer:
    """List all that is wrong or odd with drill holes, each at its file and row.

    A fatal finding about a row or a cell leaves out that row or cell; one about explore.toml or a
    whole table makes the set unusable. The exit status is 1 if any finding is fatal.

    Example: oreline explore check my-chain
    """
    from oreline.model import is_fatal

    read = read_sets(folder, name)
    findings = [finding for one in read for finding in one.findings]
    result = {
        "sets": [
            {
                "set": one.name,
                "holes": None if one.holes is None else one.holes.summary(),
                "findings": [finding.to_json() for finding in one.findings],
            }
            for one in read
        ]
    }

    def show(console: Console) -> None:
        for one in read:
            _show_check(console, one)

    problem = "drill holes have fatal findings" if is_fatal(findings) else ""
    return Answer(result, show, problem=problem, findings=findings)


def _show_check(console: Console, read: HolesRead) -> None:
    from rich.text import Text

    from oreline.cli._render import print_findings, print_title

    print_title(console, f"Drill holes {read.name}")
    print_findings(console, read.findings)
    if read.holes is None:
        console.print(Text("This set cannot be used.", "bold red"))
        return
    holes = read.holes
    lost = sum(holes.rows_left_out.values())
    said = (
        f"{holes.collars.height} holes, {holes.surveys.height} readings, "
        f"{holes.assays.height} intervals, {holes.geology.height} of geology can be used"
    )
    console.print(Text(f"{said}; {lost} rows were left out." if lost else f"{said}."))


@question(Needs.NOTHING, export=True)
def holes(
    _reader: Reader,
    folder: Folder,
    name: SetName = None,
    trace: Annotated[
        float | None,
        typer.Option(
            "--trace", metavar="METRES", help="Give points along the holes, so far apart."
        ),
    ] = None,
) -> Answer:
    """Show what drill holes hold: lengths, analytes, where they begin and end.

    --export writes a row for each hole, with --trace its points along the hole. A hole runs between
    two readings on an arc (minimum curvature).

    Example: oreline explore holes my-chain --set koga --export holes.csv
    """
    from oreline.explore import hole_ends, hole_traces

    found, findings = read_one(folder, name)
    frame = hole_ends(found) if trace is None else hole_traces(found, trace)
    summary = found.summary()
    key = "holes_at" if trace is None else "points"
    result = {**summary, key: frame.to_dict(as_series=False)}

    def show(console: Console) -> None:
        from oreline.cli._render import print_table

        _show_summary(console, found)
        columns = [one.replace("_m", " m").replace("_", " ") for one in frame.columns]
        rows = [[one if isinstance(one, str) else f"{one:.1f}" for one in row]
                for row in frame.rows()]  # fmt: skip
        print_table(console, columns, rows, right=columns[1:], empty="no holes")
        print_left_out(console, found, findings)

    return Answer(result, show, lambda: frame)


def _show_summary(console: Console, found: DrillHoles) -> None:
    from oreline.cli._render import print_table, print_title

    summary = found.summary()
    print_title(
        console,
        f"Drill holes {found.name}: {summary['holes']} holes, {summary['drilled_m']:.1f} m, "
        f"{summary['intervals']} intervals",
    )
    console.print(
        f"Coordinates: {found.crs}. North of azimuths: {found.azimuth}. "
        f"Basis: {found.basis}. Source: {found.source}.",
        style="dim",
        markup=False,
    )
    columns = ("analyte", "intervals", "assayed m", "below detection", "counted as", "missing")
    rows = [
        (one, told["intervals"], f"{told['length_m']:.1f}", told["below_detection"],
         told["below_value"] if told["below_detection"] else "", told["missing"])
        for one, told in summary["analytes"].items()
    ]  # fmt: skip
    right = ("intervals", "assayed m", "below detection", "missing")
    print_table(console, columns, rows, right=right)
