"""How tonnes and grades of an ore vary together: dilution, mining recovery, the resource itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from oreline.explore._mine_plan import MinePlan

Floats = NDArray[np.float64]

ORE: Final = "ore"
"""What the dry tonnes are called among the quantities that vary together."""
RANK_DIGITS: Final = 3
RANK_MOST: Final = 0.999
"""Two quantities are never told to be one."""


@dataclass(frozen=True, slots=True)
class OreSpread:
    """The standard uncertainties of an ore over all its years, and how ranks go together.

    ``tonnes`` is a part of the tonnes, ``grades_pct`` by analyte, in per cent of the dry mass.
    """

    tonnes: float
    grades_pct: Mapping[str, float]
    ranks: Mapping[tuple[str, str], float]
    words: str


def ore_spread(plan: MinePlan) -> OreSpread | None:
    """Return how sure tonnes and grades of a plan's ore are; None where nothing tells of grades.

    To first order, with dilution d, mining recovery m and the grade g_d of what dilutes: a tonne of
    ground gives (1 + d) m tonnes at (g + d g_d) / (1 + d), so that

    - (u_T / T)^2 = (u_d / (1 + d))^2 + (u_m / m)^2 + u_r^2 + c^2, where u_r is what the settings
      state of the resource's tonnes and c what the simulations say of the rock that pays;
    - u_g^2 = u_k^2 + (u_d (g_d - g) / (1 + d))^2, with u_k that of the undiluted grade, by the rule
      of the schedule, and g at the mill;
    - more dilution makes more tonnes and thins all grades at once: its part of the covariances.

    Ranks of normal numbers correlate by 6/pi asin(r/2).
    """
    schedule, settings = plan.schedule, plan.settings
    known = schedule.life.u_pct
    if known is None:
        return None
    names = tuple(name for name in plan.analytes if name in known)
    grades = np.array([schedule.life.grades_pct[name] for name in names])
    own = np.array([known[name] for name in names])
    waste = np.array([settings.dilution_grade_pct.get(name, 0.0) for name in names])
    parts = {
        "dilution": settings.dilution_u,
        "mining recovery": settings.mining_recovery_u,
        "the resource, as stated": settings.tonnes_u_pct / 100,
        "the resource, as simulated": schedule.tonnes_cv,
    }
    tonnes = float(np.sqrt(sum(part**2 for part in parts.values())))
    by_dilution = settings.dilution_u * (waste - grades)
    covariance = np.zeros((len(names) + 1, len(names) + 1))
    covariance[0, 0] = tonnes**2
    covariance[0, 1:] = covariance[1:, 0] = settings.dilution_u * by_dilution
    places = [plan.analytes.index(name) for name in names]
    together = np.eye(len(names))
    if schedule.ranks is not None:
        # Ranks as linear correlations of the normal numbers behind them.
        together = 2 * np.sin(np.pi * schedule.ranks[np.ix_(places, places)] / 6)
        np.fill_diagonal(together, 1.0)
    covariance[1:, 1:] = together * np.outer(own, own) + np.outer(by_dilution, by_dilution)
    u_pct = np.sqrt(np.diag(covariance)[1:])
    told = [name for name, part in parts.items() if part]
    words = f"u of tonnes: {', '.join(told)}" if told else "tonnes as planned"
    ranks = _ranks(covariance, (ORE, *names))
    return OreSpread(tonnes, dict(zip(names, u_pct.tolist(), strict=True)), ranks, words)


def _ranks(covariance: Floats, names: tuple[str, ...]) -> dict[tuple[str, str], float]:
    deviation = np.sqrt(np.diag(covariance))
    found = {}
    for one, other in combinations(range(len(names)), 2):
        size = deviation[one] * deviation[other]
        linear = float(covariance[one, other] / size) if size else 0.0
        rank = 6 / np.pi * np.arcsin(np.clip(linear, -1, 1) / 2)
        told = round(float(np.clip(rank, -RANK_MOST, RANK_MOST)), RANK_DIGITS)
        if told:
            found[names[one], names[other]] = told
    return found
