"""Takes a fixed point in few steps: mixes what laws answered in the last rounds.

Anderson's acceleration (Anderson 1965, Journal of the ACM 12, 547-560; Walker and Ni 2011, SIAM
Journal on Numerical Analysis 49, 1715-1735), for each sample by itself. Where an answer is further
from its question than before, what was remembered is dropped and a smaller plain step is taken.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from oreline.design._law import Array

REMEMBERED: Final = 4
"""How many rounds are mixed."""
GROWTH_MAX: Final = 2.0
"""By how much the distance may grow over the least so far before memory is dropped."""
_RIDGE: Final = 1e-14
"""Keeps rounds apart that hardly differ."""


class Mixing:
    """The memory of a fixed-point iteration; states have shape (samples, numbers)."""

    def __init__(self, damping_least: float) -> None:
        self.damping_least = damping_least
        self.damping = 1.0
        self.least = np.inf
        self.asked: list[Array] = []
        self.missed: list[Array] = []

    def next(self, state: Array, answer: Array) -> Array:
        """Return what to ask next, from what was asked and answered now and before."""
        missed = answer - state
        distance = float(np.abs(missed).max())
        if distance > GROWTH_MAX * self.least:
            self.asked.clear()
            self.missed.clear()
            self.damping = max(self.damping / 2, self.damping_least)
        self.least = min(self.least, distance)
        self.asked.append(answer)
        self.missed.append(missed)
        del self.asked[: -REMEMBERED - 1], self.missed[: -REMEMBERED - 1]
        if len(self.asked) == 1:
            return state + self.damping * missed
        steps = np.stack([missed - before for before in self.missed[:-1]], axis=1)
        moved = np.stack([answer - before for before in self.asked[:-1]], axis=1)
        square = np.einsum("smn,skn->smk", steps, steps)
        trace = np.trace(square, axis1=1, axis2=2)[:, None, None]
        square = square + np.eye(len(steps[0])) * (_RIDGE * trace + np.finfo(float).tiny)
        aim = np.einsum("smn,sn->sm", steps, missed)
        weights = np.linalg.solve(square, aim[..., None])[..., 0]
        return np.asarray(answer - np.einsum("sm,smn->sn", weights, moved))
