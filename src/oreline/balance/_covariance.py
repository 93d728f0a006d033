"""How the sums of lines of several periods vary together; compiled.

The unaccounted masses of two months that follow each other are not independent: the stock-take that
closes the one opens the other, and its error stands in both with opposite signs. Here all periods
are followed back to the measurements they are made of in one pass, as ``_kernel`` does for one, so
that what is common to them is counted as common. First order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from oreline.balance._lines import Lines, Rests
from oreline.record import compiled_pass

_IN, _OUT, _COUNT, _LOSS = 0, 1, 4, 6
_NOTHING = 1e-9
"""A sensitivity below this is rounding: what went in came out again."""


class Joint(NamedTuple):
    """The covariance of the periods, float64[n, n], and the variance of their running sums."""

    covariance: np.ndarray
    cumulative: np.ndarray


class _Follow(NamedTuple):
    of_lot: np.ndarray
    of_event: np.ndarray
    now: np.ndarray
    touched: np.ndarray


@compiled_pass
def _add(now: np.ndarray, touched: np.ndarray, variance: float, joint: Joint) -> None:
    """Add one source of error, to which period ``p`` is sensitive by ``now[p]``."""
    if variance == 0.0:
        return
    n, found, running = now.size, 0, 0.0
    for p in range(n):
        if abs(now[p]) >= _NOTHING:
            touched[found] = p
            found += 1
        running += now[p]
        if abs(running) >= _NOTHING:
            joint.cumulative[p] += running * running * variance
    for i in range(found):
        p = touched[i]
        for j in range(found):
            q = touched[j]
            joint.covariance[p, q] += now[p] * now[q] * variance


@compiled_pass
def _drawn(i: int, own: int, weight: float, lines: Lines, rests: Rests, follow: _Follow) -> None:
    e, k, share = lines.event[i], lines.lot[i], rests.share[i]
    for p in range(follow.now.size):
        taken = follow.of_event[e, p]
        if p == own:
            taken += weight
        follow.now[p] = taken - follow.of_lot[k, p]
        follow.of_lot[k, p] = taken * share + follow.of_lot[k, p] * (1 - share)


@compiled_pass
def _made(i: int, own: int, weight: float, lines: Lines, rests: Rests, follow: _Follow) -> None:
    e, k = lines.event[i], lines.lot[i]
    for p in range(follow.now.size):
        given = follow.of_lot[k, p] if k >= 0 else 0.0
        if p == own:
            given += weight
        follow.now[p] = given
        if lines.inherits[i]:
            follow.of_event[e, p] += given * rests.share[i]


@compiled_pass
def _counted(i: int, own: int, weight: float, lines: Lines, follow: _Follow) -> None:
    k = lines.lot[i]
    for p in range(follow.now.size):
        stated = weight if p == own else 0.0
        follow.now[p] = stated + follow.of_lot[k, p]
        follow.of_lot[k, p] = -stated


@compiled_pass
def _backward(
    rows: np.ndarray,
    period: np.ndarray,
    weight: np.ndarray,
    lines: Lines,
    rests: Rests,
    follow: _Follow,
    joint: Joint,
) -> None:
    for place in range(rows.size - 1, -1, -1):
        i = rows[place]
        side, own = lines.side[i], period[i]
        if side == _IN:
            _drawn(i, own, weight[i], lines, rests, follow)
        elif side in (_OUT, _LOSS):
            _made(i, own, weight[i], lines, rests, follow)
        elif side == _COUNT and rests.share[i] >= 0:
            _counted(i, own, weight[i], lines, follow)
        else:
            continue
        _add(follow.now, follow.touched, rests.own[i], joint)
    for place in range(rows.size):
        i = rows[place]
        k = lines.lot[i]
        if k >= 0:
            for p in range(follow.now.size):
                follow.now[p] = follow.of_lot[k, p]
                follow.of_lot[k, p] = 0.0
            _add(follow.now, follow.touched, rests.before[i], joint)


def joint_variances(
    period: npt.NDArray[np.int64],
    n_periods: int,
    weight: npt.NDArray[np.float64],
    lines: Lines,
    rests: Rests,
    n_lots: int,
) -> Joint:
    """Return how the weighted sums of the lines of each period vary together.

    Parameters
    ----------
    period
        The number of the period of each line, int64[n], -1 for lines of none.
    weight
        How each line counts, float64[n], of the order of one.
    """
    rows = np.flatnonzero(period >= 0)
    joint = Joint(np.zeros((n_periods, n_periods)), np.zeros(n_periods))
    if rows.size:
        n_events = int(lines.event[rows].max()) + 1
        follow = _Follow(
            np.zeros((n_lots, n_periods)),
            np.zeros((n_events, n_periods)),
            np.zeros(n_periods),
            np.zeros(n_periods, np.int64),
        )
        _backward(rows, period, weight, lines, rests, follow, joint)
    return joint
