"""Leaching: what dissolves in time, in a train of tanks or in a heap, and the acid it takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from oreline.design._law_inputs import (
    Amount,
    Floats,
    Numbers,
    above_zero,
    fraction,
    not_negative,
    whole_stages,
    zero_or_more,
)
from oreline.design._law_stoichiometry import molar_mass_g_per_mol
from oreline.model import InputError

GAS_CONSTANT_KJ_PER_MOL_K = 8.314462618e-3

SULPHURIC_ACID_MOL_PER_MOL: Final[dict[str, float]] = {
    "Ca": 1.0, "Mg": 1.0, "Fe": 1.0, "Al": 1.5, "Mn": 1.0, "Cu": 1.0, "Zn": 1.0, "Sr": 1.0,
    "Ba": 1.0, "Na": 0.5, "K": 0.5, "U": 1.0, "Th": 2.0, "Sc": 1.5,
    **dict.fromkeys(
        ("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y"),
        1.5,
    ),
}  # fmt: skip
"""mol of H2SO4 that one mol of each metal takes from its oxide or carbonate: half its valence.

Iron as Fe(II). Of a monoprotic acid (HCl, HNO3) twice as many mol."""


def arrhenius_factor(
    activation_kj_per_mol: Amount, temperature_c: Amount, reference_c: Amount
) -> Amount:
    """Return by how much a rate grows from the reference temperature: ``exp(-Ea/R (1/T - 1/T0))``.

    Examples
    --------
    >>> round(float(arrhenius_factor(44, 90, 60)), 2)       # stibnite in alkaline sulphide
    3.71
    """
    zero_or_more("the activation energy", activation_kj_per_mol)
    warm, known = temperature_c + 273.15, reference_c + 273.15
    above_zero("the absolute temperature", np.minimum(warm, known))
    return np.exp(-activation_kj_per_mol / GAS_CONSTANT_KJ_PER_MOL_K * (1 / warm - 1 / known))


def reaction_rate_per_h(
    rate_per_h: Amount,
    concentration: Amount,
    order: Amount,
    activation_kj_per_mol: Amount,
    temperature_c: Amount,
    reference_c: Amount,
) -> Amount:
    """Return ``k C^n exp(-Ea/R (1/T - 1/T0))``: the rate at this strength and temperature.

    ``concentration`` is relative to that of the test which gave ``rate_per_h``.

    Examples
    --------
    >>> round(float(reaction_rate_per_h(0.2, 1.5, 1.5, 44, 90, 90)), 4)
    0.3674
    """
    strength = zero_or_more("the reagent's strength", concentration) ** zero_or_more(
        "the order", order
    )
    heat = arrhenius_factor(activation_kj_per_mol, temperature_c, reference_c)
    return zero_or_more("the rate", rate_per_h) * strength * heat


def shrinking_core(rate_time: Numbers) -> Floats:
    """Return the part dissolved where the reaction at the core's surface rules.

    ``1 - (1 - X)^(1/3) = k t``, for grains of one size; all is dissolved at ``k t = 1``. Source:
    O. Levenspiel, Chemical Reaction Engineering, chapter 25.

    Examples
    --------
    >>> shrinking_core([0.0, 0.2, 0.5, 2.0]).round(3).tolist()
    [0.0, 0.488, 0.875, 1.0]
    """
    done = np.minimum(not_negative("rate times time", rate_time), 1.0)
    return np.asarray(1 - (1 - done) ** 3)


def shrinking_core_through_ash(rate_time: Numbers) -> Floats:
    """Return the part dissolved where diffusion through the leached layer rules.

    ``1 - 3 (1 - X)^(2/3) + 2 (1 - X) = k t``, solved for ``X`` in closed form.

    Examples
    --------
    >>> shrinking_core_through_ash([0.0, 0.2, 0.5, 2.0]).round(3).tolist()
    [0.0, 0.638, 0.875, 1.0]
    """
    done = np.minimum(not_negative("rate times time", rate_time), 1.0)
    core = 0.5 + np.cos((2 * math.pi - np.arccos(2 * done - 1)) / 3)
    return np.asarray(1 - np.clip(core, 0, 1) ** 3)


def tank_train(rate_per_h: Numbers, hours_each: Amount, tanks: int) -> Floats:
    """Return the part dissolved in equal tanks by a first-order reaction: ``1 - (1 + k t)^-N``.

    Examples
    --------
    >>> float(tank_train(0.5, 2.0, 3))
    0.875
    """
    rate = not_negative("the rate", rate_per_h)
    count = whole_stages("the number of tanks", tanks)
    each = zero_or_more("the hours in a tank", hours_each)
    return np.asarray(-np.expm1(-count * np.log1p(rate * each)))


def tank_train_shrinking_core(rate_per_h: Amount, hours_each: Amount, tanks: int) -> Amount:
    """Return the part dissolved of shrinking grains that stay in the tanks for different times.

    Grains pass ``N`` mixed tanks in times of a gamma distribution, over which ``(1 - k t)^3`` is
    averaged in closed form. Less dissolves than in a batch of the same mean time: some grains leave
    early.

    Examples
    --------
    >>> round(float(tank_train_shrinking_core(0.1, 2.5, 4)), 3)
    0.949
    """
    from scipy.special import gammainc, poch

    rate = zero_or_more("the rate", rate_per_h)
    each = zero_or_more("the hours in a tank", hours_each)
    count = whole_stages("the number of tanks", tanks)
    pace = np.asarray(rate * each, dtype=np.float64)
    moving = np.where(pace > 0, pace, 1.0)
    left = sum(
        factor * (-moving) ** power * poch(count, power) * gammainc(count + power, 1 / moving)
        for power, factor in enumerate((1, 3, 3, 1))
    )
    return np.where(pace > 0, np.clip(1 - left, 0.0, 1.0), 0.0)[()]


def heap_recovery(final_recovery: Amount, rate_per_day: Amount, days: Amount) -> Amount:
    """Return what a heap has given after so many days: ``Xinf (1 - exp(-k t))``.

    Examples
    --------
    >>> round(float(heap_recovery(0.75, 0.015, 180)), 3)
    0.7
    """
    ceiling = fraction("the final recovery", final_recovery)
    rate = zero_or_more("the rate", rate_per_day)
    return ceiling * -np.expm1(-rate * zero_or_more("the days", days))


def acid_t_per_h(
    dissolved_t_per_h: Mapping[str, Amount], acid: str = "H2SO4", free_acid_t_per_h: Amount = 0.0
) -> dict[str, Amount]:
    """Return the acid that each dissolved metal takes, and the free acid that goes out with it.

    ``sum of nu X F M_acid / M_metal``: gangue (Ca, Mg, Fe, Al) counts like the metal that is
    wanted, and usually takes the most. Elements without an entry in the table take none and are
    listed with 0. ``acid`` is H2SO4, HCl or HNO3.

    Examples
    --------
    >>> used = acid_t_per_h({"Nd": 1.0, "Ca": 2.0})
    >>> round(used["Nd"], 3), round(used["Ca"], 3), used["free acid"]
    (1.02, 4.894, 0.0)
    """
    per_sulphuric = {"H2SO4": 1.0, "HCl": 2.0, "HNO3": 2.0}
    if acid not in per_sulphuric:
        raise InputError(f"{acid} is none of {', '.join(per_sulphuric)}")
    weight = per_sulphuric[acid] * molar_mass_g_per_mol(acid)
    used = {"free acid": zero_or_more("the free acid", free_acid_t_per_h)}
    for metal, mass in dissolved_t_per_h.items():
        moles = SULPHURIC_ACID_MOL_PER_MOL.get(metal, 0.0)
        flow = zero_or_more(f"the {metal} dissolved", mass)
        used[metal] = flow * moles * weight / molar_mass_g_per_mol(metal) if moles else 0.0
    return used
