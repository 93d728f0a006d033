"""Factors of one plant from its ledger: what is produced of the feed, and arrives of the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.balance._factors import ChainFactor
from oreline.balance._gum import Estimate
from oreline.balance._periods import periods_between
from oreline.balance._recovery import recovery
from oreline.balance._transit import Trip, transit
from oreline.model import Basis, InputError, weakest
from oreline.record import Books, instant_us

MG_PER_T = 1e9
LEDGER = "the ledger"


@dataclass(frozen=True, slots=True)
class SiteFactors:
    """The factors of a site in a time, as far as its lots tell.

    ``trips`` is how many lots were sent away and have arrived, ``under_way`` how many have not:
    these are in neither side of the factor. ``reasons`` says, for each factor that is not known,
    why.
    """

    element: str
    site: str
    period: str
    factors: tuple[ChainFactor, ...]
    shipped: Estimate | None
    received: Estimate | None
    trips: int
    under_way: int
    reasons: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as decimal text."""
        return {
            "element": self.element,
            "site": self.site,
            "period": self.period,
            "factors": [factor.to_json() for factor in self.factors],
            "shipped": None if self.shipped is None else self.shipped.to_json(),
            "received": None if self.received is None else self.received.to_json(),
            "trips": self.trips,
            "under_way": self.under_way,
            "reasons": dict(self.reasons),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a factor."""
        metals = [factor.metal for factor in self.factors]
        return pl.DataFrame(
            {
                "factor": [factor.name for factor in self.factors],
                "earlier": [factor.earlier for factor in self.factors],
                "later": [factor.later for factor in self.factors],
                "metal": [item and item.value for item in metals],
                "metal_u": [item and item.u for item in metals],
                "reason": [dict(self.reasons).get(factor.name, "") for factor in self.factors],
            },
            schema_overrides={"metal": pl.Float64, "metal_u": pl.Float64},
        )


def site_factors(
    books: Books,
    element: str,
    site: str,
    span: tuple[str, str],
    *,
    time_zone: str = "UTC",
    payable: Estimate | None = None,
) -> SiteFactors:
    """Return F4 (product for feed), received for shipped, and payable for received.

    Feed and product are those of :func:`recovery`. Shipped and received are the lots that left the
    site in this time and have arrived: the received metal is the book's less that in the dry loss
    which both ends' weights tell. Product and shipments of a time are not compared: stock lies
    between them, and the account of the site shows it.

    Parameters
    ----------
    span
        From a day or moment up to, and without, another.
    payable
        Metal in tonnes that is paid for the lots received, as statements have it.

    Raises
    ------
    InputError
        If element, site, span, time zone or the unit of the payable metal is not understood.
    """
    if payable is not None and payable.unit != "t":
        raise InputError(f"payable metal is in tonnes here, not {payable.unit!r}")
    made, why_made = _plant(books, element, site, span, time_zone)
    found = transit(books, element, site=site)
    bounds = periods_between(span, 0, 0, time_zone).bounds_us
    trips = [
        trip
        for trip in found
        if trip.origin == site and bounds[0] <= instant_us(trip.sent) < bounds[1]
    ]
    shipped, received, why_lost = _arrived(trips)
    kept = _kept(trips, shipped, received)
    factors = [ChainFactor("F4", "mill", "product", None, None, made), kept]
    reasons = [("F4", why_made), (kept.name, why_lost)]
    if payable is not None:
        paid = _paid(received, payable)
        factors.append(paid)
        reasons.append((paid.name, "" if paid.metal else "what was received is not known"))
    return SiteFactors(
        element,
        site,
        f"{span[0]}/{span[1]}",
        tuple(factors),
        shipped,
        received,
        len(trips),
        _under_way(books, found.under_way, site, bounds),
        tuple((name, reason) for name, reason in reasons if reason),
    )


def _plant(
    books: Books, element: str, site: str, span: tuple[str, str], time_zone: str
) -> tuple[Estimate | None, str]:
    """Return the recovery of the site in this time, or why there is none."""
    rows = [
        row
        for row in recovery(books, element, span, by="site", time_zone=time_zone)
        if row.circuit == site
    ]
    if not rows:
        return None, "nothing was processed at this site in this time"
    row = rows[0]
    ratio = row.recovery
    if ratio is None:
        return None, row.reason
    if ratio.low != ratio.high:
        return None, f"it lies between {ratio.low:.4g} and {ratio.high:.4g}"
    return Estimate(ratio.low, ratio.u, "fraction", Basis.DERIVED, LEDGER), ""


def _arrived(trips: Sequence[Trip]) -> tuple[Estimate | None, Estimate | None, str]:
    """Return the metal that was sent and that arrived, in tonnes, or why it is not known."""
    if not trips:
        return None, None, "no lot that left the site in this time has arrived"
    unknown = [
        trip.lot for trip in trips if not (trip.metal_carried.is_known and trip.metal_loss.is_known)
    ]
    if unknown:
        told = ", ".join(unknown[:5]) + (" ..." if len(unknown) > 5 else "")
        return None, None, f"the metal sent or lost is not known of {told}"
    sent = sum(trip.metal_carried.low_mg or 0 for trip in trips) / MG_PER_T
    lost = sum(trip.metal_loss.low_mg or 0 for trip in trips) / MG_PER_T
    basis = weakest(Basis.DERIVED, *(Basis(trip.metal_carried.basis) for trip in trips))
    shipped = Estimate(
        sent, _root_of_squares([trip.metal_carried.u_mg for trip in trips]), "t", basis, LEDGER
    )
    u_lost = _root_of_squares([trip.metal_loss.u_mg for trip in trips])
    both = _root_of_sum(shipped.u, u_lost)
    return shipped, Estimate(sent - lost, both, "t", basis, LEDGER), ""


def _kept(
    trips: Sequence[Trip], shipped: Estimate | None, received: Estimate | None
) -> ChainFactor:
    """Return received for shipped: the grade of a lot is the same on both sides, and cancels."""
    name, metal = "received for shipped", None
    if shipped is not None and received is not None and shipped.value:
        u = _root_of_squares([trip.metal_loss.u_mg for trip in trips])
        share = None if u is None else u / shipped.value
        value = received.value / shipped.value
        metal = Estimate(value, share, "fraction", shipped.basis, LEDGER)
    return ChainFactor(name, "shipped", "received", None, None, metal)


def _root_of_sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else math.hypot(one, other)


def _root_of_squares(us: Sequence[float | None]) -> float | None:
    known = [u for u in us if u is not None]
    return math.hypot(*known) / MG_PER_T if len(known) == len(us) else None


def _paid(received: Estimate | None, payable: Estimate) -> ChainFactor:
    metal = None
    if received is not None and received.value:
        value = payable.value / received.value
        u = None
        if payable.u is not None and received.u is not None:
            u = math.hypot(payable.u, value * received.u) / received.value
        basis = weakest(Basis.DERIVED, received.basis, payable.basis)
        metal = Estimate(value, u, "fraction", basis, LEDGER)
    return ChainFactor("payable for received", "received", "payable", None, None, metal)


def _under_way(
    books: Books,
    waiting: Sequence[tuple[str, str]],
    site: str,
    bounds: tuple[int, ...],
) -> int:
    """Return how many lots left the site in this time and have not arrived."""
    events = books.ledger.columns.events
    places = books.ledger.columns.places.names
    number = {name: place for place, name in enumerate(events.id)}
    count = 0
    for event, _ in waiting:
        at = number[event]
        is_here = events.site[at] >= 0 and places[events.site[at]] == site
        count += is_here and bounds[0] <= events.time_us[at] < bounds[1]
    return count
