"""Flows and what is known of lots, against a look at one line after another."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1] / "balance"))

from balance_ledgers import books, event
from random_plants import SITES, plants

from oreline.ask._flow import element_flow
from oreline.ask._known import Shipment, gather_known
from oreline.model import UNBOUNDED_MG
from oreline.record import IN, LOSS, OUT, Books, Ledger

Event = dict[str, Any]
MATERIALS = ("ore", "concentrate", "same", "unsaid")
NAMES = {"concentrate": "as one", "same": "as one", "b": "the port"}
DECLARED = [
    event("declare", "d-ore", "2024-01-01", {"type": "material", "id": "ore",
          "data": {"name": "ore", "form": "ore", "hs_code": "2603"}}),
    event("declare", "d-same", "2024-01-01", {"type": "material", "id": "same",
          "data": {"name": "same", "form": "not stated"}}),
    *(
        event("declare", f"d-{site}", "2024-01-01", {"type": "site", "id": site,
              "data": {"name": site, "kind": kind, "country": country}})
        for site, kind, country in (("a", "mine", "PK"), ("b", "port", "PK"), ("c", "plant", "US"))
    ),
]  # fmt: skip


@st.composite
def trades(draw: st.DrawFn) -> Books:
    """Draw the books of a plant whose lots are of materials, some of which are sent away."""
    events = draw(plants())
    for one in events:
        for made in one["body"].get("outputs", ()):
            if material := draw(st.sampled_from((*MATERIALS, None))):
                made["material"] = material
        if one["schema"] == "dispatch/1":
            one["to_site"] = draw(st.sampled_from(SITES))
            one["body"]["documents"] = draw(st.sampled_from(([], ["B/L 7"])))
        if one["schema"] == "process/1" and draw(st.booleans()):
            one["body"]["losses"] = [
                {"stream": "dust", "dry": {**one["body"]["outputs"][0]["dry"]}}
            ]
    return books([*DECLARED, *events])


def bags_by_line(held: Books, element: str) -> tuple[Any, Any, dict[int, str]]:
    """Return what went in and out of each event by node, and what each lot is in the end."""
    columns, book, lines = held.ledger.columns, held.book(element), held.lines
    sides: tuple[Any, Any] = (defaultdict(dict), defaultdict(dict))
    called: dict[int, str] = {}
    for at in lines.order.tolist():
        side, where, lot = int(lines.side[at]), int(lines.event[at]), int(lines.lot[at])
        number = columns.lines.material[at]
        if number >= 0:
            material = columns.materials.names[number]
            called[lot] = NAMES.get(material, material)
        low, high = book.metal[at].tolist()
        if side in {IN, OUT, LOSS} and low == high and low > 0:
            node = "declared loss" if side == LOSS else called.get(lot, "material not stated")
            bag = sides[side != IN][where]
            bag[node] = bag.get(node, 0) + low
    return *sides, called


def flow_by_line(
    held: Books, element: str, shipments: tuple[Shipment, ...]
) -> dict[tuple[str, str], int]:
    """Sum flows line by line, in the order in which lines act."""
    taken, given_out, called = bags_by_line(held, element)
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for where, inputs in taken.items():
        outputs = given_out.get(where, {})
        entered, left = sum(inputs.values()), sum(outputs.values())
        for source, part_in in inputs.items() if outputs else ():
            for target, part_out in outputs.items():
                if source != target:
                    sums[source, target] += part_in * part_out // max(entered, left)
            if entered > left and set(inputs) != set(outputs):
                sums[source, "unaccounted"] += part_in * (entered - left) // entered
    made, metal = {}, held.book(element).metal.tolist()
    for at, (low, high) in enumerate(metal):
        if held.lines.side[at] == OUT and low == high:
            made[int(held.lines.lot[at])] = low
    for shipment in shipments:
        to = NAMES.get(shipment.to_site or "", shipment.to_site or "")
        for lot in (held.ledger.columns.lots.index[name] for name in shipment.lots):
            sums[called.get(lot, "material not stated"), to] += made.get(lot, 0)
            sums[to, "next processor: UNKNOWN"] += made.get(lot, 0)
    return {link: mass for link, mass in sums.items() if mass > 0}


@given(trades())
def test_flows_are_those_of_one_line_after_another(held: Books) -> None:
    for element in held.elements:
        for shipments in ((), gather_known(held.ledger).shipments):
            found = element_flow(held, element, NAMES, shipments)
            assert {
                (link.source, link.target): link.mass_mg for link in found.links
            } == flow_by_line(held, element, shipments)
            masses = [link.mass_mg for link in found.links]
            assert masses == sorted(masses, reverse=True)


def known_by_line(ledger: Ledger) -> set[tuple[str, str]]:
    """Return what is known of which lot, line by line and event by event."""
    columns, lines, found = ledger.columns, ledger.columns.lines, set()
    for at, lot in enumerate(lines.lot):
        name = columns.lots.names[lot] if lot >= 0 else ""
        if min(lines.wet_high[at], lines.dry_high[at]) < UNBOUNDED_MG:
            found.add(("mass", name))
        if lines.dry_high[at] < UNBOUNDED_MG or lines.moisture_low[at] >= 0:
            found.add(("moisture", name))
        material = lines.material[at]
        if material >= 0 and columns.materials.names[material] == "ore":
            found |= {("form", name), ("hs_code", name)}
    for seq in ledger.raw:
        found |= known_by_event(ledger.event(seq))
    return found


def known_by_event(told: Event) -> set[tuple[str, str]]:
    """Return what one event makes known."""
    kind, body, site = told["schema"].partition("/")[0], told["body"], told.get("site")
    found = {("assay", line["lot"]) for line in body.get("outputs", ()) if line.get("grades")}
    if kind in {"process", "blend", "consume"}:
        found |= {("next_processor", line["lot"]) for line in body["inputs"]}
    if kind == "receive" and site != "b":
        found |= {("receiving_plant", line["lot"]) for line in body["lots"]}
    if kind == "dispatch" and site == "b":
        found |= {("port_of_loading", line["lot"]) for line in body["lots"]}
    return found


@given(trades())
def test_what_is_known_of_lots_is_what_their_lines_say(held: Books) -> None:
    ledger = held.ledger
    known = gather_known(ledger)
    told = known_by_line(ledger)
    for subject in known.flags:
        for lot in ledger.columns.lots.names:
            assert known.has(subject, lot) == ((subject, lot) in told), (subject, lot)
    sent = [ledger.event(seq) for seq in ledger.raw if b"dispatch/1" in ledger.raw[seq]]
    abroad = [one["id"] for one in sent if (one["site"] == "c") != (one["to_site"] == "c")]
    assert [one.event for one in known.shipments] == abroad
    assert gather_known(ledger) is known


def test_one_who_asks_is_given_what_was_found_for_another_ledger_never() -> None:
    plain = books([event("extract", "e1", "2025-01-01", {"outputs": [{"lot": "m:L1"}]}, site="a")])
    other = books([event("extract", "e1", "2025-01-01", {"outputs": [{"lot": "m:L2"}]}, site="a")])
    assert set(gather_known(plain.ledger).number) == {"m:L1"}
    assert set(gather_known(other.ledger).number) == {"m:L2"}
