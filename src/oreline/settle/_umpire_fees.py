"""Invoices of umpires in the ledger: how one is entered, and which belong to a parcel.

The invoice of an umpire is a ``money`` event of a laboratory to one of the two parties, marked with
``settle.role = umpire``: who sells and who buys both see it, because both their statements rest on
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from oreline.model import InputError, is_analyte
from oreline.record import Ledger
from oreline.settle._calendar import calendar_of
from oreline.settle._contract import Contract
from oreline.settle._parcel import UmpireFee
from oreline.settle._seal import ROLE
from oreline.settle._units import Quantity

UMPIRE = "umpire"
ANALYTES = "settle.analytes"
"""The key under which an umpire's invoice names the analytes that it is for."""


def is_umpire_invoice(event: Mapping[str, Any]) -> bool:
    """Return whether an event is the invoice of an umpire, whoever's."""
    return (
        event["schema"] == "money/1"
        and event["body"]["type"] == "invoice"
        and (event.get("extra") or {}).get(ROLE) == UMPIRE
    )


def fees_of(
    ledger: Ledger, contract: Contract, lots: Mapping[str, Sequence[str]], last: str
) -> tuple[UmpireFee, ...]:
    """Return what umpires asked for the lots of a parcel up to a day, in the order of the ledger.

    Parameters
    ----------
    lots
        The lots of the parcel, each with its containers.
    last
        The last day that counts, ``2025-12-05``.
    """
    day_of = calendar_of(contract.calendar).text_of
    owners = {part: lot for lot, parts in lots.items() for part in (lot, *parts)}
    found: list[UmpireFee] = []
    for event in ledger.other:
        if not is_umpire_invoice(event) or day_of(event["time"]) > last:
            continue
        body = event["body"]
        if body.get("contract") != contract.id or not owners.keys() & set(body.get("lots", ())):
            continue
        found += _fees(event, contract, owners)
    return tuple(found)


def _fees(
    event: Mapping[str, Any], contract: Contract, owners: Mapping[str, str]
) -> Iterator[UmpireFee]:
    named = event["body"]["lots"]
    covered = tuple(dict.fromkeys(owners[lot] for lot in named if lot in owners))
    why = _why_not(event, contract, [lot for lot in named if lot not in owners], covered)
    said = (event.get("extra") or {}).get(ANALYTES, "")
    analytes = tuple(name.strip() for name in said.split(",") if name.strip())
    sides = {contract.seller: "seller", contract.buyer: "buyer"}
    paid_by = sides.get(event.get("to_party", ""), "")
    postings = _postings_of_payer(event)
    amount = None
    if not why:
        total = sum((Decimal(one["amount"]) for one in postings), Decimal(0))
        amount = Quantity(total, postings[0]["currency"])
    for lot in covered:
        yield UmpireFee(lot, amount, paid_by, analytes, (event["id"],), why)


def _why_not(
    event: Mapping[str, Any], contract: Contract, others: Sequence[str], covered: Sequence[str]
) -> str:
    """Return why the amount of an umpire's invoice cannot be used; empty where it can."""
    name, parties = event["id"], {contract.seller, contract.buyer}
    agreed = () if contract.assays is None else contract.assays.umpire_laboratories
    if event.get("party") in parties:
        return f"{name} is an umpire's invoice in the name of {event.get('party')}, who is a party"
    if event.get("to_party") not in parties:
        return f"{name} asks {event.get('to_party')}, who is no party to {contract.id}"
    if agreed and event.get("party") not in agreed:
        return f"{name} is of {event.get('party')}; agreed as umpire are {', '.join(agreed)}"
    if others or len(covered) > 1:
        told = ", ".join((*covered, *others)[:4])
        return f"{name} is for several lots ({told}) in one sum; write one invoice for each lot"
    own = _postings_of_payer(event)
    if len({one["currency"] for one in own}) != 1:
        return f"{name} has no one sum that {event['to_party']} is asked for"
    if sum((Decimal(one["amount"]) for one in own), Decimal(0)) <= 0:
        return f"{name} asks {event['to_party']} for nothing"
    return ""


def _postings_of_payer(event: Mapping[str, Any]) -> list[Mapping[str, str]]:
    postings: Sequence[Mapping[str, str]] = event["body"].get("postings", ())
    return [one for one in postings if one["account"] == event.get("to_party")]


def umpire_invoice_draft(
    contract: Contract,
    lot: str,
    laboratory: str,
    to: str,
    amount: Quantity,
    *,
    analytes: Sequence[str] = (),
    document: str | None = None,
) -> dict[str, Any]:
    """Return the invoice of an umpire to a party, as an event without id and time.

    Parameters
    ----------
    to
        The party that is asked to pay: the seller or the buyer of the contract.
    analytes
        What it is for; left out, all that the umpire decided of the lot.

    Raises
    ------
    InputError
        If a party to the contract, or a laboratory that is not agreed on, would be the umpire; if
        the amount is not above zero; or if an analyte is none.
    """
    parties = (contract.seller, contract.buyer)
    if laboratory in parties:
        raise InputError(f"{laboratory} is a party to {contract.id} and not its umpire")
    agreed = () if contract.assays is None else contract.assays.umpire_laboratories
    if agreed and laboratory not in agreed:
        raise InputError(f"{laboratory} is not agreed as umpire; agreed are {', '.join(agreed)}")
    if to not in parties:
        raise InputError(f"{to} is no party to {contract.id}: ask {' or '.join(parties)}")
    if amount.value <= 0 or amount.unit != contract.currency:
        message = f"an umpire's invoice over {amount}"
        raise InputError(f"{message}; write what it asks for, in {contract.currency}")
    for name in analytes:
        if not is_analyte(name):
            raise InputError(f"{name!r} is no element or formula that is analysed")
    body: dict[str, Any] = {
        "type": "invoice",
        "lots": [lot],
        "contract": contract.id,
        "postings": [
            {"account": laboratory, "amount": f"{-amount.value:f}", "currency": amount.unit},
            {"account": to, "amount": f"{amount.value:f}", "currency": amount.unit},
        ],
    }
    if document is not None:
        body["document"] = document
    extra = {ROLE: UMPIRE} | ({ANALYTES: ",".join(analytes)} if analytes else {})
    return {
        "schema": "money/1",
        "party": laboratory,
        "to_party": to,
        "extra": extra,
        "body": body,
    }
