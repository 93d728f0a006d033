"""The exchange of assays: how far it is, whether it was fair, and the events that seal and open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from oreline.api._answering import answering
from oreline.api._entering import Draft
from oreline.api._problems import NotAllowedError, NotFoundError
from oreline.api._sealing import contract_of, contracts_known, exchange_now
from oreline.api._views import View
from oreline.model import InputError
from oreline.settle import (
    CONTRACT,
    PARTIES,
    Contract,
    ExchangeLog,
    Side,
    acceptance_draft,
    exchange_log,
    exchange_logs,
    exchange_rule,
    exchanged_lots,
    extension_draft,
    may_open,
    opening_drafts,
    parse_quantity,
    parties_of,
    proposals,
    read_secret,
    seal_draft,
    umpire_invoice_draft,
    verify_exchange,
)


@answering
def exchanges(view: View, today: date | None = None) -> dict[str, Any]:
    """Return every lot whose assays are exchanged, and how far each is."""
    ledger = view.reading.ledger
    known = {terms.id: terms for terms in contracts_known(view)}
    logs = exchange_logs(ledger, lots=set(exchanged_lots(ledger)))
    rows = [
        _row(view, lot, contract, known.get(contract), today)
        for lot, log in sorted(logs.items())
        if log.is_sealed or all(log.assays_of(side) for side in PARTIES)
        for contract in contracts_named(log) or ("",)
    ]
    contracts = [
        {
            "id": terms.id,
            "title": terms.title,
            "seller": terms.seller,
            "buyer": terms.buyer,
            "basis": str(terms.basis),
            "source": terms.source,
        }
        for terms in known.values()
    ]
    return {"exchanges": rows, "contracts": contracts}


def contracts_named(log: ExchangeLog) -> tuple[str, ...]:
    """Return the contracts that the seals of a lot name, in order."""
    return tuple(sorted({one.extra[CONTRACT] for one in log.seals if CONTRACT in one.extra}))


def _row(
    view: View, lot: str, contract: str, terms: Contract | None, today: date | None
) -> dict[str, Any]:
    rule = None if terms is None else exchange_rule(terms)
    row: dict[str, Any] = {"lot": lot, "contract": contract or None}
    if terms is None or rule is None:
        found = verify_exchange(exchange_log(view.reading.ledger, lot, contract or None))
        return row | {"state": None, "ok": found.ok, "deadlines": {}, "waits_for": []}
    made = exchange_now(view, lot, terms, rule, today)
    waits = {str(side) for one in made.decision.analytes for side in one.waits_for}
    return row | {
        "state": str(made.decision.state),
        "ok": made.report.ok,
        "deadlines": {str(side): day.isoformat() for side, day in made.decision.deadlines.items()},
        "waits_for": sorted(waits),
    }


@answering
def exchange_state(
    view: View, lot: str, contract: str | None = None, today: date | None = None
) -> dict[str, Any]:
    """Return how far the exchange of a lot is: results, deadlines, decisions, proof.

    Raises
    ------
    NotFoundError
        If the lot or the contract is not there for this person.
    InputError
        If nothing says which contract is meant, or it says nothing of assays.
    """
    view.lot(lot)
    terms = _terms(view, lot, contract)
    rule = exchange_rule(terms)
    if rule is None:
        raise InputError(f"{terms.id} says nothing of assays; add a table [assays]")
    made = exchange_now(view, lot, terms, rule, today)
    log = exchange_log(view.reading.ledger, lot, terms.id)
    return {
        "contract": terms.id,
        "title": terms.title,
        "basis": str(terms.basis),
        "source": terms.source,
        "proposals": [one.to_json() for one in proposals(log, parties_of(terms))],
        "parties": {str(side): name for side, name in parties_of(terms).items()},
        "may_open": {str(side): may_open(made, rule, side) or None for side in PARTIES},
        **made.to_json(),
    }


@answering
def exchange_proof(view: View, lot: str, contract: str | None = None) -> dict[str, Any]:
    """Return what the log shows of a sealed exchange; nobody's secret is needed."""
    view.lot(lot)
    log = exchange_log(view.reading.ledger, lot)
    named = contract or next(iter(contracts_named(log)), None)
    terms = None if named is None else contract_of(view, named)
    log = exchange_log(view.reading.ledger, lot, named)
    parties = None if terms is None else parties_of(terms)
    return verify_exchange(log, parties, named).to_json()


def _terms(view: View, lot: str, contract: str | None) -> Contract:
    named = contract
    if named is None:
        found = contracts_named(exchange_log(view.reading.ledger, lot))
        if len(found) != 1:
            known = f"its seals name {', '.join(found)}" if found else f"nobody has sealed {lot}"
            raise InputError(f"which contract? {known}; name one")
        named = found[0]
    terms = contract_of(view, named)
    if terms is None:
        raise NotFoundError(f"no contract {named} in this chain")
    return terms


@answering
def exchange_sealing(view: View, lot: str, side: Side, contract: str, digest: str) -> Draft:
    """Return the event that seals a hash; the results stay where they were hashed.

    Raises
    ------
    NotAllowedError
        If the person belongs to another party.
    InputError
        If the party has sealed this lot already.
    """
    view.lot(lot)
    terms = _terms(view, lot, contract)
    party = parties_of(terms)[side]
    _check_side(view, parties_of(terms), side, contract)
    log = exchange_log(view.reading.ledger, lot, contract)
    part = verify_exchange(log, parties_of(terms), contract).of(side)
    if part is not None and part.seal is not None:
        message = f"the {side} has sealed {lot} with {part.seal.id}"
        raise InputError(f"{message}; void that first, unless somebody has opened")
    return seal_draft(lot, side, party, parties_of(terms)[side.other], contract, digest)


@answering
def exchange_extension(
    view: View, lot: str, side: Side, contract: str, until: date, reason: str
) -> Draft:
    """Return the event by which the other party grants a side a later date.

    Raises
    ------
    NotAllowedError
        If the person belongs to the party that would grant it to itself, or to neither.
    InputError
        If the date has come already without it, or no reason is given.
    """
    view.lot(lot)
    terms = _terms(view, lot, contract)
    parties = parties_of(terms)
    _check_side(view, parties, side.other, contract)
    rule = exchange_rule(terms)
    if rule is None:
        raise InputError(f"{terms.id} says nothing of assays; add a table [assays]")
    due = exchange_now(view, lot, terms, rule).decision.deadlines.get(side)
    if due is not None and until <= due:
        raise InputError(f"the {side} has until {due} already; a later date is granted")
    if not reason.strip():
        raise InputError("say why a later date is justified")
    return extension_draft(lot, parties[side.other], parties[side], until, reason.strip())


@answering
def umpire_invoice(
    view: View,
    lot: str,
    contract: str,
    laboratory: str,
    to: Side,
    amount: str,
    analytes: Sequence[str] = (),
    document: str | None = None,
) -> Draft:
    """Return the invoice of an umpire to one of the parties as an event.

    Raises
    ------
    NotAllowedError
        If the person belongs to a party that is not the laboratory: nobody invoices itself.
    InputError
        If amount or laboratory cannot be those of an umpire.
    """
    if view.person.party is None:
        view.lot(lot)
    terms = contract_of(view, contract)
    if terms is None:
        raise NotFoundError(f"no contract {contract} in this chain")
    if view.person.party not in {None, laboratory}:
        raise NotAllowedError(f"{laboratory} enters its own invoice, not {view.person.party}")
    return umpire_invoice_draft(
        terms,
        lot,
        laboratory,
        parties_of(terms)[to],
        parse_quantity(amount, "money"),
        analytes=analytes,
        document=document,
    )


@answering
def exchange_acceptance(view: View, lot: str, side: Side, contract: str, event: str) -> Draft:
    """Return the event by which a side accepts what the other entered.

    Raises
    ------
    NotAllowedError
        If the person belongs to another party.
    NotFoundError
        If nothing of that name waits for this side.
    """
    view.lot(lot)
    terms = _terms(view, lot, contract)
    parties = parties_of(terms)
    _check_side(view, parties, side, contract)
    log = exchange_log(view.reading.ledger, lot, contract)
    for one in proposals(log, parties):
        if one.event == event and side in one.waits_for:
            return acceptance_draft(event, parties[side], parties[side.other])
    raise NotFoundError(f"nothing called {event} waits for the {side} to accept it")


def _check_side(view: View, parties: Mapping[Side, str], side: Side, contract: str) -> None:
    party = parties[side]
    if view.person.party not in {None, party}:
        raise NotAllowedError(f"{party} is the {side} under {contract}, not {view.person.party}")


@answering
def exchange_opening(view: View, text: str) -> dict[str, Draft]:
    """Return the two events that open a seal, from the text that was sealed: opening and assay.

    Raises
    ------
    InputError
        If the text is not what was sealed, or it may not be opened yet.
    NotAllowedError
        If it is another party's.
    """
    kept = read_secret(text)
    view.lot(kept.lot)
    terms = _terms(view, kept.lot, kept.contract)
    if view.person.party not in {None, kept.party}:
        raise NotAllowedError(f"{view.person.party} cannot open what {kept.party} has sealed")
    rule = exchange_rule(terms)
    if rule is None:
        raise InputError(f"{terms.id} says nothing of assays; add a table [assays]")
    made = exchange_now(view, kept.lot, terms, rule)
    part = made.report.of(kept.side)
    if part is None or part.seal is None or part.seal.body.get("hash") != kept.hash:
        raise InputError(f"this is not what the {kept.side} of {kept.lot} has sealed")
    if why := may_open(made, rule, kept.side):
        raise InputError(f"not opened: {why}")
    identity = part.seal.id
    drafts = opening_drafts(kept, identity, parties_of(terms)[kept.side.other])
    return {
        "opening": {"id": f"{identity}-opened", **drafts[0]},
        "assay": {"id": f"{identity}-assay", **drafts[1]},
    }
