"""What the parties agreed of the money besides its tranches: repayment, amortisation, covenants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class DayCount(StrEnum):
    """How long a part of a year is, for interest."""

    EQUAL = "equal"
    """Every period is the same part of a year; days count only within a period."""
    ACT_360 = "ACT/360"
    ACT_365 = "ACT/365"
    THIRTY_360 = "30/360"
    """Months of 30 days: ISDA 2006, section 4.16(f), the bond basis."""


class Repayment(StrEnum):
    """How the principal comes back after the grace periods."""

    ANNUITY = "annuity"
    """Equal payments of interest and principal together."""
    STRAIGHT = "straight"
    """Equal parts of the principal."""
    BULLET = "bullet"
    """All of it with the last payment."""
    SCULPTED = "sculpted"
    """Each payment is the cash available in its period divided by a target ratio."""


class Ratio(StrEnum):
    """What a covenant measures."""

    DSCR = "dscr"
    """Debt service cover: cash available in a period, for interest and principal due in it."""
    LLCR = "llcr"
    """Loan life cover: the cash available until the last payment, for what is owed."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Money that is drawn, or meant to be, on a day."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """The terms of a loan.

    Parameters
    ----------
    rate
        A year, as a fraction of one: 0.08 is 8 %.
    months
        The length of a period: 1, 3, 6 or 12.
    begins
        The first day of the first period; interest runs from each drawdown.
    grace
        In how many first periods nothing of the principal is repaid.
    capitalised
        Whether interest of those periods is added to the loan, or paid.
    repayments
        In how many periods after them it is repaid.
    target_dscr
        Of a sculpted loan.
    planned
        Drawdowns that the parties mean to make; each counts until its day has come, from then on
        only what the ledger records.
    """

    rate: Decimal
    day_count: DayCount
    months: int
    begins: date
    grace: int
    capitalised: bool
    repayment: Repayment
    repayments: int
    target_dscr: Decimal | None
    planned: tuple[Draw, ...]


@dataclass(frozen=True, slots=True)
class PrepaymentTerms:
    """Money paid ahead, worked off by metal: so much credit for each tonne that a site receives."""

    element: str
    site: str
    credit_per_t: Decimal


@dataclass(frozen=True, slots=True)
class FloorTerms:
    """A price floor: what the price of a month lies below it is paid for each tonne received."""

    element: str
    site: str
    floor_per_t: Decimal
    series: str


@dataclass(frozen=True, slots=True)
class Covenant:
    """A promise about a ratio in every period that repays."""

    id: str
    title: str
    ratio: Ratio
    at_least: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """All of them, each None where the instrument has none of its kind."""

    loan: LoanTerms | None = None
    prepayment: PrepaymentTerms | None = None
    price_floor: FloorTerms | None = None
    covenants: tuple[Covenant, ...] = ()
