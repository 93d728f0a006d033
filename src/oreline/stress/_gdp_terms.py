"""What a shortage takes from a country's product: the five signed terms that the USGS names.

With z the shortfall, P the price over the base price, V what the country spends on the mineral, W
what its own producers earn, and L the loss of value added from a damage curve at psi z:

1. consuming industries cut output:      -L_direct(psi z)
2. they pay more for what they get:       -V (P - 1)(1 - z)
3. domestic producers make more:          +W P (P^eta - 1), at most up to the free capacity
4. they are paid more:                    +W (P - 1)
5. industries downstream cut output:      -(L(psi z) - L_direct(psi z)), by QP or LP; direct: none
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.stress._damage import DamageCurve
from oreline.stress._model_arrays import Floats

TERMS: Final = (
    "consumers cut output",
    "consumers pay more",
    "domestic producers make more",
    "domestic producers are paid more",
    "downstream industries cut output",
)
BOUNDS: Final = ("direct", "qp", "lp")
"""The three ways to the last term; ``qp`` is the middle one by method, not always by size."""
DOMESTIC_MORE_MAX: Final = 0.5
"""Domestic output rises by this part at most within the year."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What a country spends on a mineral and what its producers earn, in million dollars a year.

    None where consumption or price is not published: then the terms of price are UNKNOWN and left
    out, and results say so.
    """

    spent_musd: float | None
    earned_musd: float | None
    domestic_eta: float
    psi: float


@dataclass(frozen=True, slots=True, eq=False)
class GdpTerms:
    """The five terms by scenario, in million dollars of a year; gains are above zero.

    ``downstream`` is by bound, (bounds, scenarios).
    """

    cut: Floats
    pay_more: Floats
    make_more: Floats
    paid_more: Floats
    downstream: Floats
    has_prices: bool

    @property
    def total(self) -> Floats:
        """Return the change of product by bound, (bounds, scenarios)."""
        return np.asarray(
            self.cut + self.pay_more + self.make_more + self.paid_more + self.downstream
        )

    @property
    def loss(self) -> Floats:
        """Return the loss of product by bound, (bounds, scenarios); a gain is below zero."""
        return -self.total


def gdp_terms(curve: DamageCurve, money: Spending, quantity: Floats, price: Floats) -> GdpTerms:
    """Return the terms of scenarios with these quantities and prices, both of the base."""
    short = np.maximum(0.0, 1 - quantity)
    direct, qp, lp = curve.at(money.psi * short)
    none = np.zeros_like(short)
    has_prices = money.spent_musd is not None and money.earned_musd is not None
    pay_more = make_more = paid_more = none
    if money.spent_musd is not None and money.earned_musd is not None:
        rise = price - 1
        pay_more = -money.spent_musd * rise * (1 - short)
        more = np.minimum(price**money.domestic_eta - 1, DOMESTIC_MORE_MAX)
        make_more = money.earned_musd * price * more
        paid_more = money.earned_musd * rise
    downstream = np.array([none, direct - qp, direct - lp])
    return GdpTerms(-direct, pay_more, make_more, paid_more, downstream, has_prices)
