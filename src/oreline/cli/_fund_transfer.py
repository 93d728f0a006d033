"""``oreline fund transfer-pricing``: sales between related parties beside what others agreed on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._fund_schedule import On
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.fund import TransferFile


@question(export=True)
def transfer_pricing(
    reader: Reader,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="FILE",
            help="Related parties, methods, comparables (default: transfer-pricing.toml of the "
            "chain folder).",
        ),
    ] = None,
    on: On = None,
) -> Answer:
    """Show every sale between related parties: its net price, and where others' prices lie.

    Goods, quantity, price basis, terms, net price per payable tonne; by the method that the file
    names: within range, below, above, or UNKNOWN because of what, and the adjustment to the median.
    The exit status is 1 where a price lies outside its range. With --export to .xlsx all sheets.

    Example: oreline fund transfer-pricing --on 2026-06-30 --chain my-chain
    """
    from oreline.cli._fund_source import chain_folder, day_of
    from oreline.fund import TRANSFER_FILE, read_transfer, transfer_file
    from oreline.model import InputError

    folder = chain_folder(reader)
    place = file or (None if folder is None else folder / TRANSFER_FILE)
    if place is None:
        raise InputError(f"the ledger lies in no chain folder: name {TRANSFER_FILE} with --file")
    try:
        text = place.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{place} cannot be read: {error}") from None
    terms, findings = read_transfer(text, place.name)
    if terms is None:
        raise InputError(f"{place} cannot be used", findings)
    found = transfer_file(reader.ledger, terms, day_of(on, reader))

    def show(console: Console) -> None:
        _show(console, found)

    told = [f"{one.shipment.id} is {one.result} its range" for one in found.outside]
    return Answer(
        found.to_json(),
        show,
        found.to_frame,
        problem="; ".join(told),
        findings=found.findings,
        told_of=reader,
        sheets=found.frames,
    )


def _show(console: Console, found: TransferFile) -> None:
    from rich.text import Text

    from oreline.cli._render import print_findings, print_note, print_table

    print_findings(console, found.findings)
    names = ("date", "contract", "payable_t", "price", "method", "low", "median", "high", "result",
             "adjustment")  # fmt: skip
    rows = [one.to_row() for one in found.sales]
    heads = ("date", "contract", "payable t", "net price", "method", "low", "median", "high",
             "result", "adjustment")  # fmt: skip
    cells = [tuple(row[name] or "UNKNOWN" for name in names) for row in rows]
    print_table(console, heads, cells, right=("payable t", *heads[3:4], *heads[5:8], "adjustment"))
    for row in rows:
        if row["because"]:
            console.print(Text(f"UNKNOWN of {row['shipment']}: {row['because']}", "yellow"))
    print_note(console, "Prices in the contract's currency per tonne of payable content.")
