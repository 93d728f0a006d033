"""Precipitation and calcination: what falls, what it takes, and what the gas carries away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from oreline.design._law_inputs import Amount, above_zero, zero_or_more
from oreline.design._law_stoichiometry import OXIDES, mass_fraction, molar_mass_g_per_mol
from oreline.model import InputError

OXALATE_MOL_PER_MOL = 1.5
"""mol of oxalic acid for one mol of a trivalent metal: RE2(C2O4)3."""


def solubility_recovery(
    feed_g_per_l: Amount, left_g_per_l: Amount, volume_ratio: Amount = 1.0
) -> Amount:
    """Return what precipitates where the liquor keeps what dissolves: ``1 - c V / (c0 V0)``.

    Nothing falls from a liquor that is not saturated. ``volume_ratio`` is volume after over before.

    Examples
    --------
    >>> [round(float(solubility_recovery(held, 0.05, 1.2)), 4) for held in (10.0, 0.01)]
    [0.994, 0.0]
    """
    feed = above_zero("the metal in the liquor", feed_g_per_l)
    left = zero_or_more("the solubility", left_g_per_l) * above_zero(
        "the volume ratio", volume_ratio
    )
    return np.maximum(0.0, 1 - left / feed)


def hydroxide_solubility_mol_per_l(log_ksp: float, charge: int, ph: float) -> float:
    """Return the metal that stays dissolved over its hydroxide: ``Ksp / [OH]^n`` at 25 C.

    Without complexes: chloride and sulphate hold more. ``log_ksp`` is negative.

    Examples
    --------
    >>> f"{hydroxide_solubility_mol_per_l(-38.8, 3, 3.5):.1e}"     # ferric iron
    '5.0e-08'
    """
    if charge not in (1, 2, 3, 4):
        raise InputError(f"a metal ion of charge {charge} has no hydroxide here")
    if not 0 <= ph <= 14:
        raise InputError(f"pH {ph} is outside 0 to 14")
    return float(10.0 ** (log_ksp + charge * (14 - ph)))


def oxalic_acid_t_per_h(metals_t_per_h: Mapping[str, Amount], excess: Amount = 0.0) -> Amount:
    """Return oxalic acid (C2H2O4, dry) that precipitates trivalent metals: 1.5 mol for each mol.

    ``excess`` is a fraction: 0.1 doses 1.65 mol. The dihydrate of commerce weighs 1.4 times this.

    Examples
    --------
    >>> round(oxalic_acid_t_per_h({"Nd": 1.0}), 4)
    0.9363
    """
    dose = OXALATE_MOL_PER_MOL * (1 + zero_or_more("the excess", excess))
    weight = molar_mass_g_per_mol("C2H2O4")
    return sum(
        zero_or_more(f"the {metal}", mass) / molar_mass_g_per_mol(metal) * dose * weight
        for metal, mass in metals_t_per_h.items()
    )


@dataclass(frozen=True, slots=True)
class Calcined:
    """What leaves a calciner, in the unit of what entered; in and out are equal.

    ``oxygen_in`` is what the product and the carbon take from air; carbon leaves as CO2.
    """

    oxides: Mapping[str, float]
    carbon_dioxide: float
    steam: float
    precursor_in: float
    oxygen_in: float

    @property
    def product(self) -> float:
        """Return the mass of all oxides."""
        return sum(self.oxides.values())

    @property
    def loss_on_ignition(self) -> float:
        """Return the part of the precursor that does not stay: 1 - product / precursor."""
        return 1 - self.product / self.precursor_in if self.precursor_in else 0.0


_PRECURSORS = {
    # carbon and hydrogen atoms, and oxygen atoms, for each positive charge of the metal
    "oxalate": (1.0, 0.0, 2.0),
    "carbonate": (0.5, 0.0, 1.5),
    "hydroxide": (0.0, 1.0, 1.0),
}
_VALENCE_2 = {"Ca", "Mg", "Ba", "Sr", "Mn", "Zn", "Pb", "Cu"}


def calcine(
    metals_t_per_h: Mapping[str, float], precursor: str, water_mol_per_mol: float = 0.0
) -> Calcined:
    """Return the oxides and gases of a calcined oxalate, carbonate or hydroxide.

    Ce, Pr and Tb leave as CeO2, Pr6O11 and Tb4O7 and take oxygen from air, as carbon does on its
    way to CO2. ``water_mol_per_mol`` is crystal water for each mol of metal: 5 in
    Nd2(C2O4)3 10 H2O. Metals are trivalent before, but alkaline earths and the like.

    Raises
    ------
    InputError
        If the precursor or a metal is not known here.

    Examples
    --------
    >>> out = calcine({"Nd": 1.0}, "oxalate", 5)
    >>> round(out.product, 4), round(out.carbon_dioxide, 3), round(out.loss_on_ignition, 3)
    (1.1664, 0.915, 0.541)
    """
    if precursor not in _PRECURSORS:
        raise InputError(f"{precursor!r} is none of {', '.join(_PRECURSORS)}")
    carbon, hydrogen, oxygen = _PRECURSORS[precursor]
    crystal = zero_or_more("the crystal water", water_mol_per_mol)
    oxides: dict[str, float] = {}
    moles_c, moles_h, moles_o, metal_in = 0.0, 0.0, 0.0, 0.0
    for metal, mass in metals_t_per_h.items():
        oxide = OXIDES.get(metal)
        if oxide is None:
            raise InputError(f"no oxide is known here for {metal}")
        moles = zero_or_more(f"the {metal}", mass) / molar_mass_g_per_mol(metal)
        charge = 2 if metal in _VALENCE_2 else 3
        moles_c += moles * charge * carbon
        moles_h += moles * (charge * hydrogen + 2 * crystal)
        moles_o += moles * (charge * oxygen + crystal)
        oxides[oxide] = oxides.get(oxide, 0.0) + mass / mass_fraction(oxide, metal)
        metal_in += mass
    weight = {element: molar_mass_g_per_mol(element) for element in ("C", "H", "O")}
    gas_co2 = moles_c * molar_mass_g_per_mol("CO2")
    gas_h2o = moles_h / 2 * molar_mass_g_per_mol("H2O")
    entered = metal_in + moles_c * weight["C"] + moles_h * weight["H"] + moles_o * weight["O"]
    air = sum(oxides.values()) + gas_co2 + gas_h2o - entered
    return Calcined(oxides, gas_co2, gas_h2o, entered, air)
