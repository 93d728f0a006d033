"""``oreline settle statement``: what a shipment or a parcel is worth, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oreline.cli import _settle_options as settle_options
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader
from oreline.cli._settle_made import imprint_of, made_answer, made_of
from oreline.cli._settle_source import source_of

if TYPE_CHECKING:
    from oreline.settle import Imprint, Statement

SUFFIXES = (".csv", ".xlsx", ".parquet", ".pdf")


@question()
def statement(
    reader: Reader,
    contract: settle_options.Contracts = None,
    shipment: settle_options.Shipment = None,
    parcel: settle_options.Parcels = None,
    prices: settle_options.Prices = None,
    stage: settle_options.StageNamed = "provisional",
    on: settle_options.On = None,
    declared: settle_options.Declared = None,
    paid_before: Annotated[
        str | None,
        typer.Option(
            "--paid-before",
            metavar="AMOUNT",
            help="What was paid already (default: of a shipment, the ledger's invoices of earlier "
            "stages and advances; of a parcel on files, nothing).",
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Also write it: .pdf, .xlsx, .csv or .parquet.",
            rich_help_panel="Output",
        ),
    ] = None,
) -> Answer:
    """Settle a shipment or a parcel: every line with its clause, formula, inputs and evidence.

    Without a contract nothing is settled, and the statement says which clauses are missing. The
    exit status is 5 if it is NOT SETTLED.

    Example: oreline settle statement --contract cu-1 --shipment by-sea --stage final
    --on 2025-12-05 --chain my-chain
    """
    from oreline.model import InputError

    if export is not None and export.suffix.lower() not in SUFFIXES:
        raise InputError(f"{export}: --export writes {', '.join(SUFFIXES)}")
    source = source_of(reader, contract, parcel, shipment, prices)
    if isinstance(source, Answer):
        return source
    day = settle_options.day_of(on, reader)
    made = made_of(source, stage, day, declared, paid_before)
    if export is not None:
        _write(made.statement, imprint_of(made), export)
    return made_answer(made, export)


def _write(made: Statement, imprint: Imprint, out: Path) -> None:
    from oreline.cli._output import export_bytes, export_frame
    from oreline.settle import statement_frame, statement_pdf, statement_workbook

    suffix = out.suffix.lower()
    if suffix == ".pdf":
        export_bytes(statement_pdf(made, imprint), out)
    elif suffix == ".xlsx":
        export_bytes(statement_workbook(made, imprint), out)
    else:
        export_frame(lambda: statement_frame(made), out)
