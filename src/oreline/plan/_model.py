"""A plan as a mixed-integer programme in linopy: variables and row families.

One function writes one family of rows; its name is how results and explanations call it. Labels of
axes are places in the index sets; sums over groups are sparse.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from oreline.model import InputError
from oreline.plan import _coefficients as numbers
from oreline.plan._cash_terms import cash_terms
from oreline.plan._limit_rows import (
    after_rows,
    blend_rows,
    budget_rows,
    market_rows,
    origin_rows,
    resource_rows,
    route_rows,
    storage_rows,
)
from oreline.plan._model_frame import Axis, PlanModel
from oreline.plan._problem import Problem
from oreline.plan._sets import Places, plan_sets

if TYPE_CHECKING:
    import linopy

Held = Mapping[tuple[int, int], float]
"""Builds that are given: how much of an option is begun in a year, both by their places."""
INSTALL: Final = "pip install linopy highspy"


def build_model(problem: Problem, *, fixed: Held | None = None) -> PlanModel:
    """Return the model of a problem, without an objective.

    Parameters
    ----------
    problem
        What is planned.
    fixed
        Where given, the builds are these, see ``Held``. Budgets then bind nothing, because what is
        built is built.

    Raises
    ------
    InputError
        If the solver's packages are not installed.
    """
    try:
        import linopy
    except ImportError as error:
        raise InputError(f"planning needs linopy and highspy: {INSTALL}") from error
    # v1: what does not match raises, and what is absent is no zero.
    with linopy.options as options:
        options["semantics"] = "v1"
        made = PlanModel(plan_sets(problem), linopy.Model(), Axis(problem.years))
        _variables(made, fixed)
        for rows in ROWS:
            if not (fixed is not None and rows is budget_rows):
                rows(made)
        cash_terms(made)
    return made


def write_model(problem: Problem, path: Path) -> None:
    """Write the model of net present value as .lp or .mps, with names that can be read.

    Rows are called after their family, columns after their decision, both with the places of their
    axes. What stands already costs is no part of it, since no decision changes it.

    Raises
    ------
    InputError
        If the suffix is another, or something is already there.
    """
    import linopy

    from oreline.plan._goals import Goal, goal_expression

    if path.suffix not in (".lp", ".mps"):
        raise InputError(f"{path}: a model is written as .lp or .mps")
    if path.exists():
        raise InputError(f"{path} exists; remove it or write to another file")
    made = build_model(problem)
    with linopy.options as options:
        options["semantics"] = "v1"
        made.model.add_objective(goal_expression(made, Goal("npv")), sense="max")
        made.model.to_file(path, explicit_coordinate_names=True, progress=False)


def _variables(made: PlanModel, fixed: Held | None) -> None:
    sets, years = made.sets, len(made.problem.years)
    if sets.options:
        may = numbers.may_begin(sets)
        least = np.zeros_like(may)
        if fixed is not None:
            may = np.zeros_like(may)
            for (option, year), part in fixed.items():
                may[option, year] = least[option, year] = part
        upper = made.axis.array(may, "option", "begun")
        if fixed is None and not sets.has_ranges:
            made.model.add_variables(upper=upper, binary=True, name="build")
        else:
            lower = made.axis.array(least, "option", "begun")
            made.model.add_variables(lower=lower, upper=upper, name="build")
        if fixed is None and sets.has_ranges:
            first = made.axis.array(may[[one[0] for one in sets.choices()]], "choice", "begun")
            made.model.add_variables(upper=first, binary=True, name="chosen")
    for name, count in (
        ("run", len(sets.runs)),
        ("flow", len(sets.legs)),
        ("sale", len(sets.sales)),
        ("stock", len(sets.stores)),
        ("drop", len(sets.drops)),
    ):
        if count:
            zero = made.axis.array(np.zeros((count, years)), name, "year")
            made.model.add_variables(lower=zero, name=name)
    if sets.buys:
        most = [[one.value for one in made.problem.supplies[buy].most] for buy in sets.buys]
        upper = made.axis.array(np.array(most), "buy", "year")
        made.model.add_variables(lower=0 * upper, upper=upper, name="buy")
    short = [place for place, one in enumerate(made.problem.markets) if one.least and one.penalty]
    if short:
        zero = made.axis.array(np.zeros((len(short), years)), "market", "year")
        made.model.add_variables(lower=zero.assign_coords(market=short), name="short")


def balance_rows(made: PlanModel) -> None:
    """Add: what enters a node in a year leaves it, or is in stock."""
    years = len(made.problem.years)
    nodes, labels, rates = [], [], []
    for kind, port in made.sets.ports().items():
        if port.node.size:
            nodes.append(port.node)
            labels.append(made.labels(kind)[port.item])
            rates.append(np.repeat(port.rate[:, None], years, axis=1))
    if made.sets.stores:
        stores = np.array(made.sets.stores, np.int64)
        kept = made.labels("stock")
        before = np.concatenate([np.full((stores.size, 1), -1), kept[:, :-1]], axis=1)
        # Last year's end comes out of stock, this year's goes in.
        nodes += [stores, stores]
        labels += [before, kept]
        rates += [np.ones(kept.shape), -np.ones(kept.shape)]
    if not nodes:
        return
    node, label, rate = np.concatenate(nodes), np.concatenate(labels), np.concatenate(rates)
    places = places_in_groups(node)
    shape = (len(made.sets.nodes), years, int(places.max()) + 1)
    of_node, weight = np.full(shape, -1, np.int64), np.zeros(shape)
    of_node[node, :, places], weight[node, :, places] = label, rate
    left = made.expression(weight, of_node, "node", "year")
    made.model.add_constraints(left == 0, name="balance")


def places_in_groups(group: Places) -> Places:
    """Return the how many-th of its group each item is, from 0 on.

    >>> places_in_groups(np.array([3, 1, 3, 3, 1])).tolist()
    [0, 0, 1, 2, 1]
    """
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], group[order])
    found = np.empty(group.size, np.int64)
    found[order] = np.arange(group.size) - first
    return found


def capacity_rows(made: PlanModel) -> None:
    """Add: the runs of a unit together keep within what is built, or within what stands."""
    problem, sets = made.problem, made.sets
    standing = {place for place, unit in enumerate(problem.units) if unit.standing is not None}
    of_run = np.array([unit for unit, _ in sets.runs], np.int64)
    built = [place for place, unit in enumerate(of_run) if unit not in standing]
    if built:
        capacity = _built_capacity(made, set(of_run[built]))
        made.model.add_constraints(_used(made, built, of_run) <= capacity, name="capacity")
    stand = [place for place, unit in enumerate(of_run) if unit in standing]
    if stand:
        units = sorted(set(of_run[stand].tolist()))
        limit = np.array(
            [numbers.standing_capacity(problem.units[unit], problem.years) for unit in units]
        )
        right = made.axis.array(limit, "unit", "year").assign_coords(unit=units)
        made.model.add_constraints(_used(made, stand, of_run) <= right, name="standing capacity")


def _used(made: PlanModel, runs: list[int], of_run: Places) -> linopy.LinearExpression:
    """Return (unit, year): the throughput of all recipes of each unit."""
    run = made.variable("run").isel(run=runs) * 1.0
    key = made.group(of_run[runs], "run", "unit").assign_coords(run=runs)
    used: linopy.LinearExpression = run.groupby(key).sum()
    return used


def _built_capacity(made: PlanModel, units: set[int]) -> linopy.LinearExpression:
    of_option = np.array([unit for unit, _ in made.sets.options], np.int64)
    wanted = [place for place, unit in enumerate(of_option) if unit in units]
    running = numbers.capacity_running(made.sets)[wanted]
    coefficient = made.axis.array(running, "option", "begun", "year").assign_coords(option=wanted)
    running_then = (made.variable("build").isel(option=wanted) * coefficient).sum("begun")
    key = made.group(of_option[wanted], "option", "unit").assign_coords(option=wanted)
    capacity: linopy.LinearExpression = running_then.groupby(key).sum()
    return capacity


def range_rows(made: PlanModel) -> None:
    """Add: a size is built whole or not at all; a range is a mix of its two ends.

    Mixes of both ends lie on the line between them, in capacity as in cost.
    """
    if not made.has("chosen"):
        return
    of_option = np.zeros(len(made.sets.options), np.int64)
    for choice, options in enumerate(made.sets.choices()):
        of_option[list(options)] = choice
    mixed = (made.variable("build") * 1.0).groupby(made.group(of_option, "option", "choice")).sum()
    made.model.add_constraints(mixed - made.variable("chosen") == 0, name="range")


def once_rows(made: PlanModel) -> None:
    """Add: a unit is built once at most, in one of its sizes."""
    if not made.sets.options:
        return
    begun = made.variable("build").sum("begun")
    unit = made.group([unit for unit, _ in made.sets.options], "option", "unit")
    made.model.add_constraints(begun.groupby(unit).sum() <= 1, name="once")


ROWS = (
    balance_rows,
    capacity_rows,
    range_rows,
    once_rows,
    after_rows,
    resource_rows,
    route_rows,
    market_rows,
    storage_rows,
    budget_rows,
    blend_rows,
    origin_rows,
)
