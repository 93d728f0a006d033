"""How much of an element goes from material to material: what a Sankey diagram shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.ask._known import Shipment
from oreline.model import mass_text
from oreline.record import BASES, IN, LOSS, OUT, Book, Books, instant_text

Ints = npt.NDArray[np.int64]

UNACCOUNTED = "unaccounted"
LOST = "declared loss"
NEXT = "next processor: UNKNOWN"
NOT_STATED = "material not stated"


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
    order = books.lines.order
    side, event, lot = (
        one[order] for one in (books.lines.side, books.lines.event, books.lines.lot)
    )
    nodes = _Nodes(columns.materials.names, names)
    material = _materials_then(lot, nodes.of_material(np.array(columns.lines.material)[order]))
    low = book.metal[order, 0]
    # Metal that is only bounded is no flow that a picture could show.
    counts = np.isin(side, (IN, OUT, LOSS)) & (low == book.metal[order, 1]) & (low > 0)
    node = np.where(side == LOSS, nodes.number(LOST), material)
    node[node < 0] = nodes.number(NOT_STATED)
    enters = counts & (side == IN)
    taken = _bags(event[enters], node[enters], low[enters])
    leaves = counts & (side != IN)
    sums = _links(nodes.names, taken, _bags(event[leaves], node[leaves], low[leaves]))
    if shipments:
        last = _last_of(lot, material, len(columns.lots.names))
        _add_shipments(sums, books, book, shipments, nodes, last, names)
    time_us = np.array(columns.events.time_us, np.int64)[taken.event]
    return ElementFlow(
        element,
        BASES[int(book.basis[order][counts].max(initial=0))],
        _day(int(time_us.min()) if time_us.size else 0),
        _day(int(time_us.max()) if time_us.size else 0),
        tuple(
            FlowLink(source, target, mass)
            for (source, target), mass in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
            if mass > 0
        ),
    )


class _Nodes:
    """The nodes of a picture by number; things of one name are one node."""

    def __init__(self, materials: Sequence[str], names: Mapping[str, str]) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}
        own = [self.number(names.get(identity, identity)) for identity in materials]
        self._of_material = np.array([*own, -1], np.int64)

    def number(self, name: str) -> int:
        """Return the number of a node, a new one where none has this name."""
        number = self._numbers.setdefault(name, len(self._numbers))
        if number == len(self.names):
            self.names.append(name)
        return number

    def of_material(self, material: Ints) -> Ints:
        """Return the nodes of materials by their number, -1 where none is stated."""
        found: Ints = self._of_material[material]
        return found


def _materials_then(lot: Ints, stated: Ints) -> Ints:
    """Return of what each line's lot is at that line: what it was last stated to be, else -1."""
    by_lot = np.argsort(lot, kind="stable")
    place = np.arange(lot.size)
    is_said = stated[by_lot] >= 0
    begins = np.ones(lot.size, np.bool_)
    begins[1:] = lot[by_lot][1:] != lot[by_lot][:-1]
    # Where a lot begins nothing of the lot before it holds any more.
    last = np.maximum.accumulate(np.where(is_said | begins, place, 0))
    found = np.full(lot.size, -1, np.int64)
    found[by_lot] = stated[by_lot][last]
    found[lot < 0] = -1
    return found


def _last_of(lot: Ints, material: Ints, n_lots: int) -> Ints:
    """Return what each lot was stated to be in the end, -1 where nobody did."""
    found = np.full(n_lots, -1, np.int64)
    named = lot >= 0
    # Of an index that repeats, the last assignment holds: lines stand in the order they act.
    found[lot[named]] = material[named]
    return found


@dataclass(frozen=True, slots=True)
class _Bags:
    """The metal of one side of events by node: one entry for each event and node, by event."""

    event: Ints
    node: Ints
    mass: Ints


def _bags(event: Ints, node: Ints, mass: Ints) -> _Bags:
    order = np.lexsort((node, event))
    event, node, mass = event[order], node[order], mass[order]
    begins = np.ones(event.size, np.bool_)
    begins[1:] = (event[1:] != event[:-1]) | (node[1:] != node[:-1])
    starts = np.flatnonzero(begins)
    sums = np.add.reduceat(mass, starts) if starts.size else mass
    return _Bags(event[starts], node[starts], sums)


def _links(names: Sequence[str], taken: _Bags, given: _Bags) -> defaultdict[tuple[str, str], int]:
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for inputs, outputs in _changing(taken, given):
        entered, left = sum(inputs.values()), sum(outputs.values())
        whole = max(entered, left)
        for source, mass in inputs.items():
            for target, part in outputs.items():
                if source != target:
                    sums[names[source], names[target]] += mass * part // whole
            if entered > left and set(inputs) != set(outputs):
                sums[names[source], UNACCOUNTED] += mass * (entered - left) // entered
    return sums


def _changing(taken: _Bags, given: _Bags) -> Iterator[tuple[dict[int, int], dict[int, int]]]:
    """Yield what went in and out of each event that had both, not of one material all through."""
    starts_in, count_in = _of_events(taken.event)
    starts_out, count_out = _of_events(given.event)
    events_in, events_out = taken.event[starts_in], given.event[starts_out]
    _, at_in, at_out = np.intersect1d(
        events_in, events_out, assume_unique=True, return_indices=True
    )
    one_in, one_out = starts_in[at_in], starts_out[at_out]
    is_same = (count_in[at_in] == 1) & (count_out[at_out] == 1)
    is_same &= taken.node[one_in] == given.node[one_out]
    keep = np.flatnonzero(~is_same)
    parts = ((taken, one_in[keep], count_in[at_in[keep]]),
             (given, one_out[keep], count_out[at_out[keep]]))  # fmt: skip
    sides = []
    for bags, begin, count in parts:
        pairs = zip(bags.node.tolist(), bags.mass.tolist(), strict=True)
        listed = list(pairs)
        spans = zip(begin.tolist(), count.tolist(), strict=True)
        sides.append([dict(listed[at : at + n]) for at, n in spans])
    yield from zip(*sides, strict=True)


def _of_events(event: Ints) -> tuple[Ints, Ints]:
    """Return where the entries of each event begin, and how many there are."""
    begins = np.ones(event.size, np.bool_)
    begins[1:] = event[1:] != event[:-1]
    starts = np.flatnonzero(begins)
    return starts, np.diff(np.append(starts, event.size))


def _add_shipments(
    sums: defaultdict[tuple[str, str], int],
    books: Books,
    book: Book,
    shipments: tuple[Shipment, ...],
    nodes: _Nodes,
    material: Ints,
    names: Mapping[str, str],
) -> None:
    number, lines = books.ledger.columns.lots.index, books.lines
    exact = (lines.side == OUT) & (lines.lot >= 0) & (book.metal[:, 0] == book.metal[:, 1])
    made = np.zeros(material.size, np.int64)
    made[lines.lot[exact]] = book.metal[exact, 0]
    for shipment in shipments:
        buyer = names.get(shipment.to_site or "", shipment.to_site or "buyer not stated")
        for name in shipment.lots:
            lot = number[name]
            mass = int(made[lot])
            if mass > 0:
                at = int(material[lot])
                sums[NOT_STATED if at < 0 else nodes.names[at], buyer] += mass
                sums[buyer, NEXT] += mass


def _day(time_us: int) -> str:
    return instant_text(time_us)[:10]
