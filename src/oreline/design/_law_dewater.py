"""Water and solids apart: thickeners, filters, dryers, and washing in counter-current."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oreline.design._law_inputs import (
    Amount,
    Floats,
    above_zero,
    fraction,
    whole_stages,
    zero_or_more,
)
from oreline.model import InputError

LATENT_HEAT_GJ_PER_T = 2.257
"""Heat that evaporates a tonne of water at 100 C (IAPWS)."""
WATER_HEAT_GJ_PER_T_K = 4.19e-3
SOLIDS_HEAT_GJ_PER_T_K = 0.9e-3
"""Specific heat of water, and of a typical ore mineral."""


@dataclass(frozen=True, slots=True)
class WaterSplit:
    """The water that stays with the solids, and the water that leaves, in t per h.

    ``short`` is what the feed lacks to be as wet as asked: then nothing is taken from it.
    """

    with_solids: float
    away: float
    short: float = 0.0


def water_with_solids(
    solids_t_per_h: float, water_t_per_h: float, solids_fraction: float
) -> WaterSplit:
    """Split the water of a pulp so that what stays makes a pulp or cake of this solids fraction.

    ``solids_fraction`` is by mass on the wet basis: 0.65 in a thickener's underflow; a filter cake
    of 8 % moisture is 0.92. A pulp that is drier already keeps all its water.

    Examples
    --------
    >>> water_with_solids(100, 300, 0.65)
    WaterSplit(with_solids=53.84615384615385, away=246.15384615384616, short=0.0)
    """
    solids = zero_or_more("the solids", solids_t_per_h)
    water = zero_or_more("the water", water_t_per_h)
    share = above_zero("the solids fraction", fraction("the solids fraction", solids_fraction))
    wanted = solids * (1 - share) / share
    kept = min(wanted, water)
    return WaterSplit(kept, water - kept, wanted - kept)


def thickener_area_m2(solids_t_per_h: float, unit_area_m2_per_t_d: float) -> float:
    """Return the area of a thickener from the unit area of a settling test, m2 for t a day.

    Examples
    --------
    >>> round(thickener_area_m2(100, 0.25))
    600
    """
    return (
        24
        * zero_or_more("the solids", solids_t_per_h)
        * above_zero("the unit area", unit_area_m2_per_t_d)
    )


def filter_area_m2(solids_t_per_h: float, rate_kg_per_m2_h: float) -> float:
    """Return the area of a filter from its rate, kg of dry solids for each m2 and hour.

    Examples
    --------
    >>> round(filter_area_m2(10, 250))
    40
    """
    return (
        1000
        * zero_or_more("the solids", solids_t_per_h)
        / above_zero("the filtration rate", rate_kg_per_m2_h)
    )


def drying_heat_gj_per_h(
    solids_t_per_h: Amount,
    water_in_t_per_h: Amount,
    water_out_t_per_h: Amount,
    inlet_c: float = 20.0,
    efficiency: Amount = 0.6,
) -> Amount:
    """Return the fuel that a dryer burns: to warm solids and water to 100 C and evaporate.

    Examples
    --------
    >>> round(drying_heat_gj_per_h(10, 1.0, 0.05), 2)
    5.33
    """
    solids = zero_or_more("the solids", solids_t_per_h)
    entering = zero_or_more("the water", water_in_t_per_h)
    leaving = zero_or_more("the water left", water_out_t_per_h)
    if np.any(leaving > entering):
        raise InputError("a dryer cannot make solids wetter")
    warming = (solids * SOLIDS_HEAT_GJ_PER_T_K + entering * WATER_HEAT_GJ_PER_T_K) * max(
        0.0, 100 - inlet_c
    )
    heat = warming + (entering - leaving) * LATENT_HEAT_GJ_PER_T
    return heat / above_zero("the dryer's efficiency", fraction("the efficiency", efficiency))


@dataclass(frozen=True, slots=True)
class WashTrain:
    """What a counter-current decantation train does.

    ``recovery`` is the part of the dissolved metal that leaves with the pregnant overflow, ``loss``
    what leaves with the last underflow; ``strength`` is the concentration of each stage's liquor,
    relative to that of the feed's.
    """

    recovery: Amount
    loss: Amount
    pregnant_t_per_t: Amount
    strength: Floats


def wash_train(
    stages: int,
    feed_liquor_t_per_t: Amount,
    underflow_liquor_t_per_t: Amount,
    wash_t_per_t: Amount,
    mixing_efficiency: Amount = 1.0,
) -> WashTrain:
    """Wash leached solids in ``stages`` thickeners, solids one way and liquor the other.

    All flows are tonnes of liquor for each tonne of dry solids. The balances of all stages are
    solved together. Where the feed holds as much liquor as an underflow this is Kremser's equation
    with ``E = wash / underflow``. With a mixing efficiency below 1 that part of each underflow
    bypasses the mixing, with the strength it came with.

    Examples
    --------
    >>> train = wash_train(5, 1.0, 1.0, 2.0)
    >>> [round(float(part), 6) for part in (train.loss, train.recovery)]
    [0.015873, 0.984127]
    """
    count = whole_stages("the stages", stages)
    entering = above_zero("the feed's liquor", feed_liquor_t_per_t)
    under = above_zero("the underflow's liquor", underflow_liquor_t_per_t)
    wash = zero_or_more("the wash", wash_t_per_t)
    mixed = above_zero("the mixing", fraction("the mixing efficiency", mixing_efficiency))
    pregnant = entering + wash - under
    if np.any(pregnant < 0):
        wrong = np.broadcast_arrays(pregnant < 0, entering, wash, under)
        first = int(np.argmax(wrong[0]))
        liquor, washed, filled = (float(one.flat[first]) for one in wrong[1:])
        raise InputError(
            f"{liquor:g} t of liquor and {washed:g} t of wash cannot fill underflows of "
            f"{filled:g} t"
        )
    found = _strengths(count, entering, under, wash, mixed)
    loss = (found[..., -1] * under / entering)[()]
    return WashTrain(1 - loss, loss, pregnant, np.asarray(found[..., ::2]))


def _strengths(count: int, entering: Amount, under: Amount, wash: Amount, mixed: Amount) -> Floats:
    """Return the strengths of overflow and underflow of each stage, in turn, (..., 2 stages)."""
    samples = np.broadcast_shapes(*(np.shape(one) for one in (entering, under, wash, mixed)))
    matrix, right = np.zeros((*samples, 2 * count, 2 * count)), np.zeros((*samples, 2 * count))
    for i in range(count):
        over, below = 2 * i, 2 * i + 1
        matrix[..., over, over] += entering + wash - under if i == 0 else wash
        matrix[..., over, below] += under
        matrix[..., below, below] += 1.0
        # What bypasses the mixing is a part of the liquor that comes, and no more than leaves.
        past = (1 - mixed) * np.minimum(entering if i == 0 else under, under) / under
        matrix[..., below, over] -= 1 - past
        if i:
            matrix[..., over, 2 * i - 1] -= under
            matrix[..., below, 2 * i - 1] -= past
        else:
            right[..., over] += entering
            right[..., below] += past
        if i + 1 < count:
            matrix[..., over, 2 * i + 2] -= wash
    return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])
