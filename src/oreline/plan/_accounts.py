"""The money and the metal of a plan, reckoned from its schedule alone.

This is not how the model writes its objective: it is a second reckoning from the tables that are
shown, row by row. Both have to agree, or the plan is not given out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from oreline.plan._cash_flow import Discounting
from oreline.plan._checks import element_rates
from oreline.plan._levies import LevyBase
from oreline.plan._problem import Market, PlanLevy, Problem, Unit
from oreline.plan._schedule import Amount, Schedule

Years = dict[int, float]
NOT_CASH = frozenset({"shortfall"})
"""Terms that steer a plan and are paid to nobody."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Yearly terms of the cash flow by name, in millions; what comes in is positive.

    ``levied`` says in which country the payee of a levy's term is.
    """

    years: tuple[int, ...]
    terms: Mapping[str, Years]
    levied: Mapping[str, str]

    def net(self, *, with_shortfall: bool = False) -> tuple[float, ...]:
        """Return the net cash flow of each year."""
        return tuple(
            sum(
                term.get(year, 0.0)
                for name, term in self.terms.items()
                if with_shortfall or name not in NOT_CASH
            )
            for year in self.years
        )

    def total(self, name: str) -> float:
        """Return the undiscounted sum of a term, 0 where there is none."""
        return sum(self.terms.get(name, {}).values())


def accounts_of(problem: Problem, schedule: Schedule) -> Accounts:
    """Return the yearly accounts of a schedule."""
    terms: dict[str, Years] = {}

    def book(name: str, year: int, amount: float) -> None:
        if amount and year in problem.years:
            row = terms.setdefault(name, {})
            row[year] = row.get(year, 0.0) + amount

    for name, year, amount, _ in unit_terms(problem, schedule):
        book(name, year, amount)
    for name, year, amount, _ in flow_terms(problem, schedule):
        book(name, year, amount)
    levied = {}
    before = {name: dict(row) for name, row in terms.items() if name != "capital"}
    on_sales = [one for one in problem.levies if one.base is not LevyBase.PROFIT_BEFORE_TAX]
    for levy in on_sales:
        for year, base in _sales_base(problem, schedule, levy).items():
            book(f"levy {levy.id}", year, -levy.rate.value * max(base, 0.0))
        levied[f"levy {levy.id}"] = levy.country
        before[f"levy {levy.id}"] = dict(terms.get(f"levy {levy.id}", {}))
    if problem.terms.tax == "post-tax":
        for levy in problem.levies:
            if levy not in on_sales:
                for year, amount in _taxes(problem, schedule, levy, before.values()):
                    book(f"levy {levy.id}", year, amount)
                levied[f"levy {levy.id}"] = levy.country
    markets = {one.id: one for one in problem.markets}
    for short in schedule.of("short"):
        penalty = markets[short.name].penalty
        assert penalty is not None
        book("shortfall", short.year, -penalty.value * short.kt)
    return Accounts(problem.years, terms, levied)


def unit_terms(problem: Problem, schedule: Schedule) -> Iterator[tuple[str, int, float, str]]:
    """Yield capital, fixed and closure costs of what is built and of what stands, with its unit."""
    units = {one.id: one for one in problem.units}
    last = problem.years[-1]
    for built in schedule.built:
        unit = units[built.unit]
        size = unit.step(built.size, built.part)
        for place, part in enumerate(unit.spend):
            year = built.begun + place
            yield "capital", year, -part * size.capital.value * problem.escalation(year), unit.id
        fixed = 0.0 if size.fixed_cost is None else size.fixed_cost.value
        for year in range(built.runs_from, built.closes):
            yield "fixed costs", year, -fixed * problem.escalation(year), unit.id
        yield from _closed(problem, unit, built.closes, last, "closure")
    for unit in problem.units:
        if unit.standing is not None:
            closes = unit.standing + unit.life_years
            first = unit.sizes[0].fixed_cost
            for year in range(unit.standing, closes):
                cost = 0.0 if first is None else first.value
                yield "standing units", year, -cost * problem.escalation(year), unit.id
            yield from _closed(problem, unit, closes, last, "standing units")


def _closed(
    problem: Problem, unit: Unit, closes: int, last: int, name: str
) -> Iterator[tuple[str, int, float, str]]:
    if unit.closure is not None:
        if closes > last and problem.terms.closed_at_end:
            closes = last
        yield name, closes, -unit.closure.value * problem.escalation(closes), unit.id


def flow_terms(problem: Problem, schedule: Schedule) -> Iterator[tuple[str, int, float, Amount]]:
    """Yield sales and the costs of what flows, each with the amount that it comes from."""
    units = {one.id: one for one in problem.units}
    ways = {one.id: one for one in problem.ways}
    markets = {one.id: one for one in problem.markets}
    supplies = {one.id: one for one in problem.supplies}
    for one in schedule.amounts:
        growth, place = problem.escalation(one.year), problem.years.index(one.year)
        if one.kind == "sale":
            market = markets[one.name]
            _, paid = value_per_kt(problem, market, one.detail, place)
            yield "sales", one.year, paid * one.kt, one
            if market.charge is not None:
                cost = market.charge.value * growth * one.kt
                yield "treatment charges", one.year, -cost, one
        elif one.kind == "buy":
            price = supplies[one.name].price[place].value
            yield "purchases", one.year, -price * one.kt, one
        elif one.kind == "run":
            recipe = next(each for each in units[one.name].recipes if each.id == one.detail)
            if recipe.cost is not None:
                yield "processing", one.year, -recipe.cost.value * growth * one.kt, one
        elif one.kind == "flow":
            cost_per_kt = ways[one.name].cost
            if cost_per_kt is not None:
                yield "freight", one.year, -cost_per_kt.value * growth * one.kt, one
        elif one.kind == "drop":
            left = problem.materials[one.detail].discard_cost
            if left is not None:
                yield "disposal", one.year, -left.value * growth * one.kt, one


def value_per_kt(
    problem: Problem, market: Market, material: str, place: int
) -> tuple[float, float]:
    """Return what a kt of material is worth at the deck's price, and what is paid for it."""
    worth = paid = 0.0
    for pay in market.pays:
        part = problem.grade(material, pay.element) if pay.element else 1.0
        deck = problem.prices[pay.price]
        worth += part * deck.values[place].value
        paid += part * pay.payable.value * deck.paid(place)
    return worth, paid


def _sales_base(problem: Problem, schedule: Schedule, levy: PlanLevy) -> Years:
    """Return the yearly base of a levy on sales."""
    base: Years = {}
    for one, amount in levy_base_parts(problem, schedule, levy):
        base[one.year] = base.get(one.year, 0.0) + amount
    return base


def levy_base_parts(
    problem: Problem, schedule: Schedule, levy: PlanLevy
) -> Iterator[tuple[Amount, float]]:
    """Yield what is in the base of a levy on sales, each with the amount that it comes from."""
    markets = {one.id: one for one in problem.markets if one.id in levy.markets}
    ways = {one.id: one for one in problem.ways}
    carried = {material for one in markets.values() for material in one.materials}
    for one in schedule.amounts:
        place = problem.years.index(one.year)
        growth = problem.escalation(one.year)
        amount = 0.0
        if one.kind == "sale" and one.name in markets:
            market = markets[one.name]
            worth, paid = value_per_kt(problem, market, one.detail, place)
            charge = 0.0 if market.charge is None else market.charge.value * growth
            amount = worth if levy.base is LevyBase.GROSS_REVENUE else paid - charge
        elif one.kind == "flow" and levy.base is LevyBase.NET_SMELTER_RETURN:
            cost = ways[one.name].cost
            if cost is not None and one.detail in carried:
                amount = -cost.value * growth
        if amount:
            yield one, amount * one.kt


def _taxes(
    problem: Problem, schedule: Schedule, levy: PlanLevy, before: Collection[Years]
) -> Iterator[tuple[int, float]]:
    """Yield what a levy on profit takes each year, of terms that come before it."""
    lost = 0.0
    for year in problem.years:
        base = sum(row.get(year, 0.0) for row in before)
        base -= _worn(problem, schedule, levy, year)
        if levy.losses_carried:
            # What was lost before comes off a profit, as far as the profit goes.
            used = min(lost, max(base, 0.0))
            lost += max(-base, 0.0) - used
            base -= used
        yield year, -levy.rate.value * max(base, 0.0)


def _worn(problem: Problem, schedule: Schedule, levy: PlanLevy, year: int) -> float:
    return sum(amount for at, amount, _ in wear_parts(problem, schedule, levy) if at == year)


def wear_parts(
    problem: Problem, schedule: Schedule, levy: PlanLevy
) -> Iterator[tuple[int, float, str]]:
    """Yield what capital wears off for a levy on profit: the year, how much, of which unit."""
    units = {one.id: one for one in problem.units}
    for built in schedule.built:
        size = units[built.unit].step(built.size, built.part)
        part = size.capital.value / levy.depreciation_years
        for place in range(levy.depreciation_years):
            yield built.runs_from + place, part * problem.escalation(built.begun), built.unit


def present_value(problem: Problem, yearly: tuple[float, ...]) -> float:
    """Return what yearly flows are worth at the beginning of the first year."""
    factors = present_factors(problem)[: len(yearly)]
    return float(sum(flow * factor for flow, factor in zip(yearly, factors, strict=True)))


def present_factors(problem: Problem) -> tuple[float, ...]:
    """Return what one unit of money in each year is worth at the beginning of the first.

    A flow counts at the end or in the middle of its year.
    """
    shift = 0.5 if problem.terms.timing is Discounting.MIDDLE else 1.0
    growth = float(1.0 + problem.terms.rate.value)
    return tuple(growth ** -(place + shift) for place in range(len(problem.years)))


def delivered_t(problem: Problem, schedule: Schedule, element: str, country: str) -> Years:
    """Return the tonnes of an element in what is sold to a country, year by year."""
    sites = {one.id: one.site for one in problem.markets}
    found: Years = {}
    for one in schedule.of("sale"):
        if problem.country(sites[one.name]) == country:
            tonnes = 1e3 * one.kt * problem.grade(one.detail, element)
            found[one.year] = found.get(one.year, 0.0) + tonnes
    return found


@dataclass(frozen=True, slots=True)
class ElementBalance:
    """Where an element comes from and goes to in all years together, in tonnes.

    ``discarded_t`` is in what is left unused, ``lost_t`` what recipes take in and give nowhere.
    """

    element: str
    drawn_t: float
    bought_t: float
    delivered_t: float
    discarded_t: float
    lost_t: float
    in_stock_t: float

    @property
    def gap_t(self) -> float:
        """Return what enters less all that becomes of it: nothing, but for rounding of floats."""
        out = self.delivered_t + self.discarded_t + self.lost_t + self.in_stock_t
        return self.drawn_t + self.bought_t - out


def element_balances(problem: Problem, schedule: Schedule) -> tuple[ElementBalance, ...]:
    """Return the balance of every element of a plan."""
    units = {one.id: one for one in problem.units}
    supplies = {one.id: one for one in problem.supplies}
    found = []
    for element in problem.elements():
        sums = dict.fromkeys(("drawn", "buy", "sale", "drop", "lost", "stock"), 0.0)
        for one in schedule.amounts:
            tonnes = 1e3 * one.kt
            if one.kind == "run":
                recipe = next(each for each in units[one.name].recipes if each.id == one.detail)
                enters, leaves = element_rates(problem, recipe, element)
                fed = -sum(
                    rate.value * problem.grade(name, element)
                    for name, rate in recipe.rates.items()
                    if rate.value < 0
                )
                sums["drawn"] += tonnes * (enters - fed)
                rest = problem.materials.get(recipe.rest)
                thrown = rest is not None and rest.discard and element not in rest.grades
                sums["drop" if thrown else "lost"] += tonnes * (enters - leaves)
            elif one.kind == "buy":
                sums["buy"] += tonnes * problem.grade(supplies[one.name].material, element)
            elif one.kind in ("sale", "drop"):
                sums[one.kind] += tonnes * problem.grade(one.detail, element)
            elif one.kind == "stock" and one.year == problem.years[-1]:
                sums["stock"] += tonnes * problem.grade(one.detail, element)
        found.append(ElementBalance(element, *sums.values()))
    return tuple(found)
