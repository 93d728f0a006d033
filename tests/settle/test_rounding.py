"""A half is a half, and a refund is rounded like the payment that it takes back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.settle import Rounding, rounded_to

VALUES = st.decimals(-(10**12), 10**12, places=7, allow_nan=False)
STEPS = st.sampled_from([Decimal(step) for step in ("0.01", "0.001", "1", "5", "0.25", "0.1")])


@pytest.mark.parametrize(
    ("value", "step", "up", "even"),
    [
        ("28.456", "0.01", "28.46", "28.46"),
        ("1.349", "0.1", "1.3", "1.3"),
        ("2.675", "0.01", "2.68", "2.68"),
        ("2.665", "0.01", "2.67", "2.66"),
        ("-0.125", "0.01", "-0.13", "-0.12"),
        ("7.5", "5", "10", "10"),
        ("2.5", "5", "5", "0"),
        ("0", "0.01", "0", "0"),
    ],
)
def test_halves(value: str, step: str, up: str, even: str) -> None:
    to = Decimal(step)
    assert rounded_to(Decimal(value), Rounding(to=to)) == Decimal(up)
    assert rounded_to(Decimal(value), Rounding(to=to, half="even")) == Decimal(even)


def test_without_rounding_every_digit_stays() -> None:
    assert rounded_to(Decimal("1.23456789012345678901234567890123"), None) == Decimal(
        "1.23456789012345678901234567890123"
    )


@given(VALUES, STEPS, st.sampled_from(["up", "even"]))
def test_a_rounded_value_is_the_nearest_multiple(value: Decimal, step: Decimal, half: str) -> None:
    rounding = Rounding.model_validate({"to": str(step), "half": half})
    found = rounded_to(value, rounding)
    assert Fraction(found) % Fraction(step) == 0
    assert 2 * abs(Fraction(found) - Fraction(value)) <= Fraction(step)
    assert rounded_to(found, rounding) == found
    assert rounded_to(-value, rounding) == -found
