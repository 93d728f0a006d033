"""``oreline stress trade``: who exports a code or a mineral, and what the table does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._stress_tables import takes_tables

if TYPE_CHECKING:
    import polars as pl

SHOWN = 15


@question(Needs.NOTHING, export=True)
@takes_tables
def trade(
    _reader: Reader,
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="A code of the HS, such as 2617.10, or a mineral.")
    ],
    year: Annotated[int | None, typer.Option("--year", help="By default the newest.")] = None,
    to: Annotated[
        str, typer.Option("--to", metavar="COUNTRY", help="Only imports of this country.")
    ] = "",
    flows: Annotated[
        bool, typer.Option("--flows", help="Export the bilateral flows, not the exporters.")
    ] = False,
) -> Answer:
    """Show who exports a code, with share and rank in the world, and what is missing.

    Example: oreline stress trade 8505.11 --to USA
    """
    from oreline.model import InputError
    from oreline.stress import code_trade, codes_of, flows_frame

    named = [code] if code.replace(".", "").isdigit() else list(codes_of(code))
    if not named:
        raise InputError(f"no flows of {code!r} are carried: name a code, such as 2617.10")
    found = [code_trade(one, year=year, importer=to) for one in named]

    def show(console: Console) -> None:
        from oreline.cli._render import print_note, print_table, print_title
        from oreline.stress import trade_source_line

        for one in found:
            into = f" to {one.importer}" if one.importer else ""
            print_title(console, f"{one.hs} {one.description}{into}, {one.year} ({one.edition})")
            rows = [
                (
                    each.rank,
                    each.name,
                    f"{each.value_kusd:,.0f}",
                    f"{each.share:.1%}",
                    "UNKNOWN" if each.quantity_t is None else f"{each.quantity_t:,.0f}",
                    f"{each.flows_without_quantity} of {each.flows}",
                )
                for each in one.exporters[:SHOWN]
            ]
            columns = ("rank", "exporter", "kUSD", "share", "t", "flows without t")
            print_table(console, columns, rows, right=("rank", *columns[2:]))
            for warning in one.warnings:
                print_note(console, warning)
            print_note(console, trade_source_line(one))

    def frame() -> pl.DataFrame:
        import polars as pl

        if flows:
            return pl.concat([flows_frame(one.hs, one.year) for one in found])
        return pl.concat([one.to_frame() for one in found])

    return Answer({"codes": [one.to_json() for one in found]}, show, frame)
