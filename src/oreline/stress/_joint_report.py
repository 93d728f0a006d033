"""Several minerals in one answer: losses added up, shared events, and all kept back at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import polars as pl

from oreline.model import InputError
from oreline.stress._disruption import DisruptionReport
from oreline.stress._gdp_terms import BOUNDS
from oreline.stress._industries import level_of
from oreline.stress._model_arrays import Flags, P, Q
from oreline.stress._plain import drawn
from oreline.stress._risk import SHORTFALL, LossRisk, loss_risk
from oreline.stress._run import BAND, Range
from oreline.stress._scenario import Scenario
from oreline.stress._shared import Joint
from oreline.stress._together import WAYS, restricted, together

COUNTED: Final = 50_000
"""In how many scenarios, the first of the run, shared events are looked for."""
DRAWS_MAX: Final = 40
"""How often the numbers of minerals kept back at once are drawn at most."""


@dataclass(frozen=True, slots=True)
class SharedOutcome:
    """What a shared event does to a mineral, in scenarios with it and without."""

    event: str
    mineral: str
    probability: float
    price_with: float
    price_without: float
    shortfall_with: float
    shortfall_without: float


@dataclass(frozen=True, slots=True)
class Pair:
    """How often two minerals fall short in the same scenario.

    ``apart`` is how often they would if one did not know of the other.
    """

    first: str
    second: str
    together: float
    apart: float


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Loss of product where each mineral's largest foreign supplier sends nothing for a year.

    In million dollars: of each mineral alone, their sum, and of all at once, where industries need
    them in the same products, or in others.
    """

    minerals: tuple[str, ...]
    alone_musd: tuple[Range, ...]
    sum_musd: Range
    same_musd: Range
    other_musd: Range
    draws: int

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        alone = zip(self.minerals, self.alone_musd, strict=True)
        return {
            "what": "each mineral's largest foreign supplier sends nothing for a year; QP, 71 "
            "industries of 2023, million USD",
            "alone_musd": {name: one.to_json() for name, one in alone},
            "sum_musd": self.sum_musd.to_json(),
            "at_once_same_products_musd": self.same_musd.to_json(),
            "at_once_other_products_musd": self.other_musd.to_json(),
            "draws": self.draws,
        }


@dataclass(frozen=True, slots=True, eq=False)
class JointReport:
    """The answers of several minerals, and what is true of them together.

    ``loss`` is their loss of product added up scenario by scenario, by QP; None where one of them
    has none in money, as ``at_once``.
    """

    name: str
    reports: tuple[DisruptionReport, ...]
    loss: LossRisk | None
    shared: tuple[SharedOutcome, ...]
    pairs: tuple[Pair, ...]
    at_once: AtOnce | None
    notes: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return each measure of each mineral with its range."""
        return pl.concat(
            one.to_frame().insert_column(0, pl.lit(one.found.scenario.mineral).alias("mineral"))
            for one in self.reports
        )

    def to_json(self) -> dict[str, Any]:
        """Return the whole answer as plain values."""
        return {
            "name": self.name,
            "minerals": [one.to_json() for one in self.reports],
            "together": {
                "sum_qp_musd": None if self.loss is None else self.loss.to_json(),
                "shared_events": [_plain(one) for one in self.shared],
                "short_together": [_plain(one) for one in self.pairs],
                "at_once": None if self.at_once is None else self.at_once.to_json(),
                "notes": list(self.notes),
            },
        }


def _plain(one: SharedOutcome | Pair) -> dict[str, Any]:
    return {name: getattr(one, name) for name in type(one).__slots__}


def joint_report(
    joint: Joint, reports: Sequence[DisruptionReport], draws: int = DRAWS_MAX
) -> JointReport:
    """Return what is true of several minerals together.

    Raises
    ------
    InputError
        If they were run with other seeds or numbers of scenarios.
    """
    notes = ["a country's common factor is the same for all minerals of a scenario"]
    has_money = all(one.found.terms is not None for one in reports)
    if not has_money:
        notes.append("the loss of product together is UNKNOWN: of one mineral it is not known")
    loss = joint_loss(reports) if has_money else None
    at_once, said = _at_once([one.found.scenario for one in reports], draws, reports)
    return JointReport(
        joint.name, tuple(reports), loss, _shared(joint, reports), _pairs(reports), at_once,
        (*notes, *said),
    )  # fmt: skip


def joint_loss(reports: Sequence[DisruptionReport], bound: str = "qp") -> LossRisk:
    """Return the loss of several minerals together, scenario by scenario.

    A country's common factor is the same for all minerals of a scenario number, so that what it
    does to one it tends to do to the others; a shared event happens to all of them or none.

    Raises
    ------
    InputError
        If they were run with other seeds or numbers of scenarios, or one has no losses in money.
    """
    settings = {(one.found.settings.seed, len(one.found.outcomes)) for one in reports}
    if len(settings) != 1:
        raise InputError("minerals are added up where seed and number of scenarios are the same")
    total = np.zeros(len(reports[0].found.outcomes))
    for one in reports:
        if one.found.terms is None:
            raise InputError(f"{one.found.scenario.mineral} has no losses in money")
        total += one.found.terms.loss[BOUNDS.index(bound)]
    return loss_risk(total)


def _shared(joint: Joint, reports: Sequence[DisruptionReport]) -> tuple[SharedOutcome, ...]:
    found = []
    for id_ in joint.shared:
        for report in reports:
            happened = _happened(report, id_)
            if happened is None:
                continue
            out = report.found.outcomes[: happened.size]
            price, short = out[:, P], np.maximum(0.0, 1 - out[:, Q])
            found.append(
                SharedOutcome(
                    id_, report.found.scenario.mineral, float(happened.mean()),
                    *(_mean(price, rows) for rows in (happened, ~happened)),
                    *(_mean(short, rows) for rows in (happened, ~happened)),
                )
            )  # fmt: skip
    return tuple(found)


def _mean(values: np.ndarray[tuple[int], np.dtype[np.float64]], rows: Flags) -> float:
    return float(values[rows].mean()) if rows.any() else float("nan")


def _happened(report: DisruptionReport, shared: str) -> Flags | None:
    """Return in which scenarios a shared event happens to a mineral, None if it never can."""
    run = report.found
    at = [n for n, one in enumerate(run.scenario.events) if one.shared == shared]
    if not at:
        return None
    numbers = np.arange(min(COUNTED, len(run.outcomes)), dtype=np.uint64)
    return np.asarray(drawn(run.arrays, run.settings.seed, numbers).happened[:, at].any(axis=1))


def _pairs(reports: Sequence[DisruptionReport]) -> tuple[Pair, ...]:
    short = {
        one.found.scenario.mineral: 1 - one.found.outcomes[:, Q] > SHORTFALL for one in reports
    }
    return tuple(
        Pair(
            a, b, float((short[a] & short[b]).mean()), float(short[a].mean() * short[b].mean())
        )
        for a, b in combinations(short, 2)
    )  # fmt: skip


def _at_once(
    scenarios: Sequence[Scenario], draws: int, reports: Sequence[DisruptionReport]
) -> tuple[AtOnce | None, tuple[str, ...]]:
    why = _not_at_once(scenarios)
    if why:
        return None, (f"all minerals kept back at once: UNKNOWN, {why}",)
    seed = reports[0].found.settings.seed
    given = together([restricted(one) for one in scenarios])
    count = min(draws, DRAWS_MAX, reports[0].found.settings.sets)
    found = [
        together([restricted(one, number, seed) for one in scenarios]) for number in range(count)
    ] or [given]  # fmt: skip

    minerals = tuple(one.mineral for one in scenarios)
    alone = [
        _ranged(given.alone_musd[at], [one.alone_musd[at] for one in found])
        for at in range(len(minerals))
    ]
    same, other = (
        _ranged(given.at_once_musd[at], [one.at_once_musd[at] for one in found])
        for at in range(len(WAYS))
    )
    summed = _ranged(sum(given.alone_musd), [sum(one.alone_musd) for one in found])
    made = AtOnce(minerals, tuple(alone), summed, same, other, count)
    return made, ()


def _ranged(given: float, drawn_ones: Sequence[float]) -> Range:
    low, middle, high = (float(one) for one in np.quantile(drawn_ones, BAND))
    return Range(given, low, middle, high)


def _not_at_once(scenarios: Sequence[Scenario]) -> str:
    """Return why losses at once cannot be told, '' if they can."""
    for one in scenarios:
        if one.economy is None:
            return f"no table says which industries use {one.mineral}"
        if level_of(tuple(use.industry for use in one.economy.uses)) != "71":
            return f"the uses of {one.mineral} are of BEA's detail tables"
        if not any(
            each.country not in ("USA", "OTHER") for s in one.stages for each in s.producers
        ):
            return f"{one.mineral} has no foreign supplier"
    return ""
