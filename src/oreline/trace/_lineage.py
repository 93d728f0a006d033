"""Up and down the graph: what a lot was made from, what became of it, and the way between two."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

from oreline.model import InputError, mass_text
from oreline.record import instant_text
from oreline.trace._flows import Flows
from oreline.trace._origin_table import UNKNOWN, LevelColumns
from oreline.trace._origins import Tracer, less_stated, scaled, share_table, wide
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

    Of a pile or tank only what entered it before the draw that this lot rests on. Masses are not
    looked at: a lot counts even if the book says that none of it was left.
    """
    return _walk(tracer, lot, "ancestors", upwards=True)


def descendants_of(tracer: Tracer, lot: str) -> LotSet:
    """Return every lot that may contain some of this one: what a recall must look at.

    Of a pile or tank only what was drawn after the material entered it. A pile that the book says
    was empty in between still counts: a heel may have stayed.
    """
    return _walk(tracer, lot, "descendants", upwards=False)


def _walk(tracer: Tracer, lot: str, direction: str, *, upwards: bool) -> LotSet:
    """Go from event to event; every lot is left only by lines on the right side of its limit.

    Upwards a limit is the place of the latest draw through which a lot was reached: only what was
    put in before it counts. Downwards it is the place of the earliest addition.
    """
    flows = tracer.flows
    near, far = (flows.made_by, flows.taken) if upwards else (flows.used_by, flows.given)
    number = tracer.lot(lot)
    limit = {number: flows.n_places if upwards else -1}
    found: list[int] = []
    events: dict[int, None] = {}
    frontier = [number]
    while frontier:
        following: dict[int, None] = {}
        for at in frontier:
            for event, place in near.get(at, ()):
                if (place > limit[at]) if upwards else (place < limit[at]):
                    continue
                events[event] = None
                for other, reached in far.get(event, ()):
                    if other not in limit:
                        found.append(other)
                    elif (reached <= limit[other]) if upwards else (reached >= limit[other]):
                        continue
                    limit[other] = reached
                    following[other] = None
        frontier = list(following)
    names = tracer.graph.ledger.columns.lots.names
    lots = tuple(names[other] for other in found)
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
        takes=tuple(names[lot] for lot, _ in flows.taken.get(event, ())),
        gives=tuple(names[lot] for lot, _ in flows.given.get(event, ())),
    )


def path_between_lots(tracer: Tracer, earlier: str, later: str) -> tuple[Step, ...]:
    """Return a shortest chain of events that leads from one lot to another, empty if none does.

    Each event draws from the lot that the one before it put into, and after that.
    """
    flows = tracer.flows
    start, goal = tracer.lot(earlier), tracer.lot(later)
    earliest = {start: -1}
    came: dict[tuple[int, int], tuple[int, int, int]] = {}
    frontier = [(start, -1)]
    while frontier and goal not in earliest:
        following: list[tuple[int, int]] = []
        for at, since in frontier:
            for event, place in flows.used_by.get(at, ()):
                if place < since:
                    continue
                for other, reached in flows.given.get(event, ()):
                    # The same lot may be worth reaching again, by more events but earlier.
                    if reached < earliest.get(other, flows.n_places):
                        earliest[other] = reached
                        came[other, reached] = (at, since, event)
                        following.append((other, reached))
        frontier = following
    steps: list[Step] = []
    at, since = goal, earliest.get(goal, -1)
    while (at, since) in came:
        at, since, event = came[at, since]
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
    """Return every lot that holds, or may hold, an element from one mine, district or country.

    ``origin`` is the name at that level; a party is asked for in the same way. The share is that of
    the lot's latest state; the metal is what was made for a lot made once, what is held for a pile
    or tank. At most counts what comes from an origin that is not stated and could be this one, so
    a lot of which too little is known is listed with nothing at least.
    """
    columns = tracer.level(level)
    wanted = {path for path in columns.paths if path[-1] == origin}
    if not wanted:
        known = ", ".join(sorted({path[-1] for path in columns.paths})[:12])
        message = f"no origin {origin!r} at level {level}; this ledger has {known}"
        raise InputError(message)
    graph = tracer.graph
    low, high = _share_of(tracer, element, _roles(columns, wanted))
    metal = tracer.metals(element).bounds
    names = graph.ledger.columns.lots.names
    found = []
    # A lot in which there is none of the element holds none from anywhere.
    holds = (metal[:, 1] > 0) | (low[graph.lot_node] > 0)
    for lot in np.flatnonzero((high[graph.lot_node] > 0) & holds).tolist():
        node = int(graph.lot_node[lot])
        least, most = float(low[node]), float(high[node])
        masses = _reached_mg(metal[lot].tolist(), least, most)
        found.append(Reached(names[lot], least, most, *masses))
    found.sort(key=lambda reached: (-reached.metal_low_mg, reached.lot))
    return Recall(level, origin, element, tuple(found))


def _reached_mg(metal_mg: list[int], least: float, most: float) -> tuple[int, int | None]:
    """Return a share of a metal in mg, rounded outwards; to the nearest if both are known."""
    low, high = metal_mg
    if low == high and least == most:
        nearest = round(Fraction(least) * low)
        return nearest, nearest
    return scaled(low, least, floor=True), (
        None if high == UNBOUNDED_MG else scaled(high, most, floor=False)
    )


_WANTED, _COULD_BE, _OTHER = range(3)


def _roles(columns: LevelColumns, wanted: set[tuple[str, ...]]) -> np.ndarray:
    """Return for each origin whether it is asked for, could be, as far as stated, or is another."""
    stated = {path for path in wanted if UNKNOWN not in path}
    could_be = {less for path in stated for less in less_stated(path)} - wanted
    roles = [
        _WANTED if path in wanted else _COULD_BE if path in could_be else _OTHER
        for path in columns.paths
    ]
    return np.array(roles, np.int32)[columns.column]


def _share_of(tracer: Tracer, element: str, roles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and greatest share of the wanted origins, together, in every node."""
    low, high = share_table(tracer, element, roles)
    own = np.eye(_OTHER + 1)[roles]
    low, high = (np.concatenate([own, wide(part, _OTHER + 1)]) for part in (low, high))
    raised = high[:, _WANTED] + high[:, _COULD_BE]
    most = np.minimum(raised, np.maximum(1.0 - low[:, _OTHER], high[:, _WANTED]))
    return np.minimum(low[:, _WANTED], 1.0), np.minimum(most, 1.0)
