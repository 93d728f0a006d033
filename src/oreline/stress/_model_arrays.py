"""A disruption model as plain arrays: what both ways of computing scenarios take.

All quantities are parts of base demand, all prices parts of the base price, so that a chain without
any event clears at 1 and 1.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint32]
Flags = NDArray[np.bool_]

Q, P, Q_OTHERS, P_OTHERS, BOTTLENECK, EXHAUST_MONTHS = range(6)
"""The columns of an outcome: quantity and price of the bloc looked at, of those not targeted, the
stage that is the bottleneck (-1: none), and the months until its stock is used up (inf: never)."""
COLUMNS: Final = 6
MONTHS: Final = 12.0
"""A scenario is a year."""
EMPTY: Final = 1e-12
"""A supply below this part of base demand is none."""
PURPOSE_COUNTRY, PURPOSE_EVENT, PURPOSE_DURATION, PURPOSE_INPUT = range(4)
"""The last word of a counter: what a random number is for."""


class ModelArrays(NamedTuple):
    """The numbers of a disruption model.

    N producers, S stages, C countries, E events, B blocs. ``hits`` lists the producers that an
    event strikes, event by event, from ``hit_start[e]`` to ``hit_start[e + 1]``.

    Parameters
    ----------
    share, capacity
        Of producers, as parts of base demand; capacity is at least the share.
    stage_of, is_local
        The stage of a producer; recycling is local: no border lies between it and its users.
    eta, theta
        Supply elasticity and part of the base price, by stage.
    lag_months
        How long a new source of a stage takes to be qualified.
    host
        By stage, the output of the host metal relative to today (1 for what is no by-product).
    demand
        Of blocs, as parts of base demand; together 1.
    stock
        By bloc and stage, as parts of the bloc's yearly demand.
    diversion
        Which part of what others sell elsewhere can be sent to blocs that are cut off.
    threshold
        By event: the normal quantile of its probability.
    is_restriction, targets
        By event; which blocs an export restriction is aimed at.
    producer_eta
        Supply elasticity of producers, where they have their own; else empty, and a stage has one.
    severity_fixed
        NaN where the severity is drawn from a Kumaraswamy distribution of ``severity_a, _b``.
    """

    share: Floats
    capacity: Floats
    stage_of: Ints
    is_local: Flags
    eta: Floats
    theta: Floats
    lag_months: Floats
    host: Floats
    eps: float
    ln_choke: float
    demand: Floats
    stock: Floats
    focal: int
    diversion: float
    rho: float
    country_id: Words
    event_id: Words
    event_country: Ints
    threshold: Floats
    is_restriction: Flags
    targets: Flags
    leakage: Floats
    severity_fixed: Floats
    severity_a: Floats
    severity_b: Floats
    ln_months: Floats
    ln_months_sd: Floats
    hit_start: Ints
    hits: Ints
    producer_eta: Floats = np.zeros(0)


def is_by_producer(m: ModelArrays) -> bool:
    """Return whether producers have supply elasticities of their own."""
    return m.producer_eta.size > 0
