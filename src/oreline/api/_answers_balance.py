"""Does it close: accounts of sites and events, outturns, recoveries, what another assay does."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from oreline.api._answering import answering
from oreline.api._kept import kept_answering
from oreline.api._views import View
from oreline.balance import (
    Trip,
    balance_events,
    balance_sites,
    recovery,
    shipment_outturn,
    transit,
    what_if_grade,
)
from oreline.model import InputError
from oreline.record import replacement_of
from oreline.settle import contracts_of

WHOLE_ONLY = "this adds up sites of several parties; ask for one of your own"


@kept_answering
def site_accounts(
    view: View, element: str, site: str | None = None, period: str = "month"
) -> dict[str, Any]:
    """Return the account of an element at each site and period; a party's own sites only."""
    reading = view.reading
    found = balance_sites(
        reading.books,
        reading.element(element),
        site,
        _period(period),
        time_zone=reading.zone,
    )
    answer = found.to_json()
    answer["time_zone"] = reading.zone
    answer["period"] = period
    if view.is_partial:
        answer["sites"] = [row for row in answer["sites"] if view.sees_site(row["site"])]
        answer["chain"], answer["findings"] = [], []
    answer["names"] = {row["site"]: _site_name(view, row["site"]) for row in answer["sites"]}
    return answer


def _site_name(view: View, site: str) -> str:
    known = view.reading.chain.sites.get(site)
    return site if known is None else known.name


def _period(text: str) -> Any:
    start, separator, end = text.partition("..")
    return (start, end) if separator else text


@kept_answering
def event_accounts(
    view: View, element: str, event: str | None = None, *, open_only: bool = False, limit: int = 500
) -> dict[str, Any]:
    """Return the balance of an element over processes, blends, splits and consumptions."""
    reading = view.reading
    wanted = None if event is None else [event]
    answer = balance_events(reading.books, reading.element(element), wanted).to_json()
    rows = answer["events"]
    if open_only:
        rows = [row for row in rows if row["verdict"] != "CLOSES"]
    return {**answer, "events": rows[:limit], "total": len(rows)}


@kept_answering
def recoveries(view: View, element: str, period: str = "month", by: str = "site") -> dict[str, Any]:
    """Return the recovery of each site or unit: metal in products for metal in feed."""
    if by not in {"site", "unit"}:
        raise InputError(f"recovery is told by site or unit, not by {by!r}")
    if view.is_partial and by == "unit":
        raise InputError("a party sees recovery by site")
    reading = view.reading
    found = recovery(
        reading.books,
        reading.element(element),
        _period(period),
        by="unit" if by == "unit" else "site",
        time_zone=reading.zone,
    )
    answer = found.to_json()
    if view.is_partial:
        rows = answer["recoveries"]
        answer["recoveries"] = [row for row in rows if view.sees_site(row["circuit"])]
    return answer


@kept_answering
def outturns(
    view: View, element: str, franchise_pct: str | None = None, lot: str | None = None
) -> dict[str, Any]:
    """Return what was dispatched against what arrived, per lot and container, in dry mass.

    The franchise is the one given, else the one that a contract of the ledger declares for the two
    parties, else UNKNOWN.
    """
    reading = view.reading
    trips = transit(reading.books, reading.element(element))
    given = None if franchise_pct in {None, ""} else _decimal(str(franchise_pct))
    packed = _packed(view)
    groups: dict[tuple[str, str], list[Trip]] = {}
    for trip in trips:
        if lot is not None and trip.lot != lot:
            continue
        if not trip.metal_carried.high_mg and trip.metal_carried.low_mg is not None:
            continue  # it carries none of the element
        groups.setdefault((trip.receipt, trip.dispatch), []).append(trip)
    shipments = []
    for (_, dispatch), members in groups.items():
        agreed = given if given is not None else _agreed(view, dispatch)
        told = shipment_outturn(members, agreed).to_json()
        told["franchise_pct"] = None if agreed is None else str(agreed)
        for row in told["trips"]:
            if row["lot"] in packed:
                row["containers"] = [packed[row["lot"]]]
        shipments.append(told)
    under_way = [
        {"dispatch": event, "lot": name} for event, name in trips.under_way if lot in {None, name}
    ]
    return {"element": element, "shipments": shipments, "under_way": under_way}


def _packed(view: View) -> dict[str, str]:
    """Return the container that each lot was last packed into."""
    events = [event for event in view.reading.ledger.other if event["schema"] == "pack/1"]
    events.sort(key=lambda event: (event["time"], event["seq"]))
    return {lot: event["body"]["container"] for event in events for lot in event["body"]["lots"]}


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise InputError(f"{text!r} is no number of per cent") from error
    if not value.is_finite():
        raise InputError(f"{text!r} is no number of per cent")
    return value


def _agreed(view: View, dispatch: str) -> Decimal | None:
    """Return the franchise that a declared contract between the dispatch's parties states."""
    event = view.reading.ledger.find(dispatch)
    pair = {event.get("party"), event.get("to_party")}
    ledger, day = view.reading.ledger, event["time"][:10]
    for terms in contracts_of(ledger, day)[0].values():
        clause = terms.weight
        if {terms.seller, terms.buyer} == pair and clause and clause.franchise_pct is not None:
            return clause.franchise_pct
    for version in ledger.current("contract", day).values():
        data: Mapping[str, Any] = version.data
        if {data.get("seller"), data.get("buyer")} == pair and data.get("franchise_pct"):
            return _decimal(str(data["franchise_pct"]))
    return None


@kept_answering
def what_if(
    view: View,
    subject: str,
    symbol: str,
    value: str,
    *,
    element: str | None = None,
    unit: str | None = None,
    period: str = "month",
) -> dict[str, Any]:
    """Return what changes if one grade were another: metal, accounts and verdicts."""
    reading = view.reading
    ledger = reading.ledger
    is_lot = subject in ledger.columns.lots.index
    if not is_lot and subject not in reading.row_of_event:
        raise InputError(f"no event in force and no lot is called {subject}")
    answer = what_if_grade(
        ledger,
        subject,
        symbol,
        value,
        element=element,
        unit=unit,
        period=_period(period),
        time_zone=reading.zone,
        books=reading.books,
    ).to_json()
    if view.is_partial:
        answer["sites"] = [row for row in answer["sites"] if view.sees_site(row["where"])]
        own = {row["where"] for name in ("lots", "events", "sites") for row in answer[name]}
        answer["verdicts"] = [row for row in answer["verdicts"] if row["where"] in own]
    return answer


@answering
def grade_correction(
    view: View, event: str, symbol: str, value: str, reason: str
) -> dict[str, Any]:
    """Return the correction that would make another grade of an event count, to be appended."""
    found = view.reading.ledger.find(event)
    results = found["body"].get("results", ())
    places = [place for place, item in enumerate(results) if item["analyte"] == symbol]
    if len(places) != 1:
        raise InputError(f"{event} states {symbol} {len(places)} times; correct it under Record")
    replacement = replacement_of(found, [f"body.results.{places[0]}.value={value}"])
    return {
        "target": event,
        "action": "replace",
        "reason": reason,
        "replacement": replacement,
    }
