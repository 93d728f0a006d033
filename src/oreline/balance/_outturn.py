"""The outturn of a shipment against its franchise: what of a difference is claimable loss.

A contract grants a franchise: a loss in dry weight up to that part of what was dispatched is
borne by the buyer, and what goes beyond it is claimed. Only dry weight counts; a difference in
moisture is no loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from oreline.balance._figure import Figure
from oreline.balance._transit import Trip
from oreline.model import InputError

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
