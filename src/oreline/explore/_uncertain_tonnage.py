"""How sure tonnes, grade and metal above a cut-off are: the same sums in every realisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._classes import NOT_A_STATEMENT
from oreline.explore._simulation import QUANTILES, Simulation

Floats = NDArray[np.float64]

WHOLE = "all"
"""The part that is all blocks."""


@dataclass(frozen=True, slots=True)
class UncertainTonnage:
    """Tonnes, grade and metal above a cut-off over all realisations: P10, P50, P90 and mean.

    P10 is the value that one realisation in ten falls below: what one may count on. ``cutoff_of``
    is the analyte by which blocks are told apart, ``part`` what blocks were looked at.
    """

    analyte: str
    cutoff_pct: float
    realisations: int
    tonnes: Mapping[str, float]
    grade_pct: Mapping[str, float | None]
    metal_t: Mapping[str, float]
    cutoff_of: str = ""
    part: str = WHOLE

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "analyte": self.analyte,
            "part": self.part,
            "cutoff_of": self.cutoff_of or self.analyte,
            "cutoff_pct": self.cutoff_pct,
            "realisations": self.realisations,
            "tonnes": dict(self.tonnes),
            "grade_pct": dict(self.grade_pct),
            "metal_t": dict(self.metal_t),
            "not_a_statement": NOT_A_STATEMENT,
        }


def uncertain_tonnage(
    simulation: Simulation,
    tonnes: Floats,
    cutoffs_pct: Sequence[float],
    *,
    cut: Simulation | None = None,
    part: str = WHOLE,
    blocks: NDArray[np.bool_] | None = None,
) -> tuple[UncertainTonnage, ...]:
    """Return tonnes, grade and metal above each cut-off, with their uncertainty.

    Blocks without a simulated grade or a known density are left out. The realisations differ in
    grade alone: density, domains and the variogram itself are taken as known.

    Parameters
    ----------
    cut
        The analyte by which blocks are above the cut-off, simulated together with this one; the
        analyte itself if none.
    part, blocks
        What is looked at, and which blocks that are; all of them if none.
    """
    above = cut or simulation
    usable = ~np.isnan(simulation.values[:, 0]) & ~np.isnan(tonnes) & ~np.isnan(above.values[:, 0])
    if blocks is not None:
        usable &= blocks
    values, limits, mass = simulation.values[usable], above.values[usable], tonnes[usable]
    found = []
    for cutoff in sorted(set(cutoffs_pct)):
        inside = limits >= cutoff
        whole = inside.T @ mass
        metal = (np.where(inside, values, 0.0).T @ mass) / 100
        grade = np.full(whole.size, np.nan)
        np.divide(100 * metal, whole, out=grade, where=whole > 0)
        found.append(
            UncertainTonnage(
                simulation.analyte,
                float(cutoff),
                int(values.shape[1]),
                _spread(whole),
                _grades(grade),
                _spread(metal),
                above.analyte,
                part,
            )
        )
    return tuple(found)


def _spread(values: Floats) -> dict[str, float]:
    low, middle, high = (float(value) for value in np.percentile(values, QUANTILES))
    return {"p10": low, "p50": middle, "p90": high, "mean": float(values.mean())}


def _grades(values: Floats) -> dict[str, float | None]:
    if np.isnan(values).any():
        # In some realisation nothing lies above the cut-off: its grade is not known.
        return {"p10": None, "p50": None, "p90": None, "mean": None}
    return dict(_spread(values))
