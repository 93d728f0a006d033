"""Propagation of distributions by simulation, as JCGM 101:2008 describes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oreline.balance._gum import Estimate, number_text
from oreline.model import InputError, LimitExceededError

Floats = npt.NDArray[np.float64]

MAX_TRIALS = 10_000_000
"""How many trials one simulation may have."""
COVERED = 0.95


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulated result: mean, standard uncertainty and the shortest interval that covers 95 %.

    The same seed gives the same numbers. ``u_of_mean`` says how far the number of trials lets the
    mean be trusted.
    """

    mean: float
    u: float
    low: float
    high: float
    trials: int
    seed: int

    @property
    def u_of_mean(self) -> float:
        """Return the standard error of the mean."""
        return float(self.u / np.sqrt(self.trials))

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as decimal text."""
        return {
            "mean": number_text(self.mean),
            "u": number_text(self.u),
            "low95": number_text(self.low),
            "high95": number_text(self.high),
            "u_of_mean": number_text(self.u_of_mean),
            "trials": self.trials,
            "seed": self.seed,
        }


def simulate(
    model: Callable[[Floats], Floats],
    inputs: Sequence[Estimate],
    correlation: Floats,
    trials: int,
    seed: int,
) -> Simulated:
    """Draw normal inputs with their correlation and return the distribution of the model's result.

    ``model`` takes an array of one row an input and one column a trial. The interval is the
    shortest one, JCGM 101:2008, 7.7.

    Raises
    ------
    InputError
        If an uncertainty is not known, or the trials are too few for an interval.
    LimitExceededError
        If the trials are more than ``MAX_TRIALS``.
    """
    us = [item.u for item in inputs]
    if any(u is None for u in us):
        raise InputError("a simulation needs the uncertainty of every input")
    if trials < 1000:
        raise InputError(f"{trials} trials are too few for an interval of 95 %; give 1000 or more")
    if trials > MAX_TRIALS:
        raise LimitExceededError(f"{trials} trials are more than MAX_TRIALS = {MAX_TRIALS}")
    spread = np.array(us, dtype=float)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    source = np.random.default_rng(seed)
    drawn = source.standard_normal((len(inputs), trials))
    middle = np.array([item.value for item in inputs])[:, None]
    results = np.sort(model(middle + spread[:, None] * (root @ drawn)))
    inside = int(np.ceil(COVERED * trials))
    widths = results[inside - 1 :] - results[: trials - inside + 1]
    start = int(np.argmin(widths))
    return Simulated(
        float(results.mean()),
        float(results.std(ddof=1)),
        float(results[start]),
        float(results[start + inside - 1]),
        trials,
        seed,
    )
