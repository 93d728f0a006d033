"""Events that may or may not happen, together: the expected loss, and that of the worst cases.

Each event happens once or not at all, apart from the others. Where there are few, every combination
is solved and weighed exactly. Where there are many, combinations are drawn; a draw is keyed by the
seed and its own number, so that it is the same whatever else is drawn, and in whatever order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from oreline.design import generator
from oreline.model import InputError, LimitExceededError
from oreline.plan import expected_value, value_at_risk
from oreline.stress._own_chain import OwnChain
from oreline.stress._own_events import ChainEvent

ENUMERATED_MAX: Final = 10
"""Up to so many events every combination is solved."""
DRAWS_MAX: Final = 100_000
SOLVED_MAX: Final = 5_000
"""So many different combinations are solved at most."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Combination:
    """Events that happen together: how probable, and what is lost, re-planned and as planned.

    Tonnes are lost for good within the plan, by element and country.
    """

    events: tuple[str, ...]
    probability: float
    lost_m: tuple[float, float]
    lost_t: dict[tuple[str, str], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Mixture:
    """All combinations of some events, by their probabilities.

    ``draws`` is nought where every combination was solved.
    """

    events: tuple[ChainEvent, ...]
    combinations: tuple[Combination, ...]
    pairs: tuple[tuple[str, str], ...]
    alpha: float
    seed: int
    draws: int
    currency: str

    @property
    def method(self) -> str:
        """Return how the combinations were found."""
        if self.draws:
            return f"{self.draws} draws, seed {self.seed}"
        return f"all {2 ** len(self.events)} combinations"

    def losses_m(self, answer: int) -> tuple[float, float]:
        """Return the expected loss and the mean of the worst cases; 0 re-planned, 1 as planned."""
        return self._told([one.lost_m[answer] for one in self.combinations])

    def losses_t(self, pair: tuple[str, str], answer: int) -> tuple[float, float]:
        """Return the same of an element delivered to a country, in tonnes."""
        return self._told([one.lost_t[pair][answer] for one in self.combinations])

    def _told(self, losses: Sequence[float]) -> tuple[float, float]:
        parts = [one.probability for one in self.combinations]
        worst = 0.0 - value_at_risk([-one for one in losses], parts, self.alpha)
        return expected_value(losses, parts), worst

    def error_m(self, answer: int) -> float | None:
        """Return the standard error of the expected loss, None where it is exact."""
        if not self.draws:
            return None
        losses = [one.lost_m[answer] for one in self.combinations]
        parts = [one.probability for one in self.combinations]
        mean = expected_value(losses, parts)
        variance = expected_value([(one - mean) ** 2 for one in losses], parts)
        return math.sqrt(variance / self.draws)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each combination, the most probable first."""
        rows = []
        for one in self.combinations:
            row: dict[str, Any] = {
                "events": " + ".join(one.events) or "none of them",
                "probability": one.probability,
                "lost_m_replanned": one.lost_m[0],
                "lost_m_as_planned": one.lost_m[1],
            }
            for element, country in self.pairs:
                row[f"{element}_to_{country}_lost_t_replanned"] = one.lost_t[element, country][0]
                row[f"{element}_to_{country}_lost_t_as_planned"] = one.lost_t[element, country][1]
            rows.append(row)
        return pl.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Return what is expected and the worst cases as plain values."""

        def both(two: tuple[float, float]) -> dict[str, float]:
            return {"expected": two[0], "worst": two[1]}

        return {
            "method": self.method,
            "alpha": self.alpha,
            "worst_is": f"the mean of the worst {1 - self.alpha:.0%} of the probability",
            "events": [one.to_json() for one in self.events],
            "independent": True,
            "lost_m": {
                "replanned": both(self.losses_m(0)),
                "as_planned": both(self.losses_m(1)),
                "standard_error_replanned": self.error_m(0),
            },
            "deliveries": [
                {
                    "element": element,
                    "country": country,
                    "lost_t_replanned": both(self.losses_t((element, country), 0)),
                    "lost_t_as_planned": both(self.losses_t((element, country), 1)),
                }
                for element, country in self.pairs
            ],
            "combinations": self.to_frame().to_dicts(),
            "currency": self.currency,
            "basis": "derived",
        }


def mixture(
    chain: OwnChain,
    events: Sequence[ChainEvent],
    *,
    alpha: float = 0.9,
    draws: int = 1000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Mixture:
    """Return what events cost by their probabilities, in all combinations.

    Parameters
    ----------
    chain
        The chain.
    events
        What may happen, each apart from the others.
    alpha
        Worst cases are those of the last 1 - alpha of the probability.
    draws, seed
        Of combinations, where there are more events than ``ENUMERATED_MAX``.
    progress
        Told how many combinations are solved.

    Raises
    ------
    InputError
        If there is no event, or alpha is no level.
    LimitExceededError
        If more draws or combinations are asked for than there may be.
    """
    if not events:
        raise InputError("no event is given: there is nothing to weigh")
    if not 0 <= alpha < 1:
        raise InputError(f"a level of {alpha:g} is none: write 0.9 for the worst tenth")
    if not 0 < draws <= DRAWS_MAX:
        raise LimitExceededError(f"{draws} draws: 1 to DRAWS_MAX = {DRAWS_MAX}")
    drawn = len(events) > ENUMERATED_MAX
    weights = _drawn(events, draws, seed) if drawn else _all(events)
    if len(weights) > SOLVED_MAX:
        raise LimitExceededError(
            f"{len(weights)} combinations are more than SOLVED_MAX = {SOLVED_MAX}: draw fewer, or "
            "leave out events that hardly happen"
        )
    pairs = chain.pairs()
    found = []
    for place, (happen, probability) in enumerate(weights.items()):
        if progress is not None:
            progress("combinations", place, len(weights))
        chosen = [one for one, does in zip(events, happen, strict=True) if does]
        outcome = chain.outcome(chosen)
        lost = {(one.element, one.country): one.lost_t for one in outcome.deliveries()}
        names = tuple(one.id for one in chosen)
        found.append(Combination(names, probability, outcome.lost_m, lost))
    found.sort(key=lambda one: (-one.probability, one.events))
    currency = chain.problem.currency
    return Mixture(tuple(events), tuple(found), pairs, alpha, seed, draws if drawn else 0, currency)


def _all(events: Sequence[ChainEvent]) -> dict[tuple[bool, ...], float]:
    """Return every combination that can be, with its probability."""
    found: dict[tuple[bool, ...], float] = {(): 1.0}
    for one in events:
        found = {
            (*happen, does): part * chance
            for happen, part in found.items()
            for does, chance in ((False, 1 - one.probability), (True, one.probability))
            if chance > 0
        }
    return found


def _drawn(events: Sequence[ChainEvent], draws: int, seed: int) -> dict[tuple[bool, ...], float]:
    """Return the combinations that were drawn, each with its part of the draws."""
    chances = np.array([one.probability for one in events])
    counts: dict[tuple[bool, ...], int] = {}
    for draw in range(draws):
        happen = tuple((generator(seed, draw).random(len(events)) < chances).tolist())
        counts[happen] = counts.get(happen, 0) + 1
    return {happen: count / draws for happen, count in counts.items()}
