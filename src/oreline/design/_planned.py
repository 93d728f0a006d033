"""A design as a planned ledger: one event for each unit and period, closed to the milligram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np

from oreline.design._flowsheet import Flowsheet, ProductKind
from oreline.design._law import Array
from oreline.design._planned_sale import assayed, sampled
from oreline.design._solution import contained_names
from oreline.design._solve import Flows
from oreline.design._whole_flows import OUTSIDE, Link, whole_flows
from oreline.model import MG_PER_UNIT, Finding, InputError, Severity, is_analyte, mass_text

MG_PER_T: Final = float(MG_PER_UNIT["t"])
GRADE_DIGITS: Final = 12
"""Decimals of a grade as a fraction: what a ledger keeps."""

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlannedPeriod:
    """A period of a planned ledger; it ends where the next begins."""

    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Planning:
    """How a design is written as events.

    Parameters
    ----------
    issuer
        Who names the lots: ``issuer:...``.
    prefix
        Begins the local name of each lot and the id of each event.
    actor, source
        Who enters the events, and what stands as the source of their quantities.
    operators
        The party that runs each site, by the site's id.
    hours_per_year
        How long the plants run in a year.
    """

    issuer: str
    prefix: str
    actor: str
    source: str
    operators: Mapping[str, str]
    hours_per_year: float


def months_from(start: date, count: int) -> tuple[PlannedPeriod, ...]:
    """Return calendar months from one on.

    >>> [period.name for period in months_from(date(2027, 12, 1), 2)]
    ['2027-12', '2028-01']

    Raises
    ------
    InputError
        If it is not the first of a month, or there is no month.
    """
    if start.day != 1 or count < 1:
        raise InputError("plan whole months: start on the first of one, and take at least one")
    firsts = [
        date(start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1, 1)
        for n in range(count + 1)
    ]
    return tuple(PlannedPeriod(f"{first:%Y-%m}", first, last) for first, last in pairwise(firsts))


def planned_events(
    flows: Flows | Sequence[Flows], planning: Planning, periods: Sequence[PlannedPeriod]
) -> tuple[Event, ...]:
    """Return the events of a planned ledger, in the order in which they happen.

    In each period an ore is extracted, what is bought is received, each unit is one ``process``
    event, and what goes to another site is dispatched and received. A stream is one lot, made by
    one event and used up whole by another. All flows of an element are rounded together to whole
    milligrams, so that each event closes. A recycle inside a site runs within the period; one that
    goes back to a site before it is put on a stock there, from which the next period draws, and
    which opens with what the longest period needs. What is emitted is a loss, what is waste a lot.
    A product that leaves for a site of another party is sold: it is sampled, weighed at both ends
    and assayed by both parties, all as planned, so that a contract can be settled on it.

    Grades have twelve decimals, as in any ledger: a lot above 1,000 t holds its elements to
    10⁻¹² of its mass.

    Parameters
    ----------
    flows
        What was solved; of a design whose ores change from year to year one for each period, of the
        same units and streams.

    Raises
    ------
    InputError
        With findings, if a unit or feed has no site, a site no operator, or the hours are none; or
        if a recycle goes back to a site before while flows change.
    """
    of_period = [flows] * len(periods) if isinstance(flows, Flows) else list(flows)
    if len(of_period) != len(periods):
        raise InputError(f"{len(of_period)} solutions for {len(periods)} periods")
    sheet = of_period[0].frame.flowsheet
    _see_planned(sheet, planning)
    links = {id(one): _Links(one) for one in of_period}
    hours = [planning.hours_per_year * _part_of_year(period) for period in periods]
    keys = [(id(one), span) for one, span in zip(of_period, hours, strict=True)]
    rounded = {key: links[key[0]].lots(key[1]) for key in set(keys)}
    longest = rounded[max(keys, key=lambda key: key[1])]
    events: list[Event] = []
    for number, key in enumerate(keys):
        writer = _Writer(of_period[number].frame.flowsheet, planning, periods, number, rounded[key])
        if number == 0:
            if len(links) > 1:
                _see_no_late(writer, longest)
            events += writer.opening(longest)
        events += writer.events()
    return tuple(sorted(events, key=lambda event: str(event["time"])))


def _see_no_late(writer: _Writer, lots: Sequence[_Lot]) -> None:
    """Refuse a recycle through a stock whose make-up changes: what is drawn would not be planned.

    Raises
    ------
    InputError
        With findings, if there is one.
    """
    findings = [
        Finding(
            "ORL-1072", Severity.FATAL, writer.sheet.where,
            f"{lot.name} goes back to a site before it over a stock, and the ore changes: what the "
            "next period draws from it would not be what the design says",
            "end the recycle in a product, or plan each year in a ledger of its own",
        )
        for lot in lots
        if writer.is_late(lot)
    ]  # fmt: skip
    if findings:
        raise InputError("ores that change by year cannot be planned with this design", findings)


def _part_of_year(period: PlannedPeriod) -> float:
    year = date(period.start.year + 1, 1, 1) - date(period.start.year, 1, 1)
    return (period.end - period.start) / year


def _see_planned(flowsheet: Flowsheet, planning: Planning) -> None:
    findings = []

    def missing(where: str, message: str, fix: str) -> None:
        findings.append(Finding("ORL-1060", Severity.FATAL, where, message, fix))

    for unit in flowsheet.units:
        if not unit.site:
            missing(unit.where, f"{unit.id} stands at no site", 'add site = "..." to the unit')
    seen: dict[str, str] = {}
    names = [feed.id for feed in flowsheet.feeds] + [one.id for one in flowsheet.streams]
    for name in (*names, *(f"{unit.id}-reagents" for unit in flowsheet.units)):
        plain = name.replace(".", "-")
        if plain in seen:
            message = f"{name} and {seen[plain]} would name one lot {plain}"
            missing(flowsheet.where, message, "give one of them another id")
        seen[plain] = name
    sites = {unit.site: unit.where for unit in flowsheet.units if unit.site}
    sites |= {feed.site: feed.where for feed in flowsheet.feeds if feed.site}
    sites |= {product.site: product.where for product in flowsheet.products if product.site}
    for site, where in sites.items():
        if site not in planning.operators:
            missing(where, f"nobody operates {site}", "name its operator in sites.csv")
    if not 0 < planning.hours_per_year <= 8784:
        missing(flowsheet.where, f"{planning.hours_per_year} hours a year", "write 1 to 8784")
    if findings:
        raise InputError("the design cannot be written as a planned ledger", findings)


@dataclass(frozen=True, slots=True)
class _Lot:
    """One stream, feed or reagent of a period in whole milligrams.

    ``kind`` is feed, reagent or stream; ``dry_mg`` its mass, ``grades`` fractions as text.
    """

    name: str
    kind: str
    origin: int
    destination: int
    product: str
    dry_mg: int
    grades: Mapping[str, str]
    moisture: str | None


class _Links:
    """The flows of a design between units, with what crosses the outside."""

    def __init__(self, flows: Flows) -> None:
        frame = flows.frame
        sheet = frame.flowsheet
        self.names = contained_names(sheet)
        release = frame.release + np.diag(np.where(frame.compounds, 0.0, 1.0))
        for name in self.names:
            place = frame.names.index(name)
            if frame.compounds[place]:
                release[place] = 0.0
                release[place, place] = 1.0
        columns = [frame.names.index(name) for name in self.names]
        ends: list[tuple[str, str, Link, str]] = []
        rows: list[Array] = []
        for number, feed in enumerate(sheet.feeds):
            ends.append((feed.id, "feed", Link(OUTSIDE, frame.units[feed.to]), ""))
            rows.append(flows.fresh[0, number])
        for number, answer in enumerate(flows.answers):
            if answer.reagents is not None:
                name = f"{sheet.units[number].id}-reagents"
                ends.append((name, "reagent", Link(OUTSIDE, number), ""))
                rows.append(answer.reagents[0])
        for number, stream in enumerate(sheet.streams):
            to = frame.units.get(stream.destination, OUTSIDE)
            product = stream.destination if to == OUTSIDE else ""
            ends.append((stream.id, "stream", Link(frame.units[stream.origin], to), product))
            rows.append(flows.streams[0, number])
        self.ends = ends
        self.t_per_h = np.stack(rows) @ release[:, columns]
        self.water_t_per_h = np.array([row[frame.water] for row in rows])

    def lots(self, hours: float) -> tuple[_Lot, ...]:
        """Return the lots of a period of so many hours of running; empty streams make none."""
        whole = whole_flows([link for _, _, link, _ in self.ends], self.t_per_h * hours * MG_PER_T)
        lots = []
        for (name, kind, link, product), masses, water in zip(
            self.ends, whole.tolist(), (self.water_t_per_h * hours * MG_PER_T).tolist(), strict=True
        ):
            dry = sum(masses)
            if not dry:
                continue
            grades = {
                one: _fraction(mass, dry)
                for one, mass in zip(self.names, masses, strict=True)
                if is_analyte(one)
            }
            moisture = f"{water / (water + dry):.6f}" if water > 0 else None
            lots.append(
                _Lot(name, kind, link.origin, link.destination, product, dry, grades, moisture)
            )
        return tuple(lots)


def _fraction(part: int, whole: int) -> str:
    """Return part over whole with twelve decimals, rounded half up.

    >>> _fraction(1, 3)
    '0.333333333333'
    """
    scaled = (2 * part * 10**GRADE_DIGITS + whole) // (2 * whole)
    return f"{scaled // 10**GRADE_DIGITS}.{scaled % 10**GRADE_DIGITS:0{GRADE_DIGITS}d}"


class _Writer:
    """Writes the events of one period."""

    def __init__(
        self,
        flowsheet: Flowsheet,
        planning: Planning,
        periods: Sequence[PlannedPeriod],
        number: int,
        lots: Sequence[_Lot],
    ) -> None:
        self.sheet = flowsheet
        self.planning = planning
        self.periods = periods
        self.number = number
        self.lots = lots
        self.sites = [unit.site for unit in flowsheet.units]
        # Sites in the order in which material reaches them: against it, a recycle takes a period.
        self.rank = {site: rank for rank, site in enumerate(dict.fromkeys(self.sites))}
        self.products = {product.id: product for product in flowsheet.products}
        self.feeds = {feed.id: feed for feed in flowsheet.feeds}

    def opening(self, longest: Sequence[_Lot]) -> Iterator[Event]:
        """Yield the opening stocks of what goes back to a site before: a longest period's need."""
        for lot in longest:
            if not self.is_late(lot):
                continue
            identity = self._named(f"{lot.name}-opening")
            line = self._line(identity, lot, graded=True)
            received = self._received(line, lot.destination, f"{lot.name}-opening")
            yield received
            yield self._stocked(lot, identity, f"{lot.name}-opening-stock", received["time"])

    def events(self) -> Iterator[Event]:
        """Yield the events in order: what comes in, then each site, then what leaves it."""
        for lot in self.lots:
            if lot.kind != "stream":
                yield from self._brought(lot)
        for site in self.rank:
            for unit, at in enumerate(self.sites):
                if at == site:
                    yield from self._processed(unit)
            for lot in self.lots:
                if lot.kind == "stream" and self.sites[lot.origin] == site:
                    yield from self._moved(lot)

    def is_late(self, lot: _Lot) -> bool:
        """Return whether a stream goes back to a site that comes before its own."""
        if lot.kind != "stream" or lot.destination == OUTSIDE:
            return False
        return self.rank[self.sites[lot.destination]] < self.rank[self.sites[lot.origin]]

    def _lot_of(self, lot: _Lot) -> str:
        return self._named(f"{lot.name}-{self.periods[self.number].name}")

    def _stock(self, lot: _Lot) -> str:
        return self._named(f"{lot.name}-stock")

    def _named(self, local: str) -> str:
        return f"{self.planning.issuer}:{self.planning.prefix}-{local.replace('.', '-')}"

    def _time(self, site: str | None, minutes: int) -> str:
        """Return a moment near the end of the period; sites follow each other by ten minutes."""
        end = self.periods[self.number].end
        back = 10 * (len(self.rank) - (self.rank[site] if site is not None else 0))
        moment = datetime(end.year, end.month, end.day, tzinfo=UTC)
        return f"{moment - timedelta(minutes=back - minutes):%Y-%m-%dT%H:%M:%SZ}"

    def _event(self, kind: str, name: str, time: str, site: str, body: Event) -> Event:
        period = self.periods[self.number].name
        return {
            "schema": f"{kind}/1",
            "id": f"{self.planning.prefix}-{period}-{name}".replace(".", "-"),
            "time": time,
            "actor": self.planning.actor,
            "party": self.planning.operators[site],
            "site": site,
            "body": body,
        }

    def _mass(self, mg: int) -> Event:
        return {
            "value": mass_text(mg),
            "unit": "t",
            "basis": "planned",
            "method": "design",
            "source": self.planning.source,
        }

    def _grade(self, analyte: str, fraction: str) -> Event:
        return {
            "analyte": analyte,
            "value": fraction,
            "unit": "fraction",
            "basis": "planned",
            "method": "design",
            "source": self.planning.source,
        }

    def _line(self, identity: str, lot: _Lot, *, graded: bool) -> Event:
        line: Event = {"lot": identity, "dry": self._mass(lot.dry_mg)}
        if material := self._material(lot):
            line["material"] = material
        if graded:
            line["grades"] = [self._grade(*one) for one in lot.grades.items()]
        return line

    def _material(self, lot: _Lot) -> str:
        if lot.kind == "feed":
            return self.feeds[lot.name].material
        return self.products[lot.product].material if lot.product else ""

    def _brought(self, lot: _Lot) -> Iterator[Event]:
        """Yield how a feed or a reagent gets to its unit: from the ground, or bought."""
        to = self.sites[lot.destination]
        identity = self._lot_of(lot)
        start = self.periods[self.number].start
        time = f"{start:%Y-%m-%d}T00:00:00Z"
        feed = self.feeds.get(lot.name) if lot.kind == "feed" else None
        if feed is None or not feed.site:
            line = self._line(identity, lot, graded=True)
            yield self._received(line, lot.destination, f"{lot.name}-receive")
            return
        body = {"outputs": [self._line(identity, lot, graded=True)]}
        yield self._event("extract", f"{lot.name}-extract", time, feed.site, body)
        if feed.site != to:
            yield from self._carried([(identity, lot)], lot.name, feed.site, to, (time, time))

    def _received(self, line: Event, unit: int, name: str) -> Event:
        """Return the receipt of something that nobody in the design makes."""
        start = f"{self.periods[self.number].start:%Y-%m-%d}T00:00:00Z"
        return self._event("receive", name, start, self.sites[unit], {"lots": [line]})

    def _processed(self, unit: int) -> Iterator[Event]:
        site = self.sites[unit]
        inputs, outputs, losses = [], [], []
        for lot in self.lots:
            if lot.destination == unit:
                identity = self._stock(lot) if self.is_late(lot) else self._lot_of(lot)
                inputs.append(self._line(identity, lot, graded=False))
            if lot.origin == unit:
                if lot.product and self.products[lot.product].kind is ProductKind.EMISSION:
                    grades = [self._grade(*one) for one in lot.grades.items()]
                    losses.append(
                        {"stream": lot.name, "dry": self._mass(lot.dry_mg), "grades": grades}
                    )
                else:
                    outputs.append(self._line(self._lot_of(lot), lot, graded=True))
        if not inputs and not outputs:
            return
        body: Event = {"inputs": inputs, "outputs": outputs, "unit": self.sheet.units[unit].id}
        if losses:
            body["losses"] = losses
        body["all_inputs_recorded"] = True
        start = self.periods[self.number].start
        event = self._event("process", self.sheet.units[unit].id, self._time(site, 0), site, body)
        yield {**event, "time_start": f"{start:%Y-%m-%d}T00:00:00Z"}

    def _moved(self, lot: _Lot) -> Iterator[Event]:
        """Yield the way of a stream to another site, with the weight of what is wet."""
        here = self.sites[lot.origin]
        if lot.product:
            product = self.products[lot.product]
            there = product.site if product.kind is ProductKind.PRODUCT else ""
        else:
            there = self.sites[lot.destination]
        if not there or there == here:
            return
        times = (self._time(here, 3), self._time(here, 6))
        identity, operators = self._lot_of(lot), self.planning.operators
        is_sold = bool(lot.product) and operators[there] != operators[here]
        if is_sold:
            yield self._event("sample", f"{lot.name}-sample", times[0], here, sampled(identity))
        yield from self._carried(
            [(identity, lot)], lot.name, here, there, times, is_weighed=is_sold
        )
        if is_sold:
            for role, site in (("seller", here), ("buyer", there)):
                body = assayed(identity, role, [self._grade(*one) for one in lot.grades.items()])
                yield self._event("assay", f"{lot.name}-{role}-assay", times[1], site, body)
        if self.is_late(lot):
            name, time = f"{lot.name}-stock", self._time(here, 8)
            yield self._stocked(lot, self._lot_of(lot), name, time)

    def _stocked(self, lot: _Lot, identity: str, name: str, time: str) -> Event:
        """Return how a lot is put on the stock from which its unit draws."""
        body = {
            "inputs": [{"lot": identity, "all": True}],
            "outputs": [{"lot": self._stock(lot), "continuing": True}],
        }
        return self._event("blend", name, time, self.sites[lot.destination], body)

    def _carried(
        self,
        lots: Sequence[tuple[str, _Lot]],
        name: str,
        here: str,
        there: str,
        times: tuple[str, str],
        *,
        is_weighed: bool = False,
    ) -> Iterator[Event]:
        """Yield the way of lots; what is sold is weighed at both ends, also where it is dry."""
        lines = []
        for identity, lot in lots:
            line: Event = {"lot": identity}
            if lot.moisture is not None or is_weighed:
                moisture = lot.moisture or "0"
                wet = round(lot.dry_mg / (1 - float(moisture)))  # float: a planned moisture
                line["wet"] = self._mass(wet)
                line["moisture"] = self._grade("H2O", moisture)
            lines.append(line)
        operators = self.planning.operators
        dispatch = self._event("dispatch", f"{name}-dispatch", times[0], here, {"lots": lines})
        dispatch["to_site"] = there
        if operators[there] != operators[here]:
            dispatch["to_party"] = operators[there]
        yield dispatch
        came = lines if is_weighed else [{"lot": identity} for identity, _ in lots]
        body = {"lots": came, "dispatch": dispatch["id"]}
        yield self._event("receive", f"{name}-arrive", times[1], there, body)
