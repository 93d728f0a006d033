"""A chain under stress by what it did: no plan is needed, only a ledger with moves in it.

What arrived, as it ran, is held against what an event would have kept from arriving if nothing had
gone another way or at another time. Whether anything could have, a ledger does not tell: the least
that is lost is therefore UNKNOWN, and what else was seen to do the same work is listed as evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.model import Finding, Severity
from oreline.record import DRY
from oreline.stress._concentration import Bounds
from oreline.stress._own_events import ChainEvent, month_text
from oreline.stress._own_flow import Arrival, How, LedgerFlow

Floats = npt.NDArray[np.float64]
NOTHING: Final = 1e-9
DETECTED_MIN: Final = 1e-3
"""A most below this part of the dry mass is a limit of detection, where the least is nothing."""


@dataclass(frozen=True, slots=True)
class ActualDelivery:
    """An element that came to a country, as it ran, in tonnes by month.

    ``carried_t`` holds, arrival by arrival, the least and the most; a most of None is UNKNOWN.
    """

    element: str
    country: str
    how: How
    arrivals: tuple[Arrival, ...]
    carried_t: tuple[tuple[float, float | None], ...]
    basis: str

    @property
    def whole_t(self) -> Bounds:
        """Return all of it."""
        return total(self.carried_t)

    @property
    def unknown(self) -> int:
        """Return of how many arrivals nobody knows how much they carried."""
        return sum(high is None for _, high in self.carried_t)

    @property
    def origins(self) -> tuple[str, ...]:
        """Return the sites that it was sent from, in the order of their first."""
        return tuple(dict.fromkeys(one.origin for one in self.arrivals))

    @property
    def materials(self) -> tuple[str, ...]:
        """Return in which materials it came."""
        return tuple(dict.fromkeys(one.material for one in self.arrivals if one.material))

    def by_month(self, parts: Floats | None = None) -> dict[int, Bounds]:
        """Return what came in each month; with parts, these least and most parts of it."""
        found: dict[int, list[tuple[float, float | None]]] = {}
        for at, (one, (low, high)) in enumerate(zip(self.arrivals, self.carried_t, strict=True)):
            share = (1.0, 1.0) if parts is None else (float(parts[at, 0]), float(parts[at, 1]))
            most = 0.0 if share[1] == 0 else None if high is None else high * share[1]
            found.setdefault(one.month, []).append((low * share[0], most))
        return {month: total(rows) for month, rows in sorted(found.items())}


@dataclass(frozen=True, slots=True)
class ActualLoss:
    """What would not have come to a country, with ``parts`` the least and most by arrival."""

    delivery: ActualDelivery
    parts: Floats

    @property
    def lost_t(self) -> Bounds:
        """Return what would have been kept from arriving, nothing going another way."""
        return total(tuple(self.delivery.by_month(self.parts).values()))

    @property
    def part(self) -> Bounds:
        """Return which part of what came that is, 0 to 1, of arrivals whose mass is known."""
        return weighted(self.delivery.carried_t, self.parts)

    @property
    def months_with_nothing(self) -> int:
        """Return in how many months something came, and a hundredth of it or less would have."""
        left = self.delivery.by_month(1.0 - self.parts[:, ::-1])
        came = self.delivery.by_month()
        return sum(
            came[month].low > NOTHING and one.high is not None and one.high <= came[month].low / 100
            for month, one in left.items()
        )


@dataclass(frozen=True, slots=True)
class ActualOutcome:
    """What events would have done to what a ledger tells, happening together."""

    events: tuple[ChainEvent, ...]
    losses: tuple[ActualLoss, ...]

    @property
    def name(self) -> str:
        """Return the ids of its events."""
        return " + ".join(one.id for one in self.events)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each delivery and month: what came, and what would not have."""
        rows: list[tuple[Any, ...]] = []
        for one in self.losses:
            lost = one.delivery.by_month(one.parts)
            for month, came in one.delivery.by_month().items():
                ends = (came.low, came.high, lost[month].low, lost[month].high)
                rows.append(
                    (self.name, one.delivery.element, one.delivery.country, month_text(month),
                     *ends)
                )  # fmt: skip
        return pl.DataFrame(rows, schema=BY_MONTH, orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values; a high of null is UNKNOWN."""
        months = self.to_frame().drop("events").to_dicts()
        return {
            "name": self.name,
            "events": [one.to_json() for one in self.events],
            "deliveries": [
                {
                    "element": one.delivery.element,
                    "country": one.delivery.country,
                    "came_t": one.delivery.whole_t.to_json(),
                    "lost_t_as_it_ran": one.lost_t.to_json(),
                    "lost_part_as_it_ran": one.part.to_json(),
                    "lost_t_if_sent_another_way": None,
                    "months_with_nothing": one.months_with_nothing,
                }
                for one in self.losses
            ],
            "by_month": months,
            "basis": "derived",
        }


BY_MONTH: Final[dict[str, Any]] = {
    "events": pl.String,
    "element": pl.String,
    "country": pl.String,
    "month": pl.String,
    "came_t_low": pl.Float64,
    "came_t_high": pl.Float64,
    "lost_t_low": pl.Float64,
    "lost_t_high": pl.Float64,
}


def total(rows: Iterable[tuple[float, float | None] | Bounds]) -> Bounds:
    """Return the sum of amounts between bounds; its most is UNKNOWN where any of them is.

    >>> total([(1.0, 2.0), (3.0, None)])
    Bounds(low=4.0, high=None)
    """
    low, high = 0.0, 0.0
    is_known = True
    for one in rows:
        least, most = (one.low, one.high) if isinstance(one, Bounds) else one
        low += least
        if most is None:
            is_known = False
        else:
            high += most
    return Bounds(low, high if is_known else None)


def weighted(amounts: Sequence[tuple[float, float | None]], parts: Floats) -> Bounds:
    """Return the mean of parts between bounds, by the middle of each amount that is known.

    Where no amount is known, it may be any of the parts.
    """
    if not len(parts):
        return Bounds(0.0, 0.0)
    middle = np.array([0.0 if high is None else (low + high) / 2 for low, high in amounts])
    if middle.sum() <= 0:
        return Bounds(float(parts[:, 0].min()), float(parts[:, 1].max()))
    return Bounds(*(float((middle * parts[:, side]).sum() / middle.sum()) for side in (0, 1)))


def deliveries_of(flow: LedgerFlow) -> tuple[ActualDelivery, ...]:
    """Return what came where, element by element; what nothing of an element came to is left out.

    Of an element that a lot may hold, but only up to a limit of detection, nothing came.
    """
    by: dict[tuple[str, How], list[Arrival]] = {}
    for arrival, country, how in flow.delivered():
        by.setdefault((country, how), []).append(arrival)
    found = []
    for element in flow.elements:
        for (country, how), arrivals in by.items():
            carried = flow.carried_t(element, [one.line for one in arrivals])
            dry = flow.carried_t(DRY, [one.line for one in arrivals])
            held = [
                (arrival, ends)
                for arrival, ends, mass in zip(arrivals, carried, dry, strict=True)
                if _may_hold(ends, mass)
            ]
            if held:
                rows, ends = zip(*held, strict=True)
                basis = flow.basis_of(element, [one.line for one in rows])
                found.append(ActualDelivery(element, country, how, tuple(rows), tuple(ends), basis))
    return tuple(found)


def _may_hold(metal: tuple[float, float | None], dry: tuple[float, float | None]) -> bool:
    """Return whether anything worth the name may be in a lot: not only below a limit of detection.

    A lot of which nobody knows the grade may be anything; one of "less than 20 ppm" is nothing.
    """
    if metal[0] > NOTHING or metal[1] is None:
        return True
    return dry[1] is not None and metal[1] > DETECTED_MIN * dry[1] > 0


class LostParts:
    """Which part of each line and lot events would have cost, asked once for each set of them.

    Parameters
    ----------
    flow
        The flow of a ledger.
    """

    def __init__(self, flow: LedgerFlow) -> None:
        self.flow = flow
        self._met: dict[tuple[str, tuple[str, ...]], tuple[Floats, Floats]] = {}

    def of(self, element: str, events: Sequence[ChainEvent]) -> tuple[Floats, Floats]:
        """Return, by line and by lot, the least and most part of an element that is lost.

        An event takes its severity of all that meets it, however often. Where several take a part
        only, the same matter may have met one or all of them, so that the answer is bounds.
        """
        real = [one for one in events if one.kind != "price"]
        whole = self._exposed(element, real)
        if all(one.severity == 1 for one in real):
            return whole
        each = [(one.severity, self._exposed(element, [one])) for one in real]
        found = []
        for at in (0, 1):
            low = np.max([part * met[at][:, 0] for part, met in each], axis=0)
            high = np.sum([part * met[at][:, 1] for part, met in each], axis=0)
            found.append(np.stack([low, np.minimum(high, whole[at][:, 1])], axis=1))
        return found[0], found[1]

    def _exposed(self, element: str, events: Sequence[ChainEvent]) -> tuple[Floats, Floats]:
        key = (element, tuple(repr(one) for one in events))
        if key not in self._met:
            hit = np.zeros(self.flow.side.size, bool)
            for one in events:
                hit |= self.flow.hit(one)
            self._met[key] = self.flow.exposed(element, hit)
        return self._met[key]


def outcome_of(
    lost: LostParts, deliveries: Sequence[ActualDelivery], events: Sequence[ChainEvent]
) -> ActualOutcome:
    """Return what events would have kept from arriving, happening together."""
    losses = []
    for one in deliveries:
        by_line, _ = lost.of(one.element, events)
        losses.append(ActualLoss(one, by_line[[each.line for each in one.arrivals]]))
    return ActualOutcome(tuple(events), tuple(losses))


def actual_findings(
    flow: LedgerFlow, deliveries: Sequence[ActualDelivery], events: Sequence[ChainEvent]
) -> tuple[Finding, ...]:
    """Return what is to be said of events that a ledger does not bear out, and of what it lacks."""
    found = []
    end = flow.last_month + 1
    for one in events:
        if one.kind != "price" and not flow.hit(one, always=True).any():
            fix = "name what the ledger uses; or read it as it is: nothing ever went there"
            message = f"{one.words()}: nothing in the ledger meets it"
            found.append(Finding("ORL-1255", Severity.NOTE, one.id, message, fix))
        past = one.first_month + one.months - end
        if past > 0:
            message = (
                f"{one.words()}: the ledger ends with {month_text(end - 1)}, so that {past:g} of "
                "its months are not counted"
            )
            fix = "let it begin earlier, or last no longer than the ledger tells"
            found.append(Finding("ORL-1261", Severity.WARNING, one.id, message, fix))
    for each in deliveries:
        if each.unknown:
            name = f"{each.element} to {each.country}"
            message = f"{name}: of {each.unknown} of {len(each.arrivals)} arrivals no mass is known"
            fix = "record their weights and assays; until then what came is told as a least"
            found.append(Finding("ORL-1262", Severity.WARNING, name, message, fix))
    for site in flow.used_sites:
        if flow.country(site) == "UNKNOWN":
            message = f"no table says in which country {site} lies"
            fix = "write its country in sites.csv: borders that it stands at are not seen"
            found.append(Finding("ORL-1263", Severity.WARNING, site, message, fix))
    return tuple(found)


def parts_by_country(losses: Iterable[ActualLoss]) -> Mapping[tuple[str, str], Bounds]:
    """Return the part of each delivery that is lost, by element and country."""
    return {(one.delivery.element, one.delivery.country): one.part for one in losses}
