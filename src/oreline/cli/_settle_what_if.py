"""``oreline settle what-if``: what money moves if a grade were another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from oreline.cli import _settle_options as settle_options
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader
from oreline.cli._settle_source import contract_named, contracts_known

if TYPE_CHECKING:
    from oreline.settle import MovedInvoice, MovedMoney, MovedStatement

_WHY = {
    "exchanged": "what both sides sealed and exchanged holds until both agree otherwise",
    "other": "no weight, grade or price that counts under the contract comes from this entry",
}


@question(export=True)
def what_if(
    reader: Reader,
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="The assay event, or a lot that has one.")
    ],
    grade: Annotated[
        str, typer.Option("--grade", metavar="SYMBOL=VALUE", help="The other grade: As=0.25.")
    ],
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="UNIT", help="Of the value (default: as written before)."),
    ] = None,
    contract: Annotated[
        list[str] | None,
        typer.Option(
            "--contract", metavar="CONTRACT", help="Only under this contract; may be repeated."
        ),
    ] = None,
    on: settle_options.On = None,
) -> Answer:
    """Say what money would move if one grade were another; nothing is written.

    Every statement that settles the lot is made twice. Shown are the lines that move, penalties
    that begin, limits by which the buyer may reject, and the invoices that would be stale.

    Example: oreline settle what-if assay-17 --grade As=0.25 --chain my-chain
    """
    from oreline.balance import ledger_with_grade
    from oreline.model import InputError
    from oreline.settle import moved_money

    symbol, separator, value = grade.partition("=")
    if not separator or not value:
        raise InputError(f"{grade!r}: write --grade SYMBOL=VALUE, such as As=0.25")
    ledger = reader.ledger
    if subject not in ledger.columns.events.id and subject not in ledger.columns.lots.index:
        raise InputError(f"no event in force and no lot is called {subject}")
    day = settle_options.day_of(on, reader)
    terms = [contract_named(reader, one) for one in contract or ()]
    made = ledger_with_grade(ledger, subject, symbol, value, unit)
    found = moved_money(
        ledger, made.ledger, terms or contracts_known(reader).values(), made.event, day
    )
    result = {
        "event": made.event,
        "symbol": symbol,
        "was": made.was,
        "becomes": value,
        "unit": made.unit,
        **found.to_json(),
    }
    title = f"If {made.event} said {symbol} {value} {made.unit} instead of {made.was}"

    def show(console: Console) -> None:
        _print(console, found, title)

    return Answer(result, show, found.to_frame, told_of=reader)


def _print(console: Console, found: MovedMoney, title: str) -> None:
    from oreline.cli._render import print_note, print_title

    print_title(console, f"{title}: what money would move, as known on {found.on}")
    for one in found.statements:
        _print_statement(console, one)
    for invoice in found.invoices:
        console.print(Text(_invoice_text(invoice), "bold" if invoice.standing == "stale" else ""))
    for still in found.unmoved:
        print_note(
            console, f"{still.shipment} under {still.contract} does not move: {_WHY[still.why]}"
        )
    if not found.statements and not found.unmoved:
        print_note(console, "no shipment under a contract has this lot")


def _print_statement(console: Console, one: MovedStatement) -> None:
    from oreline.cli._render import print_table
    from oreline.settle import money_text

    currency = one.before.currency
    values = (money_text(side.net_value, currency) for side in (one.before, one.after))
    stage = one.before.stage.replace("_", " ")
    console.print(Text(f"{one.before.contract} {one.before.parcel}, {stage}", "bold"))
    console.print(Text(f"  net value {' → '.join(values)} ({_signed(one.difference, currency)})"))
    rows: list[Sequence[str]] = [
        (
            line.clause,
            line.title,
            money_text(line.before),
            money_text(line.after),
            _signed(line.difference),
        )
        for line in one.lines
    ]
    columns = ("clause", "line", "before", "after", currency)
    print_table(console, columns, rows, right=columns[2:], empty="no line moves")
    for turn in one.turns:
        detail = f": {turn.detail}" if turn.detail else ""
        console.print(Text(f"  {turn.what}: {turn.subject}{detail}", "bold yellow"))


def _invoice_text(one: MovedInvoice) -> str:
    from oreline.settle import money_text

    told = f"invoice {one.invoice.event} ({one.invoice.stage}) {one.standing}"
    if one.standing == "stands":
        return told
    asked, due = money_text(one.invoice.amount), money_text(one.due_after)
    return f"{told}: it asks for {asked}, its statement would for {due}"


def _signed(amount: object, currency: str = "") -> str:
    from decimal import Decimal

    from oreline.settle import money_text

    if amount is None:
        return "UNKNOWN"
    assert isinstance(amount, Decimal)
    return ("+" if amount > 0 else "") + money_text(amount, currency)
