"""The index sets of a plan's model: sparse, because only what can happen is listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from oreline.plan._problem import Problem, Recipe, Unit
from oreline.plan._reach import Node, reached

Array = NDArray[np.float64]
Places = NDArray[np.int64]
PORTS: Final = ("run", "buy", "flow", "sale", "drop")
"""Variables that put material on a node or take it from there."""


@dataclass(frozen=True, slots=True)
class Port:
    """Where variables of one kind meet nodes: for each meeting a node, an item and a rate."""

    node: Places
    item: Places
    rate: Array


@dataclass(frozen=True, slots=True)
class Sets:
    """What can happen in a plan.

    ``options`` are units with sizes that may be built, ``runs`` units with recipes, ``legs`` routes
    with materials, ``sales`` markets with materials, ``buys`` supplies; each by its places in the
    problem. ``stores`` and ``drops`` are nodes, by their places in ``nodes``.
    """

    problem: Problem
    nodes: tuple[Node, ...]
    options: tuple[tuple[int, int], ...]
    runs: tuple[tuple[int, int], ...]
    legs: tuple[tuple[int, str], ...]
    sales: tuple[tuple[int, str], ...]
    buys: tuple[int, ...]
    stores: tuple[int, ...]
    drops: tuple[int, ...]

    def unit_of_option(self, option: int) -> Unit:
        """Return the unit of an option."""
        return self.problem.units[self.options[option][0]]

    @property
    def has_ranges(self) -> bool:
        """Return whether any size that can be built is a range."""
        units = self.problem.units
        return any(units[unit].sizes[size].span for unit, size in self.options)

    def choices(self) -> tuple[tuple[int, ...], ...]:
        """Return the options of each size that can be chosen: one, or both ends of a range.

        The larger end comes first.
        """
        found: dict[tuple[int, str], list[int]] = {}
        for option, (unit, size) in enumerate(self.options):
            one = self.problem.units[unit].sizes[size]
            found.setdefault((unit, one.span or one.id), []).append(option)
        return tuple(map(tuple, found.values()))

    def run(self, run: int) -> tuple[Unit, Recipe]:
        """Return the unit and recipe of a run."""
        unit, recipe = self.runs[run]
        return self.problem.units[unit], self.problem.units[unit].recipes[recipe]

    def ports(self) -> dict[str, Port]:
        """Return how each kind of variable meets the nodes; what enters a node is positive."""
        place = {node: number for number, node in enumerate(self.nodes)}
        met: dict[str, list[tuple[int, int, float]]] = {kind: [] for kind in PORTS}
        for item in range(len(self.runs)):
            unit, recipe = self.run(item)
            for name, rate in recipe.rates.items():
                if rate.value:
                    met["run"].append((place[unit.site, name], item, rate.value))
        for item, supply in enumerate(self.buys):
            bought = self.problem.supplies[supply]
            met["buy"].append((place[bought.site, bought.material], item, 1.0))
        for item, (way, material) in enumerate(self.legs):
            one = self.problem.ways[way]
            met["flow"].append((place[one.origin, material], item, -1.0))
            met["flow"].append((place[one.destination, material], item, 1.0))
        for item, (market, material) in enumerate(self.sales):
            node = place[self.problem.markets[market].site, material]
            met["sale"].append((node, item, -1.0))
        for item, node in enumerate(self.drops):
            met["drop"].append((node, item, -1.0))
        return {kind: _port(rows) for kind, rows in met.items()}


def _port(rows: Sequence[tuple[int, int, float]]) -> Port:
    node, item, rate = zip(*rows, strict=True) if rows else ((), (), ())
    return Port(np.array(node, np.int64), np.array(item, np.int64), np.array(rate, np.float64))


def plan_sets(problem: Problem) -> Sets:
    """Return the index sets of a problem: what is closed or cannot be reached is not in them."""
    open_units = [
        number
        for number, unit in enumerate(problem.units)
        if problem.country(unit.site) not in problem.origin.covered
    ]
    arrived = reached(problem)
    runs = [
        (number, recipe)
        for number in open_units
        for recipe, one in enumerate(problem.units[number].recipes)
        if _is_fed(problem.units[number], one, arrived)
    ]
    buys = tuple(
        number
        for number, one in enumerate(problem.supplies)
        if problem.country(one.site) not in problem.origin.covered
    )
    legs = tuple(
        (number, material)
        for number, way in enumerate(problem.ways)
        for material in way.materials
        if (way.origin, material) in arrived
    )
    sales = tuple(
        (number, material)
        for number, market in enumerate(problem.markets)
        for material in market.materials
        if (market.site, material) in arrived
    )
    nodes = tuple(sorted(_touched(problem, runs, legs, sales, buys)))
    return Sets(
        problem,
        nodes,
        tuple(
            (number, size)
            for number in open_units
            if problem.units[number].standing is None
            for size in range(len(problem.units[number].sizes))
        ),
        tuple(runs),
        legs,
        sales,
        buys,
        tuple(
            number for number, (site, _) in enumerate(nodes) if problem.sites[site].storage_kt > 0
        ),
        tuple(
            number
            for number, (_, material) in enumerate(nodes)
            if problem.materials[material].discard
        ),
    )


def _is_fed(unit: Unit, recipe: Recipe, arrived: frozenset[Node]) -> bool:
    return all(
        (unit.site, name) in arrived for name, rate in recipe.rates.items() if rate.value < 0
    )


def _touched(
    problem: Problem,
    runs: Iterable[tuple[int, int]],
    legs: Iterable[tuple[int, str]],
    sales: Iterable[tuple[int, str]],
    buys: Iterable[int],
) -> set[Node]:
    nodes: set[Node] = set()
    for number, recipe in runs:
        unit = problem.units[number]
        nodes |= {(unit.site, name) for name in unit.recipes[recipe].rates}
    for number, material in legs:
        way = problem.ways[number]
        nodes |= {(way.origin, material), (way.destination, material)}
    nodes |= {(problem.markets[number].site, material) for number, material in sales}
    nodes |= {(problem.supplies[one].site, problem.supplies[one].material) for one in buys}
    return nodes
