"""``oreline fund books``: the double-entry books of an instrument, and their export."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from oreline.cli._fund_release import Instrument
from oreline.cli._fund_schedule import Cash, On
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader


class To(StrEnum):
    """In which form the books leave."""

    BEANCOUNT = "beancount"


@question(export=True)
def books(
    reader: Reader,
    instrument: Instrument,
    to: Annotated[
        To | None, typer.Option("--to", help="Write them for another program, with --output.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The new file for --to.")
    ] = None,
    forecast: Cash = None,
    on: On = None,
) -> Answer:
    """Show the entries of an instrument until a day and the balance of each account.

    They are the books of who takes the money. Every entry balances, in exact decimal money. With
    --export as CSV, Excel or Parquet; with --to beancount as a file of Beancount.

    Example: oreline fund books loan-1 --to beancount -o loan.beancount --chain my-chain
    """
    from oreline.cli._fund_source import day_of, forecast_of, instrument_named
    from oreline.cli._output import export_bytes
    from oreline.fund import beancount_text, books_of, outlook_of
    from oreline.model import InputError

    if (to is None) != (output is None):
        raise InputError("--to and --output belong together: --to beancount -o loan.beancount")
    found = instrument_named(reader.ledger, instrument)
    is_loan = found.returns.loan is not None
    expected, odd = forecast_of(reader, forecast) if is_loan else (None, ())
    outlook = outlook_of(reader.ledger, found, day_of(on, reader), expected)
    made = books_of(outlook)
    if output is not None:
        export_bytes(beancount_text(made).encode(), output)

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings, print_table

        print_findings(console, (*odd, *outlook.findings))
        rows = [
            (row["day"], row["said"], row["account"], row["debit"], row["credit"])
            for row in made.to_frame().iter_rows(named=True)
        ]
        heads = ("day", "what", "account", "debit", "credit")
        print_table(console, heads, rows, right=("debit", "credit"))
        console.print(f"Balances on {made.day}, in {made.instrument.currency}:", markup=False)
        left = [(name, f"{amount:,f}") for name, amount in made.balances().items()]
        print_table(console, ("account", "balance"), left, right=("balance",))

    return Answer(
        made.to_json(),
        show,
        made.to_frame,
        told_of=reader,
        exported=output,
        sheets=lambda: {"entries": made.to_frame(), "balances": made.balances_frame()},
    )
