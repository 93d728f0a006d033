"""The running book of every lot, one pass over the lines in time order; compiled.

Masses are int64 milligrams; ``OPEN`` (the largest int64) as an upper bound means that none is known
and is never computed with. Products of two masses use 128 bits. A draw takes its share of the state
at that moment, rounded half to even; what stays is what was there less what was taken, so that
known books close exactly. Bounds of intervals are the two extreme cases. Standard uncertainties are
floats and first order; NaN means that one is missing, and spreads.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from oreline.record._jit import compiled_pass

OPEN = 2**63 - 1
_IN, _OUT, _MOVE_OUT, _MOVE_IN, _COUNT, _LOSS = 0, 1, 2, 3, 4, 6
_ALL, _INHERITS, _DRY_FROM_INPUTS = 1, 4, 8
_MASK32 = np.uint64(0xFFFFFFFF)
_TRILLION = 10**12
_NEAR = 2.0**50
"""Up to here a quotient of floats is off by less than two: five roundings of 2^-53 each."""


class Given(NamedTuple):
    """Lines in the order in which they act.

    ``dry`` is int64[n, 2], the least and greatest dry mass that a line states; ``grade`` is
    int64[n, 2] in parts per trillion, -1 where not known; the uncertainties are float64[n].
    """

    side: np.ndarray
    event: np.ndarray
    lot: np.ndarray
    flags: np.ndarray
    dry: np.ndarray
    dry_u: np.ndarray
    grade: np.ndarray
    grade_u: np.ndarray


class Booked(NamedTuple):
    """What the book says of each line: int64[n, 2] bounds in milligrams, float64[n] sigmas.

    ``before_*`` is the state of the line's lot before it; ``excess`` the metal of a draw that was
    not there.
    """

    dry: np.ndarray
    metal: np.ndarray
    dry_u: np.ndarray
    metal_u: np.ndarray
    before_dry: np.ndarray
    before_metal: np.ndarray
    excess: np.ndarray


class Stock(NamedTuple):
    """The state of each lot; ``last_*`` is what its latest addition brought.

    ``unrecorded`` lots were neither made nor counted in this ledger: what they hold is UNKNOWN, not
    nothing, and what is drawn from them is no overdraw.
    """

    dry: np.ndarray
    metal: np.ndarray
    dry_var: np.ndarray
    metal_var: np.ndarray
    last_dry: np.ndarray
    last_metal: np.ndarray
    overdrawn: np.ndarray
    unrecorded: np.ndarray


class Inputs(NamedTuple):
    """What has gone into each event, and what of it has not yet come out.

    ``waiting`` draws of it are still to act: above 0 where a recycled output acts before its own
    event's inputs.
    """

    dry: np.ndarray
    metal: np.ndarray
    rest_dry: np.ndarray
    rest_metal: np.ndarray
    metal_var: np.ndarray
    waiting: np.ndarray


@compiled_pass
def _product(a: int, b: int) -> tuple[int, int]:
    """Return the 128-bit product of two non-negative int64 as (high, low)."""
    a64, b64 = np.uint64(a), np.uint64(b)
    shift = np.uint64(32)
    a1, a0 = a64 >> shift, a64 & _MASK32
    b1, b0 = b64 >> shift, b64 & _MASK32
    low = a0 * b0
    middle1 = a1 * b0
    middle0 = a0 * b1
    carry = (low >> shift) + (middle1 & _MASK32) + (middle0 & _MASK32)
    high = a1 * b1 + (middle1 >> shift) + (middle0 >> shift) + (carry >> shift)
    return high, (carry << shift) | (low & _MASK32)


@compiled_pass
def _divided(a: int, b: int, c: int) -> tuple[int, int]:
    """Return a times b over c and what is left, bit by bit; ``OPEN`` where that is no int64."""
    high, low = _product(a, b)
    divisor = np.uint64(c)
    if high >= divisor:
        return OPEN, 0
    one = np.uint64(1)
    remainder = high
    result = np.uint64(0)
    for place in range(64):
        carry = remainder >> np.uint64(63)
        remainder = (remainder << one) | ((low >> np.uint64(63 - place)) & one)
        result = result << one
        if carry == one or remainder >= divisor:
            remainder = remainder - divisor
            result = result | one
    if result >= np.uint64(OPEN):
        return OPEN, 0
    return np.int64(result), np.int64(remainder)


@compiled_pass
def muldiv(a: int, b: int, c: int) -> int:
    """Return a times b over c, rounded half to even; ``OPEN`` where that is no int64."""
    if a == 0 or b == 0:
        return 0
    if a <= OPEN // b:
        product = a * b
        quotient = product // c
        rest = product - quotient * c
    elif a / c * b < _NEAR and c < 2**60:
        # A floating-point quotient is off by less than two, so that the rest is within 2^62. Both
        # products overflow alike, and their difference is that small number again.
        quotient = np.int64(a / c * b)
        rest = np.int64(np.uint64(a) * np.uint64(b) - np.uint64(quotient) * np.uint64(c))
        while rest < 0:
            quotient -= 1
            rest += c
        while rest >= c:
            quotient += 1
            rest -= c
    else:
        quotient, rest = _divided(a, b, c)
        if quotient == OPEN:
            return OPEN
    if rest > c - rest or (rest == c - rest and quotient % 2 == 1):
        quotient += 1
    return quotient


@compiled_pass
def _plus(a: int, b: int) -> int:
    if a == OPEN or b == OPEN:
        return OPEN
    if a > 0 and b > OPEN - a:
        return OPEN
    return a + b


@compiled_pass
def _minus(a: int, b: int) -> int:
    """Return a less b; what no int64 holds stays at its limit instead of wrapping around."""
    if b > 0 and a < b - OPEN:
        return -OPEN
    if b < 0 and a > OPEN + b:
        return OPEN
    return a - b


@compiled_pass
def _share(metal: int, part: int, whole: int) -> int:
    """Return the metal in a part of a whole, never more than the metal."""
    if metal == OPEN or part >= whole:
        return metal
    return muldiv(metal, part, whole)


@compiled_pass
def _move(i: int, k: int, booked: Booked, stock: Stock) -> None:
    for b in range(2):
        booked.dry[i, b] = stock.dry[k, b]
        booked.metal[i, b] = stock.metal[k, b]
    booked.dry_u[i] = math.sqrt(stock.dry_var[k])
    booked.metal_u[i] = math.sqrt(stock.metal_var[k])


@compiled_pass
def _drawn_exactly(i: int, k: int, short: int, booked: Booked, stock: Stock) -> None:
    """Draw a known mass from a known stock: its share, or everything when that is too little."""
    for b in range(2):
        if short == 0:
            held = max(stock.metal[k, b], 0)
            booked.metal[i, b] = _share(held, booked.dry[i, 0], stock.dry[k, 0])
        else:
            booked.metal[i, b] = max(stock.metal[k, b], 0)


@compiled_pass
def _drawn_between(i: int, k: int, booked: Booked, stock: Stock) -> None:
    """Draw where a mass is an interval: the least share of the least, the most of the most."""
    low, high = 0, min(max(stock.metal[k, 1], 0), booked.dry[i, 1])
    if stock.dry[k, 1] != OPEN and stock.dry[k, 1] > 0:
        low = _share(max(stock.metal[k, 0], 0), booked.dry[i, 0], stock.dry[k, 1])
    if stock.dry[k, 0] > 0 and booked.dry[i, 1] < stock.dry[k, 0]:
        high = min(high, _share(stock.metal[k, 1], booked.dry[i, 1], stock.dry[k, 0]))
    booked.metal[i, 0] = min(low, high)
    booked.metal[i, 1] = high


@compiled_pass
def _overdraw(i: int, k: int, short: int, booked: Booked, stock: Stock) -> None:
    """Add the metal of what was not there, as rich as the latest addition was."""
    if stock.last_dry[k, 0] == stock.last_dry[k, 1] and stock.last_dry[k, 0] > 0:
        for b in range(2):
            rich = stock.last_metal[k, b]
            booked.excess[i, b] = (
                OPEN if rich == OPEN else muldiv(rich, short, stock.last_dry[k, 0])
            )
    else:
        booked.excess[i, 1] = short
    # A lot without the element cannot be short of it.
    stock.overdrawn[k] = stock.overdrawn[k] or booked.excess[i, 1] > 0
    for b in range(2):
        booked.metal[i, b] = _plus(booked.metal[i, b], booked.excess[i, b])


@compiled_pass
def _draw_uncertainty(i: int, k: int, takes_all: bool, booked: Booked, stock: Stock) -> None:
    if takes_all:
        booked.dry_u[i] = math.sqrt(stock.dry_var[k])
        booked.metal_u[i] = math.sqrt(stock.metal_var[k])
        stock.dry_var[k] = 0.0
        stock.metal_var[k] = 0.0
        return
    fraction, richness = 0.0, 0.0
    if stock.dry[k, 0] > 0:
        fraction = min(booked.dry[i, 0] / stock.dry[k, 0], 1.0)
    if booked.dry[i, 0] > 0 and booked.metal[i, 0] > 0:
        richness = booked.metal[i, 0] / booked.dry[i, 0]
    own = (richness * booked.dry_u[i]) ** 2
    booked.metal_u[i] = math.sqrt(fraction * fraction * stock.metal_var[k] + own)
    stock.dry_var[k] += booked.dry_u[i] ** 2
    stock.metal_var[k] = (1 - fraction) ** 2 * stock.metal_var[k] + own


@compiled_pass
def _less(held: np.ndarray, k: int, taken: np.ndarray, i: int, exact: bool) -> None:
    """Take one line's bounds from a lot's."""
    if exact:
        for b in range(2):
            if held[k, b] != OPEN:
                held[k, b] = _minus(held[k, b], taken[i, b])
        return
    low = 0 if taken[i, 1] == OPEN else max(_minus(held[k, 0], taken[i, 1]), 0)
    if held[k, 1] != OPEN:
        held[k, 1] = _minus(held[k, 1], taken[i, 0])
    held[k, 0] = min(low, held[k, 1])


@compiled_pass
def _metal_drawn(
    i: int, k: int, short: int, exact: bool, given: Given, booked: Booked, stock: Stock
) -> None:
    """Write the metal of a draw: its share of what the lot holds."""
    if exact:
        _drawn_exactly(i, k, short, booked, stock)
    elif given.flags[i] & _ALL != 0:
        for b in range(2):
            booked.metal[i, b] = max(stock.metal[k, b], 0)
    elif stock.unrecorded[k] and given.grade[i, 0] >= 0:
        # There is no book to take a share of: the draw's own grade is all that is known.
        _by_grade(i, given, booked)
    else:
        _drawn_between(i, k, booked, stock)


@compiled_pass
def _draw(i: int, k: int, e: int, given: Given, booked: Booked, stock: Stock, into: Inputs) -> None:
    takes_all = given.flags[i] & _ALL != 0
    if takes_all:
        for b in range(2):
            booked.dry[i, b] = max(stock.dry[k, b], 0)
    exact = booked.dry[i, 0] == booked.dry[i, 1] and stock.dry[k, 0] == stock.dry[k, 1]
    short = 0
    if stock.dry[k, 1] != OPEN:
        short = max(booked.dry[i, 0] - max(stock.dry[k, 1], 0), 0)
    _metal_drawn(i, k, short, exact, given, booked, stock)
    if short > 0:
        _overdraw(i, k, short, booked, stock)
    by_own_grade = stock.unrecorded[k] and given.grade[i, 0] >= 0 and not exact and not takes_all
    if not by_own_grade:
        _draw_uncertainty(i, k, takes_all, booked, stock)
    if takes_all:
        for b in range(2):
            stock.dry[k, b] = 0
            stock.metal[k, b] = 0
    elif not stock.unrecorded[k]:
        _less(stock.dry, k, booked.dry, i, exact)
        _less(stock.metal, k, booked.metal, i, exact)
    for b in range(2):
        into.dry[e, b] = _plus(into.dry[e, b], booked.dry[i, b])
        into.metal[e, b] = _plus(into.metal[e, b], booked.metal[i, b])
        into.rest_dry[e, b] = into.dry[e, b]
        into.rest_metal[e, b] = into.metal[e, b]
    into.metal_var[e] += booked.metal_u[i] ** 2
    into.waiting[e] -= 1


@compiled_pass
def _by_grade(i: int, given: Given, booked: Booked) -> None:
    for b in range(2):
        if booked.dry[i, b] == OPEN:
            booked.metal[i, b] = OPEN if given.grade[i, b] > 0 else 0
        else:
            booked.metal[i, b] = muldiv(booked.dry[i, b], given.grade[i, b], _TRILLION)
    share, weight = given.grade[i, 0] / _TRILLION, booked.dry[i, 0] / _TRILLION
    booked.metal_u[i] = math.hypot(share * booked.dry_u[i], weight * given.grade_u[i])


@compiled_pass
def _inherited(i: int, e: int, booked: Booked, into: Inputs) -> None:
    """Give an output the composition of what went in; known masses close to the milligram."""
    d = booked.dry[i, 0]
    if d == booked.dry[i, 1] and into.dry[e, 0] == into.dry[e, 1]:
        for b in range(2):
            if into.metal[e, b] == OPEN:
                booked.metal[i, b] = d
            elif d <= into.rest_dry[e, b]:
                booked.metal[i, b] = _share(into.rest_metal[e, b], d, into.rest_dry[e, b])
                into.rest_dry[e, b] -= d
                into.rest_metal[e, b] -= booked.metal[i, b]
            else:
                booked.metal[i, b] = min(muldiv(into.metal[e, b], d, into.dry[e, b]), d)
        # A share of the greatest may not exceed the mass that carries it.
        booked.metal[i, 1] = min(booked.metal[i, 1], d)
    else:
        booked.metal[i, 0] = 0
        if into.dry[e, 1] != OPEN:
            booked.metal[i, 0] = min(muldiv(into.metal[e, 0], d, into.dry[e, 1]), d)
        booked.metal[i, 1] = booked.dry[i, 1]
        if into.dry[e, 0] > 0 and into.metal[e, 1] != OPEN and booked.dry[i, 1] != OPEN:
            most = muldiv(into.metal[e, 1], booked.dry[i, 1], into.dry[e, 0])
            booked.metal[i, 1] = min(most, booked.dry[i, 1])
    part = min(d / into.dry[e, 0], 1.0) if into.dry[e, 0] > 0 else 0.0
    booked.metal_u[i] = part * math.sqrt(into.metal_var[e])


@compiled_pass
def _all_of_the_inputs(i: int, e: int, given: Given, booked: Booked, into: Inputs) -> None:
    """Give a blend that nobody weighed the sum of what went in."""
    for b in range(2):
        booked.dry[i, b] = into.dry[e, b]
    booked.dry_u[i] = 0.0
    if given.grade[i, 0] >= 0:
        _by_grade(i, given, booked)
        return
    for b in range(2):
        booked.metal[i, b] = min(into.metal[e, b], into.dry[e, b])
    booked.metal_u[i] = math.sqrt(into.metal_var[e])


@compiled_pass
def _put(i: int, k: int, e: int, given: Given, booked: Booked, stock: Stock, into: Inputs) -> None:
    if given.flags[i] & _DRY_FROM_INPUTS and into.waiting[e] == 0:
        _all_of_the_inputs(i, e, given, booked, into)
    elif given.grade[i, 0] >= 0:
        _by_grade(i, given, booked)
    elif given.flags[i] & _INHERITS and into.waiting[e] == 0 and into.dry[e, 1] > 0:
        _inherited(i, e, booked, into)
    else:
        booked.metal[i, 1] = booked.dry[i, 1]
        if k < 0:
            # What is lost of an event is no richer than all that went into it.
            booked.metal[i, 1] = min(booked.metal[i, 1], into.metal[e, 1])
        booked.metal_u[i] = 0.0 if booked.metal[i, 1] == 0 else math.nan
    if k < 0:
        return
    for b in range(2):
        stock.dry[k, b] = _plus(stock.dry[k, b], booked.dry[i, b])
        stock.metal[k, b] = _plus(stock.metal[k, b], booked.metal[i, b])
        stock.last_dry[k, b] = booked.dry[i, b]
        stock.last_metal[k, b] = booked.metal[i, b]
    stock.dry_var[k] += booked.dry_u[i] ** 2
    stock.metal_var[k] += booked.metal_u[i] ** 2


@compiled_pass
def _metal_found_between(b: int, counted: int, k: int, stock: Stock) -> int:
    """Return a bound on the metal in a counted mass where the book mass is an interval."""
    held = max(stock.metal[k, b], 0)
    if b == 0:
        whole = stock.dry[k, 1]
        return 0 if whole <= 0 or whole == OPEN else min(muldiv(held, counted, whole), counted)
    whole = stock.dry[k, 0]
    if whole <= 0 or held == OPEN:
        return counted
    return min(muldiv(held, counted, whole), counted)


@compiled_pass
def _metal_found(i: int, b: int, k: int, given: Given, booked: Booked, stock: Stock) -> int:
    """Return the metal in a counted mass: by its own grade, else as rich as the book."""
    counted = booked.dry[i, b]
    if counted == OPEN:
        return OPEN
    if given.grade[i, 0] >= 0:
        return muldiv(counted, given.grade[i, b], _TRILLION)
    if stock.dry[k, 0] != stock.dry[k, 1]:
        return _metal_found_between(b, counted, k, stock)
    if stock.dry[k, 0] > 0 and stock.metal[k, b] != OPEN:
        return min(muldiv(max(stock.metal[k, b], 0), counted, stock.dry[k, 0]), counted)
    is_last_known = stock.last_dry[k, 0] == stock.last_dry[k, 1] and stock.last_dry[k, 0] > 0
    if is_last_known and stock.last_metal[k, b] != OPEN:
        return min(muldiv(stock.last_metal[k, b], counted, stock.last_dry[k, 0]), counted)
    return 0 if b == 0 else counted


@compiled_pass
def _count(i: int, k: int, given: Given, booked: Booked, stock: Stock) -> None:
    """Set the stock to what was counted and book the difference on the line."""
    if booked.dry[i, 0] == 0 and booked.dry[i, 1] == OPEN:
        booked.dry[i, 1] = 0
        return
    low = _metal_found(i, 0, k, given, booked, stock)
    high = max(_metal_found(i, 1, k, given, booked, stock), low)
    counted = (booked.dry[i, 0], booked.dry[i, 1])
    share = low / counted[0] if counted[0] > 0 else 0.0
    spread = 0.0
    if given.grade[i, 0] >= 0:
        spread = counted[0] / _TRILLION * given.grade_u[i]
    _difference(booked.dry, i, counted[0], counted[1], stock.dry, k)
    _difference(booked.metal, i, low, high, stock.metal, k)
    old_dry, old_metal = stock.dry_var[k], stock.metal_var[k]
    stock.dry_var[k] = booked.dry_u[i] ** 2
    stock.metal_var[k] = (share * booked.dry_u[i]) ** 2 + spread * spread
    booked.dry_u[i] = math.sqrt(old_dry + stock.dry_var[k])
    booked.metal_u[i] = math.sqrt(old_metal + stock.metal_var[k])


@compiled_pass
def _difference(lines: np.ndarray, i: int, low: int, high: int, held: np.ndarray, k: int) -> None:
    """Write found less booked on a line, and found into the lot."""
    lines[i, 0] = -OPEN if held[k, 1] == OPEN else _minus(low, held[k, 1])
    lines[i, 1] = OPEN if high == OPEN else _minus(high, held[k, 0])
    held[k, 0] = low
    held[k, 1] = high


@compiled_pass
def _run(given: Given, booked: Booked, stock: Stock, into: Inputs) -> None:
    for i in range(given.side.size):
        side, e, k = given.side[i], given.event[i], given.lot[i]
        if k >= 0:
            for b in range(2):
                booked.before_dry[i, b] = stock.dry[k, b]
                booked.before_metal[i, b] = stock.metal[k, b]
        if side in (_MOVE_OUT, _MOVE_IN):
            _move(i, k, booked, stock)
        elif side == _IN:
            _draw(i, k, e, given, booked, stock, into)
        elif side in (_OUT, _LOSS):
            _put(i, k, e, given, booked, stock, into)
        elif side == _COUNT:
            _count(i, k, given, booked, stock)


def run(given: Given, n_lots: int, n_events: int) -> tuple[Booked, Stock]:
    """Run the book over lines in the order in which they act; return what it says of each."""
    n = given.side.size

    def pairs(count: int) -> np.ndarray:
        return np.zeros((count, 2), np.int64)

    booked = Booked(
        given.dry.copy(), pairs(n), given.dry_u.copy(), np.zeros(n), pairs(n), pairs(n), pairs(n)
    )
    stock = Stock(
        pairs(n_lots),
        pairs(n_lots),
        np.zeros(n_lots),
        np.zeros(n_lots),
        pairs(n_lots),
        pairs(n_lots),
        np.zeros(n_lots, np.bool_),
        _unrecorded(given, n_lots),
    )
    stock.dry[stock.unrecorded, 1] = OPEN
    stock.metal[stock.unrecorded, 1] = OPEN
    into = Inputs(
        pairs(n_events),
        pairs(n_events),
        pairs(n_events),
        pairs(n_events),
        np.zeros(n_events),
        np.bincount(given.event[given.side == _IN], minlength=n_events).astype(np.int64),
    )
    _run(given, booked, stock, into)
    return booked, stock


def _unrecorded(given: Given, n_lots: int) -> np.ndarray:
    """Return, per lot, whether no line makes or counts it."""
    known = np.isin(given.side, (_OUT, _COUNT)) & (given.lot >= 0)
    answer = np.ones(n_lots, np.bool_)
    answer[given.lot[known]] = False
    return answer
