"""``oreline settle declare``: which quotational period a party declares, as an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli import _settle_options as settle_options
from oreline.cli._append import appended
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._settle_source import Source, source_of

if TYPE_CHECKING:
    from oreline.settle import PeriodChoice


@question(Needs.LEDGER)
def declare(
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
    period: Annotated[
        str,
        typer.Argument(metavar="PRICE=OPTION", help="The price and the option, such as cu=m2."),
    ],
    party: Annotated[str, typer.Option("--party", help="Who declares: whom the contract lets.")],
    by: options.Actor,
    time: options.Happened = None,
) -> Answer:
    """Declare the quotational period of a price, until the day that the contract sets.

    Only the party that the contract entitles may, and once; what is meant otherwise is corrected
    with 'oreline record correct' until the deadline. The day counts on which it stands in the
    ledger; an earlier --time counts once the other party has accepted it.

    Example: oreline settle declare cu=m2 --contract cu-1 --shipment by-sea --party ussm
    --by trader-2 --chain my-chain
    """
    from datetime import datetime

    from oreline.record import system_clock, system_salt
    from oreline.settle import calendar_of, declared_periods, period_draft

    source = source_of(reader, [contract], None, shipment, None)
    assert isinstance(source, Source), "no files are read"
    assert source.contract is not None
    assert source.shipment is not None
    moment = time or system_clock().isoformat().replace("+00:00", "Z")
    day = calendar_of(source.contract.calendar).day_of(datetime.fromisoformat(moment))
    asked = source.settling("provisional", day)
    known = declared_periods(
        reader.ledger, source.contract, source.shipment, asked.parcel.days, day
    )
    draft = period_draft(
        source.contract, source.shipment, asked.parcel.days, known, period, party, day
    )
    event = {"id": f"period-{system_salt()}", "time": moment, "actor": by, **draft}
    answer = appended(reader.store.append([event]), event["id"])
    return Answer({**answer.result, "event": event["id"]}, answer.show)


@question(Needs.LEDGER)
def accept_period(
    reader: Reader,
    event: options.Event,
    party: Annotated[str, typer.Option("--party", help="In whose name it is accepted.")],
    by: options.Actor,
    time: options.Happened = None,
) -> Answer:
    """Accept a period that the other party declared, as of the day that the declaration says.

    Example: oreline settle accept-period period-17 --party fwo --by trader-1 --chain my-chain
    """
    from oreline.record import event_state, system_clock, system_salt
    from oreline.settle import period_acceptance_draft

    draft = period_acceptance_draft(event_state(reader.ledger, event).written, party)
    moment = time or system_clock().isoformat().replace("+00:00", "Z")
    made = {"id": f"acceptance-{system_salt()}", "time": moment, "actor": by, **draft}
    return appended(reader.store.append([made]), made["id"])


@question()
def periods(
    reader: Reader,
    contract: settle_options.Contracts = None,
    shipment: settle_options.Shipment = None,
    parcel: settle_options.Parcels = None,
    prices: settle_options.Prices = None,
    on: settle_options.On = None,
) -> Answer:
    """Show the periods that may be declared, until when, and what each would pay as known now.

    A choice is between known numbers only where the whole period is published.

    Example: oreline settle periods --contract cu-1 --shipment by-sea --on 2025-10-10
    --chain my-chain
    """
    from oreline.model import InputError
    from oreline.settle import period_choices

    source = source_of(reader, contract, parcel, shipment, prices)
    if isinstance(source, Answer):
        return source
    if source.contract is None:
        raise InputError("periods are those of a contract; give --contract")
    day = settle_options.day_of(on, reader)
    asked = source.settling("provisional", day)
    rows = period_choices(asked)

    def show(console: Console) -> None:
        from oreline.cli._render import print_note, print_table

        columns = ("price", "option", "by", "until", "month", "published", "price per t", "value")
        print_table(console, columns, [_cells(one) for one in rows])
        for name, said in sorted(asked.declared.items()):
            option = said if isinstance(said, str) else said.option
            print_note(console, f"{name}: {option} was declared")
        for remark in asked.remarks:
            print_note(console, remark)

    result: dict[str, Any] = {
        "contract": source.contract.id,
        "on": day.isoformat(),
        "periods": [one.to_json() for one in rows],
        "declared": {
            name: said if isinstance(said, str) else {"option": said.option, "on": said.on}
            for name, said in sorted(asked.declared.items())
        },
        "remarks": list(asked.remarks),
    }
    return Answer(result, show, told_of=source.reader)


def _cells(one: PeriodChoice) -> tuple[str, ...]:
    from oreline.settle import money_text

    share = "unknown" if one.share is None else f"{one.share * 100:.0f} %"
    until = "" if one.until is None else one.until.isoformat()
    per_t = "UNKNOWN" if one.per_t is None else f"{one.per_t:.2f}"
    value = money_text(one.net_value)
    return (one.price, one.option or "as written", one.by, until, one.month, share, per_t, value)
