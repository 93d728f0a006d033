"""Whose a plan is: each owner's part of its cash flow, and of the metal that it delivers.

What a unit costs is borne by its owners, by their shares. What is of no unit (sales, treatment
charges, freight, what is left unused) goes with the material; it belongs to the owners of the units
that made it, by what each made in that year; of a year in which none is made, by what was made
before. What is bought is paid by the owners of the units that take it in. A levy on sales is borne
with the sales in its base, a levy on profit by those who made one that year, in proportion. No
price is paid between units: who owns a mine and no mill shows its costs alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from oreline.plan._accounts import (
    NOT_CASH,
    Accounts,
    Years,
    flow_terms,
    levy_base_parts,
    present_value,
    unit_terms,
    wear_parts,
)
from oreline.plan._levies import LevyBase
from oreline.plan._problem import Problem, Recipe
from oreline.plan._schedule import Amount, Schedule

NOBODY: Final = ""
"""The party of what has no stated owner."""
Parts = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class OwnerPart:
    """One owner's part of a plan; ``party`` is empty for what has no stated owner.

    ``terms`` are those of the plan's cash flow, in millions; ``delivered_t`` the tonnes of each
    element in what of its material is sold to each country.
    """

    party: str
    years: tuple[int, ...]
    terms: Mapping[str, Years]
    delivered_t: Mapping[tuple[str, str], float]

    def net(self) -> tuple[float, ...]:
        """Return the net cash flow of each year."""
        rows = self.terms.values()
        return tuple(sum(row.get(year, 0.0) for row in rows) for year in self.years)

    def to_json(self, problem: Problem) -> dict[str, Any]:
        """Return the part as plain values."""
        net = self.net()
        capital = -sum(self.terms.get("capital", {}).values())
        return {
            "party": self.party or None,
            "capital_m": capital,
            "net_m": sum(net),
            "npv_m": present_value(problem, net),
            "terms_m": {name: sum(row.values()) for name, row in self.terms.items()},
            "cash_flow": [
                {"year": year, "net_m": amount}
                for year, amount in zip(self.years, net, strict=True)
            ],
            "delivered": [
                {"element": element, "country": country, "t": t}
                for (element, country), t in self.delivered_t.items()
            ],
            "basis": "derived",
        }


@dataclass(slots=True)
class _Division:
    """Who owns the units of a problem, and so the materials of a schedule."""

    problem: Problem
    schedule: Schedule
    made: dict[str, dict[int, defaultdict[str, float]]] = field(default_factory=dict)
    taken: dict[str, dict[int, defaultdict[str, float]]] = field(default_factory=dict)
    shares: dict[str, Parts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        recipes: dict[tuple[str, str], Recipe] = {}
        for unit in self.problem.units:
            owners = {party: share.value for party, share in unit.owners.items()}
            self.shares[unit.id] = owners or {NOBODY: 1.0}
            recipes |= {(unit.id, recipe.id): recipe for recipe in unit.recipes}
        for run in self.schedule.of("run"):
            for material, rate in recipes[run.name, run.detail].rates.items():
                side = self.made if rate.value > 0 else self.taken
                units = side.setdefault(material, {}).setdefault(run.year, defaultdict(float))
                units[run.name] += abs(rate.value) * run.kt

    def of_unit(self, unit: str) -> Parts:
        """Return the parts of a unit by party."""
        return self.shares[unit]

    def of_material(self, material: str, year: int) -> Parts:
        """Return the parts of a material by party: who made it, else who takes it in."""
        made = self.made.get(material, {})
        before = [units for past, units in made.items() if past < year]
        return self._parts(made.get(year)) or self._parts(*before) or self.of_taken(material, year)

    def of_taken(self, material: str, year: int) -> Parts:
        """Return the parts of what is bought by party: who takes it in, that year or in any."""
        taken = self.taken.get(material, {})
        return self._parts(taken.get(year)) or self._parts(*taken.values()) or {NOBODY: 1.0}

    def _parts(self, *weights: Parts | None) -> Parts:
        found: dict[str, float] = defaultdict(float)
        for units in weights:
            for unit, kt in (units or {}).items():
                for party, share in self.shares[unit].items():
                    found[party] += kt * share
        total = sum(found.values())
        return {party: kt / total for party, kt in found.items()} if total > 0 else {}


Booked = dict[str, dict[str, dict[int, float]]]
"""Amounts by party, term and year."""


def owner_parts(problem: Problem, schedule: Schedule, accounts: Accounts) -> tuple[OwnerPart, ...]:
    """Return every owner's part of a plan, in the order of the file; none where none is stated.

    Term by term and year by year the parts sum to the whole. What has no stated owner comes last.
    """
    if not any(unit.owners for unit in problem.units):
        return ()
    division = _Division(problem, schedule)
    booked: Booked = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for name, year, amount, unit in unit_terms(problem, schedule):
        _book(booked, problem, name, year, amount, division.of_unit(unit))
    for name, year, amount, one in flow_terms(problem, schedule):
        _book(booked, problem, name, year, amount, _payers(division, name, one))
    _levies(booked, division, accounts)
    metal: dict[str, dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))
    sites = {one.id: one.site for one in problem.markets}
    for sale in schedule.of("sale"):
        country = problem.country(sites[sale.name])
        for party, part in division.of_material(sale.detail, sale.year).items():
            for element in problem.materials[sale.detail].grades:
                t = 1e3 * sale.kt * problem.grade(sale.detail, element)
                metal[party][element, country] += part * t
    listed = dict.fromkeys(party for unit in problem.units for party in unit.owners)
    if NOBODY in booked or NOBODY in metal:
        listed[NOBODY] = None
    order = [name for name in accounts.terms if name not in NOT_CASH]
    return tuple(
        OwnerPart(
            party,
            problem.years,
            {name: dict(booked[party][name]) for name in order if name in booked[party]},
            dict(sorted(metal[party].items())),
        )
        for party in listed
    )


def _book(
    booked: Booked, problem: Problem, name: str, year: int, amount: float, parts: Parts
) -> None:
    if amount and year in problem.years:
        for party, part in parts.items():
            booked[party][name][year] += part * amount


def _payers(division: _Division, term: str, one: Amount) -> Parts:
    if term == "processing":
        return division.of_unit(one.name)
    if term == "purchases":
        supplies = {supply.id: supply.material for supply in division.problem.supplies}
        return division.of_taken(supplies[one.name], one.year)
    return division.of_material(one.detail, one.year)


def _levies(booked: Booked, division: _Division, accounts: Accounts) -> None:
    """Book what levies take, which the accounts know, by what each party has in their base."""
    problem, schedule = division.problem, division.schedule
    on_profit = [one for one in problem.levies if one.base is LevyBase.PROFIT_BEFORE_TAX]
    for levy in problem.levies:
        base: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        if levy not in on_profit:
            for one, amount in levy_base_parts(problem, schedule, levy):
                for party, part in division.of_material(one.detail, one.year).items():
                    base[one.year][party] += part * amount
            _book_levy(booked, problem, f"levy {levy.id}", accounts, base)
    aside = {"capital", *(f"levy {one.id}" for one in on_profit)}
    profit: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for party, terms in booked.items():
        for name, row in terms.items():
            for year, amount in row.items():
                profit[year][party] += 0.0 if name in aside else amount
    for levy in on_profit:
        base = defaultdict(lambda: defaultdict(float))
        base |= {year: defaultdict(float, parts) for year, parts in profit.items()}
        for year, amount, unit in wear_parts(problem, schedule, levy):
            for party, part in division.of_unit(unit).items():
                base[year][party] -= part * amount
        _book_levy(booked, problem, f"levy {levy.id}", accounts, base)


def _book_levy(
    booked: Booked,
    problem: Problem,
    name: str,
    accounts: Accounts,
    base: Mapping[int, Mapping[str, float]],
) -> None:
    for year, amount in accounts.terms.get(name, {}).items():
        above = {party: one for party, one in base.get(year, {}).items() if one > 0}
        total = sum(above.values())
        parts = {party: one / total for party, one in above.items()} or {NOBODY: 1.0}
        _book(booked, problem, name, year, amount, parts)


def owners_frame(parts: Iterable[OwnerPart]) -> pl.DataFrame:
    """Return one row for each owner and year with every term and its sum, in millions."""
    listed = list(parts)
    names = list(dict.fromkeys(name for one in listed for name in one.terms))
    rows = [
        {
            "party": one.party or None,
            "year": year,
            **{name: one.terms.get(name, {}).get(year, 0.0) for name in names},
            "net": net,
        }
        for one in listed
        for year, net in zip(one.years, one.net(), strict=True)
    ]
    schema = {"party": pl.String, "year": pl.Int64, **dict.fromkeys((*names, "net"), pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def owners_metal_frame(parts: Iterable[OwnerPart]) -> pl.DataFrame:
    """Return one row for each owner, element and country, in tonnes delivered."""
    rows = [
        (one.party or None, element, country, t)
        for one in parts
        for (element, country), t in one.delivered_t.items()
    ]
    schema = {"party": pl.String, "element": pl.String, "country": pl.String, "t": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
