"""Opens the costs that a command names: a folder or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from oreline.design import CostModel, Evaluate, Output, Shape, Uncertain
    from oreline.model import Finding

FILE = "costs.toml"


@dataclass(frozen=True, slots=True)
class Study:
    """Costs that are ready to be computed and drawn."""

    model: CostModel
    shapes: Mapping[str, Shape]
    correlations: Mapping[tuple[str, str], float]
    findings: tuple[Finding, ...]

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Return the results that can be followed."""
        from oreline.design import cost_outputs

        return cost_outputs(self.model)

    def inputs(self) -> tuple[Uncertain, ...]:
        """Return every number that has a range."""
        from oreline.design import uncertain_of

        return uncertain_of(self.model.parameters(), self.shapes)

    def evaluator(self, inputs: Sequence[Uncertain], places: Sequence[int]) -> Evaluate:
        """Return the function from samples of the inputs to the results at these places."""
        from oreline.design import cost_evaluator

        whole = cost_evaluator(self.model, inputs)

        def evaluate(samples: np.ndarray) -> np.ndarray:
            return whole(samples)[:, list(places)]

        return evaluate


def study_at(place: Path) -> Study:
    """Read the costs of a folder or a file.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be used, with all findings.
    """
    from oreline.cli._balance_formulas import see_usable, table_bytes
    from oreline.design import read_costs

    path = place / FILE if place.is_dir() else place
    costs, findings = read_costs(table_bytes(path), path.name)
    see_usable(path, findings)
    assert costs is not None
    return Study(costs.model, costs.shapes, costs.correlations, findings)
