"""Up and down the graph: what a lot was made from, what became of it, and the way between two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.record import instant_text
from oreline.trace._lazily import Lazily
from oreline.trace._origins import Tracer

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Step:
    """One event on the way from lot to lot."""

    event: str
    kind: str
    time: str
    site: str | None
    takes: tuple[str, ...]
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LotSet:
    """Lots with the events that lead to them, nearest first.

    Held as numbers: names and steps are made for those that are looked at.
    """

    lot: str
    direction: str
    lots: Lazily[str]
    steps: Lazily[Step]
    _numbers: Ints = field(repr=False)
    _all_names: Callable[[], pl.Series] = field(repr=False)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each lot."""
        names = self._all_names().gather(self._numbers)
        return pl.DataFrame(
            {"of": pl.repeat(self.lot, names.len(), eager=True), self.direction: names}
        )

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
    from oreline.trace._flow_kernels import UNSEEN, walk_all

    flows = tracer.flows
    near, far = (flows.made_by, flows.taken) if upwards else (flows.used_by, flows.given)
    number = tracer.lot(lot)
    limit = np.full(tracer.graph.lot_node.size, UNSEEN, np.int64)
    limit[number] = flows.n_places if upwards else -1
    arrays = (near.start, near.other, near.place, far.start, far.other, far.place)
    lots, events = walk_all(*arrays, number, upwards, limit, flows.taken.start.size - 1)
    names = tracer.graph.ledger.columns.lots.names
    return LotSet(
        lot,
        direction,
        Lazily(lots.size, lambda place: names[lots[place]]),
        Lazily(events.size, lambda place: _step(tracer, int(events[place]))),
        lots,
        lambda: tracer.lot_names,
    )


def _step(tracer: Tracer, event: int) -> Step:
    columns, flows = tracer.graph.ledger.columns, tracer.flows
    names, events = columns.lots.names, columns.events
    site = events.site[event]
    return Step(
        event=events.id[event],
        kind=columns.kinds.names[events.kind[event]],
        time=instant_text(events.time_us[event]),
        site=columns.places.names[site] if site >= 0 else None,
        takes=tuple(names[lot] for lot, _ in flows.taken.get(event)),
        gives=tuple(names[lot] for lot, _ in flows.given.get(event)),
    )


def path_between_lots(tracer: Tracer, earlier: str, later: str) -> tuple[Step, ...]:
    """Return a shortest chain of events that leads from one lot to another, empty if none does.

    Each event draws from the lot that the one before it put into, and after that.
    """
    from oreline.trace._flow_kernels import shortest_way

    flows = tracer.flows
    used, given = flows.used_by, flows.given
    earliest = np.full(tracer.graph.lot_node.size, flows.n_places + 1, np.int64)
    arrays = (used.start, used.other, used.place, given.start, given.other, given.place)
    events = shortest_way(*arrays, tracer.lot(earlier), tracer.lot(later), earliest)
    return tuple(_step(tracer, event) for event in events.tolist())
