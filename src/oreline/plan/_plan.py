"""A plan: what is decided, what it earns and delivers, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.model import Finding
from oreline.plan._accounts import (
    Accounts,
    ElementBalance,
    delivered_t,
    element_balances,
    present_value,
)
from oreline.plan._cash_flow import (
    CashFlow,
    PresentValue,
    RateOfReturn,
    net_present_value,
    rates_of_return,
)
from oreline.plan._coefficients import decimals
from oreline.plan._highs import Certificate
from oreline.plan._owners import OwnerPart, owner_parts, owners_frame, owners_metal_frame
from oreline.plan._problem import Problem
from oreline.plan._returns import modified_rate_of_return, payback_periods
from oreline.plan._schedule import Schedule, capital_of


@dataclass(frozen=True, slots=True)
class Worth:
    """What a limit's last bit is worth while the builds stay: of which limit, when, how much."""

    limit: str
    of: str
    year: int | None
    worth: float
    unit: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of a problem, with its certificate; it is never shown without.

    ``goals`` are what it was made for, in order, with the value reached; ``scenario`` the state of
    the world, empty for the file as it stands.
    """

    problem: Problem
    scenario: str
    goals: tuple[tuple[str, float, str], ...]
    schedule: Schedule
    accounts: Accounts
    certificate: Certificate
    worths: tuple[Worth, ...]
    findings: tuple[Finding, ...]

    @property
    def cash_flow(self) -> CashFlow:
        """Return the net cash flow in millions, its first flow a period from today."""
        amounts = decimals(self.accounts.net())
        return CashFlow(amounts, f"{self.problem.currency} m", 1)

    @property
    def npv(self) -> float:
        """Return the net present value of the cash flow, in millions."""
        return present_value(self.problem, self.accounts.net())

    def value(self) -> PresentValue:
        """Return the net present value with its conventions."""
        terms = self.problem.terms
        return net_present_value(decimals((terms.rate.value,))[0], self.cash_flow, terms.timing)

    def returns(self) -> RateOfReturn:
        """Return every internal rate of return of the cash flow."""
        return rates_of_return(self.cash_flow)

    def balances(self) -> tuple[ElementBalance, ...]:
        """Return the balance of each element."""
        return element_balances(self.problem, self.schedule)

    def delivered(self, element: str, country: str) -> float:
        """Return the tonnes of an element delivered to a country in all years."""
        return sum(delivered_t(self.problem, self.schedule, element, country).values())

    def retained(self) -> float | None:
        """Return what stays in the country that the plan names, undiscounted, in millions.

        Levies paid to it, its part of what is spent at its sites, and its part of the net cash
        flow. None where the plan does not say.
        """
        parts = self.retained_parts()
        return None if parts is None else sum(parts.values())

    def retained_parts(self) -> dict[str, float] | None:
        """Return the parts of what stays in a country: levies, local spending, the owners' share.

        None where the plan does not say.
        """
        told = self.problem.retained
        if told is None:
            return None
        levies = -sum(
            self.accounts.total(name)
            for name, country in self.accounts.levied.items()
            if country == told.country
        )
        spent = -sum(amount for _, country, amount in spent_at(self) if country == told.country)
        return {
            "levies": levies,
            "local spending": told.local_share.value * spent,
            "owners' share": told.owned_share.value * sum(self.accounts.net()),
        }

    def owners(self) -> tuple[OwnerPart, ...]:
        """Return each owner's part of money and metal; none where the plan names no owner."""
        return owner_parts(self.problem, self.schedule, self.accounts)

    def capital(self, end: str = "value") -> float:
        """Return the capital of all that is built; ``end`` is value, low or high."""
        return sum(capital_of(self.problem, self.schedule, end).values())

    def estimate_class(self) -> int | None:
        """Return the coarsest class of estimate among what is built, None if nothing is."""
        units = {one.id: one for one in self.problem.units}
        classes = [units[one.unit].estimate_class for one in self.schedule.built]
        return max(classes, default=None)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        returns = self.returns()
        rate = decimals((self.problem.terms.rate.value,))[0]
        modified = modified_rate_of_return(self.cash_flow, rate, rate)
        paid_back = payback_periods(self.cash_flow)
        return {
            "name": self.problem.name,
            "scenario": self.scenario,
            "currency": self.problem.currency,
            "conventions": conventions(self.problem),
            "goals": [
                {"goal": goal, "value": value, "unit": unit} for goal, value, unit in self.goals
            ],
            "npv_m": self.npv,
            "irr": returns.to_json(),
            "mirr_per_year": None if modified is None else f"{modified:.12f}",
            "payback_years": None if paid_back is None else f"{paid_back:.4f}",
            "payback_counts_from": "the beginning of the first year; the last crossing counts",
            "capital_m": {end: self.capital(end) for end in ("low", "value", "high")},
            "estimate_class": self.estimate_class(),
            "retained_m": self.retained(),
            "owners": [one.to_json(self.problem) for one in self.owners()],
            "builds": self.builds_frame().to_dicts(),
            "cash_flow": self.cash_frame().to_dicts(),
            "amounts": self.amounts_frame().to_dicts(),
            "elements": self.elements_frame().to_dicts(),
            "worths": self.worths_frame().to_dicts(),
            "certificate": self.certificate.to_json(),
            "basis": "derived",
            "findings": [finding.to_json() for finding in self.findings],
        }

    def builds_frame(self) -> pl.DataFrame:
        """Return one row for each unit that is built."""
        units = {one.id: one for one in self.problem.units}
        rows = []
        for built in self.schedule.built:
            unit = units[built.unit]
            size = unit.step(built.size, built.part)
            rows.append(
                {
                    "unit": unit.id,
                    "name": unit.name,
                    "site": unit.site,
                    "phase": unit.phase,
                    "size": size.id,
                    "begun": built.begun,
                    "runs_from": built.runs_from,
                    "closes": built.closes,
                    "capacity_kt_per_y": size.capacity.value,
                    "part_of_range": built.part if size.span else None,
                    "capital_m": size.capital.value,
                    "capital_low_m": size.capital.low_or_value,
                    "capital_high_m": size.capital.high_or_value,
                    "estimate_class": unit.estimate_class,
                    "basis": str(size.capital.basis),
                    "source": size.capital.source,
                }
            )
        return pl.DataFrame(rows, schema=BUILDS, orient="row")

    def cash_frame(self) -> pl.DataFrame:
        """Return one row a year with every term of the cash flow and its sum, in millions."""
        columns: dict[str, Any] = {"year": list(self.problem.years)}
        for name, row in self.accounts.terms.items():
            columns[name] = [row.get(year, 0.0) for year in self.problem.years]
        columns["net"] = list(self.accounts.net())
        return pl.DataFrame(columns)

    def to_frame(self) -> pl.DataFrame:
        """Return the yearly amounts, the plan's longest table."""
        return self.amounts_frame()

    def amounts_frame(self) -> pl.DataFrame:
        """Return one row for each yearly amount, in kt."""
        rows = [(one.kind, one.name, one.detail, one.year, one.kt) for one in self.schedule.amounts]
        return pl.DataFrame(rows, schema=AMOUNTS, orient="row")

    def elements_frame(self) -> pl.DataFrame:
        """Return the balance of each element, in tonnes."""
        rows = [
            (
                one.element,
                one.drawn_t,
                one.bought_t,
                one.delivered_t,
                one.discarded_t,
                one.lost_t,
                one.in_stock_t,
            )
            for one in self.balances()
        ]
        return pl.DataFrame(rows, schema=ELEMENTS, orient="row")

    def worths_frame(self) -> pl.DataFrame:
        """Return what a bit more of each binding limit is worth, builds held."""
        rows = [(one.limit, one.of, one.year, one.worth, one.unit) for one in self.worths]
        return pl.DataFrame(rows, schema=WORTHS, orient="row")

    def frames(self) -> Mapping[str, pl.DataFrame]:
        """Return all tables by name, for a workbook."""
        tables = {
            "builds": self.builds_frame(),
            "cash flow": self.cash_frame(),
            "amounts": self.amounts_frame(),
            "elements": self.elements_frame(),
            "worth of limits": self.worths_frame(),
        }
        if parts := self.owners():
            tables["owners"] = owners_frame(parts)
            tables["metal of owners"] = owners_metal_frame(parts)
        return tables


BUILDS: dict[str, Any] = {
    "unit": pl.String,
    "name": pl.String,
    "site": pl.String,
    "phase": pl.String,
    "size": pl.String,
    "begun": pl.Int64,
    "runs_from": pl.Int64,
    "closes": pl.Int64,
    "capacity_kt_per_y": pl.Float64,
    "part_of_range": pl.Float64,
    "capital_m": pl.Float64,
    "capital_low_m": pl.Float64,
    "capital_high_m": pl.Float64,
    "estimate_class": pl.Int64,
    "basis": pl.String,
    "source": pl.String,
}
AMOUNTS: dict[str, Any] = {
    "kind": pl.String,
    "name": pl.String,
    "detail": pl.String,
    "year": pl.Int64,
    "kt": pl.Float64,
}
ELEMENTS: dict[str, Any] = {
    "element": pl.String,
    "drawn_t": pl.Float64,
    "bought_t": pl.Float64,
    "delivered_t": pl.Float64,
    "discarded_t": pl.Float64,
    "lost_t": pl.Float64,
    "in_stock_t": pl.Float64,
}
WORTHS: dict[str, Any] = {
    "limit": pl.String,
    "of": pl.String,
    "year": pl.Int64,
    "worth": pl.Float64,
    "unit": pl.String,
}


def conventions(problem: Problem) -> dict[str, Any]:
    """Return what the values of a plan mean."""
    terms = problem.terms
    return {
        "rate_per_year": terms.rate.value,
        "timing": str(terms.timing),
        "valued_at": f"beginning of {problem.years[0]}",
        "money": terms.money,
        "money_year": terms.money_year,
        "inflation_per_year": terms.inflation,
        "tax": terms.tax,
        "levered": False,
        "after_last_year": "closed" if terms.closed_at_end else "left open",
        "first_year": problem.years[0],
        "last_year": problem.years[-1],
    }


def spent_at(plan: Plan) -> list[tuple[str, str, float]]:
    """Return what is spent by units: the term, the country of their site, the amount."""
    from oreline.plan._accounts import accounts_of

    problem = plan.problem
    found = []
    for country in sorted({problem.country(unit.site) for unit in problem.units}):
        inside = {one.id for one in problem.units if problem.country(one.site) == country}
        built = tuple(one for one in plan.schedule.built if one.unit in inside)
        runs = tuple(
            one for one in plan.schedule.amounts if one.kind == "run" and one.name in inside
        )
        part = accounts_of(problem, Schedule(built, runs))
        spent = ("capital", "fixed costs", "closure", "processing")
        found += [(name, country, part.total(name)) for name in spent]
    return found


def numbers_frame(problem: Problem | None) -> pl.DataFrame:
    """Return one row for each number that a problem rests on, with its range, basis and source."""
    rows = [
        (
            key,
            one.value,
            one.low,
            one.high,
            one.unit,
            str(one.basis),
            one.source,
            one.note,
        )
        for key, one in sorted(({} if problem is None else problem.numbers).items())
    ]
    return pl.DataFrame(rows, schema=NUMBERS, orient="row")


NUMBERS: dict[str, Any] = {
    "number": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "unit": pl.String,
    "basis": pl.String,
    "source": pl.String,
    "note": pl.String,
}
