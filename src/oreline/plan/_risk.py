"""What a plan is worth over several states of the world: its mean, and that of its worst part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class Risk:
    """How much the worst states count.

    Parameters
    ----------
    weight
        The part of the goal that is the conditional value at risk; the rest is the expected value.
    alpha
        Its level: 0.8 for the mean of the worst fifth of the probability.
    """

    weight: float = 0.0
    alpha: float = 0.8

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise InputError(f"a weight of {self.weight:g} is no part: write 0.5 for a half")
        if not 0 <= self.alpha < 1:
            raise InputError(
                f"the level of a value at risk is 0 or more and below 1: {self.alpha:g}"
            )

    def goal(self, values: Sequence[float], probabilities: Sequence[float]) -> float:
        """Return what is sought: the mean and the mean of the worst part, by their weights."""
        mean = expected_value(values, probabilities)
        worst = value_at_risk(values, probabilities, self.alpha)
        return (1 - self.weight) * mean + self.weight * worst


def expected_value(values: Sequence[float], probabilities: Sequence[float]) -> float:
    """Return the mean of values by their probabilities."""
    return sum(part * value for value, part in zip(values, probabilities, strict=True))


def value_at_risk(values: Sequence[float], probabilities: Sequence[float], alpha: float) -> float:
    """Return the mean of the worst 1 - alpha of the probability (conditional value at risk).

    A value that stands across the border counts with the part of its probability that is within.

    Source: Rockafellar and Uryasev (2002), for discrete distributions.

    >>> value_at_risk([10.0, -10.0, 0.0], [0.5, 0.25, 0.25], 0.5)
    -5.0
    >>> value_at_risk([10.0, -10.0], [0.5, 0.5], 0.75)
    -10.0
    """
    left = whole = 1.0 - alpha
    total = 0.0
    for value, part in sorted(zip(values, probabilities, strict=True)):
        taken = min(part, left)
        total += taken * value
        left -= taken
    # What is left by rounding of probabilities belongs to the best value.
    return (total + left * max(values)) / whole
