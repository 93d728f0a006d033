"""``oreline fund commit``, ``approve``, ``release``, ``drawdown`` and ``spend``: money moves."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._append import appended
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

Instrument = Annotated[str, typer.Argument(metavar="INSTRUMENT", help="The instrument's id.")]
Tranche = Annotated[
    str, typer.Argument(metavar="INSTRUMENT/TRANCHE", help="The tranche, with its instrument.")
]
Amount = Annotated[
    str, typer.Option("--amount", metavar="MONEY", help="In the instrument's currency.")
]
Document = Annotated[
    str | None, typer.Option("--document", metavar="NAME", help="The paper that it rests on.")
]


@question(Needs.LEDGER)
def commit(
    reader: Reader,
    instrument: Instrument,
    amount: Amount,
    by: options.Actor,
    time: options.Happened = None,
    document: Document = None,
) -> Answer:
    """Record that money of an instrument is committed: only that can be released.

    Example: oreline fund commit equity-1 --amount 40000000 --by treasurer --chain my-chain
    """
    from oreline.cli._fund_source import instrument_named
    from oreline.fund import money_draft, read_amount

    found = instrument_named(reader.ledger, instrument)
    draft = money_draft(
        found, "commitment", read_amount(amount), debit=f"{found.id}/committed", credit=found.giver
    )
    return _written(reader, draft, "commitment", by, time, document)


@question(Needs.LEDGER)
def drawdown(
    reader: Reader,
    instrument: Instrument,
    amount: Amount,
    by: options.Actor,
    time: options.Happened = None,
    document: Document = None,
) -> Answer:
    """Record that released money was drawn; no more than was released and not drawn yet.

    Example: oreline fund drawdown equity-1 --amount 4000000 --by treasurer --chain my-chain
    """
    from oreline.cli._fund_source import instrument_named
    from oreline.fund import accounts_of, money_draft, read_amount, see_within

    found, wanted = instrument_named(reader.ledger, instrument), read_amount(amount)
    see_within(found, accounts_of(reader.ledger, found), "drawdown", wanted)
    draft = money_draft(found, "drawdown", wanted, debit=f"{found.taker}/cash", credit=found.taker)
    return _written(reader, draft, "drawdown", by, time, document)


@question(Needs.LEDGER)
def spend(
    reader: Reader,
    instrument: Instrument,
    amount: Amount,
    on: Annotated[
        str, typer.Option("--on", metavar="ACCOUNT", help="What it was spent on: a site or phase.")
    ],
    by: options.Actor,
    time: options.Happened = None,
    document: Document = None,
) -> Answer:
    """Record that drawn money was spent; no more than was drawn and not spent yet.

    Example: oreline fund spend equity-1 --amount 1500000 --on mill-1 --by treasurer
    --chain my-chain
    """
    from oreline.cli._fund_source import instrument_named
    from oreline.fund import accounts_of, money_draft, read_amount, see_within

    found, wanted = instrument_named(reader.ledger, instrument), read_amount(amount)
    see_within(found, accounts_of(reader.ledger, found), "spend", wanted)
    draft = money_draft(found, "spend", wanted, debit=on, credit=f"{found.taker}/cash")
    return _written(reader, draft, "spend", by, time, document)


@question(Needs.LEDGER)
def pay(
    reader: Reader,
    instrument: Instrument,
    amount: Amount,
    by: options.Actor,
    time: options.Happened = None,
    document: Document = None,
) -> Answer:
    """Record that interest or principal was paid back.

    Example: oreline fund pay loan-1 --amount 250000 --by treasurer --chain my-chain
    """
    from oreline.cli._fund_source import instrument_named
    from oreline.fund import money_draft, read_amount

    found = instrument_named(reader.ledger, instrument)
    draft = money_draft(
        found, "payment", read_amount(amount), debit=found.giver, credit=f"{found.taker}/cash"
    )
    return _written(reader, draft, "payment", by, time, document)


@question(Needs.LEDGER)
def approve(
    reader: Reader,
    tranche: Tranche,
    party: Annotated[str, typer.Option("--party", help="In whose name it is approved.")],
    by: options.Actor,
    time: options.Happened = None,
) -> Answer:
    """Approve the release of a tranche for a party, under the terms as they are declared now.

    Approvals of the parties must come from different people. To take one back, void it with
    'oreline record correct'.

    Example: oreline fund approve equity-1/first --party ussm --by director-1 --chain my-chain
    """
    from oreline.cli._fund_source import tranche_named
    from oreline.fund import approval_draft
    from oreline.model import InputError

    instrument, found = tranche_named(reader.ledger, tranche)
    if party not in found.approvals:
        wanted = ", ".join(found.approvals)
        raise InputError(f"{party} does not approve {tranche}; its approvals are of {wanted}")
    return _written(reader, approval_draft(instrument, found, party), "approval", by, time, None)


@question(Needs.LEDGER)
def release(
    reader: Reader, tranche: Tranche, by: options.Actor, time: options.Happened = None
) -> Answer:
    """Release a tranche if all its conditions hold and each party has approved; else say why not.

    Conditions are judged on the ledger to which the release is appended. The release cites the
    size and root of the log, the terms, the events that were read, and the approvals.

    Example: oreline fund release equity-1/first --by treasurer --chain my-chain
    """
    from oreline.cli._fund_source import instrument_named, ledger_at, tranche_named
    from oreline.fund import release_tranche
    from oreline.record import load_ledger, system_salt

    instrument, found = tranche_named(reader.ledger, tranche)
    at = ledger_at(reader)

    def load() -> Any:
        ledger = load_ledger(reader.store, parent=reader.parent)
        return ledger, instrument_named(ledger, instrument.id), at

    identity = f"release-{system_salt()}"

    def append(event: dict[str, Any], size: int) -> Any:
        return reader.store.append([event], at_size=size)

    receipt, standing = release_tranche(
        append, load, found.id, identity=identity, time=_moment(time), actor=by
    )
    answer = appended(receipt, identity)
    told = standing.to_json()

    def show(console: Console) -> None:
        from rich.text import Text

        answer.show(console)
        said = f"{found.amount:,f} {instrument.currency} of {instrument.id} released: judged on "
        said += f"{len(standing.cites)} events"
        console.print(Text(said))

    return Answer({**answer.result, "event": identity, "judged": told}, show)


def _moment(time: str | None) -> str:
    from oreline.record import system_clock

    return time or system_clock().isoformat().replace("+00:00", "Z")


def _written(
    reader: Reader,
    draft: dict[str, Any],
    what: str,
    by: str,
    time: str | None,
    document: str | None,
) -> Answer:
    from oreline.record import system_salt

    if document is not None:
        draft["body"]["document"] = document
    event = {"id": f"{what}-{system_salt()}", "time": _moment(time), "actor": by, **draft}
    answer = appended(reader.store.append([event]), event["id"])
    return Answer({**answer.result, "event": event["id"]}, answer.show)
