"""Where an element goes in a year of a plan: from the ground through units to markets.

Transport and points where material only passes through are left out: what comes from one unit alone
goes on from that unit, what goes to one place alone came for it. What enters a node of the picture
is what leaves it, so that each year closes like the plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from oreline.plan._checks import element_rates
from oreline.plan._plan import Plan
from oreline.plan._problem import Problem, Recipe
from oreline.plan._schedule import Amount

Links = dict[tuple["FlowNode", "FlowNode"], float]
LEAST_T = 1e-6
"""Less than a gram: no flow."""


@dataclass(frozen=True, slots=True, order=True)
class FlowNode:
    """A node of the picture.

    ``kind`` is resource, supply, unit, material, market, discarded, lost, stock or earlier stock;
    ``id`` is that of the plan, for a material with the site where it is.
    """

    kind: str
    id: str = ""
    site: str = ""

    def name(self, problem: Problem) -> str:
        """Return what it is called in the plan."""
        if self.kind == "material":
            place = problem.sites[self.site].name or self.site
            return f"{problem.materials[self.id].name or self.id}, {place}"
        if self.kind == "unit":
            return next(one.name or one.id for one in problem.units if one.id == self.id)
        if self.kind == "market":
            return next(one.name or one.id for one in problem.markets if one.id == self.id)
        return self.id or self.kind


@dataclass(frozen=True, slots=True)
class FlowLink:
    """Tonnes of an element that go from one node to another in a year."""

    source: FlowNode
    target: FlowNode
    t: float


def element_flows(plan: Plan, element: str) -> dict[int, tuple[FlowLink, ...]]:
    """Return where an element goes, year by year; a year in which none flows has no links."""
    found: dict[int, tuple[FlowLink, ...]] = {}
    for year in plan.problem.years:
        links: Links = defaultdict(float)
        for source, target, t in _whole(plan, element, year):
            if t > LEAST_T:
                links[source, target] += t
        found[year] = tuple(
            FlowLink(source, target, t)
            for (source, target), t in sorted(_without_passages(links).items())
            if t > LEAST_T
        )
    return found


def element_flows_frame(plan: Plan, element: str) -> pl.DataFrame:
    """Return one row for each link of each year, in tonnes of the element."""
    rows = [
        (year, element, one.source.kind, one.source.name(plan.problem), one.target.kind,
         one.target.name(plan.problem), one.t)
        for year, links in element_flows(plan, element).items()
        for one in links
    ]  # fmt: skip
    columns = ("year", "element", "from_kind", "from", "to_kind", "to", "t")
    return pl.DataFrame(rows, schema=list(columns), orient="row")


def _whole(plan: Plan, element: str, year: int) -> Iterator[tuple[FlowNode, FlowNode, float]]:
    problem = plan.problem
    units = {one.id: one for one in problem.units}
    ways = {one.id: one for one in problem.ways}
    sites = {one.id: one.site for one in problem.markets}
    supplies = {one.id: one for one in problem.supplies}
    for one in plan.schedule.amounts:
        if one.kind == "stock" and one.year == year - 1:
            here = FlowNode("material", one.detail, one.name)
            yield FlowNode("earlier stock"), here, 1e3 * one.kt * problem.grade(one.detail, element)
        if one.year != year:
            continue
        if one.kind == "run":
            unit = units[one.name]
            recipe = next(each for each in unit.recipes if each.id == one.detail)
            yield from _run(problem, one, unit.site, recipe, element)
            continue
        material = supplies[one.name].material if one.kind == "buy" else one.detail
        t = 1e3 * one.kt * problem.grade(material, element)
        if one.kind == "flow":
            way = ways[one.name]
            yield (
                FlowNode("material", material, way.origin),
                FlowNode("material", material, way.destination),
                t,
            )
        elif one.kind == "sale":
            here = FlowNode("material", material, sites[one.name])
            yield here, FlowNode("market", one.name), t
        elif one.kind == "buy":
            here = FlowNode("material", material, supplies[one.name].site)
            yield FlowNode("supply", one.name), here, t
        elif one.kind in ("drop", "stock"):
            end = FlowNode("discarded" if one.kind == "drop" else "stock")
            yield FlowNode("material", material, one.name), end, t


def _run(
    problem: Problem, one: Amount, site: str, recipe: Recipe, element: str
) -> Iterator[tuple[FlowNode, FlowNode, float]]:
    """Yield what a unit takes in and gives; what no output holds is discarded or lost."""
    unit = FlowNode("unit", one.name)
    enters, leaves = element_rates(problem, recipe, element)
    fed = 0.0
    for material, rate in recipe.rates.items():
        t = 1e3 * one.kt * rate.value * problem.grade(material, element)
        here = FlowNode("material", material, site)
        if rate.value < 0:
            fed -= t
            yield here, unit, -t
        else:
            yield unit, here, t
    if recipe.resource:
        yield FlowNode("resource", recipe.resource), unit, 1e3 * one.kt * enters - fed
    rest = problem.materials.get(recipe.rest)
    is_thrown = rest is not None and rest.discard and element not in rest.grades
    end = FlowNode("discarded" if is_thrown else "lost")
    yield unit, end, 1e3 * one.kt * (enters - leaves)


def _without_passages(links: Links) -> Links:
    """Return the links with every material left out that has but one way in or one way out."""
    kept = dict(links)
    for node in sorted({end for ends in links for end in ends if end.kind == "material"}):
        ins = [(ends[0], t) for ends, t in kept.items() if ends[1] == node]
        outs = [(ends[1], t) for ends, t in kept.items() if ends[0] == node]
        if any(other == node for other, _ in (*ins, *outs)):
            continue
        if (len(ins) != 1 and len(outs) != 1) or not ins or not outs:
            continue
        for ends in [ends for ends in kept if node in ends]:
            del kept[ends]
        passed = (
            [(ins[0][0], target, t) for target, t in outs]
            if len(ins) == 1
            else [(source, outs[0][0], t) for source, t in ins]
        )
        for source, target, t in passed:
            kept[source, target] = kept.get((source, target), 0.0) + t
    return kept
