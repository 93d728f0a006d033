"""The running of a plan while its builds are held: one model, solved again for other builds.

Where prices, grades or costs turn out otherwise, what has been built stays; what is mined, treated
and sold follows. Budgets bind nothing here: capital that turns out dearer is spent all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from oreline.plan._goal_order import GoalOrder
from oreline.plan._goals import Goal, goal_expression
from oreline.plan._highs import SolverSettings, labels_of, load_model, set_options
from oreline.plan._model import build_model
from oreline.plan._problem import Problem
from oreline.plan._schedule import Schedule, schedule_of


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
        self.order = GoalOrder(self.made, self.highs, self.position, goals)

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
        values = self.order.best()
        if values is None:
            return None
        by_name: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {
            name: values[self.position[labels_of(one)]]
            for name, one in self.made.model.variables.items()
        }
        return schedule_of(self.made.sets, by_name)
