"""Results of a cost model that are followed when its numbers are drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oreline.design._cost_figures import CostFigures, cost_figures
from oreline.design._cost_model import BURDEN_UNITS, CostModel
from oreline.design._sampling import Array, Uncertain
from oreline.design._spread import Evaluate, Output


def cost_outputs(model: CostModel) -> tuple[Output, ...]:
    """Return what a cost model gives for each sample, in the order of :func:`cost_values`."""
    currency = model.terms.currency
    outputs = [Output("total capital", currency), Output("operating cost", f"{currency}/y")]
    if model.products:
        outputs += [Output("revenue", f"{currency}/y"), Output("margin", f"{currency}/y")]
    if model.per_tonne_of:
        outputs.append(Output("operating cost per t", f"{currency}/t {model.per_tonne_of}"))
    if model.terms.rate is not None and model.terms.life is not None:
        outputs.append(Output("NPV of level years before tax", currency))
    charged = model.terms.rate is not None and model.terms.life is not None
    for product in model.products:
        outputs.append(Output(f"operating cost: {product.name}", f"{currency}/kg"))
        if charged:
            outputs.append(Output(f"full cost: {product.name}", f"{currency}/kg"))
    kinds = dict.fromkeys(burden.kind for burden in model.burdens)
    outputs += [Output(str(kind), f"{BURDEN_UNITS[kind]}/y") for kind in kinds]
    return tuple(outputs)


def cost_values(model: CostModel, figures: CostFigures) -> Array:
    """Return the outputs of :func:`cost_outputs` in shape (samples, outputs)."""
    cost = figures.operating_cost
    columns = [figures.capital.total, cost]
    if model.products:
        columns += [figures.revenue, figures.revenue - cost]
    if figures.base_amount_t is not None:
        columns.append(cost / figures.base_amount_t)
    if figures.present_value is not None:
        columns.append(figures.present_value)
    for place in range(len(model.products)):
        mass = figures.mass_kg[:, place]
        made = np.where(mass > 0, mass, np.nan)
        columns.append(figures.operating_borne[:, place] / made)
        if figures.charge_borne is not None:
            both = figures.operating_borne[:, place] + figures.charge_borne[:, place]
            columns.append(both / made)
    # Their kinds stand in the order in which the model first names them, as in the outputs.
    columns += [np.asarray(borne.sum(axis=1)) for borne in figures.burdens_borne.values()]
    return np.column_stack(columns)


def cost_evaluator(model: CostModel, inputs: Sequence[Uncertain]) -> Evaluate:
    """Return the function that :func:`spread`, :func:`sobol_shares` and :func:`tornado` take."""

    def evaluate(samples: Array) -> Array:
        drawn = {one.name: samples[:, place] for place, one in enumerate(inputs)}
        return cost_values(model, cost_figures(model, drawn, len(samples)))

    return evaluate
