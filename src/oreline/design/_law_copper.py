"""Copper: matte smelting by the flux rule, converting, and the acid of leach-SX-EW."""

from __future__ import annotations

from dataclasses import dataclass

from oreline.design._law_inputs import above_zero, fraction, zero_or_more
from oreline.design._law_stoichiometry import mass_fraction, molar_mass_g_per_mol
from oreline.model import Finding, InputError, Severity


@dataclass(frozen=True, slots=True)
class Concentrate:
    """Mass of what matters in a smelter's feed, in one unit; ``other`` goes to the slag."""

    copper: float
    iron: float
    sulphur: float
    silica: float
    other: float = 0.0

    def __post_init__(self) -> None:
        above_zero("the copper", self.copper)
        for name in ("iron", "sulphur", "silica", "other"):
            zero_or_more(f"the {name}", getattr(self, name))


@dataclass(frozen=True, slots=True)
class Smelted:
    """Matte, slag and gas of a smelter; masses in the unit of the feed.

    ``silica_flux`` and ``oxygen`` are added. Slag is FeO, silica, what else came, and its copper.
    """

    matte: float
    matte_copper: float
    matte_iron: float
    matte_sulphur: float
    slag: float
    slag_copper: float
    slag_iron: float
    silica_flux: float
    sulphur_dioxide: float
    oxygen: float

    @property
    def copper_recovery(self) -> float:
        """Return the part of the copper that is in the matte."""
        return self.matte_copper / (self.matte_copper + self.slag_copper)


def smelt_refused(message: str, fix: str) -> InputError:
    """Return the error of a smelter's feed from which this matte cannot be made."""
    finding = Finding("ORL-1021", Severity.FATAL, "matte smelting", message, fix)
    return InputError("the matte cannot be made", [finding])


def smelt_concentrate(
    feed: Concentrate, matte_grade: float, iron_to_silica: float = 1.5, slag_copper: float = 0.01
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
    if grade > pure:
        raise smelt_refused(
            f"a matte of {grade:g} copper is richer than Cu2S, which has {pure:.4f}",
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
    if flux < 0:
        # The feed brings more silica than the rule: all of it is slagged.
        burden = 1 / mass_fraction("FeO", "Fe")
        slag = (burden * (feed.iron - per_copper * feed.copper) + feed.other + feed.silica) / (
            1 - lean - burden * per_copper * lean
        )
        matte_copper = feed.copper - lean * slag
        matte_iron = per_copper * matte_copper
        slag_iron, flux = feed.iron - matte_iron, 0.0
    return _smelted(feed, grade, slag, matte_copper, matte_iron, slag_iron, flux)


def _smelted(
    feed: Concentrate,
    grade: float,
    slag: float,
    matte_copper: float,
    matte_iron: float,
    slag_iron: float,
    flux: float,
) -> Smelted:
    matte = matte_copper / grade
    matte_sulphur = matte - matte_copper - matte_iron
    if slag_iron < 0 or matte_copper <= 0:
        raise smelt_refused(
            f"{feed.iron:g} of iron with {feed.copper:g} of copper is too little for a matte of "
            f"{grade:g}: the matte comes out richer",
            "ask for a richer matte, or smelt it with a concentrate that holds more iron",
        )
    if matte_sulphur > feed.sulphur * (1 + 1e-12):
        raise smelt_refused(
            f"the matte needs {matte_sulphur:.4g} of sulphur and the feed holds {feed.sulphur:g}",
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


@dataclass(frozen=True, slots=True)
class Blister:
    """What a converter makes of matte; masses in the unit of the matte."""

    blister: float
    blister_copper: float
    slag: float
    slag_copper: float
    silica_flux: float
    sulphur_dioxide: float
    oxygen: float


def convert_matte(
    matte_copper: float,
    matte_iron: float,
    matte_sulphur: float,
    slag_copper: float = 0.05,
    iron_to_silica: float = 2.0,
    blister_sulphur: float = 0.0003,
) -> Blister:
    """Return blister, slag and gas: all iron is slagged as FeO, the sulphur burns.

    Converter slag is rich in copper and goes back to the smelter. ``blister_sulphur`` is the
    sulphur fraction left in the blister, 0.0002 to 0.0005.

    Examples
    --------
    >>> out = convert_matte(27.46, 7.09, 9.74)
    >>> round(out.blister, 2), round(out.slag, 2), round(out.sulphur_dioxide, 2)
    (26.8, 13.33, 19.44)
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
    if kept <= 0:
        raise smelt_refused(
            f"a slag of {lean:g} copper takes all the copper of the matte",
            "take a richer matte or a slag that is leaner in copper",
        )
    blister = kept / (1 - fraction("the blister's sulphur", blister_sulphur))
    gas = max(0.0, sulphur - (blister - kept)) / mass_fraction("SO2", "S")
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
