"""What can get where, by the structure of a plan alone: no amounts but capacities."""

from __future__ import annotations

from collections.abc import Iterator

from oreline.plan._problem import Problem

Node = tuple[str, str]
"""A site and a material."""


def reached(problem: Problem) -> frozenset[Node]:
    """Return where material can be, from resources and supplies on."""
    arrived: set[Node] = {(one.site, one.material) for one in problem.supplies}
    grown = True
    while grown:
        before = len(arrived)
        for unit in problem.units:
            for recipe in unit.recipes:
                needs = [name for name, rate in recipe.rates.items() if rate.value < 0]
                if all((unit.site, name) in arrived for name in needs):
                    arrived |= {
                        (unit.site, name) for name, rate in recipe.rates.items() if rate.value > 0
                    }
        for way in problem.ways:
            for material in way.materials:
                if (way.origin, material) in arrived:
                    arrived.add((way.destination, material))
        grown = len(arrived) > before
    return frozenset(arrived)


def most_a_year(problem: Problem) -> dict[str, float]:
    """Return an upper bound of what can be made or bought of each material in a year, in kt."""
    most: dict[str, float] = {}
    for unit in problem.units:
        capacity = max(size.capacity.value for size in unit.sizes)
        made: dict[str, float] = {}
        for recipe in unit.recipes:
            for name, rate in recipe.rates.items():
                made[name] = max(made.get(name, 0.0), capacity * rate.value)
        for name, amount in made.items():
            most[name] = most.get(name, 0.0) + amount
    for supply in problem.supplies:
        amount = max((one.value for one in supply.most), default=0.0)
        most[supply.material] = most.get(supply.material, 0.0) + amount
    return most


def dead_ends(problem: Problem) -> Iterator[tuple[int, int, str, str]]:
    """Yield the unit, recipe, material and site of each output that nothing takes."""
    taken: set[Node] = set()
    for unit in problem.units:
        for recipe in unit.recipes:
            taken |= {(unit.site, name) for name, rate in recipe.rates.items() if rate.value < 0}
    taken |= {(way.origin, name) for way in problem.ways for name in way.materials}
    taken |= {(market.site, name) for market in problem.markets for name in market.materials}
    for place, unit in enumerate(problem.units):
        for number, recipe in enumerate(unit.recipes):
            for name, rate in recipe.rates.items():
                stored = problem.sites[unit.site].storage_kt > 0
                free = problem.materials[name].discard or stored or (unit.site, name) in taken
                if rate.value > 0 and not free:
                    yield place, number, name, unit.site
