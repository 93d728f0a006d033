"""How much of an element goes from material to material: what a Sankey diagram shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.ask._known import Shipment
from oreline.model import mass_text
from oreline.record import BASES, IN, LOSS, OUT, Books, instant_text

UNACCOUNTED = "unaccounted"
LOST = "declared loss"
NEXT = "next processor: UNKNOWN"


@dataclass(frozen=True, slots=True)
class FlowLink:
    """The metal that went from one node to another in the whole time."""

    source: str
    target: str
    mass_mg: int


@dataclass(frozen=True, slots=True)
class ElementFlow:
    """The flows of an element between materials, over everything that a ledger has in force.

    ``basis`` is the weakest basis that the lines rest on.
    """

    element: str
    basis: str
    start: str
    end: str
    links: tuple[FlowLink, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each link, the largest first."""
        return pl.DataFrame(
            [(link.source, link.target, mass_text(link.mass_mg, "kg")) for link in self.links],
            schema=["from", "to", f"{self.element}_kg"],
            orient="row",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the flows with masses as decimal text in kilograms."""
        return {
            "element": self.element,
            "basis": self.basis,
            "start": self.start,
            "end": self.end,
            "links": self.to_frame().to_dicts(),
        }


def element_flow(
    books: Books, element: str, names: Mapping[str, str], shipments: tuple[Shipment, ...]
) -> ElementFlow:
    """Sum an element's flows by material.

    What an event takes in is spread over what it gives in proportion; what it takes in more than it
    gives is unaccounted. Mixing within one material is no flow,
    nor is metal that is known only within bounds. What is sent abroad goes on to the
    buyer, and from there to a next processor that the books do not know.

    Parameters
    ----------
    names
        The name of each material and site, by id.
    shipments
        The dispatches abroad.
    """
    columns, book = books.ledger.columns, books.book(element)
    lines = books.lines
    taken: defaultdict[int, dict[str, int]] = defaultdict(dict)
    given: defaultdict[int, dict[str, int]] = defaultdict(dict)
    lot_material: dict[int, str] = {}
    rank = 0
    for line in lines.order.tolist():
        side, event, lot = int(lines.side[line]), int(lines.event[line]), int(lines.lot[line])
        number = columns.lines.material[line]
        if number >= 0 and lot >= 0:
            identity = columns.materials.names[number]
            lot_material[lot] = names.get(identity, identity)
        low, high = book.metal[line].tolist()
        if side not in {IN, OUT, LOSS} or low != high or low <= 0:
            continue  # metal that is only bounded is no flow that a picture could show
        node = LOST if side == LOSS else lot_material.get(lot, "material not stated")
        bag = taken[event] if side == IN else given[event]
        bag[node] = bag.get(node, 0) + low
        rank = max(rank, int(book.basis[line]))
    sums = _links(taken, given)
    _add_shipments(sums, books, element, shipments, lot_material, names)
    times = [columns.events.time_us[event] for event in taken]
    return ElementFlow(
        element,
        BASES[rank],
        _day(min(times, default=0)),
        _day(max(times, default=0)),
        tuple(
            FlowLink(source, target, mass)
            for (source, target), mass in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
            if mass > 0
        ),
    )


def _links(
    taken: Mapping[int, Mapping[str, int]], given: Mapping[int, Mapping[str, int]]
) -> defaultdict[tuple[str, str], int]:
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for event, inputs in taken.items():
        outputs = dict(given.get(event, {}))
        if not outputs:
            continue
        entered, left = sum(inputs.values()), sum(outputs.values())
        whole = max(entered, left)
        for source, mass in inputs.items():
            for target, part in outputs.items():
                if source != target:
                    sums[source, target] += mass * part // whole
            if entered > left and set(inputs) != set(outputs):
                sums[source, UNACCOUNTED] += mass * (entered - left) // entered
    return sums


def _add_shipments(
    sums: defaultdict[tuple[str, str], int],
    books: Books,
    element: str,
    shipments: tuple[Shipment, ...],
    lot_material: Mapping[int, str],
    names: Mapping[str, str],
) -> None:
    book, number = books.book(element), books.ledger.columns.lots.index
    lines = books.lines
    made: dict[int, int] = {}
    for line in range(lines.side.size):
        low, high = book.metal[line].tolist()
        if lines.side[line] == OUT and low == high:
            made[int(lines.lot[line])] = low
    for shipment in shipments:
        buyer = names.get(shipment.to_site or "", shipment.to_site or "buyer not stated")
        for name in shipment.lots:
            lot = number[name]
            mass = made.get(lot, 0)
            if mass > 0:
                sums[lot_material.get(lot, "material not stated"), buyer] += mass
                sums[buyer, NEXT] += mass


def _day(time_us: int) -> str:
    return instant_text(time_us)[:10]
