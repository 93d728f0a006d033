"""Antimony: roasting and volatilising stibnite, reducing its oxide, alkaline leach."""

from __future__ import annotations

from dataclasses import dataclass

from oreline.design._law_inputs import Amount, above_zero, fraction, zero_or_more
from oreline.design._law_stoichiometry import mass_fraction, molar_mass_g_per_mol

LEACH_ACTIVATION_KJ_PER_MOL = 44.0
"""Of stibnite in alkaline sodium sulphide (Raschman and Sminčáková)."""
LEACH_ORDER = (1.4, 1.7)
"""The order in sodium sulphide that the same tests bracket."""


def sulphur_dioxide_t_per_t_antimony() -> float:
    """Return the SO2 of stibnite roasted for one tonne of antimony: ``3 M_SO2 / (2 M_Sb)``.

    Examples
    --------
    >>> round(sulphur_dioxide_t_per_t_antimony(), 3)
    0.789
    """
    return 1.5 * molar_mass_g_per_mol("SO2") / molar_mass_g_per_mol("Sb")


@dataclass(frozen=True, slots=True)
class Roasted:
    """What a volatilising roast of stibnite makes, all in the unit of the feed's antimony.

    ``oxide`` is antimony trioxide in the dust, ``left`` the antimony in the calcine as Sb2O4;
    ``oxygen`` comes from the air.
    """

    oxide: Amount
    antimony_in_oxide: Amount
    left: Amount
    sulphur_dioxide: Amount
    oxygen: Amount


def roast_stibnite(antimony: Amount, volatilised: Amount, sulphur_removed: Amount = 1.0) -> Roasted:
    """Return dust, calcine and gas: ``Sb2S3 + 4.5 O2 = Sb2O3 + 3 SO2``.

    ``volatilised`` is the part of the antimony that leaves as trioxide fume, about 0.95 in
    industry; the rest oxidises to Sb2O4 and stays. Holds for a roast at 850 to 1000 C with limited
    air; with too much air Sb2O4 forms and does not fly.

    Source: reaction as in Anderson, The metallurgy of antimony, Chemie der Erde 72 S4 (2012).

    Examples
    --------
    >>> out = roast_stibnite(100, 0.95)
    >>> round(out.oxide, 1), round(out.sulphur_dioxide, 1), round(out.oxygen, 1)
    (113.7, 78.9, 59.5)
    """
    metal = zero_or_more("the antimony", antimony)
    flown = metal * fraction("the part volatilised", volatilised)
    burnt = fraction("the part of the sulphur that burns", sulphur_removed)
    gas = metal * sulphur_dioxide_t_per_t_antimony() * burnt
    oxide = flown / mass_fraction("Sb2O3", "Sb")
    stays = metal - flown
    oxygen = (
        gas * mass_fraction("SO2", "O")
        + oxide * mass_fraction("Sb2O3", "O")
        + stays * mass_fraction("Sb2O4", "O") / mass_fraction("Sb2O4", "Sb")
    )
    return Roasted(oxide, flown, stays, gas, oxygen)


@dataclass(frozen=True, slots=True)
class Reduced:
    """What the reduction of antimony trioxide makes and takes, in the unit of the feed."""

    metal: Amount
    to_slag: Amount
    carbon: Amount
    carbon_dioxide: Amount


def reduce_antimony_oxide(
    antimony: Amount, slag_loss: Amount, carbon_excess: Amount = 0.0
) -> Reduced:
    """Return the metal of a reverberatory or rotary furnace: ``Sb2O3 + 1.5 C = 2 Sb + 1.5 CO2``.

    ``antimony`` is that in the oxide, ``slag_loss`` the part that stays in slag and dross. Excess
    carbon burns to CO2 in the furnace.

    Examples
    --------
    >>> out = reduce_antimony_oxide(100, 0.04, 0.1)
    >>> round(out.metal, 1), round(out.carbon, 2)
    (96.0, 7.81)
    """
    metal = zero_or_more("the antimony", antimony) * (1 - fraction("the slag's loss", slag_loss))
    moles = metal / molar_mass_g_per_mol("Sb") * 0.75
    carbon = moles * (1 + zero_or_more("the excess of carbon", carbon_excess))
    return Reduced(
        metal,
        antimony - metal,
        carbon * molar_mass_g_per_mol("C"),
        carbon * molar_mass_g_per_mol("CO2"),
    )


def sodium_sulphide_t_per_t_antimony(excess: Amount = 0.0) -> Amount:
    """Return the Na2S that dissolves one tonne of antimony: ``Sb2S3 + 3 Na2S = 2 Na3SbS3``.

    Examples
    --------
    >>> round(sodium_sulphide_t_per_t_antimony(), 3)
    0.961
    """
    dose = 1.5 * (1 + zero_or_more("the excess of Na2S", excess))
    return dose * molar_mass_g_per_mol("Na2S") / molar_mass_g_per_mol("Sb")


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A concentrate leached of its antimony, and the precipitate that is made of it."""

    precipitate_t: float
    antimony_t: float
    residue_t: float
    extraction: float


def leach_and_precipitate(
    concentrate_t: float, grade: float, extraction: float, precipitate_grade: float
) -> Upgraded:
    """Return the precipitate and the residue of a concentrate leached with sodium sulphide.

    What is leached is precipitated again in full; the residue is the concentrate less the stibnite
    that dissolved.

    Examples
    --------
    >>> out = leach_and_precipitate(50_000, 0.049, 0.78, 0.48)      # La Demajagua
    >>> round(out.precipitate_t), round(out.antimony_t)
    (3981, 1911)
    """
    feed = above_zero("the concentrate", concentrate_t) * fraction("the grade", grade)
    dissolved = feed * fraction("the extraction", extraction)
    made = dissolved / above_zero("the precipitate's grade", precipitate_grade)
    residue = concentrate_t - dissolved / mass_fraction("Sb2S3", "Sb")
    return Upgraded(made, dissolved, max(0.0, residue), extraction)
