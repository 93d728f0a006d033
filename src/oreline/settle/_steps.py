"""How often a step lies in an excess: in parts, whole steps only, or each step that is begun."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from oreline.settle._clauses import Reckoning
from oreline.settle._exchange_rule import EXACT
from oreline.settle._rounding import without_noise

RECKONINGS: tuple[Reckoning, ...] = ("pro_rata", "whole_step", "begun_step")
"""The ways to count steps; a clause that names none can be read in each of them."""


def step_count(excess: Decimal, step: Decimal, how: Reckoning) -> Decimal:
    """Return the number of steps in an excess of the same unit, neither of them negative.

    >>> [str(step_count(Decimal("0.45"), Decimal("0.10"), how)) for how in RECKONINGS]
    ['4.5', '4', '5']
    """
    with localcontext(EXACT):
        count = excess / step
        if how == "pro_rata":
            return count
        direction = ROUND_FLOOR if how == "whole_step" else ROUND_CEILING
        return without_noise(count).to_integral_value(rounding=direction)
