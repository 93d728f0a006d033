"""Masses in integer milligrams and grades in integer parts per trillion.

Everything a person writes keeps its own unit in the ledger; arithmetic is done on these two
integers. An int64 holds 9.2 billion tonnes in milligrams. Factors are the exact legal definitions
(international pound and troy ounce); a test compares them with the ``pint`` library.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

from oreline.model._chemistry import PPT
from oreline.model._errors import UnitError

_EXACT = Context(prec=60)

UNBOUNDED_MG = 2**63 - 1
"""Stands for "no upper limit known" in milligrams; never takes part in arithmetic."""

MG_PER_UNIT: dict[str, Decimal] = {
    "mg": Decimal(1),
    "g": Decimal(10**3),
    "kg": Decimal(10**6),
    "t": Decimal(10**9),
    "kt": Decimal(10**12),
    "lb": Decimal("453592.37"),
    "oz": Decimal("28349.523125"),
    "ozt": Decimal("31103.4768"),
    "short ton": Decimal("907184740"),
    "long ton": Decimal("1016046908.8"),
}
"""Milligrams in one unit of mass; ``t`` is the metric tonne, ``ozt`` the troy ounce."""

PPT_PER_UNIT: dict[str, Decimal] = {
    "%": Decimal(10**10),
    "kg/t": Decimal(10**9),
    "ppm": Decimal(10**6),
    "g/t": Decimal(10**6),
    "mg/kg": Decimal(10**6),
    "ppb": Decimal(10**3),
    "fraction": Decimal(PPT),
}
"""Parts per trillion by mass in one unit of grade."""


def mass_mg(value: str, unit: str) -> int:
    """Return a written mass in milligrams, rounded half to even.

    >>> mass_mg("24.35", "t")
    24350000000
    >>> mass_mg("1", "lb")
    453592
    """
    return _scaled(value, unit, MG_PER_UNIT, "mass")


def grade_ppt(value: str, unit: str) -> int:
    """Return a written grade in parts per trillion, rounded half to even.

    >>> grade_ppt("52.3", "%")
    523000000000
    >>> grade_ppt("0.219", "g/t")
    219000
    """
    return _scaled(value, unit, PPT_PER_UNIT, "grade")


def mass_bounds_mg(quantity: Mapping[str, Any]) -> tuple[int, int]:
    """Return the least and the greatest mass that a written quantity allows, in milligrams.

    ``quantity`` holds ``value``, or ``low`` with or without ``high``, or neither (unknown).

    >>> mass_bounds_mg({"low": "1", "high": "2", "unit": "kg"})
    (1000000, 2000000)
    >>> mass_bounds_mg({"unknown": "not published"}) == (0, UNBOUNDED_MG)
    True
    """
    value = quantity.get("value")
    if value is not None:
        point = mass_mg(value, quantity["unit"])
        return point, point
    low, high = quantity.get("low"), quantity.get("high")
    if low is None:
        return 0, UNBOUNDED_MG
    unit = quantity["unit"]
    return mass_mg(low, unit), UNBOUNDED_MG if high is None else mass_mg(high, unit)


def grade_bounds_ppt(quantity: Mapping[str, Any]) -> tuple[int, int]:
    """Return the least and the greatest grade that a written quantity allows, in ppt.

    >>> grade_bounds_ppt({"analyte": "As", "below": "0.01", "unit": "%"})
    (0, 100000000)
    """
    value = quantity.get("value")
    if value is not None:
        point = grade_ppt(value, quantity["unit"])
        return point, point
    if (below := quantity.get("below")) is not None:
        return 0, grade_ppt(below, quantity["unit"])
    if (above := quantity.get("above")) is not None:
        return grade_ppt(above, quantity["unit"]), PPT
    if (low := quantity.get("low")) is not None:
        return grade_ppt(low, quantity["unit"]), grade_ppt(quantity["high"], quantity["unit"])
    return 0, PPT


def mass_text(mass_in_mg: int, unit: str = "t") -> str:
    """Return a mass in milligrams as a plain decimal string in ``unit``, without loss.

    >>> mass_text(24350000000)
    '24.35'
    """
    value = _EXACT.divide(Decimal(mass_in_mg), MG_PER_UNIT[unit])
    return format(value.normalize() if value else Decimal(0), "f")


def _scaled(value: str, unit: str, factors: dict[str, Decimal], dimension: str) -> int:
    factor = factors.get(unit)
    if factor is None:
        known = ", ".join(factors)
        message = f"{unit!r} is not a unit of {dimension}; write one of {known}"
        raise UnitError(message)
    try:
        exact = _EXACT.multiply(Decimal(value), factor)
        return int(exact.to_integral_value(ROUND_HALF_EVEN, _EXACT))
    except (InvalidOperation, ValueError, OverflowError):
        message = f"{value!r} is not a number; write digits with a decimal point"
        raise UnitError(message) from None
