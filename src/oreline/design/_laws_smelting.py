"""The unit laws of antimony and copper smelting and refining."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from oreline.design._law import Feed, Law, LawResult, StreamPhase, Values
from oreline.design._law_antimony import reduce_antimony_oxide, roast_stibnite
from oreline.design._law_copper import Concentrate, convert_matte, smelt_concentrate
from oreline.design._law_inputs import Amount
from oreline.design._law_shares import (
    dosed,
    elements_of,
    number,
    of_each,
    oxygen_in_oxides,
    parts_of,
    shares_of_masses,
    where_busy,
)
from oreline.design._law_stoichiometry import OXIDES, mass_fraction

SOLID: Final = StreamPhase.SOLID
GAS: Final = StreamPhase.GAS

IDLE: Final = "nothing to treat"
_BREATH: Final = 1e-12
"""Less oxygen than this is the rounding of what reactions need."""


def _air(feed: Feed, needed: Amount) -> dict[str, Amount]:
    """Return the oxygen that is blown in: what reactions need beyond what the feed brings."""
    missing = needed - elements_of(feed).get("O", 0.0)
    return dosed(O2=np.where(missing > _BREATH, missing, 0.0)[()])


def _where_there(
    feed: Feed, values: Values, metal: str, treat: Callable[[Feed, Values], LawResult]
) -> LawResult:
    """Treat the samples that hold the metal for which the furnace is there."""
    busy = np.asarray(elements_of(feed).get(metal, 0.0)) > 0
    return where_busy(feed, values, busy, 1, treat, (IDLE,))


def _apply_roast(feed: Feed, values: Values) -> LawResult:
    return _where_there(feed, values, "Sb", _roasted)


def _roasted(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    out = roast_stibnite(there["Sb"], values["volatilised"])
    burnt = values["sulphur_removed"] * there.get("S", 0.0)
    gas_oxygen = burnt * mass_fraction("SO2", "O") / mass_fraction("SO2", "S")
    dust_oxygen = out.oxide - out.antimony_in_oxide
    calcine_oxygen = out.left * mass_fraction("Sb2O4", "O") / mass_fraction("Sb2O4", "Sb")
    # All other metals leave as oxides in the calcine; what came as oxide needs no air.
    gangue = {metal: mass for metal, mass in there.items() if metal in OXIDES and metal != "Sb"}
    dust = {
        **parts_of(feed, values, "to_dust"),
        "Sb": out.antimony_in_oxide,
        "O": dust_oxygen,
    }
    carbon = there.get("C", 0.0)
    burnt_carbon = carbon * mass_fraction("CO2", "O") / mass_fraction("CO2", "C")
    gas = {"S": burnt, "O": gas_oxygen + burnt_carbon, "C": carbon}
    kept = calcine_oxygen + oxygen_in_oxides(gangue, OXIDES)
    reagents = _air(feed, dust_oxygen + gas["O"] + kept)
    splits, notes = shares_of_masses(feed, reagents, {"dust": dust, "gas": gas}, "calcine")
    return LawResult(splits, {}, notes, reagents)


def _apply_reduce(feed: Feed, values: Values) -> LawResult:
    return _where_there(feed, values, "Sb", _reduced)


def _reduced(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    out = reduce_antimony_oxide(there["Sb"], values["slag_loss"], values["excess"])
    freed = out.metal * mass_fraction("Sb2O3", "O") / mass_fraction("Sb2O3", "Sb")
    burnt = out.carbon_dioxide - out.carbon
    flux = values["flux"] * feed.dry_t_per_h
    # The oxide's oxygen burns part of the carbon, air the excess.
    air = np.maximum(burnt - freed, 0.0)
    reagents = {"C": out.carbon, **dosed(O2=air, Na2CO3=flux)}
    flux_carbon = flux * mass_fraction("Na2CO3", "C")
    gas = {
        "C": out.carbon + there.get("C", 0.0) + flux_carbon,
        "O": burnt + flux_carbon * mass_fraction("CO2", "O") / mass_fraction("CO2", "C"),
    }
    metal = {**parts_of(feed, values, "to_metal"), "Sb": out.metal}
    splits, notes = shares_of_masses(feed, reagents, {"metal": metal, "gas": gas}, "slag")
    return LawResult(splits, {"heat_gj": values["heat"] * feed.dry_t_per_h}, notes, reagents)


def _silica(there: dict[str, Amount]) -> Amount:
    """Return the silica of the feed, from silicon that is followed as an element or in SiO2."""
    return there.get("Si", 0.0) / mass_fraction("SiO2", "Si")


def _apply_smelt(feed: Feed, values: Values) -> LawResult:
    return _where_there(feed, values, "Cu", _smelted)


def _smelted(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    volatile = parts_of(feed, values, "to_gas")
    collected = parts_of(feed, values, "to_matte")
    silica = _silica(there)
    iron, sulphur = there.get("Fe", 0.0), there.get("S", 0.0)
    # Oxygen that is bound neither in silica nor in gangue came with iron: a slag that is returned.
    gangue = {m: mass for m, mass in there.items() if m in OXIDES and m not in ("Cu", "Fe", "Sb")}
    free = np.maximum(0.0, there.get("O", 0.0) - oxygen_in_oxides(gangue, OXIDES))
    other = feed.dry_t_per_h - there["Cu"] - iron - sulphur - silica - free
    other = other - sum(volatile.values()) - sum(collected.values())
    out = smelt_concentrate(
        Concentrate(there["Cu"], iron, sulphur, silica, np.maximum(0.0, other)),
        values["matte_grade"],
        values["iron_to_silica"],
        values["slag_copper"],
    )
    reagents = dosed(SiO2=out.silica_flux, O2=np.maximum(out.oxygen - free, 0.0))
    burnt = sulphur - out.matte_sulphur
    gas = {
        **volatile,
        "S": burnt,
        "O": burnt * mass_fraction("SO2", "O") / mass_fraction("SO2", "S"),
    }
    matte = {
        **collected,
        "Cu": out.matte_copper,
        "Fe": out.matte_iron,
        "S": out.matte_sulphur,
    }
    splits, notes = shares_of_masses(feed, reagents, {"matte": matte, "gas": gas}, "slag")
    return LawResult(splits, {}, notes, reagents)


def _apply_convert(feed: Feed, values: Values) -> LawResult:
    return _where_there(feed, values, "Cu", _converted)


def _converted(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    iron, sulphur = there.get("Fe", 0.0), there.get("S", 0.0)
    out = convert_matte(there["Cu"], iron, sulphur, values["slag_copper"], values["iron_to_silica"])
    reagents = {"O2": out.oxygen, **dosed(SiO2=out.silica_flux)}
    burnt = out.sulphur_dioxide * mass_fraction("SO2", "S")
    gas = {
        **parts_of(feed, values, "to_gas"),
        "S": burnt,
        "O": out.sulphur_dioxide * mass_fraction("SO2", "O"),
    }
    blister = {
        **parts_of(feed, values, "to_blister"),
        "Cu": out.blister_copper,
        "S": sulphur - burnt,
    }
    splits, notes = shares_of_masses(feed, reagents, {"blister": blister, "gas": gas}, "slag")
    return LawResult(splits, {}, notes, reagents)


def _apply_fire(feed: Feed, values: Values) -> LawResult:
    there = elements_of(feed)
    burnt = there.get("S", 0.0) * values["sulphur_removed"]
    oxygen = burnt * mass_fraction("SO2", "O") / mass_fraction("SO2", "S")
    slag = parts_of(feed, values, "to_slag")
    reagents = dosed(O2=oxygen)
    gas = {"S": burnt, "O": oxygen}
    splits, notes = shares_of_masses(feed, reagents, {"slag": slag, "gas": gas}, "anode")
    return LawResult(splits, {"heat_gj": values["heat"] * feed.dry_t_per_h}, notes, reagents)


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
        batched=True,
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
        batched=True,
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
        batched=True,
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
        batched=True,
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
        batched=True,
        meaning="fire refining of blister copper to anodes, or of crude antimony",
    ),
)
