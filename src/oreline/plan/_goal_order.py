"""The goals of a plan in their order, sought one after the other on one solver that stays warm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from oreline.model import OrelineError
from oreline.plan._goals import Goal, goal_weights
from oreline.plan._highs import NoPlanError, labels_of, outcome_of
from oreline.plan._model_frame import PlanModel
from oreline.plan._sets import Array, Places

if TYPE_CHECKING:
    import highspy

SLACK: Final = 1e-6
"""A goal is held within this part of it while the next is pursued."""


class GoalOrder:
    """The best of several goals, the most important first; net present value comes last.

    Parameters
    ----------
    made
        The model, of which the solver holds the programme.
    highs
        The solver. A row is added to it for each goal but the last.
    position
        The column of each label of the model.
    goals
        What for.
    """

    def __init__(
        self, made: PlanModel, highs: highspy.Highs, position: Places, goals: Sequence[Goal]
    ) -> None:
        self.made = made
        self.highs = highs
        self.position = position
        money = () if any(goal.kind == "npv" for goal in goals) else (Goal("npv"),)
        self.sought = [self._rates(goal) for goal in (*goals, *money)]
        # A row for each goal that is held while the next is pursued; until then it limits nothing.
        self.first = highs.getNumRow()
        for rates in self.sought[:-1]:
            (used,) = np.nonzero(rates)
            free = (-np.inf, np.inf)
            highs.addRow(*free, used.size, used.astype(np.int32), rates[used])

    def _rates(self, goal: Goal) -> Array:
        """Return what each column counts in a goal, of which there shall be much."""
        rates = np.zeros(int(self.position.max()) + 1)
        for name, each in goal_weights(self.made, goal).items():
            labels = labels_of(self.made.variable(name)).ravel()
            there = labels >= 0
            rates[self.position[labels[there]]] += np.ravel(each)[there]
        return rates if goal.is_most else -rates

    def best(self) -> Array | None:
        """Return the values of the columns at the best of all goals; None where none meets limits.

        Raises
        ------
        OrelineError
            If the solver finds nothing in its time.
        """
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
