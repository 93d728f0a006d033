"""The streams of one site and period, from the entries of a ledger.

Every stream sums the entries of one kind and material. It is measured only if each of its entries
states its own mass; what the book computes is no measurement. Stocks are measured by stock-takes
alone: one counts at a boundary of the period if nothing happened to its lot in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from oreline.balance._accounting import period_days
from oreline.balance._declared_errors import CommonError, shared_of
from oreline.balance._figure import default_names
from oreline.balance._network import Measurement, Network, Quantity, Stream, StreamKind
from oreline.balance._periods import periods_between
from oreline.balance._reconcile import reconcile
from oreline.balance._reconciliation import Reconciliation
from oreline.balance._streams import line_materials
from oreline.balance._tally import Tally, check_site, tally
from oreline.model import PPT, Finding, InputError, Severity
from oreline.record import BASES, DRY, IN, LOSS, MOVE_IN, MOVE_OUT, OUT, Books, LineGrades

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_MG_PER_T = 1e9
_CHANGES = ("process", "blend", "split")


@dataclass(frozen=True, slots=True)
class SiteNetwork:
    """The network of a site and period, and what has to be known of it."""

    site: str
    start: str
    end: str
    network: Network
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Flow:
    """Which way a line goes, of which material, between which nodes."""

    way: str
    material: str
    unit: str
    origin: str | None
    destination: str | None

    @property
    def name(self) -> str:
        return ".".join(part for part in (self.way, self.material, self.unit) if part)


def site_network(
    books: Books,
    site: str,
    period: str,
    elements: Sequence[str] | None = None,
    sums: Mapping[str, tuple[str, ...]] | None = None,
    *,
    time_zone: str = "UTC",
) -> SiteNetwork:
    """Return the streams of a site in one period, with what was measured of them.

    Parameters
    ----------
    period
        ``2025``, ``2025-09``, ``2025-09-30`` or ``2025-09-01..2025-09-15``, half open.
    elements
        What to balance beside the dry mass; by default whatever three streams or more state.

    Raises
    ------
    InputError
        If site, elements, period or time zone are not understood, or nothing happened.
    """
    span = period_days(period)
    held = tally(books, DRY)
    check_site(held.places.names, site)
    bounds = periods_between(span, 0, 0, time_zone)
    wanted = tuple(books.elements if elements is None else elements)
    reading = _Reading(books, held, site, bounds.bounds_us[0], bounds.bounds_us[1], wanted)
    streams = [*reading.flows(), *reading.stocks()]
    if not streams:
        raise InputError(f"nothing happened at {site} from {span[0]} to {span[1]}")
    streams = list(_complete(streams))
    assayed = {
        name: sum(name in stream.grades_pct for stream in streams) for name in reading.elements
    }
    least = 3 if elements is None else 0
    analytes = tuple(name for name in reading.elements if assayed[name] >= least)
    network = Network(tuple(streams), analytes, dict(sums or {}))
    return SiteNetwork(site, bounds.start(0), bounds.end(0), network, tuple(reading.said(period)))


@dataclass(frozen=True, slots=True)
class SiteReconciliation:
    """The reconciliation of a site in a period; ``found`` has the values and tests."""

    site: str
    start: str
    end: str
    found: Reconciliation

    def to_json(self) -> dict[str, Any]:
        """Return it with numbers as decimal text."""
        where = {"site": self.site, "start": self.start, "end": self.end}
        return {**where, **self.found.to_json()}


def reconcile_site(
    books: Books,
    site: str,
    period: str,
    elements: Sequence[str] | None = None,
    sums: Mapping[str, tuple[str, ...]] | None = None,
    *,
    confidence: float = 0.95,
    exclude: Sequence[Quantity] = (),
    common: Sequence[CommonError] = (),
    time_zone: str = "UTC",
) -> SiteReconciliation:
    """Reconcile a site in one period from the entries of a ledger.

    The arguments are those of :func:`site_network` and :func:`oreline.balance.reconcile`. The
    ledger does not say what readings have in common (one scale, one laboratory): what is not
    declared in ``common`` counts as independent.

    Raises
    ------
    InputError
        If an argument is not understood, nothing happened, or the streams cannot be reconciled.
    """
    made = site_network(books, site, period, elements, sums, time_zone=time_zone)
    network = replace(made.network, shared=shared_of(made.network, common))
    found = reconcile(network, confidence=confidence, exclude=exclude)
    found = replace(found, findings=(*found.findings, *made.findings))
    return SiteReconciliation(made.site, made.start, made.end, found)


class _Reading:
    """The lines of one site and period."""

    def __init__(
        self,
        books: Books,
        held: Tally,
        site: str,
        start_us: int,
        end_us: int,
        elements: tuple[str, ...],
    ) -> None:
        self.books, self.held, self.elements = books, held, elements
        self.place = held.places.names.index(site)
        self.start_us, self.end_us = start_us, end_us
        names, number = line_materials(held)
        self.material = [names[at] if at >= 0 else "" for at in number.tolist()]
        given = np.array(held.columns.lines.mass_given, np.bool_)
        self.given = given[held.number]
        self.dry = books.lines.dry[held.number]
        self.dry_u = books.lines.dry_u[held.number]
        self.grades: dict[str, LineGrades] = {name: books.grades(name) for name in elements}
        self.unmeasured: dict[str, str] = {}
        self.defaults = 0
        self._units: dict[int, str] = {}

    def flows(self) -> Iterator[Stream]:
        """Give the streams of what happened, in the order in which they first did."""
        held = self.held
        time_us = held.places.time_us
        inside = (time_us >= self.start_us) & (time_us < self.end_us)
        inside &= held.places.event == self.place
        lines: dict[_Flow, list[int]] = {}
        for line in np.flatnonzero(inside).tolist():
            flow = self._flow(line)
            if flow is not None:
                lines.setdefault(flow, []).append(line)
        for flow, of_it in lines.items():
            mass, grades = self._measured(flow.name, of_it)
            where = f"{len(of_it)} entries from {self._event(of_it[0])}"
            yield Stream(flow.name, flow.origin, flow.destination, mass, grades, where=where)

    def _flow(self, line: int) -> _Flow | None:
        held = self.held
        side = int(held.lines.side[line])
        kind = held.columns.kinds.names[int(held.kind[line])]
        material = self.material[line]
        stock = f"stock of {material}"
        if kind in _CHANGES:
            unit = self._unit(line, kind)
            if side == LOSS:
                return _Flow("lost", "", unit, unit, None)
            if side == IN:
                return _Flow("fed", material, unit, stock, unit)
            return _Flow("made", material, unit, unit, stock) if side == OUT else None
        if kind == "extract" and side == OUT:
            return _Flow("extracted", material, "", None, stock)
        if kind == "receive" and side in (OUT, MOVE_IN):
            return _Flow("received", material, "", None, stock)
        if kind == "dispatch" and side == MOVE_OUT:
            return _Flow("dispatched", material, "", stock, None)
        if kind == "consume" and side == IN:
            return _Flow("consumed", material, "", stock, None)
        return None

    def _unit(self, line: int, kind: str) -> str:
        event = int(self.held.lines.event[line])
        if event not in self._units:
            seq = self.held.columns.events.seq[event]
            body = self.held.ledger.event(seq)["body"]
            self._units[event] = str(body.get("unit") or kind)
        return self._units[event]

    def _event(self, line: int) -> str:
        return self.held.columns.events.id[int(self.held.lines.event[line])]

    def _measured(
        self, name: str, lines: Sequence[int]
    ) -> tuple[Measurement | None, dict[str, Measurement]]:
        """Return mass and grades of a stream, as far as every entry of it was measured."""
        at = np.array(lines, np.int64)
        mass = self._mass(name, at)
        if mass is None:
            return None, {}
        grades = {}
        for element in self.elements:
            grade = self._grade(name, element, at, mass)
            if grade is not None:
                grades[element] = grade
        return mass, grades

    def _mass(self, name: str, at: Ints) -> Measurement | None:
        low, high, u = self.dry[at, 0], self.dry[at, 1], self.dry_u[at]
        missing = np.flatnonzero(~self.given[at] | (low != high))
        unsure = np.flatnonzero(~(u > 0) & (low > 0))
        for rows, why in ((missing, "states no mass of its own"), (unsure, "has no uncertainty")):
            if rows.size:
                entry = self._event(int(at[rows[0]]))
                self.unmeasured[name] = f"{rows.size} of {at.size} entries: {entry} {why}"
                return None
        total = float(low.sum()) / _MG_PER_T
        if not total > 0:
            return None
        lines = self.held.lines
        self.defaults |= int(np.bitwise_or.reduce(lines.mass_defaults[at]))
        basis = BASES[int(lines.mass_basis[at].max())]
        spread = float(np.sqrt((u**2).sum())) / _MG_PER_T
        return Measurement(total, spread, basis, self._source(at))

    def _grade(self, name: str, element: str, at: Ints, mass: Measurement) -> Measurement | None:
        """Return the grade of the sum: each entry's metal over the dry mass of all."""
        low, high, u, bases = self._grades_of(element, at)
        known = (low >= 0) & (low == high) & ~np.isnan(u)
        if not known.any():
            return None
        if not known.all():
            entry = self._event(int(at[np.flatnonzero(~known)[0]]))
            short = int((~known).sum())
            self.unmeasured[f"{name}:{element}"] = (
                f"{short} of {at.size} entries: {entry} has no grade, or bounds only"
            )
            return None
        dry = self.dry[at, 0] / _MG_PER_T
        grade = low / PPT * 100
        mean = float((dry * grade).sum()) / mass.value
        by_mass = (grade - mean) * self.dry_u[at] / _MG_PER_T
        by_grade = dry * u / PPT * 100
        spread = float(np.sqrt((by_mass**2 + by_grade**2).sum())) / mass.value
        if not spread > 0:
            return None
        basis = BASES[int(bases.max())]
        return Measurement(mean, spread, basis, self._source(at))

    def _grades_of(self, element: str, at: Ints) -> tuple[Ints, Ints, Floats, Ints]:
        """Return bounds, uncertainty and basis of the grade of each line; low is -1 without one.

        What is drawn from a stock has the grade of the stock by the book. If the draw itself was
        assayed, that is the measurement.
        """
        grades, row = self.grades[element], self.held.number[at]
        low, high = grades.bounds[row, 0].copy(), grades.bounds[row, 1].copy()
        u, bases = grades.u[row].copy(), grades.basis[row].copy()
        for place, line in enumerate(at.tolist()):
            if low[place] < 0:
                found = self._assays.get(
                    (self._event(line), int(self.held.lines.lot[line]), element)
                )
                if found is not None:
                    low[place], high[place], u[place], bases[place] = found
        return low, high, u, bases

    @cached_property
    def _assays(self) -> dict[tuple[str, int, str], tuple[int, int, float, int]]:
        """Return the assays of what one event moved of a lot; of several none is chosen."""
        columns = self.held.columns
        grades, names = columns.grades, columns.analytes.names
        found: dict[tuple[str, int, str], tuple[int, int, float, int]] = {}
        several: set[tuple[str, int, str]] = set()
        for row, event in enumerate(grades.of_event):
            name = names[grades.analyte[row]]
            if not event or grades.lot[row] < 0 or name not in self.grades:
                continue
            key = event, int(grades.lot[row]), name
            if key in found:
                several.add(key)
            found[key] = (
                grades.low[row],
                grades.high[row],
                grades.u[row],
                grades.basis[row],
            )
        return {key: value for key, value in found.items() if key not in several}

    def _source(self, at: Ints) -> str:
        first, last = self._event(int(at[0])), self._event(int(at[-1]))
        return first if first == last else f"{first} to {last}"

    def stocks(self) -> Iterator[Stream]:
        """Give the stocks at both ends of the period."""
        for kind, boundary in (
            (StreamKind.OPENING, self.start_us),
            (StreamKind.CLOSING, self.end_us),
        ):
            of_material: dict[str, list[int]] = {}
            uncounted: dict[str, str] = {}
            for lot, before, after in self._lots(boundary):
                line = self._count(before, after)
                material = self.material[before if before >= 0 else after]
                of_material.setdefault(material, [])
                if line is None:
                    uncounted[material] = self.held.columns.lots.names[lot]
                else:
                    of_material[material].append(line)
            for material, lines in of_material.items():
                name, node = f"{kind}.{material}", f"stock of {material}"
                mass, grades = None, dict[str, Measurement]()
                if material in uncounted:
                    self.unmeasured[name] = f"no stock-take of {uncounted[material]} then"
                else:
                    mass, grades = self._measured(name, lines)
                is_opening = kind is StreamKind.OPENING
                origin, destination = (None, node) if is_opening else (node, None)
                told = f"{len(lines)} stock-takes"
                yield Stream(name, origin, destination, mass, grades, kind, told)

    def _lots(self, boundary: int) -> Iterator[tuple[int, int, int]]:
        """Give each lot that is here at a boundary, with its last line before and first after."""
        held, places = self.held, self.held.places
        before = places.time_us < boundary
        following = places.next
        for line in np.flatnonzero(before & (held.lines.lot >= 0)).tolist():
            after = int(following[line])
            if after >= 0 and before[after]:
                continue
            if places.after[line] == self.place and tuple(held.after[line]) != (0, 0):
                yield int(held.lines.lot[line]), line, after
        first = ~before & (held.lines.lot >= 0) & (places.previous < 0)
        first &= (places.time_us < self.end_us) & (places.event == self.place)
        for line in np.flatnonzero(first).tolist():
            # What nobody made and is first heard of by a stock-take was there before.
            if self._is_count(line):
                yield int(held.lines.lot[line]), -1, line

    def _is_count(self, line: int) -> bool:
        return self.held.columns.kinds.names[int(self.held.kind[line])] == "count"

    def _count(self, before: int, after: int) -> int | None:
        if before >= 0 and self._is_count(before):
            return before
        return after if after >= 0 and self._is_count(after) else None

    def said(self, label: str) -> Iterator[Finding]:
        """Give what a reader must know of these streams."""
        for name, why in self.unmeasured.items():
            fix = "record mass, grade and uncertainty with each entry, or count the stock"
            message = f"it counts as not measured: {why}"
            yield Finding("ORL-0534", Severity.NOTE, f"stream {name}", message, fix)
        names = default_names(self.defaults)
        if names:
            message = f"uncertainties of masses were not stated; used are {', '.join(names)}"
            fix = "record the standard uncertainty of each scale with its readings"
            yield Finding("ORL-0535", Severity.WARNING, f"period {label}", message, fix)


def _complete(streams: Sequence[Stream]) -> Iterator[Stream]:
    """Give the streams, and a stock that is not measured where nothing leaves or enters a node."""
    entered = {stream.destination for stream in streams}
    left = {stream.origin for stream in streams}
    yield from streams
    for node in dict.fromkeys(end for s in streams for end in (s.origin, s.destination)):
        if node is None or (node in entered and node in left):
            continue
        material = node.removeprefix("stock of ")
        if node in entered:
            name, kind = f"closing.{material}", StreamKind.CLOSING
            yield Stream(name, node, None, None, {}, kind, "no stock-take")
        else:
            name, kind = f"opening.{material}", StreamKind.OPENING
            yield Stream(name, None, node, None, {}, kind, "no stock-take")
