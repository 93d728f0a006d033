"""Up and down the graph: what a lot was made from, what became of it, and the way between two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from oreline.model import InputError, mass_text
from oreline.record import instant_text
from oreline.trace._flows import Flows
from oreline.trace._origins import Tracer
from oreline.trace._rows import UNBOUNDED_MG


@dataclass(frozen=True, slots=True)
class Step:
    """One event on the way from lot to lot."""

    event: str
    kind: str
    time: str
    site: str | None
    takes: tuple[str, ...]
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LotSet:
    """Lots with the events that lead to them, nearest first."""

    lot: str
    direction: str
    lots: tuple[str, ...]
    steps: tuple[Step, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each lot."""
        return pl.DataFrame({"of": [self.lot] * len(self.lots), self.direction: list(self.lots)})

    def to_json(self) -> dict[str, Any]:
        """Return lots and steps."""
        return {
            "lot": self.lot,
            "direction": self.direction,
            "lots": list(self.lots),
            "steps": [
                {
                    "event": step.event,
                    "kind": step.kind,
                    "time": step.time,
                    "site": step.site,
                    "takes": list(step.takes),
                    "gives": list(step.gives),
                }
                for step in self.steps
            ],
        }


def ancestors(tracer: Tracer, lot: str) -> LotSet:
    """Return every lot that may have gone into this one, nearest first.

    Of a pile or tank only what entered it before the last event that this lot rests on.
    """
    return _walk(tracer, lot, "ancestors", upwards=True)


def descendants_of(tracer: Tracer, lot: str) -> LotSet:
    """Return every lot that may contain some of this one: what a recall must look at."""
    return _walk(tracer, lot, "descendants", upwards=False)


def _walk(tracer: Tracer, lot: str, direction: str, *, upwards: bool) -> LotSet:
    """Go from event to event: each takes lots and gives lots, at the time at which it acts."""
    flows = tracer.flows
    number = tracer.lot(lot)
    start = len(flows.order) if upwards else -1
    limit = {number: start}
    found: list[int] = []
    events: list[int] = []
    seen_events: set[int] = set()
    frontier = [number]
    while frontier:
        following: list[int] = []
        for at in frontier:
            near, far = (flows.made_by, flows.taken) if upwards else (flows.used_by, flows.given)
            for event in near.get(at, ()):
                place = flows.place[event]
                if (place > limit[at]) if upwards else (place < limit[at]):
                    continue
                if event not in seen_events:
                    seen_events.add(event)
                    events.append(event)
                for other in far.get(event, ()):
                    if other not in limit:
                        limit[other] = place
                        found.append(other)
                        following.append(other)
                    elif (place > limit[other]) if upwards else (place < limit[other]):
                        limit[other] = place
                        following.append(other)
        frontier = following
    names = tracer.graph.ledger.columns.lots.names
    lots = tuple(names[other] for other in found if other != number)
    return LotSet(lot, direction, lots, tuple(_step(tracer, flows, event) for event in events))


def _step(tracer: Tracer, flows: Flows, event: int) -> Step:
    columns = tracer.graph.ledger.columns
    names, events = columns.lots.names, columns.events
    site = events.site[event]
    return Step(
        event=events.id[event],
        kind=columns.kinds.names[events.kind[event]],
        time=instant_text(events.time_us[event]),
        site=columns.places.names[site] if site >= 0 else None,
        takes=tuple(names[lot] for lot in flows.taken.get(event, ())),
        gives=tuple(names[lot] for lot in flows.given.get(event, ())),
    )


def path_between_lots(tracer: Tracer, earlier: str, later: str) -> tuple[Step, ...]:
    """Return a shortest chain of events that leads from one lot to another, empty if none does."""
    flows = tracer.flows
    start, goal = tracer.lot(earlier), tracer.lot(later)
    came: dict[int, tuple[int, int]] = {}
    limit = {start: -1}
    frontier = [start]
    while frontier and goal not in came:
        following = []
        for at in frontier:
            for event in flows.used_by.get(at, ()):
                if flows.place[event] < limit[at]:
                    continue
                for other in flows.given.get(event, ()):
                    if other not in limit:
                        limit[other] = flows.place[event]
                        came[other] = (at, event)
                        following.append(other)
        frontier = following
    steps: list[Step] = []
    at = goal
    while at in came and at != start:
        at, event = came[at]
        steps.append(_step(tracer, flows, event))
    return tuple(reversed(steps))


@dataclass(frozen=True, slots=True)
class Reached:
    """A lot that holds metal of an origin: how much of it, at least and at most."""

    lot: str
    share_low: float
    share_high: float
    metal_low_mg: int
    metal_high_mg: int | None


@dataclass(frozen=True, slots=True)
class Recall:
    """Where the material of one origin went."""

    level: str
    origin: str
    element: str
    lots: tuple[Reached, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each lot."""
        return pl.DataFrame(
            [
                {
                    "lot": reached.lot,
                    "share_low": reached.share_low,
                    "share_high": reached.share_high,
                    "metal_low_kg": mass_text(reached.metal_low_mg, "kg"),
                    "metal_high_kg": None
                    if reached.metal_high_mg is None
                    else mass_text(reached.metal_high_mg, "kg"),
                }
                for reached in self.lots
            ]
        )

    def to_json(self) -> dict[str, Any]:
        """Return the answer as JSON."""
        return {
            "level": self.level,
            "origin": self.origin,
            "element": self.element,
            "lots": self.to_frame().to_dicts(),
        }


def recall(tracer: Tracer, level: str, origin: str, element: str) -> Recall:
    """Return every lot that holds an element from one mine, district, country or party.

    ``origin`` is the name at that level. The share is that of the lot's latest state; the metal is
    what was made for a lot made once, what is held for a pile or tank.
    """
    columns = tracer.level(level)
    wanted = [place for place, path in enumerate(columns.paths) if path[-1] == origin]
    if not wanted:
        known = ", ".join(sorted({path[-1] for path in columns.paths})[:12])
        message = f"no origin {origin!r} at level {level}; this ledger has {known}"
        raise InputError(message)
    low, high = _share_of(tracer, element, np.isin(columns.column, wanted))
    graph = tracer.graph
    metal = tracer.metals(element).bounds
    names = graph.ledger.columns.lots.names
    found = []
    for lot in np.flatnonzero(high[graph.lot_node] > 0).tolist():
        node = int(graph.lot_node[lot])
        most = int(metal[lot, 1])
        found.append(
            Reached(
                names[lot],
                float(low[node]),
                float(high[node]),
                int(metal[lot, 0] * low[node]),
                None if most == UNBOUNDED_MG else int(most * high[node]),
            )
        )
    found.sort(key=lambda reached: (-reached.metal_low_mg, reached.lot))
    return Recall(level, origin, element, tuple(found))


def _share_of(tracer: Tracer, element: str, is_wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and greatest share of the wanted origins, together, in every node."""
    from oreline.trace._attribute import attribute
    from oreline.trace._bounds import share_bounds

    rows = tracer.graph.rows(element)
    column = np.where(is_wanted, 0, 1).astype(np.int32)
    if rows.weight_hi_mg is rows.weight_lo_mg:
        low = high = attribute(rows, 0, column)[:, 0]
    else:
        low, high = (bound[:, 0] for bound in share_bounds(rows, 0, column))
    own = is_wanted.astype(np.float64)
    return np.concatenate([own, low]), np.concatenate([own, high])
