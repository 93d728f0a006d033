"""From ore to product: where each kilogram of an element leaves the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oreline.design._flowsheet import Flowsheet, ProductKind
from oreline.design._solution import Solution
from oreline.model import InputError

if TYPE_CHECKING:
    import polars as pl


_ROUNDING: Final = 1e-12
"""What is left at the end is zero but for rounding."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where some of an element leaves: from a unit by an outlet, into a product or waste.

    ``share`` is of all that enters, reagents included; ``left`` is what has not left before it and
    with it, as a share.
    """

    unit: str
    outlet: str
    destination: str
    kind: ProductKind
    site: str
    plant: str
    t_per_h: float
    share: float
    left: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Where an element goes: what brings it, and each place at which some of it leaves.

    ``entering_t_per_h`` is by feed; ``reagents_t_per_h`` is what reagents bring. ``circulating`` is
    for each unit how often the element passes it for once that it enters the chain.
    """

    element: str
    entering_t_per_h: dict[str, float]
    reagents_t_per_h: float
    rows: tuple[Leaving, ...]
    circulating: dict[str, float]

    @property
    def total_t_per_h(self) -> float:
        """Return all that enters."""
        return sum(self.entering_t_per_h.values()) + self.reagents_t_per_h

    def share_of(self, kind: ProductKind) -> float:
        """Return the share that leaves in products, wastes or emissions."""
        return sum(row.share for row in self.rows if row.kind is kind)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each place at which the element leaves."""
        import polars as pl

        schema = {
            "unit": pl.String,
            "outlet": pl.String,
            "to": pl.String,
            "kind": pl.String,
            "site": pl.String,
            "plant": pl.String,
            "t_per_h": pl.Float64,
            "share": pl.Float64,
            "left": pl.Float64,
        }
        return pl.DataFrame([tuple(row.values()) for row in self._rows()], schema, orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return the waterfall as a JSON object."""
        return {
            "element": self.element,
            "entering_t_per_h": self.entering_t_per_h,
            "reagents_t_per_h": self.reagents_t_per_h,
            "total_t_per_h": self.total_t_per_h,
            "rows": list(self._rows()),
            "shares": {str(kind): self.share_of(kind) for kind in ProductKind},
            "circulating": self.circulating,
        }

    def _rows(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            yield {
                "unit": row.unit,
                "outlet": row.outlet,
                "to": row.destination,
                "kind": str(row.kind),
                "site": row.site,
                "plant": row.plant,
                "t_per_h": row.t_per_h,
                "share": row.share,
                "left": row.left,
            }


def waterfall(solution: Solution, element: str) -> Waterfall:
    """Return where an element or group goes, in the order of the chain.

    Raises
    ------
    InputError
        If the flowsheet does not follow it, or none of it enters.
    """
    sheet = solution.flowsheet
    if element not in solution.closure:
        followed = ", ".join(solution.closure)
        raise InputError(f"{element} is not followed here; followed are {followed}")
    entering = {
        row.id: row.contained_t_per_h[element] for row in solution.streams if row.origin is None
    }
    products = {product.id: product for product in sheet.products}
    leaving = [row for row in solution.streams if row.destination in products]
    # What leaves is what enters: the solution closes. So reagents are what feeds do not bring.
    total = sum(row.contained_t_per_h[element] for row in leaving)
    if not total > 0:
        raise InputError(f"no {element} enters this flowsheet")
    brought = sum(entering.values())
    reagents = total - brought if total - brought > 1e-9 * total else 0.0
    place = {name: number for number, name in enumerate(unit_order(sheet))}
    units = {unit.id: unit for unit in sheet.units}
    left = 1.0
    rows = []
    order = {ProductKind.EMISSION: 0, ProductKind.WASTE: 1, ProductKind.PRODUCT: 2}
    leaving.sort(
        key=lambda row: (place[str(row.origin)], order[products[row.destination].kind], row.id)
    )
    for row in leaving:
        share = row.contained_t_per_h[element] / total
        left -= share
        unit = units[str(row.origin)]
        rows.append(
            Leaving(
                unit.id,
                row.id.removeprefix(f"{unit.id}."),
                row.destination,
                products[row.destination].kind,
                products[row.destination].site or unit.site,
                unit.plant,
                row.contained_t_per_h[element],
                share,
                left if left > _ROUNDING else 0.0,
            )
        )
    passing = dict.fromkeys(units, 0.0)
    for row in solution.streams:
        if row.destination in passing:
            passing[row.destination] += row.contained_t_per_h[element]
    circulating = {name: flow / total for name, flow in passing.items()}
    return Waterfall(element, entering, reagents, tuple(rows), circulating)


def unit_order(flowsheet: Flowsheet) -> tuple[str, ...]:
    """Return the units in the order in which material reaches them, then as written."""
    outlets = {unit.id: list(unit.outlets.values()) for unit in flowsheet.units}
    waiting = list(dict.fromkeys(feed.to for feed in flowsheet.feeds))
    order: dict[str, None] = {}
    while waiting:
        unit = waiting.pop(0)
        if unit in order:
            continue
        order[unit] = None
        waiting += [target for target in outlets[unit] if target in outlets]
    return tuple(order)
