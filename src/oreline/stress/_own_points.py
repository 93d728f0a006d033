"""Single points of failure: every site, route, port and country taken out, one at a time.

In the plan in years, with its builds held, what is taken out is never there. What hangs on it is
told twice: where nothing else changes, and where the rest is planned anew around the gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from oreline.plan import LimitedRuns, Plan, Running, SolverSettings, fixed_builds, parse_goal
from oreline.stress._own_events import ChainEvent, KnownPlaces
from oreline.stress._own_limits import Key, crossing, things_of

POINTS_MAX: Final = 2000
NOTHING: Final = 1e-7
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Point:
    """What hangs on one site, route, port or country.

    Parts are of the plan's deliveries of each element to each country, and of the present value of
    its cash flow before capital; the first of a pair is re-planned, the second as planned.
    """

    kind: str
    id: str
    name: str
    deliveries: dict[tuple[str, str], tuple[float, float]]
    cash: tuple[float, float]
    lost_m: tuple[float, float]

    @property
    def worst(self) -> float:
        """Return the largest part of any delivery that hangs on it as planned."""
        return max((one[1] for one in self.deliveries.values()), default=0.0)


@dataclass(frozen=True, slots=True)
class PointsOfFailure:
    """All points of a plan, the one on which most cash hangs first."""

    plan: Plan
    planned: Running
    points: tuple[Point, ...]
    pairs: tuple[tuple[str, str], ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each point; parts are 0 to 1."""
        rows = []
        for one in self.points:
            row: dict[str, Any] = {
                "kind": one.kind,
                "id": one.id,
                "name": one.name,
                "cash_replanned": one.cash[0],
                "cash_as_planned": one.cash[1],
                "lost_m_replanned": one.lost_m[0],
                "lost_m_as_planned": one.lost_m[1],
            }
            for element, country in self.pairs:
                parts = one.deliveries[element, country]
                row[f"{element}_to_{country}_replanned"] = parts[0]
                row[f"{element}_to_{country}_as_planned"] = parts[1]
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
                    "cash_part": {"replanned": one.cash[0], "as_planned": one.cash[1]},
                    "lost_m": {"replanned": one.lost_m[0], "as_planned": one.lost_m[1]},
                    "deliveries": [
                        {
                            "element": element,
                            "country": country,
                            "part_replanned": parts[0],
                            "part_as_planned": parts[1],
                        }
                        for (element, country), parts in one.deliveries.items()
                    ],
                }
                for one in self.points
            ],
            "cash": "present value of the cash flow before capital",
            "operating_m": self.planned.operating,
            "currency": self.plan.problem.currency,
            "taken_out": "in all years, builds held",
            "basis": "derived",
        }


def points_of_failure(
    plan: Plan,
    places: KnownPlaces,
    settings: SolverSettings | None = None,
    progress: Progress | None = None,
) -> PointsOfFailure:
    """Return what hangs on each site, route, port and country of a plan.

    What the plan does not use costs nothing to lose, and is not listed.
    """
    problem = plan.problem
    goals = tuple(parse_goal(goal) for goal, _, _ in plan.goals)
    runs = LimitedRuns(problem, fixed_builds(plan, problem), settings=settings, goals=goals)
    planned = runs.as_planned()
    pairs = tuple(
        (element, country)
        for element in problem.elements()
        for country in planned.countries()
        if sum(planned.delivered(element, country).values()) > 0
    )
    used = _used(planned)
    listed = [
        (kind, name, called, keys)
        for kind, name, called, keys in _candidates(plan, places)
        if any(key[:2] in used for key in keys)
    ][:POINTS_MAX]
    found = []
    for place, (kind, name, called, keys) in enumerate(listed):
        if progress is not None:
            progress("taken out", place, len(listed))
        gone = {key: dict.fromkeys(problem.years, 0.0) for key in keys}
        two = [runs.run(gone, problem.years[0], replanned=one) for one in (True, False)]
        found.append(_point(kind, name, called, planned, two, pairs))
    found.sort(key=lambda one: (-one.lost_m[1], -one.worst, one.kind, one.id))
    return PointsOfFailure(plan, planned, tuple(found), pairs)


def _candidates(plan: Plan, places: KnownPlaces) -> Iterator[tuple[str, str, str, tuple[Key, ...]]]:
    problem = plan.problem
    for site in problem.sites.values():
        kind = "port" if site.id in places.ports else "site"
        event = ChainEvent(site.id, "site", site.id, 12 * problem.years[0], 12.0)
        yield kind, site.id, site.name or site.id, things_of(event, problem)
    for way in problem.ways:
        yield "route", way.id, f"{way.origin} to {way.destination}", (("way", way.id),)
    for code in sorted({one.country for one in problem.sites.values()}):
        yield "country", code, code, crossing(problem, code)


def _used(planned: Running) -> set[Key]:
    kinds = {"run": "unit", "flow": "way", "sale": "market", "buy": "supply"}
    return {
        (kinds[one.kind], one.name) for one in planned.schedule.amounts if one.kind in kinds
    }  # fmt: skip


def _point(
    kind: str,
    name: str,
    called: str,
    planned: Running,
    two: list[Running],
    pairs: tuple[tuple[str, str], ...],
) -> Point:
    deliveries = {}
    for element, country in pairs:
        whole = sum(planned.delivered(element, country).values())
        parts = [_part(whole - sum(one.delivered(element, country).values()), whole) for one in two]
        deliveries[element, country] = (parts[0], parts[1])
    lost = [planned.npv - one.npv for one in two]
    whole = planned.operating
    cash = tuple(_part(one, whole) if whole > 0 else 0.0 for one in lost)
    return Point(kind, name, called, deliveries, (cash[0], cash[1]), (lost[0], lost[1]))


def _part(lost: float, whole: float) -> float:
    """Return a part, nought where it is no more than what the solver leaves open."""
    part = lost / whole
    return 0.0 if abs(part) < NOTHING else part
