"""What a tonne brings: gross revenue, the grade that pays its cost, the net smelter return.

Closed forms for planning. A contract's own terms are settled by ``oreline.settle``.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from oreline.model import InputError
from oreline.plan._annuity import DIGITS


def gross_revenue(
    tonnes: Decimal, grade_g_t: Decimal, price_per_g: Decimal, recovery: Decimal
) -> Decimal:
    """Return tonnes times grade times price times recovery, in the currency of the price.

    Raises
    ------
    InputError
        If a number is below zero, or the recovery above one.

    >>> gross_revenue(Decimal(1000000), Decimal("1.5"), Decimal(60), Decimal("0.9"))
    Decimal('81000000.00')
    """
    _not_below_zero(tonnes=tonnes, grade=grade_g_t, price=price_per_g)
    _fraction(recovery, "recovery")
    with localcontext(prec=DIGITS):
        return tonnes * grade_g_t * price_per_g * recovery


def cutoff_grade(cost_per_t: Decimal, price_per_g: Decimal, recovery: Decimal) -> Decimal:
    """Return the grade in g/t at which a tonne just pays its cost: cost / (price recovery).

    The price is what is received for a gram in the product, after the costs of selling it.

    Raises
    ------
    InputError
        If price or recovery is not above zero, or the cost is below.

    >>> round(cutoff_grade(Decimal(30), Decimal(60), Decimal("0.9")), 4)
    Decimal('0.5556')
    """
    _not_below_zero(cost=cost_per_t, price=price_per_g)
    _fraction(recovery, "recovery")
    with localcontext(prec=DIGITS):
        received = price_per_g * recovery
        if not received:
            raise InputError("nothing is received for a gram: no grade pays")
        return cost_per_t / received


def net_smelter_return(
    gross: Decimal,
    payable: Decimal,
    *,
    treatment: Decimal,
    refining: Decimal,
    penalties: Decimal,
    freight: Decimal = Decimal(0),
) -> Decimal:
    """Return gross x payable less treatment, refining, penalties and freight.

    All are amounts of one currency for one quantity. Charges may be below zero, as treatment
    charges have been; a penalty or a freight may not. The return may be negative.

    Raises
    ------
    InputError
        If the payable part is no fraction of one, or a penalty or freight is below zero.

    >>> net_smelter_return(
    ...     Decimal(1000000), Decimal("0.95"),
    ...     treatment=Decimal(50000), refining=Decimal(20000), penalties=Decimal(5000),
    ... )
    Decimal('875000.00')
    """
    _fraction(payable, "payable part")
    _not_below_zero(gross=gross, penalty=penalties, freight=freight)
    with localcontext(prec=DIGITS):
        return gross * payable - treatment - refining - penalties - freight


def _not_below_zero(**numbers: Decimal) -> None:
    for name, value in numbers.items():
        if not value.is_finite() or value < 0:
            raise InputError(f"the {name} is {value}: it cannot be below zero")


def _fraction(value: Decimal, what: str) -> None:
    if not (value.is_finite() and 0 <= value <= 1):
        raise InputError(f"the {what} is {value}; write a fraction of one, such as 0.9 for 90 %")
