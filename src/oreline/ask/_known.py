"""What the ledger knows of each lot, whoever said it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oreline.model import UNBOUNDED_MG
from oreline.record import IN, Ledger

Flags = npt.NDArray[np.bool_]

NOT_STATED = "not stated"
"""What a report's form is written as where it does not give one."""
_PAPERS = ("bill-of-lading", "bill of lading")
_NONE: frozenset[str] = frozenset()


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
    """For each subject the lots of which it is known; and the shipments across a border.

    ``flags`` say it of the lots of a ledger by their number, ``lots`` of those that papers name.
    """

    number: Mapping[str, int]
    flags: Mapping[str, Flags]
    lots: Mapping[str, frozenset[str]]
    shipments: tuple[Shipment, ...]
    paper_of: frozenset[str]

    def has(self, subject: str, lot: str) -> bool:
        """Return whether a subject is known of a lot."""
        number = self.number.get(lot)
        if number is not None and subject in self.flags and self.flags[subject][number]:
            return True
        return lot in self.lots.get(subject, _NONE)


def gather_known(ledger: Ledger) -> Known:
    """Return what a ledger knows; looked for once in a ledger, for a large one has many lots."""
    return ledger.once(_gathered)


def _gathered(ledger: Ledger) -> Known:
    index = ledger.columns.lots.index
    flags = {
        name: np.zeros(len(index), np.bool_)
        for name in (
            "mass", "moisture", "next_processor", "assay", "form", "hs_code", "receiving_plant",
            "port_of_loading",
        )
    }  # fmt: skip
    _from_lines(ledger, flags)
    _from_grades(ledger, flags)
    _from_forms(ledger, flags)
    abroad = _from_moves(ledger, flags)
    found: defaultdict[str, set[str]] = defaultdict(set)
    papers = _from_papers(ledger, found)
    named = {subject: frozenset(lots) for subject, lots in found.items()}
    return Known(index, flags, named, tuple(_shipment(event) for event in abroad), papers)


def _from_lines(ledger: Ledger, flags: Mapping[str, Flags]) -> None:
    lines = ledger.columns.lines
    lot, side = np.array(lines.lot, np.int64), np.array(lines.side, np.int64)
    dry_high = np.array(lines.dry_high, np.int64)
    has_dry = dry_high < UNBOUNDED_MG
    has_mass = has_dry | (np.array(lines.wet_high, np.int64) < UNBOUNDED_MG)
    has_water = has_dry | (np.array(lines.moisture_low, np.int64) >= 0)
    changed = _kind_of_lines(ledger, ("process", "blend", "consume")) & (side == IN)
    of_lot = lot >= 0
    for name, stated in (("mass", has_mass), ("moisture", has_water), ("next_processor", changed)):
        flags[name][lot[of_lot & stated]] = True


def _kind_of_lines(ledger: Ledger, kinds: Sequence[str]) -> Flags:
    """Return which lines belong to events of some kinds."""
    columns = ledger.columns
    wanted = [columns.kinds.index[name] for name in kinds if name in columns.kinds.index]
    of_event = np.isin(np.array(columns.events.kind, np.int64), wanted)
    found: Flags = of_event[np.array(columns.lines.event, np.int64)]
    return found


def _from_grades(ledger: Ledger, flags: Mapping[str, Flags]) -> None:
    columns = ledger.columns
    lot, line, what = (
        np.array(one, np.int64)
        for one in (columns.grades.lot, columns.grades.line, columns.grades.analyte)
    )
    of_line = np.array(columns.lines.lot, np.int64)
    known = lot.copy()
    on_line = (lot < 0) & (line >= 0)
    known[on_line] = of_line[line[on_line]]
    is_water = what == columns.analytes.index.get("H2O", -2)
    flags["moisture"][known[is_water & (known >= 0)]] = True
    flags["assay"][known[~is_water & (known >= 0)]] = True


def _from_forms(ledger: Ledger, flags: Mapping[str, Flags]) -> None:
    columns, materials = ledger.columns, ledger.current("material")
    forms: dict[str, bool] = {}
    codes: dict[str, bool] = {}
    for name in (*columns.materials.names, *materials):
        data = materials[name].data if name in materials else {}
        forms[name] = (data.get("form") or NOT_STATED) != NOT_STATED
        codes[name] = bool(data.get("hs_code"))
    lot, material = (np.array(one, np.int64) for one in (columns.lines.lot, columns.lines.material))
    stated = (lot >= 0) & (material >= 0)
    for subject, known in (("form", forms), ("hs_code", codes)):
        of_material = np.array([known[name] for name in columns.materials.names], np.bool_)
        if of_material.any():
            flags[subject][lot[stated][of_material[material[stated]]]] = True
    for event in ledger.observed:
        for seen in event["body"]["lots"]:
            number = columns.lots.index[seen["lot"]]
            of = seen.get("material", "")
            flags["form"][number] |= seen.get("form", NOT_STATED) != NOT_STATED
            flags["form"][number] |= forms.get(of, False)
            flags["hs_code"][number] |= codes.get(of, False)


def _from_moves(ledger: Ledger, flags: Mapping[str, Flags]) -> list[Mapping[str, Any]]:
    """Say which lots left from a port and which came to a plant; return the dispatches abroad."""
    columns = ledger.columns
    events, lines, places = columns.events, columns.lines, columns.places.names
    kinds = [_kind(ledger, name) for name in places]
    is_port = np.array([kind == "port" for kind in kinds] + [False], np.bool_)
    is_plant = np.array([kind not in {"port", ""} for kind in kinds] + [False], np.bool_)
    site = np.array(events.site, np.int64)  # -1, where none is stated, is the last entry: neither
    lot, event = np.array(lines.lot, np.int64), np.array(lines.event, np.int64)
    came, left = _kind_of_lines(ledger, ("receive",)), _kind_of_lines(ledger, ("dispatch",))
    flags["receiving_plant"][lot[came & (lot >= 0) & is_plant[site[event]]]] = True
    flags["port_of_loading"][lot[left & (lot >= 0) & is_port[site[event]]]] = True
    number = columns.kinds.index.get("dispatch", -2)
    sent = np.flatnonzero(np.array(events.kind, np.int64) == number)
    countries: dict[str | None, int] = {None: -1}
    of_place = [countries.setdefault(_country(ledger, name), len(countries)) for name in places]
    country = np.array([*of_place, -1], np.int64)
    here, there = country[site[sent]], country[np.array(events.to_site, np.int64)[sent]]
    abroad = sent[(here >= 0) & (there >= 0) & (here != there)]
    return [ledger.event(events.seq[row]) for row in abroad.tolist()]


def _kind(ledger: Ledger, site: str | None) -> str:
    versions = ledger.declared.get("site", {}).get(site or "", ())
    return str(versions[-1].data.get("kind") or "") if versions else ""


def _country(ledger: Ledger, site: str | None) -> str | None:
    versions = ledger.declared.get("site", {}).get(site or "", ())
    country = versions[-1].data.get("country") if versions else None
    return None if country is None else str(country)


def _shipment(event: Mapping[str, Any]) -> Shipment:
    body = event["body"]
    return Shipment(
        event["id"],
        tuple(line["lot"] for line in body["lots"]),
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
    if identity not in ledger.row_of_event:
        return ()
    lots = ledger.find(identity)["body"].get("lots", ())
    return tuple(line["lot"] if isinstance(line, Mapping) else line for line in lots)
