"""Rounding as a contract writes it, exactly, and numbers as a formula shows them."""

from __future__ import annotations

from decimal import Decimal, localcontext

from oreline.settle._clauses import Rounding
from oreline.settle._exchange_rule import EXACT

_NOISE = 24
"""Digits within which a price or a grade that came through a change of unit is the same."""
_SHOWN = 10
"""Decimals of a number that a formula shows."""


def rounded_to(value: Decimal, rounding: Rounding | None) -> Decimal:
    """Return a value rounded to a multiple of a step; unchanged where there is no rounding.

    A half goes away from zero (``up``) or to the even multiple (``even``), so that a refund is
    rounded like the payment that it takes back. Whole multiples and their remainder are exact.

    >>> rounded_to(Decimal("28.175"), Rounding(to=Decimal("0.01")))
    Decimal('28.18')
    >>> rounded_to(Decimal("-0.125"), Rounding(to=Decimal("0.01"), half="even"))
    Decimal('-0.12')
    """
    if rounding is None:
        return value
    step = rounding.to
    with localcontext(EXACT):
        whole, rest = divmod(abs(value), step)
        is_half_up = rounding.half == "up" or whole % 2 == 1
        goes_up = 2 * rest > step or (2 * rest == step and is_half_up)
        made = (whole + int(goes_up)) * step
        return -made if value < 0 and made else made


def without_noise(value: Decimal) -> Decimal:
    """Return a value without the last digits that a change of unit leaves.

    18 USD/oz becomes USD/t and back; it has to be 18 again before whole dollars are counted.

    >>> without_noise(Decimal("17.9999999999999999999999999999"))
    Decimal('18')
    """
    with localcontext(prec=_NOISE):
        return Decimal(f"{(+value).normalize():f}")


def shown(value: Decimal) -> str:
    """Return a number for a formula: as it is, or with ten decimals where it has more.

    >>> shown(Decimal("28.50")), shown(Decimal(1) / 3)
    ('28.50', '0.3333333333')
    """
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -_SHOWN:
        return f"{value:f}"
    with localcontext(EXACT):
        short = value.quantize(Decimal(1).scaleb(-_SHOWN)).normalize()
    # A number that is small rather than long keeps its own digits.
    return f"{short:f}" if short else f"{without_noise(value):f}"
