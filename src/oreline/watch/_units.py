"""Units of quantities as news writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_TONNE: Final = Decimal(1)
UNITS: Final[dict[str, tuple[str, Decimal | None]]] = {
    "tonne": ("t", _TONNE),
    "t": ("t", _TONNE),
    "mt": ("t", _TONNE),
    "metric ton": ("t", _TONNE),
    "metric tonne": ("t", _TONNE),
    "dmt": ("dmt", _TONNE),
    "wmt": ("wmt", None),
    "kt": ("kt", Decimal(1000)),
    "ktpa": ("kt/y", None),
    "tpa": ("t/y", None),
    "tpd": ("t/d", None),
    "kilotonne": ("kt", Decimal(1000)),
    "kg": ("kg", Decimal("0.001")),
    "kilogram": ("kg", Decimal("0.001")),
    "kilogramme": ("kg", Decimal("0.001")),
    "gram": ("g", Decimal("0.000001")),
    "gramme": ("g", Decimal("0.000001")),
    "short ton": ("short ton", Decimal("0.90718474")),
    "long ton": ("long ton", Decimal("1.0160469088")),
    "pounds of": ("lb", Decimal("0.00045359237")),
    "lb": ("lb", Decimal("0.00045359237")),
    # A ton may be short, long or metric, an ounce troy or not: only the unit is kept.
    "ton": ("ton", None),
    "ounce": ("oz", None),
    "oz": ("oz", None),
    "metre": ("m", None),
    "meter": ("m", None),
    "kilometre": ("km", None),
    "kilometer": ("km", None),
    "km": ("km", None),
    "centimetre": ("cm", None),
    "centimeter": ("cm", None),
    "millimetre": ("mm", None),
    "millimeter": ("mm", None),
    "mile": ("mi", None),
    "foot": ("ft", None),
    "feet": ("ft", None),
    "ft": ("ft", None),
    "inch": ("in", None),
    "yard": ("yd", None),
    "hectare": ("ha", None),
    "acre": ("acre", None),
    "square kilometre": ("km2", None),
    "square kilometer": ("km2", None),
    "sq km": ("km2", None),
    "km2": ("km2", None),
    "square metre": ("m2", None),
    "square meter": ("m2", None),
    "square feet": ("ft2", None),
    "square foot": ("ft2", None),
    "square mile": ("mi2", None),
    "cubic metre": ("m3", None),
    "cubic meter": ("m3", None),
    "cubic feet": ("ft3", None),
    "cubic foot": ("ft3", None),
    "litre": ("l", None),
    "liter": ("l", None),
    "gallon": ("gal", None),
    "barrel": ("bbl", None),
    "g/t": ("g/t", None),
    "gpt": ("g/t", None),
    "ppm": ("ppm", None),
    "mw": ("MW", None),
    "megawatt": ("MW", None),
    "gw": ("GW", None),
    "gigawatt": ("GW", None),
    "gwh": ("GWh", None),
    "mwh": ("MWh", None),
    "kwh": ("kWh", None),
}
"""Units in the singular: how they are kept, and how many tonnes one is where that is exact."""
PLURALS: Final = (
    *(f"{one}s" for one in UNITS if len(one) > 3 and one[-1].isalpha()),
    *("lbs", "tons", "inches"),
)


def unit_of(word: str) -> tuple[str, Decimal | None]:
    """Give a unit by its name in the singular or the plural.

    >>> unit_of("Metric Tons")
    ('t', Decimal('1'))
    """
    name = " ".join(word.lower().split())
    forms = (name, name.removesuffix("s"), name.removesuffix("es"))
    return UNITS[next(one for one in forms if one in UNITS)]
