"""The flows of a plan in whole milligrams: what each unit, pool and journey moves in each year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.design import OUTSIDE, Link, whole_flows
from oreline.model import InputError
from oreline.plan._problem import Problem, Recipe
from oreline.plan._schedule import Amount, Schedule

MG_PER_KT: Final = 1e12
REST: Final = "rest"
Place = tuple[str, ...]
"""A pool (site, material, year), or a unit's run (unit, recipe, year) under the word `run`."""


@dataclass(frozen=True, slots=True)
class WholeFlow:
    """A flow between two places in whole milligrams by component; None stands for outside.

    ``kind`` is run, flow, sale, buy, drop, stock, draw, loss or reagent; ``name`` the unit, route,
    market or supply it is of.
    """

    kind: str
    name: str
    material: str
    year: int
    origin: Place | None
    destination: Place | None
    mg: Mapping[str, int]

    @property
    def dry_mg(self) -> int:
        """Return its dry mass."""
        return sum(self.mg.values())


def ledger_flows(problem: Problem, schedule: Schedule) -> tuple[WholeFlow, ...]:
    """Return every flow of a schedule, rounded together so that each place balances.

    What a recipe takes in and gives to no stated output leaves it as a loss; a mass that it gives
    beyond what enters (air, water, reagents) comes in as a reagent.
    """
    names = (*problem.elements(), REST)
    drafts: list[tuple[WholeFlow, list[float]]] = []

    def add(one: Amount, origin: Place | None, to: Place | None) -> None:
        flow = WholeFlow(one.kind, one.name, one.detail, one.year, origin, to, {})
        drafts.append((flow, _parts(problem, one.detail, one.kt, names)))

    ways = {one.id: one for one in problem.ways}
    markets = {one.id: one for one in problem.markets}
    supplies = {one.id: one for one in problem.supplies}
    for one in schedule.amounts:
        year = str(one.year)
        if one.kind == "run":
            drafts += _run(problem, one, names)
        elif one.kind == "flow":
            way = ways[one.name]
            add(one, (way.origin, one.detail, year), (way.destination, one.detail, year))
        elif one.kind == "buy":
            add(one, None, (supplies[one.name].site, one.detail, year))
        elif one.kind == "sale":
            add(one, (markets[one.name].site, one.detail, year), None)
        elif one.kind == "drop":
            add(one, (one.name, one.detail, year), None)
        elif one.kind == "stock":
            later = (one.name, one.detail, str(one.year + 1))
            to_next = later if one.year < problem.years[-1] else None
            add(one, (one.name, one.detail, year), to_next)
    _see_left_over(problem, drafts)
    return _rounded(drafts, names)


def is_left_over(problem: Problem, material: str) -> bool:
    """Return whether a material is what recipes leave: no grade stated, and discarded."""
    made = problem.materials[material]
    left = any(recipe.rest == material for unit in problem.units for recipe in unit.recipes)
    return left and made.discard and not made.grades


def _see_left_over(problem: Problem, drafts: list[tuple[WholeFlow, list[float]]]) -> None:
    """Give what is discarded the composition with which it came, in place."""
    came: dict[Place, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    for flow, parts in drafts:
        if flow.kind == "run" and flow.destination is not None:
            before = came.get(flow.destination, np.zeros(len(parts)))
            came[flow.destination] = before + np.array(parts)
    for flow, parts in drafts:
        if flow.kind == "drop" and flow.origin in came and is_left_over(problem, flow.material):
            parts[:] = came[flow.origin].tolist()


def _parts(problem: Problem, material: str, kt: float, names: tuple[str, ...]) -> list[float]:
    held = [kt * problem.grade(material, name) for name in names[:-1]]
    return [*held, kt - sum(held)]


def _run(
    problem: Problem, one: Amount, names: tuple[str, ...]
) -> list[tuple[WholeFlow, list[float]]]:
    unit = next(each for each in problem.units if each.id == one.name)
    recipe = next(each for each in unit.recipes if each.id == one.detail)
    here: Place = ("run", unit.id, recipe.id, str(one.year))
    year = str(one.year)
    found: list[tuple[WholeFlow, list[float]]] = []
    left = np.zeros(len(names))
    if recipe.resource:
        drawn = _drawn(problem, recipe, one.kt, names)
        left += drawn
        found.append((WholeFlow("draw", unit.id, recipe.resource, one.year, None, here, {}), drawn))
    # What is left goes last: it takes what the others leave.
    for material, rate in sorted(recipe.rates.items(), key=lambda item: item[0] == recipe.rest):
        parts = _parts(problem, material, abs(rate.value) * one.kt, names)
        if is_left_over(problem, material):
            parts = np.maximum(left, 0.0).tolist()
        pool: Place = (unit.site, material, year)
        ends = (pool, here) if rate.value < 0 else (here, pool)
        left += np.array(parts) * (1 if rate.value < 0 else -1)
        if rate.value:
            found.append((WholeFlow("run", unit.id, material, one.year, *ends, {}), parts))
    lost, added = np.maximum(left, 0.0), np.maximum(-left, 0.0)
    tiny = 1e-9 * one.kt
    if lost.max() > tiny:
        kept = np.where(lost > tiny, lost, 0.0).tolist()
        found.append((WholeFlow("loss", unit.id, "", one.year, here, None, {}), kept))
    if added.max() > tiny:
        kept = np.where(added > tiny, added, 0.0).tolist()
        found.append((WholeFlow("reagent", unit.id, "", one.year, None, here, {}), kept))
    return found


def _drawn(problem: Problem, recipe: Recipe, kt: float, names: tuple[str, ...]) -> list[float]:
    resource = next(each for each in problem.resources if each.id == recipe.resource)
    grades = {name: grade.value for name, grade in resource.grades.items()}
    held = [kt * grades.get(name, 0.0) for name in names[:-1]]
    return [*held, kt - sum(held)]


def _rounded(
    drafts: list[tuple[WholeFlow, list[float]]], names: tuple[str, ...]
) -> tuple[WholeFlow, ...]:
    places: dict[Place, int] = {}
    links = []
    for flow, _ in drafts:
        ends = []
        for place in (flow.origin, flow.destination):
            known = OUTSIDE if place is None else places.setdefault(place, len(places))
            ends.append(known)
        links.append(Link(*ends))
    if not links:
        raise InputError("the plan moves nothing: there is nothing to write into a ledger")
    whole = whole_flows(links, np.array([kt for _, kt in drafts]) * MG_PER_KT)
    return tuple(
        WholeFlow(
            flow.kind,
            flow.name,
            flow.material,
            flow.year,
            flow.origin,
            flow.destination,
            {name: int(mg) for name, mg in zip(names, row.tolist(), strict=True)},
        )
        for (flow, _), row in zip(drafts, whole, strict=True)
        if row.any()
    )
