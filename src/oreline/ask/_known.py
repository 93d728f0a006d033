"""What the ledger knows of each lot, whoever said it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from oreline.model import UNBOUNDED_MG
from oreline.record import Ledger

NOT_STATED = "not stated"
"""What a report's form is written as where it does not give one."""
_PAPERS = ("bill-of-lading", "bill of lading")
_MOVES = frozenset({"dispatch", "receive"})


@dataclass(frozen=True, slots=True)
class Shipment:
    """A dispatch into another country: its event, its lots, and where it went from and to."""

    event: str
    lots: tuple[str, ...]
    site: str | None
    to_site: str | None
    documents: tuple[str, ...]
    mode: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """For each subject the lots of which it is known; and the shipments across a border."""

    lots: Mapping[str, frozenset[str]]
    shipments: tuple[Shipment, ...]
    paper_of: frozenset[str]

    def has(self, subject: str, lot: str) -> bool:
        """Return whether a subject is known of a lot."""
        return lot in self.lots.get(subject, frozenset())


def gather_known(ledger: Ledger) -> Known:
    """Return what a ledger knows, in one pass over its columns and one over its movements."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for subject, lot in (*_from_lines(ledger), *_from_grades(ledger), *_from_forms(ledger)):
        found[subject].add(lot)
    shipments: list[Shipment] = []
    for event in _moves(ledger):
        lots = tuple(line["lot"] for line in event["body"]["lots"])
        if event["schema"] == "receive/1":
            if _kind(ledger, event.get("site")) not in {"port", ""}:
                found["receiving_plant"].update(lots)
            continue
        if _kind(ledger, event.get("site")) == "port":
            found["port_of_loading"].update(lots)
        if _is_abroad(ledger, event):
            shipments.append(_shipment(event, lots))
    papers = _from_papers(ledger, found)
    known = {subject: frozenset(lots) for subject, lots in found.items()}
    return Known(known, tuple(shipments), papers)


def _from_lines(ledger: Ledger) -> Iterator[tuple[str, str]]:
    lines, names = ledger.columns.lines, ledger.columns.lots.names
    kinds, events = ledger.columns.kinds.names, ledger.columns.events
    for number, lot in enumerate(lines.lot):
        if lot < 0:
            continue
        if min(lines.wet_high[number], lines.dry_high[number]) < UNBOUNDED_MG:
            yield "mass", names[lot]
        if lines.moisture_low[number] >= 0 or lines.dry_high[number] < UNBOUNDED_MG:
            yield "moisture", names[lot]
        if kinds[events.kind[lines.event[number]]] in {"process", "blend", "consume"} and (
            lines.side[number] == 0
        ):
            yield "next_processor", names[lot]


def _from_grades(ledger: Ledger) -> Iterator[tuple[str, str]]:
    columns = ledger.columns
    grades, names = columns.grades, columns.lots.names
    for number, lot in enumerate(grades.lot):
        of = lot if lot >= 0 else columns.lines.lot[grades.line[number]]
        if of >= 0:
            water = columns.analytes.names[grades.analyte[number]] == "H2O"
            yield "moisture" if water else "assay", names[of]


def _from_forms(ledger: Ledger) -> Iterator[tuple[str, str]]:
    materials = ledger.current("material")
    pairs = {
        (ledger.columns.lots.names[lot], ledger.columns.materials.names[material])
        for lot, material in zip(
            ledger.columns.lines.lot, ledger.columns.lines.material, strict=True
        )
        if lot >= 0 and material >= 0
    }
    for event in ledger.observed:
        for seen in event["body"]["lots"]:
            if seen.get("form", NOT_STATED) != NOT_STATED:
                yield "form", seen["lot"]
            if "material" in seen:
                pairs.add((seen["lot"], seen["material"]))
    for lot, material in sorted(pairs):
        data = materials[material].data if material in materials else {}
        if (data.get("form") or NOT_STATED) != NOT_STATED:
            yield "form", lot
        if data.get("hs_code"):
            yield "hs_code", lot


def _moves(ledger: Ledger) -> Iterator[Mapping[str, Any]]:
    events, kinds = ledger.columns.events, ledger.columns.kinds.names
    for row, kind in enumerate(events.kind):
        if kinds[kind] in _MOVES:
            yield ledger.event(events.seq[row])


def _kind(ledger: Ledger, site: str | None) -> str:
    versions = ledger.declared.get("site", {}).get(site or "", ())
    return str(versions[-1].data.get("kind") or "") if versions else ""


def _country(ledger: Ledger, site: str | None) -> str | None:
    versions = ledger.declared.get("site", {}).get(site or "", ())
    country = versions[-1].data.get("country") if versions else None
    return None if country is None else str(country)


def _is_abroad(ledger: Ledger, event: Mapping[str, Any]) -> bool:
    here = _country(ledger, event.get("site"))
    there = _country(ledger, event.get("to_site"))
    return here is not None and there is not None and here != there


def _shipment(event: Mapping[str, Any], lots: tuple[str, ...]) -> Shipment:
    body = event["body"]
    return Shipment(
        event["id"],
        lots,
        event.get("site"),
        event.get("to_site"),
        tuple(body.get("documents", ())),
        body.get("mode"),
    )


def _from_papers(ledger: Ledger, found: Mapping[str, set[str]]) -> frozenset[str]:
    """Add title and price; return the events for which a bill of lading was attested."""
    papers: set[str] = set()
    for event in ledger.other:
        body = event["body"]
        if event["schema"] == "transfer/1":
            found["title"].update(body["lots"])
        elif event["schema"] == "attest/1" and body["type"].casefold() in _PAPERS:
            papers.add(body["subject"])
        elif event["schema"] == "money/1" and body["type"] in {"invoice", "price_fixing"}:
            for identity in event.get("refs", ()):
                found["price"].update(_lots_of(ledger, identity))
    return frozenset(papers)


def _lots_of(ledger: Ledger, identity: str) -> tuple[str, ...]:
    """Return the lots of the event that an invoice refers to."""
    if identity not in ledger.columns.events.id:
        return ()
    lots = ledger.find(identity)["body"].get("lots", ())
    return tuple(line["lot"] if isinstance(line, Mapping) else line for line in lots)
