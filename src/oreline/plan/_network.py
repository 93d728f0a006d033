"""A plan as a network of PyPSA: what fits, what does not, and the network's tables.

PyPSA thinks of energy: here a kt is its MWh, a year its hour, and a material at a site its bus.
What several things share (a unit's capacity, a route, what a market takes) is a bus of its own,
filled by a generator, drawn on by links. A unit that may be begun in one of many years is a
generator for each, of one block. Money is discounted beforehand: yearly by the weight of the
snapshot, builds in their cost. Both programmes then have one optimum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from oreline.model import Finding, InputError, Severity
from oreline.plan import _coefficients as numbers
from oreline.plan._levies import LevyBase
from oreline.plan._limit_rows import budget_limits
from oreline.plan._problem import Problem
from oreline.plan._reach import most_a_year
from oreline.plan._sets import Array, Sets, plan_sets

FIX: Final = (
    "write it as .lp or .mps, which hold every plan, or take this out of a copy of the plan"
)


@dataclass(slots=True)
class Network:
    """The tables of a network while it is made: rows by component, columns over years by attribute.

    ``large`` is more than can flow in a year: what stands where nothing limits.
    """

    years: tuple[int, ...]
    weight: Array
    large: float
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    series: dict[tuple[str, str], dict[str, Array]] = field(default_factory=dict)

    def add(self, component: str, name: str, **attributes: Any) -> None:
        """Add a component; arrays are its numbers over the years."""
        row = self.rows.setdefault(component, {}).setdefault(name, {})
        for key, value in attributes.items():
            if isinstance(value, np.ndarray):
                self.series.setdefault((component, key), {})[name] = value
            else:
                row[key] = value

    def bus(self, name: str, carrier: str) -> str:
        """Add a bus where there is none of that name; return it."""
        self.add("carriers", carrier)
        self.add("buses", name, carrier=carrier)
        return name

    def limit(self, name: str, most: Array) -> str:
        """Return a bus of what several may share; it holds so much each year."""
        self.bus(name, "limit")
        top = float(most.max(initial=0.0))
        part = most / top if top else most
        self.add("generators", name, bus=name, carrier="limit", p_nom=top, p_max_pu=part)
        return name


def misfits(problem: Problem) -> tuple[Finding, ...]:
    """Return what of a problem a network of PyPSA cannot say, each by its name (ORL-1118)."""
    return tuple(
        Finding("ORL-1118", Severity.FATAL, where, message, FIX)
        for where, message in _misfits(problem)
    )


def _misfits(problem: Problem) -> Iterator[tuple[str, str]]:
    yield from _units_misfit(problem)
    for resource in problem.resources:
        if resource.after:
            yield resource.id, f"{resource.id} waits for {', '.join(resource.after)}"
    for market in problem.markets:
        if market.blends:
            yield market.id, f"{market.id} limits the grade of what it takes"
    if problem.origin.most_from_one is not None:
        yield "origin", "the part that may come from one country is limited"
    sets = plan_sets(problem)
    stored = [sets.nodes[node][0] for node in sets.stores]
    for site in sorted({one for one in stored if stored.count(one) > 1}):
        yield site, f"several materials share the storage of {site}"
    yield from _levies(problem, sets)


def _units_misfit(problem: Problem) -> Iterator[tuple[str, str]]:
    for unit in problem.units:
        spans = [one.id for one in unit.sizes if one.is_least]
        if unit.standing is None and spans:
            yield unit.id, f"{unit.id} may be built in any size of a range"
        if unit.standing is None and len(unit.sizes) - len(spans) > 1:
            yield (
                unit.id,
                f"{unit.id} comes in {len(unit.sizes) - len(spans)} sizes, of which one is built",
            )
        if unit.after:
            yield unit.id, f"{unit.id} waits for {', '.join(unit.after)}"
        if unit.blends:
            yield unit.id, f"{unit.id} limits the grade of its feed"
    for name, amount, phases, _ in budget_limits(problem):
        dearest = sum(
            max(size.capital.value for size in unit.sizes) * problem.escalation(problem.years[-1])
            for unit in problem.units
            if unit.standing is None and unit.phase in phases
        )
        if dearest > amount:
            yield name, f"the budget of {name} may bind: all that it pays for costs {dearest:g}"


def _levies(problem: Problem, sets: Sets) -> Iterator[tuple[str, str]]:
    for levy in problem.levies:
        if levy.base is LevyBase.PROFIT_BEFORE_TAX:
            if problem.terms.tax == "post-tax":
                yield levy.id, f"{levy.id} is taken of profit"
        elif numbers.levy_freight(sets, levy).any():
            yield levy.id, f"{levy.id} takes freight off its base"
        elif (numbers.levy_sales(sets, levy) < 0).any():
            yield levy.id, f"{levy.id} takes nothing of a loss"


def network_of(problem: Problem) -> Network:
    """Return a problem as a network.

    Raises
    ------
    InputError
        With a finding for each thing that does not fit (ORL-1118).
    """
    if found := misfits(problem):
        raise InputError(f"{problem.name} does not fit a network of PyPSA", found)
    sets = plan_sets(problem)
    stored = sum(problem.sites[site].storage_kt for site in {node[0] for node in sets.nodes})
    large = 1.0 + stored + sum(most_a_year(problem).values())
    made = Network(problem.years, numbers.discount_factors(problem), large)
    for site, material in sets.nodes:
        made.bus(f"{material} at {site}", material)
    _units(made, sets)
    _runs(made, sets)
    _legs(made, sets)
    _markets(made, sets)
    _rest(made, sets)
    return made


def _node(sets: Sets, site: str, material: str) -> str:
    assert (site, material) in sets.nodes
    return f"{material} at {site}"


def _units(made: Network, sets: Sets) -> None:
    """Add each unit's capacity: a block for each year in which it may be begun."""
    problem, factor = sets.problem, made.weight
    running = numbers.capacity_running(sets)
    costs = numbers.capital_spent(sets) + numbers.fixed_costs(sets) + numbers.closure_costs(sets)
    may = numbers.may_begin(sets)
    for option, (place, size) in enumerate(sets.options):
        unit = problem.units[place]
        capacity = unit.sizes[size].capacity.value
        if not capacity or not unit.recipes:
            continue  # It makes nothing and nothing waits for it.
        name = made.bus(f"capacity of {unit.id}", f"unit {unit.id}")
        for begun in np.nonzero(may[option])[0].tolist():
            made.add(
                "generators",
                f"{unit.id} begun {problem.years[begun]}",
                bus=name,
                carrier=f"unit {unit.id}",
                p_nom_extendable=True,
                p_nom_mod=capacity,
                p_nom_max=capacity,
                p_max_pu=running[option, begun] / capacity,
                capital_cost=float(costs[option, begun] @ factor) / capacity,
            )
        made.add(
            "global_constraints",
            f"once {unit.id}",
            type="tech_capacity_expansion_limit",
            carrier_attribute=f"unit {unit.id}",
            sense="<=",
            constant=capacity,
        )
    for unit in problem.units:
        if unit.standing is not None and unit.recipes:
            made.limit(f"capacity of {unit.id}", numbers.standing_capacity(unit, problem.years))


def _runs(made: Network, sets: Sets) -> None:
    problem = sets.problem
    drawn = {sets.run(item)[1].resource for item in range(len(sets.runs))}
    for resource in problem.resources:
        if resource.id not in drawn:
            continue
        name = made.bus(f"resource {resource.id}", "resource")
        most = made.large if resource.per_year is None else resource.per_year.value
        made.add(
            "generators", name, bus=name, carrier="resource", p_nom=most,
            e_sum_max=resource.tonnage.value,
        )  # fmt: skip
    costs = numbers.run_costs(sets)
    for item in range(len(sets.runs)):
        unit, recipe = sets.run(item)
        if f"capacity of {unit.id}" not in made.rows["buses"]:
            continue
        ports = [
            (_node(sets, unit.site, name), rate.value)
            for name, rate in recipe.rates.items()
            if rate.value
        ]
        if recipe.resource:
            ports.append((f"resource {recipe.resource}", -1.0))
        _link(made, f"run {unit.id} {recipe.id}", f"capacity of {unit.id}", ports, costs[item])


def _link(
    made: Network, name: str, origin: str, ports: list[tuple[str, float]], cost: Array
) -> None:
    """Add a link: of a unit that it takes from its origin, each port gets or gives its rate."""
    attributes: dict[str, Any] = {"bus0": origin, "p_nom": made.large, "marginal_cost": cost}
    for place, (bus, rate) in enumerate(ports, start=1):
        attributes[f"bus{place}"] = bus
        attributes["efficiency" if place == 1 else f"efficiency{place}"] = rate
    made.add("links", name, **attributes)


def _legs(made: Network, sets: Sets) -> None:
    problem, costs = sets.problem, numbers.leg_costs(sets)
    for item, (place, material) in enumerate(sets.legs):
        way = problem.ways[place]
        ports = [(_node(sets, way.destination, material), 1.0)]
        limits = [way.limit(year) for year in range(len(made.years))]
        if way.capacity is not None:
            ports.append((made.limit(f"route {way.id}", np.array(limits, np.float64)), -1.0))
        name = f"carry {way.id} {material}"
        _link(made, name, _node(sets, way.origin, material), ports, costs[item])


def _markets(made: Network, sets: Sets) -> None:
    """Add what is sold: price less levies is the gain of a link, what a market takes its load."""
    problem = sets.problem
    _, paid, charged = numbers.sale_values(sets)
    gain = paid - charged
    for levy in problem.levies:
        if levy.base is not LevyBase.PROFIT_BEFORE_TAX:
            gain = gain - levy.rate.value * numbers.levy_sales(sets, levy)
    for item, (place, material) in enumerate(sets.sales):
        market = problem.markets[place]
        name = made.bus(f"market {market.id}", "market")
        _link(
            made, f"sell {market.id} {material}", _node(sets, market.site, material),
            [(name, 1.0)], -gain[item],
        )  # fmt: skip
    for place in sorted({one for one, _ in sets.sales}):
        market = problem.markets[place]
        name = f"market {market.id}"
        least = np.array([one.value for one in market.least or ()]) if market.least else 0.0
        most = np.array([one.value for one in market.most or ()]) if market.most else made.large
        room = np.broadcast_to(np.asarray(most - least, np.float64), (len(made.years),))
        top = float(room.max())
        made.add(
            "generators", f"{name} takes more", bus=name, carrier="market", sign=-1.0, p_nom=top,
            p_max_pu=np.asarray(room / top if top else room),
        )  # fmt: skip
        if market.least:
            made.add("loads", f"{name} needs", bus=name, p_set=np.asarray(least))
        if market.least and market.penalty is not None:
            made.add(
                "generators", f"{name} lacks", bus=name, carrier="market", p_nom=made.large,
                marginal_cost=market.penalty.value,
            )  # fmt: skip


def _rest(made: Network, sets: Sets) -> None:
    """Add purchases, what is left unused, and stocks."""
    problem = sets.problem
    prices, left = numbers.buy_prices(sets), numbers.drop_costs(sets)
    for item, place in enumerate(sets.buys):
        supply = problem.supplies[place]
        most = np.array([one.value for one in supply.most])
        top = float(most.max())
        made.add(
            "generators", f"supply {supply.id}", bus=_node(sets, supply.site, supply.material),
            carrier=supply.material, p_nom=top, p_max_pu=most / top if top else most,
            marginal_cost=prices[item],
        )  # fmt: skip
    for item, node in enumerate(sets.drops):
        site, material = sets.nodes[node]
        made.add(
            "generators", f"discard {material} at {site}", bus=_node(sets, site, material),
            carrier=material, sign=-1.0, p_nom=made.large, marginal_cost=left[item],
        )  # fmt: skip
    for node in sets.stores:
        site, material = sets.nodes[node]
        made.add(
            "stores", f"stock {material} at {site}", bus=_node(sets, site, material),
            carrier=material, e_nom=problem.sites[site].storage_kt,
        )  # fmt: skip


def network_tables(made: Network) -> Mapping[str, list[list[Any]]]:
    """Return the tables of a network by file name, as rows with their heading."""
    found: dict[str, list[list[Any]]] = {
        "network.csv": [["name", "srid"], ["a plan of oreline: kt, millions, years", 4326]],
        "snapshots.csv": [
            ["", "snapshot", "objective", "stores", "generators"],
            *[
                [place, year, float(weight), 1.0, 1.0]
                for place, (year, weight) in enumerate(zip(made.years, made.weight, strict=True))
            ],
        ],
    }
    for component, rows in made.rows.items():
        keys = list(dict.fromkeys(key for row in rows.values() for key in row))
        found[f"{component}.csv"] = [
            ["name", *keys],
            *[[name, *(row.get(key, "") for key in keys)] for name, row in rows.items()],
        ]
    for (component, key), columns in made.series.items():
        found[f"{component}-{key}.csv"] = [
            ["", *columns],
            *[
                [place, *(float(column[place]) for column in columns.values())]
                for place in range(len(made.years))
            ],
        ]
    return found
