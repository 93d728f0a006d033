"""The events of one period of a planned ledger, from its lots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from oreline.design._flowsheet import Flowsheet, ProductKind
from oreline.design._planned_lots import PlannedLot
from oreline.design._planned_sale import assayed, sampled
from oreline.design._planning import PlannedPeriod, Planning
from oreline.design._whole_flows import OUTSIDE
from oreline.model import mass_text

Event = dict[str, Any]


class PeriodWriter:
    """Writes the events of one period."""

    def __init__(
        self,
        flowsheet: Flowsheet,
        planning: Planning,
        periods: Sequence[PlannedPeriod],
        number: int,
        lots: Sequence[PlannedLot],
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

    def opening(self, longest: Sequence[PlannedLot]) -> Iterator[Event]:
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

    def is_late(self, lot: PlannedLot) -> bool:
        """Return whether a stream goes back to a site that comes before its own."""
        if lot.kind != "stream" or lot.destination == OUTSIDE:
            return False
        return self.rank[self.sites[lot.destination]] < self.rank[self.sites[lot.origin]]

    def _lot_of(self, lot: PlannedLot) -> str:
        return self._named(f"{lot.name}-{self.periods[self.number].name}")

    def _stock(self, lot: PlannedLot) -> str:
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

    def _line(self, identity: str, lot: PlannedLot, *, graded: bool) -> Event:
        line: Event = {"lot": identity, "dry": self._mass(lot.dry_mg)}
        if material := self._material(lot):
            line["material"] = material
        if graded:
            line["grades"] = [self._grade(*one) for one in lot.grades.items()]
        return line

    def _material(self, lot: PlannedLot) -> str:
        if lot.kind == "feed":
            return self.feeds[lot.name].material
        return self.products[lot.product].material if lot.product else ""

    def _brought(self, lot: PlannedLot) -> Iterator[Event]:
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

    def _moved(self, lot: PlannedLot) -> Iterator[Event]:
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

    def _stocked(self, lot: PlannedLot, identity: str, name: str, time: str) -> Event:
        """Return how a lot is put on the stock from which its unit draws."""
        body = {
            "inputs": [{"lot": identity, "all": True}],
            "outputs": [{"lot": self._stock(lot), "continuing": True}],
        }
        return self._event("blend", name, time, self.sites[lot.destination], body)

    def _carried(
        self,
        lots: Sequence[tuple[str, PlannedLot]],
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
