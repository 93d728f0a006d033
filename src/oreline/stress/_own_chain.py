"""A chain of one's own under stress: deliveries and cash at risk while what is built stays.

Each event is put to the plan twice. Re-planned: from its beginning on, everything but the builds is
decided anew, with how long it lasts known. As planned: nothing goes another way or at another time.
The first is what a good answer makes of it, the second what it costs where nobody answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import polars as pl

from oreline.model import Finding, Severity
from oreline.plan import (
    Change,
    LimitedRuns,
    Plan,
    PlanText,
    Problem,
    Running,
    SolverSettings,
    fixed_builds,
    in_quarters,
    parse_goal,
    quarter_name,
)
from oreline.stress._own_events import ChainEvent, KnownPlaces
from oreline.stress._own_limits import left_of, shocked, touches

QUARTERS: Final = 4
SAME: Final = 1e-3
"""Deliveries have recovered when less than this part of a quarter's lacks."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """An element delivered to a country: planned and in two answers to an event, by period."""

    element: str
    country: str
    planned_t: tuple[float, ...]
    replanned_t: tuple[float, ...]
    as_planned_t: tuple[float, ...]

    @property
    def lost_t(self) -> tuple[float, float]:
        """Return what is lost for good within the plan: re-planned, and as planned."""
        whole = sum(self.planned_t)
        return whole - sum(self.replanned_t), whole - sum(self.as_planned_t)

    @property
    def late_t(self) -> float:
        """Return the most that lacks at any one time where it is re-planned."""
        gaps = (
            one - other
            for one, other in zip(
                accumulate(self.planned_t), accumulate(self.replanned_t), strict=True
            )
        )
        return max(0.0, *gaps)


class OwnChain:
    """A plan with its builds held, in quarters, to which events are put.

    Parameters
    ----------
    text
        The plan.
    annual
        The plan in years; its builds are held.
    changes
        The state of the world of the plan.
    settings
        How linear programmes are solved.
    """

    def __init__(
        self,
        text: PlanText,
        annual: Plan,
        changes: Sequence[Change] = (),
        settings: SolverSettings | None = None,
    ) -> None:
        self.annual = annual
        self.places = known_places(text, annual.problem)
        self.changes = tuple(changes)
        self.settings = settings
        held = fixed_builds(annual, annual.problem)
        self.held = {(option, QUARTERS * place): part for (option, place), part in held.items()}
        self.problem = in_quarters(annual.problem)
        self.goals = tuple(parse_goal(goal) for goal, _, _ in annual.goals)
        self.runs = LimitedRuns(self.problem, self.held, settings=settings, goals=self.goals)
        self.base = self.runs.as_planned()
        self._other: dict[tuple[str, ...], LimitedRuns] = {}

    def stressed(self, events: Sequence[ChainEvent], *, replanned: bool) -> Running:
        """Return what runs where events happen together.

        What comes later is known from the first event on.
        """
        real = [one for one in events if touches(one, self.problem)]
        if not real:
            return self.base
        since = max(min(one.first_period(QUARTERS) for one in real), self.problem.years[0])
        left = left_of(real, self.problem)
        return self._runs(real).run(left, since, replanned=replanned)

    def _runs(self, events: Sequence[ChainEvent]) -> LimitedRuns:
        prices = tuple(one.id for one in events if one.kind == "price")
        if not prices:
            return self.runs
        if prices not in self._other:
            problem = shocked(self.problem, events)
            self._other[prices] = LimitedRuns(problem, self.held, self.runs.planned, self.settings)
        return self._other[prices]

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return what the plan delivers: elements and the countries they go to."""
        return tuple(
            (element, country)
            for element in self.problem.elements()
            for country in self.base.countries()
            if sum(self.base.delivered(element, country).values()) > 0
        )

    def start_month(self) -> int:
        """Return the month in which an event begins that says none.

        It is January of the year with the largest sales, the first of them.
        """
        return busiest_month(self.annual)

    def outcome(self, events: Sequence[ChainEvent]) -> ChainOutcome:
        """Return what becomes of the chain where events happen together."""
        replanned = self.stressed(events, replanned=True)
        as_planned = self.stressed(events, replanned=False)
        return ChainOutcome(tuple(events), self.base, replanned, as_planned, self.pairs())

    def findings(self, events: Sequence[ChainEvent]) -> tuple[Finding, ...]:
        """Return what is to be said of events that touch nothing of the plan."""
        fix = "name what the plan uses; or read it as it is: the chain does not depend on it"
        return tuple(
            Finding("ORL-1255", Severity.NOTE, one.id, f"{one.words()}: no part of the plan", fix)
            for one in events
            if not touches(one, self.problem)
        )


def known_places(text: PlanText, problem: Problem) -> KnownPlaces:
    """Return what events can name: what the chain's tables and the plan know."""
    ports = {site for site, one in text.sites.items() if one.kind == "port"}
    return KnownPlaces(
        frozenset({*text.sites, *problem.sites}),
        frozenset({*text.routes, *(one.id for one in problem.ways)}),
        frozenset(ports),
        frozenset(problem.prices),
        problem.elements(),
        (12 * problem.years[0], 12 * (problem.years[-1] + 1)),
    )


def busiest_month(annual: Plan) -> int:
    """Return January of the first year in which most is sold, as a month from the year nought."""
    sales = annual.accounts.terms.get("sales", {})
    best = max(sales.values(), default=0.0)
    year = next((one for one in sorted(sales) if sales[one] >= best), annual.problem.years[0])
    return 12 * year


@dataclass(frozen=True, slots=True)
class ChainOutcome:
    """What becomes of a chain where events happen together: planned, and in two answers."""

    events: tuple[ChainEvent, ...]
    planned: Running
    replanned: Running
    as_planned: Running
    pairs: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Return the ids of its events."""
        return " + ".join(one.id for one in self.events)

    @property
    def lost_m(self) -> tuple[float, float]:
        """Return the net present value lost, in millions: re-planned, and as planned."""
        return self.planned.npv - self.replanned.npv, self.planned.npv - self.as_planned.npv

    def deliveries(self) -> tuple[Delivered, ...]:
        """Return each delivery of the plan, by quarter."""
        found = []
        for element, country in self.pairs:
            rows = [
                tuple(
                    run.delivered(element, country).get(period, 0.0) for period in run.problem.years
                )
                for run in (self.planned, self.replanned, self.as_planned)
            ]
            found.append(Delivered(element, country, *rows))
        return tuple(found)

    def recovery(self, one: Delivered) -> tuple[float | None, float | None]:
        """Return months from the first event until a delivery is at its rate, and has caught up.

        It is at its rate from the end of the last quarter that lacks anything, and has caught up at
        the end of the first after which the sum lacks nothing any more; nought where nothing ever
        lacks, None where something still does at the end of the plan.
        """
        start = min(event.first_month for event in self.events)
        found: list[float | None] = []
        for should, does, later in (
            (one.planned_t, one.replanned_t, 1),
            (tuple(accumulate(one.planned_t)), tuple(accumulate(one.replanned_t)), 2),
        ):
            rows = zip(should, does, strict=True)
            short = [place for place, (want, had) in enumerate(rows) if had < want * (1 - SAME)]
            if not short:
                found.append(0.0)
            elif short[-1] == len(should) - 1:
                found.append(None)
            else:
                months = 12 // QUARTERS * (self.planned.problem.years[short[-1]] + later)
                found.append(float(months - start))
        return found[0], found[1]

    def cash(self) -> dict[int, tuple[float, float, float]]:
        """Return the net cash flow of each year, in millions: planned and in both answers."""
        found: dict[int, list[float]] = {}
        for place, run in enumerate((self.planned, self.replanned, self.as_planned)):
            for period, amount in zip(run.problem.years, run.accounts.net(), strict=True):
                row = found.setdefault(period // QUARTERS, [0.0, 0.0, 0.0])
                row[place] += amount
        return {year: (row[0], row[1], row[2]) for year, row in found.items()}

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each year and figure: what was planned and what both answers leave."""
        money = f"{self.planned.problem.currency} m"
        rows: list[tuple[Any, ...]] = [
            (self.name, "net cash flow", money, year, *three) for year, three in self.cash().items()
        ]
        for one in self.deliveries():
            figure = f"{one.element} to {one.country}"
            for year, three in _by_year(self.planned.problem, one).items():
                rows.append((self.name, figure, "t", year, *three))
        return pl.DataFrame(rows, schema=OUTCOME, orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain values."""
        deliveries = []
        for one in self.deliveries():
            at_rate, caught = self.recovery(one)
            deliveries.append(
                {
                    "element": one.element,
                    "country": one.country,
                    "planned_t": sum(one.planned_t),
                    "lost_t_replanned": one.lost_t[0],
                    "lost_t_as_planned": one.lost_t[1],
                    "most_behind_t_replanned": one.late_t,
                    "months_until_at_rate": at_rate,
                    "months_until_caught_up": caught,
                }
            )
        return {
            "name": self.name,
            "events": [one.to_json() for one in self.events],
            "npv_m": {
                "planned": self.planned.npv,
                "replanned": self.replanned.npv,
                "as_planned": self.as_planned.npv,
            },
            "lost_m_replanned": self.lost_m[0],
            "lost_m_as_planned": self.lost_m[1],
            "required_deliveries_let_go": self.replanned.let_go or self.as_planned.let_go,
            "deliveries": deliveries,
            "by_year": self.to_frame().drop("events").to_dicts(),
            "quarters": {
                "first": quarter_name(self.planned.problem.years[0]),
                "last": quarter_name(self.planned.problem.years[-1]),
            },
            "basis": "derived",
        }


OUTCOME: Final[dict[str, Any]] = {
    "events": pl.String,
    "figure": pl.String,
    "unit": pl.String,
    "year": pl.Int64,
    "planned": pl.Float64,
    "replanned": pl.Float64,
    "as_planned": pl.Float64,
}


def _by_year(problem: Problem, one: Delivered) -> Mapping[int, tuple[float, float, float]]:
    found: dict[int, tuple[float, float, float]] = {}
    rows = zip(problem.years, one.planned_t, one.replanned_t, one.as_planned_t, strict=True)
    for period, planned, replanned, as_planned in rows:
        before = found.get(period // QUARTERS, (0.0, 0.0, 0.0))
        found[period // QUARTERS] = (
            before[0] + planned,
            before[1] + replanned,
            before[2] + as_planned,
        )
    return found
