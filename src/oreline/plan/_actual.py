"""A plan against what the ledger proves: what arrived at each market, year by year.

Deliveries count in the year in which they were received, by the book of the ledger, as intervals.
Years of which nothing can be recorded yet are UNKNOWN, not nought.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import polars as pl

from oreline.balance import Figure, transit
from oreline.model import MG_PER_UNIT, Finding, InputError, Severity
from oreline.plan._plan import Plan
from oreline.record import DRY, Books, Ledger, instant_us

MG_PER_T: Final = MG_PER_UNIT["t"]


class YearState(StrEnum):
    """Whether a year is over in the ledger, under way, or yet to come."""

    OVER = "over"
    UNDER_WAY = "so far"
    TO_COME = "not yet"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a site should have received in a year and what it has, in tonnes.

    ``element`` is ``dry`` for the dry mass. ``low_t`` and ``high_t`` bound what was received, None
    where it is UNKNOWN; ``receipts`` are the events that say so.
    """

    site: str
    element: str
    year: int
    state: YearState
    planned_t: float
    low_t: float | None
    high_t: float | None
    receipts: tuple[str, ...]

    @property
    def difference_t(self) -> tuple[float, float] | None:
        """Return actual less planned, as bounds; None where it is UNKNOWN or the year not over."""
        if self.low_t is None or self.high_t is None or self.state is not YearState.OVER:
            return None
        return self.low_t - self.planned_t, self.high_t - self.planned_t


@dataclass(frozen=True, slots=True)
class ActualAgainstPlan:
    """Deliveries of a plan beside those of a ledger; ``until`` is how far the ledger tells."""

    plan: Plan
    until: datetime
    deliveries: tuple[Delivery, ...]
    findings: tuple[Finding, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each site, element and year."""
        rows = []
        for one in self.deliveries:
            apart = one.difference_t or (None, None)
            rows.append(
                (
                    one.site, one.element, one.year, str(one.state), one.planned_t, one.low_t,
                    one.high_t, *apart, len(one.receipts),
                )
            )  # fmt: skip
        return pl.DataFrame(rows, schema=DELIVERIES, orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return the deliveries as plain values; null where they are UNKNOWN."""
        return {
            "plan": self.plan.problem.name,
            "scenario": self.plan.scenario,
            "until": f"{self.until:%Y-%m-%dT%H:%M:%SZ}",
            "deliveries": [
                {**row, "events": list(one.receipts)}
                for row, one in zip(self.to_frame().to_dicts(), self.deliveries, strict=True)
            ],
            "certificate": self.plan.certificate.to_json(),
            "basis": "derived",
            "findings": [finding.to_json() for finding in self.findings],
        }


DELIVERIES: dict[str, Any] = {
    "site": pl.String,
    "element": pl.String,
    "year": pl.Int64,
    "state": pl.String,
    "planned_t": pl.Float64,
    "actual_low_t": pl.Float64,
    "actual_high_t": pl.Float64,
    "difference_low_t": pl.Float64,
    "difference_high_t": pl.Float64,
    "receipts": pl.Int64,
}


def told_until(ledger: Ledger) -> datetime:
    """Return up to when a ledger tells: the moment that it is read as of, or its last event.

    Raises
    ------
    InputError
        If it has no events yet.
    """
    if ledger.as_of is not None:
        moment = instant_us(ledger.as_of)
    else:
        times = ledger.columns.events.time_us
        if not len(times):
            raise InputError("the ledger has no events yet: there is nothing to compare with")
        moment = int(max(times))
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment)


def actual_against_planned(
    plan: Plan, books: Books, sites: Iterable[str], until: datetime
) -> ActualAgainstPlan:
    """Return what a ledger says of a plan's deliveries.

    Parameters
    ----------
    plan
        The plan.
    books
        The books of the ledger, as of a moment.
    sites
        The sites that the ledger knows.
    until
        The moment up to which the ledger tells.
    """
    known, years = set(sites), plan.problem.years
    places = {one.id: one.site for one in plan.problem.markets}
    planned: dict[tuple[str, str, int], float] = {}
    for sale in plan.schedule.of("sale"):
        site = places[sale.name]
        for element in (DRY, *plan.problem.elements()):
            part = 1.0 if element == DRY else plan.problem.grade(sale.detail, element)
            key = (site, element, sale.year)
            planned[key] = planned.get(key, 0.0) + 1e3 * sale.kt * part
    findings, found = [], []
    for site in sorted(set(places.values())):
        if site not in known:
            message = f"the ledger knows no site {site}, at which the plan delivers"
            fix = "give the plan's site the id that it has in sites.csv"
            findings.append(Finding("ORL-1119", Severity.WARNING, site, message, fix))
        for element in (DRY, *plan.problem.elements()):
            received = None
            if site in known and element in {DRY, *books.elements}:
                received = _received(books, element, site)
            elif site in known:
                received = {}
            for year in years:
                tonnes = planned.get((site, element, year), 0.0)
                if tonnes or (received and year in received):
                    found.append(_delivery(site, element, year, tonnes, received, until))
    return ActualAgainstPlan(plan, until, tuple(found), tuple(findings))


Received = dict[int, tuple[list[Figure], list[str]]]


def _received(books: Books, element: str, site: str) -> Received:
    """Return what a site received of an element from elsewhere, by the year of its arrival."""
    found: Received = {}
    for trip in transit(books, element, site=site):
        if trip.destination == site and trip.receipt:
            figures, events = found.setdefault(int(trip.arrived[:4]), ([], []))
            figures.append(trip.metal_carried)
            events.append(trip.receipt)
    return found


def _delivery(
    site: str,
    element: str,
    year: int,
    planned_t: float,
    received: Received | None,
    until: datetime,
) -> Delivery:
    state = YearState.UNDER_WAY
    if until >= datetime(year + 1, 1, 1, tzinfo=UTC):
        state = YearState.OVER
    elif until < datetime(year, 1, 1, tzinfo=UTC):
        state = YearState.TO_COME
    if received is None or state is YearState.TO_COME:
        return Delivery(site, element, year, state, planned_t, None, None, ())
    figures, events = received.get(year, ([], []))
    ends: list[float | None] = []
    for side in ("low_mg", "high_mg"):
        values = [getattr(one, side) for one in figures]
        whole = None if any(one is None for one in values) else sum(values) / MG_PER_T
        ends.append(None if whole is None else float(whole))
    return Delivery(site, element, year, state, planned_t, ends[0], ends[1], tuple(events))
