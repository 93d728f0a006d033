"""The market as flows on arcs between countries: the audit of the scalar equilibrium.

Samuelson (1952) and Takayama and Judge (1971): a market clears where users' benefit less suppliers'
cost is greatest. Flows run from each producer of a stage to each of the next and from the last to
users. With constant elasticities the benefit is no quadratic: it is replaced by the quadratic that
touches it, the quadratic programme is solved, and so on until flows stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.model import OrelineError
from oreline.stress._model_arrays import Floats, Ints, ModelArrays, is_by_producer
from oreline.stress._quadratic import least_within

_ROUNDS: Final = 60
_STILL: Final = 1e-9
_SLACK: Final = 1e-10
"""Room for balances: an interior point needs some."""
_REACH: Final = 0.5
"""A round changes no quantity by more than this part of it."""


class ArcsError(OrelineError):
    """The programme over arcs could not be solved."""


@dataclass(frozen=True, slots=True, eq=False)
class ArcMarket:
    """What flows: total quantity, its price, and the output of each producer."""

    quantity: float
    price: float
    made: Floats


def cleared_on_arcs(m: ModelArrays, available: Floats) -> ArcMarket:
    """Return the equilibrium of one market without choke price, borders and stocks.

    ``available`` is the part of each producer's output and capacity that is there.
    """
    producers = np.flatnonzero((m.share > 0) & (available > 0))
    stage_of = m.stage_of[producers]
    base = m.share[producers] * available[producers]
    room = m.capacity[producers] * available[producers]
    arcs = [
        (i, j)
        for i in range(producers.size)
        for j in range(producers.size)
        if stage_of[j] == stage_of[i] + 1
    ]
    last = [i for i in range(producers.size) if stage_of[i] == m.theta.size - 1]
    size = producers.size + len(arcs) + len(last) + 1
    rows = _balances(producers.size, arcs, last, stage_of, size)
    eta = m.producer_eta[producers] if is_by_producer(m) else m.eta[stage_of]
    theta = m.theta[stage_of]
    whole = np.array([base[stage_of == s].sum() for s in range(m.theta.size)])
    sold = 0.9 * float(whole.min())
    made = base / whole[stage_of] * sold
    for _ in range(_ROUNDS):
        cost = theta * (made / base) ** (1 / eta)
        price = sold ** (-1 / m.eps)
        slope = np.concatenate(
            [cost / eta / made, np.zeros(size - producers.size - 1), [price / m.eps / sold]]
        )
        here = np.concatenate([made, np.zeros(size - producers.size - 1), [sold]])
        line = np.concatenate([cost, np.zeros(size - producers.size - 1), [-price]])
        low = np.concatenate([made * (1 - _REACH), np.zeros(size - producers.size - 1),
                              [sold * (1 - _REACH)]])  # fmt: skip
        most = np.concatenate(
            [np.minimum(room, made * (1 + _REACH)), np.full(size - producers.size - 1, 10.0),
             [sold * (1 + _REACH)]]
        )  # fmt: skip
        low = np.minimum(low, most)
        found = _solved(line - slope * here, slope, rows, low, most)
        change = float(np.abs(found - here)[[*range(producers.size), size - 1]].max())
        made, sold = found[: producers.size], float(found[-1])
        if change < _STILL:
            break
    everyone = np.zeros(m.share.size)
    everyone[producers] = made
    return ArcMarket(sold, float(sold ** (-1 / m.eps)), everyone)


def _balances(
    producers: int,
    arcs: list[tuple[int, int]],
    last: list[int],
    stage_of: Ints,
    size: int,
) -> Floats:
    """Return what goes in and out: of each producer as it makes, of users as they buy."""
    rows = []
    for i in range(producers):
        out = np.zeros(size)
        out[i] = 1.0
        for at, (start, _) in enumerate(arcs):
            out[producers + at] -= start == i
        for at, end in enumerate(last):
            out[producers + len(arcs) + at] -= end == i
        rows.append(out)
        if stage_of[i] > 0:
            taken = np.zeros(size)
            taken[i] = 1.0
            for at, (_, end) in enumerate(arcs):
                taken[producers + at] -= end == i
            rows.append(taken)
    users = np.zeros(size)
    users[-1] = 1.0
    users[producers + len(arcs) : -1] = -1.0
    return np.array([*rows, users])


def _solved(line: Floats, curve: Floats, rows: Floats, low: Floats, most: Floats) -> Floats:
    """Return the x that makes line x + curve x^2 / 2 least, with rows x = 0, low <= x <= most."""
    still = np.full(len(rows), _SLACK)
    found = least_within(curve / 2, line, rows, -still, still, low, most)
    if not found.is_optimal:
        raise ArcsError(f"the programme over arcs ended {found.residual:.1e} off")
    return found.x
