"""Quantities with dimensions, so that a slip of units is an error at load time, never a number.

Dry mass, wet mass and the content of an analyte are dimensions of their own: USD/dmt is not
USD/wmt, and neither is USD per tonne of metal. Each currency is one too; nothing converts between
currencies but a stated rate. What a pound and a troy ounce are in tonnes is the contract's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from functools import lru_cache
from typing import Any

import pint

from oreline.model import UnitError

CURRENCIES = ("USD", "EUR", "GBP", "CNY", "JPY", "PKR", "AUD", "CAD")
LB_PER_T = Decimal("2204.62262184877580722973801345")
"""Pounds in a tonne: 1 lb is 0.45359237 kg exactly (international yard and pound, 1959)."""
G_PER_OZT = Decimal("31.1034768")
"""Grams in a troy ounce, exactly."""
DIGITS = 50
"""Digits carried within a conversion."""
DIGITS_KEPT = 34
"""Digits that a conversion gives: the last ones carried are noise of its division, and 8 c/lb at
2204.6 lb/t has to be 176.368 USD/t."""
DIGITS_WRITTEN_MAX = 40
"""How long a number of a contract may be written."""
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_UNIT = re.compile(r"[A-Za-z%$]+(/[A-Za-z%]+)?")

DRY = {"dmt": "t", "dkg": "kg", "dlb": "lb", "dst": "short_ton", "doz": "oz"}
WET = {"wmt": "t", "wkg": "kg", "wlb": "lb", "wst": "short_ton", "woz": "oz"}

DIMENSIONS = {
    "money": ("USD", "cent"),
    "price": ("USD/t", "USD/kg", "c/lb", "USD/oz", "USD/mtu"),
    "charge on dry mass": ("USD/dmt",),
    "charge on wet mass": ("USD/wmt",),
    "grade": ("%", "ppm", "g/dmt"),
    "dry mass": ("dmt",),
    "wet mass": ("wmt",),
    "content": ("t", "kg", "lb", "oz", "mtu"),
}
"""What a quantity of a contract may be, and units in which it is usually written."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit as written, such as 80 USD/dmt or 8 c/lb.

    >>> parse_quantity("8 c/lb", "price").to("USD/t", Constants(lb_per_t=Decimal("2204.62")))
    Decimal('176.3696')
    """

    value: Decimal
    unit: str

    def to(self, unit: str, constants: Constants | None = None) -> Decimal:
        """Return the number in another unit of the same dimension.

        Raises
        ------
        UnitError
            If the units are of different dimensions.
        """
        try:
            factor = _factor(self.unit, unit, constants or Constants())
        except UnitError as error:
            raise UnitError(f"{self} cannot be written in {unit}") from error
        with localcontext(prec=DIGITS):
            made = self.value * factor
        return _plain(made)

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Constants:
    """What units are to each other under a contract, which may print them rounded."""

    lb_per_t: Decimal = LB_PER_T
    g_per_ozt: Decimal = G_PER_OZT


@lru_cache(maxsize=4096)
def _factor(unit: str, to: str, constants: Constants) -> Decimal:
    """Return what a unit is in another; a contract asks for few and for these often.

    Raises
    ------
    UnitError
        If the units are of different dimensions.
    """
    registry = _registry(constants)
    with localcontext(prec=DIGITS):
        try:
            one = registry.Quantity(Decimal(1), _spelt(unit)).to(_spelt(to))
        except (pint.DimensionalityError, pint.UndefinedUnitError) as error:
            raise UnitError(f"{unit} cannot be written in {to}") from error
    return Decimal(one.magnitude)


def parse_quantity(text: str, dimension: str) -> Quantity:
    """Read a number and a unit, and see that it is of the dimension that is needed.

    Raises
    ------
    UnitError
        If the number or the unit cannot be read, or if it is something else.

    >>> parse_quantity("80 USD/lb", "charge on dry mass")
    Traceback (most recent call last):
    ...
    oreline.model._errors.UnitError: '80 USD/lb' is a price; a charge on dry mass is needed here, \
such as USD/dmt
    """
    number, _, unit = text.strip().partition(" ")
    unit = unit.strip()
    number = number if is_plain(number) else ""
    wanted = f"a {dimension} is needed here, such as {DIMENSIONS[dimension][0]}"
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise UnitError(f"{text!r} does not begin with a number; {wanted}") from None
    if not value.is_finite() or not unit:
        raise UnitError(f"{text!r} has no {'unit' if value.is_finite() else 'value'}; {wanted}")
    found = dimension_of(unit)
    if found is None:
        raise UnitError(f"{unit!r} is no unit known here; {wanted}")
    if found != dimension:
        raise UnitError(f"{text!r} is a {found}; {wanted}")
    return Quantity(value, unit)


def is_plain(text: str) -> bool:
    """Return whether a number is written in digits with a point, and not too many of them.

    Powers of ten are left to units: 1e999999 would be a million digits.

    >>> [is_plain(text) for text in ("-5.25", ".5", "1e3", "1_000", "nan", "9" * 41)]
    [True, True, False, False, False, False]
    """
    return len(text) <= DIGITS_WRITTEN_MAX and _PLAIN.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def dimension_of(unit: str) -> str | None:
    """Return the name of what a unit measures, None where it is none of ``DIMENSIONS``."""
    if not _UNIT.fullmatch(unit):
        return None
    registry = _registry(Constants())
    try:
        found = registry.Unit(_spelt(unit)).dimensionality
    except (pint.UndefinedUnitError, ValueError):
        # The library takes NaN for a number before the unit, and refuses it as such.
        return None
    return _dimensions().get(_key(found))


@lru_cache(maxsize=1024)
def currency_of(unit: str) -> str | None:
    """Return the currency in a unit, None where there is none."""
    found = _registry(Constants()).Unit(_spelt(unit)).dimensionality
    return next((name for name in CURRENCIES if f"[{name}]" in found), None)


def _spelt(unit: str) -> str:
    return unit.replace("%", "percent").replace("US$", "USD").replace("$", "USD")


def _plain(value: Any) -> Decimal:
    """Return a Decimal without the trailing zeros that a division leaves."""
    with localcontext(prec=DIGITS_KEPT):
        short = Decimal(value).normalize()
    return Decimal(f"{short:f}")


def _key(dimensionality: Any) -> tuple[tuple[str, str], ...]:
    """Return a dimension with all currencies as one."""
    named = {name: str(power) for name, power in dimensionality.items()}
    money = {f"[{name}]" for name in CURRENCIES}
    return tuple(sorted(("[money]" if name in money else name, p) for name, p in named.items()))


@lru_cache(maxsize=1)
def _dimensions() -> dict[tuple[tuple[str, str], ...], str]:
    registry = _registry(Constants())
    return {
        _key(registry.Unit(_spelt(units[0])).dimensionality): name
        for name, units in DIMENSIONS.items()
    }


@lru_cache(maxsize=64)
def _registry(constants: Constants) -> pint.UnitRegistry[Any]:
    """Return the units of a contract."""
    with localcontext(prec=DIGITS):
        registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, non_int_type=Decimal)
        for name in CURRENCIES:
            registry.define(f"{name} = [{name}]")
        registry.define("cent = 0.01 USD = c = USc")
        for line in (
            "t = [content]",
            "kg = 0.001 t",
            "g = 0.001 kg",
            "mg = 0.001 g",
            f"lb = {1 / constants.lb_per_t:.45f} t",
            f"oz = {constants.g_per_ozt} g = ozt",
            "mtu = 0.01 t",
            "short_ton = 0.90718474 t = st",
            "stu = 0.01 short_ton",
            "dmt = [dry_mass]",
            "wmt = [wet_mass]",
            "percent = 0.01 t/dmt = pct",
            "ppm = 0.000001 t/dmt",
            "ppb = 0.000000001 t/dmt",
        ):
            registry.define(line)
        for prefix, named, whole in (("d", DRY, "dmt"), ("w", WET, "wmt")):
            for unit, content in named.items():
                if unit != f"{prefix}mt":
                    factor = registry.Quantity(Decimal(1), content).to("t").magnitude
                    registry.define(f"{unit} = {factor:f} {whole}")
    return registry
