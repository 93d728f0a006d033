"""Opens the costs that a command names, and the flowsheet beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from oreline.design import CostModel, Costs, Evaluate, Flowsheet, Output, Uncertain
    from oreline.model import Finding

FILE = "costs.toml"


@dataclass(frozen=True, slots=True)
class Study:
    """Costs that are ready to be computed and drawn; with their flowsheet where there is one."""

    costs: Costs
    flowsheet: Flowsheet | None
    findings: tuple[Finding, ...]

    @property
    def model(self) -> CostModel:
        """Return the cost model, with amounts of the flowsheet as its numbers stand."""
        return self.costs.model

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Return the results that can be followed."""
        from oreline.design import chain_outputs

        return chain_outputs(self.costs)

    def inputs(self) -> tuple[Uncertain, ...]:
        """Return every number that has a range, of the flowsheet and of the costs."""
        from oreline.design import chain_parameters, uncertain_of

        return uncertain_of(chain_parameters(self.costs, self.flowsheet), self.costs.shapes)

    def evaluator(self, inputs: Sequence[Uncertain], places: Sequence[int]) -> Evaluate:
        """Return the function from samples of the inputs to the results at these places."""
        from oreline.design import chain_evaluator

        whole = chain_evaluator(self.costs, self.flowsheet, inputs)

        def evaluate(samples: np.ndarray) -> np.ndarray:
            return whole(samples)[:, list(places)]

        return evaluate


def study_at(place: Path) -> Study:
    """Read the costs of a folder or a file, and the processes.toml that stands beside them.

    Raises
    ------
    InputError
        If there is no such file, it cannot be used, or its flowsheet has no answer, with all
        findings.
    """
    from oreline.cli._balance_formulas import see_usable, table_bytes
    from oreline.cli._design_source import flowsheet_at
    from oreline.design import PROCESSES_FILE, read_costs, solve_flows

    path = place / FILE if place.is_dir() else place
    data = table_bytes(path)
    sheet, flows = None, None
    told: tuple[Finding, ...] = ()
    processes = path.parent / PROCESSES_FILE
    if processes.is_file():
        sheet, told = flowsheet_at(processes)
        see_usable(processes, told)
        assert sheet is not None
        flows = solve_flows(sheet)
    costs, findings = read_costs(data, path.name, flows)
    see_usable(path, findings)
    assert costs is not None
    return Study(costs, sheet, (*told, *findings))
