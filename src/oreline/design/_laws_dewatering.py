"""The unit laws that part water and solids: thickener, filter, dryer, wash train."""

from __future__ import annotations

from typing import Final

import numpy as np

from oreline.design._law import Array, Feed, Law, LawResult, StreamPhase, Values, component_values
from oreline.design._law_dewater import drying_heat_gj_per_h, wash_train
from oreline.design._law_inputs import whole_stages
from oreline.design._law_shares import number, of_all, of_each, two_ways, where_busy

SOLID: Final = StreamPhase.SOLID
SOLUTION: Final = StreamPhase.SOLUTION
GAS: Final = StreamPhase.GAS


def _kept_water(feed: Feed, solids: Array, solids_fraction: Array | float) -> tuple[Array, bool]:
    """Return the share of the water that stays with these solids, and whether it is too little."""
    share = np.asarray(solids_fraction, dtype=np.float64)
    wanted = solids * (1 - share) / share
    water = np.asarray(feed.water_t_per_h, dtype=np.float64)
    ratio = np.divide(wanted, water, out=np.ones_like(wanted + water), where=water > 0)
    return np.minimum(ratio, 1.0), bool(np.any(wanted > water * (1 + 1e-9)))


def _dry_note(too_dry: bool) -> tuple[str, ...]:
    if not too_dry:
        return ()
    return ("the feed is drier than the product is asked to be: no water leaves",)


def _apply_thicken(feed: Feed, values: Values) -> LawResult:
    lost = np.asarray(values["solids_to_overflow"], dtype=np.float64)
    under = np.asarray(feed.dry_t_per_h) * (1 - lost)
    kept, too_dry = _kept_water(feed, under, values["solids_fraction"])
    dissolved = component_values(values, "dissolved", feed.components, missing=0.0)
    with_water = dissolved * np.asarray(kept)[..., None]
    shares = (1 - dissolved) * (1 - lost[..., None]) + with_water
    return LawResult(two_ways(feed, shares, kept), {}, _dry_note(too_dry))


def _apply_dry(feed: Feed, values: Values) -> LawResult:
    solids, water = np.asarray(feed.dry_t_per_h), np.asarray(feed.water_t_per_h)
    kept, too_dry = _kept_water(feed, solids, 1 - np.asarray(values["moisture"]))
    heat = drying_heat_gj_per_h(solids, water, water * kept, efficiency=values["efficiency"])
    dusted = component_values(values, "dust", feed.components, missing=0.0)
    return LawResult(two_ways(feed, 1 - dusted, kept), {"heat_gj": heat}, _dry_note(too_dry))


def _apply_wash(feed: Feed, values: Values) -> LawResult:
    dissolved = component_values(values, "dissolved", feed.components, missing=0.0)
    inert = np.sum(feed.flow_t_per_h * (1 - dissolved), axis=-1)
    busy = np.broadcast_to((inert > 0) & (np.asarray(feed.water_t_per_h) > 0), inert.shape)
    if busy.all():
        return _washed(feed, values)
    solids = np.asarray(feed.dry_t_per_h)[~busy]
    note = ("there are no solids, or no liquor, to wash",) if np.any(solids > 0) else ()
    still = two_ways(feed, dissolved, 1.0)
    if not busy.any():
        return LawResult(still, {}, note)
    got = where_busy(feed, values, busy, 0, _washed)
    splits = np.where(busy[:, None, None], got.splits, still)
    return LawResult(splits, {}, (*note, *got.notes), got.reagents)


def _washed(feed: Feed, values: Values) -> LawResult:
    dissolved = component_values(values, "dissolved", feed.components, missing=0.0)
    inert = np.sum(feed.flow_t_per_h * (1 - dissolved), axis=-1)
    water, fraction, wash = feed.water_t_per_h, values["solids_fraction"], values["wash"]
    under = (1 - fraction) / fraction
    stages = whole_stages("the stages", values["stages"])
    train = wash_train(stages, water / inert, under, wash, values["mixing"])
    # Wash water enters with the balance; of all the water an underflow's worth stays.
    total = water + wash * inert
    return LawResult(
        two_ways(feed, dissolved * of_all(train.recovery), 1 - under * inert / total),
        {},
        (),
        {"H2O": wash * inert},
    )


_DISSOLVED: Final = of_each(
    "1", 0, 1, "part of the component that is dissolved and goes with the water", 0.0
)

DEWATERING_LAWS: Final = (
    Law(
        name="thicken",
        rung=2,
        outlets=("underflow", "overflow"),
        phases=(SOLID, SOLUTION),
        parameters={
            "solids_fraction": number("1", 0.1, 0.8, "solids of the underflow, of the wet mass"),
            "solids_to_overflow": number("1", 0, 0.05, "solids lost with the overflow", 0.0),
            "dissolved": _DISSOLVED,
        },
        source="balance of water at a stated underflow density",
        apply=_apply_thicken,
        batched=True,
        meaning="thickener or decanter",
    ),
    Law(
        name="filter",
        rung=2,
        outlets=("cake", "filtrate"),
        phases=(SOLID, SOLUTION),
        parameters={
            "solids_fraction": number("1", 0.5, 0.99, "solids of the cake: 1 - moisture"),
            "solids_to_overflow": number("1", 0, 0.02, "solids lost with the filtrate", 0.0),
            "dissolved": _DISSOLVED,
        },
        source="balance of water at a stated cake moisture",
        apply=_apply_thicken,
        batched=True,
        meaning="filter",
    ),
    Law(
        name="dry",
        rung=2,
        outlets=("product", "vapour"),
        phases=(SOLID, GAS),
        parameters={
            "moisture": number("1", 0, 0.2, "water left in the wet mass of the product"),
            "efficiency": number("1", 0.3, 0.9, "heat used of the heat fired", 0.6),
            "dust": of_each("1", 0, 0.05, "part of the component lost with the gas", 0.0),
        },
        source="warming to 100 C and 2.257 GJ for a tonne of water, over the efficiency",
        apply=_apply_dry,
        batched=True,
        meaning="dryer, with the fuel it burns",
    ),
    Law(
        name="wash_train",
        rung=2,
        outlets=("solution", "washed"),
        phases=(SOLUTION, SOLID),
        parameters={
            "stages": number("1", 1, 12, "thickeners in the train"),
            "wash": number("1", 0.2, 10, "wash water, t for each t of solids that do not dissolve"),
            "solids_fraction": number("1", 0.2, 0.7, "solids of each underflow"),
            "mixing": number("1", 0.5, 1, "part of an underflow that mixes with the wash", 1.0),
            "dissolved": of_each("1", 0, 1, "part of the component that is dissolved"),
        },
        source="balances of all stages solved together; Kremser's equation where flows are even",
        apply=_apply_wash,
        batched=True,
        meaning="counter-current decantation of leached solids",
    ),
)
