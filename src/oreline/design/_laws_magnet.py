"""The unit laws of magnets: alloy, the steps that lose swarf, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from oreline.design._law import Feed, Law, LawResult, StreamPhase, Values, component_values
from oreline.design._law_inputs import Amount
from oreline.design._law_magnet import RARE_EARTHS_OF_MAGNETS, MagnetRecipe, hydrogen_decrepitation
from oreline.design._law_shares import (
    dosed,
    elements_of,
    everything_to,
    flows_of,
    number,
    of_all,
    of_each,
    shares_of_masses,
    some,
    two_ways,
    where_busy,
)
from oreline.model import InputError

SOLID: Final = StreamPhase.SOLID
GAS: Final = StreamPhase.GAS
ADDED: Final = ("Fe", "B", "Co", "Cu", "Al", "Ga", "Nb", "Zr")


def _apply_alloy(feed: Feed, values: Values) -> LawResult:
    """Add iron, boron and the rest to the rare-earth metal, to the recipe's fractions."""
    there = elements_of(feed)
    metals = {
        name: mass for name, mass in there.items() if name in RARE_EARTHS_OF_MAGNETS and some(mass)
    }
    share = values["rare_earths"]
    wrong = ~((np.asarray(share) > 0) & (np.asarray(share) < 1))
    if wrong.any():
        worst = float(np.extract(wrong, share)[0])
        raise InputError(f"the rare earths of an alloy are a part of it, not {worst:g}")
    alloy = sum(metals.values()) / share
    recipe = {name: values.get(f"fraction[{name}]", 0.0) for name in ADDED if name != "Fe"}
    iron = (1 - share - sum(recipe.values())) * alloy - there.get("Fe", 0.0)
    if np.any(iron < -1e-12 * alloy):
        raise InputError("the feed brings more iron than the recipe takes; lower rare_earths")
    missing = {
        name: np.maximum(part * alloy - there.get(name, 0.0), 0.0) for name, part in recipe.items()
    }
    reagents = dosed(**missing, Fe=np.maximum(iron, 0.0))
    splits = two_ways(feed, of_all(1 - np.asarray(values["melt_loss"])), 1.0)
    power = values["power"] * 1000 * alloy
    return LawResult(splits, {"power_kwh": power}, _recipe_notes(metals, recipe, alloy), reagents)


def _recipe_notes(
    metals: Mapping[str, Amount], recipe: Mapping[str, Amount], alloy: Amount
) -> tuple[str, ...]:
    """Say what of the recipe is unusual, for the first sample in which an alloy is made."""
    made = np.atleast_1d(alloy)
    if not (made > 0).any():
        return ()
    place = int(np.argmax(made > 0))

    def of_first(amount: Amount) -> float:
        return float(np.broadcast_to(amount, made.shape)[place])

    named = {name: of_first(mass) / float(made[place]) for name, mass in metals.items()}
    told = {name: of_first(part) for name, part in recipe.items()}
    return MagnetRecipe({**named, **told}).notes


def _apply_step(feed: Feed, values: Values) -> LawResult:
    kept = np.asarray(values["yield"], dtype=np.float64)[..., None]
    shares = np.broadcast_to(kept, feed.flow_t_per_h.shape)
    power = np.asarray(values["power"]) * 1000 * np.asarray(feed.dry_t_per_h)
    consumed: Any = {"power_kwh": power}
    return LawResult(two_ways(feed, shares, kept[..., 0]), consumed)


def _apply_hydrogen(feed: Feed, values: Values) -> LawResult:
    return where_busy(feed, values, np.asarray(feed.dry_t_per_h) > 0, 0, _decrepitated)


def _decrepitated(feed: Feed, values: Values) -> LawResult:
    whole = feed.dry_t_per_h
    there = elements_of(feed)
    metals = sum(mass for name, mass in there.items() if name in RARE_EARTHS_OF_MAGNETS)
    taken = hydrogen_decrepitation(metals / whole, values["hydrogen"], values["hydrogen_left"])
    kept = values["yield"]
    dose = taken.taken_kg_per_t / 1000 * whole
    left = taken.left_kg_per_t / 1000 * whole
    reagents = dosed(H2=dose)
    product = {name: kept * flow for name, flow in flows_of(feed).items()}
    product["H"] = kept * left
    masses = {"powder": product, "gas": {"H": dose - left}}
    splits, notes = shares_of_masses(feed, reagents, masses, "fines")
    return LawResult(splits, {"power_kwh": values["power"] * 1000 * whole}, notes, reagents)


def _apply_finish(feed: Feed, values: Values) -> LawResult:
    whole = feed.dry_t_per_h
    reagents = dosed(Ni=values["coating"] * whole)
    power = values["power"] * 1000 * whole
    return LawResult(everything_to(feed, 0, 1), {"power_kwh": power}, (), reagents)


def _apply_recycle(feed: Feed, values: Values) -> LawResult:
    kept = component_values(values, "yield", feed.components, missing=0.0)
    power = np.asarray(values["power"]) * 1000 * np.asarray(feed.dry_t_per_h)
    consumed: Any = {"power_kwh": power}
    return LawResult(two_ways(feed, kept, 0.0), consumed)


def _step(name: str, loss: str, meaning: str, power: float) -> Law:
    return Law(
        name=name,
        rung=0,
        outlets=("product", loss),
        phases=(SOLID, SOLID),
        parameters={
            "yield": number("1", 0.3, 1, "part of the feed that goes on"),
            "power": number("kWh/kg", 0, 50, "power for each kg fed", power),
        },
        source="the plant that the yield cites; none is published openly for a whole line",
        apply=_apply_step,
        by_feed=False,
        batched=True,
        meaning=meaning,
    )


def _recycling(name: str, meaning: str, power: float) -> Law:
    return Law(
        name=name,
        rung=0,
        outlets=("recovered", "residue"),
        phases=(SOLID, SOLID),
        parameters={
            "yield": of_each("1", 0, 1, "part of the metal that comes back; Dy, Tb their own", 0.0),
            "power": number("kWh/kg", 0, 50, "power for each kg fed", power),
        },
        source="the test or plant that the yields cite",
        apply=_apply_recycle,
        by_feed=False,
        batched=True,
        breaks_minerals=name == "recycle_leach",
        meaning=meaning,
    )


MAGNET_LAWS: Final = (
    Law(
        name="alloy",
        rung=2,
        outlets=("alloy", "dross"),
        phases=(SOLID, SOLID),
        parameters={
            "rare_earths": number("1", 0.26, 0.34, "rare earths of the alloy"),
            "fraction": of_each("1", 0, 0.1, "B, Co, Cu, Al, Ga, Nb, Zr of the alloy", 0.0),
            "melt_loss": number("1", 0, 0.1, "part lost as dross and crucible skull", 0.02),
            "power": number("kWh/kg", 0, 10, "power for each kg of alloy", 1.0),
        },
        source="the recipe: iron makes up what rare earths, boron and additions leave",
        apply=_apply_alloy,
        batched=True,
        meaning="melts rare-earth metal with iron, boron and cobalt to the recipe of a magnet",
    ),
    _step("strip_cast", "scrap", "strip casting of the alloy", 1.5),
    Law(
        name="hydrogen_mill",
        rung=2,
        outlets=("powder", "fines", "gas"),
        phases=(SOLID, SOLID, GAS),
        parameters={
            "yield": number("1", 0.7, 1, "part of the alloy that becomes powder"),
            "hydrogen": number("1", 0.5, 2.7, "H taken for each rare-earth atom", 1.9),
            "hydrogen_left": number("1", 0, 1, "part of the hydrogen left after degassing", 0.1),
            "power": number("kWh/kg", 0, 20, "power for each kg fed", 4.0),
        },
        source="Nd2Fe14BH2.7 and NdH2.7; degassing at 500 C",
        apply=_apply_hydrogen,
        batched=True,
        meaning="hydrogen decrepitation and jet mill",
    ),
    _step("press_and_sinter", "scrap", "pressing in a field and sintering", 6.0),
    _step("machine", "swarf", "cutting and grinding of blocks; swarf goes back", 3.0),
    Law(
        name="finish_magnet",
        rung=0,
        outlets=("magnet",),
        phases=(SOLID,),
        parameters={
            "coating": number("1", 0, 0.05, "nickel plated for each mass of magnet", 0.0),
            "power": number("kWh/kg", 0, 10, "power of coating and magnetising", 1.0),
        },
        source="the plant that the numbers cite",
        apply=_apply_finish,
        batched=True,
        meaning="coating and magnetising",
    ),
    _recycling("recycle_hydrogen", "magnets or swarf back to alloy powder with hydrogen", 5.0),
    _recycling("recycle_leach", "swarf or old magnets roasted and leached to rare earths", 2.0),
)
