"""The outturn of a shipment against its franchise: what of a difference is claimable loss.

A contract grants a franchise: a loss in dry weight up to that part of what was dispatched is
borne by the buyer, and what goes beyond it is claimed. Only dry weight counts; a difference in
moisture is no loss.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from oreline.balance._figure import Figure
from oreline.balance._transit import Trip
from oreline.model import InputError
from oreline.record import BASES

FRANCHISE_PCT_MAX = Decimal(10)
"""A larger franchise than this is a slip of the pen: usual ones are 0.3 to 1 % of dry weight."""


@dataclass(frozen=True, slots=True)
class Outturn:
    """A trip against a franchise; ``claimable`` is None where the franchise or a mass is UNKNOWN.

    ``allowed_mg`` is the loss that the franchise grants, in milligrams of dry mass.
    """

    trip: Trip
    franchise_pct: Decimal | None
    allowed_mg: int | None
    claimable_low_mg: int | None
    claimable_high_mg: int | None

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the trip with what is claimable, masses as decimal text in ``unit``."""
        is_known = self.claimable_low_mg is not None
        basis = self.trip.dry_loss.basis
        allowed = Figure(self.allowed_mg, self.allowed_mg, None, basis)
        claim = Figure(self.claimable_low_mg, self.claimable_high_mg, None, basis)
        return {
            **self.trip.to_json(unit),
            "franchise_pct": None if self.franchise_pct is None else str(self.franchise_pct),
            "allowed": allowed.to_json(unit) if self.allowed_mg is not None else None,
            "claimable": claim.to_json(unit) if is_known else None,
        }


def outturn(trip: Trip, franchise_pct: Decimal | None) -> Outturn:
    """Hold the dry loss of a trip against a franchise in per cent of the dry mass dispatched.

    Without a franchise, or where a mass is UNKNOWN, what is claimable is UNKNOWN: a franchise is
    agreed, never assumed.

    Raises
    ------
    InputError
        If the franchise is negative or above ``FRANCHISE_PCT_MAX``.
    """
    if franchise_pct is None:
        return Outturn(trip, None, None, None, None)
    if not 0 <= franchise_pct <= FRANCHISE_PCT_MAX:
        message = f"a franchise of {franchise_pct} % is not one; give 0 to {FRANCHISE_PCT_MAX}"
        raise InputError(message)
    sent, loss = trip.dispatched_dry, trip.dry_loss
    if not sent.is_known or sent.low_mg is None:
        return Outturn(trip, franchise_pct, None, None, None)
    # Rounded down to the milligram: in doubt the seller is granted less, never more.
    allowed = int(sent.low_mg * franchise_pct / 100)
    if loss.low_mg is None or loss.high_mg is None:
        return Outturn(trip, franchise_pct, allowed, None, None)
    low, high = max(0, loss.low_mg - allowed), max(0, loss.high_mg - allowed)
    return Outturn(trip, franchise_pct, allowed, low, high)


@dataclass(frozen=True, slots=True)
class ShipmentOutturn:
    """All lots of one dispatch that arrived together, against the franchise on their sum.

    ``wet_difference = water_difference + dry_loss``, as for each trip.
    """

    dispatch: str
    receipt: str
    origin: str
    destination: str
    dispatched_dry: Figure
    received_dry: Figure
    wet_difference: Figure
    water_difference: Figure
    dry_loss: Figure
    allowed_mg: int | None
    claimable_low_mg: int | None
    claimable_high_mg: int | None
    parts: tuple[Outturn, ...]

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the shipment and its lots, masses as decimal text in ``unit``."""
        basis = self.dry_loss.basis
        allowed = Figure(self.allowed_mg, self.allowed_mg, None, basis)
        claim = Figure(self.claimable_low_mg, self.claimable_high_mg, None, basis)
        return {
            "dispatch": self.dispatch,
            "receipt": self.receipt,
            "origin": self.origin,
            "destination": self.destination,
            **{name: getattr(self, name).to_json(unit) for name in _SUMMED},
            "allowed": None if self.allowed_mg is None else allowed.to_json(unit),
            "claimable": None if self.claimable_low_mg is None else claim.to_json(unit),
            "trips": [part.to_json(unit) for part in self.parts],
        }


_SUMMED = (
    "dispatched_dry", "received_dry", "wet_difference", "water_difference", "dry_loss",
)  # fmt: skip


def shipment_outturn(trips: Sequence[Trip], franchise_pct: Decimal | None) -> ShipmentOutturn:
    """Sum the trips of one dispatch and receipt, and hold the loss of all against the franchise.

    A gain in one container makes up for a loss in another: the franchise is granted on the whole.
    The weighings of different containers are taken to be independent.

    Raises
    ------
    InputError
        If the franchise is none, see :func:`outturn`.
    """
    assert trips
    parts = tuple(outturn(trip, franchise_pct) for trip in trips)
    sums = {name: _sum([getattr(trip, name) for trip in trips]) for name in _SUMMED}
    sent, loss = sums["dispatched_dry"], sums["dry_loss"]
    allowed = low = high = None
    if franchise_pct is not None and sent.is_known and sent.low_mg is not None:
        allowed = int(sent.low_mg * franchise_pct / 100)
        if loss.low_mg is not None and loss.high_mg is not None:
            low, high = max(0, loss.low_mg - allowed), max(0, loss.high_mg - allowed)
    first = trips[0]
    return ShipmentOutturn(
        first.dispatch, first.receipt, first.origin, first.destination, **sums,
        allowed_mg=allowed, claimable_low_mg=low, claimable_high_mg=high, parts=parts,
    )  # fmt: skip


def _sum(figures: Sequence[Figure]) -> Figure:
    """Return the sum of independent masses; UNKNOWN where one is, with the weakest basis."""
    lows = [figure.low_mg for figure in figures]
    highs = [figure.high_mg for figure in figures]
    spreads = [figure.u_mg for figure in figures]
    names = dict.fromkeys(name for figure in figures for name in figure.defaults)
    u = math.sqrt(sum(value**2 for value in spreads if value is not None))
    return Figure(
        None if None in lows else sum(value for value in lows if value is not None),
        None if None in highs else sum(value for value in highs if value is not None),
        None if None in spreads else u,
        max((figure.basis for figure in figures), key=BASES.index),
        tuple(names),
    )
