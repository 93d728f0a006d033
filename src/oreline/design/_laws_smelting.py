"""The unit laws of antimony and copper smelting and refining."""

from __future__ import annotations

from typing import Final

import numpy as np

from oreline.design._law import Feed, Law, LawResult, StreamPhase, Values, component_values
from oreline.design._law_antimony import reduce_antimony_oxide, roast_stibnite
from oreline.design._law_copper import Concentrate, convert_matte, smelt_concentrate
from oreline.design._law_shares import (
    elements_of,
    everything_to,
    number,
    of_each,
    oxygen_in_oxides,
    shares_of_masses,
)
from oreline.design._law_stoichiometry import OXIDES, mass_fraction

SOLID: Final = StreamPhase.SOLID
GAS: Final = StreamPhase.GAS

IDLE: Final = "nothing to treat"


def _shared(feed: Feed, values: Values, name: str) -> dict[str, float]:
    """Return the mass of each component that a number of the file sends by one outlet."""
    parts = component_values(values, name, feed.components, missing=0.0)
    return {
        component: float(part) * float(flow)
        for component, part, flow in zip(feed.components, parts, feed.flow_t_per_h, strict=True)
        if part > 0
    }


def _air(feed: Feed, needed: float) -> dict[str, float]:
    """Return the oxygen that is blown in: what reactions need beyond what the feed brings."""
    missing = needed - elements_of(feed).get("O", 0.0)
    return {"O2": missing} if missing > 1e-12 else {}


def _apply_roast(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    if there.get("Sb", 0.0) <= 0:
        return LawResult(everything_to(feed, 1, 3), {}, (IDLE,))
    out = roast_stibnite(there["Sb"], float(values["volatilised"]))
    burnt = float(values["sulphur_removed"]) * there.get("S", 0.0)
    gas_oxygen = burnt * mass_fraction("SO2", "O") / mass_fraction("SO2", "S")
    dust_oxygen = out.oxide - out.antimony_in_oxide
    calcine_oxygen = out.left * mass_fraction("Sb2O4", "O") / mass_fraction("Sb2O4", "Sb")
    # All other metals leave as oxides in the calcine; what came as oxide needs no air.
    gangue = {metal: mass for metal, mass in there.items() if metal in OXIDES and metal != "Sb"}
    dust = {**_shared(feed, values, "to_dust"), "Sb": out.antimony_in_oxide, "O": dust_oxygen}
    gas = {"S": burnt, "O": gas_oxygen, "C": there.get("C", 0.0)}
    gas["O"] += gas["C"] * mass_fraction("CO2", "O") / mass_fraction("CO2", "C")
    kept = calcine_oxygen + oxygen_in_oxides(gangue, OXIDES)
    reagents = _air(feed, dust_oxygen + gas["O"] + kept)
    splits, notes = shares_of_masses(feed, reagents, {"dust": dust, "gas": gas}, "calcine")
    return LawResult(splits, {}, notes, reagents)


def _apply_reduce(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    if there.get("Sb", 0.0) <= 0:
        return LawResult(everything_to(feed, 1, 3), {}, (IDLE,))
    out = reduce_antimony_oxide(there["Sb"], float(values["slag_loss"]), float(values["excess"]))
    reagents = {"C": out.carbon}
    freed = out.metal * mass_fraction("Sb2O3", "O") / mass_fraction("Sb2O3", "Sb")
    burnt = out.carbon_dioxide - out.carbon
    # The oxide's oxygen burns part of the carbon, air the excess.
    if burnt > freed:
        reagents["O2"] = burnt - freed
    flux = float(values["flux"]) * float(np.asarray(feed.dry_t_per_h))
    if flux > 0:
        reagents["Na2CO3"] = flux
    flux_carbon = flux * mass_fraction("Na2CO3", "C")
    gas = {
        "C": out.carbon + there.get("C", 0.0) + flux_carbon,
        "O": burnt + flux_carbon * mass_fraction("CO2", "O") / mass_fraction("CO2", "C"),
    }
    metal = {**_shared(feed, values, "to_metal"), "Sb": out.metal}
    splits, notes = shares_of_masses(feed, reagents, {"metal": metal, "gas": gas}, "slag")
    heat = float(values["heat"]) * float(np.asarray(feed.dry_t_per_h))
    return LawResult(splits, {"heat_gj": heat}, notes, reagents)


def _silica(feed: Feed, there: dict[str, float]) -> float:
    """Return the silica of the feed, from silicon that is followed as an element or in SiO2."""
    return there.get("Si", 0.0) / mass_fraction("SiO2", "Si")


def _apply_smelt(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    if there.get("Cu", 0.0) <= 0:
        return LawResult(everything_to(feed, 1, 3), {}, (IDLE,))
    volatile = _shared(feed, values, "to_gas")
    collected = _shared(feed, values, "to_matte")
    silica = _silica(feed, there)
    whole = float(np.asarray(feed.dry_t_per_h))
    # Oxygen that is bound neither in silica nor in gangue came with iron: a slag that is returned.
    gangue = {m: mass for m, mass in there.items() if m in OXIDES and m not in ("Cu", "Fe", "Sb")}
    free = max(0.0, there.get("O", 0.0) - oxygen_in_oxides(gangue, OXIDES))
    other = whole - there["Cu"] - there.get("Fe", 0.0) - there.get("S", 0.0) - silica - free
    other -= sum(volatile.values()) + sum(collected.values())
    out = smelt_concentrate(
        Concentrate(
            there["Cu"], there.get("Fe", 0.0), there.get("S", 0.0), silica, max(0.0, other)
        ),
        float(values["matte_grade"]),
        float(values["iron_to_silica"]),
        float(values["slag_copper"]),
    )
    reagents = {}
    if out.silica_flux > 0:
        reagents["SiO2"] = out.silica_flux
    if out.oxygen > free:
        reagents["O2"] = out.oxygen - free
    gas = {**volatile, "S": there.get("S", 0.0) - out.matte_sulphur}
    gas["O"] = gas["S"] * mass_fraction("SO2", "O") / mass_fraction("SO2", "S")
    matte = {
        **collected,
        "Cu": out.matte_copper,
        "Fe": out.matte_iron,
        "S": out.matte_sulphur,
    }
    splits, notes = shares_of_masses(feed, reagents, {"matte": matte, "gas": gas}, "slag")
    return LawResult(splits, {}, notes, reagents)


def _apply_convert(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    if there.get("Cu", 0.0) <= 0:
        return LawResult(everything_to(feed, 1, 3), {}, (IDLE,))
    out = convert_matte(
        there["Cu"],
        there.get("Fe", 0.0),
        there.get("S", 0.0),
        float(values["slag_copper"]),
        float(values["iron_to_silica"]),
    )
    reagents = {"O2": out.oxygen}
    if out.silica_flux > 0:
        reagents["SiO2"] = out.silica_flux
    sulphur = out.sulphur_dioxide * mass_fraction("SO2", "S")
    gas = {**_shared(feed, values, "to_gas"), "S": sulphur}
    gas["O"] = out.sulphur_dioxide * mass_fraction("SO2", "O")
    blister = {
        **_shared(feed, values, "to_blister"),
        "Cu": out.blister_copper,
        "S": there.get("S", 0.0) - sulphur,
    }
    splits, notes = shares_of_masses(feed, reagents, {"blister": blister, "gas": gas}, "slag")
    return LawResult(splits, {}, notes, reagents)


def _apply_fire(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    burnt = there.get("S", 0.0) * float(values["sulphur_removed"])
    oxygen = burnt * mass_fraction("SO2", "O") / mass_fraction("SO2", "S")
    slag = _shared(feed, values, "to_slag")
    reagents = {"O2": oxygen} if oxygen > 0 else {}
    gas = {"S": burnt, "O": oxygen}
    splits, notes = shares_of_masses(feed, reagents, {"slag": slag, "gas": gas}, "anode")
    heat = float(values["heat"]) * float(np.asarray(feed.dry_t_per_h))
    return LawResult(splits, {"heat_gj": heat}, notes, reagents)


_BY_OUTLET: Final = {
    name: of_each("1", 0, 1, f"part of the component that goes to the {name[3:]}", 0.0)
    for name in ("to_dust", "to_metal", "to_gas", "to_matte", "to_blister", "to_slag")
}

SMELTING_LAWS: Final = (
    Law(
        name="roast_stibnite",
        rung=2,
        outlets=("dust", "calcine", "gas"),
        phases=(SOLID, SOLID, GAS),
        parameters={
            "volatilised": number("1", 0.5, 0.99, "part of the antimony that leaves as fume"),
            "sulphur_removed": number("1", 0.5, 1, "part of the sulphur that burns", 1.0),
            "to_dust": _BY_OUTLET["to_dust"],
        },
        source="Sb2S3 + 4.5 O2 = Sb2O3 + 3 SO2; Anderson, Chemie der Erde 72 S4 (2012)",
        apply=_apply_roast,
        breaks_minerals=True,
        meaning="volatilising roast or blast furnace of antimony sulphide: oxide fume and SO2",
    ),
    Law(
        name="reduce_antimony",
        rung=2,
        outlets=("metal", "slag", "gas"),
        phases=(SOLID, SOLID, GAS),
        parameters={
            "slag_loss": number("1", 0, 0.3, "part of the antimony that stays in slag and dross"),
            "excess": number("1", 0, 2, "carbon above 0.75 mol for each mol of Sb", 0.2),
            "flux": number("1", 0, 0.2, "soda, Na2CO3, for each t of feed", 0.0),
            "heat": number("GJ/t", 0, 20, "heat fired for each t of feed", 4.0),
            "to_metal": _BY_OUTLET["to_metal"],
        },
        source="Sb2O3 + 1.5 C = 2 Sb + 1.5 CO2",
        apply=_apply_reduce,
        breaks_minerals=True,
        meaning="reverberatory or rotary reduction of antimony oxide",
    ),
    Law(
        name="smelt_copper",
        rung=2,
        outlets=("matte", "slag", "gas"),
        phases=(SOLID, SOLID, GAS),
        parameters={
            "matte_grade": number("1", 0.4, 0.75, "copper of the matte"),
            "iron_to_silica": number("1", 1.1, 2.2, "Fe/SiO2 of the slag", 1.5),
            "slag_copper": number("1", 0.003, 0.03, "copper of the slag"),
            "to_matte": _BY_OUTLET["to_matte"],
            "to_gas": _BY_OUTLET["to_gas"],
        },
        source="Schlesinger et al., Extractive Metallurgy of Copper, 5th ed. (2011)",
        apply=_apply_smelt,
        breaks_minerals=True,
        meaning="flash or bath smelting to matte; slag by the Fe/SiO2 rule, copper lost with it",
    ),
    Law(
        name="convert_copper",
        rung=2,
        outlets=("blister", "slag", "gas"),
        phases=(SOLID, SOLID, GAS),
        parameters={
            "slag_copper": number("1", 0.01, 0.1, "copper of the converter slag", 0.05),
            "iron_to_silica": number("1", 1.5, 3, "Fe/SiO2 of the slag", 2.0),
            "to_blister": _BY_OUTLET["to_blister"],
            "to_gas": _BY_OUTLET["to_gas"],
        },
        source="Schlesinger et al., Extractive Metallurgy of Copper, 5th ed. (2011)",
        apply=_apply_convert,
        breaks_minerals=True,
        meaning="converting of matte to blister copper; its slag goes back to the smelter",
    ),
    Law(
        name="fire_refine",
        rung=0,
        outlets=("anode", "slag", "gas"),
        phases=(SOLID, SOLID, GAS),
        parameters={
            "sulphur_removed": number("1", 0.5, 1, "part of the sulphur blown out", 0.95),
            "to_slag": _BY_OUTLET["to_slag"],
            "heat": number("GJ/t", 0, 10, "heat fired for each t of blister", 2.0),
        },
        source="the plant that the numbers cite",
        apply=_apply_fire,
        breaks_minerals=True,
        meaning="fire refining of blister copper to anodes, or of crude antimony",
    ),
)
