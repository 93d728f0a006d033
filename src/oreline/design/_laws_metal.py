"""The unit laws of metal making: electrowinning and refining, fluoride, calcium, molten salt."""

from __future__ import annotations

from typing import Final

import numpy as np

from oreline.design._law import (
    WATER,
    Feed,
    Law,
    LawResult,
    StreamPhase,
    Values,
    component_values,
)
from oreline.design._law_electrolysis import charge_ah_per_kg, electrolysis_kwh_per_kg
from oreline.design._law_inputs import Amount
from oreline.design._law_shares import (
    dosed,
    elements_of,
    flows_of,
    number,
    of_each,
    oxygen_in_oxides,
    parts_of,
    shares_of_masses,
    some,
)
from oreline.design._law_stoichiometry import (
    OXIDES,
    RARE_EARTHS,
    is_element,
    molar_mass_g_per_mol,
)

SOLID: Final = StreamPhase.SOLID
SOLUTION: Final = StreamPhase.SOLUTION
GAS: Final = StreamPhase.GAS


def _electrons(feed: Feed, values: Values) -> dict[str, Amount]:
    count = component_values(values, "electrons", feed.components, missing=2.0)
    return dict(zip(feed.components, np.moveaxis(count, -1, 0), strict=True))


def _plated(feed: Feed, values: Values, name: str) -> dict[str, Amount]:
    return {one: mass for one, mass in parts_of(feed, values, name).items() if some(mass)}


def _power_kwh(feed: Feed, values: Values, plated: dict[str, Amount]) -> Amount:
    count = _electrons(feed, values)
    volts, efficiency = values["volts"], values["current_efficiency"]
    return sum(
        1000 * mass * electrolysis_kwh_per_kg(metal, count[metal], volts, efficiency)
        for metal, mass in plated.items()
        if is_element(metal)
    )


def _apply_electrowin(feed: Feed, values: Values) -> LawResult:
    cathode = _plated(feed, values, "plated")
    power = _power_kwh(feed, values, cathode)
    count = _electrons(feed, values)
    charge = sum(
        mass * charge_ah_per_kg(metal, count[metal])
        for metal, mass in cathode.items()
        if is_element(metal)
    )
    # Two electrons for each atom of oxygen at the anode. CuSO4 less Cu and O is SO3, which is the
    # acid of the spent electrolyte.
    oxygen = values["oxygen_at_anode"] * charge / charge_ah_per_kg("O", 2)
    notes: tuple[str, ...] = ()
    unfollowed = oxygen > elements_of(feed).get("O", 0.0)
    if np.any(unfollowed):
        oxygen = np.where(unfollowed, 0.0, oxygen)[()]
        notes = ("the liquor's oxygen is not followed: the gas at the anode is left out",)
    masses = {"cathode": cathode, "gas": {"O": oxygen}}
    splits, said = shares_of_masses(feed, {}, masses, "spent")
    return LawResult(splits, {"power_kwh": power}, (*notes, *said))


def _apply_electrorefine(feed: Feed, values: Values) -> LawResult:
    cathode = _plated(feed, values, "to_cathode")
    slime = _plated(feed, values, "to_slime")
    power = _power_kwh(feed, values, cathode)
    masses = {"cathode": cathode, "slime": slime}
    splits, notes = shares_of_masses(feed, {}, masses, "electrolyte")
    return LawResult(splits, {"power_kwh": power}, notes)


def _rare_earths(feed: Feed) -> dict[str, Amount]:
    there = elements_of(feed)
    return {name: mass for name, mass in there.items() if name in RARE_EARTHS and some(mass)}


def _apply_fluorinate(feed: Feed, values: Values) -> LawResult:
    metals = _rare_earths(feed)
    moles = sum(mass / molar_mass_g_per_mol(metal) for metal, mass in metals.items())
    dose = 3 * moles * (1 + values["excess"]) * molar_mass_g_per_mol("HF")
    fluorine = 3 * moles * molar_mass_g_per_mol("F")
    product = {**metals, "F": fluorine}
    reagents = dosed(HF=dose)
    kept = {
        name: flow
        for name, flow in flows_of(feed).items()
        if name not in ("O", "H", "F", "C", WATER) and name not in metals
    }
    splits, notes = shares_of_masses(feed, reagents, {"product": {**kept, **product}}, "gas")
    return LawResult(splits, {}, notes, reagents)


def _apply_calcium(feed: Feed, values: Values) -> LawResult:
    metals = _rare_earths(feed)
    moles = sum(mass / molar_mass_g_per_mol(metal) for metal, mass in metals.items())
    dose = 1.5 * moles * (1 + values["excess"]) * molar_mass_g_per_mol("Ca")
    made = _plated(feed, values, "recovery")
    reagents = dosed(Ca=dose)
    splits, notes = shares_of_masses(feed, reagents, {"metal": made}, "slag")
    power = values["power"] * 1000 * sum(made.values())
    return LawResult(splits, {"power_kwh": power}, notes, reagents)


def _apply_molten_salt(feed: Feed, values: Values) -> LawResult:
    made = _plated(feed, values, "recovery")
    power = sum(
        1000
        * mass
        * electrolysis_kwh_per_kg(metal, 3, values["volts"], values["current_efficiency"])
        for metal, mass in made.items()
        if metal in RARE_EARTHS or metal == "Fe"
    )
    oxygen = oxygen_in_oxides(made, OXIDES)
    as_co2 = values["co2_fraction"]
    moles = oxygen / molar_mass_g_per_mol("O")
    carbon = moles * (as_co2 / 2 + (1 - as_co2)) * molar_mass_g_per_mol("C")
    reagents = dosed(C=carbon)
    gas = {"O": oxygen, "C": carbon}
    splits, notes = shares_of_masses(feed, reagents, {"metal": made, "gas": gas}, "salt")
    return LawResult(splits, {"power_kwh": power}, notes, reagents)


_CELL: Final = {
    "electrons": of_each("1", 1, 6, "electrons for each atom plated", 2.0),
    "volts": number("V", 0.1, 15, "voltage of a cell"),
    "current_efficiency": number("1", 0.3, 1, "part of the current that plates the metal"),
}
_EXCESS: Final = number("1", 0, 1, "reagent above what the reaction needs", 0.1)
_RECOVERY: Final = of_each("1", 0, 1, "part of the metal that is made", 0.0)

METAL_LAWS: Final = (
    Law(
        name="electrowin",
        rung=2,
        outlets=("cathode", "spent", "gas"),
        phases=(SOLID, SOLUTION, GAS),
        parameters={
            "plated": of_each("1", 0, 1, "part of the metal that plates in one pass", 0.0),
            "oxygen_at_anode": number("1", 0, 1, "1 where oxygen leaves the anode, else 0", 1.0),
            **_CELL,
        },
        source="Faraday: kWh/kg = n F V / (3600 M eta)",
        apply=_apply_electrowin,
        batched=True,
        by_feed=True,
        meaning="electrowinning of copper or antimony from a liquor",
    ),
    Law(
        name="electrorefine",
        rung=2,
        outlets=("cathode", "slime", "electrolyte"),
        phases=(SOLID, SOLID, SOLUTION),
        parameters={
            "to_cathode": of_each("1", 0, 1, "part that plates on the cathode", 0.0),
            "to_slime": of_each("1", 0, 1, "part that falls as anode slime", 0.0),
            **_CELL,
        },
        source="Faraday: kWh/kg = n F V / (3600 M eta)",
        apply=_apply_electrorefine,
        batched=True,
        by_feed=True,
        meaning="electrorefining of anodes; precious metals fall with the slime",
    ),
    Law(
        name="fluorinate",
        rung=2,
        outlets=("product", "gas"),
        phases=(SOLID, GAS),
        parameters={"excess": _EXCESS},
        source="RE2O3 + 6 HF = 2 REF3 + 3 H2O",
        apply=_apply_fluorinate,
        batched=True,
        breaks_minerals=True,
        meaning="rare-earth oxide to fluoride with hydrogen fluoride",
    ),
    Law(
        name="reduce_with_calcium",
        rung=2,
        outlets=("metal", "slag"),
        phases=(SOLID, SOLID),
        parameters={
            "recovery": _RECOVERY,
            "excess": _EXCESS,
            "power": number("kWh/kg", 0, 20, "power for each kg of metal", 3.0),
        },
        source="2 REF3 + 3 Ca = 2 RE + 3 CaF2; Gupta and Krishnamurthy (2005)",
        apply=_apply_calcium,
        batched=True,
        breaks_minerals=True,
        meaning="metallothermic reduction of rare-earth fluoride",
    ),
    Law(
        name="molten_salt",
        rung=2,
        outlets=("metal", "salt", "gas"),
        phases=(SOLID, SOLID, GAS),
        parameters={
            "recovery": _RECOVERY,
            "volts": number("V", 4, 15, "voltage of a cell", 10.0),
            "current_efficiency": number("1", 0.4, 0.95, "part of the current used", 0.75),
            "co2_fraction": number("1", 0, 1, "part of the oxygen that leaves as CO2", 0.5),
        },
        source="Faraday with 3 electrons; anode carbon 1.5 to 3 mol for each mol of RE2O3",
        apply=_apply_molten_salt,
        batched=True,
        breaks_minerals=True,
        meaning="electrolysis of rare-earth oxide in molten fluoride",
    ),
)
