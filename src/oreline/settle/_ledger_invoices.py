"""Statements become invoices of the ledger, and invoices what was asked for before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from oreline.model import InputError
from oreline.record import Ledger
from oreline.settle._calendar import calendar_of
from oreline.settle._contract import Contract
from oreline.settle._parcel import Parcel
from oreline.settle._statement import STAGES, Stage, Statement
from oreline.settle._statement_tables import statement_hash

STATEMENT_ON = "settle.on"
"""Where an invoice says in ``extra`` with what was known on which day its statement was made."""


@dataclass(frozen=True, slots=True)
class Invoiced:
    """What the buyer was asked for, or paid without being asked, for the lots of a parcel.

    ``amount`` is in the contract's currency: the sum of invoices in force, and of payments that
    refer to none of them (an advance). ``evidence`` names these events. ``open`` is what of the
    invoices nobody recorded a payment of; it is owed beside what a later statement asks for.
    """

    amount: Decimal
    evidence: tuple[str, ...]
    open: Decimal


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice in force for the lots of a parcel, on a day as the contract counts them.

    ``stage`` is None where it does not say; it then counts as one before all stages. ``statement``
    is the hash of its statement, made with what was known on the day ``on``; empty where it does
    not say.
    """

    event: str
    stage: Stage | None
    day: str
    amount: Decimal
    statement: str = ""
    on: str = ""


def invoices_of(ledger: Ledger, contract: Contract, lots: frozenset[str]) -> tuple[Invoice, ...]:
    """Return the invoices for some lots and containers under a contract, by stage and time.

    Raises
    ------
    InputError
        As ``paid_before`` does.
    """
    day_of = calendar_of(contract.calendar).text_of
    found = [
        Invoice(
            event["id"],
            event["body"].get("stage"),
            day_of(event["time"]),
            _asked(event, contract),
            event["body"].get("statement", ""),
            event.get("extra", {}).get(STATEMENT_ON, ""),
        )
        for event in _for_lots(ledger, contract, lots)
        if event["body"]["type"] == "invoice"
    ]
    return tuple(sorted(found, key=lambda one: (_place(one.stage), one.day, one.event)))


def see_not_invoiced(invoices: Sequence[Invoice], stage: Stage, name: str) -> None:
    """Refuse to ask for a stage before the final one twice; a second final one the ledger refuses.

    Raises
    ------
    InputError
        If one of the invoices is of this stage; ``name`` says of what.
    """
    own = next((one for one in invoices if one.stage == stage), None)
    if own is not None and stage != "final":
        message = f"{name} was invoiced at this stage by {own.event}"
        fix = f"if it was wrong, void it first: oreline record correct {own.event} --void"
        raise InputError(f"{message}; {fix}")


def paid_before(
    ledger: Ledger, contract: Contract, parcel: Parcel, stage: Stage | None = None
) -> Invoiced:
    """Return what earlier invoices and payments of the same lots take off what is due.

    With ``stage`` only invoices of the stages before it count, so that the statement of a stage
    stays what it was after it has been invoiced. An invoice counts from the day it is in force,
    paid or not: what it asks for is not asked for again. A payment that names an invoice in
    ``refs`` settles that invoice and is not counted twice. Corrected and voided events count as
    they stand now.

    Raises
    ------
    InputError
        If an amount is in another currency than the contract's, or an invoice for these lots
        covers others too, so that its amount cannot be told apart.
    """
    first_left_out = len(STAGES) if stage is None else _place(stage)
    invoices: dict[str, Decimal] = {}
    later: set[str] = set()
    advances: dict[str, Decimal] = {}
    paid = Decimal(0)
    for event in _for_lots(ledger, contract, parcel.names):
        body, refs = event["body"], set(event.get("refs", ()))
        if body["type"] == "invoice" and _place(body.get("stage")) >= first_left_out:
            later.add(event["id"])
        elif body["type"] == "invoice":
            invoices[event["id"]] = _asked(event, contract)
        elif refs & invoices.keys():
            paid += _asked(event, contract)
        elif not refs & later:
            advances[event["id"]] = _asked(event, contract)
    asked = sum(invoices.values(), Decimal(0))
    return Invoiced(
        asked + sum(advances.values(), Decimal(0)), (*invoices, *advances), asked - paid
    )


def _for_lots(
    ledger: Ledger, contract: Contract, lots: frozenset[str]
) -> Iterator[Mapping[str, Any]]:
    """Yield the invoices and payments of some lots, in the order of the ledger."""
    invoices: set[str] = set()
    for event in ledger.once(_money).about(lots):
        body = event["body"]
        covered = set(body.get("lots", ()))
        refers = body["type"] == "payment" and bool(invoices & set(event.get("refs", ())))
        if not (covered & lots or refers) or not _is_between(event, contract):
            continue
        if not covered <= lots:
            others = ", ".join(sorted(covered - lots)[:3])
            message = f"{event['id']} covers other lots too ({others}); write one per parcel"
            raise InputError(message)
        if body["type"] == "invoice":
            invoices.add(event["id"])
        yield event


@dataclass(frozen=True, slots=True)
class _Money:
    """The invoices and payments of a ledger in its order, and which name a lot or an event."""

    events: tuple[Mapping[str, Any], ...]
    of_lot: Mapping[str, Sequence[int]]
    referring: Mapping[str, Sequence[int]]

    def about(self, lots: frozenset[str]) -> Iterator[Mapping[str, Any]]:
        """Yield what names some lots, and what refers to that, in the order of the ledger."""
        found = {place for lot in lots for place in self.of_lot.get(lot, ())}
        named = [self.events[place]["id"] for place in found]
        found.update(place for name in named for place in self.referring.get(name, ()))
        yield from (self.events[place] for place in sorted(found))


def _money(ledger: Ledger) -> _Money:
    events: list[Mapping[str, Any]] = []
    of_lot: dict[str, list[int]] = {}
    referring: dict[str, list[int]] = {}
    for event in ledger.other:
        body = event["body"]
        if event["schema"] == "money/1" and body["type"] in {"invoice", "payment"}:
            for lot in body.get("lots", ()):
                of_lot.setdefault(lot, []).append(len(events))
            for name in event.get("refs", ()):
                referring.setdefault(name, []).append(len(events))
            events.append(event)
    return _Money(tuple(events), of_lot, referring)


def _place(stage: Stage | None) -> int:
    return -1 if stage is None else STAGES.index(stage)


def _is_between(event: Mapping[str, Any], contract: Contract) -> bool:
    """Return whether an amount is between the two parties of a contract and under no other one."""
    named = event["body"].get("contract", contract.id)
    parties = {event.get("party"), event.get("to_party")}
    return named == contract.id and parties == {contract.seller, contract.buyer}


def _asked(event: Mapping[str, Any], contract: Contract) -> Decimal:
    """Return what an event moves from the buyer to the seller.

    In an invoice the buyer's account is charged (+) and the seller's relieved (-); in a payment the
    money leaves the buyer's account (-) and reaches the seller's (+).
    """
    body = event["body"]
    postings: Sequence[Mapping[str, str]] = body.get("postings", ())
    strange = sorted({one["currency"] for one in postings} - {contract.currency})
    if strange:
        message = f"{event['id']} is in {', '.join(strange)}, the contract in {contract.currency}"
        raise InputError(f"{message}; what was paid cannot be taken off")
    of_buyer = [Decimal(one["amount"]) for one in postings if one["account"] == contract.buyer]
    of_seller = [Decimal(one["amount"]) for one in postings if one["account"] == contract.seller]
    sign = 1 if body["type"] == "invoice" else -1
    if of_buyer:
        return sign * sum(of_buyer, Decimal(0))
    if of_seller:
        return -sign * sum(of_seller, Decimal(0))
    message = f"{event['id']} has no posting of {contract.buyer} or {contract.seller}"
    raise InputError(f"{message}; its amount is UNKNOWN")


def invoice_draft(
    statement: Statement, parcel: Parcel, *, identity: str, time: str, actor: str,
    document: str | None = None, on: date | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the invoice that a statement gives rise to, as an event to append.

    It names the lots with their containers, the stage, the contract and the hash of the statement.
    The ledger refuses a second final invoice for any of them (ORL-0207). A lot of which only a part
    was shipped is named by its containers alone. What is due may be negative: then the seller owes.

    Parameters
    ----------
    identity, time, actor
        The id, moment (RFC 3339, UTC) and author of the event.
    document
        The number of the invoice on paper.
    on
        With what was known on which day the statement was made: by it the statement is made again.

    Raises
    ------
    InputError
        If nothing is settled: an invoice without an amount is none.
    """
    if statement.due is None:
        raise InputError(f"{statement.id} is NOT SETTLED; there is nothing to invoice")
    if statement.parcel != parcel.id:
        raise InputError(f"{statement.id} is about {statement.parcel}, not about {parcel.id}")
    lots = [
        name
        for lot in parcel.lots
        for name in dict.fromkeys((*((lot.lot,) if lot.is_whole else ()), *lot.parts))
    ]
    body = {
        "type": "invoice",
        "lots": lots,
        "stage": statement.stage,
        "contract": statement.contract,
        "statement": statement_hash(statement),
        "postings": [
            _posting(statement.seller, -statement.due, statement.currency),
            _posting(statement.buyer, statement.due, statement.currency),
        ],
    }
    if document is not None:
        body["document"] = document
    more = {} if on is None else {"extra": {STATEMENT_ON: on.isoformat()}}
    return {
        "schema": "money/1",
        "id": identity,
        "time": time,
        "actor": actor,
        "party": statement.seller,
        "to_party": statement.buyer,
        "body": body,
        **more,
    }


def _posting(account: str, amount: Decimal, currency: str) -> dict[str, str]:
    return {"account": account, "amount": f"{amount + 0:f}", "currency": currency}
