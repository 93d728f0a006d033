"""Whom a tail comes from, and what another share of supply would change in it.

The worst twentieth of scenarios is drawn again by number, which costs nothing to keep, and its
losses are split over stages by their part in the rise of the price, and inside a stage over
producers by the supply they lose: the parts of a scenario are its loss, and so the parts of CVaR
are CVaR. The derivative of CVaR by a share is the mean over the tail of the derivative of the loss
in each scenario, the same scenarios for all shares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from oreline.stress._gdp_terms import BOUNDS, DOMESTIC_MORE_MAX, Spending
from oreline.stress._inputs import as_given, producer_names
from oreline.stress._model_arrays import (
    EMPTY,
    MONTHS,
    Flags,
    Floats,
    ModelArrays,
    is_by_producer,
)
from oreline.stress._plain import Drawn, drawn, market, reaching, released
from oreline.stress._risk import tail_of
from oreline.stress._run import Disruption, spending_of


@dataclass(frozen=True, slots=True, eq=False)
class Focus:
    """The market that the bloc looked at clears in, by scenario.

    ``reach`` is what a unit of each producer's share gives to it, ``room`` of capacity; ``feeds``
    tells where more supply is felt: not where a stock fills the gap up to base demand.
    """

    q: Floats
    k: Floats
    reach: Floats
    room: Floats
    feeds: Flags
    feeds_room: Flags
    quantity: Floats
    price: Floats
    weight: Floats
    is_bound: Flags
    ln_ask: Floats
    eta: Floats


def focus(m: ModelArrays, d: Drawn) -> Focus:
    """Return the market of the bloc looked at in scenarios that are drawn."""
    cut = d.is_cut @ m.demand
    calm = d.months == 0
    months = np.where(calm, MONTHS, d.months)
    is_own = d.is_cut[:, m.focal]
    world = _market(m, None, cut, months, d, (m.demand @ m.stock)[None] * ~calm[:, None])
    own = _market(m, m.focal, np.where(is_own, cut, 1.0), months, d, m.stock[m.focal][None])
    rest = _rest(m, cut, months, d, world)
    is_apart = is_own & (own.price > world.price)
    is_rest = ~is_own & (cut > 0) & (1 - cut >= EMPTY) & (rest.price < world.price)
    return _chosen(_chosen(world, own, is_apart), rest, is_rest)


def _chosen(one: Focus, other: Focus, rows: Flags) -> Focus:
    found = []
    for name in Focus.__slots__:
        a, b = getattr(one, name), getattr(other, name)
        found.append(np.where(rows.reshape(-1, *[1] * (a.ndim - 1)), b, a))
    return Focus(*found)


def _sums(m: ModelArrays, of_producers: Floats) -> Floats:
    belongs = m.stage_of[:, None] == np.arange(m.theta.size)
    return np.asarray(of_producers @ belongs)


def _of(m: ModelArrays, flow: Floats, room: Floats, months: Floats, stock: Floats) -> Focus:
    q, k = _sums(m, flow), _sums(m, room)
    full_q, full_k = released(stock, months, q, k)
    given = (flow, room) if is_by_producer(m) else (q, k)
    found = market(m, *given, stock, months)
    share = np.where(m.share > 0, m.share, 1.0)
    return Focus(
        full_q, full_k, flow / share, room / share,
        (full_q >= 1) == (q >= 1), (full_k >= 1) == (k >= 1), found.quantity, found.price,
        found.weight, found.is_bound, found.ln_ask, found.eta,
    )  # fmt: skip


def _market(
    m: ModelArrays, bloc: int | None, cut: Floats, months: Floats, d: Drawn, stock: Floats
) -> Focus:
    flow, room = reaching(m, bloc, cut, months, d.made, d.sent)
    return _of(m, flow, room, months, np.broadcast_to(stock, (cut.size, m.theta.size)))


def _rest(m: ModelArrays, cut: Floats, months: Floats, d: Drawn, world: Focus) -> Focus:
    """Return the market of those that no restriction is aimed at."""
    flow, room = reaching(m, None, cut, months, d.made, d.sent)
    for b in range(m.demand.size):
        theirs = np.where(d.is_cut[:, b], cut, 1.0)
        own, own_room = reaching(m, b, theirs, months, d.made, d.sent)
        part = np.where(d.is_cut[:, b], m.demand[b], 0.0)[:, None]
        flow, room = flow - part * own, room - part * own_room
    left = np.where(1 - cut >= EMPTY, 1 - cut, 1.0)[:, None]
    held = ((~d.is_cut * m.demand) @ m.stock) / left
    return _of(m, np.maximum(0.0, flow) / left, np.maximum(0.0, room) / left, months, held)


def quantity_slopes(m: ModelArrays, f: Focus) -> tuple[Floats, Floats]:
    """Return the derivative of quantity and price by each producer's share, (scenarios, producers).

    Inside the market ln Q moves with ln q of a stage by (w / eta) / (1 / eps + sum w / eta), w the
    stage's part of the price; at the choke price without 1 / eps; where capacity binds with the
    capacity of the tightest stage alone.
    """
    pull = f.weight / np.maximum(f.eta, EMPTY)
    is_choked = np.log(np.maximum(f.price, EMPTY)) >= m.ln_choke - 1e-12
    below = pull.sum(axis=1) + np.where(is_choked, 0.0, 1 / m.eps)
    by_stage = pull / below[:, None] * f.feeds
    tight = np.arange(m.theta.size) == f.k.argmin(axis=1)[:, None]
    by_room = tight / np.maximum(f.k, EMPTY) * f.feeds_room
    ln_q = np.where(
        f.is_bound[:, None],
        by_room[:, m.stage_of] * f.room,
        by_stage[:, m.stage_of] * _part_of_supply(m, f),
    )
    slope = f.quantity[:, None] * ln_q
    price = -f.price[:, None] * ln_q / m.eps * ~is_choked[:, None]
    return slope, price


def _part_of_supply(m: ModelArrays, f: Focus) -> Floats:
    """Return by which part a stage's supply grows with a producer's share, prices as they are."""
    if not is_by_producer(m):
        return np.asarray(f.reach / np.maximum(f.q, EMPTY)[:, m.stage_of])
    grown = f.reach * np.exp(m.producer_eta * f.ln_ask[:, m.stage_of])
    return np.asarray(np.minimum(grown, f.room) / np.maximum(f.quantity, EMPTY)[:, None])


def loss_slopes(
    found: Disruption, money: Spending, quantity: Floats, price: Floats, bound: str
) -> tuple[Floats, Floats]:
    """Return the derivative of the loss by quantity and by price, in million dollars."""
    assert found.curve is not None, "asked of a run with an economy"
    curve = found.curve
    losses = {"direct": curve.direct_musd, "qp": curve.qp_musd, "lp": curve.lp_musd}[bound]
    short = np.maximum(0.0, 1 - quantity)
    step = np.diff(losses) / np.diff(curve.cut)
    at = np.clip(np.searchsorted(curve.cut, money.psi * short, "right") - 1, 0, step.size - 1)
    inside = (money.psi * short <= curve.cut[-1]) & (short > 0)
    by_quantity = np.where(inside, -money.psi * step[at], 0.0)
    by_price = np.zeros_like(price)
    if money.spent_musd is not None and money.earned_musd is not None:
        by_quantity = by_quantity + np.where(short > 0, money.spent_musd * (price - 1), 0.0)
        more = price**money.domestic_eta - 1
        rises = more < DOMESTIC_MORE_MAX
        gain = np.where(
            rises, (1 + money.domestic_eta) * price**money.domestic_eta - 1, DOMESTIC_MORE_MAX
        )
        by_price = money.spent_musd * (1 - short) - money.earned_musd * (gain + 1)
    return by_quantity, by_price


@dataclass(frozen=True, slots=True)
class Contribution:
    """A producer's part of CVaR, and what one point more of its share would change in it.

    Both in million dollars a year; None without an economy. ``lost`` is the mean supply that it
    loses in the tail, as a part of base demand.
    """

    stage: str
    producer: str
    share: float
    lost: float
    cvar_musd: float | None
    cvar_part: float
    per_point_musd: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Every producer's part of the tail, and the parts of stages and countries."""

    bound: str
    cvar_musd: float | None
    rows: tuple[Contribution, ...]
    by_country: dict[str, float] = field(default_factory=dict)
    by_stage: dict[str, float] = field(default_factory=dict)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each producer of each stage."""
        return pl.DataFrame(
            {name: [getattr(one, name) for one in self.rows] for name in Contribution.__slots__}
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "bound": self.bound,
            "cvar_musd": self.cvar_musd,
            "by_country": self.by_country,
            "by_stage": self.by_stage,
            "producers": self.to_frame().to_dicts(),
        }


def contributions(found: Disruption, bound: str = "qp") -> Contributions:
    """Return whom the tail of a run comes from.

    The tail is that of the loss of product; without an economy that of the shortfall, and parts
    are told without money.
    """
    m = found.arrays
    loss = 1 - found.outcomes[:, 0]
    if found.terms is not None:
        loss = found.terms.loss[BOUNDS.index(bound)]
    tail = tail_of(loss)
    d = drawn(m, found.settings.seed, tail.astype(np.uint64))
    f = focus(m, d)
    lost = m.share * np.where(m.is_local, 1 - d.made, 1 - d.made * _sent_to(m, d))
    parts = _parts(m, f, lost)
    names = producer_names(found.scenario)
    in_tail = loss[tail]
    each = (in_tail[:, None] * parts).mean(axis=0)
    total = float(in_tail.mean())
    points = None
    if found.terms is not None:
        money = spending_of(found.scenario, as_given(found.scenario))
        by_q, by_p = loss_slopes(found, money, f.quantity, f.price, bound)
        dq, dp = quantity_slopes(m, f)
        points = (by_q[:, None] * dq + by_p[:, None] * dp).mean(axis=0) / 100
    rows = tuple(
        Contribution(
            stage, name, float(m.share[n]), float(lost[:, n].mean()),
            None if found.terms is None else float(each[n]),
            float(each[n] / total) if total else 0.0,
            None if points is None else float(points[n]),
        )
        for n, (stage, name) in enumerate(names)
        if m.share[n] > 0
    )  # fmt: skip
    by_country: dict[str, float] = {}
    by_stage: dict[str, float] = {}
    for one in rows:
        code = one.producer.partition(":")[0]
        by_country[code] = by_country.get(code, 0.0) + one.cvar_part
        by_stage[one.stage] = by_stage.get(one.stage, 0.0) + one.cvar_part
    return Contributions(bound, None if found.terms is None else total, rows, by_country, by_stage)


def _sent_to(m: ModelArrays, d: Drawn) -> Floats:
    """Return the part of its sales that each producer may send to the bloc looked at."""
    return np.asarray(d.sent[:, :, m.focal])


def _parts(m: ModelArrays, f: Focus, lost: Floats) -> Floats:
    """Return the part of each scenario's loss that each producer has, (scenarios, producers)."""
    rise = np.maximum(f.weight * f.price[:, None] - m.theta, 0.0)
    by_stage = _sums(m, lost)
    rise = np.where(by_stage > 0, rise, 0.0)
    flat = rise.sum(axis=1) <= 0
    rise = np.where(flat[:, None], by_stage, rise)
    total = rise.sum(axis=1)
    weight = rise / np.where(total > 0, total, 1.0)[:, None]
    inside = lost / np.where(by_stage > 0, by_stage, 1.0)[:, m.stage_of]
    return np.asarray(weight[:, m.stage_of] * inside)
