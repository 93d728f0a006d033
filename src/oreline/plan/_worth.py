"""What the last bit of each limit is worth: duals with their limits in words.

Duals are those of the linear programme in which all builds are held; budgets bind nothing there and
have none. The sign is one for every limit: positive where more of it would make the plan better.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from oreline.plan._highs import Solved
from oreline.plan._model_frame import PlanModel
from oreline.plan._plan import Worth
from oreline.plan._rows_in_words import row_words

WORTH_LEAST: Final = 1e-6
SHOWN: Final = ("capacity", "standing capacity", "tonnage", "draw a year", "route", "most sold",
                "least sold", "least or short", "storage")  # fmt: skip


def worths_of(made: PlanModel, solved: Solved) -> tuple[Worth, ...]:
    """Return what a kt more of each binding limit is worth at the last goal.

    HiGHS gives the change of the objective for a row's side moved up by one, whichever way the goal
    goes. A least delivery is a limit that one would like lower, so that its worth is below zero.
    """
    found = []
    goal = "NPV"
    unit = f"{made.problem.currency} m of {goal} per kt"
    for name in SHOWN:
        if name not in solved.duals:
            continue
        duals = np.asarray(solved.duals[name])
        for place in zip(*np.nonzero(np.abs(duals) > WORTH_LEAST), strict=True):
            of, year = row_words(made, name, tuple(int(one) for one in place))
            found.append(Worth(name, of, year, float(duals[place]), unit))
    return tuple(sorted(found, key=lambda one: (-abs(one.worth), one.limit, one.of, one.year or 0)))
