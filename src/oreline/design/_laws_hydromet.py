"""The unit laws of hydrometallurgy: leaches, precipitation, calcination."""

from __future__ import annotations

from typing import Final

import numpy as np

from oreline.design._law import (
    WATER,
    Array,
    Feed,
    Law,
    LawResult,
    StreamPhase,
    Values,
    component_values,
)
from oreline.design._law_antimony import sodium_sulphide_t_per_t_antimony
from oreline.design._law_inputs import Amount, whole_stages
from oreline.design._law_leach import (
    acid_t_per_h,
    heap_recovery,
    reaction_rate_per_h,
    tank_train,
    tank_train_shrinking_core,
)
from oreline.design._law_precipitation import oxalic_acid_t_per_h, solubility_recovery
from oreline.design._law_shares import (
    dosed,
    elements_of,
    flows_of,
    number,
    of_all,
    of_each,
    oxygen_in_oxides,
    parts_of,
    shares_of_masses,
    some,
    two_ways,
)
from oreline.design._law_stoichiometry import (
    OXIDES,
    RARE_EARTHS,
    mass_fraction,
    molar_mass_g_per_mol,
)
from oreline.model import InputError

SOLID: Final = StreamPhase.SOLID
SOLUTION: Final = StreamPhase.SOLUTION
GAS: Final = StreamPhase.GAS


def _leach(feed: Feed, values: Values, dissolved: Array, acid: str) -> LawResult:
    """Dissolve these parts, dose the acid that they and the free acid take, wet the residue."""
    taken = np.moveaxis(dissolved * feed.flow_t_per_h, -1, 0)
    elements = {name: mass for name, mass in zip(feed.components, taken, strict=True) if some(mass)}
    metals = {name: mass for name, mass in elements.items() if name in OXIDES}
    water = feed.water_t_per_h
    used = acid_t_per_h(metals, acid, values["free_acid"] / 1000 * water)
    dose = sum(used.values())
    left = np.sum(feed.flow_t_per_h * (1 - dissolved), axis=-1)
    stays = _water_with(left, water, values["residue_solids"])
    reagents = dosed(**{acid: dose})
    solution: dict[str, Amount] = dict(elements)
    if reagents:
        for element in ("S", "O", "H", "Cl", "N"):
            share = mass_fraction(acid, element)
            if share:
                solution[element] = solution.get(element, 0.0) + share * dose
    solution[WATER] = water - stays
    splits, notes = shares_of_masses(feed, reagents, {"solution": solution}, "residue")
    return LawResult(splits, {}, notes, reagents)


def _water_with(solids: Amount, water: Amount, solids_fraction: Amount) -> Amount:
    if np.any(np.asarray(solids_fraction) <= 0):
        raise InputError("the residue must hold solids; write residue_solids above 0")
    return np.minimum(water, solids * (1 - solids_fraction) / solids_fraction)


def _apply_leach_fixed(feed: Feed, values: Values) -> LawResult:
    dissolved = component_values(values, "extraction", feed.components, missing=0.0)
    return _leach(feed, values, dissolved, "H2SO4")


def _apply_leach_hydrochloric(feed: Feed, values: Values) -> LawResult:
    dissolved = component_values(values, "extraction", feed.components, missing=0.0)
    return _leach(feed, values, dissolved, "HCl")


def _apply_leach_tanks(feed: Feed, values: Values) -> LawResult:
    rate = component_values(values, "k", feed.components, missing=0.0)
    ceiling = component_values(values, "final", feed.components, missing=1.0)
    tanks = whole_stages("the number of tanks", values["tanks"])
    dissolved = ceiling * tank_train(rate, of_all(values["hours"]), tanks)
    return _leach(feed, values, dissolved, "H2SO4")


def _apply_leach_core(feed: Feed, values: Values) -> LawResult:
    base = component_values(values, "k", feed.components, missing=0.0)
    speed = reaction_rate_per_h(
        1.0,
        values["strength"],
        values["order"],
        values["activation"],
        values["temperature"],
        values["reference_temperature"],
    )
    tanks = whole_stages("the number of tanks", values["tanks"])
    rate, hours = base * of_all(speed), of_all(values["hours"])
    return _leach(feed, values, tank_train_shrinking_core(rate, hours, tanks), "H2SO4")


def _apply_heap(feed: Feed, values: Values) -> LawResult:
    final = component_values(values, "final", feed.components, missing=0.0)
    dissolved = heap_recovery(final, of_all(values["k"]), of_all(values["days"]))
    return _leach(feed, values, dissolved, "H2SO4")


def _apply_sulphide_leach(feed: Feed, values: Values) -> LawResult:
    dissolved = component_values(values, "extraction", feed.components, missing=0.0)
    taken = np.moveaxis(dissolved * feed.flow_t_per_h, -1, 0)
    flows = dict(zip(feed.components, taken, strict=True))
    antimony = flows.get("Sb", 0.0)
    dose = antimony * sodium_sulphide_t_per_t_antimony(values["excess"])
    sulphur = elements_of(feed).get("S", 0.0)
    # Stibnite's own sulphur dissolves with its antimony.
    held = antimony * 1.5 * molar_mass_g_per_mol("S") / molar_mass_g_per_mol("Sb")
    freed = np.minimum(sulphur, held)
    solution = {name: mass for name, mass in flows.items() if some(mass)}
    solution["S"] = np.maximum(solution.get("S", 0.0), freed) + dose * mass_fraction("Na2S", "S")
    solution["Na"] = solution.get("Na", 0.0) + dose * mass_fraction("Na2S", "Na")
    water = feed.water_t_per_h
    left = np.sum(feed.flow_t_per_h * (1 - dissolved), axis=-1)
    solution[WATER] = water - _water_with(left, water, values["residue_solids"])
    reagents = dosed(Na2S=dose)
    splits, notes = shares_of_masses(feed, reagents, {"solution": solution}, "residue")
    return LawResult(splits, {}, notes, reagents)


def _apply_precipitate(feed: Feed, values: Values) -> LawResult:
    falls = component_values(values, "recovery", feed.components, missing=0.0)
    solids = (falls * feed.flow_t_per_h).sum(axis=-1)
    return LawResult(two_ways(feed, falls, _wet_share(feed, solids, values["solids_fraction"])))


def _wet_share(feed: Feed, solids: Amount, solids_fraction: Amount) -> Array:
    """Return the share of the water that a precipitate keeps."""
    share = np.asarray(solids_fraction, dtype=np.float64)
    water = np.asarray(feed.water_t_per_h, dtype=np.float64)
    wanted = solids * (1 - share) / share
    kept = np.divide(wanted, water, out=np.zeros_like(wanted + water), where=water > 0)
    return np.asarray(np.minimum(kept, 1.0))


def _apply_oxalate(feed: Feed, values: Values) -> LawResult:
    flows = flows_of(feed)
    metals = {name: flow for name, flow in flows.items() if name in RARE_EARTHS and some(flow)}
    dose = oxalic_acid_t_per_h(metals, values["excess"])
    solid = parts_of(feed, values, "recovery")
    # What precipitates takes three halves of C2O4 with it; the acid's hydrogen stays in solution.
    bound = oxalic_acid_t_per_h({m: solid.get(m, 0.0) for m in metals})
    for element in ("C", "O"):
        solid[element] = solid.get(element, 0.0) + bound * mass_fraction("C2H2O4", element)
    share = values["solids_fraction"]
    solid[WATER] = np.minimum(feed.water_t_per_h, sum(solid.values()) * (1 - share) / share)
    reagents = dosed(C2H2O4=dose)
    splits, notes = shares_of_masses(feed, reagents, {"solid": solid}, "solution")
    return LawResult(splits, {}, notes, reagents)


def _apply_solubility(feed: Feed, values: Values) -> LawResult:
    keeps = component_values(values, "solubility", feed.components, missing=np.inf)
    volume = of_all(feed.water_t_per_h * np.asarray(values["volume_ratio"], dtype=np.float64))
    there = (feed.flow_t_per_h > 0) & np.isfinite(keeps) & (volume > 0)
    held = np.divide(
        1000 * feed.flow_t_per_h, volume, out=np.ones_like(feed.flow_t_per_h), where=there
    )
    falls = np.where(there, solubility_recovery(held, np.where(there, keeps, 0.0)), 0.0)
    solids = (falls * feed.flow_t_per_h).sum(axis=-1)
    kept = _wet_share(feed, solids, values["solids_fraction"])
    notes = () if np.all(volume > 0) else ("there is no liquor: nothing precipitates",)
    return LawResult(two_ways(feed, falls, kept), {}, notes)


def _apply_calcine(feed: Feed, values: Values) -> LawResult:
    flows = flows_of(feed)
    metals = {name: flow for name, flow in flows.items() if name in OXIDES and some(flow)}
    lost = component_values(values, "to_gas", feed.components, missing=0.0)
    stays = dict(
        zip(feed.components, np.moveaxis(feed.flow_t_per_h * (1 - lost), -1, 0), strict=True)
    )
    oxygen = oxygen_in_oxides(metals, OXIDES)
    carbon = flows.get("C", 0.0)
    burnt = carbon * mass_fraction("CO2", "O") / mass_fraction("CO2", "C")
    steam = flows.get("H", 0.0) * mass_fraction("H2O", "O") / mass_fraction("H2O", "H")
    product = {name: flow for name, flow in stays.items() if name not in ("C", "H", "O", WATER)}
    reagents: dict[str, Amount] = {}
    if "O" in flows:
        # Air gives what the solids' own oxygen does not, for oxides, CO2 and steam.
        reagents = dosed(O2=np.maximum(0.0, oxygen + burnt + steam - flows["O"]))
        product["O"] = oxygen
    splits, notes = shares_of_masses(feed, reagents, {"product": product}, "gas")
    if "O" not in flows:
        notes = (*notes, "O is not followed: the oxygen of the oxides is not in the balance")
    heat = 2.257 * feed.water_t_per_h + values["heat"] * feed.dry_t_per_h
    return LawResult(splits, {"heat_gj": heat}, notes, reagents)


_ACID: Final = {
    "free_acid": number("g/L", 0, 200, "acid left free in the liquor", 0.0),
    "residue_solids": number("1", 0.1, 0.95, "solids of the residue, of the wet mass", 0.7),
}
_TANKS: Final = {
    "hours": number("h", 0.1, 72, "residence in each tank"),
    "tanks": number("1", 1, 12, "tanks in the train"),
}
_WET: Final = number("1", 0.1, 0.95, "solids of the precipitate, of the wet mass", 0.5)
_LEACH_OUTLETS: Final = ("solution", "residue")
_LEACH_PHASES: Final = (SOLUTION, SOLID)
_EXTRACTION: Final = of_each("1", 0, 1, "part of the component that dissolves", 0.0)

HYDROMET_LAWS: Final = (
    Law(
        name="leach",
        rung=0,
        outlets=_LEACH_OUTLETS,
        phases=_LEACH_PHASES,
        parameters={"extraction": _EXTRACTION, **_ACID},
        source="the test or plant that the extractions cite; acid by stoichiometry",
        batched=True,
        apply=_apply_leach_fixed,
        breaks_minerals=True,
        meaning="leach in sulphuric acid at stated extractions; gangue takes acid too",
    ),
    Law(
        name="leach_hydrochloric",
        rung=0,
        outlets=_LEACH_OUTLETS,
        phases=_LEACH_PHASES,
        parameters={"extraction": _EXTRACTION, **_ACID},
        source="the test or plant that the extractions cite; acid by stoichiometry",
        batched=True,
        apply=_apply_leach_hydrochloric,
        breaks_minerals=True,
        meaning="leach in hydrochloric acid at stated extractions",
    ),
    Law(
        name="leach_tanks",
        rung=2,
        outlets=_LEACH_OUTLETS,
        phases=_LEACH_PHASES,
        parameters={
            "k": of_each("1/h", 0, 50, "first-order rate", 0.0),
            "final": of_each("1", 0, 1, "part that dissolves in the end", 1.0),
            **_TANKS,
            **_ACID,
        },
        source="first order in mixed tanks: X = Xinf (1 - (1 + k t)^-N)",
        batched=True,
        apply=_apply_leach_tanks,
        breaks_minerals=True,
        meaning="leach in a train of tanks, first order",
    ),
    Law(
        name="leach_core",
        rung=2,
        outlets=_LEACH_OUTLETS,
        phases=_LEACH_PHASES,
        parameters={
            "k": of_each("1/h", 0, 10, "1 / time in which a grain dissolves in the test", 0.0),
            "strength": number("1", 0, 10, "reagent's strength relative to the test", 1.0),
            "order": number("1", 0, 3, "order of the reaction in the reagent", 1.0),
            "activation": number("kJ/mol", 0, 150, "activation energy", 0.0),
            "temperature": number("degC", 0, 250, "temperature of the leach", 25.0),
            "reference_temperature": number("degC", 0, 250, "temperature of the test", 25.0),
            **_TANKS,
            **_ACID,
        },
        source="shrinking core, 1 - (1-X)^(1/3) = k t, over the residence times of the tanks",
        batched=True,
        apply=_apply_leach_core,
        breaks_minerals=True,
        meaning="leach of shrinking grains in a train of tanks, with temperature and strength",
    ),
    Law(
        name="heap_leach",
        rung=2,
        outlets=_LEACH_OUTLETS,
        phases=_LEACH_PHASES,
        parameters={
            "final": of_each("1", 0, 1, "part that dissolves in the end", 0.0),
            "k": number("1/d", 0, 1, "first-order rate of the heap"),
            "days": number("d", 1, 1500, "days under leach"),
            **_ACID,
        },
        source="X = Xinf (1 - exp(-k t))",
        batched=True,
        apply=_apply_heap,
        breaks_minerals=True,
        meaning="heap leach in sulphuric acid",
    ),
    Law(
        name="sulphide_leach",
        rung=2,
        outlets=_LEACH_OUTLETS,
        phases=_LEACH_PHASES,
        parameters={
            "extraction": _EXTRACTION,
            "excess": number("1", 0, 2, "Na2S above 1.5 mol for each mol of Sb"),
            "residue_solids": _ACID["residue_solids"],
        },
        source="Sb2S3 + 3 Na2S = 2 Na3SbS3",
        batched=True,
        apply=_apply_sulphide_leach,
        breaks_minerals=True,
        meaning="alkaline sodium sulphide leach of stibnite; gold and arsenic by their own numbers",
    ),
    Law(
        name="precipitate",
        rung=0,
        outlets=("solid", "solution"),
        phases=(SOLID, SOLUTION),
        parameters={
            "recovery": of_each("1", 0, 1, "part of the component that precipitates", 0.0),
            "solids_fraction": _WET,
        },
        source="the test or plant that the recoveries cite",
        batched=True,
        apply=_apply_precipitate,
        meaning="precipitation at stated recoveries",
    ),
    Law(
        name="precipitate_oxalate",
        rung=2,
        outlets=("solid", "solution"),
        phases=(SOLID, SOLUTION),
        parameters={
            "recovery": of_each("1", 0, 1, "part of the component that precipitates", 0.0),
            "excess": number("1", 0, 1, "oxalic acid above 1.5 mol for each mol of rare earths"),
            "solids_fraction": _WET,
        },
        source="2 RE + 3 C2H2O4 = RE2(C2O4)3",
        batched=True,
        apply=_apply_oxalate,
        meaning="rare earths as oxalate, with the acid they take",
    ),
    Law(
        name="precipitate_to_solubility",
        rung=2,
        outlets=("solid", "solution"),
        phases=(SOLID, SOLUTION),
        parameters={
            "solubility": of_each("g/L", 0, 500, "what the liquor keeps of the component"),
            "volume_ratio": number("1", 0.1, 5, "volume after over before", 1.0),
            "solids_fraction": _WET,
        },
        source="1 - c V / (c0 V0), and nothing from an unsaturated liquor",
        batched=True,
        apply=_apply_solubility,
        meaning="precipitation down to a solubility",
    ),
    Law(
        name="calcine",
        rung=2,
        outlets=("product", "gas"),
        phases=(SOLID, GAS),
        parameters={
            "to_gas": of_each("1", 0, 1, "part of the component that leaves with the gas", 0.0),
            "heat": number("GJ/t", 0, 20, "heat fired for each dry tonne", 3.0),
        },
        source="metals leave as oxides (CeO2, Pr6O11, Tb4O7, Nd2O3 ...), C as CO2, H as H2O",
        batched=True,
        apply=_apply_calcine,
        breaks_minerals=True,
        meaning="calcination or roasting of oxalates, carbonates, hydroxides and hydrates in air",
    ),
)
