"""What is it worth: contracts with their shipments, statements, differences, exposure, invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from oreline.api._answering import answering
from oreline.api._entering import Draft
from oreline.api._problems import NotAllowedError, NotFoundError
from oreline.api._sealing import contract_of, contracts_known
from oreline.api._views import View
from oreline.model import InputError
from oreline.settle import (
    STAGES,
    Contract,
    Exposure,
    Imprint,
    Invoice,
    Parcel,
    Quantity,
    Settling,
    Shipment,
    Stage,
    Statement,
    clause_texts,
    contract_text,
    contracts_of,
    exposure,
    find_shipment,
    invoice_draft,
    invoices_of,
    money_spread,
    money_trials,
    paid_before,
    parcel_of,
    prices_of,
    read_contract,
    settle,
    shipments_of,
    statement_hash,
    statement_json,
    statement_of,
    umpire_risks,
    waterfall,
)

TRIALS_MAX = 20_000
"""How many trials a request may ask for: about a millisecond each."""


@dataclass(frozen=True, slots=True)
class Made:
    """A statement with what it was made from."""

    asked: Settling
    shipment: Shipment
    statement: Statement
    invoices: tuple[Invoice, ...]


@answering
def settlements(view: View) -> dict[str, Any]:
    """Return every contract that this person may see, with the shipments under it."""
    ledger = view.reading.ledger
    findings = () if view.is_partial else contracts_of(ledger)[1]
    return {
        "contracts": [_contract_row(view, terms) for terms in contracts_known(view)],
        "findings": [one.to_json() for one in findings],
    }


def _contract_row(view: View, terms: Contract) -> dict[str, Any]:
    ledger = view.reading.ledger
    shipments = [
        {
            "shipment": shipment.id,
            "lots": list(shipment.lots),
            "documents": list(shipment.documents),
            "shipped": shipment.day,
            "sold": shipment.sold,
            "invoiced": [
                one.stage for one in invoices_of(ledger, terms, shipment.names) if one.stage
            ],
        }
        for shipment in shipments_of(ledger, terms)
    ]
    return {**_named(terms), "stages": list(_stages(terms)), "shipments": shipments}


def _named(terms: Contract) -> dict[str, Any]:
    return {
        "id": terms.id,
        "title": terms.title,
        "seller": terms.seller,
        "buyer": terms.buyer,
        "materials": list(terms.materials),
        "currency": terms.currency,
        "basis": str(terms.basis),
        "source": terms.source,
    }


def _stages(terms: Contract) -> tuple[Stage, ...]:
    """Return the stages that a contract pays at; the final one is always there."""
    named = {payment.stage for payment in terms.payments} | {"final"}
    return tuple(stage for stage in STAGES if stage in named)


def _known_contract(view: View, identity: str) -> Contract:
    terms = contract_of(view, identity)
    if terms is None:
        raise NotFoundError(f"no contract {identity} in this chain")
    return terms


@answering
def contract_told(view: View, contract: str) -> dict[str, Any]:
    """Return the terms of a contract clause by clause in words, and as text.

    Raises
    ------
    NotFoundError
        If there is none that this person may see.
    """
    terms = _known_contract(view, contract)
    text = contract_text(terms)
    return {
        **_named(terms),
        "clauses": [
            {"subject": one.subject, "text": one.text, "clause": one.clause}
            for one in clause_texts(terms)
        ],
        "text": text,
        "findings": [one.to_json() for one in read_contract(text, f"{terms.id}.toml")[1]],
    }


def made_statement(
    view: View, contract: str, shipment: str, stage: str, on: str | None = None
) -> Made:
    """Return the statement of a shipment at a stage, from what this person may see.

    Raises
    ------
    NotFoundError
        If there is no such contract.
    InputError
        If the shipment is not found, or stage or day are not understood.
    """
    terms = _known_contract(view, contract)
    ledger = view.reading.ledger
    found = find_shipment(ledger, terms, shipment)
    asked = _asked(view, terms, found, _stage(stage), _day(view, on))
    paid = paid_before(ledger, terms, asked.parcel, asked.stage)
    invoices = invoices_of(ledger, terms, found.names)
    return Made(asked, found, statement_of(asked, paid.amount), invoices)


def _asked(view: View, terms: Contract, shipment: Shipment, stage: Stage, on: date) -> Settling:
    ledger = view.reading.ledger
    parcel = parcel_of(ledger, terms, shipment, on)
    return Settling(terms, parcel, prices_of(ledger)[0], stage, on)


def _stage(text: str) -> Stage:
    for stage in STAGES:
        if text == stage:
            return stage
    raise InputError(f"{text!r} is no stage of a statement; write one of {', '.join(STAGES)}")


def _day(view: View, text: str | None) -> date:
    if text is None:
        return view.desk.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no day; write it as 2026-01-31") from None


@answering
def statement_told(
    view: View, contract: str | None, shipment: str, stage: str, on: str | None = None
) -> dict[str, Any]:
    """Return a statement with its hash, its 95 % interval, and whether it was invoiced.

    Without a contract it is NOT SETTLED, and says which clauses are missing.
    """
    if not contract:
        return _without_contract(shipment, _stage(stage), _day(view, on))
    made = made_statement(view, contract, shipment, stage, on)
    spread = money_spread(made.asked)
    interval = None
    if spread.low is not None and spread.high is not None:
        interval = {"low": f"{spread.low:.2f}", "high": f"{spread.high:.2f}"}
    own = next((one.event for one in made.invoices if one.stage == made.statement.stage), None)
    return {
        "contract": _named(made.asked.contract),
        "shipment": made.shipment.id,
        "lots": list(made.shipment.lots),
        "on": made.asked.on.isoformat(),
        "statement": statement_json(made.statement),
        "prices": _prices(made),
        "hash": statement_hash(made.statement),
        "interval": interval,
        "unstated": list(spread.unstated),
        "before": _stage_before(made),
        "invoice": own,
    }


def _without_contract(shipment: str, stage: Stage, on: date) -> dict[str, Any]:
    statement = settle(None, Parcel(shipment, ()), {}, stage=stage, on=on)
    return {
        "contract": None,
        "shipment": shipment,
        "lots": [],
        "on": on.isoformat(),
        "statement": statement_json(statement),
        "prices": {},
        "hash": statement_hash(statement),
        "interval": None,
        "unstated": [],
        "before": None,
        "invoice": None,
    }


def _prices(made: Made) -> dict[str, str]:
    """Return the price of each analyte in the unit that its series is published in."""
    contract, prices = made.asked.contract, made.asked.prices
    clauses = {one.id: one for one in contract.prices}
    named = {one.analyte: one.price for one in contract.payables}
    if contract.basket is not None:
        named |= {one.analyte: one.price for one in contract.basket.items}
    found = {}
    for one in made.statement.analytes:
        clause = clauses.get(named.get(one.analyte) or "")
        series = None if clause is None else prices.get(clause.series or "")
        if one.price_per_t is None or series is None or clause is None or clause.fx is not None:
            continue
        per = series.unit.partition("/")[2]
        made_of = Quantity(one.price_per_t, f"{contract.currency}/t")
        told = made_of.to(f"{contract.currency}/{per}", contract.units)
        found[one.analyte] = f"{_price_text(told)} {contract.currency}/{per}"
    return found


def _price_text(value: Decimal) -> str:
    """Return a price as markets quote it: four decimals at most."""
    text = f"{value.quantize(Decimal('0.0001')):,f}"
    return text.rstrip("0").rstrip(".")


def _stage_before(made: Made) -> Stage | None:
    """Return the stage with which a statement is compared: the last one before it."""
    stages = _stages(made.asked.contract)
    place = STAGES.index(made.asked.stage)
    earlier = [stage for stage in stages if STAGES.index(stage) < place]
    return earlier[-1] if earlier else None


@answering
def statement_change(
    view: View,
    contract: str,
    shipment: str,
    stage: str,
    on: str | None = None,
    before_on: str | None = None,
) -> dict[str, Any]:
    """Return how the statement of the stage before became this one, effect by effect.

    The one before is with what was known on ``before_on``: by default the day of its invoice, else
    of the arrival, else the day of this one.

    Raises
    ------
    InputError
        If one of the two is not settled, or there is no stage before.
    """
    made = made_statement(view, contract, shipment, stage, on)
    before = _stage_before(made)
    if before is None:
        raise InputError(f"{made.asked.contract.id} has no stage before {stage}")
    invoice = next((one for one in made.invoices if one.stage == before), None)
    arrival = made.asked.parcel.days.get("arrival")
    day = before_on or (arrival if invoice is None else invoice.day)
    known = made.asked.on if day is None else _day(view, day)
    earlier = _asked(view, made.asked.contract, made.shipment, before, known)
    found = waterfall(earlier, made.asked)
    values = [statement_of(one).net_value for one in (earlier, made.asked)]
    assert all(value is not None for value in values)
    return {
        "before": found.before,
        "before_stage": before,
        "before_on": earlier.on.isoformat(),
        "after": found.after,
        "currency": made.asked.contract.currency,
        "before_value": f"{values[0]:f}",
        "after_value": f"{values[1]:f}",
        "difference": f"{found.difference:f}",
        "steps": [
            {
                "effect": step.effect,
                "amount": f"{step.amount:f}",
                "detail": step.detail,
                "lines": [{"line": one.line, "amount": f"{one.amount:f}"} for one in step.lines],
            }
            for step in found.steps
        ],
    }


@answering
def statement_risk(
    view: View, contract: str, shipment: str, stage: str, on: str | None = None, trials: int = 0
) -> dict[str, Any]:
    """Return what makes the value uncertain, and how likely each assay goes to the umpire.

    With ``trials`` the interval is also found by settling so many times.
    """
    if trials > TRIALS_MAX:
        raise InputError(f"{trials} trials are too many for a request; ask for {TRIALS_MAX}")
    asked = made_statement(view, contract, shipment, stage, on).asked
    spread = money_spread(asked)
    played = None
    if trials and spread.net_value is not None:
        played = money_trials(asked, trials).to_json()
    return {
        "spread": spread.to_json(),
        "umpire": [one.to_json() for one in umpire_risks(asked)],
        "trials": played,
    }


@answering
def exposures(view: View, on: str | None = None) -> dict[str, Any]:
    """Return the payable metal that is not priced yet, by metal, market and month."""
    day, asked = _day(view, on), []
    ledger = view.reading.ledger
    for terms in contracts_known(view):
        for shipment in shipments_of(ledger, terms):
            invoices = invoices_of(ledger, terms, shipment.names)
            if all(one.stage != "final" for one in invoices):
                asked.append(_asked(view, terms, shipment, "provisional", day))
    rows = exposure(asked)
    unknown = [f"{one.analyte}, {one.series}: {one.why}" for one in rows if one.unpriced_t is None]
    return {
        "on": day.isoformat(),
        "exposures": [_exposure_row(one) for one in rows if one.unpriced_t is not None],
        "unknown": unknown,
    }


def _exposure_row(one: Exposure) -> dict[str, Any]:
    return {
        "analyte": one.analyte,
        "series": one.series,
        "month": one.month,
        "payable_t": _text(one.payable_t),
        "unpriced_t": _text(one.unpriced_t),
        "hedge_lots": _text(one.lots),
        "parcels": list(one.parcels),
        "notes": list(one.notes),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


@answering
def invoice_to_enter(
    view: View, contract: str, shipment: str, stage: str, on: str | None, wanted: str
) -> Draft:
    """Return the invoice of a statement as an event to be appended.

    ``wanted`` is the hash of the statement that the person saw: whatever changed since is refused.

    Raises
    ------
    NotAllowedError
        If the person does not belong to the seller.
    InputError
        If nothing is settled, or the statement is no longer the one that was seen.
    """
    made = made_statement(view, contract, shipment, stage, on)
    statement = made.statement
    if view.person.party not in {None, statement.seller}:
        raise NotAllowedError(f"{statement.seller} invoices under {contract}, as its seller")
    if statement_hash(statement) != wanted:
        raise InputError("the statement has changed since it was shown; look at it again")
    draft = invoice_draft(statement, made.asked.parcel, identity="", time="", actor="")
    return {name: value for name, value in draft.items() if value}


def imprint_of(view: View, made: Made) -> Imprint:
    """Return what a printed statement says of where it comes from."""
    ledger = view.reading.ledger
    spread = money_spread(made.asked)
    interval = None
    if spread.low is not None and spread.high is not None:
        interval = (Decimal(f"{spread.low:.2f}"), Decimal(f"{spread.high:.2f}"))
    return Imprint(
        title=made.asked.contract.title,
        day=made.asked.on.isoformat(),
        ledger=ledger.header.id,
        size=ledger.size,
        root=ledger.root.hex(),
        names={key: party.name for key, party in view.reading.chain.parties.items()},
        interval=interval,
    )
