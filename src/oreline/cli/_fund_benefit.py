"""``oreline fund benefit``: what stays where it is mined, and what the buyer gains."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    import polars as pl

    from oreline.fund import Benefit


@question(Needs.NOTHING, export=True)
def benefit(
    _reader: Reader,
    place: Annotated[
        Path, typer.Argument(metavar="PLACE", help="A chain folder with benefit.toml, or a file.")
    ],
) -> Answer:
    """Show what stays in the producing country if ore, concentrate or metal is exported.

    Value added of each stage, levies by payee, jobs, foreign exchange, and what the importer
    gains. A rate that nobody states leaves what rests on it UNKNOWN. With --export: the stages; to
    .xlsx also foreign exchange.

    Example: oreline fund benefit examples/pakistan-us
    """
    from oreline.fund import BENEFIT_FILE, benefit_of, read_benefit
    from oreline.model import InputError

    file = place / BENEFIT_FILE if place.is_dir() else place
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}") from None
    terms, findings = read_benefit(text, file.name)
    if terms is None:
        raise InputError(f"{file} cannot be used", findings)
    found = benefit_of(terms)

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_table

        console.print(Text(terms.title, "bold"))
        said = f"{terms.tonnes_per_year:,f} t of {terms.element} a year; {terms.currency} a year"
        console.print(Text(f"{said} ({terms.basis}, {terms.source})", "dim"))
        names = ("export_value", "value_added", "levies", "stays_if_exported_here",
                 "leaves_if_exported_here")  # fmt: skip
        rows = [
            (row["title"], *(_whole(row[name]) for name in names), _whole(row["local_jobs"]))
            for row in found.to_frame().iter_rows(named=True)
        ]
        heads = ("exported as", "worth", "adds", "levies", "stays", "leaves", "local jobs")
        print_table(console, heads, rows, right=heads[1:])
        for (level, payee), amount in found.by_payee().items():
            told = "UNKNOWN" if amount is None else f"{amount:,.0f} {terms.currency} a year"
            console.print(Text(f"{payee} ({level}): {told}"))
        share, supply = found.local_share(), found.importer_share()
        told = "UNKNOWN" if share is None else f"{float(100 * share):.1f} %"
        console.print(Text(f"Of all value added {told} stays in {terms.country}."))
        _show_exchange(console, found)
        if terms.importer is not None and supply is not None:
            told = f"{terms.importer.country} gains {float(100 * supply):.1f} % of what it uses"
            told += f", in place of up to {found.replaces_covered():,f} t from covered countries"
            console.print(Text(f"{told} ({terms.importer.basis})."))
        for missing in found.missing:
            console.print(Text(f"UNKNOWN: {missing.name}: {missing.why}", "yellow"))

    def sheets() -> Mapping[str, pl.DataFrame]:
        return {"stages": found.to_frame(), "foreign exchange": found.exchange_frame()}

    return Answer(found.to_json(), show, found.to_frame, sheets=sheets)


def _show_exchange(console: Console, found: Benefit) -> None:
    from rich.text import Text

    from oreline.cli._render import print_table
    from oreline.fund import exchange_missing

    names = ("inflow", "imports", "debt_service", "dividends_abroad", "net")
    rows = [
        (row["stage"], *(_whole(row[name]) for name in names), row["retained_pct"] or "UNKNOWN")
        for row in found.exchange_frame().iter_rows(named=True)
    ]
    heads = ("exchange if exported", "comes in", "imports", "debt", "dividends", "net", "% kept")
    print_table(console, heads, rows, right=heads[1:])
    for missing in exchange_missing(found.trades()):
        console.print(Text(f"UNKNOWN: {missing.name}: {missing.why}", "yellow"))


def _whole(text: str | None) -> str:
    return "UNKNOWN" if text is None else f"{Decimal(text):,.0f}"
