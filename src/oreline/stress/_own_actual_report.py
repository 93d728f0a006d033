"""Everything that is asked of a chain under stress by what its ledger tells, in one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from oreline.model import Chain, Finding, Severity
from oreline.record import Books
from oreline.settle import Contract, PriceSeries
from oreline.stress._own_actual import (
    ActualDelivery,
    ActualOutcome,
    LostParts,
    actual_findings,
    deliveries_of,
    outcome_of,
)
from oreline.stress._own_actual_cash import (
    CashLoss,
    ShipmentValue,
    cash_findings,
    cash_losses,
    named_series,
    shipment_values,
    values_frame,
)
from oreline.stress._own_actual_points import ActualPoints, actual_points
from oreline.stress._own_actual_supply import ActualDependence, actual_dependence
from oreline.stress._own_events import ChainEvent, KnownPlaces, month_text
from oreline.stress._own_flow import LedgerFlow, day_of
from oreline.stress._security_file import SecurityInputs

Progress = Callable[[str, int, int], None]
ACTUAL_READS: Final[Mapping[str, str]] = {
    "as_it_ran": "nothing goes another way or at another time; mixing is proportional",
    "otherwise": "whether anything could have is in no ledger: the least that is lost is UNKNOWN",
    "delivered": "what crosses a border; where nothing does, what another party receives, else "
                 "what another site does, else what was won",
    "severity": "a part of all that meets the event, however often",
}  # fmt: skip


class ActualChain:
    """A chain by what its ledger tells, to which events are put.

    Parameters
    ----------
    books
        The books of the ledger, as of a moment.
    chain
        The tables of the chain, completed by what the ledger declares.
    contracts, prices
        What its shipments are sold under; none: cash at risk is UNKNOWN.
    security
        What security.toml says; None without one.
    """

    def __init__(
        self,
        books: Books,
        chain: Chain,
        contracts: Iterable[Contract] = (),
        prices: Mapping[str, PriceSeries] | None = None,
        security: SecurityInputs | None = None,
    ) -> None:
        self.flow = LedgerFlow(books, chain)
        self.lost = LostParts(self.flow)
        self.deliveries = deliveries_of(self.flow)
        self.security = security
        self.until = day_of(int(max(books.ledger.columns.events.time_us)))
        self.values = shipment_values(
            books.ledger, contracts, prices or {}, date.fromisoformat(self.until)
        )

    @property
    def places(self) -> KnownPlaces:
        """Return what events can name."""
        return replace(self.flow.places, prices=named_series(self.values))

    def start_month(self) -> int:
        """Return the month in which an event begins that says none: the first of the ledger."""
        return self.flow.first_month


@dataclass(frozen=True, slots=True)
class ActualStress:
    """What events would have done to what a ledger tells, and what hung on each part of the chain.

    ``cash`` stands beside each outcome. ``dependence`` is told with the last outcome: all events
    together, or the only one.
    """

    chain: ActualChain
    alone: tuple[ActualOutcome, ...]
    together: ActualOutcome | None
    cash: Mapping[str, tuple[CashLoss, ...]]
    points: ActualPoints
    dependence: tuple[ActualDependence, ...]
    findings: tuple[Finding, ...]

    @property
    def deliveries(self) -> tuple[ActualDelivery, ...]:
        """Return what came where."""
        return self.chain.deliveries

    @property
    def values(self) -> tuple[ShipmentValue, ...]:
        """Return what each shipment is worth."""
        return self.chain.values

    @property
    def period(self) -> tuple[str, str]:
        """Return the first and the last month that the ledger tells of."""
        flow = self.chain.flow
        return month_text(flow.first_month), month_text(flow.last_month)

    def outcomes(self) -> tuple[ActualOutcome, ...]:
        """Return the outcome of each event, then of all together."""
        return self.alone if self.together is None else (*self.alone, self.together)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each outcome, delivery and month; without events, the points."""
        outcomes = self.outcomes()
        if not outcomes:
            return self.points.to_frame()
        return pl.concat([one.to_frame() for one in outcomes])

    def frames(self) -> Mapping[str, pl.DataFrame]:
        """Return all tables by name, for a workbook."""
        tables = {"single points of failure": self.points.to_frame()}
        if self.outcomes():
            tables["by month"] = self.to_frame()
        if self.values:
            tables["shipments"] = values_frame(self.values)
        if self.dependence:
            tables["dependence"] = pl.concat(
                [one.to_frame() for one in self.dependence], how="vertical_relaxed"
            )
        return tables

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values; a high of null is UNKNOWN."""
        flow, header = self.chain.flow, self.chain.flow.books.ledger.header
        return {
            "name": flow.chain.title or flow.chain.name,
            "rests_on": "what the ledger tells",
            "ledger": {"id": header.id, "tense": header.tense,
                       "events": flow.books.ledger.size},
            "period": {"from": self.period[0], "to": self.period[1],
                       "months": flow.months_covered, "until": self.chain.until},
            "elements": list(flow.elements),
            "lots_under_way": flow.under_way,
            "deliveries": [
                {
                    "element": one.element,
                    "country": one.country,
                    "counted": one.how,
                    "came_t": one.whole_t.to_json(),
                    "arrivals": len(one.arrivals),
                    "arrivals_of_unknown_mass": one.unknown,
                    "from": list(one.origins),
                    "materials": list(one.materials),
                    "weakest_basis": one.basis,
                }
                for one in self.deliveries
            ],
            "alone": [self._told(one) for one in self.alone],
            "together": None if self.together is None else self._told(self.together),
            "points": self.points.to_json(),
            "cash": {
                "shipments": values_frame(self.values).to_dicts(),
                "is_known": any(one.value is not None for one in self.values),
            },
            "dependence": [one.to_json() for one in self.dependence],
            "reads": dict(ACTUAL_READS),
            "basis": "derived",
            "findings": [one.to_json() for one in self.findings],
        }  # fmt: skip

    def _told(self, one: ActualOutcome) -> dict[str, Any]:
        return {**one.to_json(), "cash": [each.to_json() for each in self.cash[one.name]]}


def stress_actual(
    chain: ActualChain, events: Sequence[ChainEvent] = (), progress: Progress | None = None
) -> ActualStress:
    """Return what events would have done to what a ledger tells, and what hung on what.

    Parameters
    ----------
    chain
        The chain with its ledger.
    events
        What happens; none: only what hung on what.
    progress
        Told how far it is.
    """
    alone = tuple(outcome_of(chain.lost, chain.deliveries, [one]) for one in events)
    together = outcome_of(chain.lost, chain.deliveries, events) if len(events) > 1 else None
    outcomes = alone if together is None else (*alone, together)
    last = outcomes[-1] if outcomes else None
    dependence, of_stages = actual_dependence(chain.flow, chain.deliveries, chain.security, last)
    cash = {one.name: cash_losses(chain.values, chain.lost, one.events) for one in outcomes}
    findings = [
        *actual_findings(chain.flow, chain.deliveries, events),
        *cash_findings(chain.values, events),
        *of_stages,
    ]
    if all(one.how == "won" for one in chain.deliveries):
        message = "nothing is recorded to have come anywhere: what was won stands in its place"
        fix = "record dispatches and receipts; until then no delivery can be at risk"
        findings.append(Finding("ORL-1260", Severity.WARNING, "events", message, fix))
    points = actual_points(chain.flow, chain.deliveries, progress)
    return ActualStress(
        chain, alone, together, cash, points, dependence, tuple(dict.fromkeys(findings))
    )
