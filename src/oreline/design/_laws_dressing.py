"""The unit laws of mineral dressing: grinding, classification, gravity, magnets, flotation."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from oreline.design._law import (
    Array,
    Feed,
    Law,
    LawResult,
    StreamPhase,
    Values,
    component_values,
)
from oreline.design._law_comminution import bond_energy_kwh_per_t
from oreline.design._law_flotation import bank_recovery, entrained_recovery, two_product_recovery
from oreline.design._law_partition import partition_fraction
from oreline.design._law_shares import everything_to, number, of_all, of_each, two_ways
from oreline.model import InputError

SOLID: Final = StreamPhase.SOLID


def _apply_grind(feed: Feed, values: Values) -> LawResult:
    energy = bond_energy_kwh_per_t(values["work_index"], values["f80"], values["p80"])
    power = energy * np.asarray(feed.dry_t_per_h)
    # Bond's wear of balls in wet mills, 0.35 (Ai - 0.015)^0.33 lb/kWh, in tonnes.
    abrasion = np.maximum(np.asarray(values["abrasion_index"]) - 0.015, 0.0)
    media = power * 0.35 * 0.45359237e-3 * abrasion**0.33
    consumed: Any = {"power_kwh": power, "media_t": media}
    return LawResult(everything_to(feed, 0, 1), consumed)


def _apply_partition(feed: Feed, values: Values) -> LawResult:
    heavy = partition_fraction(
        component_values(values, "property", feed.components, missing=0.0),
        of_all(values["cut"]),
        of_all(values["ep"]),
        of_all(values["bypass"]),
    )
    return LawResult(two_ways(feed, heavy, np.asarray(values["water_share"])))


def _bank(feed: Feed, values: Values, residence: Array) -> LawResult:
    names = feed.components
    rate = component_values(values, "k", names, missing=0.0)
    ceiling = component_values(values, "rinf", names, missing=1.0)
    floated = bank_recovery(rate, residence, values["cells"], ceiling)
    water = np.asarray(values["water_recovery"])
    carried = component_values(values, "entrainment", names, missing=0.0)
    return LawResult(two_ways(feed, entrained_recovery(floated, water[..., None], carried), water))


def _apply_bank(feed: Feed, values: Values) -> LawResult:
    return _bank(feed, values, of_all(values["residence"]))


def _apply_cells(feed: Feed, values: Values) -> LawResult:
    pulp = np.asarray(feed.dry_t_per_h) / np.asarray(values["solids_density"])
    pulp = pulp + np.asarray(feed.water_t_per_h)
    volume = 60.0 * np.asarray(values["cell_volume"]) * np.asarray(values["cells"])
    volume = volume * (1 - np.asarray(values["gas_holdup"]))
    residence = np.divide(volume, pulp, out=np.zeros_like(pulp * volume), where=pulp > 0)
    got = _bank(feed, values, residence[..., None])
    notes: tuple[str, ...] = ()
    if np.any(np.asarray(feed.water_t_per_h) <= 0):
        notes = ("the pulp brings no water: its flow is that of the solids alone",)
    elif float(np.max(residence)) > 120:
        notes = (f"a residence of {float(np.max(residence)):.0f} min is longer than banks have",)
    return LawResult(got.splits, {}, notes)


def _apply_grade(feed: Feed, values: Values) -> LawResult:
    names = feed.components
    anchor = component_values(values, "recovery", names, missing=-1.0)
    valued = anchor >= 0
    grade = np.asarray(values["grade"], dtype=np.float64)
    lost = np.asarray(values["loss"]) * (grade - np.asarray(values["known_grade"]))
    recovery = np.where(valued, np.clip(anchor - of_all(lost), 0.0, 1.0), 0.0)
    metal = np.sum(np.where(valued, feed.flow_t_per_h * recovery, 0.0), axis=-1)
    others = np.sum(np.where(valued, 0.0, feed.flow_t_per_h), axis=-1)
    if not valued.any() or np.any(grade <= 0):
        raise InputError("a grade-recovery law needs recovery[c] of what is wanted and its grade")
    gangue = metal / grade - metal
    if np.any(gangue > others):
        worst = float(np.extract(gangue > others, np.broadcast_to(grade, gangue.shape))[0])
        raise InputError(
            f"a concentrate of {worst:g} is poorer than the feed; ask for more than the feed has"
        )
    pull = np.divide(gangue, others, out=np.zeros_like(gangue), where=others > 0)
    shares = np.where(valued, recovery, of_all(pull))
    return LawResult(two_ways(feed, shares, np.asarray(values["water_share"])))


def _apply_two_product(feed: Feed, values: Values) -> LawResult:
    names = feed.components
    triple = [
        component_values(values, name, names, missing=np.nan)
        for name in ("feed_grade", "concentrate_grade", "tailings_grade")
    ]
    assays = np.stack(np.broadcast_arrays(*triple)).reshape(-1, len(names))
    known = np.isfinite(assays).all(axis=0)
    if not known.any():
        raise InputError("the two-product formula needs feed, concentrate and tailings grades")
    f, c, t = (grades[..., known] for grades in triple)
    recovery = two_product_recovery(f, c, t)
    pulls = recovery * f / c
    pull = np.mean(pulls, axis=-1)
    # What was not assayed makes up the mass, or the concentrate would not have the assayed grade.
    flow = np.asarray(feed.flow_t_per_h)
    assayed = np.sum(flow[..., known] * recovery, axis=-1)
    others = flow[..., ~known].sum(axis=-1)
    wanted = pull * flow.sum(axis=-1) - assayed
    whole = np.broadcast_to(pull, wanted.shape).copy()
    left = np.divide(wanted, others, out=whole, where=others > 0)
    shares = np.array(np.broadcast_to(of_all(np.clip(left, 0.0, 1.0)), flow.shape))
    shares[..., known] = recovery
    spread = float(np.max(np.ptp(pulls, axis=-1) / pull))
    notes: tuple[str, ...] = ()
    if spread > 0.05:
        notes = (
            (
                f"the assays give mass pulls that differ by {spread:.0%}: they do not close,"
                " and their mean is the mass that is taken"
            ),
        )
    return LawResult(two_ways(feed, shares, np.asarray(values["water_share"])), {}, notes)


_WATER_SHARE = number("1", 0, 1, "share of the water that goes to the first outlet", 0.5)
_FLOTATION: Final = {
    "k": of_each("1/min", 0, 10, "first-order rate constant", 0.0),
    "rinf": of_each("1", 0, 1, "largest recovery", 1.0),
    "entrainment": of_each("1", 0, 1, "degree of entrainment: what rises with the water", 0.0),
    "cells": number("1", 1, 40, "cells in the bank"),
    "water_recovery": number("1", 0, 0.5, "share of the water that the froth carries", 0.0),
}


def _partition_law(name: str, outlets: tuple[str, str], unit: str, what: str, meaning: str) -> Law:
    return Law(
        name=name,
        rung=2,
        outlets=outlets,
        phases=(SOLID, SOLID),
        parameters={
            "property": of_each(unit, 0, 1e6, what),
            "cut": number(unit, 0, 1e6, "property of which half goes each way"),
            "ep": number(unit, 1e-6, 1e6, "probable error: half the way from 25 % to 75 %"),
            "bypass": number("1", 0, 0.6, "part that is not separated", 0.0),
            "water_share": _WATER_SHARE,
        },
        source="P = 1/(1 + 3^((x50 - x)/Ep)); Napier-Munn et al., Comminution Circuits (1996)",
        apply=_apply_partition,
        by_feed=False,
        batched=True,
        meaning=meaning,
    )


DRESSING_LAWS: Final = (
    Law(
        name="grind",
        rung=2,
        outlets=("product",),
        phases=(SOLID,),
        parameters={
            "work_index": number("kWh/t", 4, 30, "Bond work index, for a metric tonne"),
            "f80": number("um", 70, 1_000_000, "size that 80 % of the feed passes"),
            "p80": number("um", 20, 300_000, "size that 80 % of the product passes"),
            "abrasion_index": number("1", 0.015, 0.9, "Bond abrasion index, for wear of balls"),
        },
        source="F. C. Bond, British Chemical Engineering 6 (1961): W = 10 Wi (P80^-.5 - F80^-.5)",
        apply=_apply_grind,
        by_feed=False,
        batched=True,
        meaning="crushing or grinding: power by Bond's law, wear of media by his abrasion index",
    ),
    _partition_law(
        "classify",
        ("coarse", "fine"),
        "um",
        "size of the component's grains",
        "screen or hydrocyclone: a partition curve over size, with bypass",
    ),
    _partition_law(
        "gravity",
        ("heavy", "light"),
        "t/m3",
        "density of the mineral",
        "jig, spiral, table, dense medium: a partition curve over density",
    ),
    _partition_law(
        "magnetic",
        ("magnetic", "nonmagnetic"),
        "1e-9 m3/kg",
        "mass susceptibility of the mineral",
        "magnetic separation: a partition curve over susceptibility",
    ),
    Law(
        name="flotation_bank",
        rung=2,
        outlets=("concentrate", "tailings"),
        phases=(SOLID, SOLID),
        parameters={
            **_FLOTATION,
            "residence": number("min", 0, 120, "residence time of the whole bank"),
        },
        source="first order in equal cells: Rinf (1 - (1 + k tau/N)^-N), then (1 - R) ENT Rw",
        apply=_apply_bank,
        by_feed=False,
        batched=True,
        meaning="flotation at a stated residence time, by mineral, with entrainment",
    ),
    Law(
        name="flotation_cells",
        rung=2,
        outlets=("concentrate", "tailings"),
        phases=(SOLID, SOLID),
        parameters={
            **_FLOTATION,
            "cell_volume": number("m3", 0.05, 1000, "pulp volume of one cell"),
            "gas_holdup": number("1", 0.02, 0.3, "part of the volume that is gas", 0.15),
            "solids_density": number("t/m3", 2, 6, "density of the solids"),
        },
        source="as flotation_bank, with tau = 60 V N (1 - eps) / (solids/density + water)",
        apply=_apply_cells,
        batched=True,
        meaning="flotation in cells of stated volume: more feed stays for less time",
    ),
    Law(
        name="grade_recovery",
        rung=1,
        outlets=("concentrate", "tailings"),
        phases=(SOLID, SOLID),
        parameters={
            "recovery": of_each("1", 0, 1, "recovery at the known grade, of what is wanted"),
            "known_grade": number("1", 0, 1, "concentrate grade at which that recovery is known"),
            "grade": number("1", 0.001, 1, "concentrate grade asked for"),
            "loss": number("1", 0, 20, "recovery lost for each unit of grade"),
            "water_share": _WATER_SHARE,
        },
        source="a straight piece of the plant's grade-recovery curve: R = R0 - b (g - g0)",
        apply=_apply_grade,
        batched=True,
        meaning="concentrate of a stated grade, at the recovery of the curve; the rest is gangue",
    ),
    Law(
        name="two_product",
        rung=0,
        outlets=("concentrate", "tailings"),
        phases=(SOLID, SOLID),
        parameters={
            "feed_grade": of_each("1", 0, 1, "assay of the feed"),
            "concentrate_grade": of_each("1", 0, 1, "assay of the concentrate"),
            "tailings_grade": of_each("1", 0, 1, "assay of the tailings"),
            "water_share": _WATER_SHARE,
        },
        source="two-product formula: R = c (f - t) / (f (c - t))",
        apply=_apply_two_product,
        batched=True,
        meaning="recoveries from assays of feed, concentrate and tailings",
    ),
)
