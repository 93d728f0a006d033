"""Formula masses, and what compounds of a metal weigh and hold."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from oreline.model import RARE_EARTH_OXIDES, InputError, analyte

RARE_EARTHS: Final = (
    "La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y",
)  # fmt: skip
"""The rare earths in the order of :data:`oreline.model.RARE_EARTH_OXIDES`."""

OXIDES: Final[dict[str, str]] = {
    **dict(zip(RARE_EARTHS, RARE_EARTH_OXIDES, strict=True)),
    "Sc": "Sc2O3",
    "Al": "Al2O3",
    "Ca": "CaO",
    "Mg": "MgO",
    "Ba": "BaO",
    "Sr": "SrO",
    "Fe": "Fe2O3",
    "Mn": "MnO",
    "Si": "SiO2",
    "Th": "ThO2",
    "U": "U3O8",
    "Na": "Na2O",
    "K": "K2O",
    "Zn": "ZnO",
    "Pb": "PbO",
    "Cu": "CuO",
    "Sb": "Sb2O3",
}
"""The oxide that a metal leaves in when it is calcined in air."""


@lru_cache(maxsize=1024)
def molar_mass_g_per_mol(formula: str) -> float:
    """Return the mass of one mol of an element or compound, from IUPAC standard atomic weights.

    Examples
    --------
    >>> round(molar_mass_g_per_mol("Nd2O3"), 2)
    336.48
    """
    # Imported here, as in oreline.model: most commands never reach it.
    from molmass import Formula, FormulaError

    try:
        return float(Formula(formula).mass)
    except FormulaError:
        raise InputError(f"{formula!r} is no chemical formula") from None


@lru_cache(maxsize=1024)
def mass_fraction(formula: str, element: str) -> float:
    """Return the mass fraction of an element in a compound; brackets and hydrates are allowed.

    Examples
    --------
    >>> round(mass_fraction("CuFeS2", "Cu"), 6), mass_fraction("CuFeS2", "Sb")
    (0.346261, 0.0)
    """
    from molmass import Formula, FormulaError

    try:
        found = Formula(formula).composition()
    except FormulaError:
        raise InputError(f"{formula!r} is no chemical formula") from None
    return float(found[element].fraction) if element in found else 0.0


def oxygen_per_metal(element: str) -> float:
    """Return the mass of oxygen that one mass of a metal holds in its calcined oxide.

    Examples
    --------
    >>> round(oxygen_per_metal("Nd"), 5)
    0.16638
    """
    oxide = OXIDES.get(element)
    if oxide is None:
        raise InputError(f"no oxide is known here for {element}")
    return mass_fraction(oxide, "O") / mass_fraction(oxide, element)


def is_element(name: str) -> bool:
    """Return whether a component is a chemical element, not a mineral or an aggregate.

    Examples
    --------
    >>> is_element("Nd"), is_element("Nd2O3"), is_element("rest")
    (True, False, False)
    """
    try:
        return analyte(name).kind == "element"
    except InputError:
        return False
