"""What is it worth: contracts with their shipments, statements, differences, exposure, invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from oreline.api._answering import answering
from oreline.api._answers_names import names_of
from oreline.api._entering import Draft
from oreline.api._kept import kept_answering
from oreline.api._problems import NotAllowedError, NotFoundError
from oreline.api._sealing import contract_of, contracts_known
from oreline.api._views import View
from oreline.model import InputError
from oreline.record import event_state
from oreline.settle import (
    PERIOD_ACCEPTED,
    STAGES,
    Contract,
    Declaration,
    Imprint,
    Invoice,
    Parcel,
    Settling,
    Shipment,
    Side,
    Stage,
    Statement,
    calendar_of,
    clause_texts,
    contract_json,
    contract_text,
    contracts_of,
    declared_periods,
    exposure,
    exposures_json,
    find_shipment,
    interval_of,
    invoice_draft,
    invoice_stands,
    invoices_of,
    money_spread,
    money_trials,
    paid_before,
    parcel_of,
    parties_of,
    period_acceptance_draft,
    period_choices,
    period_draft,
    prices_of,
    published_prices,
    read_contract,
    see_not_invoiced,
    settle,
    settled_twice,
    settling_of,
    shipments_json,
    shipments_of,
    specification_check,
    stage_before,
    stages_of,
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
    findings = () if view.is_partial else (*contracts_of(ledger)[1], *settled_twice(ledger))
    return {
        "contracts": [_contract_row(view, terms) for terms in contracts_known(view)],
        "findings": [one.to_json() for one in findings],
    }


def _contract_row(view: View, terms: Contract) -> dict[str, Any]:
    return {
        **_named_contract(view, terms),
        "stages": list(stages_of(terms)),
        "shipments": shipments_json(view.reading.ledger, terms),
    }


def _named_contract(view: View, terms: Contract) -> dict[str, Any]:
    """Return what a contract is, and what its parties and materials are called."""
    names = names_of(view, (terms.seller, terms.buyer, *terms.materials))
    return {**contract_json(terms), "names": names}


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
        **_named_contract(view, terms),
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
    return settling_of(ledger, terms, shipment, prices_of(ledger)[0], stage, on)


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
    ends = interval_of(spread)
    interval = None if ends is None else {"low": f"{ends[0]:f}", "high": f"{ends[1]:f}"}
    own = next((one for one in made.invoices if one.stage == made.statement.stage), None)
    return {
        "contract": _named_contract(view, made.asked.contract),
        "shipment": made.shipment.id,
        "lots": list(made.shipment.lots),
        "on": made.asked.on.isoformat(),
        "statement": statement_json(made.statement),
        "prices": published_prices(made.statement, made.asked.contract, made.asked.prices),
        "hash": statement_hash(made.statement),
        "interval": interval,
        "unstated": list(spread.unstated),
        "before": stage_before(made.asked.contract, made.asked.stage),
        "invoice": None if own is None else own.event,
        "invoiced": None if own is None else f"{own.amount:f}",
        "standing": _standing(view, made, own),
    }


def _standing(view: View, made: Made, own: Invoice | None) -> str | None:
    """Return whether an invoice is still what its statement says, None where nobody can say."""
    if own is None:
        return None
    ledger = view.reading.ledger
    stands = invoice_stands(ledger, made.asked.contract, made.shipment, own)
    return None if stands is None else "stands" if stands else "stale"


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
        "invoiced": None,
        "standing": None,
    }


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
    before = stage_before(made.asked.contract, made.asked.stage)
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
def periods_told(view: View, contract: str, shipment: str, on: str | None = None) -> dict[str, Any]:
    """Return the periods that may be declared of a shipment, until when, and what was declared."""
    terms = _known_contract(view, contract)
    found = find_shipment(view.reading.ledger, terms, shipment)
    asked = _asked(view, terms, found, "provisional", _day(view, on))
    today = calendar_of(terms.calendar).day_of(view.desk.now())
    return {
        "contract": terms.id,
        "shipment": found.id,
        "on": asked.on.isoformat(),
        "today": today.isoformat(),
        "parties": {str(side): name for side, name in parties_of(terms).items()},
        "periods": [one.to_json() for one in period_choices(asked)],
        "declared": {
            name: _declared(view, terms, said) for name, said in sorted(asked.declared.items())
        },
        "remarks": list(asked.remarks),
    }


def _declared(view: View, terms: Contract, said: str | Declaration) -> Any:
    """Return a declaration: what, as of which day, and who could accept the day that it says."""
    if isinstance(said, str):
        return said
    ledger = view.reading.ledger
    event = event_state(ledger, said.event).written
    other = terms.buyer if event["party"] == terms.seller else terms.seller
    is_accepted = any(
        one["schema"] == "attest/1"
        and one["body"]["type"] == PERIOD_ACCEPTED
        and one["body"]["subject"] == said.event
        and one["body"].get("issuer") == one.get("party") == other
        for one in ledger.other
    )
    return {
        "option": said.option,
        "on": said.on,
        "event": said.event,
        "says": calendar_of(terms.calendar).day_of(event["time"]).isoformat(),
        "waits_for": None if is_accepted else other,
    }


@answering
def period_to_declare(view: View, contract: str, shipment: str, period: str, side: Side) -> Draft:
    """Return the declaration of a quotational period as an event to be appended.

    Raises
    ------
    NotAllowedError
        If the person does not belong to that side.
    InputError
        If the side is not entitled, the option is not there, or it is too late.
    """
    terms = _known_contract(view, contract)
    party = parties_of(terms)[side]
    if view.person.party not in {None, party}:
        raise NotAllowedError(f"{party} declares for the {side} under {contract}")
    ledger = view.reading.ledger
    found = find_shipment(ledger, terms, shipment)
    day = calendar_of(terms.calendar).day_of(view.desk.now())
    days = parcel_of(ledger, terms, found, day).days
    known = declared_periods(ledger, terms, found, days, day)
    return period_draft(terms, found, days, known, period, party, day)


@answering
def period_to_accept(view: View, event: str, party: str) -> Draft:
    """Return the acceptance of a declaration by the party that it was made to.

    Raises
    ------
    NotAllowedError
        If the person belongs to another party.
    """
    if view.person.party not in {None, party}:
        raise NotAllowedError(f"{party} accepts what was declared to it, not {view.person.party}")
    return period_acceptance_draft(event_state(view.reading.ledger, event).written, party)


@answering
def specification_told(
    view: View, contract: str, shipment: str, stage: str, on: str | None = None
) -> dict[str, Any]:
    """Return each limit of the contract's specification: PASS, OUTSIDE or UNKNOWN, with evidence.

    A contract without any has no checks, and the verdict UNKNOWN.
    """
    terms = _known_contract(view, contract)
    found = find_shipment(view.reading.ledger, terms, shipment)
    asked = _asked(view, terms, found, _stage(stage), _day(view, on))
    return specification_check(asked).to_json()


@answering
def exposures(view: View, on: str | None = None) -> dict[str, Any]:
    """Return the payable metal that is not priced yet, by metal, market and month."""
    known = contracts_known(view)
    # A file of a contract beside the ledger may have changed: its text is a part of the question.
    texts = "\0".join(map(contract_text, known))
    return exposures_under(view, _day(view, on).isoformat(), sha256(texts.encode()).hexdigest())


@kept_answering
def exposures_under(view: View, last: str, texts: str) -> dict[str, Any]:
    """Return the payable metal that is not priced on a day, under contracts of these texts.

    ``texts`` is their hash: it makes this another question when one has changed.
    """
    assert texts
    day, asked, ledger = _day(view, last), [], view.reading.ledger
    for terms in contracts_known(view):
        for shipment in shipments_of(ledger, terms):
            invoices = invoices_of(ledger, terms, shipment.names)
            closed = any(one.stage == "final" and one.day <= last for one in invoices)
            if shipment.day <= last and not closed:
                asked.append(_asked(view, terms, shipment, "provisional", day))
    return exposures_json(day, exposure(asked))


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
        If nothing is settled, the statement is no longer the one that was seen, or its stage has
        been invoiced.
    """
    made = made_statement(view, contract, shipment, stage, on)
    statement = made.statement
    if view.person.party not in {None, statement.seller}:
        raise NotAllowedError(f"{statement.seller} invoices under {contract}, as its seller")
    if statement_hash(statement) != wanted:
        raise InputError("the statement has changed since it was shown; look at it again")
    see_not_invoiced(made.invoices, made.asked.stage, shipment)
    draft = invoice_draft(
        statement, made.asked.parcel, identity="", time="", actor="", on=made.asked.on
    )
    return {name: value for name, value in draft.items() if value}


def imprint_of(view: View, made: Made) -> Imprint:
    """Return what a printed statement says of where it comes from."""
    ledger = view.reading.ledger
    spread = money_spread(made.asked)
    interval = interval_of(spread)
    return Imprint(
        title=made.asked.contract.title,
        day=made.asked.on.isoformat(),
        ledger=ledger.header.id,
        size=ledger.size,
        root=ledger.root.hex(),
        names={key: party.name for key, party in view.reading.chain.parties.items()},
        interval=interval,
    )
