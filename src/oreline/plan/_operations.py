"""The running of a plan while its builds are held: one model, solved again for other builds.

Where prices, grades or costs turn out otherwise, what has been built stays; what is mined, treated
and sold follows. Budgets bind nothing here: capital that turns out dearer is spent all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from oreline.model import OrelineError
from oreline.plan._goals import Goal, goal_expression, goal_weights
from oreline.plan._highs import (
    NoPlanError,
    SolverSettings,
    labels_of,
    load_model,
    outcome_of,
    set_options,
)
from oreline.plan._model import build_model
from oreline.plan._problem import Problem
from oreline.plan._schedule import Schedule, schedule_of
from oreline.plan._sets import Array

SLACK: Final = 1e-6
"""A goal is held within this part of it while the next is pursued."""


class Operations:
    """The best running of a problem for any builds, by the goals that its plan was made for.

    The solver stays warm: a second set of builds changes bounds, and nothing is built again.
    """

    def __init__(
        self,
        problem: Problem,
        settings: SolverSettings | None = None,
        goals: Sequence[Goal] = (),
    ) -> None:
        """Build the model; ``goals`` are the most important first, net present value is last."""
        import linopy

        self.made = build_model(problem, fixed={})
        with linopy.options as options:
            options["semantics"] = "v1"
            self.made.model.add_objective(goal_expression(self.made, Goal("npv")), sense="max")
        self.highs = load_model(self.made.model)
        set_options(self.highs, settings or SolverSettings())
        labels = self.made.model.variables.label_index.vlabels
        self.position = np.full(int(labels.max()) + 1, -1, np.int64)
        self.position[labels] = np.arange(labels.size)
        # By name (a unit and a size), because another problem may list its options otherwise.
        units = problem.units
        self.units = {one.id: one for one in units}
        self.options = {
            (units[unit].id, units[unit].sizes[size].id): place
            for place, (unit, size) in enumerate(self.made.sets.options)
        }
        money = () if any(goal.kind == "npv" for goal in goals) else (Goal("npv"),)
        self.sought = [self._rates(goal) for goal in (*goals, *money)]
        # A row for each goal that is held while the next is pursued; until then it limits nothing.
        self.first = self.highs.getNumRow()
        for rates in self.sought[:-1]:
            (used,) = np.nonzero(rates)
            free = (-np.inf, np.inf)
            self.highs.addRow(*free, used.size, used.astype(np.int32), rates[used])

    def _rates(self, goal: Goal) -> Array:
        """Return what each column counts in a goal, of which there shall be much."""
        rates = np.zeros(int(self.position.max()) + 1)
        for name, each in goal_weights(self.made, goal).items():
            labels = labels_of(self.made.variable(name)).ravel()
            there = labels >= 0
            rates[self.position[labels[there]]] += np.ravel(each)[there]
        return rates if goal.is_most else -rates

    def run(self, built: Schedule) -> Schedule | None:
        """Return the best running with the builds of a schedule; None where none meets all limits.

        Raises
        ------
        OrelineError
            If the solver finds nothing in its time.
        """
        if self.made.has("build"):
            labels = labels_of(self.made.variable("build"))
            held = np.zeros(labels.shape)
            for one in built.built:
                begun = self.made.problem.years.index(one.begun)
                for size, part in self.units[one.unit].weights(one.size, one.part).items():
                    held[self.options[one.unit, size], begun] = part
            columns = self.position[labels.ravel()].astype(np.int32)
            self.highs.changeColsBounds(columns.size, columns, held.ravel(), held.ravel())
        values = self._best()
        if values is None:
            return None
        by_name: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {
            name: values[self.position[labels_of(one)]]
            for name, one in self.made.model.variables.items()
        }
        return schedule_of(self.made.sets, by_name)

    def _best(self) -> Array | None:
        """Return the values of the columns at the best of all goals, each held for the next."""
        columns = np.arange(self.sought[0].size, dtype=np.int32)
        values: Array | None = None
        for place, rates in enumerate(self.sought):
            if len(self.sought) > 1:
                self.highs.changeColsCost(columns.size, columns, rates)
            self.highs.run()
            try:
                status, _ = outcome_of(self.highs)
            except NoPlanError:
                assert not place, "what reached the goal before is allowed still"
                return None
            if status != "optimal":
                raise OrelineError(f"the running of the plan is not solved: {status}")
            values = np.asarray(self.highs.getSolution().col_value)
            if place < len(self.sought) - 1:
                reached = float(rates @ values)
                least = reached - SLACK * max(1.0, abs(reached))
                self.highs.changeRowBounds(self.first + place, least, np.inf)
        for place in range(len(self.sought) - 1):
            self.highs.changeRowBounds(self.first + place, -np.inf, np.inf)
        return values
