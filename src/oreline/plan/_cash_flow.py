"""Cash flows: net present value with its conventions stated, and every rate of return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from oreline.model import InputError, LimitExceededError
from oreline.plan._annuity import DIGITS, check_rate

PERIODS_MAX = 400
"""How many periods a cash flow may have: the roots of longer polynomials are not reliable."""
_NEWTON_STEPS = 60
_BISECTIONS = 60
_APART = Decimal("1e-9")
"""Rates nearer than this are one root of higher order."""
_REAL = 1e-4
"""A root whose imaginary part is below this, beside its size, is tried as a real one."""


class Discounting(StrEnum):
    """When in its period a flow counts: the number of the period, or half a period earlier."""

    END = "end"
    MIDDLE = "middle"


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Net flows of successive periods; what comes in is positive.

    ``first_period`` is the number of the first: 0 where it happens today and is not discounted, 1
    where it is that of the first period to come, as a spreadsheet's NPV takes it.
    """

    amounts: tuple[Decimal, ...]
    currency: str
    first_period: int

    def __post_init__(self) -> None:
        if not self.amounts:
            raise InputError("a cash flow has at least one period")
        if len(self.amounts) > PERIODS_MAX:
            message = f"{len(self.amounts)} periods are more than PERIODS_MAX = {PERIODS_MAX}"
            raise LimitExceededError(message)
        if not all(amount.is_finite() for amount in self.amounts):
            raise InputError("a flow is no finite number")
        if self.first_period not in (0, 1):
            raise InputError(f"the first period is number 0 or 1, not {self.first_period}")


@dataclass(frozen=True, slots=True)
class PresentValue:
    """A net present value with everything that it depends on."""

    value: Decimal
    rate: Decimal
    discounting: Discounting
    flow: CashFlow

    def to_json(self) -> dict[str, Any]:
        """Return the value and its conventions as decimal text."""
        return {
            "npv": f"{self.value:f}",
            "currency": self.flow.currency,
            "rate_per_period": f"{self.rate:f}",
            "discounting": str(self.discounting),
            "first_period": self.flow.first_period,
            "periods": len(self.flow.amounts),
            "basis": "derived",
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a period with its discount factor and its value today."""
        factors = _factors(self.rate, self.flow, self.discounting)
        periods = range(self.flow.first_period, self.flow.first_period + len(factors))
        return pl.DataFrame(
            {
                "period": list(periods),
                "flow": [str(amount) for amount in self.flow.amounts],
                "factor": [float(factor) for factor in factors],
                "present_value": [
                    float(amount * factor)
                    for amount, factor in zip(self.flow.amounts, factors, strict=True)
                ],
            }
        )


@dataclass(frozen=True, slots=True)
class RateOfReturn:
    """Every rate above -100 % at which a cash flow is worth nothing, smallest first.

    There may be none, or several: then no single one is *the* rate of return, and ``reason`` says
    so.
    """

    rates: tuple[Decimal, ...]
    sign_changes: int
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return the rates as decimal text."""
        return {
            "rates_per_period": [f"{rate:.12f}" for rate in self.rates],
            "sign_changes": self.sign_changes,
            "reason": self.reason,
            "basis": "derived",
        }


def net_present_value(
    rate: Decimal, flow: CashFlow, discounting: Discounting = Discounting.END
) -> PresentValue:
    """Return the value today of a cash flow at a rate a period.

    Raises
    ------
    InputError
        If the rate cannot be used.

    >>> flow = CashFlow((Decimal(-100), Decimal(60), Decimal(60)), "USD", first_period=0)
    >>> round(net_present_value(Decimal("0.1"), flow).value, 4)
    Decimal('4.1322')
    """
    check_rate(rate)
    with localcontext(prec=DIGITS):
        factors = _factors(rate, flow, discounting)
        value = sum(
            (amount * factor for amount, factor in zip(flow.amounts, factors, strict=True)),
            Decimal(0),
        )
    return PresentValue(value, rate, discounting, flow)


def rates_of_return(flow: CashFlow) -> RateOfReturn:
    """Return every internal rate of return of a cash flow.

    All real roots of the net present value above -100 % are found as those of its polynomial, and
    refined; by Descartes' rule there are at most as many as the flows change their sign.

    >>> flow = CashFlow((Decimal(-100), Decimal(230), Decimal(-132)), "USD", first_period=0)
    >>> [round(rate, 9) for rate in rates_of_return(flow).rates]
    [Decimal('0.100000000'), Decimal('0.200000000')]
    """
    amounts = list(flow.amounts)
    signs = [amount > 0 for amount in amounts if amount]
    changes = sum(before != after for before, after in pairwise(signs))
    if not changes:
        reason = "the flows never change their sign: no rate makes them worth nothing"
        return RateOfReturn((), 0, reason)
    # A flow at period t is worth x^t with x = 1/(1+r): rates above -1 are roots above zero.
    starts = [_only_root(amounts)] if changes == 1 else _root_starts(amounts)
    found = sorted(rate for start in starts if (rate := _refined(amounts, start)) is not None)
    rates = tuple(
        rate for place, rate in enumerate(found) if not place or rate - found[place - 1] > _APART
    )
    if not rates:
        reason = "no rate above -100 % makes the flows worth nothing"
    elif len(rates) > 1:
        reason = "several rates: none of them alone is the rate of return; use the present value"
    else:
        reason = ""
    return RateOfReturn(rates, changes, reason)


def _only_root(amounts: Sequence[Decimal]) -> Decimal:
    """Return the one root above zero of flows that change their sign once, by bisection."""
    first = next(amount for amount in amounts if amount)
    low, high = Decimal(1), Decimal(1)
    while _worth(amounts, low) * first <= 0:
        low /= 2
    while _worth(amounts, high) * first > 0:
        high *= 2
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _worth(amounts, middle) * first > 0:
            low = middle
        else:
            high = middle
    return high


def _root_starts(amounts: Sequence[Decimal]) -> list[Decimal]:
    """Return roots above zero as floating-point numbers know them."""
    scale = max(abs(amount) for amount in amounts)
    roots = np.roots([float(amount / scale) for amount in reversed(amounts)])
    return [
        Decimal(float(root.real))
        for root in roots
        if root.real > 0 and abs(root.imag) <= _REAL * abs(root)
    ]


def _worth(amounts: Sequence[Decimal], x: Decimal) -> Decimal:
    value = Decimal(0)
    for amount in reversed(amounts):
        value = value * x + amount
    return value


def _refined(amounts: Sequence[Decimal], start: Decimal) -> Decimal | None:
    """Return the rate whose factor is the root near ``start``, None where none is there."""
    with localcontext(prec=DIGITS):
        x = start
        for _ in range(_NEWTON_STEPS):
            value = slope = Decimal(0)
            for amount in reversed(amounts):
                slope = slope * x + value
                value = value * x + amount
            if not value or not slope:
                break
            step = value / slope
            x -= step
            if x <= 0:
                return None
            if abs(step) < x * Decimal("1e-30"):
                break
        size = sum(abs(amount) * x**place for place, amount in enumerate(amounts))
        if abs(value) > size * Decimal("1e-12"):
            return None
        rate = 1 / x - 1
    with localcontext(prec=DIGITS - 5):
        return +rate


def _factors(rate: Decimal, flow: CashFlow, discounting: Discounting) -> list[Decimal]:
    with localcontext(prec=DIGITS):
        growth = 1 + rate
        half = growth.sqrt() if discounting is Discounting.MIDDLE else Decimal(1)
        first = flow.first_period
        return [
            # What happens today is not moved: half a period before today is no convention.
            growth ** -(first + place) * (half if first + place else 1)
            for place in range(len(flow.amounts))
        ]
