"""A plan as a planned ledger: one event for each unit and year, closed to the milligram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from oreline.model import Finding, InputError, Severity, is_analyte, mass_text
from oreline.plan._ledger_flows import Place, WholeFlow, ledger_flows
from oreline.plan._plan import Plan

GRADE_DIGITS: Final = 12
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LedgerWriting:
    """How a plan is written as events.

    ``issuer`` names the lots, ``prefix`` begins their local names and the ids of events, ``actor``
    enters them; ``operators`` is the party that runs each site.
    """

    issuer: str
    prefix: str
    actor: str
    operators: Mapping[str, str]


def plan_events(plan: Plan, writing: LedgerWriting) -> tuple[Event, ...]:
    """Return the events of a plan in the order in which they happen.

    In each year ore is extracted, each unit is one ``process`` event for each of its recipes, and
    what goes elsewhere is dispatched and received. What several bring to one place is blended into
    one lot; what several take from it is split. What stays in stock is blended into next year's.

    Raises
    ------
    InputError
        With findings, if a site has no operator; or if material goes round in a circle within a
        year, which has no order.
    """
    flows = ledger_flows(plan.problem, plan.schedule)
    rank = _ranks(flows)
    at = {one.id: one.site for one in plan.problem.units}
    sites = {
        at[place[1]] if place[0] == "run" else place[0]
        for flow in flows
        for place in (flow.origin, flow.destination)
        if place is not None
    }
    missing = [
        Finding("ORL-1115", Severity.FATAL, site, f"nobody operates {site}",
                "name its operator in sites.csv, at the site in plan.toml, or with --operator")
        for site in sorted(sites)
        if site not in writing.operators
    ]  # fmt: skip
    if missing:
        raise InputError("the plan cannot be written as a ledger", missing)
    writer = _Writer(plan, writing, flows, rank)
    return tuple(sorted(writer.events(), key=lambda event: str(event["time"])))


def _ranks(flows: Sequence[WholeFlow]) -> dict[tuple[str, ...], int]:
    """Return for each place, apart from its year, how late in a year it comes."""
    ahead: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for flow in flows:
        ends = [_timeless(place) for place in (flow.origin, flow.destination) if place is not None]
        for end in ends:
            ahead.setdefault(end, set())
        if len(ends) == 2 and flow.kind != "stock":
            ahead[ends[0]].add(ends[1])
    behind = dict.fromkeys(ahead, 0)
    for places in ahead.values():
        for place in places:
            behind[place] += 1
    ready = sorted(place for place, count in behind.items() if not count)
    rank: dict[tuple[str, ...], int] = dict.fromkeys(ready, 0)
    seen = 0
    while ready:
        place = ready.pop()
        seen += 1
        for later in sorted(ahead[place]):
            rank[later] = max(rank.get(later, 0), rank[place] + 1)
            behind[later] -= 1
            if not behind[later]:
                ready.append(later)
    if seen < len(ahead):
        around = sorted(" ".join(place) for place, count in behind.items() if count)
        raise InputError(
            "material goes round in a circle within a year, which has no order to write events in: "
            + "; ".join(around[:6])
        )
    return rank


def _timeless(place: Place) -> tuple[str, ...]:
    return place[:-1]


class _Writer:
    """Writes the events of all years."""

    def __init__(
        self,
        plan: Plan,
        writing: LedgerWriting,
        flows: Sequence[WholeFlow],
        rank: Mapping[tuple[str, ...], int],
    ) -> None:
        self.plan = plan
        self.writing = writing
        self.rank = rank
        self.sites = {one.id: one.site for one in plan.problem.units}
        self.into: dict[Place, list[WholeFlow]] = {}
        self.out_of: dict[Place, list[WholeFlow]] = {}
        for flow in flows:
            if flow.destination is not None:
                self.into.setdefault(flow.destination, []).append(flow)
            if flow.origin is not None:
                self.out_of.setdefault(flow.origin, []).append(flow)
        self.source = f"plan {plan.certificate.input_sha256[:16]}"

    def events(self) -> Iterator[Event]:
        """Yield the events of every place: its inflows, itself, its outflows."""
        for place in sorted({*self.into, *self.out_of}, key=lambda one: (one[-1], self._of(one))):
            if place[0] == "run":
                yield from self._unit(place)
            else:
                yield from self._pool(place)

    def _of(self, place: Place) -> tuple[int, Place]:
        return self.rank[_timeless(place)], place

    def _time(self, place: Place, minutes: int) -> str:
        last = 1 + max(self.rank.values())
        back = 10 * (last - self.rank[_timeless(place)]) - minutes
        moment = datetime(int(place[-1]) + 1, 1, 1, tzinfo=UTC) - timedelta(minutes=back)
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

    def _event(self, kind: str, name: str, time: str, site: str, body: Event) -> Event:
        return {
            "schema": f"{kind}/1",
            "id": f"{self.writing.prefix}-{name}",
            "time": time,
            "actor": self.writing.actor,
            "party": self.writing.operators[site],
            "site": site,
            "body": body,
        }

    def _named(self, local: str) -> str:
        return f"{self.writing.issuer}:{self.writing.prefix}-{local}"

    def _mass(self, mg: int) -> Event:
        return {
            "value": mass_text(mg),
            "unit": "t",
            "basis": "planned",
            "method": "plan",
            "source": self.source,
        }

    def _grades(self, flow: WholeFlow) -> list[Event]:
        whole = flow.dry_mg
        return [
            {
                "analyte": name,
                "value": _fraction(mg, whole),
                "unit": "fraction",
                "basis": "planned",
                "method": "plan",
                "source": self.source,
            }
            for name, mg in flow.mg.items()
            if is_analyte(name)
        ]

    def _line(self, lot: str, flow: WholeFlow, *, graded: bool) -> Event:
        line: Event = {"lot": lot, "dry": self._mass(flow.dry_mg)}
        if flow.material in self.plan.problem.materials:
            line["material"] = flow.material
        if graded:
            line["grades"] = self._grades(flow)
        return line

    def _pool_lot(self, place: Place) -> str:
        """Return the lot from which a place's outflows come."""
        sources = self.into[place]
        if len(sources) == 1:
            return self._arrived(sources[0])
        return self._named(f"{place[0]}-{place[1]}-{place[2]}")

    def _arrived(self, flow: WholeFlow) -> str:
        """Return the lot that a flow brings."""
        if flow.origin is None:
            return self._named(f"{flow.name}-{flow.material}-{flow.year}")
        if flow.origin[0] == "run":
            return self._named(f"{flow.name}-{flow.origin[2]}-{flow.material}-{flow.year}")
        return self._taken(flow)

    def _taken(self, flow: WholeFlow) -> str:
        """Return the lot that a flow takes from its pool: the pool's own, or a part split off."""
        assert flow.origin is not None
        if len(self.out_of[flow.origin]) == 1:
            return self._pool_lot(flow.origin)
        to = f"{flow.name}-{flow.destination[2]}" if flow.kind == "run" and flow.destination else ""
        word = to or (f"{flow.kind}" if flow.kind in ("drop", "stock") else flow.name)
        return self._named(f"{flow.origin[0]}-{flow.material}-{flow.year}-to-{word}")

    def _pool(self, place: Place) -> Iterator[Event]:
        site, material, year = place
        sources, uses = self.into.get(place, []), self.out_of.get(place, [])
        name = f"{site}-{material}-{year}"
        for flow in sources:
            if flow.kind == "buy":
                line = self._line(self._arrived(flow), flow, graded=True)
                body = {"lots": [line]}
                yield self._event(
                    "receive", f"{name}-{flow.name}", self._time(place, 0), site, body
                )
        if len(sources) > 1:
            body = {
                "inputs": [{"lot": self._arrived(flow), "all": True} for flow in sources],
                "outputs": [{"lot": self._pool_lot(place), "material": material}],
            }
            yield self._event("blend", f"{name}-blend", self._time(place, 1), site, body)
        if len(uses) > 1:
            body = {
                "inputs": [{"lot": self._pool_lot(place), "all": True}],
                "outputs": [self._line(self._taken(flow), flow, graded=False) for flow in uses],
            }
            yield self._event("split", f"{name}-split", self._time(place, 2), site, body)
        for flow in uses:
            if flow.kind == "flow" and flow.destination is not None:
                yield from self._carried(place, flow)

    def _carried(self, place: Place, flow: WholeFlow) -> Iterator[Event]:
        assert flow.destination is not None
        there = flow.destination[0]
        name = f"{flow.name}-{flow.material}-{flow.year}"
        lines = [{"lot": self._taken(flow)}]
        operators = self.writing.operators
        away = self._event(
            "dispatch", f"{name}-dispatch", self._time(place, 3), place[0], {"lots": lines}
        )
        away["to_site"] = there
        if operators[there] != operators[place[0]]:
            away["to_party"] = operators[there]
        yield away
        body = {"lots": lines, "dispatch": away["id"]}
        yield self._event("receive", f"{name}-arrive", self._time(place, 4), there, body)

    def _unit(self, place: Place) -> Iterator[Event]:
        _, unit, recipe, year = place
        site = self.sites[unit]
        sources, products = self.into.get(place, []), self.out_of.get(place, [])
        start = f"{year}-01-01T00:00:00Z"
        made = [self._line(self._arrived(f), f, graded=True) for f in products if f.kind == "run"]
        drawn = [flow for flow in sources if flow.kind == "draw"]
        if len(drawn) == len(sources) == len(products) == len(made) == 1:
            event = self._event(
                "extract", f"{unit}-{recipe}-{year}", self._time(place, 0), site, {"outputs": made}
            )
            yield {**event, "time_start": start}
            return
        inputs: list[Event] = []
        for flow in sources:
            if flow.kind in ("draw", "reagent"):
                lot = self._named(f"{unit}-{recipe}-{flow.kind}-{year}")
                line = self._line(lot, flow, graded=True)
                kind = "extract" if flow.kind == "draw" else "receive"
                body: Event = {"outputs": [line]} if flow.kind == "draw" else {"lots": [line]}
                yield self._event(kind, f"{unit}-{recipe}-{flow.kind}-{year}", start, site, body)
            else:
                lot = self._taken(flow)
            inputs.append({"lot": lot, "dry": self._mass(flow.dry_mg)})
        body = {"inputs": inputs, "outputs": made, "unit": unit, "all_inputs_recorded": True}
        losses = [flow for flow in products if flow.kind == "loss"]
        if losses:
            body["losses"] = [
                {
                    "stream": f"{unit}-{recipe}",
                    "dry": self._mass(flow.dry_mg),
                    "grades": self._grades(flow),
                }
                for flow in losses
            ]
        event = self._event("process", f"{unit}-{recipe}-{year}", self._time(place, 0), site, body)
        yield {**event, "time_start": start}


def _fraction(part: int, whole: int) -> str:
    """Return part over whole with twelve decimals, rounded half up.

    >>> _fraction(2, 3)
    '0.666666666667'
    """
    scaled = (2 * part * 10**GRADE_DIGITS + whole) // (2 * whole)
    return f"{scaled // 10**GRADE_DIGITS}.{scaled % 10**GRADE_DIGITS:0{GRADE_DIGITS}d}"
