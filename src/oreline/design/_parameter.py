"""A number that a design rests on, with its range and where it is from."""

from __future__ import annotations

import math
from dataclasses import dataclass

from oreline.model import Basis, InputError


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input number of a design.

    ``value`` is in ``unit``; ``low`` and ``high`` bound it in the same unit, both or neither.
    Uncertainty draws it from the triangle low, value, high; without a range it stays as it is.

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
