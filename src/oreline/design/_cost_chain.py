"""Costs bound to their flowsheet: one function from numbers of both to results of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from oreline.design._cost_figures import cost_figures
from oreline.design._cost_flows import flow_amounts
from oreline.design._cost_outputs import cost_outputs, cost_values
from oreline.design._costs_file import Costs
from oreline.design._flowsheet import Flowsheet
from oreline.design._parameter import Parameter
from oreline.design._samples import Progress
from oreline.design._sampling import Array, Uncertain
from oreline.design._spread import Evaluate, Output
from oreline.model import InputError

SHEET = "flowsheet: "
"""What stands before the name of a number of the flowsheet."""
DOSE = "dose: "
"""And before that of a dose of an amount that the flowsheet gives."""


def chain_parameters(costs: Costs, flowsheet: Flowsheet | None) -> dict[str, Parameter]:
    """Return every number of costs and flowsheet by its name; those of the flowsheet come first.

    Amounts that the flowsheet gives are no numbers of their own.
    """
    numbers = {} if flowsheet is None else flowsheet.numbers()
    given = {f"quantity: {one.name}" for one in costs.flows}
    found = {f"{SHEET}{name}": one for name, one in numbers.items()}
    found |= {name: one for name, one in costs.model.parameters().items() if name not in given}
    return found | {f"{DOSE}{one.name}": one.dose for one in costs.flows if one.dose is not None}


def chain_outputs(costs: Costs) -> tuple[Output, ...]:
    """Return the results that can be followed: those of the costs, and amounts of the flowsheet."""
    amounts = tuple(Output(f"amount: {one.name}", one.unit) for one in costs.flows)
    return (*cost_outputs(costs.model), *amounts)


def chain_evaluator(
    costs: Costs,
    flowsheet: Flowsheet | None,
    inputs: Sequence[Uncertain],
    changed: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> Evaluate:
    """Return the function from samples of the inputs to the results of :func:`chain_outputs`.

    A sample for which the flowsheet has no answer gives results that are not a number. ``changed``
    are numbers of the costs that are others than in the file, by name.

    Raises
    ------
    InputError
        If costs take amounts from a flowsheet and none is given.
    """
    if costs.flows and flowsheet is None:
        raise InputError("the costs take amounts from a flowsheet, and none is given")
    amounts = None if flowsheet is None else flow_amounts(flowsheet, costs.flows)

    def evaluate(samples: Array) -> Array:
        count = len(samples)
        drawn = {name: np.full(count, value) for name, value in (changed or {}).items()}
        drawn |= {one.name: samples[:, place] for place, one in enumerate(inputs)}
        found = {}
        if amounts is not None and costs.flows:
            of_sheet = {
                name.removeprefix(SHEET): values
                for name, values in drawn.items()
                if name.startswith(SHEET)
            }
            found = amounts(of_sheet, count, progress)
        for one in costs.flows:
            if one.dose is not None:
                found[one.name] = found[one.name] * drawn.get(f"{DOSE}{one.name}", one.dose.value)
        of_costs = {
            name: values for name, values in drawn.items() if not name.startswith((SHEET, DOSE))
        }
        of_costs |= {f"quantity: {name}": values for name, values in found.items()}
        figures = cost_figures(costs.model, of_costs, count)
        values = cost_values(costs.model, figures)
        if not found:
            return values
        own = np.column_stack([found[one.name] for one in costs.flows])
        return np.hstack([values, own])

    return evaluate
