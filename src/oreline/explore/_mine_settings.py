"""The section ``[mine]`` of ``explore.toml``: how rock is dug, what that costs, what is paid."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from oreline.explore._economics import Economics, Pays
from oreline.model import Basis, Frozen

Positive = Annotated[float, Field(gt=0)]
Cost = Annotated[float, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]
ScreeningClass = Literal["A", "B", "C"]

REVENUE_FACTORS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Prices of the nested pits, in parts of the price, where the settings name none."""


def triangle_deviation(value: float, ends: tuple[float, float] | None) -> float:
    """Return the standard deviation of a triangle between two ends, with its top at a value.

    >>> round(triangle_deviation(5, (2, 10)), 4), triangle_deviation(5, None)
    (1.6499, 0.0)
    """
    if ends is None:
        return 0.0
    low, high = ends
    square = low**2 + value**2 + high**2 - low * value - low * high - value * high
    return math.sqrt(max(0.0, square) / 18)


class PaysSettings(Frozen):
    """What one element or oxide brings, per tonne of it in the product."""

    price_per_t: Positive
    recovery_pct: Percent
    payable_pct: Percent
    selling_per_t: Cost = 0.0


class MineSettings(Frozen):
    """How the ground is mined; docs/reference/explore.md explains each number.

    Money is in ``currency``; costs per tonne of rock (mining) or of mill feed (processing,
    overhead). ``basis`` and ``source`` speak of every number of the section.
    """

    basis: Basis
    source: str
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    method: Literal["pit", "stope"]
    slope_deg: Annotated[float, Field(ge=10, le=89)] | None = None
    stope_m: tuple[Positive, Positive, Positive] | None = None
    classes: Annotated[tuple[ScreeningClass, ...], Field(min_length=1)]
    density_t_per_m3: Positive
    mining_per_t: Cost
    processing_per_t: Cost
    overhead_per_t: Cost
    dilution_pct: Percent
    dilution_grade_pct: dict[str, Percent] = Field(default_factory=dict)
    dilution_range_pct: tuple[Percent, Percent] | None = None
    mining_recovery_pct: Annotated[float, Field(gt=0, le=100)]
    mining_recovery_range_pct: tuple[Percent, Percent] | None = None
    tonnes_u_pct: Annotated[float, Field(ge=0, le=50)] = 0.0
    mill_t_per_year: Positive
    mine_t_per_year: Positive
    moisture_pct: Annotated[float, Field(ge=0, lt=100)] | None = None
    revenue_factors: tuple[Positive, ...] = REVENUE_FACTORS
    pays: Annotated[dict[str, PaysSettings], Field(min_length=1)]

    @model_validator(mode="after")
    def _shape(self) -> Self:
        if self.method == "pit" and self.slope_deg is None:
            raise ValueError("a pit needs slope_deg, the steepest wall from level")
        if self.method == "stope" and self.stope_m is None:
            raise ValueError("stopes need stope_m, the least size in x, y and z")
        for name, value in (
            ("dilution", self.dilution_pct), ("mining_recovery", self.mining_recovery_pct),
        ):  # fmt: skip
            ends = getattr(self, f"{name}_range_pct")
            if ends is not None and not ends[0] <= value <= ends[1]:
                raise ValueError(f"{name}_pct {value:g} is outside of its range {ends[0]:g} to "
                                 f"{ends[1]:g}")  # fmt: skip
        if max(self.revenue_factors) != 1.0:
            raise ValueError("the last of revenue_factors is 1.0, the price itself")
        return self

    @property
    def dilution_u(self) -> float:
        """Return the standard uncertainty of the dilution, as a part of the diluted ore."""
        spread = triangle_deviation(self.dilution_pct, self.dilution_range_pct)
        return spread / (100 + self.dilution_pct)

    @property
    def mining_recovery_u(self) -> float:
        """Return the standard uncertainty of the mining recovery, as a part of it."""
        value = self.mining_recovery_pct
        return triangle_deviation(value, self.mining_recovery_range_pct) / value

    def economics(self) -> Economics:
        """Return costs and prices as they are reckoned with."""
        return Economics(
            self.currency,
            tuple(
                Pays(name, one.price_per_t, one.recovery_pct, one.payable_pct, one.selling_per_t)
                for name, one in self.pays.items()
            ),
            self.mining_per_t,
            self.processing_per_t,
            self.overhead_per_t,
            self.dilution_pct,
            self.mining_recovery_pct,
            self.basis,
            self.source,
            dict(self.dilution_grade_pct),
        )
