"""A flowsheet and its costs, ready to be computed, changed and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from oreline.design._comparison import Difference
from oreline.design._convergence import Converged
from oreline.design._cost_chain import SHEET, chain_evaluator, chain_outputs, chain_parameters
from oreline.design._cost_model import CostModel
from oreline.design._cost_report import CostReport, cost_report
from oreline.design._costs_file import Costs, read_costs
from oreline.design._flowsheet import Flowsheet, joined_pairs
from oreline.design._parameter import Parameter
from oreline.design._samples import Progress, base_of
from oreline.design._sampling import Array, Uncertain, uncertain_of
from oreline.design._solve import solve_flows
from oreline.design._spread import Evaluate, Output, Why
from oreline.design._study import STUDY_SETTINGS
from oreline.design._what_if import WHAT_IF, with_numbers
from oreline.model import Basis, Finding, InputError, is_fatal


@dataclass(frozen=True, slots=True)
class DesignStudy:
    """Costs that are ready to be computed and drawn; with their flowsheet where there is one.

    ``changed`` are numbers of the costs that stand in the place of the file's, by name.
    """

    costs: Costs
    flowsheet: Flowsheet | None
    findings: tuple[Finding, ...]
    changed: Mapping[str, float] = field(default_factory=dict)

    @property
    def model(self) -> CostModel:
        """Return the cost model, with amounts of the flowsheet as its numbers stand."""
        return self.costs.model

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Return the results that can be followed."""
        return chain_outputs(self.costs)

    def report(self) -> CostReport:
        """Return the costs as the numbers stand."""
        return cost_report(self.model, self.changed)

    def numbers(self) -> dict[str, Parameter]:
        """Return every number of flowsheet and costs by name, with those that were changed."""
        known = chain_parameters(self.costs, self.flowsheet)
        return {
            name: one
            if name not in self.changed
            else Parameter(self.changed[name], one.unit, Basis.ASSUMED, WHAT_IF)
            for name, one in known.items()
        }

    def inputs(self) -> tuple[Uncertain, ...]:
        """Return every number that has a range, of the flowsheet and of the costs."""
        numbers = self.numbers()
        shapes = {
            name: shape for name, shape in self.costs.shapes.items() if numbers[name].is_ranged
        }
        return uncertain_of(numbers, shapes)

    @property
    def correlations(self) -> dict[tuple[str, str], float]:
        """Return how ranks go together: what ores and feeds say, then what the costs state."""
        if self.flowsheet is None:
            return dict(self.costs.correlations)
        of_sheet = {
            (f"{SHEET}{one}", f"{SHEET}{other}"): rank
            for (one, other), rank in self.flowsheet.correlations().items()
        }
        return joined_pairs(of_sheet, self.costs.correlations)

    def evaluator(
        self,
        inputs: Sequence[Uncertain],
        outputs: Sequence[str],
        progress: Progress | None = None,
    ) -> Evaluate:
        """Return the function from samples of the inputs to the results of these names.

        Raises
        ------
        InputError
            If a result is not one that can be followed.
        """
        places = self.places(outputs)
        whole = chain_evaluator(self.costs, self.flowsheet, inputs, self.changed, progress)

        def evaluate(samples: Array) -> Array:
            return whole(samples)[:, places]

        return evaluate

    def places(self, outputs: Sequence[str]) -> list[int]:
        """Return where results stand among :attr:`outputs`.

        Raises
        ------
        InputError
            If one is none of them.
        """
        known = {one.name: place for place, one in enumerate(self.outputs)}
        unknown = [name for name in outputs if name not in known]
        if unknown:
            raise InputError(f"there is no result {unknown[0]!r}; there are {', '.join(known)}")
        return [known[name] for name in outputs]

    def why(self, inputs: Sequence[Uncertain]) -> Why:
        """Return the function that tells why a sample of the inputs has no answer."""
        start: list[Converged | None] = []

        def reason(sample: Array) -> str:
            drawn = {
                one.name.removeprefix(SHEET): sample[place : place + 1]
                for place, one in enumerate(inputs)
                if one.name.startswith(SHEET)
            }
            if self.flowsheet is not None and drawn:
                if not start:
                    start.append(base_of(self.flowsheet, STUDY_SETTINGS))
                try:
                    solve_flows(self.flowsheet, drawn, STUDY_SETTINGS, start[0])
                except InputError as error:
                    first = next(iter(error.findings), None)
                    return str(error.args[0]) if first is None else first.message
            return "a product of which nothing is made, or costs that the rule cannot share"

        return reason


def read_study(
    data: bytes,
    name: str,
    flowsheet: Flowsheet | None,
    told: Sequence[Finding] = (),
    changed: Mapping[str, float] | None = None,
) -> DesignStudy:
    """Read costs and bind them to a flowsheet, with some numbers of either as others.

    ``changed`` names numbers as :func:`chain_parameters` does; those of the flowsheet may also
    stand without what is put before them.

    Raises
    ------
    InputError
        If the costs cannot be used, the flowsheet has no answer, or a name is none of theirs; with
        all findings.
    """
    asked = {key.removeprefix(SHEET): value for key, value in (changed or {}).items()}
    known = {} if flowsheet is None else flowsheet.numbers()
    of_sheet = {key: value for key, value in asked.items() if key in known}
    of_costs = {key: value for key, value in asked.items() if key not in known}
    flows = None
    if flowsheet is not None:
        if of_sheet:
            flowsheet = with_numbers(flowsheet, of_sheet)
        flows = solve_flows(flowsheet)
    costs, findings = read_costs(data, name, flows)
    if costs is None or is_fatal(findings):
        raise InputError(f"{name} cannot be used", findings)
    study = DesignStudy(costs, flowsheet, (*told, *findings))
    numbers = chain_parameters(costs, flowsheet)
    strange = [key for key in of_costs if key not in numbers]
    if strange:
        raise InputError(f"{strange[0]} is no number of the flowsheet, nor of {name}")
    return replace(study, changed=of_costs)


def compare_costs(first: DesignStudy | None, second: DesignStudy | None) -> tuple[Difference, ...]:
    """Return each result of the costs of two designs; None where one does not have it."""
    ours, theirs = _results(first), _results(second)
    return tuple(
        Difference(
            "costs",
            name,
            (ours.get(name) or theirs[name])[0],
            ours[name][1] if name in ours else None,
            theirs[name][1] if name in theirs else None,
        )
        for name in dict.fromkeys([*ours, *theirs])
    )


def _results(study: DesignStudy | None) -> dict[str, tuple[str, float]]:
    """Return unit and value of each result by its name, amounts of the flowsheet left out."""
    if study is None:
        return {}
    outputs = [one for one in study.outputs if not one.name.startswith("amount: ")]
    found = study.evaluator((), [one.name for one in outputs])(np.empty((1, 0)))[0]
    return {one.name: (one.unit, float(value)) for one, value in zip(outputs, found, strict=True)}
