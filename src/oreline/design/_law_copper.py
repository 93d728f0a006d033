"""Copper: matte smelting by the flux rule, converting, and the acid of leach-SX-EW."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oreline.design._law_inputs import Amount, above_zero, fraction, zero_or_more
from oreline.design._law_stoichiometry import mass_fraction, molar_mass_g_per_mol
from oreline.model import Finding, InputError, Severity


@dataclass(frozen=True, slots=True)
class Concentrate:
    """Mass of what matters in a smelter's feed, in one unit; ``other`` goes to the slag."""

    copper: Amount
    iron: Amount
    sulphur: Amount
    silica: Amount
    other: Amount = 0.0

    def __post_init__(self) -> None:
        above_zero("the copper", self.copper)
        for name in ("iron", "sulphur", "silica", "other"):
            zero_or_more(f"the {name}", getattr(self, name))


@dataclass(frozen=True, slots=True)
class Smelted:
    """Matte, slag and gas of a smelter; masses in the unit of the feed.

    ``silica_flux`` and ``oxygen`` are added. Slag is FeO, silica, what else came, and its copper.
    """

    matte: Amount
    matte_copper: Amount
    matte_iron: Amount
    matte_sulphur: Amount
    slag: Amount
    slag_copper: Amount
    slag_iron: Amount
    silica_flux: Amount
    sulphur_dioxide: Amount
    oxygen: Amount

    @property
    def copper_recovery(self) -> Amount:
        """Return the part of the copper that is in the matte."""
        return self.matte_copper / (self.matte_copper + self.slag_copper)


def smelt_refused(message: str, fix: str) -> InputError:
    """Return the error of a smelter's feed from which this matte cannot be made."""
    finding = Finding("ORL-1021", Severity.FATAL, "matte smelting", message, fix)
    return InputError("the matte cannot be made", [finding])


def smelt_concentrate(
    feed: Concentrate,
    matte_grade: Amount,
    iron_to_silica: Amount = 1.5,
    slag_copper: Amount = 0.01,
) -> Smelted:
    """Return what a flash or bath smelter makes of a concentrate at this grade of matte.

    Matte is Cu2S with FeS; the rest of the iron is slagged as FeO at the mass ratio Fe/SiO2, the
    rest of the sulphur burns to SO2. ``slag_copper`` is the copper fraction of the slag: what is
    lost is slag times that, so that more flux loses more copper. Holds for mattes of 0.40 to 0.75;
    magnetite is not counted.

    Source: balances as in Schlesinger et al., Extractive Metallurgy of Copper, 5th edition (2011).

    Raises
    ------
    InputError
        With finding ORL-1021 if the feed has too little iron or sulphur for such a matte.

    Examples
    --------
    >>> out = smelt_concentrate(Concentrate(28, 28, 31, 6, 7), 0.62)
    >>> round(out.matte, 1), round(out.slag, 1), round(out.copper_recovery, 4)
    (44.4, 49.9, 0.9822)
    """
    grade = above_zero("the matte's grade", fraction("the matte's grade", matte_grade))
    pure = mass_fraction("Cu2S", "Cu")
    if np.any(grade > pure):
        raise smelt_refused(
            f"a matte of {np.max(grade):g} copper is richer than Cu2S, which has {pure:.4f}",
            "take a matte grade of 0.40 to 0.75",
        )
    ratio = above_zero("Fe/SiO2", iron_to_silica)
    lean = fraction("the copper of the slag", slag_copper)
    per_copper = (1 / grade - 1 / pure) * mass_fraction("FeS", "Fe")
    burden = 1 / mass_fraction("FeO", "Fe") + 1 / ratio
    # Slag carries copper, which takes iron out of the matte and into the slag: linear in the slag.
    slag = (burden * (feed.iron - per_copper * feed.copper) + feed.other) / (
        1 - lean - burden * per_copper * lean
    )
    matte_copper = feed.copper - lean * slag
    matte_iron = per_copper * matte_copper
    slag_iron = feed.iron - matte_iron
    flux = slag_iron / ratio - feed.silica
    if np.any(flux < 0):
        # The feed brings more silica than the rule: all of it is slagged.
        fluxed = flux >= 0
        burden = 1 / mass_fraction("FeO", "Fe")
        all_slagged = burden * (feed.iron - per_copper * feed.copper) + feed.other + feed.silica
        all_slagged = all_slagged / (1 - lean - burden * per_copper * lean)
        slag = np.where(fluxed, slag, all_slagged)[()]
        matte_copper = feed.copper - lean * slag
        matte_iron = per_copper * matte_copper
        slag_iron, flux = feed.iron - matte_iron, np.where(fluxed, flux, 0.0)[()]
    return _smelted(feed, grade, slag, matte_copper, matte_iron, slag_iron, flux)


def _smelted(
    feed: Concentrate,
    grade: Amount,
    slag: Amount,
    matte_copper: Amount,
    matte_iron: Amount,
    slag_iron: Amount,
    flux: Amount,
) -> Smelted:
    matte = matte_copper / grade
    matte_sulphur = matte - matte_copper - matte_iron
    lacking = (slag_iron < 0) | (matte_copper <= 0)
    if np.any(lacking):
        iron, copper, asked = _first(lacking, feed.iron, feed.copper, grade)
        raise smelt_refused(
            f"{iron:g} of iron with {copper:g} of copper is too little for a matte of "
            f"{asked:g}: the matte comes out richer",
            "ask for a richer matte, or smelt it with a concentrate that holds more iron",
        )
    lacking = matte_sulphur > feed.sulphur * (1 + 1e-12)
    if np.any(lacking):
        needed, held = _first(lacking, matte_sulphur, feed.sulphur)
        raise smelt_refused(
            f"the matte needs {needed:.4g} of sulphur and the feed holds {held:g}",
            "add pyrite, or send the feed to a reduction furnace or a leach",
        )
    gas = (feed.sulphur - matte_sulphur) / mass_fraction("SO2", "S")
    oxygen = gas * mass_fraction("SO2", "O") + slag_iron * (
        mass_fraction("FeO", "O") / mass_fraction("FeO", "Fe")
    )
    return Smelted(
        matte, matte_copper, matte_iron, matte_sulphur, slag, feed.copper - matte_copper,
        slag_iron, flux, gas, oxygen,
    )  # fmt: skip


def _first(wrong: Amount, *amounts: Amount) -> tuple[float, ...]:
    """Return the amounts of the first sample that is wrong."""
    rows = np.broadcast_arrays(wrong, *amounts)
    place = int(np.argmax(rows[0]))
    return tuple(float(row.flat[place]) for row in rows[1:])


@dataclass(frozen=True, slots=True)
class Blister:
    """What a converter makes of matte; masses in the unit of the matte."""

    blister: Amount
    blister_copper: Amount
    slag: Amount
    slag_copper: Amount
    silica_flux: Amount
    sulphur_dioxide: Amount
    oxygen: Amount


def convert_matte(
    matte_copper: Amount,
    matte_iron: Amount,
    matte_sulphur: Amount,
    slag_copper: Amount = 0.05,
    iron_to_silica: Amount = 2.0,
    blister_sulphur: Amount = 0.0003,
) -> Blister:
    """Return blister, slag and gas: all iron is slagged as FeO, the sulphur burns.

    Converter slag is rich in copper and goes back to the smelter. ``blister_sulphur`` is the
    sulphur fraction left in the blister, 0.0002 to 0.0005.

    Examples
    --------
    >>> out = convert_matte(27.46, 7.09, 9.74)
    >>> [round(float(mass), 2) for mass in (out.blister, out.slag, out.sulphur_dioxide)]
    [26.8, 13.33, 19.44]
    """
    copper = above_zero("the copper", matte_copper)
    iron = zero_or_more("the iron", matte_iron)
    sulphur = zero_or_more("the sulphur", matte_sulphur)
    lean = fraction("the copper of the slag", slag_copper)
    flux = iron / above_zero("Fe/SiO2", iron_to_silica)
    slag = (iron / mass_fraction("FeO", "Fe") + flux) / above_zero(
        "what of the slag is no copper", 1 - lean
    )
    kept = copper - slag * lean
    if np.any(kept <= 0):
        raise smelt_refused(
            f"a slag of {np.max(lean):g} copper takes all the copper of the matte",
            "take a richer matte or a slag that is leaner in copper",
        )
    blister = kept / (1 - fraction("the blister's sulphur", blister_sulphur))
    gas = np.maximum(0.0, sulphur - (blister - kept)) / mass_fraction("SO2", "S")
    oxygen = gas * mass_fraction("SO2", "O") + iron * (
        mass_fraction("FeO", "O") / mass_fraction("FeO", "Fe")
    )
    return Blister(blister, kept, slag, copper - kept, flux, gas, oxygen)


def electrowinning_acid_t_per_t_copper() -> float:
    """Return the sulphuric acid that copper's electrowinning gives back for each tonne of copper.

    ``CuSO4 + H2O = Cu + H2SO4 + O2/2``: it strips the solvent, and the solvent gives it to the
    leach.

    Examples
    --------
    >>> round(electrowinning_acid_t_per_t_copper(), 3)
    1.543
    """
    return molar_mass_g_per_mol("H2SO4") / molar_mass_g_per_mol("Cu")
