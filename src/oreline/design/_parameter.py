"""A number that a design rests on, with its range and where it is from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from oreline.model import Basis, InputError

NORMAL_COVERAGE: Final = 0.95
"""Which part of a normal distribution lies between the two ends of its range."""
RANGE_OF_U: Final = 1.959963984540054
"""Standard uncertainties from the middle of a normal distribution to either end of its range."""
NORMAL_FROM: Final = 4.5
"""A number that cannot be negative is normal where it is so many standard uncertainties above 0."""


class Shape(StrEnum):
    """How a number is distributed between the ends of its range.

    A ``normal`` one lies outside them in one case of twenty: they are its 2.5 % and 97.5 %
    quantiles, and its value is their middle.
    """

    TRIANGULAR = "triangular"
    UNIFORM = "uniform"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input number of a design.

    ``value`` is in ``unit``; ``low`` and ``high`` bound it in the same unit, both or neither.
    Uncertainty draws it from the triangle low, value, high, or as its ``shape`` says; without a
    range it stays as it is.

    Raises
    ------
    InputError
        If a number is not finite, or the value lies outside its range.

    Examples
    --------
    >>> Parameter(0.944, "1", Basis.REPORTED, "Pradip and Fuerstenau 2013").is_ranged
    False
    """

    value: float
    unit: str
    basis: Basis
    source: str
    low: float | None = None
    high: float | None = None
    note: str = ""
    shape: Shape = Shape.TRIANGULAR

    def __post_init__(self) -> None:
        numbers = [self.value, *(bound for bound in (self.low, self.high) if bound is not None)]
        if not all(math.isfinite(number) for number in numbers):
            raise InputError(f"{self.value} {self.unit}: write a finite number")
        if (self.low is None) != (self.high is None):
            raise InputError(f"{self.value} {self.unit}: give both ends of the range, or neither")
        if not self.low_or_value <= self.value <= self.high_or_value:
            raise InputError(
                f"{self.value} {self.unit} is outside its range {self.low} to {self.high}"
            )

    @property
    def low_or_value(self) -> float:
        """Return the low end, which is the value itself where no range is known."""
        return self.value if self.low is None else self.low

    @property
    def high_or_value(self) -> float:
        """Return the high end, which is the value itself where no range is known."""
        return self.value if self.high is None else self.high

    @property
    def is_ranged(self) -> bool:
        """Return whether there is a range to draw from."""
        return self.low_or_value < self.high_or_value


def spread_of(value: float, u: float) -> tuple[float, float, Shape]:
    """Return the range and shape of a number that is not negative, of standard uncertainty u.

    It is normal between its 2.5 % and 97.5 % quantiles. Near 0, where a normal one would often be
    negative, it is a triangle of the same standard deviation, cut off at 0.

    >>> low, high, shape = spread_of(10.0, 1.0)
    >>> round(low, 2), round(high, 2), str(shape)
    (8.04, 11.96, 'normal')
    """
    if value >= NORMAL_FROM * u:
        return value - RANGE_OF_U * u, value + RANGE_OF_U * u, Shape.NORMAL
    # A triangle about its middle has the standard deviation of its half width over the root of 6.
    half = 6**0.5 * u
    return max(0.0, value - half), value + half, Shape.TRIANGULAR
