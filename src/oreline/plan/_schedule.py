"""What a plan does, in tables: builds, runs, deliveries, stocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.plan._problem import Problem
from oreline.plan._sets import Array, Sets

NOTHING_KT: Final = 1e-9
"""Less than a gram: no flow."""


@dataclass(frozen=True, slots=True)
class Built:
    """A unit that is built: begun in one year, running from another.

    ``part`` is how far a size that is a range lies between its least, 0, and its most, 1.
    """

    unit: str
    size: str
    begun: int
    runs_from: int
    closes: int
    """The first year in which it no longer runs."""
    part: float = 1.0


@dataclass(frozen=True, slots=True)
class Amount:
    """A yearly amount in kt: of what, of which material, from where to where."""

    kind: str
    name: str
    detail: str
    year: int
    kt: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """All decisions of a plan. Amounts that are nothing are left out."""

    built: tuple[Built, ...]
    amounts: tuple[Amount, ...]

    def of(self, kind: str) -> tuple[Amount, ...]:
        """Return the amounts of a kind: run, flow, sale, buy, drop, stock or short."""
        return tuple(one for one in self.amounts if one.kind == kind)


def schedule_of(sets: Sets, values: Mapping[str, Array]) -> Schedule:
    """Return the decisions that the values of a model's variables are."""
    problem = sets.problem
    built = []
    rows = values.get("build", np.zeros((0, 0)))
    for options in sets.choices():
        chosen = np.asarray(rows[options[0]])
        whole = np.sum([rows[option] for option in options], axis=0)
        for place in np.flatnonzero(whole > 0.5):
            unit = sets.unit_of_option(options[0])
            begun = problem.years[int(place)]
            runs_from = begun + unit.lead_years
            size = unit.sizes[sets.options[options[0]][1]].id
            part = min(1.0, max(0.0, float(chosen[place]))) if len(options) > 1 else 1.0
            closes = runs_from + unit.life_years
            built.append(Built(unit.id, size, begun, runs_from, closes, part))
    names: dict[str, Sequence[tuple[str, str]]] = {
        "run": [(unit.id, recipe.id) for unit, recipe in map(sets.run, range(len(sets.runs)))],
        "flow": [(problem.ways[way].id, material) for way, material in sets.legs],
        "sale": [(problem.markets[market].id, material) for market, material in sets.sales],
        "buy": [(problem.supplies[buy].id, problem.supplies[buy].material) for buy in sets.buys],
        "drop": [sets.nodes[node] for node in sets.drops],
        "stock": [sets.nodes[node] for node in sets.stores],
        "short": [(one.id, "") for one in problem.markets if one.least and one.penalty],
    }
    amounts = [
        Amount(kind, name, detail, year, float(kt))
        for kind, listed in names.items()
        if kind in values
        for (name, detail), row in zip(listed, values[kind], strict=True)
        for year, kt in zip(problem.years, row, strict=True)
        if kt > NOTHING_KT
    ]
    return Schedule(tuple(sorted(built, key=lambda one: (one.begun, one.unit))), tuple(amounts))


def capital_of(problem: Problem, schedule: Schedule, end: str = "value") -> dict[str, float]:
    """Return the capital of each unit that is built, in money of the money's year.

    ``end`` is ``value``, ``low`` or ``high`` of its range.
    """
    units = {one.id: one for one in problem.units}
    found = {}
    for built in schedule.built:
        capital = units[built.unit].step(built.size, built.part).capital
        found[built.unit] = {
            "value": capital.value,
            "low": capital.low_or_value,
            "high": capital.high_or_value,
        }[end]
    return found
