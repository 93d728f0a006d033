"""Why no plan meets all limits: the cheapest set of limits that would have to give way, by name.

What the structure alone tells (nothing reaches a market, a budget below the cheapest choice) has
been told before any solver runs. Here the limits that people set are made elastic at once: each may
be broken at a price, and HiGHS finds the cheapest way to break them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from oreline.model import Finding, InputError, Severity
from oreline.plan._highs import SolverSettings, set_options
from oreline.plan._model_frame import PlanModel
from oreline.plan._rows_in_words import row_words
from oreline.plan._years import spans

if TYPE_CHECKING:
    import highspy

ELASTIC: Final = {
    "budget": "m",
    "capacity": "kt",
    "standing capacity": "kt",
    "tonnage": "kt",
    "draw a year": "kt",
    "route": "kt",
    "most sold": "kt",
    "least sold": "kt",
    "storage": "kt",
}
"""Families of limits that may give way, and the unit in which they are broken."""
BROKEN_LEAST: Final = 1e-6
ELASTIC_GAP: Final = 1e-3
_WORDS: Final = {
    "budget": "the budget of {of} lacks {by} {unit}",
    "capacity": "the capacity of {of} lacks {by} kt{year}",
    "standing capacity": "the capacity of {of} lacks {by} kt{year}",
    "tonnage": "the resource {of} lacks {by} kt",
    "draw a year": "the resource {of} cannot be drawn fast enough by {by} kt{year}",
    "route": "the route {of} lacks {by} kt{year}",
    "most sold": "the market {of} would have to take {by} kt more{year}",
    "least sold": "the least that {of} must be given is {by} kt too much{year}",
    "storage": "the storage of {of} lacks {by} kt{year}",
}


class InfeasibleError(InputError):
    """No plan meets all limits; the findings name the cheapest that would have to give way."""


def explain_infeasible(
    made: PlanModel, highs: highspy.Highs, settings: SolverSettings
) -> InfeasibleError:
    """Return the error that says which limits would have to give way.

    Each is broken as a part of itself, so that a kt of concentrate and a million of budget count
    alike where they are the same part of their limit.
    """
    import highspy

    places = _places(made)
    solver = _elastic(highs, places, settings)
    solver.run()
    columns = highs.getLp().num_col_
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return InfeasibleError(
            "no plan meets all limits, and none would if capacities, budgets and markets gave way: "
            "look at prerequisites, the years of phases, blends and rules of origin"
        )
    broken: dict[tuple[str, str], list[tuple[int | None, float]]] = {}
    given_way = np.asarray(solver.getSolution().col_value)[columns:]
    for (name, place, _), by in zip(places, given_way.tolist(), strict=True):
        if by > BROKEN_LEAST:
            of, year = row_words(made, name, place)
            broken.setdefault((name, of), []).append((year, by))
    findings = [
        _broken(name, of, years, made.problem.currency) for (name, of), years in broken.items()
    ]
    words = "; ".join(finding.message for finding in findings[:3])
    return InfeasibleError(f"no plan meets all limits; the cheapest to give way: {words}", findings)


def _elastic(
    highs: highspy.Highs,
    places: list[tuple[str, tuple[int, ...], int]],
    settings: SolverSettings,
) -> highspy.Highs:
    """Return a solver in which each elastic row may be broken, at a price, and nothing else costs.

    The price makes breaking a limit count by how large a part of it is broken.
    """
    import highspy

    lp = highs.getLp()
    solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.passModel(lp)
    solver.changeObjectiveSense(highspy.ObjSense.kMinimize)
    every = np.arange(lp.num_col_, dtype=np.int32)
    solver.changeColsCost(every.size, every, np.zeros(every.size))
    for _, _, row in places:
        upper, lower = lp.row_upper_[row], lp.row_lower_[row]
        is_most = np.isfinite(upper)
        price = 1.0 / max(abs(upper if is_most else lower), 1.0)
        sign = -1.0 if is_most else 1.0
        solver.addCol(price, 0.0, highspy.kHighsInf, 1, np.array([row]), np.array([sign]))
    set_options(solver, replace(settings, gap=ELASTIC_GAP))
    return solver


def _broken(name: str, of: str, years: list[tuple[int | None, float]], currency: str) -> Finding:
    worst = max(by for _, by in years)
    dated = [year for year, _ in years if year is not None]
    when = f" in {spans(dated)}" if dated else ""
    message = _WORDS[name].format(
        of=of,
        by=f"{'up to ' if len(years) > 1 else ''}{worst:.4g}",
        unit=f"{currency} m",
        year=when,
    )
    return Finding("ORL-1114", Severity.FATAL, of, message, "move this limit, or another")


def _places(made: PlanModel) -> list[tuple[str, tuple[int, ...], int]]:
    """Return each elastic row: its family, its place there, and its place in the solver."""
    labels = made.model.constraints.label_index.clabels
    position = {int(label): row for row, label in enumerate(labels)}
    found = []
    for name in ELASTIC:
        if name in made.model.constraints:
            of = made.model.constraints[name].labels.values
            found += [
                (name, tuple(int(one) for one in place), position[int(label)])
                for place, label in np.ndenumerate(of)
                if int(label) in position
            ]
    return found
