"""Measures of risk over scenarios: means, tails, fans, and what a tail is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from oreline.stress._model_arrays import BOTTLENECK, EXHAUST_MONTHS, Floats, P, Q

LEVEL: Final = 0.95
SHORTFALL: Final = 0.10
FAN: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class LossRisk:
    """A loss over scenarios: mean with its standard error, and the worst twentieth.

    ``var95`` is what 95 % of scenarios stay below or at, ``cvar95`` the mean of the rest.
    """

    mean: float
    mean_se: float
    var95: float
    cvar95: float

    def to_json(self) -> dict[str, float]:
        """Return it as plain values."""
        return {"mean": self.mean, "mean_se": self.mean_se, "var95": self.var95,
                "cvar95": self.cvar95}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarketRisk:
    """What happens to the market over scenarios.

    ``bottleneck`` is the probability that a stage is what prices rise at; ``price_fan`` the price
    over the base price at the quantiles :data:`FAN`; ``exhaust_months`` the median time to the end
    of stocks where they end at all within the event's rate of loss, None if there are none.
    """

    shortfall_mean: float
    shortfall_probability: float
    price_mean: float
    price_fan: tuple[float, ...]
    bottleneck: Mapping[str, float]
    exhaust_months: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "shortfall_mean": self.shortfall_mean,
            "shortfall_over_10_pct_probability": self.shortfall_probability,
            "price_mean": self.price_mean,
            "price_fan": dict(zip((f"p{100 * one:.0f}" for one in FAN), self.price_fan,
                                  strict=True)),
            "bottleneck": dict(self.bottleneck),
            "exhaust_months": self.exhaust_months,
        }  # fmt: skip


def tail_of(loss: Floats) -> NDArray[np.int64]:
    """Return the scenarios of the worst twentieth, in their order.

    Of equal losses the later scenarios belong to it: the same ones in every run.
    """
    count = max(1, math.ceil((1 - LEVEL) * loss.size - 1e-9))
    return np.sort(np.argsort(loss, kind="stable")[-count:])


def loss_risk(loss: Floats) -> LossRisk:
    """Return the measures of a loss by scenario.

    >>> risk = loss_risk(np.arange(100.0))
    >>> risk.mean, risk.var95, risk.cvar95
    (49.5, 94.0, 97.0)
    """
    tail = tail_of(loss)
    order = np.sort(loss, kind="stable")
    var = float(order[max(0, loss.size - tail.size - 1)])
    error = float(loss.std(ddof=1) / math.sqrt(loss.size)) if loss.size > 1 else math.inf
    return LossRisk(float(loss.mean()), error, var, float(loss[tail].mean()))


def market_risk(found: Floats, stages: tuple[str, ...]) -> MarketRisk:
    """Return what happens to the market over scenarios."""
    short = 1 - found[:, Q]
    months = found[:, EXHAUST_MONTHS]
    ends = months[np.isfinite(months) & (months > 0)]
    return MarketRisk(
        float(np.maximum(short, 0).mean()),
        float((short > SHORTFALL).mean()),
        float(found[:, P].mean()),
        tuple(float(one) for one in np.quantile(found[:, P], FAN)),
        {one: float((found[:, BOTTLENECK] == at).mean()) for at, one in enumerate(stages)},
        float(np.median(ends)) if ends.size else None,
    )
