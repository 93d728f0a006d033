"""Price indices: what money of one year buys in another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class PriceIndex:
    """A published price index by period, such as ``{"2016": 541.7, "2021": 708.8}``.

    oreline ships none: the index of plant costs that most reports quote is sold by its publisher,
    so the values that a study uses stand in its own file, with their source.

    Raises
    ------
    InputError
        If a value is not above zero, or no source is named.

    Examples
    --------
    >>> index = PriceIndex("plant", "my study, page 3", {"2016": 100.0, "2021": 130.0})
    >>> index.ratio("2016", "2021")
    1.3
    """

    name: str
    source: str
    values: Mapping[str, float]

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise InputError(f"the index {self.name} names no source")
        for period, value in self.values.items():
            if not (math.isfinite(value) and value > 0):
                raise InputError(f"the index {self.name} is {value} in {period}: it is above zero")

    def ratio(self, before: str, after: str) -> float:
        """Return how many units of money of ``after`` buy what one of ``before`` did.

        Raises
        ------
        InputError
            If the index has no value for one of them.
        """
        missing = [period for period in (before, after) if period not in self.values]
        if missing:
            known = ", ".join(sorted(self.values)) or "no period"
            raise InputError(
                f"the index {self.name} has no value for {missing[0]}; it has {known}: add the "
                "value that its publisher gives"
            )
        return self.values[after] / self.values[before]
