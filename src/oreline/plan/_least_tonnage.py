"""The least tonnage of a resource at which it pays to mine it, in one state of the world."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Final

import numpy as np

from oreline.model import InputError
from oreline.plan._checks import refuse_ranges
from oreline.plan._explain import explain_infeasible
from oreline.plan._highs import (
    Certificate,
    NoPlanError,
    SolverSettings,
    labels_of,
    load_program,
    outcome_of,
    program_of,
    search,
    set_options,
)
from oreline.plan._model import build_model
from oreline.plan._optimise import NPV, sought
from oreline.plan._problem import Problem
from oreline.plan._sets import Array, Places

PAYS_M: Final = 1e-3
"""From so many millions on, a thousand in money, a plan is worth more than another."""
STEPS_MAX: Final = 30


class LeastTonnage:
    """Finds the least tonnage of a resource that pays; the model is written once.

    Raises
    ------
    InputError
        If nothing draws the resource.
    """

    def __init__(self, problem: Problem, resource: str, settings: SolverSettings) -> None:
        refuse_ranges(problem, "a least tonnage")
        self.settings = settings
        most = _most_drawn(problem, resource)
        if not most:
            raise InputError(f"nothing in the plan draws {resource}: add a mine that does")
        self.most = most
        wide = tuple(
            replace(one, tonnage=replace(one.tonnage, value=most, low=None, high=None))
            if one.id == resource
            else one
            for one in problem.resources
        )
        self.problem = replace(problem, resources=wide)
        self.made = build_model(self.problem)
        self.constant = sought(self.made, NPV)
        self.program = program_of(self.made.model)
        self.draws = self._draw_columns(resource)
        self.row = self._tonnage_row(resource)
        model = self.made.model
        self.build: Places = np.zeros(0, np.int64)
        if self.made.has("build"):
            known = model.variables.label_index.vlabels
            labels = labels_of(model.variables["build"])
            self.build = _positions(known)[labels.ravel()]

    def _draw_columns(self, resource: str) -> Places:
        sets = self.made.sets
        runs = [item for item in range(len(sets.runs)) if sets.run(item)[1].resource == resource]
        if not runs:
            raise InputError(f"what is mined of {resource} can go nowhere in this plan")
        labels = labels_of(self.made.variable("run"))[runs]
        return _positions(self.made.model.variables.label_index.vlabels)[labels.ravel()]

    def _tonnage_row(self, resource: str) -> int:
        rows = self.made.model.constraints["tonnage"].labels
        place = [one.id for one in self.problem.resources].index(resource)
        label = int(rows.sel(resource=place))
        return int(_positions(self.made.model.constraints.label_index.clabels)[label])

    def found(self) -> float | None:
        """Return the least tonnage that pays, in kt; None where none does.

        Raises
        ------
        InfeasibleError
            If no plan meets all limits.
        OrelineError
            If the solver finds nothing in its time.
        """
        without, _ = self._best(0.0)
        goal = without.bound + PAYS_M
        tonnage = self.most
        pays: float | None = None
        for _ in range(STEPS_MAX):
            best, builds = self._best(tonnage)
            # At the goal itself it is the held builds that were found before.
            if best.value < goal + (0.0 if pays is None else PAYS_M):
                return pays
            tonnage = pays = self._least(builds, goal)
            if tonnage <= 1e-9:
                return 0.0
        return pays

    def _best(self, tonnage: float) -> tuple[Certificate, Array]:
        """Return the best plan with so much of the resource, and its builds."""
        highs = load_program(self.program)
        highs.changeRowBounds(self.row, -np.inf, tonnage)
        began = time.perf_counter()
        try:
            found = search(highs, self.settings, self.problem.digest, began, constant=self.constant)
        except NoPlanError as error:
            raise explain_infeasible(self.made, error.highs, self.settings) from error
        return found, np.rint(np.asarray(highs.getSolution().col_value)[self.build])

    def _least(self, builds: Array, goal: float) -> float:
        """Return the least tonnage with which held builds reach a value."""
        import highspy

        held = replace(
            self.program,
            lower=_with(self.program.lower, self.build, builds),
            upper=_with(self.program.upper, self.build, builds),
            whole=np.zeros_like(self.program.whole),
        )
        highs = load_program(held)
        set_options(highs, self.settings)
        columns = np.arange(held.cost.size, dtype=np.int32)
        earning = np.nonzero(held.cost)[0].astype(np.int32)
        highs.addRow(
            goal - self.constant, highspy.kHighsInf, earning.size, earning, held.cost[earning]
        )
        drawn = np.zeros(held.cost.size)
        drawn[self.draws] = 1.0
        highs.changeColsCost(columns.size, columns, drawn)
        highs.changeObjectiveSense(highspy.ObjSense.kMinimize)
        highs.run()
        outcome_of(highs)
        return float(highs.getObjectiveValue())


def _most_drawn(problem: Problem, resource: str) -> float:
    """Return more than can be drawn of a resource in all years."""
    return len(problem.years) * sum(
        max(size.capacity.value for size in unit.sizes)
        for unit in problem.units
        if any(recipe.resource == resource for recipe in unit.recipes)
    )


def _positions(labels: Any) -> Places:
    found = np.full(int(labels.max(initial=-1)) + 2, -1, np.int64)
    found[labels] = np.arange(labels.size)
    return found


def _with(side: Array, columns: Places, values: Array) -> Array:
    found = side.copy()
    found[columns] = values
    return found
