"""Measures of a cash flow beside its value: modified rate of return, and when it has paid back."""

from __future__ import annotations

from decimal import Decimal, localcontext

from oreline.plan._annuity import DIGITS, check_rate
from oreline.plan._cash_flow import CashFlow


def modified_rate_of_return(
    flow: CashFlow, finance_rate: Decimal, reinvest_rate: Decimal
) -> Decimal | None:
    """Return the modified internal rate of return, None where nothing is put in or comes out.

    What is put in is discounted to the first period at the rate of finance, what comes out is
    carried to the last at the rate of reinvestment: there is one answer however often the flows
    change their sign.

    Source: the definition of spreadsheets' MIRR.

    >>> flow = CashFlow((Decimal(-100), Decimal(60), Decimal(60)), "USD", 0)
    >>> round(modified_rate_of_return(flow, Decimal("0.1"), Decimal("0.1")), 6)
    Decimal('0.122497')
    """
    check_rate(finance_rate)
    check_rate(reinvest_rate)
    last = len(flow.amounts) - 1
    with localcontext(prec=DIGITS):
        paid_in = -sum(
            (
                amount / (1 + finance_rate) ** place
                for place, amount in enumerate(flow.amounts)
                if amount < 0
            ),
            Decimal(0),
        )
        paid_out = sum(
            (
                amount * (1 + reinvest_rate) ** (last - place)
                for place, amount in enumerate(flow.amounts)
                if amount > 0
            ),
            Decimal(0),
        )
        if not paid_in or not paid_out or not last:
            return None
        return (paid_out / paid_in) ** (Decimal(1) / last) - 1


def payback_periods(flow: CashFlow, rate: Decimal = Decimal(0)) -> Decimal | None:
    """Return after how many periods the flow has paid back for good, None if it never does.

    Counted from today, so that a first flow in period 1 comes a period later: a closure that makes
    the sum fall below zero again moves it to the last crossing. Inside a period flows come evenly.
    With a rate, of the discounted flows.

    Source: MineLab v0.1.1 tests (MIT) for the example.

    >>> flow = CashFlow(tuple(map(Decimal, (-1000, 300, 420, 680))), "USD", 0)
    >>> round(payback_periods(flow), 4), round(payback_periods(flow, Decimal("0.1")), 4)
    (Decimal('2.4118'), Decimal('2.7441'))
    """
    check_rate(rate)
    with localcontext(prec=DIGITS):
        total = Decimal(0)
        crossing: Decimal | None = None
        for place, amount in enumerate(flow.amounts):
            step = amount / (1 + rate) ** place
            before, total = total, total + step
            if total < 0:
                crossing = None
            elif before < 0 and crossing is None:
                crossing = flow.first_period + place - 1 + -before / step
        return crossing
