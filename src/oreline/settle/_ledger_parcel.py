"""A parcel as the ledger has it: containers summed into lots, results, and the days that count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson

from oreline.record import Ledger
from oreline.settle._calendar import calendar_of
from oreline.settle._contract import Contract
from oreline.settle._exchange_log import ExchangeLog, Logged, exchange_logs
from oreline.settle._lot_assays import assays_of
from oreline.settle._lot_weights import Carried, weighed_at
from oreline.settle._movements import Touch, samples_of, touches_of
from oreline.settle._parcel import Parcel, SettlementLot
from oreline.settle._shipments import Shipment, find_shipment
from oreline.settle._umpire_fees import fees_of

DayOf = Callable[[str], str]
"""The day of a moment, as the contract counts days."""


@dataclass(frozen=True, slots=True)
class _Happened:
    """The day of an event of the contract, and the events that say so."""

    day: str
    evidence: str


def parcel_of(ledger: Ledger, contract: Contract, shipment: Shipment | str, on: date) -> Parcel:
    """Return a shipment as a parcel to be settled, from what had happened by a day.

    Each sampling lot has the weights of its containers, summed, at loading and at discharge; the
    results of each role; and the outcome of the exchange under the role ``settled``. Nothing is
    filled in: a container that nobody weighed, or whose moisture nobody states, leaves the mass of
    its lot UNKNOWN with the reason.

    Days: ``shipment`` is the dispatch on the main carriage, ``arrival`` the last receipt of the
    containers before the buyer moves them on (absent until all have arrived), ``sealing`` the last
    sample of the lots, ``delivery_note`` and ``signature`` what was attested, ``invoice`` and
    ``final_invoice`` the first such invoice. Days are those of the contract's time zone.

    Parameters
    ----------
    shipment
        A shipment, or what names one: its dispatch, a document, a lot.
    on
        What happened later is left out.

    Raises
    ------
    InputError
        If the shipment is not there, or is not the only one of that name.
    """
    if isinstance(shipment, str):
        shipment = find_shipment(ledger, contract, shipment)
    parts = [part for found in shipment.parts.values() for part in found]
    every = touches_of(ledger, {*shipment.parts, *parts})
    left = next(one.at for part in parts for one in every[part] if one.id == shipment.id)
    day_of = calendar_of(contract.calendar).text_of
    touches = _until(every, on, day_of)
    logs = exchange_logs(ledger, contract.id, {*shipment.parts, *parts})
    logs = {lot: _log_until(ledger, log, on, day_of) for lot, log in logs.items()}
    came = {part: found for part in parts if (found := _arrival(touches[part], left, contract))}
    happened = _days(ledger, contract, shipment, came, on)
    lots = []
    for lot, own in shipment.parts.items():
        carried = Carried(
            lot,
            own,
            lot in shipment.whole,
            touches,
            logs,
            left,
            {part: came[part] for part in own if part in came},
        )
        log = logs.get(lot, ExchangeLog(lot, (), (), (), (), ()))
        start = _start(contract, happened)
        assays, calls = assays_of(contract, log, on, start)
        lots.append(
            SettlementLot(
                lot,
                weighed_at(carried, "loading"),
                weighed_at(carried, "discharge"),
                assays,
                own,
                lot in shipment.whole,
                calls,
            )
        )
    return Parcel(
        shipment.id,
        tuple(lots),
        {name: found.day for name, found in happened.items()},
        {name: found.evidence for name, found in happened.items()},
        fees_of(ledger, contract, shipment.parts, on.isoformat()),
    )


def _start(contract: Contract, happened: Mapping[str, _Happened]) -> date | None:
    """Return the day that the deadlines of the exchange are counted from."""
    if contract.assays is None:
        return None
    found = happened.get(contract.assays.deadline_from)
    return None if found is None else date.fromisoformat(found.day)


def _until(
    touches: Mapping[str, Sequence[Touch]], on: date, day_of: DayOf
) -> dict[str, list[Touch]]:
    last = on.isoformat()
    return {
        lot: [one for one in found if day_of(one.event["time"]) <= last]
        for lot, found in touches.items()
    }


def _log_until(ledger: Ledger, log: ExchangeLog, on: date, day_of: DayOf) -> ExchangeLog:
    last = on.isoformat()

    def kept(entries: Iterable[Logged]) -> tuple[Logged, ...]:
        return tuple(
            one for one in entries if day_of(orjson.loads(ledger.raw[one.seq])["time"]) <= last
        )

    return replace(
        log,
        seals=kept(log.seals),
        openings=kept(log.openings),
        assays=kept(log.assays),
        extensions=kept(log.extensions),
        accepted=kept(log.accepted),
    )


def _arrival(touches: Sequence[Touch], left: tuple[int, int], contract: Contract) -> Touch | None:
    """Return the last receipt of a part before the buyer moved it on."""
    came = None
    for touch in touches:
        if touch.at <= left:
            continue
        if touch.kind == "dispatch" and touch.event.get("party") == contract.buyer:
            break
        if touch.line["side"] == "inputs":
            break
        if touch.kind == "receive":
            came = touch
        elif touch.kind == "dispatch":
            # It is on its way again: where it comes to next is where it arrives.
            came = None
    return came


def _days(
    ledger: Ledger,
    contract: Contract,
    shipment: Shipment,
    came: Mapping[str, Touch],
    on: date,
) -> dict[str, _Happened]:
    last, day_of = on.isoformat(), calendar_of(contract.calendar).text_of
    found: dict[str, _Happened] = {}
    if shipment.day <= last:
        found["shipment"] = _Happened(shipment.day, shipment.id)
    parts = [part for own in shipment.parts.values() for part in own]
    if all(part in came for part in parts):
        latest = max((came[part] for part in parts), key=lambda touch: touch.at)
        found["arrival"] = _Happened(day_of(latest.event["time"]), latest.id)
    sealed = _last_samples(ledger, shipment, last, day_of)
    if sealed is not None:
        found["sealing"] = sealed
    for name, day, identity in _said(ledger, contract, shipment):
        if day <= last and (name not in found or day < found[name].day):
            found[name] = _Happened(day, identity)
    return found


def _last_samples(ledger: Ledger, shipment: Shipment, last: str, day_of: DayOf) -> _Happened | None:
    """Return when the last lot was sampled; None as long as one was not."""
    samples = samples_of(ledger, shipment.parts)
    final = []
    for lot in shipment.parts:
        taken = [event for event in samples[lot] if day_of(event["time"]) <= last]
        if not taken:
            return None
        final.append(taken[-1])
    event = max(final, key=lambda event: (event["time"], event["seq"]))
    return _Happened(day_of(event["time"]), event["id"])


def _said(ledger: Ledger, contract: Contract, shipment: Shipment) -> Iterator[tuple[str, str, str]]:
    """Yield what was attested of the contract or the shipment, and its invoices."""
    about = {shipment.id, *shipment.documents, *shipment.lots}
    about |= {part for own in shipment.parts.values() for part in own}
    day_of = calendar_of(contract.calendar).text_of
    for event in ledger.other:
        body: Mapping[str, Any] = event["body"]
        day, identity = day_of(event["time"]), event["id"]
        if event["schema"] == "attest/1":
            kind = body["type"].replace("-", "_")
            if kind == "signature" and body["subject"] == contract.id:
                yield kind, day, identity
            if kind == "delivery_note" and body["subject"] in about:
                yield kind, day, identity
        elif _invoices(event, contract) and about & set(body.get("lots", ())):
            yield "invoice", day, identity
            if body.get("stage") == "final":
                yield "final_invoice", day, identity


def _invoices(event: Mapping[str, Any], contract: Contract) -> bool:
    body = event["body"]
    is_invoice = event["schema"] == "money/1" and body["type"] == "invoice"
    between = {event.get("party"), event.get("to_party")} == {contract.seller, contract.buyer}
    return bool(is_invoice and between and body.get("contract") == contract.id)
