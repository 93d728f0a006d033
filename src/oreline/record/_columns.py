"""The columns that a ledger is read into: flat, one list a field, in the order of the log.

Event bodies are nested and varied; arithmetic wants columns. One pass over the stored bytes fills
them; everything else works on them. Numbers stand in typed arrays, which become arrays of numpy
without a look at each item.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from oreline.model import UNBOUNDED_MG, grade_bounds_ppt, grade_ppt, mass_bounds_mg, mass_mg
from oreline.record._clock import instant_us
from oreline.record._lines import COUNT, IN, MENTION, MOVE_IN, MOVE_OUT, OUT, lines_of
from oreline.record._uncertainty import default_uncertainty, moisture_u_ppt

LOSS = 6
"""A side beside those of ``_lines``: what a process event declares as gone."""

BASES = ("measured", "reported", "derived", "assumed", "planned", "unknown")
"""The order in which a basis weakens, for columns."""
_BASIS = {name: rank for rank, name in enumerate(BASES)}

ALL, CONTINUING, INHERITS, DRY_FROM_INPUTS, FIRST, ENTERS = 1, 2, 4, 8, 16, 32
"""Flags of a line: takes everything; a continuing lot; composition from the inputs; dry mass from
the inputs; extracted here; received here without any record of how it was made."""


def _ints() -> array[int]:
    return array("q")


def _floats() -> array[float]:
    return array("d")


def _flags() -> array[int]:
    return array("b")


class Names:
    """Strings as small integers, in order of first use."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.names: list[str] = []

    def number(self, name: str | None) -> int:
        """Return the number of a name, -1 for None."""
        if name is None:
            return -1
        number = self.index.get(name)
        if number is None:
            number = self.index[name] = len(self.names)
            self.names.append(name)
        return number


@dataclass(slots=True)
class EventColumns:
    """One entry for each event in force, positions ascending."""

    seq: array[int] = field(default_factory=_ints)
    id: list[str] = field(default_factory=list)
    kind: array[int] = field(default_factory=_ints)
    time_us: array[int] = field(default_factory=_ints)
    start_us: array[int] = field(default_factory=_ints)
    party: array[int] = field(default_factory=_ints)
    to_party: array[int] = field(default_factory=_ints)
    site: array[int] = field(default_factory=_ints)
    to_site: array[int] = field(default_factory=_ints)

    def row_at(self, seq: int) -> int | None:
        """Return the row of the event at a position, None if none in force is there."""
        row = bisect_left(self.seq, seq)
        return row if row < len(self.seq) and self.seq[row] == seq else None


@dataclass(slots=True)
class LineColumns:
    """One entry for each line that carries mass."""

    event: array[int] = field(default_factory=_ints)
    side: array[int] = field(default_factory=_ints)
    lot: array[int] = field(default_factory=_ints)
    material: array[int] = field(default_factory=_ints)
    flags: array[int] = field(default_factory=_ints)
    wet_low: array[int] = field(default_factory=_ints)
    wet_high: array[int] = field(default_factory=_ints)
    wet_u: array[float] = field(default_factory=_floats)
    moisture_low: array[int] = field(default_factory=_ints)
    moisture_high: array[int] = field(default_factory=_ints)
    moisture_u: array[float] = field(default_factory=_floats)
    dry_low: array[int] = field(default_factory=_ints)
    dry_high: array[int] = field(default_factory=_ints)
    dry_u: array[float] = field(default_factory=_floats)
    mass_given: array[int] = field(default_factory=_flags)
    basis: array[int] = field(default_factory=_ints)


@dataclass(slots=True)
class GradeColumns:
    """One entry for each grade, of a line (``line`` >= 0) or of an assay (``lot`` >= 0)."""

    event: array[int] = field(default_factory=_ints)
    line: array[int] = field(default_factory=_ints)
    lot: array[int] = field(default_factory=_ints)
    of_event: list[str] = field(default_factory=list)
    role: list[str] = field(default_factory=list)
    analyte: array[int] = field(default_factory=_ints)
    low: array[int] = field(default_factory=_ints)
    high: array[int] = field(default_factory=_ints)
    u: array[float] = field(default_factory=_floats)
    basis: array[int] = field(default_factory=_ints)


@dataclass(slots=True)
class WeightColumns:
    """One entry for each weighing, dispatched or received weight of a lot."""

    event: array[int] = field(default_factory=_ints)
    lot: array[int] = field(default_factory=_ints)
    line: array[int] = field(default_factory=_ints)


@dataclass(slots=True)
class Columns:
    """A ledger as columns."""

    events: EventColumns = field(default_factory=EventColumns)
    lines: LineColumns = field(default_factory=LineColumns)
    grades: GradeColumns = field(default_factory=GradeColumns)
    weighings: WeightColumns = field(default_factory=WeightColumns)
    kinds: Names = field(default_factory=Names)
    lots: Names = field(default_factory=Names)
    places: Names = field(default_factory=Names)
    parties: Names = field(default_factory=Names)
    materials: Names = field(default_factory=Names)
    analytes: Names = field(default_factory=Names)
    samples: dict[str, tuple[str, str]] = field(default_factory=dict)
    defaults_used: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Columns:
        """Return columns that can be added to while these stay as they are."""
        return Columns(**{item.name: _copied(getattr(self, item.name)) for item in fields(self)})

    def add(self, seq: int, event: Mapping[str, Any]) -> None:
        """Add one event in force."""
        kind, body = event["schema"].partition("/")[0], event["body"]
        row = self._add_event(seq, kind, event)
        if kind in _WITH_LINES:
            for side, lot, line in lines_of(kind, body):
                if side != MENTION:
                    self._add_line(row, kind, side, lot, line)
            for loss in body.get("losses", ()):
                self._add_line(row, kind, LOSS, None, loss)
            if kind in {"blend", "split"}:
                self._mark_inheritance(row, body)
        elif kind == "observe":
            for seen in body["lots"]:
                self.lots.number(seen["lot"])
        elif kind == "sample":
            self.lots.number(body["lot"])
            self.samples[body["sample"]] = (body["lot"], body.get("event", ""))
            for part in body.get("parts", ()):
                self.samples[part["part"]] = (body["lot"], body.get("event", ""))
        elif kind == "assay":
            self._add_assay(row, body)
        elif kind == "weigh":
            self._add_line(row, kind, MENTION, body["lot"], body)

    def _add_event(self, seq: int, kind: str, event: Mapping[str, Any]) -> int:
        events = self.events
        row = len(events.seq)
        events.seq.append(seq)
        events.id.append(event["id"])
        events.kind.append(self.kinds.number(kind))
        time_us = instant_us(event["time"])
        start = event.get("time_start")
        events.time_us.append(time_us)
        events.start_us.append(time_us if start is None else instant_us(start))
        events.party.append(self.parties.number(event.get("party")))
        events.to_party.append(self.parties.number(event.get("to_party")))
        events.site.append(self.places.number(event.get("site")))
        events.to_site.append(self.places.number(event.get("to_site")))
        return row

    def _add_line(
        self, row: int, kind: str, side: int, lot: str | None, line: Mapping[str, Any]
    ) -> None:
        lines = self.lines
        number = len(lines.event)
        lines.event.append(row)
        lines.side.append(side)
        lines.lot.append(self.lots.number(lot))
        lines.material.append(self.materials.number(line.get("material")))
        flags = (ALL if line.get("all") else 0) | (CONTINUING if line.get("continuing") else 0)
        lines.flags.append(flags | (FIRST if kind == "extract" else 0))
        self._add_masses(line)
        if flags & ALL:
            lines.basis[number] = 0  # it states nothing of its own that could weaken the book
        if side in {MENTION, MOVE_OUT, MOVE_IN}:
            self.weighings.event.append(row)
            self.weighings.lot.append(lines.lot[number])
            self.weighings.line.append(number)
        if side in {OUT, COUNT, LOSS, IN, MOVE_IN}:
            for grade in line.get("grades", ()):
                self._add_grade(row, number, -1, "", "line", grade)

    def _add_masses(self, line: Mapping[str, Any]) -> None:
        lines = self.lines
        basis = 0
        for name, low, high, u in (
            ("wet", lines.wet_low, lines.wet_high, lines.wet_u),
            ("dry", lines.dry_low, lines.dry_high, lines.dry_u),
        ):
            mass = line.get(name)
            bounds = (0, UNBOUNDED_MG) if mass is None else mass_bounds_mg(mass)
            low.append(bounds[0])
            high.append(bounds[1])
            u.append(math.nan if mass is None else self._mass_u(mass, bounds))
            if mass is not None:
                basis = max(basis, _BASIS.get(mass.get("basis", "unknown"), 5))
        moisture = line.get("moisture")
        if moisture is None:
            lines.moisture_low.append(-1)
            lines.moisture_high.append(-1)
            lines.moisture_u.append(math.nan)
        else:
            least, most = grade_bounds_ppt(moisture)
            lines.moisture_low.append(least)
            lines.moisture_high.append(most)
            lines.moisture_u.append(self._grade_u("moisture", moisture, (least, most)))
        stated = [line[name] for name in ("wet", "dry") if name in line]
        lines.mass_given.append(any("unknown" not in mass for mass in stated))
        lines.basis.append(basis if lines.mass_given[-1] else _BASIS["unknown"])

    def _add_assay(self, row: int, body: Mapping[str, Any]) -> None:
        lot, of_event = self.samples.get(
            body.get("sample", ""), (body.get("lot", ""), body.get("event", ""))
        )
        lot, of_event = body.get("lot", lot), body.get("event", of_event)
        if not lot:
            return
        number = self.lots.number(lot)
        results = list(body.get("results", ()))
        if "moisture" in body:
            results.append({**body["moisture"], "analyte": "H2O"})
        for result in results:
            self._add_grade(row, -1, number, of_event, body["role"], result)

    def _add_grade(
        self, row: int, line: int, lot: int, of_event: str, role: str, grade: Mapping[str, Any]
    ) -> None:
        grades = self.grades
        bounds = grade_bounds_ppt(grade)
        quantity = "moisture" if grade["analyte"] == "H2O" else "grade"
        grades.event.append(row)
        grades.line.append(line)
        grades.lot.append(lot)
        grades.of_event.append(of_event)
        grades.role.append(role)
        grades.analyte.append(self.analytes.number(grade["analyte"]))
        grades.low.append(bounds[0])
        grades.high.append(bounds[1])
        grades.u.append(self._grade_u(quantity, grade, bounds))
        grades.basis.append(_BASIS.get(grade.get("basis", "unknown"), 5))

    def _mark_inheritance(self, row: int, body: Mapping[str, Any]) -> None:
        lines = self.lines
        outputs = len(body["outputs"])
        for number in range(len(lines.event) - 1, -1, -1):
            if lines.event[number] != row:
                break
            if lines.side[number] == OUT:
                lines.flags[number] |= INHERITS
                if outputs == 1 and not lines.mass_given[number]:
                    lines.flags[number] |= DRY_FROM_INPUTS

    def _mass_u(self, mass: Mapping[str, Any], bounds: tuple[int, int]) -> float:
        if "u" in mass:
            return float(mass_mg(mass["u"], mass["unit"]))  # float: an uncertainty
        if "value" not in mass:
            return math.nan
        default = default_uncertainty("mass", mass.get("method"), mass["basis"])
        if default is None:
            return math.nan
        self.defaults_used[default.name] = self.defaults_used.get(default.name, 0) + 1
        return default.relative * bounds[0]

    def _grade_u(self, quantity: str, grade: Mapping[str, Any], bounds: tuple[int, int]) -> float:
        if "u" in grade:
            return float(grade_ppt(grade["u"], grade["unit"]))  # float: an uncertainty
        if "value" not in grade:
            return math.nan
        default = default_uncertainty(quantity, grade.get("method"), grade["basis"])
        if default is None:
            return math.nan
        self.defaults_used[default.name] = self.defaults_used.get(default.name, 0) + 1
        if quantity == "moisture":
            return moisture_u_ppt(default.relative, bounds[0])
        return default.relative * bounds[0]


def _copied(value: Any) -> Any:
    """Return a copy of a table, of names, of a list, an array or a mapping."""
    if isinstance(value, Names):
        names = Names()
        names.index, names.names = value.index.copy(), value.names.copy()
        return names
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{item.name: getattr(value, item.name)[:] for item in fields(value)})
    return value.copy()


_WITH_LINES = frozenset(
    {"extract", "process", "blend", "split", "consume", "dispatch", "receive", "count"}
)
