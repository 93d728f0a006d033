"""The magnet line: from a recipe through casting, milling, pressing, sintering to the magnet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from oreline.design._law_inputs import Amount, above_zero, fraction, zero_or_more
from oreline.design._law_stoichiometry import OXIDES, mass_fraction
from oreline.model import InputError

MAGNET_STEPS: Final = ("strip cast", "hydrogen and jet mill", "press and sinter", "machine")
"""The steps whose yields multiply; coating and magnetising lose nothing that is counted."""

RARE_EARTHS_OF_MAGNETS: Final = ("Nd", "Pr", "Dy", "Tb", "Ce", "La", "Gd", "Ho", "Sm")


@dataclass(frozen=True, slots=True)
class MagnetRecipe:
    """Mass fractions of the elements in the alloy; what they leave is iron.

    Usual in sintered NdFeB: Nd and Pr 0.29 to 0.32, Dy and Tb 0 to 0.04, B about 0.01, Co 0 to
    0.03.
    """

    fractions: Mapping[str, float]

    def __post_init__(self) -> None:
        for metal, share in self.fractions.items():
            fraction(f"the {metal} of the recipe", share)
        if sum(self.fractions.values()) > 1 + 1e-12:
            raise InputError("the recipe holds more than everything: the fractions exceed 1")
        if "Fe" in self.fractions and abs(sum(self.fractions.values()) - 1) > 1e-6:
            raise InputError("leave iron out of the recipe, or let the fractions sum to 1")

    @property
    def complete(self) -> dict[str, float]:
        """Return the fractions with iron as what is left."""
        return (
            {**self.fractions, "Fe": 1 - sum(self.fractions.values())}
            if ("Fe" not in self.fractions)
            else dict(self.fractions)
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what of the recipe is outside the usual range of sintered NdFeB."""
        light = sum(self.fractions.get(metal, 0.0) for metal in ("Nd", "Pr"))
        heavy = sum(self.fractions.get(metal, 0.0) for metal in ("Dy", "Tb"))
        said = []
        if not 0.26 <= light + heavy <= 0.34:
            said.append(f"rare earths of {light + heavy:.3f} are outside 0.26 to 0.34")
        if heavy > 0.11:
            said.append(f"Dy and Tb of {heavy:.3f} are above 0.11")
        if not 0.008 <= self.fractions.get("B", 0.0) <= 0.012:
            said.append(f"boron of {self.fractions.get('B', 0.0):g} is outside 0.008 to 0.012")
        return tuple(said)


@dataclass(frozen=True, slots=True)
class MagnetDemand:
    """What a mass of magnets takes, in its unit. ``fresh_alloy`` is what swarf does not give."""

    fresh_alloy: float
    cast_alloy: float
    swarf: float
    swarf_returned: float
    metals: Mapping[str, float]
    oxides: Mapping[str, float]


def chain_yield(steps: Sequence[float]) -> float:
    """Return the yield of steps one after the other: their product.

    Examples
    --------
    >>> round(chain_yield([0.98, 0.97, 0.95, 0.83]), 3)
    0.75
    """
    whole = 1.0
    for step in steps:
        whole *= fraction("the yield of a step", step)
    return whole


def magnet_demand(
    magnets: float,
    recipe: MagnetRecipe,
    line_yield: float,
    swarf_returned: float = 0.0,
    metal_yield: float = 1.0,
) -> MagnetDemand:
    """Return alloy, metals and oxides for this mass of magnets.

    ``A = M (1 - r (1 - y)) / y`` of fresh alloy, where the line yields ``y`` and the fraction ``r``
    of its swarf comes back as alloy of the same recipe. Oxide is metal over its fraction in the
    oxide and over ``metal_yield``, that of metal making. Iron, boron and cobalt need no oxide.

    Examples
    --------
    >>> recipe = MagnetRecipe({"Nd": 0.305, "B": 0.01})
    >>> round(magnet_demand(1, recipe, 0.75, 0.0, 0.95).oxides["Nd2O3"], 3)
    0.499
    """
    mass = zero_or_more("the magnets", magnets)
    whole = above_zero("the line's yield", fraction("the line's yield", line_yield))
    back = fraction("the part of the swarf that returns", swarf_returned)
    smelted = above_zero("the yield of metal making", fraction("the metal yield", metal_yield))
    cast = mass / whole
    swarf = cast - mass
    fresh = cast - back * swarf
    metals = {metal: fresh * share for metal, share in recipe.complete.items()}
    oxides: dict[str, float] = {}
    for metal, needed in metals.items():
        if metal in RARE_EARTHS_OF_MAGNETS and needed:
            oxide = OXIDES[metal]
            oxides[oxide] = needed / mass_fraction(oxide, metal) / smelted
    return MagnetDemand(fresh, cast, swarf, back * swarf, metals, oxides)


@dataclass(frozen=True, slots=True)
class HydrogenTaken:
    """The hydrogen that crumbles an alloy or a magnet, and what stays after degassing."""

    taken_kg_per_t: Amount
    left_kg_per_t: Amount


def hydrogen_decrepitation(
    rare_earth_fraction: Amount, atoms_per_rare_earth: Amount = 1.9, left: Amount = 0.1
) -> HydrogenTaken:
    """Return the hydrogen of a decrepitation for each tonne of alloy.

    Nd2Fe14B takes about 2.7 H for each formula, which is 1.35 for each Nd, and the Nd-rich phase
    forms NdH2.7; a whole alloy takes 3 to 4.5 kg/t. Degassing at 500 C
    leaves the matrix free and NdH2 at the grain boundaries.

    Examples
    --------
    >>> round(hydrogen_decrepitation(0.305).taken_kg_per_t, 2)
    4.05
    """
    moles = 1e6 * fraction("the rare earths", rare_earth_fraction) / 144.242
    taken = moles * zero_or_more("H for each rare earth", atoms_per_rare_earth) * 1.008 / 1000
    return HydrogenTaken(taken, taken * fraction("the part of the hydrogen left", left))


@dataclass(frozen=True, slots=True)
class Recycled:
    """Rare earths that come back from swarf or old magnets, by metal, in the unit of the feed."""

    alloy: Mapping[str, float]
    lost: Mapping[str, float]

    @property
    def recovery(self) -> dict[str, float]:
        """Return the part of each metal that comes back."""
        whole = {metal: self.alloy[metal] + self.lost[metal] for metal in self.alloy}
        return {metal: self.alloy[metal] / mass for metal, mass in whole.items() if mass}


def recycle_magnets(
    feed: Mapping[str, float], steps: Mapping[str, Mapping[str, float]]
) -> Recycled:
    """Follow each metal through the steps of a recycling route.

    ``steps`` gives for each step the yield of each metal, ``*`` for every other: hydrogen route
    (collect, demagnetise, decrepitate, strip coating, resinter), or chemical route (roast to oxide,
    leach selectively, separate, precipitate). Dy and Tb keep their own yields, since each route
    loses them otherwise than Nd and Pr.

    Examples
    --------
    >>> out = recycle_magnets({"Nd": 10, "Dy": 1}, {"leach": {"*": 0.95, "Dy": 0.9}})
    >>> out.recovery
    {'Nd': 0.95, 'Dy': 0.9}
    """
    left = {metal: zero_or_more(f"the {metal}", mass) for metal, mass in feed.items()}
    for step, yields in steps.items():
        for metal in left:
            share = yields.get(metal, yields.get("*"))
            if share is None:
                raise InputError(f"the step {step} has no yield for {metal}: write it, or *")
            left[metal] *= fraction(f"the yield of {metal} in {step}", share)
    return Recycled(left, {metal: feed[metal] - left[metal] for metal in left})
