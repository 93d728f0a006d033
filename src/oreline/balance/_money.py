"""What metal is worth at a price that somebody states: exact decimals, never a settlement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from oreline.balance._figure import Figure
from oreline.model import MG_PER_UNIT, InputError, UnitError

_CENT = Decimal("0.01")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class MetalPrice:
    """A price of contained metal: ``value`` of ``currency`` for one ``unit`` of mass.

    ``source`` says where it was taken from and ``basis`` how it is known. It puts a value on
    unaccounted metal; what a contract would pay is another matter.
    """

    value: Decimal
    currency: str
    unit: str
    source: str
    basis: str

    def of(self, mass_mg: int) -> Decimal:
        """Return the value of a mass, to the cent.

        >>> metal_price("9500", "USD/t", "LME, 2026-04 mean", "reported").of(1_500_000_000)
        Decimal('14250.00')
        """
        return (Decimal(mass_mg) / MG_PER_UNIT[self.unit] * self.value).quantize(_CENT)

    def to_json(self) -> dict[str, str]:
        """Return the price as a JSON object."""
        return {
            "value": format(self.value, "f"),
            "unit": f"{self.currency}/{self.unit}",
            "source": self.source,
            "basis": self.basis,
        }


def metal_price(value: str, unit: str, source: str, basis: str = "assumed") -> MetalPrice:
    """Return a price as written.

    Parameters
    ----------
    value
        Decimal text above zero.
    unit
        Currency for a mass: ``USD/t``, ``USD/lb``, ``USD/ozt`` ...
    source
        Where the price was taken from; a price without one is refused.

    Raises
    ------
    UnitError
        If the unit is no currency for a mass.
    InputError
        If the value is no price, or the source or the basis is missing.
    """
    currency, _, mass = unit.partition("/")
    if not _CURRENCY.fullmatch(currency) or mass not in MG_PER_UNIT:
        message = f"{unit!r} is no unit of a price; write a currency for a mass, such as USD/t"
        raise UnitError(message)
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number <= 0:
        raise InputError(f"{value!r} is no price; write a number above zero, such as 9500")
    if not source.strip():
        raise InputError("say where the price is from: a number without a source is no price")
    if basis not in ("measured", "reported", "assumed", "planned"):
        raise InputError(f"{basis!r} is no basis of a price; write reported or assumed")
    return MetalPrice(number, currency, mass, source.strip(), basis)


def value_json(figure: Figure, price: MetalPrice | None) -> dict[str, Any] | None:
    """Return what a mass is worth, with its U95 from the mass alone; None without a price.

    A bound that is not known stays None. The price counts as exact.
    """
    if price is None:
        return None
    spread = figure.u95_mg
    return {
        "low": None if figure.low_mg is None else str(price.of(figure.low_mg)),
        "high": None if figure.high_mg is None else str(price.of(figure.high_mg)),
        "u95": None if spread is None else str(price.of(round(spread))),
        "currency": price.currency,
    }
