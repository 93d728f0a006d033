"""Quotational periods that a party declares on the ledger, and which of them hold.

A declaration is an ``attest`` event of type ``period-declared`` of a shipment, in the declaring
party's own name: ``statement`` says price and option (``cu=m2``), ``settle.contract`` the contract.
The day that counts is that on which it stood in the log, so that nobody can date one back when the
prices are known; where the other party accepts it, the day that it says counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from oreline.model import InputError
from oreline.record import Ledger
from oreline.settle._calendar import Calendar, calendar_of
from oreline.settle._clauses import QuotationOption
from oreline.settle._contract import Contract
from oreline.settle._exchange_log import known_by_then
from oreline.settle._pricing import Declaration, option_deadline
from oreline.settle._seal import CONTRACT
from oreline.settle._shipments import Shipment

PERIOD_DECLARED, PERIOD_ACCEPTED = "period-declared", "period-accepted"


@dataclass(frozen=True, slots=True)
class DeclaredPeriods:
    """What was declared of the prices of a shipment; ``remarks`` say what does not count and why.

    ``events`` maps a price clause to the event of the declaration that holds.
    """

    options: Mapping[str, Declaration]
    events: Mapping[str, str]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A declaration in the log: as it was written, and as the last correction leaves it."""

    id: str
    issuer: str | None
    written: str
    amended: str | None
    is_void: bool
    on: date
    happened: date
    changed_on: date | None
    changed_by: str | None


def declared_periods(
    ledger: Ledger,
    contract: Contract,
    shipment: Shipment,
    days: Mapping[str, str],
    on: date,
) -> DeclaredPeriods:
    """Return which periods were declared of a shipment by a day, the first of each price.

    Only the party that the contract entitles declares, in its own name. A second declaration does
    not count; who means another period corrects the first, until the deadline. What was declared
    late is given with its day: the statement says that the clause's own period holds.

    Parameters
    ----------
    days
        The days of the events that deadlines are counted from.
    """
    calendar = calendar_of(contract.calendar)
    options: dict[str, Declaration] = {}
    events: dict[str, str] = {}
    remarks: list[str] = []
    for said in _said(ledger, contract, shipment, calendar):
        if min(said.happened, said.on) > on:
            continue
        found = _held(contract, said, days, calendar, remarks)
        if found is None:
            continue
        price, option = found
        if price in options:
            remarks.append(
                f"{said.id} declares {option} of {price} again; {events[price]} holds, and is "
                "changed by a correction in time"
            )
            continue
        options[price] = Declaration(option, said.on.isoformat(), said.id)
        events[price] = said.id
    return DeclaredPeriods(options, events, tuple(remarks))


def _held(
    contract: Contract,
    said: _Said,
    days: Mapping[str, str],
    calendar: Calendar,
    remarks: list[str],
) -> tuple[str, str] | None:
    """Return the price and option that a declaration stands for, None where it does not count."""
    text, why = said.written, _wrong(contract, said.written, said.issuer)
    if why:
        remarks.append(f"{said.id} does not count: {why}")
        return None
    until = option_deadline(option_of(contract, text), days, calendar)
    changed = said.is_void or said.amended not in {None, text}
    if not changed:
        return _parts(text)
    late = until is not None and said.changed_on is not None and said.changed_on > until
    if said.changed_by != said.issuer or late:
        reason = f"after {until}" if late else f"in the name of {said.changed_by}"
        remarks.append(f"{said.id} was changed {reason}: what it declared at first holds")
        return _parts(text)
    if said.is_void:
        return None
    assert said.amended is not None
    why = _wrong(contract, said.amended, said.issuer)
    if why:
        remarks.append(f"{said.id} does not count as corrected: {why}")
        return None
    return _parts(said.amended)


def option_of(contract: Contract, text: str) -> QuotationOption:
    """Return the option that ``cu=m2`` names.

    Raises
    ------
    InputError
        If the contract has no such price, or the price no such option.
    """
    price, option = _parts(text)
    clause = next((one for one in contract.prices if one.id == price), None)
    if clause is None:
        known = ", ".join(one.id for one in contract.prices if one.options) or "none"
        raise InputError(f"{contract.id} has no price {price!r}; with options are: {known}")
    found = next((one for one in clause.options if one.id == option), None)
    if found is None:
        known = ", ".join(one.id for one in clause.options) or "none"
        raise InputError(f"{price} has no option {option!r}; its options are: {known}")
    return found


def _parts(text: str) -> tuple[str, str]:
    price, _, option = text.partition("=")
    return price.strip(), option.strip()


def _wrong(contract: Contract, text: str, issuer: str | None) -> str:
    try:
        option = option_of(contract, text)
    except InputError as error:
        return str(error)
    entitled = contract.seller if option.by == "seller" else contract.buyer
    if issuer is None:
        return f"it is not in the name of {entitled}, who may declare {option.id}"
    if issuer != entitled:
        return f"{issuer} declares {option.id}, which the {option.by}, {entitled}, may declare"
    return ""


def _said(
    ledger: Ledger, contract: Contract, shipment: Shipment, calendar: Calendar
) -> Iterator[_Said]:
    """Yield the declarations of a shipment in the order of the log, taken back ones too."""
    about = {shipment.id, *shipment.documents, *shipment.names}
    known = known_by_then(ledger)
    written = {seq for seq, data in ledger.raw.items() if _MARK in data}
    changes = _changes(ledger)
    accepted = {
        (event["body"]["subject"], event["body"].get("issuer"))
        for event in ledger.other
        if _is(event, PERIOD_ACCEPTED) and event["body"].get("issuer") == event.get("party")
    }
    for seq in sorted(written - ledger.verdicts.held):
        if known is not None and seq not in known:
            continue
        event = orjson.loads(ledger.raw[seq])
        body, extra = event["body"], event.get("extra") or {}
        if body.get("type") != PERIOD_DECLARED or extra.get(CONTRACT) != contract.id:
            continue
        if body["subject"] not in about:
            continue
        issuer = body.get("issuer") if body.get("issuer") == event.get("party") else None
        recorded, happened = (calendar.day_of(event[name]) for name in ("recorded", "time"))
        others = {contract.seller, contract.buyer} - {issuer}
        stands_by = any((event["id"], other) in accepted for other in others)
        is_void = seq in ledger.verdicts.out_of_force
        change = changes.get(event["id"])
        yield _Said(
            event["id"],
            issuer,
            body.get("statement") or "",
            None if is_void else ledger.event(seq)["body"].get("statement") or "",
            is_void,
            happened if stands_by else recorded,
            happened,
            None if change is None else calendar.day_of(change["recorded"]),
            None if change is None else change.get("party"),
        )


_MARK = f'"type":"{PERIOD_DECLARED}"'.encode()


def _is(event: Mapping[str, Any], kind: str) -> bool:
    return bool(event["schema"] == "attest/1" and event["body"]["type"] == kind)


def _changes(ledger: Ledger) -> dict[str, Mapping[str, Any]]:
    """Return by event id the last correction in force of it."""
    return {
        event["body"]["target"]: event for event in ledger.other if event["schema"] == "correct/1"
    }


def period_draft(
    contract: Contract,
    shipment: Shipment,
    days: Mapping[str, str],
    declared: DeclaredPeriods,
    text: str,
    party: str,
    day: date,
) -> dict[str, Any]:
    """Return the event by which a party declares a period, without id and time.

    Parameters
    ----------
    declared
        What was declared of the shipment before.
    text
        Price and option, such as ``cu=m2``.
    day
        The day of the declaration.

    Raises
    ------
    InputError
        If the party is not entitled, the option is not there, it is too late, or the period of this
        price was declared before.
    """
    why = _wrong(contract, text, party)
    if why:
        raise InputError(f"not declared: {why}")
    price, option = _parts(text)
    before = declared.events.get(price)
    if before is not None:
        message = f"{before} has declared {declared.options[price].option} of {price}"
        raise InputError(f"{message}; correct it with 'oreline record correct' until the deadline")
    until = option_deadline(option_of(contract, text), days, calendar_of(contract.calendar))
    if until is not None and day > until:
        raise InputError(
            f"{option} could be declared until {until}, and it is {day}: the period that the "
            "contract writes for that case holds"
        )
    other = contract.buyer if party == contract.seller else contract.seller
    return {
        "schema": "attest/1",
        "party": party,
        "to_party": other,
        "extra": {CONTRACT: contract.id},
        "body": {
            "type": PERIOD_DECLARED,
            "subject": shipment.id,
            "issuer": party,
            "statement": f"{price}={option}",
        },
    }


def period_acceptance_draft(event: Mapping[str, Any], party: str) -> dict[str, Any]:
    """Return the event by which the other party accepts a declaration as of the day that it says.

    Raises
    ------
    InputError
        If the event is no declaration to this party.
    """
    if not _is(event, PERIOD_DECLARED):
        raise InputError(f"{event['id']} declares no quotational period")
    if event.get("to_party") != party:
        message = f"{event['id']} was declared to {event.get('to_party')}"
        raise InputError(f"{message}; it accepts, not {party}")
    return {
        "schema": "attest/1",
        "party": party,
        "to_party": event["party"],
        "body": {"type": PERIOD_ACCEPTED, "subject": event["id"], "issuer": party},
    }
