"""``oreline stress minerals``, ``changes``, ``ranks``: all minerals, the lists, the methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._stress_tables import takes_tables

if TYPE_CHECKING:
    from oreline.stress import Bounds, MineralSummary

Listed = Annotated[
    str,
    typer.Option(
        "--list",
        metavar="LIST",
        help="Only minerals of a list: 2018, 2022, 'draft 2025', 'final 2025' or 'EU 2023'.",
    ),
]


@question(Needs.NOTHING, export=True)
@takes_tables
def minerals(
    _reader: Reader,
    listed: Listed = "",
    stages: Annotated[
        bool, typer.Option("--stages", help="One row for each published stage instead.")
    ] = False,
    year: Annotated[
        int | None, typer.Option("--year", help="The year of production; by default the newest.")
    ] = None,
) -> Answer:
    """Show every mineral under every measure, or with --stages how concentrated each stage is.

    A range stands where cells are withheld or nobody is named: the least and the most it can be.
    A measure that nobody published is UNKNOWN.

    Example: oreline stress minerals --list "final 2025" --export minerals.csv
    """
    from oreline.stress import minerals_table

    found = minerals_table(year, listed_on=listed)

    def show(console: Console) -> None:
        from oreline.cli._render import print_note, print_table

        if stages:
            columns = ("mineral", "stage", "product", "HHI", "largest", "China", "N-1")
            rows = [
                (
                    one.mineral,
                    one.stage,
                    f"{one.product}, {one.year}",
                    told(None if one.measures is None else one.measures.hhi, "{:,.0f}"),
                    "" if one.measures is None else one.measures.largest or "UNKNOWN",
                    told(one.china, "{:.0%}"),
                    told(None if one.measures is None else one.measures.without_largest, "{:.0%}"),
                )
                for one in found.rows
            ]
            print_table(console, columns, rows, right=("HHI", "China", "N-1"))
        else:
            heads = ("mineral", "HHI", "China", "NIR", "covered", "EU SR", "EU EI", "GDP", "GPR")
            lines = [_line(one) for one in found.minerals]
            print_table(console, heads, lines, right=heads[1:])
            print_note(
                console,
                "HHI of the most concentrated stage; NIR and covered: US net import reliance and "
                "imports from covered nations, %; GDP: effect on US GDP by probability, million "
                "USD; GPR: GeoPolRisk score of the US.",
            )
        print_note(console, found.source_line)

    return Answer(
        found.to_json(),
        show,
        found.stages_frame if stages else found.to_frame,
        sheets=lambda: {"minerals": found.to_frame(), "stages": found.stages_frame()},
    )


def _line(one: MineralSummary) -> tuple[str, ...]:
    def number(name: str, form: str, times: float = 1.0) -> str:
        value = one.values.get(name)
        return "UNKNOWN" if value is None else form.format(times * value)

    return (
        one.mineral,
        told(None if one.measures is None else one.measures.hhi, "{:,.0f}"),
        told(one.china, "{:.0%}"),
        "UNKNOWN" if one.reliance is None else one.reliance.text or "UNKNOWN",
        number("covered", "{:.0f}", 100),
        number("eu_sr", "{:.1f}"),
        number("eu_ei", "{:.1f}"),
        number("us_gdp", "{:,.0f}"),
        number("geopolrisk", "{:.3f}"),
    )


def told(bounds: Bounds | None, form: str) -> str:
    """Return bounds as people read them: one number, a range, or UNKNOWN."""
    if bounds is None:
        return "UNKNOWN"
    low = form.format(bounds.low)
    if bounds.high is None:
        return f"{low} or more"
    high = form.format(bounds.high)
    return low if low == high else f"{low} to {high}"


@question(Needs.NOTHING, export=True)
@takes_tables
def changes(
    _reader: Reader,
    earlier: Annotated[
        str, typer.Option("--from", metavar="LIST", help="The earlier list.")
    ] = "2022",
    later: Annotated[
        str, typer.Option("--to", metavar="LIST", help="The later list.")
    ] = "final 2025",
    every: Annotated[bool, typer.Option("--all", help="Show those that stayed too.")] = False,
) -> Answer:
    """Show what changed between two lists of critical minerals of the United States, and why.

    The lists are 2018, 2022, 'draft 2025' and 'final 2025'. A reason that is from memory says so.

    Example: oreline stress changes --from "draft 2025"
    """
    from oreline.stress import list_changes

    found = list_changes(earlier, later)

    def show(console: Console) -> None:
        from oreline.cli._render import print_table, print_title

        print_title(
            console,
            f"List {found.earlier}: {found.size_earlier} minerals; "
            f"list {found.later}: {found.size_later} minerals",
        )
        rows = [
            (one.mineral, one.change, one.reason or "UNKNOWN", one.basis)
            for one in found.changes
            if every or one.change != "kept"
        ]
        print_table(console, ("mineral", "change", "why", "basis"), rows, empty="no change")

    return Answer(found.to_json(), show, found.to_frame)


@question(Needs.NOTHING, export=True)
@takes_tables
def ranks(
    _reader: Reader,
    every: Annotated[
        bool, typer.Option("--all", help="All minerals, not only those of the final list of 2025.")
    ] = False,
) -> Answer:
    """Show how far the methods disagree in the order of minerals, and on which most.

    Spearman's rho and Kendall's tau-b over the minerals that both methods cover; n is how many.

    Example: oreline stress ranks
    """
    from oreline.stress import rank_table

    found = rank_table(listed_only=not every)

    def show(console: Console) -> None:
        from oreline.cli._render import print_pairs, print_table

        print_pairs(console, [(one.name, f"{one.title} [{one.source}]") for one in found.methods])
        rows = [
            (
                one.first,
                one.second,
                one.n,
                "" if one.spearman is None else f"{one.spearman:.2f}",
                "" if one.kendall is None else f"{one.kendall:.2f}",
                ", ".join(each.mineral for each in one.differences),
            )
            for one in found.pairs
        ]
        columns = ("method", "and method", "n", "Spearman", "Kendall", "differ most on")
        print_table(console, columns, rows, right=("n", "Spearman", "Kendall"))

    return Answer(found.to_json(), show, found.to_frame)
