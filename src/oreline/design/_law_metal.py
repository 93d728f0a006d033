"""Rare-earth metal: reduction of the fluoride with calcium, and electrolysis of the oxide."""

from __future__ import annotations

from dataclasses import dataclass

from oreline.design._law_electrolysis import anode_carbon_kg_per_kg, electrolysis_kwh_per_kg
from oreline.design._law_inputs import above_zero, fraction, zero_or_more
from oreline.design._law_stoichiometry import OXIDES, mass_fraction, molar_mass_g_per_mol
from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class CalciumReduction:
    """What the reduction of a rare-earth fluoride with calcium takes and makes, kg for each kg."""

    fluoride: float
    calcium: float
    slag: float
    metal_lost: float


def reduce_with_calcium(
    metal: str, recovery: float, calcium_excess: float = 0.1
) -> CalciumReduction:
    """Return the charge for one kg of metal: ``2 REF3 + 3 Ca = 2 RE + 3 CaF2``.

    What is not recovered stays in the slag as fluoride. Used for Dy, Tb, Gd and Y, whose melting
    points are high for electrolysis; excess calcium is 0.05 to 0.2.

    Source: C. K. Gupta and N. Krishnamurthy, Extractive Metallurgy of Rare Earths (2005).

    Examples
    --------
    >>> out = reduce_with_calcium("Nd", 1.0, 0.0)
    >>> round(out.calcium, 4), round(out.fluoride, 3)
    (0.4168, 1.395)
    """
    share = above_zero("the recovery", fraction("the recovery", recovery))
    fluoride = 1 / mass_fraction(f"{metal}F3", metal) / share
    calcium = 1.5 * molar_mass_g_per_mol("Ca") / molar_mass_g_per_mol(metal)
    charged = calcium * (1 + zero_or_more("the excess of calcium", calcium_excess))
    return CalciumReduction(fluoride, charged, fluoride + charged - 1, 1 / share - 1)


@dataclass(frozen=True, slots=True)
class MoltenSalt:
    """What the electrolysis of an oxide in molten fluoride takes and gives, per kg of metal."""

    oxide_kg: float
    power_kwh: float
    carbon_kg: float
    carbon_dioxide_kg: float
    carbon_monoxide_kg: float


def electrolyse_oxide(
    metal: str,
    recovery: float = 0.95,
    volts: float = 10.0,
    current_efficiency: float = 0.75,
    co2_fraction: float = 0.5,
) -> MoltenSalt:
    """Return what a fluoride-oxide cell takes for one kg of rare-earth metal.

    Three electrons for each atom; carbon anodes burn to CO2 and CO. ``co2_fraction`` is the part of
    the oxygen that leaves as CO2. Typical cells run at 9 to 11 V and 0.70 to 0.80. Perfluorocarbons
    of a starved cell are not counted.

    Source: Faraday's law; conditions as in Vogel and Friedrich, J. Sustain. Metall. (2017).

    Examples
    --------
    >>> out = electrolyse_oxide("Nd", 1.0, 10.0, 0.75, 1.0)
    >>> round(out.power_kwh, 1), round(out.carbon_kg, 4)
    (7.4, 0.0625)
    """
    oxide = OXIDES.get(metal)
    if oxide is None:
        raise InputError(f"no oxide is known here for {metal}")
    share = above_zero("the recovery", fraction("the recovery", recovery))
    as_co2 = fraction("the part of the oxygen that leaves as CO2", co2_fraction)
    oxygen = mass_fraction(oxide, "O") / mass_fraction(oxide, metal)
    return MoltenSalt(
        oxide_kg=1 / mass_fraction(oxide, metal) / share,
        power_kwh=electrolysis_kwh_per_kg(metal, 3, volts, current_efficiency),
        carbon_kg=anode_carbon_kg_per_kg(oxide, metal, as_co2),
        carbon_dioxide_kg=oxygen * as_co2 / mass_fraction("CO2", "O"),
        carbon_monoxide_kg=oxygen * (1 - as_co2) / mass_fraction("CO", "O"),
    )
