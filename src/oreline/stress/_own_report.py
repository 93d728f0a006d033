"""Everything that is asked of a chain under stress, in one answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.model import Finding, Severity
from oreline.stress._own_chain import ChainOutcome, OwnChain
from oreline.stress._own_events import ChainEvent
from oreline.stress._own_mixture import Mixture, mixture
from oreline.stress._own_points import PointsOfFailure, points_of_failure

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ChainStress:
    """What events do to a chain, each alone and all together, and what hangs on each part of it.

    ``together`` is None for less than two events, ``by_probability`` where none is uncertain.
    """

    chain: OwnChain
    alone: tuple[ChainOutcome, ...]
    together: ChainOutcome | None
    by_probability: Mixture | None
    points: PointsOfFailure
    findings: tuple[Finding, ...]

    @property
    def undelivered(self) -> tuple[str, ...]:
        """Return the elements of the plan of which it delivers nothing to anybody."""
        delivered = {element for element, _ in self.chain.pairs()}
        return tuple(one for one in self.chain.problem.elements() if one not in delivered)

    def outcomes(self) -> tuple[ChainOutcome, ...]:
        """Return the outcome of each event, then of all together."""
        return self.alone if self.together is None else (*self.alone, self.together)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each outcome, year and figure; where nothing is asked, the points."""
        outcomes = self.outcomes()
        if not outcomes:
            return self.points.to_frame()
        return pl.concat([one.to_frame() for one in outcomes])

    def frames(self) -> Mapping[str, pl.DataFrame]:
        """Return all tables by name, for a workbook."""
        tables = {"single points of failure": self.points.to_frame()}
        if self.outcomes():
            tables["by year"] = self.to_frame()
        if self.by_probability is not None:
            tables["combinations"] = self.by_probability.to_frame()
        return tables

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        annual, problem = self.chain.annual, self.chain.annual.problem
        assumed = sum(str(one.basis) == "assumed" for one in problem.numbers.values())
        return {
            "name": problem.name,
            "plan_scenario": annual.scenario,
            "goals": [goal for goal, _, _ in annual.goals],
            "currency": problem.currency,
            "npv_m": {"annual": annual.npv, "quarterly": self.chain.base.npv},
            "assumed_numbers": assumed,
            "numbers": len(problem.numbers),
            "undelivered": list(self.undelivered),
            "alone": [one.to_json() for one in self.alone],
            "together": None if self.together is None else self.together.to_json(),
            "by_probability": (
                None if self.by_probability is None else self.by_probability.to_json()
            ),
            "points": self.points.to_json(),
            "certificate": annual.certificate.to_json(),
            "reads": dict(READS),
            "basis": "derived",
            "findings": [one.to_json() for one in self.findings],
        }


READS: Mapping[str, str] = {
    "replanned": "builds held; from the first event on all else is planned anew, its length known",
    "as_planned": "builds held; nothing goes another way or at another time than was planned",
    "periods": "quarters; points of failure in years",
    "unlimited": "a route or market without stated capacity can do what was planned on it",
    "independent": "events happen once or not at all, each apart from the others",
}


def stress_chain(
    chain: OwnChain,
    events: Sequence[ChainEvent],
    *,
    alpha: float = 0.9,
    draws: int = 1000,
    seed: int = 0,
    progress: Progress | None = None,
) -> ChainStress:
    """Return what events do to a chain, and what hangs on each part of it.

    Parameters
    ----------
    chain
        The chain with its plan.
    events
        What happens; none: only the single points of failure are told.
    alpha, draws, seed
        How combinations are weighed, see ``mixture``.
    progress
        Told how far it is.
    """
    alone = []
    for place, one in enumerate(events):
        if progress is not None:
            progress("events", place, len(events))
        alone.append(chain.outcome([one]))
    together = chain.outcome(events) if len(events) > 1 else None
    weighed = None
    if any(one.probability < 1 for one in events):
        weighed = mixture(chain, events, alpha=alpha, draws=draws, seed=seed, progress=progress)
    points = points_of_failure(chain.annual, chain.places, chain.settings, progress)
    outcomes = [*alone, *([together] if together else [])]
    findings = [*chain.findings(events), *_let_go(outcomes)]
    return ChainStress(chain, tuple(alone), together, weighed, points, tuple(findings))


def _let_go(outcomes: Sequence[ChainOutcome]) -> list[Finding]:
    fix = "read what is lost as a breach of what a market must have; a penalty would price it"
    return [
        Finding("ORL-1257", Severity.WARNING, one.name, "a required delivery cannot be kept", fix)
        for one in outcomes
        if one.replanned.let_go or one.as_planned.let_go
    ]
