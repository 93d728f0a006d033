"""Markets whose producers have supply elasticities of their own, each up to its own capacity.

With y the logarithm of what a stage's suppliers ask over the base price, a stage supplies

    S(y) = sum of min(q_n exp(eta_n y), k_n),

which has no inverse in closed form: for each quantity tried in the chain y is found by Newton's
steps inside a bracket, and the quantity in the same way, where users pay what all stages ask.
"""

from __future__ import annotations

import math

import numpy as np

from oreline.stress._jit import compiled, inlined
from oreline.stress._model_arrays import EMPTY, Flags, Floats, Ints, ModelArrays
from oreline.stress._plain import Cleared

_STEPS = 200
_STILL = 1e-14
_ASK_MOST = 60.0
"""No supplier asks more than e**60 times the base price."""


@inlined
def _supplied(
    y: float, s: int, q: Floats, k: Floats, eta: Floats, stage_of: Ints
) -> tuple[float, float]:
    """Return what a stage supplies at a price, and its slope in the logarithm of the price."""
    whole, slope = 0.0, 0.0
    for n in range(q.size):
        if stage_of[n] == s and q[n] > 0.0:
            made = q[n] * math.exp(eta[n] * y)
            if made < k[n]:
                whole += made
                slope += eta[n] * made
            else:
                whole += k[n]
    return whole, slope


@inlined
def _ask(
    x: float, s: int, guess: float, q: Floats, k: Floats, eta: Floats, stage_of: Ints
) -> tuple[float, float]:
    """Return the y at which a stage supplies e**x, and its elasticity there."""
    wanted = math.exp(x)
    base, least_eta, high = 0.0, np.inf, 0.0
    for n in range(q.size):
        if stage_of[n] == s and q[n] > 0.0:
            base += q[n]
            least_eta = min(least_eta, eta[n])
            high = max(high, math.log(k[n] / q[n]) / eta[n])
    low = 0.0
    if wanted < base:
        low, high = (x - math.log(base)) / least_eta - 1e-9, 0.0
    high = min(high, _ASK_MOST)
    y = min(max(guess, low), high)
    for _ in range(_STEPS):
        made, slope = _supplied(y, s, q, k, eta, stage_of)
        if made < wanted:
            low = y
        else:
            high = y
        step = y - (made - wanted) / slope if slope > 0.0 else np.inf
        new = step if low < step < high else (low + high) / 2
        if abs(new - y) <= _STILL * (1.0 + abs(y)):
            y = new
            break
        y = new
    made, slope = _supplied(y, s, q, k, eta, stage_of)
    return y, slope / max(made, EMPTY)


@inlined
def _gap(
    x: float, rate: float, height: float, theta: Floats, q: Floats, k: Floats, eta: Floats,
    stage_of: Ints, y: Floats, found_eta: Floats,
) -> tuple[float, float]:  # fmt: skip
    """Return height - rate x - ln(what all stages ask for e**x), and its slope in x."""
    price, slope = 0.0, 0.0
    for s in range(theta.size):
        y[s], found_eta[s] = _ask(x, s, y[s], q, k, eta, stage_of)
        part = theta[s] * math.exp(y[s])
        price += part
        slope += part / max(found_eta[s], EMPTY)
    return height - rate * x - math.log(price), -rate - slope / price


@inlined
def _root(
    high: float, rate: float, height: float, theta: Floats, q: Floats, k: Floats, eta: Floats,
    stage_of: Ints, y: Floats, found_eta: Floats,
) -> float:  # fmt: skip
    """Return where the gap is none, at most ``high``, where it is above none already or not."""
    value, _ = _gap(high, rate, height, theta, q, k, eta, stage_of, y, found_eta)
    if value >= 0.0:
        return high
    x = min(0.0, high)
    low, width = x, 1.0
    value, slope = _gap(low, rate, height, theta, q, k, eta, stage_of, y, found_eta)
    while value < 0.0 and width < 1e4:
        high = low
        low -= width
        width *= 2.0
        value, slope = _gap(low, rate, height, theta, q, k, eta, stage_of, y, found_eta)
    x = low
    for _ in range(_STEPS):
        step = x - value / slope
        new = step if low < step < high else (low + high) / 2
        if abs(new - x) <= _STILL * (1.0 + abs(x)):
            x = new
            break
        x = new
        value, slope = _gap(x, rate, height, theta, q, k, eta, stage_of, y, found_eta)
        if value > 0.0:
            low = x
        else:
            high = x
    _gap(x, rate, height, theta, q, k, eta, stage_of, y, found_eta)
    return x


@compiled
def clear_each(
    q: Floats, k: Floats, eta: Floats, stage_of: Ints, theta: Floats, eps: float,
    ln_choke: float, x: Floats, ln_p: Floats, is_bound: Flags, y: Floats, found_eta: Floats,
) -> None:  # fmt: skip
    """Write the logarithms of quantity and price of markets, a row each; none may be dry."""
    for row in range(q.shape[0]):
        most = np.inf
        for s in range(theta.size):
            room = 0.0
            for n in range(stage_of.size):
                if stage_of[n] == s and q[row, n] > 0.0:
                    room += k[row, n]
            most = min(most, room)
        limit = math.log(most)
        args = (theta, q[row], k[row], eta, stage_of, y[row], found_eta[row])
        x[row] = _root(limit, 1.0 / eps, 0.0, *args)
        ln_p[row] = -x[row] / eps
        if ln_p[row] > ln_choke:
            ln_p[row] = ln_choke
            x[row] = _root(limit, 0.0, ln_choke, *args)
        is_bound[row] = x[row] >= limit


def cleared_each(m: ModelArrays, q: Floats, k: Floats) -> Cleared:
    """Return the equilibrium of markets with supplies and capacities of each producer.

    Columns are the producers of the model, then what the stock of each stage gives.
    """
    stages = m.theta.size
    stage_of = np.concatenate([m.stage_of, np.arange(stages)])
    eta = np.concatenate([m.producer_eta, m.eta])
    belongs = stage_of[:, None] == np.arange(stages)
    by_stage, room = q @ belongs, (k * (q > 0)) @ belongs
    rows = np.arange(len(q))
    tight = np.minimum(by_stage, room)
    is_dry, dry_stage = tight.min(axis=1) < EMPTY, (tight < EMPTY).argmax(axis=1)
    x, ln_p = np.zeros(rows.size), np.full(rows.size, m.ln_choke)
    is_bound, y = np.zeros(rows.size, np.bool_), np.zeros((rows.size, stages))
    found_eta = np.broadcast_to(m.eta, y.shape).copy()
    open_ = ~is_dry
    parts = [x[open_], ln_p[open_], is_bound[open_], y[open_], found_eta[open_]]
    clear_each(
        np.ascontiguousarray(q[open_]), np.ascontiguousarray(k[open_]), eta, stage_of, m.theta,
        m.eps, m.ln_choke, *parts,
    )  # fmt: skip
    for whole, part in zip((x, ln_p, is_bound, y, found_eta), parts, strict=True):
        whole[open_] = part
    price = np.exp(ln_p)
    got = m.theta * np.exp(y)
    rent = np.where(is_bound, np.maximum(price - got.sum(axis=1), 0.0), 0.0)
    got[rows, room.argmin(axis=1)] += rent
    rise = got - m.theta
    stage = np.where(rise.max(axis=1) > EMPTY, rise.argmax(axis=1), -1)
    return Cleared(
        np.where(is_dry, 0.0, np.exp(x)), price, np.where(is_dry, dry_stage, stage),
        np.where(is_dry[:, None], np.arange(stages) == dry_stage[:, None],
                 got / got.sum(axis=1)[:, None]),
        is_bound | is_dry, y, found_eta,
    )  # fmt: skip
