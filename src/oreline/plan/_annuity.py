"""Equal payments: what a loan costs each period, and what a net present value is worth a year.

Money is a Decimal in one currency; rates are fractions of one for one period (0.10 is 10 %).
"""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from enum import StrEnum

from oreline.model import InputError

DIGITS = 50
"""Digits carried; powers of hundreds of periods lose few of them."""
PERIODS_MAX = 12_000
"""How many payments an annuity may have: a thousand years of months."""
RATE_MAX = Decimal("1e40")
"""Beyond this, powers of a rate overflow; no flow that can be written has such a rate."""
_NUMBER = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,15})?%?(/[0-9]{1,6})?")


class PaidAt(StrEnum):
    """When in its period a payment falls."""

    END = "end"
    BEGIN = "begin"


def parse_rate(text: str) -> Decimal:
    """Read a rate for one period: ``0.1``, ``10%``, or either divided, such as ``7.5%/12``.

    Raises
    ------
    InputError
        If it is no rate, or -100 % or less.

    >>> parse_rate("7.5%/12")
    Decimal('0.00625')
    """
    written = text.replace(" ", "")
    number, _, periods = written.partition("/")
    if not _NUMBER.fullmatch(written) or (periods and not int(periods)):
        raise InputError(f"{text!r} is no rate; write 0.1, 10% or 7.5%/12")
    with localcontext(prec=DIGITS):
        rate = Decimal(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
        return check_rate(rate / Decimal(periods or 1))


def check_rate(rate: Decimal) -> Decimal:
    """Return a rate that can be used to discount.

    Raises
    ------
    InputError
        If it is not finite, -1 or less, or above ``RATE_MAX``.
    """
    if not (rate.is_finite() and -1 < rate <= RATE_MAX):
        message = (
            f"a rate of {rate} a period cannot be used; it is above -1 and at most {RATE_MAX:g}"
        )
        raise InputError(message)
    return rate


def annuity_payment(
    rate: Decimal,
    periods: int,
    present_value: Decimal,
    future_value: Decimal = Decimal(0),
    *,
    paid_at: PaidAt = PaidAt.END,
) -> Decimal:
    """Return the equal payment that pays off a present value over so many periods.

    What is received is positive and what is paid negative: a loan of 200,000 gives a negative
    payment. At a rate of zero it is the plain share.

    Raises
    ------
    InputError
        If there is no period, or the rate cannot be used.

    Source: the annuity formula; the signs are those of spreadsheets' PMT.

    >>> round(annuity_payment(parse_rate("7.5%/12"), 180, Decimal(200000)), 10)
    Decimal('-1854.0247200055')
    """
    check_rate(rate)
    if not 1 <= periods <= PERIODS_MAX:
        message = f"an annuity has at least one period and at most {PERIODS_MAX}, not {periods}"
        raise InputError(message)
    with localcontext(prec=DIGITS):
        if not rate:
            return -(present_value + future_value) / periods
        growth = (1 + rate) ** periods
        due = 1 + rate if paid_at is PaidAt.BEGIN else Decimal(1)
        return -(present_value * growth + future_value) * rate / (due * (growth - 1))


def equivalent_annual_annuity(rate: Decimal, years: int, net_present_value: Decimal) -> Decimal:
    """Return the equal amount at the end of each year that has this net present value.

    It compares projects of different lives: EAA = NPV r / (1 - (1 + r)^-n).

    >>> round(equivalent_annual_annuity(Decimal("0.1"), 3, Decimal("178.77")), 4)
    Decimal('71.8861')
    """
    return -annuity_payment(rate, years, net_present_value)
