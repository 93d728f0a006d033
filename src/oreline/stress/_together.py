"""Several minerals kept back at once: the loss of industries that use more than one of them.

An industry that is short of two minerals loses between the larger of both cuts, where the same
products need both, and what is left of each other, where other products do: 1 - (1 - a)(1 - b).
The first is less than the sum, the second nearly it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.stress._calibration import price_loss_musd, usgs_scenario
from oreline.stress._damage import LinearLoss, direct_loss_musd, quadratic_loss_musd
from oreline.stress._industries import Accounts, accounts
from oreline.stress._inputs import arrays_of, as_given, drawn_inputs
from oreline.stress._model_arrays import Floats, P, Q
from oreline.stress._plain import plain_scenarios
from oreline.stress._scenario import Scenario

WAYS: Final = ("same products", "other products")


@dataclass(frozen=True, slots=True)
class Restricted:
    """A mineral in the largest disruption: price ratio, cuts by industry, what prices cost."""

    mineral: str
    price: float
    cuts: Mapping[str, float]
    priced_musd: float


@dataclass(frozen=True, slots=True)
class Together:
    """Losses in million dollars: of each mineral alone, and of all at once by :data:`WAYS`."""

    alone_musd: tuple[float, ...]
    at_once_musd: tuple[float, float]


def restricted(scenario: Scenario, draw: int | None = None, seed: int = 1) -> Restricted:
    """Return a mineral in the largest disruption: with its numbers as given, or drawn.

    What is paid more is reckoned at the prices and use of the USGS's base year.
    """
    assert scenario.economy is not None, "asked of a scenario with an economy"
    quantity, price, values = cleared_in_disruption(scenario, draw, seed)
    cut = values["economy.psi"] * max(0.0, 1 - quantity)
    cuts = {one.industry: min(1.0, cut * one.share.value) for one in scenario.economy.uses}
    return Restricted(scenario.mineral, price, cuts, price_loss_musd(scenario, quantity, price))


def cleared_in_disruption(
    scenario: Scenario, draw: int | None = None, seed: int = 1
) -> tuple[float, float, Mapping[str, float]]:
    """Return quantity, price and the numbers they rest on, in the largest disruption."""
    made = usgs_scenario(scenario)
    assert made is not None, "asked of a scenario with a foreign producer"
    values = as_given(made) if draw is None else drawn_inputs(made, seed, draw)
    found = plain_scenarios(arrays_of(made, values), 0, 0, 1)[0]
    return float(found[Q]), float(found[P]), values


def cuts_together(parts: Sequence[Mapping[str, float]], way: str) -> dict[str, float]:
    """Return what each industry is cut by where it is short of several minerals.

    >>> cuts_together([{"334": 0.2}, {"334": 0.1}], "same products")
    {'334': 0.2}
    >>> round(cuts_together([{"334": 0.2}, {"334": 0.1}], "other products")["334"], 3)
    0.28
    """
    codes = sorted({code for one in parts for code in one})
    if way == WAYS[0]:
        return {code: max(one.get(code, 0.0) for one in parts) for code in codes}
    return {code: 1 - float(np.prod([1 - one.get(code, 0.0) for one in parts])) for code in codes}


def together(parts: Sequence[Restricted]) -> Together:
    """Return what minerals cost alone and at once, by QP over the 71 industries."""
    io = accounts("71")
    priced = sum(one.priced_musd for one in parts)
    alone = tuple(one.priced_musd + _lost_musd(io, one.cuts) for one in parts)
    same, other = (
        priced + _lost_musd(io, cuts_together([one.cuts for one in parts], way)) for way in WAYS
    )
    return Together(alone, (same, other))


def _lost_musd(io: Accounts, cuts: Mapping[str, float]) -> float:
    cap: Floats = io.output_musd.copy()
    for code, cut in cuts.items():
        cap[io.at(code)] *= 1 - cut
    least = max(direct_loss_musd(io, cap), LinearLoss(io).loss_musd(cap))
    return max(least, quadratic_loss_musd(io, cap))
