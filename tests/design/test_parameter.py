"""A number that a design rests on."""

from __future__ import annotations

import math

import pytest

from oreline.design import Parameter
from oreline.model import Basis, InputError


def test_a_range_holds_its_value() -> None:
    assert Parameter(0.9, "1", Basis.ASSUMED, "a guess", 0.8, 0.95).is_ranged
    assert not Parameter(0.9, "1", Basis.ASSUMED, "a guess", 0.9, 0.9).is_ranged


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (0.9, 0.95, 1.0, "outside its range"),
        (0.9, 0.5, None, "both ends"),
        (math.nan, None, None, "finite"),
        (0.9, 0.5, math.inf, "finite"),
    ],
)
def test_a_number_that_cannot_be_meant_is_refused(
    value: float, low: float | None, high: float | None, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        Parameter(value, "1", Basis.ASSUMED, "a guess", low, high)
