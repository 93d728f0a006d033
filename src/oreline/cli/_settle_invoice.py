"""``oreline settle invoice``: ask the buyer for what a statement says is due."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli import _settle_options as settle_options
from oreline.cli._append import appended, settled_before
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._settle_made import Made, made_answer, made_json, made_of, print_made
from oreline.cli._settle_source import Source, source_of


@question(Needs.LEDGER)
def invoice(
    reader: Reader,
    contract: Annotated[
        str, typer.Option("--contract", metavar="CONTRACT", help="The contract's id.")
    ],
    shipment: Annotated[
        str,
        typer.Option(
            "--shipment", metavar="NAME", help="The shipment: its dispatch, a document, or a lot."
        ),
    ],
    by: options.Actor,
    stage: settle_options.StageNamed = "provisional",
    on: settle_options.On = None,
    document: Annotated[
        str | None,
        typer.Option("--document", metavar="NUMBER", help="The number of the invoice on paper."),
    ] = None,
    seen: Annotated[
        str | None,
        typer.Option(
            "--hash",
            metavar="HASH",
            help="The hash of the statement that was agreed to; any other is refused.",
        ),
    ] = None,
    time: options.Happened = None,
) -> Answer:
    """Show a statement and enter its invoice: the seller asks the buyer for what is due.

    The invoice names the lots, the stage, the contract and the hash of the statement. Look at it
    first with 'oreline settle statement'. What is NOT SETTLED is not invoiced (exit status 5), nor
    is a stage twice.

    Example: oreline settle invoice --contract cu-1 --shipment by-sea --stage final
    --on 2025-12-05 --document INV-17 --by trader-1 --chain my-chain
    """
    from oreline.model import InputError
    from oreline.record import system_clock, system_salt
    from oreline.settle import invoice_draft, see_not_invoiced, statement_hash

    source = source_of(reader, [contract], None, shipment, None)
    assert isinstance(source, Source), "no files are read"
    made = made_of(source, stage, settle_options.day_of(on), None, None)
    if made.statement.due is None:
        return made_answer(made)
    if seen is not None and seen != statement_hash(made.statement):
        raise InputError("the statement has changed since it was shown; look at it again")
    see_not_invoiced(made.invoices, stage, source.name)
    draft = invoice_draft(
        made.statement,
        source.settling(stage, made.on).parcel,
        identity=f"invoice-{system_salt()}",
        time=time or system_clock().isoformat().replace("+00:00", "Z"),
        actor=by,
        document=document,
        on=made.on,
    )
    return _entered(reader, made, draft)


def _entered(reader: Reader, made: Made, draft: dict[str, Any]) -> Answer:
    from oreline.model import LedgerError

    identity = draft["id"]
    twice = settled_before(reader, [draft])
    if twice:
        message = f"the invoice of {made.source.name} is refused; nothing was written"
        raise LedgerError(message, list(twice))
    try:
        receipt = reader.store.append([draft])
    except LedgerError as error:
        message = f"the ledger refuses the invoice of {made.source.name}; nothing was written"
        raise LedgerError(message, error.findings) from error
    answer = appended(receipt, identity)

    def show(console: Console) -> None:
        print_made(console, made)
        answer.show(console)
        console.print(f"Invoiced by {identity}.", style="bold", markup=False)

    return Answer({**made_json(made), **answer.result, "invoice": identity}, show)
