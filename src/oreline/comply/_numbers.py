"""Exact numbers and bounds: arithmetic, comparison, and how they are printed."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from typing import Literal

from oreline.comply._values import Between, bounds

Number = Fraction | Between
Operator = Literal["+", "-", "*", "/"]
Relation = Literal["<", "<=", ">", ">=", "==", "!="]

SHOWN_DIGITS = 9
"""Digits of a number that is printed and has no end, or a very long one."""


def arithmetic(operator: Operator, left: Number, right: Number) -> Number | None:
    """Return what comes out, within bounds where a side has them; None where by zero is divided.

    >>> arithmetic("*", Fraction(2), Between(Fraction(-1), Fraction(3)))
    Between(low=Fraction(-2, 1), high=Fraction(6, 1))
    """
    if operator == "+":
        return _sum(left, right)
    if operator == "-":
        return _sum(left, negative(right))
    if operator == "*":
        return _product(left, right)
    low, high = bounds(right)
    if isinstance(right, Fraction):
        return None if right == 0 else _product(left, 1 / right)
    if low is not None and low > 0:
        return _product(left, Between(None if high is None else 1 / high, 1 / low))
    if high is not None and high < 0:
        return _product(left, Between(1 / high, None if low is None else 1 / low))
    return None


def negative(value: Number) -> Number:
    """Return ``-x``."""
    if isinstance(value, Fraction):
        return -value
    low, high = value.low, value.high
    return Between(None if high is None else -high, None if low is None else -low)


def _sum(left: Number, right: Number) -> Number:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left + right
    (a, b), (c, d) = bounds(left), bounds(right)
    low = None if a is None or c is None else a + c
    return _between(low, None if b is None or d is None else b + d)


def _product(left: Number, right: Number) -> Number:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left * right
    if Fraction(0) in (left, right):
        return Fraction(0)
    ends = [_end(one, other) for one in _ends(left) for other in _ends(right)]
    low, high = min(ends), max(ends)
    return _between(
        low if isinstance(low, Fraction) else None, high if isinstance(high, Fraction) else None
    )


_INFINITE = float("inf")


def _ends(value: Number) -> tuple[Fraction | float, Fraction | float]:
    low, high = bounds(value)
    return (-_INFINITE if low is None else low, _INFINITE if high is None else high)


def _end(one: Fraction | float, other: Fraction | float) -> Fraction | float:
    """Return a product in which nothing times no bound is nothing."""
    if one == 0 or other == 0:
        return Fraction(0)
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one * other
    return _INFINITE if (one > 0) == (other > 0) else -_INFINITE


def _between(low: Fraction | None, high: Fraction | None) -> Number:
    return low if low is not None and low == high else Between(low, high)


def compare(relation: Relation, left: Number, right: Number) -> bool | None:
    """Return whether a relation holds; None where the bounds leave it open.

    >>> compare(">=", Between(Fraction(900), Fraction(1100)), Fraction(1000)) is None
    True
    >>> compare(">=", Between(Fraction(1000), Fraction(1100)), Fraction(1000))
    True
    """
    if relation in {">", ">="}:
        return compare("<" if relation == ">" else "<=", right, left)
    if relation == "!=":
        same = compare("==", left, right)
        return None if same is None else not same
    (a, b), (c, d) = bounds(left), bounds(right)
    if relation == "==":
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return left == right
        apart = (b is not None and c is not None and b < c) or (
            a is not None and d is not None and a > d
        )
        return False if apart else None
    if relation == "<":
        if b is not None and c is not None and b < c:
            return True
        return False if a is not None and d is not None and a >= d else None
    if b is not None and c is not None and b <= c:
        return True
    return False if a is not None and d is not None and a > d else None


def number_text(value: Number) -> str:
    """Return a number as a person reads it: exactly where it is short, else rounded and marked.

    >>> number_text(Fraction(4001, 4)), number_text(Fraction(1, 3))
    ('1,000.25', '≈ 0.333333333')
    """
    if isinstance(value, Between):
        low = "no known least" if value.low is None else number_text(value.low)
        high = "no known greatest" if value.high is None else number_text(value.high)
        return f"{low} to {high}"
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    exact = Context(prec=60).divide(Decimal(value.numerator), Decimal(value.denominator))
    if rest == 1 and len(exact.as_tuple().digits) <= SHOWN_DIGITS + 6:
        return f"{exact:,f}"
    rounded = Context(prec=SHOWN_DIGITS).divide(
        Decimal(value.numerator), Decimal(value.denominator)
    )
    return f"≈ {rounded:,f}"
