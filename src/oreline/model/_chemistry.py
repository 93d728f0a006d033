"""Elements, oxides and aggregates, and the arithmetic between them.

Assays name what the laboratory reports: an element (``Sb``), a compound (``Nd2O3``) or an
aggregate (``TREO``). Balances and origins are kept in elements. Conversion is by formula mass,
computed by ``molmass`` from the IUPAC standard atomic weights, and carried as an integer number of
parts per trillion so that it is the same on every machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from oreline.model._errors import InputError

PPT = 10**12
"""Parts per trillion in one: the unit of mass fractions inside oreline."""

RARE_EARTH_OXIDES = (
    "La2O3",
    "CeO2",
    "Pr6O11",
    "Nd2O3",
    "Sm2O3",
    "Eu2O3",
    "Gd2O3",
    "Tb4O7",
    "Dy2O3",
    "Ho2O3",
    "Er2O3",
    "Tm2O3",
    "Yb2O3",
    "Lu2O3",
    "Y2O3",
)
"""The oxides in which rare earths are assayed and sold; Ce, Pr and Tb in their mixed valences."""

AGGREGATES: dict[str, tuple[str, ...]] = {
    "TREO": RARE_EARTH_OXIDES,
    "TREO-Y": RARE_EARTH_OXIDES[:-1],
    "LREO": RARE_EARTH_OXIDES[:5],
    "HREO": RARE_EARTH_OXIDES[5:],
    "NdPrO": ("Pr6O11", "Nd2O3"),
}
"""Declared oxide lists. TREO is with yttrium, TREO-Y without; LREO is La to Sm, HREO Eu to Lu and
Y. Others draw the line elsewhere: a report must name its list."""

_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d{0,3}){1,8}")


@dataclass(frozen=True, slots=True)
class Analyte:
    """What an assay result is about.

    ``elements`` pairs each element with its mass fraction in the analyte, in parts per trillion;
    it is empty for an aggregate, whose split over elements an assay does not give.
    """

    symbol: str
    kind: Literal["element", "compound", "aggregate"]
    elements: tuple[tuple[str, int], ...]


@lru_cache(maxsize=4096)
def analyte(symbol: str) -> Analyte:
    """Return what ``symbol`` stands for.

    Raises
    ------
    InputError
        If it is no element, formula or aggregate that oreline knows.

    >>> analyte("Sb").elements
    (('Sb', 1000000000000),)
    >>> analyte("Nd2O3").elements[0]
    ('Nd', 857352891593)
    >>> analyte("TREO").kind
    'aggregate'
    """
    if symbol in AGGREGATES:
        return Analyte(symbol, "aggregate", ())
    if not _FORMULA.fullmatch(symbol):
        raise InputError(_unknown(symbol))
    # Imported here because it is the only use of the library and most commands never reach it.
    from molmass import Formula, FormulaError

    try:
        composition = Formula(symbol).composition()
    except FormulaError:
        raise InputError(_unknown(symbol)) from None
    fractions = tuple((name, round(item.fraction * PPT)) for name, item in composition.items())
    if len(fractions) == 1:
        return Analyte(symbol, "element", ((fractions[0][0], PPT),))
    return Analyte(symbol, "compound", fractions)


def is_analyte(symbol: str) -> bool:
    """Return whether ``symbol`` is an element, a formula or an aggregate that oreline knows."""
    try:
        analyte(symbol)
    except InputError:
        return False
    return True


def element_fraction_ppt(compound: str, element: str) -> int:
    """Return the mass fraction of ``element`` in ``compound``, in parts per trillion.

    >>> round(element_fraction_ppt("Sb2S3", "Sb") / 1e12, 4)
    0.7168
    """
    for name, fraction in analyte(compound).elements:
        if name == element:
            return fraction
    return 0


def _unknown(symbol: str) -> str:
    known = ", ".join(AGGREGATES)
    return (
        f"{symbol!r} is no element, formula or aggregate known here; "
        f"write it as Sb, Nd2O3 or one of {known}"
    )
