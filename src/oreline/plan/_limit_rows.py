"""Rows that limit a plan: prerequisites, resources, routes, markets, money, grades, origin."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np

from oreline.model import InputError
from oreline.plan import _coefficients as numbers
from oreline.plan._model_frame import PlanModel
from oreline.plan._problem import Problem
from oreline.plan._sets import Array, Sets

if TYPE_CHECKING:
    import linopy


def _begun_by(made: PlanModel, *, ready: bool) -> linopy.LinearExpression:
    """Return (unit, year): whether a unit has been begun by then, or is ready by then."""
    years = np.arange(len(made.problem.years))
    lead = np.array(
        [made.sets.unit_of_option(one).lead_years for one in range(len(made.sets.options))]
    )
    delay = lead if ready else np.zeros_like(lead)
    by = years[None, :, None] + delay[:, None, None] <= years[None, None, :]
    coefficient = made.axis.array(by.astype(np.float64), "option", "begun", "year")
    unit = made.group([unit for unit, _ in made.sets.options], "option", "unit")
    return (made.variable("build") * coefficient).sum("begun").groupby(unit).sum()


def required_rows(made: PlanModel, required: Collection[str]) -> None:
    """Add: these units are built, in some year and size.

    Raises
    ------
    InputError
        If one of them is no choice.
    """
    for name in sorted(required):
        options = [
            option
            for option in range(len(made.sets.options))
            if made.sets.unit_of_option(option).id == name
        ]
        if not options:
            raise InputError(f"{name} is no unit that this plan could build")
        begun = made.variable("build").isel(option=options).sum()
        made.model.add_constraints(begun >= 1, name=f"required {name}")


def _waits(made: PlanModel) -> list[tuple[int, int]]:
    """Return each unit with one that must be ready before; what stands is ready."""
    place = {unit.id: number for number, unit in enumerate(made.problem.units)}
    chosen = {unit for unit, _ in made.sets.options}
    return [
        (number, place[name])
        for number in sorted(chosen)
        for name in made.problem.units[number].after
        if made.problem.units[place[name]].standing is None
    ]


def after_rows(made: PlanModel) -> None:
    """Add: nothing is begun before what it waits for is ready."""
    pairs = _waits(made)
    if not pairs:
        return
    begun, ready = _begun_by(made, ready=False), _begun_by(made, ready=True)
    first, before = (made.axis.array([pair[at] for pair in pairs], "pair") for at in (0, 1))
    waiting = begun.sel(unit=first).drop_vars("unit") - ready.sel(unit=before).drop_vars("unit")
    made.model.add_constraints(waiting <= 0, name="after")


def resource_rows(made: PlanModel) -> None:
    """Add: no more is drawn than there is, nor in a year than can be, nor before it is proved."""
    problem, sets = made.problem, made.sets
    place = {one.id: number for number, one in enumerate(problem.resources)}
    drawing = [item for item in range(len(sets.runs)) if sets.run(item)[1].resource]
    if not drawing:
        return
    of_run = np.array([place[sets.run(item)[1].resource] for item in drawing], np.int64)
    run = made.variable("run").isel(run=drawing) * 1.0
    key = made.group(of_run, "run", "resource").assign_coords(run=drawing)
    drawn = run.groupby(key).sum()
    listed = sorted(set(of_run.tolist()))
    there = [problem.resources[one].tonnage.value for one in listed]
    tonnage = made.axis.array(there, "resource").assign_coords(resource=listed)
    made.model.add_constraints(drawn.sum("year") <= tonnage, name="tonnage")
    capped = [one for one in listed if problem.resources[one].per_year is not None]
    if capped:
        limit = [
            most.value for one in capped if (most := problem.resources[one].per_year) is not None
        ]
        right = made.axis.array(limit, "resource").assign_coords(resource=capped)
        made.model.add_constraints(drawn.sel(resource=capped) <= right, name="draw a year")
    _proved_rows(made, drawn, listed)


def _proved_rows(made: PlanModel, drawn: Any, listed: list[int]) -> None:
    problem = made.problem
    place = {unit.id: number for number, unit in enumerate(problem.units)}
    chosen = {unit for unit, _ in made.sets.options}
    pairs = [
        (one, place[name])
        for one in listed
        for name in problem.resources[one].after
        if problem.units[place[name]].standing is None
    ]
    if not pairs:
        return
    if not {unit for _, unit in pairs} <= chosen:
        raise InputError("a resource waits for a unit that no rule of origin lets be built")
    resource, unit = (made.axis.array([pair[at] for pair in pairs], "pair") for at in (0, 1))
    most = made.axis.array([problem.resources[pair[0]].tonnage.value for pair in pairs], "pair")
    ready = _begun_by(made, ready=True).sel(unit=unit).drop_vars("unit")
    waiting = drawn.sel(resource=resource).drop_vars("resource") - ready * most
    made.model.add_constraints(waiting <= 0, name="proved first")


def route_rows(made: PlanModel) -> None:
    """Add: all that a route carries in a year keeps within its capacity."""
    problem, sets = made.problem, made.sets
    of_leg = np.array([way for way, _ in sets.legs], np.int64)
    wanted = [place for place, way in enumerate(of_leg) if problem.ways[way].capacity is not None]
    if not wanted:
        return
    carried = made.variable("flow").isel(flow=wanted) * 1.0
    key = made.group(of_leg[wanted], "flow", "way").assign_coords(flow=wanted)
    ways = sorted(set(of_leg[wanted].tolist()))
    places = range(len(problem.years))
    limit = [[problem.ways[way].limit(place) for place in places] for way in ways]
    right = made.axis.array(np.array(limit, np.float64), "way", "year").assign_coords(way=ways)
    made.model.add_constraints(carried.groupby(key).sum() <= right, name="route")


def market_rows(made: PlanModel) -> None:
    """Add: a market is given its least, or what lacks counts, and takes no more than its most."""
    problem, sets = made.problem, made.sets
    if not sets.sales:
        return
    of_sale = np.array([market for market, _ in sets.sales], np.int64)
    key = made.group(of_sale, "sale", "market")
    sold = (made.variable("sale") * 1.0).groupby(key).sum()
    reached_ = sorted(set(of_sale.tolist()))
    most = {one: found for one in reached_ if (found := problem.markets[one].most) is not None}
    if most:
        limit = np.array([[year.value for year in years] for years in most.values()])
        right = made.axis.array(limit, "market", "year").assign_coords(market=list(most))
        made.model.add_constraints(sold.sel(market=list(most)) <= right, name="most sold")
    least = {one: found for one in reached_ if (found := problem.markets[one].least) is not None}
    for name, listed in (
        ("least sold", [one for one in least if problem.markets[one].penalty is None]),
        ("least or short", [one for one in least if problem.markets[one].penalty is not None]),
    ):
        if not listed:
            continue
        limit = np.array([[year.value for year in least[one]] for one in listed])
        right = made.axis.array(limit, "market", "year").assign_coords(market=listed)
        left = sold.sel(market=listed)
        if name == "least or short":
            left = left + made.variable("short").sel(market=listed)
        made.model.add_constraints(left >= right, name=name)


def storage_rows(made: PlanModel) -> None:
    """Add: all stocks of a site together keep within what it can hold."""
    if not made.sets.stores:
        return
    sites = sorted({made.sets.nodes[node][0] for node in made.sets.stores})
    key = [sites.index(made.sets.nodes[node][0]) for node in made.sets.stores]
    kept = (made.variable("stock") * 1.0).groupby(made.group(key, "stock", "site")).sum()
    limit = made.axis.array([made.problem.sites[one].storage_kt for one in sites], "site")
    made.model.add_constraints(kept <= limit, name="storage")


def budget_rows(made: PlanModel) -> None:
    """Add: the capital of a phase, and of phases together, keeps within their money."""
    rows = budget_limits(made.problem)
    if not rows or not made.sets.options:
        return
    spent = numbers.capital_spent(made.sets)
    phase = [made.sets.unit_of_option(one).phase for one in range(len(made.sets.options))]
    coefficient = np.zeros((len(rows), *spent.shape[:2]))
    for place, (_, _, phases, last) in enumerate(rows):
        counted = np.array([float(one in phases) for one in phase])
        within = np.array([float(year <= last) for year in made.problem.years])
        coefficient[place] = (spent * within[None, None, :]).sum(axis=2) * counted[:, None]
    left = (made.variable("build") * made.axis.array(coefficient, "budget", "option", "begun")).sum(
        ["option", "begun"]
    )
    right = made.axis.array([amount for _, amount, _, _ in rows], "budget")
    made.model.add_constraints(left <= right, name="budget")


def budget_limits(problem: Problem) -> list[tuple[str, float, tuple[str, ...], int]]:
    """Return each budget: its name, its money, its phases, and the year up to which it counts."""
    last = problem.years[-1]
    rows: list[tuple[str, float, tuple[str, ...], int]] = [
        (one.id, one.budget.value, (one.id,), last)
        for one in problem.phases
        if one.budget is not None
    ]
    return rows + [(one.id, one.amount.value, one.phases, one.last_year) for one in problem.budgets]


def blend_rows(made: PlanModel) -> None:
    """Add: what enters a unit or a market in a year holds neither too much nor too little."""
    blends = [
        ("run", number, unit.id, place, blend)
        for number, unit in enumerate(made.problem.units)
        for place, blend in enumerate(unit.blends)
    ] + [
        ("sale", number, market.id, place, blend)
        for number, market in enumerate(made.problem.markets)
        for place, blend in enumerate(market.blends)
    ]
    for kind, number, called, place, blend in blends:
        for bound, limit, sign in (("most", blend.most, 1.0), ("least", blend.least, -1.0)):
            if limit is None:
                continue
            over = sign * _over_grade(made.sets, kind, number, blend.element, limit.value)
            if over.any():
                left = (made.variable(kind) * made.axis.array(over, kind)).sum(kind)
                name = f"blend {bound} {blend.element} {called} {place}"
                made.model.add_constraints(left <= 0, name=name)


def _over_grade(sets: Sets, kind: str, number: int, element: str, limit: float) -> Array:
    """Return how much more of an element than a limit allows a kt of each item brings."""
    problem = sets.problem
    if kind == "sale":
        return np.array(
            [
                problem.grade(material, element) - limit if market == number else 0.0
                for market, material in sets.sales
            ]
        )
    found = np.zeros(len(sets.runs))
    grades = {one.id: one.grades for one in problem.resources}
    for item, (unit, _) in enumerate(sets.runs):
        if unit != number:
            continue
        recipe = sets.run(item)[1]
        if recipe.resource:
            grade = grades[recipe.resource].get(element)
            found[item] += (0.0 if grade is None else grade.value) - limit
        for material, rate in recipe.rates.items():
            if rate.value < 0:
                found[item] -= rate.value * (problem.grade(material, element) - limit)
    return found


def origin_rows(made: PlanModel) -> None:
    """Add: of a year's primary supply of an element no country gives more than its part."""
    problem, sets = made.problem, made.sets
    most = problem.origin.most_from_one
    if most is None:
        return
    for element in problem.origin.elements or problem.elements():
        drawn, bought = primary_supply(sets, element)
        countries = sorted({country for country, _ in (*drawn.values(), *bought.values())})
        for country in countries:
            parts = []
            for kind, supplied in (("run", drawn), ("buy", bought)):
                if not supplied:
                    continue
                items = list(supplied)
                part = [
                    grade * (float(at == country) - most.value) for at, grade in supplied.values()
                ]
                coefficient = made.axis.array(part, kind).assign_coords({kind: items})
                parts.append((made.variable(kind).isel({kind: items}) * coefficient).sum(kind))
            left = parts[0] if len(parts) == 1 else parts[0] + parts[1]
            made.model.add_constraints(left <= 0, name=f"origin {element} {country}")


def primary_supply(
    sets: Sets, element: str
) -> tuple[dict[int, tuple[str, float]], dict[int, tuple[str, float]]]:
    """Return the country and grade of each run that draws an element and of each purchase of it."""
    problem = sets.problem
    grades = {one.id: one.grades for one in problem.resources}
    drawn = {}
    for item in range(len(sets.runs)):
        unit, recipe = sets.run(item)
        grade = grades[recipe.resource].get(element) if recipe.resource else None
        if grade is not None and grade.value > 0:
            drawn[item] = (problem.country(unit.site), grade.value)
    bought = {}
    for item, buy in enumerate(sets.buys):
        supply = problem.supplies[buy]
        if (part := problem.grade(supply.material, element)) > 0:
            bought[item] = (problem.country(supply.site), part)
    return drawn, bought
