"""The rows of a build-up as a model of Pyomo, solved through its own interface to HiGHS."""

from __future__ import annotations

import math

from build_up import Rows


class PyomoRows(Rows):
    """The same columns and rows by name; Pyomo's algebra and writer between them and the solver."""

    def best(self) -> float | None:
        """Return the best value; None where nothing is feasible."""
        import pyomo.environ as pyo
        from pyomo.contrib.solver.common.results import SolutionStatus
        from pyomo.contrib.solver.solvers.highs import Highs

        model = pyo.ConcreteModel()
        model.at = pyo.RangeSet(0, len(self.upper) - 1)
        model.x = pyo.Var(
            model.at,
            bounds=lambda _, at: (0, None if math.isinf(self.upper[at]) else self.upper[at]),
            domain=lambda _, at: pyo.Integers if self.whole[at] else pyo.Reals,
        )
        terms: list[list[tuple[int, float]]] = [[] for _ in self.sides]
        for row, column, rate in self.entries:
            terms[row].append((column, rate))
        model.limits = pyo.ConstraintList()
        for (low, high), row in zip(self.sides, terms, strict=True):
            left = sum(rate * model.x[column] for column, rate in row)
            ends = [None if math.isinf(end) else end for end in (low, high)]
            if row and ends != [None, None]:
                model.limits.add((ends[0], left, ends[1]))
        model.goal = pyo.Objective(
            expr=sum(rate * model.x[column] for column, rate in self.profit.items()),
            sense=pyo.maximize,
        )
        found = Highs().solve(
            model,
            solver_options={"mip_rel_gap": 1e-9},
            load_solutions=False,
            raise_exception_on_nonoptimal_result=False,
        )
        if found.solution_status is not SolutionStatus.optimal:
            return None
        return float(found.incumbent_objective)
