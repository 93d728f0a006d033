"""The weights, moistures and assays of a parcel, each with its uncertainty and a way to move it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Literal

from oreline.settle._exchange_rule import EXACT
from oreline.settle._grades import analytes_of
from oreline.settle._parcel import Parcel, Reading, SettlementLot, Weighing
from oreline.settle._settle import Settling

Kind = Literal["weight", "moisture", "assay"]


@dataclass(frozen=True, slots=True)
class MeasuredInput:
    """A number that a parcel is settled on.

    ``of`` is the weighing (loading, discharge) or the role of the result; ``analyte`` is empty for
    weights and moistures. ``value`` and ``u`` (standard uncertainty, None where nobody states one)
    are in ``unit``: tonnes, % of wet mass, or % of dry mass.
    """

    lot: str
    kind: Kind
    of: str
    analyte: str
    value: Decimal
    u: Decimal | None
    unit: str

    @property
    def name(self) -> str:
        """Return what the number is called.

        >>> MeasuredInput("CU-1", "assay", "settled", "Cu", Decimal(28), None, "%").name
        'settled assay of Cu, CU-1'
        """
        subject = f" of {self.analyte}" if self.analyte else ""
        return f"{self.of} {self.kind}{subject}, {self.lot}"


def measured_inputs(asked: Settling) -> tuple[MeasuredInput, ...]:
    """Return every known number of the parcel that the contract could need, in a fixed order.

    The settled assay of an analyte often states no uncertainty of its own. Where both parties'
    results do, it is taken as their mean of two independent results:
    u = sqrt(u_seller² + u_buyer²) / 2.
    """
    analytes = analytes_of(asked.contract)
    return tuple(one for lot in asked.parcel.lots for one in _of_lot(lot, analytes))


def _of_lot(lot: SettlementLot, analytes: tuple[str, ...]) -> Iterator[MeasuredInput]:
    for of, weighing in (("loading", lot.loading), ("discharge", lot.discharge)):
        if weighing is None:
            continue
        readings: tuple[tuple[Kind, Reading, str], ...] = (
            ("weight", weighing.wet_t, "t"),
            ("moisture", weighing.moisture_pct, "%"),
        )
        for kind, reading, unit in readings:
            if reading.value is not None:
                yield MeasuredInput(lot.lot, kind, of, "", reading.value, reading.u, unit)
    for role, results in lot.assays.items():
        for analyte in analytes:
            found = results.get(analyte)
            if found is not None and found.value is not None:
                u = found.u if found.u is not None else _u_of_mean(lot, role, analyte)
                with localcontext(EXACT):
                    pct, u_pct = found.value * 100, None if u is None else u * 100
                yield MeasuredInput(lot.lot, "assay", role, analyte, pct, u_pct, "%")


def _u_of_mean(lot: SettlementLot, role: str, analyte: str) -> Decimal | None:
    if role not in {"settled", "agreed"}:
        return None
    sides = [lot.assays.get(side, {}).get(analyte) for side in ("seller", "buyer")]
    known = [one.u for one in sides if one is not None and one.u is not None]
    if len(known) < len(sides):
        return None
    return sum((u * u for u in known), Decimal(0)).sqrt() / 2


def moved(parcel: Parcel, changes: Mapping[MeasuredInput, Decimal]) -> Parcel:
    """Return a parcel with some of its numbers replaced; what follows from them follows."""
    by_lot: dict[str, list[tuple[MeasuredInput, Decimal]]] = {}
    for one, value in changes.items():
        by_lot.setdefault(one.lot, []).append((one, value))
    lots = []
    for lot in parcel.lots:
        for one, value in by_lot.get(lot.lot, ()):
            lot = _moved_lot(lot, one, value)
        lots.append(lot)
    return replace(parcel, lots=tuple(lots))


def _moved_lot(lot: SettlementLot, one: MeasuredInput, value: Decimal) -> SettlementLot:
    if one.kind == "assay":
        results = dict(lot.assays[one.of])
        with localcontext(EXACT):
            results[one.analyte] = replace(results[one.analyte], value=value / 100)
        return replace(lot, assays={**lot.assays, one.of: results})
    weighing = lot.loading if one.of == "loading" else lot.discharge
    assert weighing is not None
    changed = _moved_weighing(weighing, one.kind, value)
    if one.of == "loading":
        return replace(lot, loading=changed)
    return replace(lot, discharge=changed)


def _moved_weighing(weighing: Weighing, kind: Kind, value: Decimal) -> Weighing:
    """Return a weighing with one number replaced; its dry mass is then that of the two numbers."""
    dry = Reading(None, why="follows from wet mass and moisture")
    if kind == "weight":
        return Weighing(replace(weighing.wet_t, value=value), weighing.moisture_pct, dry)
    return Weighing(weighing.wet_t, replace(weighing.moisture_pct, value=value), dry)
