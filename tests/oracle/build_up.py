"""A build-up by another way: scipy's interface to a solver, loops instead of labelled arrays.

Written from the meaning of a plan.toml alone. Of oreline it uses the problem as read, and nothing
that makes or checks a model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from oreline.plan import Problem

Key = tuple[object, ...]


class Rows:
    """Rows and columns by name, gathered one by one."""

    def __init__(self) -> None:
        self.columns: dict[Key, int] = {}
        self.upper: list[float] = []
        self.whole: list[int] = []
        self.profit: dict[int, float] = defaultdict(float)
        self.entries: list[tuple[int, int, float]] = []
        self.sides: list[tuple[float, float]] = []

    def column(self, key: Key, upper: float = np.inf, *, whole: bool = False) -> int:
        if key not in self.columns:
            self.columns[key] = len(self.upper)
            self.upper.append(upper)
            self.whole.append(int(whole))
        return self.columns[key]

    def row(self, terms: Mapping[int, float], low: float, high: float) -> None:
        self.entries += [(len(self.sides), column, rate) for column, rate in terms.items()]
        self.sides.append((low, high))

    def best(self) -> float | None:
        """Return the best value; None where nothing is feasible."""
        row, column, rate = zip(*self.entries, strict=True)
        shape = (len(self.sides), len(self.upper))
        matrix = coo_array((rate, (row, column)), shape=shape).tocsc()
        low, high = zip(*self.sides, strict=True)
        cost = [-self.profit[one] for one in range(len(self.upper))]
        found = milp(
            cost,
            constraints=LinearConstraint(matrix, low, high),
            bounds=Bounds(0, self.upper),
            integrality=self.whole,
            options={"mip_rel_gap": 1e-9},
        )
        return None if found.x is None else -float(found.fun)


def best_value(
    problem: Problem,
    chosen: Mapping[str, tuple[str, int]] | None = None,
    solver: type[Rows] = Rows,
) -> float | None:
    """Return the best net present value.

    With ``chosen``, the builds are these (unit: size and year) and no others, and only the rest is
    optimised; None where that cannot be. ``solver`` gathers the rows and solves them.
    """
    rows, years = solver(), problem.years
    worth = {
        year: (1 + problem.terms.rate.value)
        ** -(place + (1.0 if str(problem.terms.timing) == "end" else 0.5))
        for place, year in enumerate(years)
    }
    balance: dict[Key, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    base: dict[tuple[str, int], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    _builds(rows, problem, worth, chosen)
    _runs(rows, problem, worth, balance)
    for way in problem.ways:
        for place, year in enumerate(years):
            carried = {}
            for material in way.materials:
                column = rows.column(("flow", way.id, material, year))
                balance[way.origin, material, year][column] -= 1
                balance[way.destination, material, year][column] += 1
                rows.profit[column] -= worth[year] * (way.cost.value if way.cost else 0)
                carried[column] = 1.0
            if way.capacity:
                part = way.availability[place].value if way.availability else 1.0
                rows.row(carried, -np.inf, part * way.capacity.value)
    _markets(rows, problem, worth, balance, base)
    for (site, material, year), terms in balance.items():
        if problem.materials[str(material)].discard:
            column = rows.column(("drop", site, material, year))
            terms[column] -= 1
            cost = problem.materials[str(material)].discard_cost
            rows.profit[column] -= worth[int(str(year))] * (cost.value if cost else 0)
        rows.row(terms, 0, 0)
    for levy in problem.levies:
        for year in years:
            tax = rows.column(("levy", levy.id, year))
            rows.profit[tax] -= worth[year]
            terms = {
                column: -levy.rate.value * part for column, part in base[levy.id, year].items()
            }
            rows.row({tax: 1.0, **terms}, 0, np.inf)
    return rows.best()


def _builds(
    rows: Rows,
    problem: Problem,
    worth: Mapping[int, float],
    chosen: Mapping[str, tuple[str, int]] | None,
) -> None:
    spent: dict[str, dict[int, float]] = defaultdict(dict)
    phases = {one.id: one for one in problem.phases}
    for unit in problem.units:
        once = {}
        phase = phases.get(unit.phase)
        for size in unit.sizes:
            for year in problem.years:
                fits = unit.earliest <= year <= unit.latest
                fits &= year + unit.lead_years <= problem.years[-1]
                last = year + max(unit.lead_years, 1) - 1
                if phase is not None:
                    fits &= (phase.first_year or year) <= year
                    fits &= last <= (phase.last_year or last)
                if chosen is not None:
                    fits &= chosen.get(unit.id) == (size.id, year)
                column = rows.column(("build", unit.id, size.id, year), float(fits), whole=True)
                once[column] = 1.0
                spent[unit.phase][column] = size.capital.value
                value = -sum(
                    part * size.capital.value * worth.get(year + place, 0.0)
                    for place, part in enumerate(unit.spend)
                )
                runs = year + unit.lead_years
                ends = runs + unit.life_years
                fixed = size.fixed_cost.value if size.fixed_cost else 0.0
                value -= sum(fixed * worth.get(at, 0.0) for at in range(runs, ends))
                if ends > problem.years[-1] and problem.terms.closed_at_end:
                    ends = problem.years[-1]
                value -= (unit.closure.value if unit.closure else 0.0) * worth.get(ends, 0.0)
                rows.profit[column] += value
        rows.row(once, -np.inf if chosen is None else float(unit.id in chosen), 1)
    for unit in problem.units:
        for before in unit.after:
            _waits(rows, problem, unit.id, before)
    for phase in problem.phases:
        if phase.budget and spent[phase.id]:
            rows.row(spent[phase.id], -np.inf, phase.budget.value)


def _waits(rows: Rows, problem: Problem, unit: str, before: str) -> None:
    lead = next(one.lead_years for one in problem.units if one.id == before)
    for year in problem.years:
        terms: dict[int, float] = {}
        for (kind, name, *more), column in rows.columns.items():
            if kind == "build" and name == unit and int(str(more[1])) <= year:
                terms[column] = 1.0
        for other in problem.units:
            if other.id != before:
                continue
            for size, begun in product(other.sizes, problem.years):
                if begun + lead <= year:
                    terms[rows.columns["build", before, size.id, begun]] = -1.0
        rows.row(terms, -np.inf, 0)


def _runs(
    rows: Rows,
    problem: Problem,
    worth: Mapping[int, float],
    balance: dict[Key, dict[int, float]],
) -> None:
    drawn: dict[str, dict[int, float]] = defaultdict(dict)
    for unit in problem.units:
        for place, year in enumerate(problem.years):
            used: dict[int, float] = {}
            for recipe in unit.recipes:
                column = rows.column(("run", unit.id, recipe.id, year))
                used[column] = 1.0
                rows.profit[column] -= worth[year] * (recipe.cost.value if recipe.cost else 0)
                if recipe.resource:
                    drawn[recipe.resource][column] = 1.0
                for material, rate in recipe.rates.items():
                    balance[unit.site, material, year][column] += rate.value
            for size, begun in product(unit.sizes, problem.years):
                age = year - begun - unit.lead_years
                if 0 <= age < unit.life_years:
                    part = unit.ramp_up[age].value if age < len(unit.ramp_up) else 1.0
                    part *= unit.availability[place].value if unit.availability else 1.0
                    column = rows.columns["build", unit.id, size.id, begun]
                    used[column] = -part * size.capacity.value
            if unit.recipes:
                rows.row(used, -np.inf, 0)
    for resource in problem.resources:
        rows.row(drawn[resource.id], -np.inf, resource.tonnage.value)


def _markets(
    rows: Rows,
    problem: Problem,
    worth: Mapping[int, float],
    balance: dict[Key, dict[int, float]],
    base: dict[tuple[str, int], dict[int, float]],
) -> None:
    for market in problem.markets:
        for place, year in enumerate(problem.years):
            sold = {}
            for material in market.materials:
                column = rows.column(("sale", market.id, material, year))
                sold[column] = 1.0
                balance[market.site, material, year][column] -= 1
                gross = paid = 0.0
                for pay in market.pays:
                    part = problem.grade(material, pay.element) if pay.element else 1.0
                    price = problem.prices[pay.price].values[place].value
                    floor = problem.prices[pay.price].floor
                    gross += part * price
                    paid += part * pay.payable.value * max(price, floor.value if floor else price)
                paid -= market.charge.value if market.charge else 0.0
                rows.profit[column] += worth[year] * paid
                for levy in problem.levies:
                    on_gross = str(levy.base) == "gross revenue"
                    base[levy.id, year][column] += gross if on_gross else paid
            if market.most:
                rows.row(sold, -np.inf, market.most[place].value)
            if market.least:
                rows.row(sold, market.least[place].value, np.inf)


def every_build_up(problem: Problem) -> Iterator[dict[str, tuple[str, int]]]:
    """Yield every combination of builds, whether or not it keeps within all limits."""
    choices = [
        [None, *product((size.id for size in unit.sizes), problem.years)] for unit in problem.units
    ]
    for combination in product(*choices):
        yield {
            unit.id: choice
            for unit, choice in zip(problem.units, combination, strict=True)
            if choice is not None
        }
