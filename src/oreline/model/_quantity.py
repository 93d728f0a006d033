"""Quantities: a value with unit, basis and source, an interval, or UNKNOWN."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

from oreline.model._chemistry import PPT, is_analyte
from oreline.model._units import (
    UNBOUNDED_MG,
    grade_bounds_ppt,
    grade_ppt,
    mass_bounds_mg,
    mass_mg,
)

LARGEST_MG = 9 * 10**18
"""The greatest mass that an event may state: nine billion tonnes."""


_SURELY_FITS = 9
"""So few digits of any unit up to the tonne cannot exceed ``LARGEST_MG``."""


class Basis(StrEnum):
    """How a number is known, strongest first; ``derived`` has the weakest basis of its inputs."""

    MEASURED = "measured"
    REPORTED = "reported"
    ASSUMED = "assumed"
    PLANNED = "planned"
    DERIVED = "derived"

    @property
    def rank(self) -> int:
        """Return 0 for the strongest; ``derived`` alone says nothing, so it ranks as reported."""
        return _RANKS[self]


_RANKS = {
    Basis.MEASURED: 0,
    Basis.REPORTED: 1,
    Basis.DERIVED: 1,
    Basis.ASSUMED: 2,
    Basis.PLANNED: 3,
}


def weakest(*bases: Basis) -> Basis:
    """Return the weakest of some bases.

    >>> str(weakest(Basis.MEASURED, Basis.ASSUMED, Basis.REPORTED))
    'assumed'
    """
    return max(bases, key=lambda basis: basis.rank)


class Frozen(BaseModel):
    """Settings shared by everything that is validated at the edge: frozen, strict, no extras."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _known_analyte(symbol: str) -> str:
    if not is_analyte(symbol):
        message = f"{symbol!r} is no element, formula or aggregate; write Sb, Nd2O3 or TREO"
        raise ValueError(message)
    return symbol


DECIMAL_PATTERN = r"^-?[0-9]{1,19}(\.[0-9]{1,15})?$"
DecimalText = Annotated[str, StringConstraints(pattern=DECIMAL_PATTERN)]
"""A plain decimal number as text: digits, at most one point, no exponent, no separator."""
AMOUNT_PATTERN = r"^[0-9]{1,19}(\.[0-9]{1,15})?$"
AmountText = Annotated[str, StringConstraints(pattern=AMOUNT_PATTERN)]
"""A decimal number that is not negative."""
Text = Annotated[str, StringConstraints(max_length=4000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MassUnit = Literal["mg", "g", "kg", "t", "kt", "lb", "oz", "ozt", "short ton", "long ton"]
GradeUnit = Literal["%", "kg/t", "ppm", "g/t", "mg/kg", "ppb", "fraction"]
AnalyteSymbol = Annotated[str, AfterValidator(_known_analyte)]


class Mass(Frozen):
    """A mass: known (``value``), an interval (``low`` and ``high``) or ``unknown`` with a reason.

    ``u`` is the standard uncertainty (one sigma) in the same unit.

    >>> Mass(value="24.35", unit="t", basis="measured").bounds_mg
    (24350000000, 24350000000)
    >>> Mass(unknown="not published").bounds_mg[0]
    0
    """

    value: AmountText | None = None
    low: AmountText | None = None
    high: AmountText | None = None
    unknown: Name | None = None
    unit: MassUnit | None = None
    u: AmountText | None = None
    basis: Basis | None = None
    method: Name | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        value, low = self.value, self.low
        forms = (value is not None) + (low is not None) + (self.unknown is not None)
        if forms != 1 or (low is None and self.high is not None):
            raise ValueError("give exactly one of: value, low with or without high, unknown")
        if self.unknown is not None:
            return self
        if self.unit is None or self.basis is None:
            raise ValueError("a mass needs its unit and its basis (measured, reported, ...)")
        if value is not None and len(value) <= _SURELY_FITS and self.unit != "kt":
            return self
        least, most = self.bounds_mg
        if max(least, 0 if most == UNBOUNDED_MG else most) > LARGEST_MG:
            raise ValueError("more than 9 billion tonnes; check the unit")
        if least > most:
            raise ValueError("low is above high; swap them")
        return self

    @property
    def is_known(self) -> bool:
        """Return whether this is one value."""
        return self.value is not None

    @property
    def bounds_mg(self) -> tuple[int, int]:
        """Return the least and the greatest mass, in milligrams."""
        return mass_bounds_mg(self.__dict__)

    @property
    def u_mg(self) -> int | None:
        """Return the standard uncertainty in milligrams, None where it is not given."""
        if self.u is None or self.unit is None:
            return None
        return mass_mg(self.u, self.unit)


class Grade(Frozen):
    """A mass fraction: known, an interval, ``below`` or ``above`` a limit, or ``unknown``.

    Grades are on the dry basis; ``drying`` says which dryness (as is, 105 C, calcined). Moisture
    uses the same form, on the wet basis, with the analyte ``H2O``.

    >>> Grade(analyte="As", below="0.01", unit="%", basis="measured").bounds_ppt
    (0, 100000000)
    """

    analyte: AnalyteSymbol
    value: AmountText | None = None
    low: AmountText | None = None
    high: AmountText | None = None
    below: AmountText | None = None
    above: AmountText | None = None
    unknown: Name | None = None
    unit: GradeUnit | None = None
    u: AmountText | None = None
    basis: Basis | None = None
    method: Name | None = None
    drying: Name | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        value = self.value
        forms = (
            (value is not None)
            + (self.below is not None)
            + (self.above is not None)
            + (self.unknown is not None)
            + (self.low is not None or self.high is not None)
        )
        if forms != 1:
            raise ValueError("give exactly one of: value, low and high, below, above, unknown")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval needs both low and high")
        if self.unknown is not None:
            return self
        if self.unit is None or self.basis is None:
            raise ValueError("a grade needs its unit and its basis (measured, reported, ...)")
        low, high = self.bounds_ppt
        if low > high:
            raise ValueError("low is above high; swap them")
        if high > PPT:
            raise ValueError("more than 100 %; check the unit")
        return self

    @property
    def is_known(self) -> bool:
        """Return whether this is one value."""
        return self.value is not None

    @property
    def bounds_ppt(self) -> tuple[int, int]:
        """Return the least and the greatest mass fraction, in parts per trillion."""
        return grade_bounds_ppt(self.__dict__)

    @property
    def u_ppt(self) -> int | None:
        """Return the standard uncertainty in parts per trillion, None where it is not given."""
        if self.u is None or self.unit is None:
            return None
        return grade_ppt(self.u, self.unit)
