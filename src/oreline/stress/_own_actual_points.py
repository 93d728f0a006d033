"""Single points of failure of a ledger: what would not have come without a site, way or country."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from oreline.record import OUT
from oreline.stress._concentration import Bounds
from oreline.stress._own_actual import ActualDelivery, ActualLoss, parts_by_country
from oreline.stress._own_events import ChainEvent, Kind
from oreline.stress._own_flow import NOWHERE, LedgerFlow

POINTS_MAX: Final = 500
WHOLE: Final = 0.99
"""From this part of a delivery on all of it is said to hang on a point."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ActualPoint:
    """What hung on a site, port, route or country, as the ledger tells it.

    ``parts`` are of each delivery, by element and country, 0 to 1. ``others`` were seen to do the
    same work with the same materials: other sites that made them, other ways into the same site or
    between the same countries, other ports of the country, other countries that sent them.
    """

    kind: str
    id: str
    name: str
    parts: dict[tuple[str, str], Bounds]
    others: tuple[str, ...]

    @property
    def worst(self) -> float:
        """Return the largest part of any delivery."""
        return max((one.high or 0.0 for one in self.parts.values()), default=0.0)

    @property
    def is_single(self) -> bool:
        """Return whether all of a delivery hung on it, and nothing else did the same work."""
        return not self.others and any(one.low >= WHOLE for one in self.parts.values())


@dataclass(frozen=True, slots=True)
class ActualPoints:
    """All points that something hung on, the one with the largest part first."""

    points: tuple[ActualPoint, ...]
    pairs: tuple[tuple[str, str], ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each point; parts are 0 to 1."""
        rows = []
        for one in self.points:
            row: dict[str, Any] = {
                "kind": one.kind,
                "id": one.id,
                "name": one.name,
                "single": one.is_single,
                "others": " ".join(one.others),
            }
            for pair in self.pairs:
                row["_to_".join(pair) + "_low"] = one.parts[pair].low
                row["_to_".join(pair) + "_high"] = one.parts[pair].high
            rows.append(row)
        return pl.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Return the points as plain values."""
        return {
            "points": [
                {
                    "kind": one.kind,
                    "id": one.id,
                    "name": one.name,
                    "single": one.is_single,
                    "others": list(one.others),
                    "deliveries": [
                        {"element": element, "country": country, "part_as_it_ran": part.to_json()}
                        for (element, country), part in one.parts.items()
                    ],
                }
                for one in self.points
            ],
            "taken_out": "at all times, nothing going another way",
            "basis": "derived",
        }


def actual_points(
    flow: LedgerFlow, deliveries: Sequence[ActualDelivery], progress: Progress | None = None
) -> ActualPoints:
    """Return what hung on each site, port, way and country that the ledger uses."""
    pairs = tuple((one.element, one.country) for one in deliveries)
    listed = list(_candidates(flow))[:POINTS_MAX]
    found = []
    for place, (kind, name, called, others) in enumerate(listed):
        if progress is not None:
            progress("taken out", place, len(listed))
        event_kind: Kind = "ban" if kind == "country" else "route" if kind == "route" else "site"
        hit = flow.hit(ChainEvent(name, event_kind, name, flow.first_month, 1.0), always=True)
        met = {
            element: flow.exposed(element, hit)[0]
            for element in dict.fromkeys(element for element, _ in pairs)
        }
        losses = [
            ActualLoss(one, met[one.element][[each.line for each in one.arrivals]])
            for one in deliveries
        ]
        parts = dict(parts_by_country(losses))
        if any(one.high for one in parts.values()):
            found.append(ActualPoint(kind, name, called, parts, others))
    found.sort(key=lambda one: (not one.is_single, -one.worst, one.kind, one.id))
    return ActualPoints(tuple(found), pairs)


def _candidates(flow: LedgerFlow) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    made = _made_at(flow)
    by_way: dict[str, set[str]] = {}
    by_country: dict[str, set[str]] = {}
    by_port: dict[str, set[str]] = {}
    for one in flow.arrivals:
        by_way.setdefault(one.way, set()).add(one.material)
        for site in (one.origin, one.site):
            by_port.setdefault(site, set()).add(one.material)
        if flow.country(one.origin) != flow.country(one.site):
            by_country.setdefault(flow.country(one.origin), set()).add(one.material)
    for site in flow.used_sites:
        known = flow.chain.sites.get(site)
        is_port = site in flow.places.ports
        others = (
            one
            for one in _alike(by_port if is_port else made, site)
            if not is_port or (one in flow.places.ports and flow.country(one) == flow.country(site))
        )
        kind = "port" if is_port else "site"
        yield kind, site, site if known is None else known.name, tuple(others)
    for way, ends in flow.ends.items():
        others = (one for one in _alike(by_way, way) if _is_beside(flow, flow.ends[one], ends))
        yield "route", way, " to ".join(ends), tuple(others)
    for code in sorted({flow.country(site) for site in flow.used_sites} - {NOWHERE}):
        others = (one for one in _alike(by_country, code) if one != NOWHERE)
        yield "country", code, code, tuple(others)


def _alike(materials: Mapping[str, set[str]], name: str) -> Iterator[str]:
    """Yield what else did the same work: made, sent or carried any of the same materials."""
    for other, theirs in materials.items():
        if other and other != name and theirs & materials.get(name, set()):
            yield other


def _is_beside(flow: LedgerFlow, other: tuple[str, str], ends: tuple[str, str]) -> bool:
    """Return whether another way leads into the same site, or between the same two countries."""
    borders, theirs = ([flow.country(site) for site in pair] for pair in (ends, other))
    return other[1] == ends[1] or (borders[0] != borders[1] and borders == theirs)


def _made_at(flow: LedgerFlow) -> dict[str, set[str]]:
    """Return the materials that each site won or made: what was only moved or mixed is not made."""
    columns = flow.books.ledger.columns
    stated = np.array(columns.lines.material, np.int64)[flow.order]
    places = np.array(columns.events.site, np.int64)[flow.event]
    making = [columns.kinds.index.get(kind, -1) for kind in ("extract", "process")]
    kinds = np.array(columns.events.kind, np.int64)[flow.event]
    made = (flow.side == OUT) & np.isin(kinds, making) & (stated >= 0) & (places >= 0)
    found: dict[str, set[str]] = {}
    for row in np.flatnonzero(made).tolist():
        name = columns.places.names[places[row]]
        found.setdefault(name, set()).add(columns.materials.names[stated[row]])
    return found
