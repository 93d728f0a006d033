"""Scenarios of a disruption model in plain NumPy: the second way to every outcome.

It works on whole columns of scenarios at a time, finds the root by its own bracketed search and
takes normal quantiles from SciPy, so that it shares no arithmetic with the compiled kernel beyond
the model itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oreline.stress._model_arrays import (
    BOTTLENECK,
    COLUMNS,
    EMPTY,
    EXHAUST_MONTHS,
    MONTHS,
    P_OTHERS,
    PURPOSE_COUNTRY,
    PURPOSE_DURATION,
    PURPOSE_EVENT,
    Q_OTHERS,
    Flags,
    Floats,
    ModelArrays,
    P,
    Q,
    is_by_producer,
)

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_HALVINGS = 200
Counters = NDArray[np.uint64]


def philox_words(counter: tuple[Counters | int, ...], key: int) -> tuple[Counters, ...]:
    """Return the four words of Philox4x32-10 for counters of four words each.

    Examples
    --------
    The first of the test vectors that the authors publish:

    >>> [f"{int(word):08x}" for word in philox_words((0, 0, 0, 0), 0)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    words = [np.atleast_1d(np.asarray(one, np.uint64)) for one in counter]
    keys = [np.uint64(key & 0xFFFFFFFF), np.uint64(key >> 32)]
    for _ in range(10):
        first = np.uint64(0xD2511F53) * words[0]
        second = np.uint64(0xCD9E8D57) * words[2]
        words = [
            (second >> _HALF) ^ words[1] ^ keys[0],
            second & _LOW,
            (first >> _HALF) ^ words[3] ^ keys[1],
            first & _LOW,
        ]
        keys = [
            np.uint64((int(keys[0]) + 0x9E3779B9) & 0xFFFFFFFF),
            np.uint64((int(keys[1]) + 0xBB67AE85) & 0xFFFFFFFF),
        ]
    return tuple(word[0] if word.size == 1 else word for word in words)


def uniforms(
    numbers: Counters, word: int, purpose: int, key: int, pair: int = 0
) -> NDArray[np.float64]:
    """Return the numbers in (0, 1) of scenarios for a country or event and a purpose."""
    drawn = philox_words((numbers & _LOW, numbers >> _HALF, word, purpose), key)
    joined = (np.atleast_1d(drawn[2 * pair]) << _HALF) | np.atleast_1d(drawn[2 * pair + 1])
    return np.asarray(((joined >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What events did, by scenario: (scenarios,), (scenarios, producers[, blocs]).

    ``made`` is the part of its output that a producer makes in the year, ``sent`` the part of its
    sales to a bloc that it may send; ``during`` the same while events last. ``happened`` tells
    events, ``is_cut`` blocs that an export restriction is aimed at.
    """

    months: Floats
    made: Floats
    made_during: Floats
    sent: Floats
    sent_during: Floats
    happened: Flags
    is_cut: Flags


def drawn(m: ModelArrays, seed: int, numbers: Counters) -> Drawn:
    """Return the events of the scenarios with these numbers."""
    from scipy.special import ndtri

    shape = (numbers.size, m.threshold.size)
    happened = np.zeros(shape, np.bool_)
    severity, months = np.empty(shape), np.empty(shape)
    factors = [ndtri(uniforms(numbers, int(one), PURPOSE_COUNTRY, seed)) for one in m.country_id]
    for e in range(m.threshold.size):
        word = int(m.event_id[e])
        own = ndtri(uniforms(numbers, word, PURPOSE_EVENT, seed))
        level = np.sqrt(m.rho) * factors[m.event_country[e]] + np.sqrt(1.0 - m.rho) * own
        happened[:, e] = level < m.threshold[e]
        severity[:, e] = m.severity_fixed[e]
        if np.isnan(m.severity_fixed[e]):
            u = uniforms(numbers, word, PURPOSE_EVENT, seed, 1)
            severity[:, e] = (1 - (1 - u) ** (1 / m.severity_b[e])) ** (1 / m.severity_a[e])
        score = ndtri(uniforms(numbers, word, PURPOSE_DURATION, seed))
        months[:, e] = np.exp(m.ln_months[e] + m.ln_months_sd[e] * score)
    return struck(m, happened, severity, months)


def struck(m: ModelArrays, happened: Flags, severity: Floats, months: Floats) -> Drawn:
    """Return what events do, (scenarios, events) each: whether, how hard, how long."""
    rows, producers, blocs = len(happened), m.share.size, m.demand.size
    made, during = np.ones((rows, producers)), np.ones((rows, producers))
    sent, sent_during = np.ones((rows, producers, blocs)), np.ones((rows, producers, blocs))
    is_cut = np.zeros((rows, blocs), np.bool_)
    for e in range(m.threshold.size):
        is_so = happened[:, e]
        lasting = np.where(is_so, severity[:, e], 0.0)
        part = lasting * np.minimum(months[:, e], MONTHS) / MONTHS
        hit = m.hits[m.hit_start[e] : m.hit_start[e + 1]]
        if m.is_restriction[e]:
            is_cut |= is_so[:, None] & m.targets[e]
            cells = np.ix_(np.arange(rows), hit, np.flatnonzero(m.targets[e]))
            kept = 1 - m.leakage[e]
            sent[cells] *= (1 - part * kept)[:, None, None]
            sent_during[cells] *= (1 - lasting * kept)[:, None, None]
        else:
            made[:, hit] *= (1 - part)[:, None]
            during[:, hit] *= (1 - lasting)[:, None]
    longest = np.where(happened, months, 0.0).max(axis=1, initial=0.0)
    return Drawn(longest, made, during, sent, sent_during, happened, is_cut)


def _asked(m: ModelArrays, x: Floats, ln_q: Floats) -> Floats:
    """Return the price of each stage's service for quantities e**x, (scenarios, stages)."""
    return np.asarray(m.theta * np.exp((x[:, None] - ln_q) / m.eta))


def _falling_root(height: Floats, slope: float, m: ModelArrays, ln_q: Floats) -> Floats:
    """Return where height - slope x - ln(supply price) is zero, by halving a bracket."""
    low, high = np.full(height.size, -800.0), np.full(height.size, 40.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        with np.errstate(over="ignore", divide="ignore"):
            value = height - slope * middle - np.log(_asked(m, middle, ln_q).sum(axis=1))
        low, high = np.where(value > 0, middle, low), np.where(value > 0, high, middle)
        if np.all(np.nextafter(low, high) >= high):
            break
    return np.asarray((low + high) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Cleared:
    """How markets clear, by scenario.

    ``weight`` is the part of the price that each stage gets, ``ln_ask`` the logarithm of what its
    suppliers ask over the base, without rent, and ``eta`` their supply elasticity there.
    """

    quantity: Floats
    price: Floats
    stage: NDArray[np.int64]
    weight: Floats
    is_bound: Flags
    ln_ask: Floats
    eta: Floats


def cleared(m: ModelArrays, q: Floats, k: Floats) -> Cleared:
    """Return the equilibrium of markets with supplies q and capacities k, (scenarios, stages)."""
    rows = np.arange(len(q))
    is_dry = np.minimum(q, k).min(axis=1) < EMPTY
    dry_stage = (np.minimum(q, k) < EMPTY).argmax(axis=1)
    ln_q = np.log(np.where(is_dry[:, None], 1.0, q))
    limit = np.log(np.where(is_dry, 1.0, k.min(axis=1)))
    at_limit = np.log(_asked(m, limit, ln_q).sum(axis=1))
    is_bound = -limit / m.eps >= at_limit
    none = np.zeros(rows.size)
    x = np.where(is_bound, limit, _falling_root(none, 1 / m.eps, m, ln_q))
    ln_p = -x / m.eps
    is_choked = ln_p > m.ln_choke
    sold = np.minimum(_falling_root(none + m.ln_choke, 0.0, m, ln_q), limit)
    x = np.where(is_choked, sold, x)
    is_bound = np.where(is_choked, at_limit <= m.ln_choke, is_bound)
    ln_p = np.where(is_choked, m.ln_choke, ln_p)
    got = _asked(m, x, ln_q)
    price = np.exp(ln_p)
    got[rows, k.argmin(axis=1)] += np.where(is_bound, np.maximum(price - got.sum(axis=1), 0), 0)
    rise = got - m.theta
    stage = np.where(rise.max(axis=1) > EMPTY, rise.argmax(axis=1), -1)
    return Cleared(
        np.where(is_dry, 0.0, np.exp(x)),
        np.where(is_dry, np.exp(m.ln_choke), price),
        np.where(is_dry, dry_stage, stage),
        np.where(is_dry[:, None], np.arange(m.theta.size) == dry_stage[:, None],
                 got / got.sum(axis=1)[:, None]),
        is_bound | is_dry, (x[:, None] - ln_q) / m.eta, np.broadcast_to(m.eta, ln_q.shape),
    )  # fmt: skip


def _by_stage(m: ModelArrays, of_producers: Floats) -> Floats:
    found = np.zeros((len(of_producers), m.theta.size))
    for s in range(m.theta.size):
        found[:, s] = of_producers[:, m.stage_of == s].sum(axis=1)
    return found


def reaching(
    m: ModelArrays, bloc: int | None, cut: Floats, months: Floats, made: Floats, sent: Floats
) -> tuple[Floats, Floats]:
    """Return what reaches producers' users in a bloc (None: the world): output and capacity.

    Both are (scenarios, producers), as parts of the bloc's own demand.
    """
    year = np.where(months > 0, np.minimum(months, MONTHS), MONTHS)
    new = np.maximum(0.0, 1 - m.lag_months[m.stage_of] / year[:, None])
    reach = made * m.host[m.stage_of]
    if bloc is not None:
        more = m.diversion * new * ((1 - cut) / cut)[:, None]
        reach = reach * sent[:, :, bloc] * (1 + np.where(m.is_local, 0.0, more))
    return reach * m.share, reach * (m.share + (m.capacity - m.share) * new)


def released(stock: Floats, months: Floats, q: Floats, k: Floats) -> tuple[Floats, Floats]:
    """Return supplies with what stocks (scenarios or 1, stages) give in the year."""
    with np.errstate(divide="ignore"):
        part = np.minimum(1.0, MONTHS / months)[:, None]
    later = np.cumsum((stock * part)[:, ::-1], axis=1)[:, ::-1]
    return (
        np.maximum(q, np.minimum(1.0, q + later)),
        np.maximum(k, np.minimum(1.0, k + later)),
    )


def supplies(
    m: ModelArrays, bloc: int | None, cut: Floats, months: Floats, made: Floats, sent: Floats
) -> tuple[Floats, Floats]:
    """Return what reaches a bloc: by stage, or by producer where they have their own elasticity."""
    flow, room = reaching(m, bloc, cut, months, made, sent)
    return (flow, room) if is_by_producer(m) else (_by_stage(m, flow), _by_stage(m, room))


def market(m: ModelArrays, q: Floats, k: Floats, stock: Floats, months: Floats) -> Cleared:
    """Return where a market clears with what :func:`supplies` gives and what stocks release.

    Where producers have their own elasticity what a stock releases is supply of its own, with the
    elasticity of its stage.
    """
    if not is_by_producer(m):
        return cleared(m, *released(stock, months, q, k))
    from oreline.stress._by_producer import cleared_each

    by_stage, room = _by_stage(m, q), _by_stage(m, k)
    full_q, full_k = released(stock, months, by_stage, room)
    more = full_q - by_stage
    every_q = np.concatenate([q, more], axis=1)
    every_k = np.concatenate([k, np.maximum(more, full_k - room)], axis=1)
    return cleared_each(m, every_q, every_k)


def plain_scenarios(m: ModelArrays, seed: int, start: int, count: int) -> Floats:
    """Return the outcomes of some scenarios, as ``_kernels.scenarios`` writes them."""
    numbers = np.arange(start, start + count, dtype=np.uint64)
    return outcomes(m, drawn(m, seed, numbers))


def outcomes(m: ModelArrays, d: Drawn) -> Floats:
    """Return what the market makes of events that are drawn."""
    is_cut = d.is_cut
    cut = is_cut @ m.demand
    calm = d.months == 0
    months = np.where(calm, MONTHS, d.months)
    world_stock = (m.demand @ m.stock)[None]
    all_q, all_k = supplies(m, None, cut, months, d.made, d.sent)
    world = market(m, all_q, all_k, world_stock * ~calm[:, None], months)
    found = np.empty((calm.size, COLUMNS))
    found[:, Q] = found[:, Q_OTHERS] = world.quantity
    found[:, P] = found[:, P_OTHERS] = world.price
    found[:, BOTTLENECK] = world.stage
    found[:, EXHAUST_MONTHS] = _exhausted(m, d, is_cut, cut)
    for b in range(m.demand.size):
        # Where a bloc is not cut off its row is computed as if all were, and not used.
        theirs = np.where(is_cut[:, b], cut, 1.0)
        bloc_q, bloc_k = supplies(m, b, theirs, months, d.made, d.sent)
        part = np.where(is_cut[:, b], m.demand[b], 0.0)[:, None]
        all_q, all_k = all_q - part * bloc_q, all_k - part * bloc_k
        if b == m.focal:
            own = market(m, bloc_q, bloc_k, m.stock[b][None], months)
            _take(found, own, is_cut[:, b] & (own.price > found[:, P]), (Q, P, BOTTLENECK))
    is_open = (cut > 0) & (1 - cut >= EMPTY)
    rest = np.where(is_open, 1 - cut, 1.0)[:, None]
    held = ((~is_cut * m.demand) @ m.stock) / rest
    all_q, all_k = np.maximum(0.0, all_q) / rest, np.maximum(0.0, all_k) / rest
    others = market(m, all_q, all_k, held, months)
    is_cheaper = is_open & (others.price < found[:, P_OTHERS])
    _take(found, others, is_cheaper, (Q_OTHERS, P_OTHERS, None))
    _take(found, others, is_cheaper & ~is_cut[:, m.focal], (Q, P, BOTTLENECK))
    return found


def _take(found: Floats, own: Cleared, rows: Flags, columns: tuple[int, int, int | None]) -> None:
    """Write the outcome of a market over the world's, in these rows."""
    quantity, price, stage = columns
    found[rows, quantity], found[rows, price] = own.quantity[rows], own.price[rows]
    if stage is not None:
        found[rows, stage] = own.stage[rows]


def _exhausted(m: ModelArrays, d: Drawn, is_cut: Flags, cut: Floats) -> Floats:
    """Return the months that stocks cover what is lost while events last."""
    year = np.full(d.months.size, MONTHS)
    is_own = is_cut[:, m.focal]
    own, _ = reaching(m, m.focal, np.where(is_own, cut, 1.0), year, d.made_during, d.sent_during)
    all_, _ = reaching(m, None, cut, year, d.made_during, d.sent_during)
    q = _by_stage(m, np.where(is_own[:, None], own, all_))
    stock = np.where(is_own[:, None], m.stock[m.focal], m.demand @ m.stock)
    later = np.cumsum(stock[:, ::-1], axis=1)[:, ::-1]
    with np.errstate(divide="ignore"):
        covered = np.where(q < 1 - EMPTY, MONTHS * later / np.maximum(1 - q, EMPTY), np.inf)
    return np.where(d.months > 0, covered.min(axis=1), np.inf)
