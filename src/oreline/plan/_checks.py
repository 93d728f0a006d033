"""What a problem says that cannot be: each with its place, its reason and what would mend it.

Nothing here solves. Structural findings say before any solver what it could only call infeasible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Final

from oreline.design import check_estimate
from oreline.model import Finding, InputError, Severity
from oreline.plan._levies import LevyBase
from oreline.plan._problem import Problem, Recipe, Unit
from oreline.plan._reach import dead_ends, most_a_year, reached

CLOSES: Final = 1e-9
"""How much more of an element than enters a recipe may give, as a part of what enters."""
Where = Callable[..., str]
Wrong = tuple[str, tuple[str | int, ...], str, str]


def problem_findings(problem: Problem, where: Where) -> list[Finding]:
    """Return everything that is wrong with a problem whose names and numbers are readable."""
    found = []
    loops = list(_loops(problem))
    for check in (_terms, _units, _recipes, _phases, _markets, _levies, _origin):
        found += [_fatal(one, where) for one in check(problem)]
    found += [_fatal(one, where) for one in loops]
    if not found:
        found += [_fatal(one, where) for one in _structure(problem)]
    for look in (_estimates, _ownerless):
        found += [_warning(one, where) for one in look(problem)]
    return found


def _fatal(one: Wrong, where: Where) -> Finding:
    code, path, message, fix = one
    return Finding(code, Severity.FATAL, where(*path), message, fix)


def _warning(one: Wrong, where: Where) -> Finding:
    code, path, message, fix = one
    return Finding(code, Severity.WARNING, where(*path), message, fix)


def _terms(problem: Problem) -> Iterator[Wrong]:
    rate = problem.terms.rate.value
    if not -1 < rate <= 10:
        message = f"a discount rate of {rate:.4g} a year cannot be used"
        yield "ORL-1106", ("terms", "rate"), message, 'write it as in "10 %/y"'


def _units(problem: Problem) -> Iterator[Wrong]:
    for place, unit in enumerate(problem.units):
        path = ("units", place)
        if unit.lead_years < 0:
            message = f"{unit.id} would run {-unit.lead_years} years before it is begun"
            fix = "lead_years is 0 or more"
            yield "ORL-1106", (*path, "lead_years"), message, fix
        if unit.life_years < 1:
            yield "ORL-1106", (*path, "life_years"), f"{unit.id} has no life", "write 1 or more"
        expected = max(unit.lead_years, 1)
        if unit.lead_years >= 0 and (
            len(unit.spend) != expected or abs(sum(unit.spend) - 1) > 1e-9 or min(unit.spend) < 0
        ):
            message = f"spend of {unit.id} is {list(unit.spend)}"
            fix = f"write {expected} parts, one a lead year, that sum to 1"
            yield "ORL-1106", (*path, "spend"), message, fix
        if unit.standing is None and unit.earliest > unit.latest:
            message = f"{unit.id} could be begun from {unit.earliest} to {unit.latest}: never"
            fix = "move earliest or latest into the years of the plan"
            yield "ORL-1106", (*path, "earliest"), message, fix
        yield from _unit_numbers(unit, path)


def _unit_numbers(unit: Unit, path: tuple[str | int, ...]) -> Iterator[Wrong]:
    for number, size in enumerate(unit.sizes):
        named = [("capacity", size.capacity), ("capital", size.capital)]
        named += [] if size.fixed_cost is None else [("fixed_cost", size.fixed_cost)]
        for key, given in named:
            if given.value < 0:
                message = f"{key} of {unit.id}, {size.id}, is below 0"
                yield "ORL-1106", (*path, "sizes", number, key), message, "write 0 or more"
    for number, part in enumerate(unit.ramp_up):
        if not 0 <= part.value <= 1:
            message = f"{unit.id} cannot run at {part.value:.4g} of its capacity"
            fix = 'write a part, as in "60 %"'
            yield "ORL-1106", (*path, "ramp_up", number), message, fix


def _recipes(problem: Problem) -> Iterator[Wrong]:
    resources = {one.id: one for one in problem.resources}
    for place, unit in enumerate(problem.units):
        for number, recipe in enumerate(unit.recipes):
            path = ("units", place, "recipes", number)
            words = f"{unit.id}, recipe {recipe.id},"
            if recipe.resource and resources[recipe.resource].site != unit.site:
                at = resources[recipe.resource].site
                message = f"{words} draws {recipe.resource}, which lies at {at}, not {unit.site}"
                yield "ORL-1106", (*path, "resource"), message, "put the unit where the ore is"
            if not recipe.resource and all(one.value >= 0 for one in recipe.rates.values()):
                message = f"{words} takes nothing in"
                fix = "write what it takes as a negative rate, or the resource that it draws"
                yield "ORL-1111", (*path, "rates"), message, fix
                continue
            yield from _unclosed(problem, recipe, words, path)


def _unclosed(
    problem: Problem, recipe: Recipe, words: str, path: tuple[str | int, ...]
) -> Iterator[Wrong]:
    for element in problem.elements():
        enters, leaves = element_rates(problem, recipe, element)
        if leaves > enters * (1 + CLOSES) + CLOSES * 1e-3:
            message = (
                f"{words} makes {leaves:.6g} t {element} of {enters:.6g} t, for each tonne treated"
            )
            fix = "lower a rate or a grade: no element is made"
            yield "ORL-1111", (*path, "rates"), message, fix


def element_rates(problem: Problem, recipe: Recipe, element: str) -> tuple[float, float]:
    """Return how much of an element enters and leaves a recipe per tonne of throughput."""
    enters = leaves = 0.0
    if recipe.resource:
        drawn = next(one for one in problem.resources if one.id == recipe.resource)
        grade = drawn.grades.get(element)
        enters += 0.0 if grade is None else grade.value
    for material, rate in recipe.rates.items():
        contained = rate.value * problem.grade(material, element)
        if rate.value < 0:
            enters -= contained
        else:
            leaves += contained
    return enters, leaves


def _loops(problem: Problem) -> Iterator[Wrong]:
    """Yield each loop of prerequisites once, as the way around it."""
    after = {unit.id: unit.after for unit in problem.units}
    done: set[str] = set()

    def around(name: str, way: tuple[str, ...]) -> tuple[str, ...] | None:
        if name in way:
            return (*way[way.index(name) :], name)
        if name in done:
            return None
        for before in after[name]:
            if loop := around(before, (*way, name)):
                return loop
        done.add(name)
        return None

    for place, unit in enumerate(problem.units):
        if unit.id not in done and (loop := around(unit.id, ())):
            done |= set(loop)
            message = f"each waits for the next: {' -> '.join(loop)}"
            yield "ORL-1108", ("units", place, "after"), message, "take one out of an `after`"


def _phases(problem: Problem) -> Iterator[Wrong]:
    for place, phase in enumerate(problem.phases):
        first, last = phase.first_year, phase.last_year
        if first is not None and last is not None and first > last:
            message = f"{phase.id} ends in {last}, before {first}"
            yield "ORL-1106", ("phases", place, "last_year"), message, "swap the years"
        units = [one for one in problem.units if one.phase == phase.id and one.standing is None]
        if phase.budget is not None and units:
            path = ("phases", place, "budget")
            yield from _too_little(problem, phase.id, phase.budget.value, units, path)
    for place, budget in enumerate(problem.budgets):
        units = [
            one for one in problem.units if one.phase in budget.phases and one.standing is None
        ]
        if units:
            path = ("budgets", place, "amount")
            yield from _too_little(problem, budget.id, budget.amount.value, units, path)


def _too_little(
    problem: Problem,
    name: str,
    amount: float,
    units: Iterable[Unit],
    path: tuple[str | int, ...],
) -> Iterator[Wrong]:
    cheapest = min(
        (size.capital.value, f"{unit.id}, {size.id}") for unit in units for size in unit.sizes
    )
    if amount < cheapest[0]:
        money = f"{problem.currency} m"
        message = (
            f"{amount:g} {money} of {name} pays for nothing: the cheapest, {cheapest[1]}, costs "
            f"{cheapest[0]:g} {money}"
        )
        fix = f"give {name} {cheapest[0]:g} {money} or more, or a smaller size"
        yield "ORL-1109", path, message, fix


def _markets(problem: Problem) -> Iterator[Wrong]:
    for place, market in enumerate(problem.markets):
        path = ("markets", place)
        for pay in market.pays:
            if not 0 <= pay.payable.value <= 1:
                message = f"{market.id} pays {pay.payable.value:.4g} of what is delivered"
                yield "ORL-1106", (*path, "pays"), message, 'write a part, as in "96 %"'
        if market.least is None:
            continue
        most = market.most or market.least
        for year, least, limit in zip(problem.years, market.least, most, strict=True):
            if least.value > limit.value:
                message = (
                    f"{market.id} must be given {least.value:g} kt in {year} and takes "
                    f"{limit.value:g} kt at most"
                )
                yield "ORL-1110", (*path, "least"), message, "lower least, or raise most"
                break


def _levies(problem: Problem) -> Iterator[Wrong]:
    for place, levy in enumerate(problem.levies):
        if not 0 <= levy.rate.value <= 1:
            message = f"{levy.id} takes {levy.rate.value:.4g} of its base"
            yield "ORL-1106", ("levies", place, "rate"), message, 'write a part, as in "5 %"'
        on_profit = levy.base is LevyBase.PROFIT_BEFORE_TAX
        if on_profit != (levy.depreciation_years > 0):
            message = f"{levy.id} is on {levy.base} and says {levy.depreciation_years} years"
            fix = "a levy on profit, and no other, states depreciation_years"
            yield "ORL-1106", ("levies", place, "depreciation_years"), message, fix
        if levy.losses_carried and (not on_profit or problem.terms.rate.value < 0):
            message = f"{levy.id} carries losses, and is not on profit, or money gains by waiting"
            fix = "leave losses_carried out"
            yield "ORL-1106", ("levies", place, "losses_carried"), message, fix
        if on_profit and set(levy.markets) != {one.id for one in problem.markets}:
            message = f"{levy.id} is on the profit of some markets only, which is not defined"
            yield "ORL-1106", ("levies", place, "markets"), message, "leave markets out"


def _origin(problem: Problem) -> Iterator[Wrong]:
    most = problem.origin.most_from_one
    if most is not None and not 0 < most.value <= 1:
        message = f"{most.value:.4g} of a supply cannot come from one country"
        yield "ORL-1106", ("origin", "most_from_one"), message, 'write a part, as in "65 %"'


def _structure(problem: Problem) -> Iterator[Wrong]:
    """Yield markets that nothing reaches, minima beyond all capacity, and outputs left lying."""
    arrived = reached(problem)
    limits = most_a_year(problem)
    for place, market in enumerate(problem.markets):
        path = ("markets", place)
        if not any((market.site, material) in arrived for material in market.materials):
            message = f"nothing that {market.id} takes can reach {market.site}"
            fix = "add the resource, unit or route that brings " + ", ".join(market.materials)
            yield "ORL-1112", (*path, "materials"), message, fix
            continue
        if market.least is None or market.penalty is not None:
            continue
        can = sum(limits.get(material, 0.0) for material in market.materials)
        worst = max(market.least, key=lambda one: one.value).value
        if worst > can * (1 + 1e-9):
            message = f"{market.id} must be given {worst:g} kt a year; {can:g} kt can be made"
            fix = "lower least, add capacity, or state a penalty for what lacks"
            yield "ORL-1110", (*path, "least"), message, fix
    for place, number, material, site in dead_ends(problem):
        message = f"{material} at {site} can go nowhere, so {problem.units[place].id} can never run"
        fix = "add a market, route, recipe or storage for it, or discard = true"
        yield "ORL-1112", ("units", place, "recipes", number, "rates", material), message, fix


def _estimates(problem: Problem) -> Iterator[Wrong]:
    """Yield ranges of capital that are narrower than the engineering behind them allows."""
    for place, unit in enumerate(problem.units):
        if unit.engineering is None:
            continue
        for number, size in enumerate(unit.sizes):
            capital = size.capital
            if not capital.value or not capital.is_ranged:
                continue
            low, high = (
                Decimal(f"{100 * (end / capital.value - 1):.4g}")
                for end in (capital.low_or_value, capital.high_or_value)
            )
            done = Decimal(f"{100 * unit.engineering.value:.4g}")
            checked = check_estimate(done, low, high)
            if not checked.consistent:
                path = ("units", place, "sizes", number, "capital")
                message = f"{unit.id}, {size.id}: {checked.reason}"
                yield "ORL-1113", path, message, "widen the range, or do more of the engineering"


def _ownerless(problem: Problem) -> Iterator[Wrong]:
    """Yield units that name no owner where others do."""
    if any(unit.owners for unit in problem.units):
        for place, unit in enumerate(problem.units):
            if not unit.owners:
                message = f"{unit.id} names no owner, other units do: its money is nobody's"
                fix = "write owners at the unit, or at the head of the file for all that have none"
                yield "ORL-1121", ("units", place), message, fix


def refuse_ranges(problem: Problem, what: str) -> None:
    """Refuse a problem with ranges of sizes where only steps can be searched.

    Raises
    ------
    InputError
        With a finding for each range (ORL-1123).
    """
    found = tuple(
        Finding(
            "ORL-1123",
            Severity.FATAL,
            unit.id,
            f"{unit.id}, {size.id}, is a range of sizes; {what} knows steps",
            "write a few sizes without `least` in a copy of the plan",
        )
        for unit in problem.units
        for size in unit.sizes
        if size.span == size.id and unit.standing is None
    )
    if found:
        raise InputError(f"{what} cannot be found for sizes that are ranges", found)
