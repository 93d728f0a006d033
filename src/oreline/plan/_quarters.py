"""A plan in quarters: its builds are held, and what runs is planned in periods of three months.

Whole-numbered choices are provable in years and not in quarters; once they are made, quarters are a
linear programme. A period is numbered by quarters, 4 x year + 0 to 3, where a problem in years has
its year: everything else of a problem and of its model stays what it is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oreline.design import Parameter
from oreline.model import InputError, OrderedMap, OrelineError, one_by_one
from oreline.plan._file_numbers import Change
from oreline.plan._file_text import PlanText
from oreline.plan._highs import (
    NoPlanError,
    SolverSettings,
    load_program,
    program_of,
    search,
    solved_of,
)
from oreline.plan._model import Held, build_model
from oreline.plan._optimise import NPV, checked_plan, fixed_builds, sought
from oreline.plan._plan import Plan
from oreline.plan._problem import Problem, Size, Supply, Unit
from oreline.plan._ranges import usable

if TYPE_CHECKING:
    import highspy

QUARTERS: Final = 4


def in_quarters(problem: Problem) -> Problem:
    """Return a problem whose periods are quarters.

    What is told by year is a quarter of it in each quarter: capacities, fixed costs, deliveries,
    draws. The rate is that of a quarter, compounded; costs grow with the year, as prices do. Flows
    count at the end or in the middle of their quarter; levies are taken by quarter; a build begins
    with its year.
    """
    terms = problem.terms
    rate = float((1.0 + terms.rate.value) ** (1 / QUARTERS) - 1.0)
    return replace(
        problem,
        years=tuple(QUARTERS * year + at for year in problem.years for at in range(QUARTERS)),
        terms=replace(
            terms,
            rate=replace(terms.rate, value=rate, low=None, high=None),
            periods=QUARTERS,
        ),
        resources=tuple(replace(one, per_year=_quarter(one.per_year)) for one in problem.resources),
        supplies=tuple(_supply(one) for one in problem.supplies),
        prices={
            name: replace(one, values=_each(one.values)) for name, one in problem.prices.items()
        },
        units=tuple(_unit(one) for one in problem.units),
        ways=tuple(
            replace(one, capacity=_quarter(one.capacity), availability=_each(one.availability))
            for one in problem.ways
        ),
        markets=tuple(
            replace(one, least=_quarters(one.least), most=_quarters(one.most))
            for one in problem.markets
        ),
        phases=tuple(
            replace(
                one,
                first_year=None if one.first_year is None else QUARTERS * one.first_year,
                last_year=None if one.last_year is None else _last(one.last_year),
            )
            for one in problem.phases
        ),
        budgets=tuple(replace(one, last_year=_last(one.last_year)) for one in problem.budgets),
        levies=tuple(
            replace(one, depreciation_years=QUARTERS * one.depreciation_years)
            for one in problem.levies
        ),
    )


def quarter_name(period: int) -> str:
    """Return what people call a period.

    >>> quarter_name(4 * 2028 + 2)
    '2028 Q3'
    """
    return f"{period // QUARTERS} Q{period % QUARTERS + 1}"


def _last(year: int) -> int:
    return QUARTERS * year + QUARTERS - 1


def _quarter(number: Parameter | None) -> Parameter | None:
    if number is None:
        return None
    return replace(number, value=number.value / QUARTERS, low=None, high=None)


def _each(numbers: Sequence[Parameter]) -> tuple[Parameter, ...]:
    return tuple(one for one in numbers for _ in range(QUARTERS))


def _quarters(numbers: Sequence[Parameter] | None) -> tuple[Parameter, ...] | None:
    if numbers is None:
        return None
    return tuple(part for one in _each(numbers) if (part := _quarter(one)) is not None)


def _supply(one: Supply) -> Supply:
    return replace(one, price=_each(one.price), most=_quarters(one.most) or ())


def _size(one: Size) -> Size:
    capacity = replace(one.capacity, value=one.capacity.value / QUARTERS, low=None, high=None)
    return replace(one, capacity=capacity, fixed_cost=_quarter(one.fixed_cost))


def _unit(one: Unit) -> Unit:
    return replace(
        one,
        sizes=tuple(_size(size) for size in one.sizes),
        earliest=QUARTERS * one.earliest,
        latest=QUARTERS * one.latest,
        standing=None if one.standing is None else QUARTERS * one.standing,
        lead_years=QUARTERS * one.lead_years,
        life_years=QUARTERS * one.life_years,
        ramp_up=_each(one.ramp_up),
        spend=tuple(part / QUARTERS for part in one.spend for _ in range(QUARTERS)),
        availability=_each(one.availability),
    )


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The running of a plan in one state of the world; ``seconds`` is what its solve took.

    ``plan`` is None where the held builds cannot meet all limits.
    """

    scenario: str
    plan: Plan | None
    seconds: float


@dataclass(frozen=True, slots=True)
class QuarterPlan:
    """A plan in years, its running in quarters, and what becomes of it in other states."""

    annual: Plan
    plan: Plan
    what_ifs: tuple[WhatIf, ...]

    def cash_frame(self) -> pl.DataFrame:
        """Return one row a quarter with every term of the cash flow and its sum, in millions."""
        return _named(self.plan.cash_frame())

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each amount and quarter, in kt."""
        return _named(self.plan.amounts_frame())

    def what_ifs_frame(self) -> pl.DataFrame:
        """Return one row for each state of the world."""
        base = self.plan.npv
        rows = [
            (
                one.scenario,
                None if one.plan is None else one.plan.npv,
                None if one.plan is None else one.plan.npv - base,
            )
            for one in self.what_ifs
        ]
        columns = {"scenario": pl.String, "npv_m": pl.Float64, "change_m": pl.Float64}
        return pl.DataFrame(rows, schema=columns, orient="row")

    def frames(self) -> Mapping[str, pl.DataFrame]:
        """Return all tables by name, for a workbook."""
        return {
            "builds": self.annual.builds_frame(),
            "cash flow": self.cash_frame(),
            "amounts": self.to_frame(),
            "what if": self.what_ifs_frame(),
        }

    def to_json(self) -> dict[str, Any]:
        """Return both plans and the other states as plain values."""
        terms = self.annual.problem.terms
        return {
            "name": self.annual.problem.name,
            "currency": self.annual.problem.currency,
            "conventions": {
                "rate_per_year": terms.rate.value,
                "rate_per_quarter": self.plan.problem.terms.rate.value,
                "timing": f"{terms.timing} of each quarter",
                "levies": "by quarter",
                "valued_at": f"beginning of {self.annual.problem.years[0]}",
                "tax": terms.tax,
                "money": terms.money,
            },
            "annual": {
                "npv_m": self.annual.npv,
                "builds": self.annual.builds_frame().to_dicts(),
                "certificate": self.annual.certificate.to_json(),
            },
            "quarterly": {
                "npv_m": self.plan.npv,
                "cash_flow": self.cash_frame().to_dicts(),
                "amounts": self.to_frame().to_dicts(),
                "certificate": self.plan.certificate.to_json(),
            },
            "what_if": self.what_ifs_frame().to_dicts(),
            "basis": "derived",
        }


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.col("year").map_elements(quarter_name, return_dtype=pl.String)
    ).rename({"year": "quarter"})


@dataclass(frozen=True, slots=True)
class Start:
    """Where a solve ended, for others to begin from: how each column and row stands in its basis.

    Plain numbers, so that it can go to another process.
    """

    columns: NDArray[np.int8]
    rows: NDArray[np.int8]

    @classmethod
    def of(cls, highs: highspy.Highs) -> Start:
        """Return where a solver has ended."""
        basis = highs.getBasis()
        return cls(_statuses(basis.col_status), _statuses(basis.row_status))

    def put(self, highs: highspy.Highs) -> None:
        """Have a solver begin here, if its model has as many columns and rows."""
        import highspy

        lp = highs.getLp()
        if (lp.num_col_, lp.num_row_) != (self.columns.size, self.rows.size):
            return
        basis = highspy.HighsBasis()
        basis.col_status = [highspy.HighsBasisStatus(one) for one in self.columns.tolist()]
        basis.row_status = [highspy.HighsBasisStatus(one) for one in self.rows.tolist()]
        basis.valid = True
        highs.setBasis(basis)


def _statuses(given: Sequence[highspy.HighsBasisStatus]) -> NDArray[np.int8]:
    return np.array([int(one) for one in given], np.int8)


def held_running(
    problem: Problem,
    builds: Held,
    scenario: str,
    settings: SolverSettings,
    start: Start | None = None,
) -> tuple[WhatIf, Start | None]:
    """Return the best running of a problem with builds held, and where its solve ended."""
    made = build_model(problem, fixed=builds)
    constant = sought(made, NPV)
    highs = load_program(program_of(made.model))
    if start is not None:
        start.put(highs)
    began = time.perf_counter()
    try:
        certificate = search(highs, settings, problem.digest, began, constant=constant)
    except NoPlanError:
        return WhatIf(scenario, None, time.perf_counter() - began), None
    solved = solved_of(made.model, highs, certificate)
    goals = ((NPV.name, certificate.value, NPV.unit(problem.currency)),)
    plan = checked_plan(made, solved, goals, scenario, ())
    return WhatIf(scenario, plan, certificate.seconds), Start.of(highs)


def quarter_plan(
    text: PlanText,
    annual: Plan,
    scenarios: Sequence[str] = (),
    *,
    changes: Sequence[Change] = (),
    settings: SolverSettings | None = None,
    each: OrderedMap = one_by_one,
) -> QuarterPlan:
    """Return the running of a plan in quarters, and in other states of the world.

    Parameters
    ----------
    text
        What the plan was made of.
    annual
        The plan in years; its builds are held.
    scenarios
        States of the file in which it is run too. Each solve begins where that of the plan's own
        state ended: prices, grades, capacities and demands may differ, what flows where does not.
    changes
        The state of the world of the plan.
    settings
        How the linear programmes are solved.
    each
        Maps over the scenarios.

    Raises
    ------
    InputError
        If there is no such scenario, or a state cannot be used.
    OrelineError
        If what runs in years does not run in quarters.
    """
    settings = settings or SolverSettings()
    base = usable(text, changes)
    held = {
        (option, QUARTERS * place): part
        for (option, place), part in fixed_builds(annual, base).items()
    }
    states = [(name, (*changes, *text.scenario(name))) for name in scenarios]
    first, start = held_running(in_quarters(base), held, "", settings)
    if first.plan is None:
        raise InputError(
            "the builds of the plan cannot meet all limits in quarters: a stock may be too small, "
            "or a delivery due before its unit runs"
        )
    if annual.certificate.is_stopped and not annual.schedule.built:
        raise OrelineError("the search for the builds ended before any were found")
    found = each(partial(_what_if, text, held, settings, start), states)
    return QuarterPlan(annual, first.plan, tuple(found))


def _what_if(
    text: PlanText,
    held: Held,
    settings: SolverSettings,
    start: Start | None,
    state: tuple[str, Sequence[Change]],
) -> WhatIf:
    name, changes = state
    return held_running(in_quarters(usable(text, changes)), held, name, settings, start)[0]
