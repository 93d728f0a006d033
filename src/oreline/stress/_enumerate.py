"""Every state of a chain whose events only happen or do not: exact means, without any draw.

With fixed severities and durations a scenario is a set of events. Its probability is a product over
countries; events of one country share its factor, over which is integrated by Gauss and Hermite.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from oreline.model import InputError, LimitExceededError
from oreline.stress._model_arrays import Floats, ModelArrays
from oreline.stress._plain import outcomes, struck

EVENTS_MAX: Final = 14
"""More events have too many states."""
_NODES: Final = 80


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """All states with their probabilities and outcomes."""

    probability: Floats
    outcomes: Floats

    def mean(self, column: int) -> float:
        """Return the exact mean of a column of the outcomes."""
        return float(self.probability @ self.outcomes[:, column])


def enumerated(m: ModelArrays) -> States:
    """Return every state of a model with fixed severities and durations.

    Raises
    ------
    InputError
        If a severity or a duration is drawn.
    LimitExceededError
        If there are more than :data:`EVENTS_MAX` events.
    """
    events = m.threshold.size
    if events > EVENTS_MAX:
        raise LimitExceededError(f"{events} events have too many states: EVENTS_MAX, {EVENTS_MAX}")
    if np.isnan(m.severity_fixed).any() or (m.ln_months_sd > 0).any():
        raise InputError("states are counted where severities and durations are fixed")
    happened = np.array(list(product((False, True), repeat=events)), np.bool_)
    happened = happened.reshape(-1, events)
    shape = happened.shape
    drawn = struck(
        m, happened, np.broadcast_to(m.severity_fixed, shape),
        np.broadcast_to(np.exp(m.ln_months), shape),
    )  # fmt: skip
    return States(_probability(m, happened), outcomes(m, drawn))


def _probability(
    m: ModelArrays, happened: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> Floats:
    from scipy.special import ndtr

    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    found = np.ones(len(happened))
    for country in range(m.country_id.size):
        given = np.ones((len(happened), _NODES))
        own = np.flatnonzero(m.event_country == country)
        for e in own:
            level = (m.threshold[e] - np.sqrt(m.rho) * nodes) / np.sqrt(1 - m.rho)
            chance = ndtr(level)
            if own.size == 1:
                chance = np.full(_NODES, ndtr(m.threshold[e]))
            given *= np.where(happened[:, e, None], chance, 1 - chance)
        found *= given @ weights
    return found
