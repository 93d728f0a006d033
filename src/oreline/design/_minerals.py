"""Minerals by name, and what a mineral or oxide is made of.

Formulas are those of the International Mineralogical Association's list (end members). In rare
earth minerals ``Ln`` stands for rare earths in proportions that differ from deposit to deposit, so
they have to be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oreline.model import InputError, analyte

RARE_EARTH: Final = "Ln"
MINERALS: Final[Mapping[str, str]] = {
    "albite": "NaAlSi3O8",
    "antlerite": "Cu3SO8H4",
    "apatite": "Ca5P3O12F",
    "arsenopyrite": "FeAsS",
    "atacamite": "Cu2ClO3H3",
    "azurite": "Cu3C2O8H2",
    "baddeleyite": "ZrO2",
    "barite": "BaSO4",
    "bastnaesite": "LnCO3F",
    "bornite": "Cu5FeS4",
    "brochantite": "Cu4SO10H6",
    "calcite": "CaCO3",
    "cassiterite": "SnO2",
    "celestine": "SrSO4",
    "cervantite": "Sb2O4",
    "chalcocite": "Cu2S",
    "chalcopyrite": "CuFeS2",
    "chrysocolla": "CuSiO5H4",
    "cinnabar": "HgS",
    "columbite": "FeNb2O6",
    "covellite": "CuS",
    "cuprite": "Cu2O",
    "dolomite": "CaMgC2O6",
    "enargite": "Cu3AsS4",
    "ferberite": "FeWO4",
    "fluorite": "CaF2",
    "galena": "PbS",
    "goethite": "FeO2H",
    "hematite": "Fe2O3",
    "ilmenite": "FeTiO3",
    "kaolinite": "Al2Si2O9H4",
    "kermesite": "Sb2S2O",
    "magnetite": "Fe3O4",
    "malachite": "Cu2CO5H2",
    "microcline": "KAlSi3O8",
    "molybdenite": "MoS2",
    "monazite": "LnPO4",
    "muscovite": "KAl3Si3O12H2",
    "parisite": "CaLn2C3O9F2",
    "pentlandite": "Fe5Ni4S8",
    "pyrite": "FeS2",
    "pyrrhotite": "Fe7S8",
    "quartz": "SiO2",
    "rutile": "TiO2",
    "scheelite": "CaWO4",
    "senarmontite": "Sb2O3",
    "siderite": "FeCO3",
    "sphalerite": "ZnS",
    "spodumene": "LiAlSi2O6",
    "stibiconite": "Sb3O7H",
    "stibnite": "Sb2S3",
    "strontianite": "SrCO3",
    "synchysite": "CaLnC2O6F",
    "tantalite": "FeTa2O6",
    "tennantite": "Cu12As4S13",
    "tenorite": "CuO",
    "tetrahedrite": "Cu12Sb4S13",
    "valentinite": "Sb2O3",
    "xenotime": "LnPO4",
    "zircon": "ZrSiO4",
}


def element_fractions(
    formula: str, rare_earths: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return the mass fraction of each element of a formula.

    Where the formula holds ``Ln``, ``rare_earths`` gives the mass shares of the metals in it; they
    are taken in proportion.

    Raises
    ------
    InputError
        If it is no formula, or holds ``Ln`` and the rare earths are not given.

    Examples
    --------
    >>> {name: round(share, 4) for name, share in element_fractions("Sb2S3").items()}
    {'S': 0.2832, 'Sb': 0.7168}
    """
    if RARE_EARTH not in formula:
        return _plain_fractions(formula)
    if not rare_earths:
        raise InputError(
            f"{formula} holds rare earths in proportions that differ between deposits; "
            "give the mass shares of its metals: rare_earths = { Ce = 0.5, La = 0.33, Nd = 0.17 }"
        )
    # A unit of metal i is 1/f_i units of its own end member, and brings all of that with it.
    total = 0.0
    made: dict[str, float] = {}
    for metal, weight in rare_earths.items():
        member = _plain_fractions(formula.replace(RARE_EARTH, metal))
        mass = weight / member[metal]
        total += mass
        for element, share in member.items():
            made[element] = made.get(element, 0.0) + mass * share
    return {element: mass / total for element, mass in made.items()}


def _plain_fractions(formula: str) -> dict[str, float]:
    return {name: parts / 1e12 for name, parts in analyte(formula).elements}
