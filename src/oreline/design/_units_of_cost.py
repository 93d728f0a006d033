"""Units of amounts, prices and factors: whether they fit, and the factor between them."""

from __future__ import annotations

from typing import Final

from oreline.model import UnitError

_SCALES: Final = (
    {"kg": 1.0, "t": 1000.0, "g": 0.001, "lb": 0.45359237, "short ton": 907.18474, "kt": 1e6},
    {"kWh": 1.0, "MWh": 1000.0, "GWh": 1e6, "GJ": 1000 / 3.6, "MJ": 1 / 3.6},
    {"m3": 1.0, "L": 0.001},
)
"""One unit of each in the first of its kind."""


def conversion(before: str, after: str) -> float:
    """Return how many ``after`` one ``before`` is.

    Raises
    ------
    UnitError
        If one cannot become the other.

    >>> conversion("t", "kg"), conversion("MWh", "GJ")
    (1000.0, 3.6)
    """
    if before == after:
        return 1.0
    for scale in _SCALES:
        if before in scale and after in scale:
            return scale[before] / scale[after]
    raise UnitError(f"{before} cannot be turned into {after}")


def amount_unit(unit: str) -> str:
    """Return the unit of a yearly amount without the year.

    Raises
    ------
    UnitError
        If it is not for a year.

    >>> amount_unit("t/y")
    't'
    """
    base, slash, year = unit.rpartition("/")
    if not slash or year != "y":
        raise UnitError(f"{unit!r} is no amount a year; write one such as t/y, kWh/y or person/y")
    return base


def price_unit(unit: str, currency: str) -> str:
    """Return what a price is paid for: ``t`` of ``USD/t``.

    Raises
    ------
    UnitError
        If it is no price in this currency.
    """
    money, slash, base = unit.partition("/")
    if not slash or money != currency:
        raise UnitError(f"{unit!r} is no price in {currency}; write one such as {currency}/t")
    return base


def factor_units(unit: str) -> tuple[str, str]:
    """Return what a factor gives and what it is taken of: ``kg`` and ``kWh`` of ``kg/kWh``.

    Raises
    ------
    UnitError
        If it is no quotient of two units.
    """
    over, slash, under = unit.partition("/")
    if not slash:
        raise UnitError(f"{unit!r} is no factor; write one such as kg/kWh")
    return over, under


def money_scale(unit: str, currency: str) -> float:
    """Return how much money a unit of it is: 1 for ``USD``, a million for ``MUSD``.

    Raises
    ------
    UnitError
        If it is no money of this currency.
    """
    scales = {currency: 1.0, f"k{currency}": 1e3, f"M{currency}": 1e6}
    if unit not in scales:
        raise UnitError(f"{unit!r} is no money in {currency}; write {', '.join(scales)}")
    return scales[unit]
