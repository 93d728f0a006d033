"""Electrolysis by Faraday's law: charge, power and the carbon that an anode burns."""

from __future__ import annotations

import numpy as np

from oreline.design._law_inputs import Amount, above_zero, fraction
from oreline.design._law_stoichiometry import mass_fraction, molar_mass_g_per_mol
from oreline.model import InputError

FARADAY_C_PER_MOL = 96485.33212
"""Charge of one mol of electrons, exact by the SI of 2019."""


def charge_ah_per_kg(metal: str, electrons: Amount) -> Amount:
    """Return the charge that deposits one kilogram of a metal: ``n F / (3.6 M)``.

    Examples
    --------
    >>> round(charge_ah_per_kg("Nd", 3), 1)
    557.4
    """
    count = above_zero("the electrons for each atom", electrons)
    return count * FARADAY_C_PER_MOL / (3.6 * molar_mass_g_per_mol(metal))


def electrolysis_kwh_per_kg(
    metal: str, electrons: Amount, volts: Amount, current_efficiency: Amount
) -> Amount:
    """Return the direct-current energy for one kilogram of metal, ``n F V / (3600 M eta)``.

    The cell's volts are what counts, bus bars included. Rectifier losses come to it.

    Examples
    --------
    >>> round(electrolysis_kwh_per_kg("Cu", 2, 2.0, 0.92), 2)
    1.83
    """
    efficiency = fraction("the current efficiency", current_efficiency)
    if np.any(efficiency == 0):
        raise InputError("a current efficiency of 0 deposits nothing")
    energy = charge_ah_per_kg(metal, electrons) * above_zero("the cell's voltage", volts)
    return energy / 1000 / efficiency


def anode_carbon_kg_per_kg(oxide: str, metal: str, co2_fraction: float) -> float:
    """Return the carbon that oxide electrolysis takes from its anodes, for each kg of metal.

    The oxide's oxygen leaves as CO2 (half a mol of C for each mol of O) and as CO (one mol):
    1.5 to 3 mol of C for Nd2O3. ``co2_fraction`` is the part of the *oxygen* that leaves as CO2.

    Examples
    --------
    >>> round(anode_carbon_kg_per_kg("Nd2O3", "Nd", 1.0), 4)
    0.0625
    """
    as_co2 = fraction("the part of the oxygen that leaves as CO2", co2_fraction)
    oxygen_mol_per_kg = (
        mass_fraction(oxide, "O") / mass_fraction(oxide, metal) / molar_mass_g_per_mol("O")
    )
    return oxygen_mol_per_kg * (as_co2 / 2 + (1 - as_co2)) * molar_mass_g_per_mol("C")


def cell_count(
    metal_kg_per_h: float, metal: str, electrons: float, amperes: float, current_efficiency: float
) -> Amount:
    """Return how many cells of this current make the metal; not yet rounded up.

    Examples
    --------
    >>> round(cell_count(100, "Nd", 3, 10_000, 0.75), 2)
    7.43
    """
    above_zero("the metal made", metal_kg_per_h)
    efficiency = above_zero("the current efficiency", current_efficiency)
    fraction("the current efficiency", efficiency)
    charge = charge_ah_per_kg(metal, electrons)
    return metal_kg_per_h * charge / (above_zero("the cell's current", amperes) * efficiency)
