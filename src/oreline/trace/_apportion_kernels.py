"""Compiled kernels of apportionment: largest remainder on 128-bit products, many rows at a time.

All arithmetic on products is unsigned: numba turns a mixture of signed and unsigned 64-bit
integers into floating point, so every literal here is an explicit ``uint64``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.trace._jit import compiled

Ints = NDArray[np.int64]
Shares = NDArray[np.float64]

HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
BASE = np.uint64(1 << 32)
ONE = np.uint64(1)
SHARE_SCALE = float(1 << 62)
SCAN_MAX = 4


@compiled
def product(a: np.uint64, b: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return high and low half of the 128-bit product, by 32-bit halves."""
    a_high, a_low = a >> HALF, a & LOW
    b_high, b_low = b >> HALF, b & LOW
    low = a_low * b_low
    middle = a_high * b_low + (low >> HALF)
    other = a_low * b_high + (middle & LOW)
    high = a_high * b_high + (middle >> HALF) + (other >> HALF)
    return high, (other << HALF) | (low & LOW)


@compiled
def quotient_digit(
    rest: np.uint64, digit: np.uint64, d_high: np.uint64, d_low: np.uint64
) -> np.uint64:
    """Return one 32-bit digit of the quotient: the estimate by the high half, put right."""
    q = rest // d_high
    r = rest - q * d_high
    while q >= BASE or q * d_low > ((r << HALF) | digit):
        q -= ONE
        r += d_high
        if r >= BASE:
            break
    return q


@compiled
def divide(high: np.uint64, low: np.uint64, divisor: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return quotient and remainder of a 128-bit number by a 64-bit one, with high < divisor.

    Schoolbook division with two 32-bit digits: Knuth, The Art of Computer Programming,
    volume 2, section 4.3.1, algorithm D.
    """
    if high == np.uint64(0):
        q = low // divisor
        return q, low - q * divisor
    shift = np.uint64(0)
    d = divisor
    while (d >> np.uint64(63)) == np.uint64(0):
        d = d << ONE
        shift += ONE
    if shift > np.uint64(0):
        high = (high << shift) | (low >> (np.uint64(64) - shift))
        low = low << shift
    d_high, d_low = d >> HALF, d & LOW
    q_high = quotient_digit(high, low >> HALF, d_high, d_low)
    rest = ((high << HALF) | (low >> HALF)) - q_high * d
    q_low = quotient_digit(rest, low & LOW, d_high, d_low)
    rest = ((rest << HALF) | (low & LOW)) - q_low * d
    return (q_high << HALF) | q_low, rest >> shift


@compiled
def largest_remainder(
    total: int, weight: Ints, members: Ints, amount: Ints, remainder: Ints
) -> None:
    """Write to `amount` how `total` falls to the members by weight; weights sum below 2**63.

    ``remainder`` is working memory with room for the members.
    """
    whole = np.uint64(0)
    for m in members:
        whole += np.uint64(weight[m])
    if whole == np.uint64(0):
        for m in members:
            amount[m] = 0
        return
    left = total
    for i in range(len(members)):
        m = members[i]
        high, low = product(np.uint64(total), np.uint64(weight[m]))
        q, r = divide(high, low, whole)
        amount[m] = np.int64(q)
        remainder[i] = np.int64(r)
        left -= int(q)
    if left > SCAN_MAX:
        order = np.argsort(-remainder[: len(members)], kind="mergesort")
        for i in order[:left]:
            amount[members[i]] += 1
        return
    for _ in range(left):
        best = 0
        for i in range(1, len(members)):
            if remainder[i] > remainder[best]:
                best = i
        amount[members[best]] += 1
        remainder[best] = -1


@compiled
def apportion_groups(
    totals: Ints,
    shares: Shares,
    parents: Ints,
    downwards: Ints,
    group_ptr: Ints,
    members: Ints,
    owner: Ints,
    amounts: Ints,
) -> None:
    """Write how each row's total falls down a hierarchy to its nodes.

    ``downwards`` lists the nodes with parents first; group ``g`` of siblings is
    ``members[group_ptr[g]:group_ptr[g + 1]]`` under node ``owner[g]`` (-1: the total itself).
    """
    n = shares.shape[1]
    weight = np.empty(n, dtype=np.int64)
    remainder = np.empty(n, dtype=np.int64)
    for row in range(len(totals)):
        for node in range(n):
            weight[node] = np.int64(shares[row, node] * SHARE_SCALE)
        for node in downwards[::-1]:
            if parents[node] >= 0:
                weight[parents[node]] += weight[node]
        for g in range(len(owner)):
            total = int(totals[row] if owner[g] < 0 else amounts[row, owner[g]])
            siblings = members[group_ptr[g] : group_ptr[g + 1]]
            largest_remainder(total, weight, siblings, amounts[row], remainder)
