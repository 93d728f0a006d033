"""The schedule of a loan: what is drawn, what accrues, what is paid, period by period, exactly.

Interest is a fraction until it is rounded to the currency's smallest coin, half to even, once for
each period; what rounding leaves is in the last payment. Drawdowns count from their day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import polars as pl
from babel.numbers import get_currency_precision

from oreline.comply import Missing
from oreline.fund._day_count import months_after, year_fraction
from oreline.fund._forecast import Available
from oreline.fund._terms import Draw, LoanTerms, Repayment
from oreline.model import InputError

Cash = Callable[[date, date], Available]
"""Gives the cash available from a day up to, and without, another."""


@dataclass(frozen=True, slots=True)
class LoanPeriod:
    """One period of a loan; money in its currency, interest due on the day ``end``.

    Parameters
    ----------
    start, end
        The first day, and that of the next period.
    rate
        The interest of a unit owed through the whole period.
    interest
        All that accrues; of it ``capitalised`` is added to the loan, the rest is paid.
    uncovered
        Of a sculpted loan: interest beyond what the cash that is expected pays at the target ratio.
    """

    number: int
    start: date
    end: date
    rate: Fraction
    opening: Decimal
    drawn: Decimal
    interest: Decimal
    capitalised: Decimal
    principal: Decimal
    is_grace: bool
    uncovered: Decimal = Decimal(0)

    @property
    def paid_interest(self) -> Decimal:
        """Return the interest that is paid."""
        return self.interest - self.capitalised

    @property
    def service(self) -> Decimal:
        """Return the debt service: interest and principal that are due."""
        return self.paid_interest + self.principal

    @property
    def closing(self) -> Decimal:
        """Return what is owed at the end."""
        return self.opening + self.drawn + self.capitalised - self.principal


@dataclass(frozen=True, slots=True)
class LoanSchedule:
    """The periods of a loan; where ``missing`` is not empty, only those that can be reckoned."""

    currency: str
    periods: tuple[LoanPeriod, ...]
    missing: tuple[Missing, ...] = ()

    @property
    def repaying(self) -> tuple[LoanPeriod, ...]:
        """Return the periods in which principal is repaid."""
        return tuple(one for one in self.periods if not one.is_grace)

    @property
    def unpaid(self) -> Decimal:
        """Return what is owed after the last period: of a sculpted loan short of cash, not zero."""
        return self.periods[-1].closing if self.periods else Decimal(0)

    def total(self, what: str) -> Decimal:
        """Return the sum of an amount over the periods."""
        return sum((getattr(one, what) for one in self.periods), Decimal(0))

    def to_frame(self) -> pl.DataFrame:
        """Return one row a period; money as decimal text."""
        names = ("opening", "drawn", "interest", "capitalised", "paid_interest", "principal",
                 "service", "closing")  # fmt: skip
        rows = [
            (one.number, one.start.isoformat(), one.end.isoformat(), one.is_grace,
             *(f"{getattr(one, name):f}" for name in names))
            for one in self.periods
        ]  # fmt: skip
        schema: dict[str, Any] = {"period": pl.Int64, "start": pl.String, "end": pl.String}
        schema |= {"grace": pl.Boolean} | dict.fromkeys(names, pl.String)
        return pl.DataFrame(rows, schema=schema, orient="row")


def cents(amount: Fraction, currency: str) -> Decimal:
    """Return an amount to the smallest coin of its currency, half to even.

    >>> cents(Fraction(1, 3), "USD"), cents(Fraction(5, 2), "JPY")
    (Decimal('0.33'), Decimal('2'))
    """
    places = get_currency_precision(currency)
    return Decimal(round(amount * 10**places)).scaleb(-places)


def draws_of(terms: LoanTerms, recorded: Sequence[Draw], today: date) -> tuple[Draw, ...]:
    """Return what was drawn, and what is planned to be from today on, by day."""
    planned = [one for one in terms.planned if one.day > today]
    return tuple(sorted([*recorded, *planned], key=lambda one: one.day))


def loan_schedule(
    terms: LoanTerms, draws: Sequence[Draw], currency: str, cash: Cash
) -> LoanSchedule:
    """Return the schedule of a loan, with all payments made as they fall due.

    Parameters
    ----------
    draws
        Money drawn, in any order of days.
    cash
        Asked by sculpted loans only.

    Raises
    ------
    InputError
        If something is drawn before the first period or after the last.
    """
    count = terms.grace + terms.repayments
    days = [months_after(terms.begins, terms.months * place) for place in range(count + 1)]
    for draw in draws:
        if not days[0] <= draw.day < days[-1]:
            message = f"{draw.amount:f} {currency} drawn on {draw.day} lie outside the periods of "
            raise InputError(message + f"the loan, from {days[0]} to {days[-1]}")
    rates = [_fraction(terms, pair, pair[0]) * Fraction(terms.rate) for pair in pairwise(days)]
    periods: list[LoanPeriod] = []
    owed, level = Decimal(0), Decimal(0)
    for place, (start, end) in enumerate(pairwise(days)):
        inside = [one for one in draws if start <= one.day < end]
        drawn = sum((one.amount for one in inside), Decimal(0))
        interest = cents(_accrued(terms, owed, inside, (start, end)), currency)
        is_grace = place < terms.grace
        principal, uncovered = Decimal(0), Decimal(0)
        if not is_grace:
            if place == terms.grace or drawn:
                level = _level(terms, owed + drawn, rates[place:], currency)
            asked = _principal(terms, owed + drawn, interest, level, count - place)
            if terms.repayment is Repayment.SCULPTED:
                available = cash(start, end)
                if available.amount is None:
                    return LoanSchedule(currency, tuple(periods), available.missing)
                asked = _sculpted(terms, available.amount, interest, currency)
                uncovered = max(-asked, uncovered)
            principal = min(max(asked, Decimal(0)), owed + drawn)
        period = LoanPeriod(
            number=place + 1,
            start=start,
            end=end,
            rate=rates[place],
            opening=owed,
            drawn=drawn,
            interest=interest,
            capitalised=interest if is_grace and terms.capitalised else Decimal(0),
            principal=principal,
            is_grace=is_grace,
            uncovered=uncovered,
        )
        owed = period.closing
        periods.append(period)
    return LoanSchedule(currency, tuple(periods))


def _accrued(
    terms: LoanTerms, owed: Decimal, draws: Sequence[Draw], period: tuple[date, date]
) -> Fraction:
    """Return the interest of a period: on what is owed at its start, and on each draw."""
    years = Fraction(owed) * _fraction(terms, period, period[0])
    for draw in draws:
        years += Fraction(draw.amount) * _fraction(terms, period, draw.day)
    return years * Fraction(terms.rate)


def _fraction(terms: LoanTerms, period: tuple[date, date], first: date) -> Fraction:
    """Return the part of a year from a day of a period to its end."""
    start, end = period
    return year_fraction(terms.day_count, first, end, terms.months, (end - start).days)


def _level(terms: LoanTerms, owed: Decimal, rates: list[Fraction], currency: str) -> Decimal:
    """Return the equal payment, or the equal part of the principal, from here to the end."""
    if terms.repayment is Repayment.STRAIGHT:
        return cents(Fraction(owed) / len(rates), currency)
    if terms.repayment is not Repayment.ANNUITY:
        return Decimal(0)
    # What a payment of one in each of the periods is worth at their beginning.
    worth = Decimal(0)
    for rate in reversed(rates):
        worth = (1 + worth) / (1 + Decimal(rate.numerator) / rate.denominator)
    return cents(Fraction(owed) / Fraction(worth), currency)


def _principal(
    terms: LoanTerms, owed: Decimal, interest: Decimal, level: Decimal, left: int
) -> Decimal:
    if left == 1:
        return owed
    if terms.repayment is Repayment.STRAIGHT:
        return level
    return level - interest if terms.repayment is Repayment.ANNUITY else Decimal(0)


def _sculpted(terms: LoanTerms, available: Fraction, interest: Decimal, currency: str) -> Decimal:
    assert terms.target_dscr is not None, "a sculpted loan has a target"
    payment = cents(available / Fraction(terms.target_dscr), currency)
    return payment - interest
