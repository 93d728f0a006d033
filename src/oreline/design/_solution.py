"""What a solved flowsheet says: streams, grades, recoveries, circulating loads, what is used up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from oreline.design._convergence import SolveSettings
from oreline.design._deportment import ASSAY_FLOOR, Deportment
from oreline.design._duty import deportments
from oreline.design._flowsheet import ComponentKind, Flowsheet, Product
from oreline.design._law import Array, StreamPhase
from oreline.design._remarks import leached_again
from oreline.design._solve import Flows, closures, solve_flows
from oreline.model import Basis, Finding, InputError, Severity, weakest

if TYPE_CHECKING:
    import polars as pl


RESIDUAL_MAX: Final = 0.05
"""Which part of an assay minerals may miss before it is said."""


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One stream: what flows in it.

    ``flow_t_per_h`` is by component as it flows, ``contained_t_per_h`` by element or group with
    what minerals hold of it. ``recovery`` is the contained part of all that feeds bring.
    ``origin`` is a unit, or None for a feed.
    """

    id: str
    origin: str | None
    destination: str
    phase: StreamPhase
    dry_t_per_h: float
    water_t_per_h: float
    flow_t_per_h: Mapping[str, float]
    contained_t_per_h: Mapping[str, float]
    recovery: Mapping[str, float | None]

    @property
    def moisture(self) -> float | None:
        """Return the water as a part of the wet mass, None where nothing flows."""
        wet = self.dry_t_per_h + self.water_t_per_h
        return self.water_t_per_h / wet if wet > 0 else None

    def grade(self, name: str) -> float | None:
        """Return the contained part of the dry mass, None where nothing flows."""
        return self.contained_t_per_h[name] / self.dry_t_per_h if self.dry_t_per_h > 0 else None

    def to_json(self) -> dict[str, Any]:
        """Return the stream as a JSON object."""
        return {
            "id": self.id,
            "from": self.origin,
            "to": self.destination,
            "phase": str(self.phase),
            "dry_t_per_h": self.dry_t_per_h,
            "water_t_per_h": self.water_t_per_h,
            "moisture": self.moisture,
            "flow_t_per_h": dict(self.flow_t_per_h),
            "contained_t_per_h": dict(self.contained_t_per_h),
            "grade": {name: self.grade(name) for name in self.contained_t_per_h},
            "recovery": dict(self.recovery),
        }


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit: how its numbers were had, its throughput and what it uses up per hour.

    ``basis`` is the weakest of its numbers, None where it has none. What it treats is what arrives
    and the reagents that its law asks for.
    """

    id: str
    law: str
    rung: int
    source: str
    basis: Basis | None
    site: str
    plant: str
    dry_t_per_h: float
    water_t_per_h: float
    consumed_per_h: Mapping[str, float]
    reagents_t_per_h: Mapping[str, float]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the unit as a JSON object."""
        return {
            "id": self.id,
            "law": self.law,
            "rung": self.rung,
            "source": self.source,
            "basis": None if self.basis is None else str(self.basis),
            "site": self.site,
            "plant": self.plant,
            "dry_t_per_h": self.dry_t_per_h,
            "water_t_per_h": self.water_t_per_h,
            "consumed_per_h": dict(self.consumed_per_h),
            "reagents_t_per_h": dict(self.reagents_t_per_h),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Solution:
    """A flowsheet that was solved and closes.

    ``closure`` is for each component |in - out| as a part of what enters of it, ``minerals`` what
    assays of feeds were turned into, ``rounds`` how often the laws were asked until they settled.
    """

    flowsheet: Flowsheet
    streams: tuple[StreamRow, ...]
    units: tuple[UnitRow, ...]
    closure: Mapping[str, float]
    minerals: Mapping[str, Deportment]
    rounds: int
    findings: tuple[Finding, ...]

    def stream(self, name: str) -> StreamRow:
        """Return the stream of an id.

        Raises
        ------
        InputError
            If there is none.
        """
        for row in self.streams:
            if row.id == name:
                return row
        raise InputError(f"no stream is called {name}")

    def product(self, name: str) -> StreamRow:
        """Return all that enters a product, as one stream.

        Raises
        ------
        InputError
            If there is no such product.
        """
        rows = [row for row in self.streams if row.destination == name]
        products = {product.id: product for product in self.flowsheet.products}
        if name not in products:
            raise InputError(f"no product is called {name}; there are {', '.join(products)}")
        return _together(name, rows)

    @property
    def products(self) -> tuple[tuple[Product, StreamRow], ...]:
        """Return every product with what enters it."""
        return tuple((one, self.product(one.id)) for one in self.flowsheet.products)

    def to_frame(self) -> pl.DataFrame:
        """Return the stream table: one row for each stream and component."""
        import polars as pl

        rows = [
            {
                "stream": row.id,
                "from": row.origin,
                "to": row.destination,
                "phase": str(row.phase),
                "dry_t_per_h": row.dry_t_per_h,
                "water_t_per_h": row.water_t_per_h,
                "component": name,
                "flow_t_per_h": flow,
                "grade": row.grade(name),
                "recovery": row.recovery[name],
            }
            for row in self.streams
            for name, flow in row.contained_t_per_h.items()
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return the solution as a JSON object."""
        return {
            "name": self.flowsheet.name,
            "streams": [row.to_json() for row in self.streams],
            "units": [row.to_json() for row in self.units],
            "products": [
                {"product": one.id, "kind": str(one.kind), "name": one.name, **row.to_json()}
                for one, row in self.products
            ],
            "closure": dict(self.closure),
            "minerals": {name: one.to_json() for name, one in self.minerals.items()},
            "rounds": self.rounds,
            "findings": [finding.to_json() for finding in self.findings],
        }


def solve(flowsheet: Flowsheet, settings: SolveSettings | None = None) -> Solution:
    """Solve a flowsheet for its own numbers.

    Raises
    ------
    InputError
        With findings, where it cannot be solved or does not close; nothing is reported then.
    """
    flows = solve_flows(flowsheet, None, settings)
    frame, contained = flows.frame, contained_names(flowsheet)
    release = frame.release + np.diag(np.where(frame.compounds, 0.0, 1.0))
    columns = [frame.names.index(name) for name in contained]
    for place in columns:
        if frame.compounds[place]:
            # None of its elements is followed: it is told as itself, and is no part of the rest.
            release[place] = 0.0
            release[place, place] = 1.0
    brought = (flows.fresh[0].sum(axis=0) @ release)[columns]

    def row(name: str, ends: tuple[str | None, str], phase: StreamPhase, flow: Array) -> StreamRow:
        inside = (flow @ release)[columns]
        water = float(flow[frame.water])
        return StreamRow(
            name,
            *ends,
            phase,
            float(flow.sum()) - water,
            water,
            {key: float(one) for key, one in zip(frame.names, flow, strict=True)},
            {key: float(one) for key, one in zip(contained, inside, strict=True)},
            {
                key: float(one / all_) if all_ > 0 else None
                for key, one, all_ in zip(contained, inside, brought, strict=True)
            },
        )

    rows = [
        row(feed.id, (None, feed.to), feed.phase, flows.fresh[0, number])
        for number, feed in enumerate(flowsheet.feeds)
    ]
    rows += [
        row(one.id, (one.origin, one.destination), one.phase, flows.streams[0, number])
        for number, one in enumerate(flowsheet.streams)
    ]
    worst = closures(flows)[0]
    closure = {name: float(worst[frame.names.index(name)]) for name in contained}
    units = tuple(_unit_rows(flows))
    minerals = deportments(flowsheet)
    notes = (
        *_mineral_findings(flowsheet, minerals),
        *_notes(units, flowsheet),
        *leached_again(flowsheet, rows),
    )
    return Solution(flowsheet, tuple(rows), units, closure, minerals, flows.rounds, notes)


def contained_names(flowsheet: Flowsheet) -> tuple[str, ...]:
    """Return what streams contain: components that are no compounds, and no water.

    Compounds none of whose elements are followed are listed themselves.
    """
    elements = {one.name for one in flowsheet.components if one.kind is ComponentKind.ELEMENT}
    return tuple(
        one.name
        for one in flowsheet.components
        if one.kind is not ComponentKind.WATER
        and (one.kind is not ComponentKind.COMPOUND or not elements & set(one.element_fractions))
    )


def _together(name: str, rows: list[StreamRow]) -> StreamRow:
    def summed(parts: list[Mapping[str, float]]) -> dict[str, float]:
        return {key: sum(part[key] for part in parts) for key in parts[0]}

    recovery: dict[str, float | None] = {}
    for key in rows[0].recovery:
        parts = [row.recovery[key] for row in rows]
        known = [part for part in parts if part is not None]
        recovery[key] = sum(known) if len(known) == len(parts) else None
    return StreamRow(
        name,
        None,
        name,
        rows[0].phase,
        sum(row.dry_t_per_h for row in rows),
        sum(row.water_t_per_h for row in rows),
        summed([row.flow_t_per_h for row in rows]),
        summed([row.contained_t_per_h for row in rows]),
        recovery,
    )


def _unit_rows(flows: Flows) -> Iterator[UnitRow]:
    water = flows.frame.water
    for number, unit in enumerate(flows.frame.flowsheet.units):
        feed, answer = flows.treated[0, number], flows.answers[number]
        bases = [parameter.basis for parameter in unit.parameters.values()]
        yield UnitRow(
            unit.id,
            unit.law.name,
            unit.law.rung,
            unit.law.source,
            weakest(*bases) if bases else None,
            unit.site,
            unit.plant,
            float(feed.sum() - feed[water]),
            float(feed[water]),
            {name: float(amount[0]) for name, amount in answer.consumed.items()},
            {name: float(amount[0]) for name, amount in answer.doses.items()},
            answer.notes,
        )


def _mineral_findings(
    flowsheet: Flowsheet, minerals: Mapping[str, Deportment]
) -> Iterator[Finding]:
    places = {feed.id: feed.where for feed in flowsheet.feeds}
    for feed, found in minerals.items():
        where = places[feed]
        for element, left in found.residuals.items():
            assay = found.assays[element]
            if abs(left) > RESIDUAL_MAX * assay and abs(left) > ASSAY_FLOOR:
                message = f"{feed}: its minerals hold {100 * found.explained[element]:.4g} % "
                message += f"{element}, the assay says {100 * assay:.4g} %"
                fix = "another mineral holds it, or a formula or assay is another"
                yield Finding("ORL-1015", Severity.WARNING, where, message, fix)
        if found.alike:
            message = f"{feed}: its assays do not tell how much each is of {', '.join(found.alike)}"
            fix = "assay another element of them, or keep one of them"
            yield Finding("ORL-1018", Severity.WARNING, where, message, fix)


def _notes(units: tuple[UnitRow, ...], flowsheet: Flowsheet) -> Iterator[Finding]:
    places = {unit.id: unit.where for unit in flowsheet.units}
    for row in units:
        for note in row.notes:
            message, _, fix = note.partition("; ")
            fix = fix or "see whether the unit can work so"
            yield Finding("ORL-1017", Severity.WARNING, places[row.id], f"{row.id}: {message}", fix)
