"""``oreline stress minerals``: every mineral with the measures of its supply side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.stress import Bounds


@question(Needs.NOTHING, export=True)
def minerals(
    _reader: Reader,
    year: Annotated[
        int | None, typer.Option("--year", help="The year of the figures; by default the newest.")
    ] = None,
) -> Answer:
    """Show how concentrated the supply of each mineral is, at each stage that is published.

    A range stands where cells are withheld or nobody is named: the least and the most it can be.

    Example: oreline stress minerals --export minerals.csv
    """
    from oreline.stress import minerals_table

    found = minerals_table(year)

    def show(console: Console) -> None:
        from oreline.cli._render import print_note, print_table

        columns = ("mineral", "stage", "product", "HHI", "largest", "China", "N-1")
        rows = [
            (
                one.mineral,
                one.stage,
                one.product,
                "UNKNOWN" if one.measures is None else told(one.measures.hhi, "{:,.0f}"),
                "" if one.measures is None else one.measures.largest or "UNKNOWN",
                "UNKNOWN" if one.china is None else told(one.china, "{:.0%}"),
                "UNKNOWN" if one.measures is None else told(one.measures.without_largest, "{:.0%}"),
            )
            for one in found.rows
        ]
        print_table(console, columns, rows, right=("HHI", "China", "N-1"))
        print_note(console, found.source_line)

    return Answer(found.to_json(), show, found.to_frame)


def told(bounds: Bounds, form: str) -> str:
    """Return bounds as people read them: one number, or a range."""
    low = form.format(bounds.low)
    if bounds.high is None:
        return f"{low} or more"
    high = form.format(bounds.high)
    return low if low == high else f"{low} to {high}"
