"""What a row of the model is called by people: its limit, of what, in which year."""

from __future__ import annotations

from collections.abc import Callable

from oreline.plan._limit_rows import budget_limits
from oreline.plan._model_frame import PlanModel


def row_words(made: PlanModel, name: str, place: tuple[int, ...]) -> tuple[str, int | None]:
    """Return what the row of a family at a place is of, and its year if it has one."""
    problem, sets = made.problem, made.sets
    row = made.model.constraints[name]
    dims = [str(dim) for dim in row.labels.dims]
    labels = {dim: int(row.labels.indexes[dim][at]) for dim, at in zip(dims, place, strict=True)}
    year = problem.years[labels["year"]] if "year" in labels else None
    called: dict[str, Callable[[int], str]] = {
        "unit": lambda at: problem.units[at].id,
        "resource": lambda at: problem.resources[at].id,
        "way": lambda at: problem.ways[at].id,
        "market": lambda at: problem.markets[at].id,
        "node": lambda at: f"{sets.nodes[at][1]} at {sets.nodes[at][0]}",
        "budget": lambda at: budget_limits(problem)[at][0],
        "site": lambda at: sorted({sets.nodes[node][0] for node in sets.stores})[at],
        "pair": lambda at: f"pair {at + 1}",
    }
    words = [called[dim](at) for dim, at in labels.items() if dim in called]
    return (words[0] if words else name), year
