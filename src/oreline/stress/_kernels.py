"""Scenarios of a disruption model, drawn and solved in one compiled pass.

Random numbers are those of Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): the counter is the
scenario, the country or event, and what the number is for; the key is the seed. No number depends
on which were drawn before it. :mod:`oreline.stress._plain` says the same in NumPy.
"""

from __future__ import annotations

import math

import numpy as np

from oreline.stress._jit import compiled, inlined
from oreline.stress._model_arrays import EMPTY, MONTHS, Flags, Floats, Ints, ModelArrays

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_STEP = 1.0 / 9007199254740992.0
_CLOSE = 1e-8
"""A Newton step below this is the last: the error after it is of the order of its square."""
_STEPS = 60
_Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


@inlined
def philox(c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, key: np.uint64) -> _Words:
    """Return the four words of Philox4x32-10 for a counter of four words and a 64-bit key."""
    k0, k1 = key & _LOW, key >> _HALF
    for _ in range(10):
        high, low = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (
            (low >> _HALF) ^ c1 ^ k0,
            low & _LOW,
            (high >> _HALF) ^ c3 ^ k1,
            high & _LOW,
        )
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@inlined
def uniform(high: np.uint64, low: np.uint64) -> float:
    """Return a number inside (0, 1) from two words, 53 bits of them."""
    word = ((high << _HALF) | low) >> np.uint64(11)
    return (np.float64(word) + 0.5) * _STEP


@inlined
def _tail(q: float, u: float) -> float:
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        top = (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r
            + 2.41780725177450611770e-1) * r + 1.27045825245236838258) * r
            + 3.64784832476320460504) * r + 5.76949722146069140550) * r
            + 4.63033784615654529590) * r + 1.42343711074968357734)  # fmt: skip
        below = (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r
            + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r
            + 6.89767334985100004550e-1) * r + 1.67638483018380384940) * r
            + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    else:
        r -= 5.0
        top = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
            + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r
            + 2.96560571828504891230e-1) * r + 1.78482653991729133580) * r
            + 5.46378491116411436990) * r + 6.65790464350110377720)  # fmt: skip
        below = (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r
            + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4) * r
            + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
            + 5.99832206555887937690e-1) * r + 1.0)  # fmt: skip
    found = top / below
    return -found if q < 0.0 else found


@inlined
def normal(u: float) -> float:
    """Return the standard normal quantile, by algorithm AS 241 (Wichura 1988), to 1e-15."""
    q = u - 0.5
    if abs(q) > 0.425:
        return _tail(q, u)
    r = 0.180625 - q * q
    top = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r
        + 67265.770927008700853) * r + 45921.953931549871457) * r
        + 13731.693765509461125) * r + 1971.5909503065514427) * r
        + 133.14166789178437745) * r + 3.3871328727963666080)  # fmt: skip
    below = (((((((5226.4952788528545610 * r + 28729.085735721942674) * r
        + 39307.895800092710610) * r + 21213.794301586595867) * r
        + 5394.1960214247511077) * r + 687.18700749205790830) * r
        + 42.313330701600911252) * r + 1.0)  # fmt: skip
    return q * top / below


@inlined
def _supply_price(x: float, m: ModelArrays, ln_q: Floats) -> tuple[float, float]:
    """Return the price that suppliers ask for the quantity e**x, and its slope in x."""
    price, slope = 0.0, 0.0
    for s in range(m.theta.size):
        part = m.theta[s] * math.exp((x - ln_q[s]) / m.eta[s])
        price += part
        slope += part / m.eta[s]
    return price, slope


@inlined
def _root(x: float, elasticity: float, height: float, m: ModelArrays, ln_q: Floats) -> float:
    """Return where height - x * elasticity - ln(supply price) is zero: Newton's steps from x.

    The function is concave and falls, so that every step but the first goes down towards the root.
    """
    for _ in range(_STEPS):
        price, slope = _supply_price(x, m, ln_q)
        step = (height - elasticity * x - math.log(price)) / (-elasticity - slope / price)
        x -= step
        if abs(step) < _CLOSE:
            break
    return x


@inlined
def clear(m: ModelArrays, q: Floats, k: Floats, ln_q: Floats) -> tuple[float, float, int]:
    """Return quantity, price and bottleneck stage of a market with supplies q and capacities k."""
    tight, most = 0, k[0]
    for s in range(q.size):
        if k[s] < most:
            tight, most = s, k[s]
        if q[s] < EMPTY or k[s] < EMPTY:
            return 0.0, math.exp(m.ln_choke), s
        ln_q[s] = math.log(q[s])
    limit = math.log(most)
    x = _root(min(0.0, limit), 1.0 / m.eps, 0.0, m, ln_q)
    is_bound = x >= limit
    x = min(x, limit)
    ln_p = -x / m.eps
    if ln_p > m.ln_choke:
        # At the choke price users turn to something else; suppliers sell what they make at it.
        ln_p = m.ln_choke
        x = _root(x, 0.0, ln_p, m, ln_q)
        is_bound = x >= limit
        x = min(x, limit)
    rent = 0.0
    if is_bound:
        price, _ = _supply_price(limit, m, ln_q)
        rent = max(0.0, math.exp(ln_p) - price)
    stage, worst = -1, EMPTY
    for s in range(q.size):
        rise = m.theta[s] * (math.exp((x - ln_q[s]) / m.eta[s]) - 1.0)
        if s == tight:
            rise += rent
        if rise > worst:
            stage, worst = s, rise
    return math.exp(x), math.exp(ln_p), stage


@inlined
def _is_listed(struck: Ints, count: int, producer: int) -> bool:
    """Return whether a producer is among those struck so far."""
    is_there = False
    for i in range(struck[count]):
        is_there |= struck[i] == producer
    return is_there


@inlined
def _made_whole(
    m: ModelArrays,
    made: Floats,
    made_during: Floats,
    sent: Floats,
    sent_during: Floats,
    is_cut: Flags,
    struck: Ints,
) -> None:
    """Undo what the scenario before did: only those that it struck are not as they should be."""
    for i in range(struck[m.share.size]):
        n = struck[i]
        made[n] = made_during[n] = 1.0
        for b in range(m.demand.size):
            sent[n, b] = sent_during[n, b] = 1.0
    struck[m.share.size] = 0
    is_cut[:] = False


@inlined
def _strike(
    m: ModelArrays,
    e: int,
    severity: float,
    part: float,
    made: Floats,
    made_during: Floats,
    sent: Floats,
    sent_during: Floats,
    is_cut: Flags,
    struck: Ints,
) -> None:
    """Take from the producers that an event strikes what it takes, over the year and meanwhile."""
    count = m.share.size
    for i in range(m.hit_start[e], m.hit_start[e + 1]):
        n = m.hits[i]
        if not _is_listed(struck, count, n):
            struck[struck[count]] = n
            struck[count] += 1
        if not m.is_restriction[e]:
            made[n] *= 1.0 - part
            made_during[n] *= 1.0 - severity
            continue
        for b in range(m.demand.size):
            if m.targets[e, b]:
                is_cut[b] = True
                sent[n, b] *= 1.0 - part * (1.0 - m.leakage[e])
                sent_during[n, b] *= 1.0 - severity * (1.0 - m.leakage[e])


@inlined
def draw(
    m: ModelArrays,
    key: np.uint64,
    scenario: np.uint64,
    factor: Floats,
    has_factor: Flags,
    made: Floats,
    made_during: Floats,
    sent: Floats,
    sent_during: Floats,
    is_cut: Flags,
    struck: Ints,
) -> float:
    """Draw the events of a scenario; return the longest duration in months, 0 without an event.

    Written are the part of its output that each producer makes and the part of its sales to each
    bloc that it may send, over the year and while the events last.
    """
    longest = 0.0
    _made_whole(m, made, made_during, sent, sent_during, is_cut, struck)
    low, high = scenario & _LOW, scenario >> _HALF
    has_factor[:] = False
    common, own = math.sqrt(m.rho), math.sqrt(1.0 - m.rho)
    for e in range(m.threshold.size):
        if m.threshold[e] == -np.inf:
            continue
        c0, c1, c2, c3 = philox(low, high, np.uint64(m.event_id[e]), np.uint64(1), key)
        c = m.event_country[e]
        if m.threshold[e] < np.inf:
            if not has_factor[c]:
                f0, f1, _, _ = philox(low, high, np.uint64(m.country_id[c]), np.uint64(0), key)
                factor[c], has_factor[c] = normal(uniform(f0, f1)), True
            if common * factor[c] + own * normal(uniform(c0, c1)) >= m.threshold[e]:
                continue
        severity = m.severity_fixed[e]
        if math.isnan(severity):
            rest = 1.0 - (1.0 - uniform(c2, c3)) ** (1.0 / m.severity_b[e])
            severity = rest ** (1.0 / m.severity_a[e])
        months = math.exp(m.ln_months[e])
        if m.ln_months_sd[e] > 0.0:
            d0, d1, _, _ = philox(low, high, np.uint64(m.event_id[e]), np.uint64(2), key)
            months = math.exp(m.ln_months[e] + m.ln_months_sd[e] * normal(uniform(d0, d1)))
        longest = max(longest, months)
        part = severity * min(months, MONTHS) / MONTHS
        _strike(m, e, severity, part, made, made_during, sent, sent_during, is_cut, struck)
    return longest


@inlined
def _supplies(
    m: ModelArrays,
    calm: Floats,
    bloc: int,
    cut: float,
    months: float,
    struck: Ints,
    made: Floats,
    sent: Floats,
    q: Floats,
    k: Floats,
) -> None:
    """Write what reaches a bloc (-1: the world) of each stage, as a part of its own demand.

    ``calm`` has what is sold across borders and inside them, and the spare capacity of each, by
    stage; ``struck`` the producers that something happened to, its last number how many.
    """
    more = m.diversion * (1.0 - cut) / cut if bloc >= 0 else 0.0
    for s in range(q.size):
        q[s], k[s] = 0.0, 0.0
    for i in range(struck[m.share.size]):
        n = struck[i]
        if not m.is_local[n]:
            left = made[n] * sent[n, bloc] if bloc >= 0 else made[n]
            q[m.stage_of[n]] += (left - 1.0) * m.share[n]
            k[m.stage_of[n]] += (left - 1.0) * (m.capacity[n] - m.share[n])
    for s in range(q.size):
        new = max(0.0, 1.0 - m.lag_months[s] / min(months, MONTHS))
        reach = 1.0 + more * new
        flow = (calm[0, s] + q[s]) * reach + calm[1, s]
        room = (calm[2, s] + k[s]) * reach + calm[3, s]
        q[s] = m.host[s] * flow
        k[s] = m.host[s] * (flow + room * new)
    for i in range(struck[m.share.size]):
        n = struck[i]
        if m.is_local[n]:
            s = m.stage_of[n]
            left = made[n] * sent[n, bloc] if bloc >= 0 else made[n]
            new = max(0.0, 1.0 - m.lag_months[s] / min(months, MONTHS))
            lost = m.host[s] * (left - 1.0)
            q[s] += lost * m.share[n]
            k[s] += lost * (m.share[n] + (m.capacity[n] - m.share[n]) * new)


@inlined
def _calm(m: ModelArrays, calm: Floats) -> None:
    """Write what is sold across borders, inside them, and the spare capacity of both, by stage."""
    calm[:] = 0.0
    for n in range(m.share.size):
        row = 1 if m.is_local[n] else 0
        calm[row, m.stage_of[n]] += m.share[n]
        calm[row + 2, m.stage_of[n]] += m.capacity[n] - m.share[n]


@inlined
def _release(stock: Floats, months: float, q: Floats, k: Floats) -> None:
    """Add what is released in the year; a stock of a later stage stands in for earlier ones."""
    part = min(1.0, MONTHS / months)
    later = 0.0
    for s in range(q.size - 1, -1, -1):
        later += stock[s] * part
        q[s] = max(q[s], min(1.0, q[s] + later))
        k[s] = max(k[s], min(1.0, k[s] + later))


@inlined
def _exhaust(stock: Floats, q: Floats) -> float:
    """Return the months that stocks cover what is lost while the events last."""
    first = np.inf
    later = 0.0
    for s in range(q.size - 1, -1, -1):
        later += stock[s]
        if q[s] < 1.0 - EMPTY:
            first = min(first, MONTHS * later / (1.0 - q[s]))
    return first


@inlined
def _stocks(m: ModelArrays, is_held: Flags, part: float, stock: Floats) -> None:
    """Write the stocks of the blocs that are held (a part of all demand), of their own demand."""
    for s in range(stock.size):
        stock[s] = 0.0
        for b in range(m.demand.size):
            if is_held[b]:
                stock[s] += m.demand[b] * m.stock[b, s] / part


@inlined
def _divided(
    m: ModelArrays,
    calm: Floats,
    cut: float,
    months: float,
    struck: Ints,
    made: Floats,
    sent: Floats,
    is_cut: Flags,
    work: Floats,
    out: Floats,
) -> None:
    """Let blocs that are cut off clear apart, if that is dearer for them than the world's price.

    ``out`` holds the world's outcome, and is written over where theirs differs.
    """
    q, k, ln_q, stock, rest_q, rest_k = work[0], work[1], work[2], work[3], work[4], work[5]
    _supplies(m, calm, -1, cut, months, struck, made, sent, rest_q, rest_k)
    for b in range(m.demand.size):
        if not is_cut[b]:
            continue
        _supplies(m, calm, b, cut, months, struck, made, sent, q, k)
        for s in range(q.size):
            rest_q[s] -= m.demand[b] * q[s]
            rest_k[s] -= m.demand[b] * k[s]
        if b == m.focal:
            stock[:] = m.stock[b]
            _release(stock, months, q, k)
            found_q, found_p, stage = clear(m, q, k, ln_q)
            if found_p > out[1]:
                out[0], out[1], out[4] = found_q, found_p, stage
    rest = 1.0 - cut
    if rest < EMPTY:
        return
    for s in range(q.size):
        rest_q[s] = max(0.0, rest_q[s]) / rest
        rest_k[s] = max(0.0, rest_k[s]) / rest
    for b in range(m.demand.size):
        is_cut[b] = not is_cut[b]
    _stocks(m, is_cut, rest, stock)
    _release(stock, months, rest_q, rest_k)
    found_q, found_p, stage = clear(m, rest_q, rest_k, ln_q)
    if found_p < out[3]:
        out[2], out[3] = found_q, found_p
        if is_cut[m.focal]:
            out[0], out[1], out[4] = found_q, found_p, stage


@compiled
def scenarios(m: ModelArrays, seed: int, start: int, out: Floats) -> None:
    """Write the outcomes of scenarios `start` to `start + len(out)`, a row each."""
    stages, producers, blocs = m.theta.size, m.share.size, m.demand.size
    key = np.uint64(seed)
    factor, has_factor = np.empty(m.country_id.size), np.empty(m.country_id.size, np.bool_)
    made, during = np.ones(producers), np.ones(producers)
    sent, sent_during = np.ones((producers, blocs)), np.ones((producers, blocs))
    is_cut, is_held = np.zeros(blocs, np.bool_), np.ones(blocs, np.bool_)
    work, calm = np.empty((6, stages)), np.empty((4, stages))
    struck = np.zeros(producers + 1, np.int64)
    q, k, ln_q, world, own = work[0], work[1], work[2], np.empty(stages), np.empty(stages)
    _calm(m, calm)
    _stocks(m, is_held, 1.0, world)
    own[:] = m.stock[m.focal]
    _supplies(m, calm, -1, 0.0, MONTHS, struck, made, sent, q, k)
    calm_q, calm_p, calm_stage = clear(m, q, k, ln_q)
    for row in range(out.shape[0]):
        months = draw(
            m, key, np.uint64(start + row), factor, has_factor,
            made, during, sent, sent_during, is_cut, struck,
        )  # fmt: skip
        if months == 0.0:
            out[row, 0] = out[row, 2] = calm_q
            out[row, 1] = out[row, 3] = calm_p
            out[row, 4], out[row, 5] = calm_stage, np.inf
            continue
        cut = 0.0
        for b in range(blocs):
            if is_cut[b]:
                cut += m.demand[b]
        focal = m.focal if is_cut[m.focal] else -1
        _supplies(m, calm, focal, cut, MONTHS, struck, during, sent_during, q, k)
        out[row, 5] = _exhaust(own if focal >= 0 else world, q)
        _supplies(m, calm, -1, cut, months, struck, made, sent, q, k)
        _release(world, months, q, k)
        found_q, found_p, stage = clear(m, q, k, ln_q)
        out[row, 0] = out[row, 2] = found_q
        out[row, 1] = out[row, 3] = found_p
        out[row, 4] = stage
        if cut > 0.0:
            _divided(m, calm, cut, months, struck, made, sent, is_cut, work, out[row])
