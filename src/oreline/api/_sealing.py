"""What the sealing of assays asks of a server: nobody sees before their own results are fixed.

A party does not see the other's opening and assays of a lot until its own seal under the same
contract is in the log. And nobody opens while the other party has sealed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from oreline.api._problems import NotAllowedError
from oreline.record import Ledger
from oreline.settle import (
    ACCEPTED,
    CONTRACT,
    EXTENDED,
    OPENED,
    PARTIES,
    PERIOD_ACCEPTED,
    PERIOD_DECLARED,
    SEALED,
    Contract,
    Exchange,
    ExchangeLog,
    ExchangeRule,
    Logged,
    contract_of_folder,
    contracts_of,
    contracts_of_folder,
    event_day,
    exchange_log,
    exchange_logs,
    exchange_of,
    exchange_rule,
    may_open,
    parties_of,
)

if TYPE_CHECKING:
    from oreline.api._views import View

SPOKEN = frozenset({SEALED, OPENED, EXTENDED, ACCEPTED, PERIOD_DECLARED, PERIOD_ACCEPTED})
"""What a party says in an exchange, in its own name only."""


def kept_from(ledger: Ledger, party: str) -> frozenset[int]:
    """Return the positions of what a party must not see before it has sealed its own results."""
    if not any(
        event["schema"] == "attest/1" and event["body"]["type"] == SEALED for event in ledger.other
    ):
        return frozenset()
    logs = exchange_logs(ledger).values()
    kept = {seq for log in logs if log.is_sealed for seq in _kept(log, party)}
    names = {orjson.loads(ledger.raw[seq])["id"] for seq in kept}
    for event in ledger.other:
        # A correction says the results again.
        if names & {event["body"].get("target"), event["body"].get("subject")}:
            kept.add(event["seq"])
    return frozenset(kept)


def sealed_by_others(ledger: Ledger, party: str) -> frozenset[str]:
    """Return the lots of which others have sealed results under a contract, and a party has not.

    A seal without an issuer is nobody's, and so somebody else's.
    """
    if not any(
        event["schema"] == "attest/1" and event["body"]["type"] == SEALED for event in ledger.other
    ):
        return frozenset()
    found = set()
    for lot, log in exchange_logs(ledger).items():
        own = {one.extra.get(CONTRACT, "") for one in log.seals if one.issuer == party}
        others = {one.extra.get(CONTRACT, "") for one in log.seals if one.issuer != party}
        if others - own:
            found.add(lot)
    return frozenset(found)


def _kept(log: ExchangeLog, party: str) -> Iterator[int]:
    under: dict[str, set[str]] = {}
    by_id: dict[str, str] = {}
    for seal in log.seals:
        contract = seal.extra.get(CONTRACT, "")
        by_id[seal.id] = contract
        if seal.issuer is not None:
            under.setdefault(seal.issuer, set()).add(contract)
    own = under.get(party, set())
    for event in (*log.openings, *log.assays):
        if event.party in {None, party} or not _is_partys(event):
            continue
        named = {by_id[name] for name in event.refs if name in by_id}
        if (named or under.get(event.party or "", set())) - own:
            yield event.seq


def _is_partys(event: Logged) -> bool:
    """Return whether an event shows results of a seller or a buyer."""
    return event.body.get("type") == OPENED or event.body.get("role") in PARTIES


def check_spoken(view: View, draft: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Refuse what is said in an exchange in another's name, and what is opened too early.

    Raises
    ------
    NotAllowedError
        If so.
    """
    kind, issuer = body.get("type"), body.get("issuer")
    if kind not in SPOKEN:
        return
    party = view.person.party
    if issuer != draft.get("party") or (party is not None and issuer != party):
        message = f"{view.person.name} speaks for {party or draft.get('party') or 'nobody'} here"
        raise NotAllowedError(f"{message}, not for {issuer}")
    if kind == OPENED:
        _check_opening(view, draft, body)


def _check_opening(view: View, draft: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Refuse to open a seal that is not one's own, or while the other party has sealed nothing.

    Where a contract is there that makes the result of the party in time conclusive, it may be
    opened alone after the other's date.
    """
    ledger, lot = view.whole.ledger, str(body.get("subject", ""))
    log = exchange_log(ledger, lot)
    refs = set(draft.get("refs") or ())
    own = next((one for one in log.seals if one.id in refs), None)
    if own is None or own.issuer is None or own.issuer != body.get("issuer"):
        raise NotAllowedError("an opening names in refs the seal that it opens, its party's own")
    contract = own.extra.get(CONTRACT, "")
    under = [one for one in log.seals if one.extra.get(CONTRACT, "") == contract]
    if any(one.issuer not in {None, own.issuer} for one in under):
        return
    terms = contract_of(view, contract)
    rule = None if terms is None else exchange_rule(terms)
    if terms is not None and rule is not None:
        side = next((one for one in PARTIES if parties_of(terms)[one] == own.issuer), None)
        if side is not None and not may_open(exchange_now(view, lot, terms, rule), rule, side):
            return
    message = "the other party has not sealed yet; whoever opens first would show its results"
    raise NotAllowedError(message)


def contract_of(view: View, identity: str) -> Contract | None:
    """Return a contract that this person may know, None if there is none.

    What the ledger declares holds; a contract that was not imported yet is looked for in the
    folder.

    Raises
    ------
    InputError
        If it is not found and a file beside cannot be read; only who belongs to no party is told,
        since to others that would tell a contract that is hidden from one that is not there.
    """
    found = next((terms for terms in contracts_known(view) if terms.id == identity), None)
    folder = view.desk.folder
    if found is not None or folder is None or view.person.party is not None:
        return found
    return contract_of_folder(folder, identity)


def contracts_known(view: View) -> tuple[Contract, ...]:
    """Return the contracts of the ledger, and of the chain folder, that this person may know."""
    folder = view.desk.folder
    every = {terms.id: terms for terms in (() if folder is None else contracts_of_folder(folder))}
    every |= contracts_of(view.reading.ledger)[0]
    return tuple(terms for terms in every.values() if _may_know(view, terms))


def _may_know(view: View, terms: Contract) -> bool:
    """Return whether somebody belongs to a contract, or to no party at all."""
    return view.person.party in {None, terms.seller, terms.buyer}


def exchange_now(
    view: View, lot: str, terms: Contract, rule: ExchangeRule, today: date | None = None
) -> Exchange:
    """Return how far the exchange of a lot is, from what this person may see."""
    ledger, calendar = view.reading.ledger, rule.calendar
    return exchange_of(
        exchange_log(ledger, lot, terms.id),
        rule,
        today=today or calendar.day_of(view.desk.now()),
        start=event_day(ledger, lot, rule.days_from, calendar),
        parties=parties_of(terms),
        contract=terms.id,
    )
