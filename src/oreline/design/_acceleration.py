"""Takes a fixed point in few steps: mixes what laws answered in the last rounds.

Anderson's acceleration (Anderson 1965, Journal of the ACM 12, 547-560; Walker and Ni 2011, SIAM
Journal on Numerical Analysis 49, 1715-1735), for each sample by itself. Where an answer is further
from its question than before, what that sample remembers is dropped and a smaller plain step is
taken.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from oreline.design._law import Array, Mask

REMEMBERED: Final = 4
"""How many rounds are mixed."""
GROWTH_MAX: Final = 2.0
"""By how much the distance may grow over the least so far before memory is dropped."""
_RIDGE: Final = 1e-14
"""Keeps rounds apart that hardly differ."""


class Mixing:
    """The memory of fixed-point iterations; states have shape (samples, numbers)."""

    def __init__(self, damping_least: float, samples: int) -> None:
        self.damping_least = damping_least
        self.damping = np.ones(samples)
        self.least = np.full(samples, np.inf)
        self.usable = np.zeros(samples, dtype=np.int64)
        self.asked: list[Array] = []
        self.missed: list[Array] = []

    def only(self, rows: Mask) -> None:
        """Go on with some of the samples."""
        self.damping, self.least = self.damping[rows], self.least[rows]
        self.usable = self.usable[rows]
        self.asked = [one[rows] for one in self.asked]
        self.missed = [one[rows] for one in self.missed]

    def next(self, state: Array, answer: Array) -> Array:
        """Return what to ask next, from what was asked and answered now and before."""
        if self.asked and self.asked[-1].shape != answer.shape:
            # A unit has begun, or ceased, to ask for a reagent.
            self.asked.clear()
            self.missed.clear()
            self.usable[:] = 0
        missed = answer - state
        distance = np.abs(missed).max(axis=1)
        grown = distance > GROWTH_MAX * self.least
        self.usable = np.where(grown, 0, self.usable)
        halved = np.maximum(self.damping / 2, self.damping_least)
        self.damping = np.where(grown, halved, np.minimum(self.damping * 2, 1.0))
        # From there it starts anew: what it once came to is no longer its measure.
        self.least = np.where(grown, distance, np.minimum(self.least, distance))
        self.asked.append(answer)
        self.missed.append(missed)
        del self.asked[: -REMEMBERED - 1], self.missed[: -REMEMBERED - 1]
        rounds = min(len(self.asked) - 1, int(self.usable.max()))
        plain = state + self.damping[:, None] * missed
        usable, self.usable = self.usable, np.minimum(self.usable + 1, REMEMBERED)
        if rounds == 0:
            return np.asarray(plain)
        steps = np.stack([missed - before for before in self.missed[-rounds - 1 : -1]], axis=1)
        # The newest round stands last; what a sample no longer remembers has no weight.
        forgotten = np.arange(rounds, 0, -1)[None, :] > usable[:, None]
        steps[forgotten] = 0.0
        square = np.matmul(steps, steps.swapaxes(1, 2))
        trace = np.trace(square, axis1=1, axis2=2)[:, None, None]
        square = square + np.eye(rounds) * (_RIDGE * trace + np.finfo(float).tiny)
        square[:, np.arange(rounds), np.arange(rounds)] += forgotten
        aim = np.matmul(steps, missed[:, :, None])
        weights = np.linalg.solve(square, aim)[..., 0]
        mixed = answer
        for place in range(rounds):
            before = self.asked[place - rounds - 1]
            mixed = mixed - weights[:, place, None] * (answer - before)
        return np.asarray(np.where((usable == 0)[:, None], plain, mixed))
