"""Compiled pass over the lines of a ledger: which part of each lot went through what is closed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from oreline.model import LimitExceededError
from oreline.record import FIRST, IN, MOVE_IN, MOVE_OUT, OUT
from oreline.stress._jit import compiled

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_IN, _OUT, _MOVE_OUT, _MOVE_IN, _FIRST = IN, OUT, MOVE_OUT, MOVE_IN, FIRST
STILL = 1e-14
"""Shares of a recycle loop stand still when no pass alters any by more than this."""
PASSES_MAX = 5_000


class FlowLines(NamedTuple):
    """Lines in the order in which they act; masses in milligrams as least and most."""

    side: Ints
    event: Ints
    lot: Ints
    flags: Ints
    metal: Floats
    before: Floats
    excess: Floats


@compiled
def _two(w: Floats, x: float, v: Floats, y: float, is_most: bool) -> float:
    """Return the least or most weighted mean of two shares whose weights lie between bounds."""
    high_first = (x >= y) == is_most
    a, b = (w[1], v[0]) if high_first else (w[0], v[1])
    if a + b <= 0.0:
        return max(x, y) if is_most else min(x, y)
    mean: float = (a * x + b * y) / (a + b)
    return mean


@compiled
def _mean(first: int, later: Ints, metal: Floats, share: Floats, side: int) -> float:
    """Return the least (side 0) or most (1) weighted mean over the draws of an event.

    A quotient of sums is largest where each weight stands at that end which its share asks for
    (Dinkelbach 1967): a few steps from the other end of all shares.
    """
    best: float = share[first, side]
    i = later[first]
    while i >= 0:
        best = max(best, share[i, side]) if side == 0 else min(best, share[i, side])
        i = later[i]
    for _ in range(60):
        top, whole, i = 0.0, 0.0, first
        while i >= 0:
            x = share[i, side]
            weight = metal[i, 1] if (x > best) == (side == 1) else metal[i, 0]
            top += weight * x
            whole += weight
            i = later[i]
        if whole <= 0.0:
            break
        found = top / whole
        if abs(found - best) <= 1e-15:
            return found
        best = found
    return best


@compiled
def _made(
    i: int, lines: FlowLines, head: Ints, later: Ints, reserved: Floats, share: Floats, side: int
) -> float:
    """Return which part of an output met what is closed, by what its event drew."""
    e = lines.event[i]
    known: float = reserved[e, side]
    if lines.flags[i] & _FIRST:
        return 0.0
    if known >= 0.0:
        return known
    if head[e] < 0:
        return 0.0
    return _mean(head[e], later, lines.metal, share, side)


@compiled
def _draw(i: int, lines: FlowLines, lot_share: Floats, share: Floats) -> None:
    """Give a draw the part of its lot; of what was never there nobody knows which way it came."""
    k, most = lines.lot[i], lines.metal[i, 1]
    gone = min(1.0, lines.excess[i, 1] / most) if most > 0.0 else 0.0
    share[i, 0] = (1.0 - gone) * lot_share[k, 0]
    share[i, 1] = (1.0 - gone) * lot_share[k, 1] + gone


@compiled
def _enter(i: int, lines: FlowLines, lot_share: Floats, share: Floats) -> None:
    """Put an output into its lot, which may hold some of another."""
    k = lines.lot[i]
    low = _two(lines.before[i], lot_share[k, 0], lines.metal[i], share[i, 0], False)
    high = _two(lines.before[i], lot_share[k, 1], lines.metal[i], share[i, 1], True)
    lot_share[k, 0], lot_share[k, 1] = low, high


@compiled
def _pass(
    lines: FlowLines, hit: npt.NDArray[np.bool_], head: Ints, later: Ints, reserved: Floats,
    share: Floats, lot_share: Floats,
) -> None:  # fmt: skip
    """Fill ``share`` by line and ``lot_share`` by lot with the part that met a hit line.

    Parameters
    ----------
    head, later
        int64 per event and per line, all -1: working memory.
    reserved
        Per event the shares of its mix from the pass before, -1 where its draws come first.
    """
    for i in range(lines.side.size):
        side, e, k = lines.side[i], lines.event[i], lines.lot[i]
        if side in (_MOVE_OUT, _MOVE_IN):
            if hit[i]:
                lot_share[k] = 1.0
            share[i] = lot_share[k]
        elif side == _IN:
            _draw(i, lines, lot_share, share)
            later[i], head[e] = head[e], i
        elif side == _OUT and k >= 0:
            for b in range(2):
                share[i, b] = _made(i, lines, head, later, reserved, share, b)
            if hit[i]:
                share[i] = 1.0
            _enter(i, lines, lot_share, share)
    _refill(head, later, lines, reserved, share)


@compiled
def _refill(head: Ints, later: Ints, lines: FlowLines, reserved: Floats, share: Floats) -> None:
    """Write the mixes of recycle loops, by all that was drawn, for the next pass."""
    for e in range(head.size):
        if reserved[e, 0] >= 0.0 and head[e] >= 0:
            for b in range(2):
                reserved[e, b] = _mean(head[e], later, lines.metal, share, b)


def exposed(
    lines: FlowLines,
    hit: npt.NDArray[np.bool_],
    n_lots: int,
    loops: npt.NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Return, by line and by lot, the least and most part that met a line that is hit.

    Parameters
    ----------
    loops
        Per event, whether an output of it acts before one of its draws.
    """
    reserved = np.where(loops[:, np.newaxis], 0.0, -1.0) * np.ones(2)
    for _ in range(PASSES_MAX):
        before = reserved.copy()
        share, lot_share = np.zeros((lines.side.size, 2)), np.zeros((n_lots, 2))
        head = np.full(loops.size, -1, np.int64)
        later = np.full(lines.side.size, -1, np.int64)
        _pass(lines, hit, head, later, reserved, share, lot_share)
        if float(np.abs(reserved - before).max(initial=0.0)) <= STILL:
            return np.clip(share, 0.0, 1.0), np.clip(lot_share, 0.0, 1.0)
    raise LimitExceededError(
        f"a recycle loop is not still after PASSES_MAX = {PASSES_MAX} passes: almost nothing "
        "enters it from outside"
    )
