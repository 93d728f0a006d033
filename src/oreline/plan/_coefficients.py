"""The numbers of a plan's model as arrays: capital, capacity, prices, costs, factors.

Arrays are (item, year), or (option, year begun, year). Money is in millions, masses in kt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

import numpy as np

from oreline.plan._cash_flow import Discounting
from oreline.plan._levies import LevyBase
from oreline.plan._problem import Market, PlanLevy, Problem, Unit
from oreline.plan._sets import Array, Sets


def discount_factors(problem: Problem) -> Array:
    """Return what a flow of each year is worth at the beginning of the first.

    >>> import math
    >>> math.isclose(1.1 ** -0.5, 0.9534625892)
    True
    """
    rate = problem.terms.rate.value
    shift = 0.5 if problem.terms.timing is Discounting.MIDDLE else 1.0
    return np.array(
        [(1.0 + rate) ** -(place + shift) for place in range(len(problem.years))], np.float64
    )


def escalations(problem: Problem) -> Array:
    """Return by what costs have grown in each year; ones where money is real."""
    return np.array([problem.escalation(year) for year in problem.years])


def by_begun(sets: Sets, number: Callable[[Unit, Array, Array], Array]) -> Array:
    """Return (option, begun, year) of a number of each unit.

    ``number`` is called once a unit with the years begun, as a column, and the years, as a row.
    """
    years = np.array(sets.problem.years, np.float64)
    found = np.zeros((len(sets.options), len(years), len(years)))
    of_unit: dict[int, Array] = {}
    for option, (unit, _) in enumerate(sets.options):
        if unit not in of_unit:
            one = sets.problem.units[unit]
            of_unit[unit] = number(one, years[:, None], years[None, :])
        found[option] = of_unit[unit]
    return found


def _running(unit: Unit, begun: Array, year: Array) -> Array:
    """Return what part of its capacity runs: none before its lead time and after its life."""
    age = year - begun - unit.lead_years
    part = np.where((age >= 0) & (age < unit.life_years), 1.0, 0.0)
    for place, ramp in enumerate(unit.ramp_up):
        part = np.where((age == place) & (place < unit.life_years), ramp.value, part)
    if unit.availability:
        part = part * np.array([one.value for one in unit.availability])
    return part


def _spent(unit: Unit, begun: Array, year: Array) -> Array:
    """Return what part of its capital is spent."""
    place = (year - begun).astype(np.int64)
    inside = (place >= 0) & (place < len(unit.spend))
    spend = np.array(unit.spend or (0.0,))
    return np.where(inside, spend[np.clip(place, 0, len(spend) - 1)], 0.0)


def may_begin(sets: Sets) -> Array:
    """Return (option, year) that is 1 where a unit may be begun, else 0.

    It may within its own years and those of its phase, if it can still run within the plan.
    """
    problem = sets.problem
    phases = {one.id: one for one in problem.phases}
    found = np.zeros((len(sets.options), len(problem.years)))
    for option in range(len(sets.options)):
        unit = sets.unit_of_option(option)
        phase = phases.get(unit.phase)
        first, last = unit.earliest, unit.latest
        if phase is not None:
            first = max(first, phase.first_year or first)
            if phase.last_year is not None:
                last = min(last, phase.last_year - len(unit.spend) + 1)
        last = min(last, problem.years[-1] - unit.lead_years)
        for place, year in enumerate(problem.years):
            found[option, place] = float(first <= year <= last)
    return found


def option_numbers(sets: Sets) -> tuple[Array, Array, Array]:
    """Return capacity, capital and fixed cost of each option, in money of the money's year."""
    capacity, capital, fixed = [], [], []
    for unit, size in sets.options:
        one = sets.problem.units[unit].sizes[size]
        capacity.append(one.capacity.value)
        capital.append(one.capital.value)
        fixed.append(0.0 if one.fixed_cost is None else one.fixed_cost.value)
    return np.array(capacity), np.array(capital), np.array(fixed)


def capacity_running(sets: Sets) -> Array:
    """Return (option, begun, year): the capacity that runs then."""
    capacity = option_numbers(sets)[0]
    return by_begun(sets, _running) * capacity[:, None, None]


def capital_spent(sets: Sets) -> Array:
    """Return (option, begun, year): the capital that is spent then."""
    capital = option_numbers(sets)[1]
    spent = by_begun(sets, _spent) * capital[:, None, None]
    return np.asarray(spent * escalations(sets.problem)[None, None, :])


def fixed_costs(sets: Sets) -> Array:
    """Return (option, begun, year): the fixed cost of what stands then."""
    fixed = option_numbers(sets)[2]

    def stands(unit: Unit, begun: Array, year: Array) -> Array:
        age = year - begun - unit.lead_years
        return np.where((age >= 0) & (age < unit.life_years), 1.0, 0.0)

    found = by_begun(sets, stands) * fixed[:, None, None]
    return np.asarray(found * escalations(sets.problem)[None, None, :])


def closure_costs(sets: Sets) -> Array:
    """Return (option, begun, year): what closing costs then.

    A unit is closed in the year after its last; one that stands after the plan, in its last year,
    where the plan's terms say so.
    """
    last = sets.problem.years[-1]
    closed = sets.problem.terms.closed_at_end

    def cost(unit: Unit, begun: Array, year: Array) -> Array:
        ends = begun + unit.lead_years + unit.life_years
        ends = np.where(ends > last, last if closed else last + 1, ends)
        closure = 0.0 if unit.closure is None else unit.closure.value
        return np.where(year == ends, closure, 0.0)

    return np.asarray(by_begun(sets, cost) * escalations(sets.problem)[None, None, :])


def depreciation(sets: Sets, years: int) -> Array:
    """Return (option, begun, year): capital in equal parts over its first years of running."""
    capital = option_numbers(sets)[1]
    problem = sets.problem

    growth = escalations(problem)[:, None]

    def part(unit: Unit, begun: Array, year: Array) -> Array:
        age = year - begun - unit.lead_years
        return np.where((age >= 0) & (age < years), growth / years, 0.0)

    return np.asarray(by_begun(sets, part) * capital[:, None, None])


def standing_capacity(unit: Unit, years: tuple[int, ...]) -> Array:
    """Return the capacity of a unit that stands already, year by year."""
    assert unit.standing is not None
    begun = unit.standing - unit.lead_years
    return np.array(
        [
            unit.sizes[0].capacity.value * unit.part_running(begun, year) * unit.available(place)
            for place, year in enumerate(years)
        ]
    )


def standing_costs(problem: Problem) -> Array:
    """Return the fixed and closure costs of all units that stand already, year by year."""
    total = np.zeros(len(problem.years))
    for unit in problem.units:
        if unit.standing is None:
            continue
        fixed = unit.sizes[0].fixed_cost
        for place, year in enumerate(problem.years):
            if 0 <= year - unit.standing < unit.life_years and fixed is not None:
                total[place] += fixed.value
        ends = unit.standing + unit.life_years
        if ends > problem.years[-1] and problem.terms.closed_at_end:
            ends = problem.years[-1]
        if unit.closure is not None and ends in problem.years:
            total[problem.years.index(ends)] += unit.closure.value
    return np.asarray(total * escalations(problem))


def run_costs(sets: Sets) -> Array:
    """Return (run, year): what a kt of throughput costs."""
    costs = [
        0.0 if recipe.cost is None else recipe.cost.value
        for _, recipe in (sets.run(item) for item in range(len(sets.runs)))
    ]
    return np.outer(np.array(costs), escalations(sets.problem))


def leg_costs(sets: Sets) -> Array:
    """Return (leg, year): what carrying a kt costs."""
    ways = sets.problem.ways
    costs = [0.0 if (one := ways[way].cost) is None else one.value for way, _ in sets.legs]
    return np.outer(np.array(costs), escalations(sets.problem))


def drop_costs(sets: Sets) -> Array:
    """Return (drop, year): what leaving a kt unused costs."""
    materials = sets.problem.materials
    costs = [
        0.0 if (one := materials[sets.nodes[node][1]].discard_cost) is None else one.value
        for node in sets.drops
    ]
    return np.outer(np.array(costs), escalations(sets.problem))


def buy_prices(sets: Sets) -> Array:
    """Return (buy, year): the price of a kt that is bought."""
    return np.array(
        [[one.value for one in sets.problem.supplies[buy].price] for buy in sets.buys]
    ).reshape(len(sets.buys), len(sets.problem.years))


def sale_values(sets: Sets) -> tuple[Array, Array, Array]:
    """Return (sale, year) three times: contained metal at price, what is paid of it, the charge."""
    problem = sets.problem
    shape = (len(sets.sales), len(problem.years))
    gross, paid, charged = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    growth = escalations(problem)
    for item, (number, material) in enumerate(sets.sales):
        market = problem.markets[number]
        if market.charge is not None:
            charged[item] = market.charge.value * growth
        for year in range(len(problem.years)):
            gross[item, year], paid[item, year] = _worth(problem, market, material, year)
    return gross, paid, charged


def _worth(problem: Problem, market: Market, material: str, year: int) -> tuple[float, float]:
    gross = paid = 0.0
    for pay in market.pays:
        part = problem.grade(material, pay.element) if pay.element else 1.0
        price = problem.prices[pay.price]
        gross += part * price.values[year].value
        # A floor is what is paid; it makes no metal worth more.
        paid += part * price.paid(year) * pay.payable.value
    return gross, paid


def levy_sales(sets: Sets, levy: PlanLevy) -> Array:
    """Return (sale, year): what of a kt sold is in the base of a levy on sales."""
    gross, paid, charged = sale_values(sets)
    base = gross if levy.base is LevyBase.GROSS_REVENUE else paid - charged
    listed = [sets.problem.markets[market].id in levy.markets for market, _ in sets.sales]
    return np.asarray(base * np.array(listed, np.float64)[:, None])


def levy_freight(sets: Sets, levy: PlanLevy) -> Array:
    """Return (leg, year): the freight that a levy on net smelter return takes off its base.

    It is that of all legs which carry a material sold at the levy's markets.
    """
    if levy.base is not LevyBase.NET_SMELTER_RETURN:
        return np.zeros((len(sets.legs), len(sets.problem.years)))
    markets = sets.problem.markets
    sold = {material for market, material in sets.sales if markets[market].id in levy.markets}
    carried = np.array([float(material in sold) for _, material in sets.legs])
    return np.asarray(leg_costs(sets) * carried[:, None])


def decimals(amounts: Iterable[float]) -> tuple[Decimal, ...]:
    """Return amounts as decimals, to a hundred-millionth: a cent where they are millions."""
    return tuple(Decimal(f"{amount:.8f}") for amount in amounts)
