"""The running of held builds where some of it can do less: closed sites and routes, bans, prices.

One model is written for the plan as it stands and solved again with other bounds. Two questions are
put to it. Re-planned: from a period on everything but the builds is decided anew, by the goals that
the plan was made for. As planned: nothing goes another way or at another time, so that no amount is
larger than it was; that only leaves out ways to help oneself, and so reaches no more of its first
goal than what is re-planned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from oreline.model import OrelineError
from oreline.plan import _coefficients as numbers
from oreline.plan._accounts import Accounts, Years, accounts_of, delivered_t, present_value
from oreline.plan._goal_order import GoalOrder
from oreline.plan._goals import Goal
from oreline.plan._highs import (
    SolverSettings,
    labels_of,
    load_program,
    program_of,
    set_options,
)
from oreline.plan._model import Held, build_model
from oreline.plan._optimise import AGREES, NPV, sought
from oreline.plan._plan import Plan
from oreline.plan._problem import Problem
from oreline.plan._schedule import Amount, Schedule, schedule_of
from oreline.plan._sets import Array

Parts = Mapping[tuple[str, ...], Mapping[int, float]]
"""What is left of something in a period, by its kind (unit, way, market or supply) and id.

A leg is ("leg", the way's id, the material): what a way carries of one material.
"""
DECIDED: Final = ("run", "flow", "sale", "buy", "drop", "stock", "short")
"""Variables that are decided period by period."""
VARIABLES: Final = {
    "unit": "run", "way": "flow", "leg": "flow", "market": "sale", "supply": "buy",
}  # fmt: skip
"""The variable that tells what each kind of thing does."""
LARGE: Final = 1e30
"""What the solver takes for no bound."""
RowOf = Callable[[int], tuple[int, float]]
"""The row that limits a thing in the period of a place, and what it could do whole."""


@dataclass(frozen=True, slots=True)
class Running:
    """What runs while builds are held: amounts and cash by period.

    ``let_go`` says that deliveries which a market must have could not be kept.
    """

    problem: Problem
    schedule: Schedule
    accounts: Accounts
    let_go: bool = False

    @property
    def npv(self) -> float:
        """Return the net present value, in millions."""
        return present_value(self.problem, self.accounts.net())

    @property
    def operating(self) -> float:
        """Return the present value of the cash flow before capital, in millions."""
        spent = self.accounts.terms.get("capital", {})
        capital = tuple(spent.get(period, 0.0) for period in self.problem.years)
        return self.npv - present_value(self.problem, capital)

    def delivered(self, element: str, country: str) -> Years:
        """Return the tonnes of an element delivered to a country, by period."""
        return delivered_t(self.problem, self.schedule, element, country)

    def countries(self) -> tuple[str, ...]:
        """Return the countries of the markets that the plan can sell to."""
        return tuple(sorted({self.problem.country(one.site) for one in self.problem.markets}))


class LimitedRuns:
    """The model of a problem with builds held, solved for the plan and for what is limited.

    Parameters
    ----------
    problem
        What is planned, in years or quarters.
    builds
        The builds that are held, by the places of options and periods.
    planned
        What was planned where this problem is of another state of the world, such as other prices:
        the values that periods before an event keep, and above which nothing goes as planned.
    settings
        How linear programmes are solved.
    goals
        What the plan was made for, the most important first; net present value comes last.

    Raises
    ------
    OrelineError
        If the held builds cannot meet the plan's own limits.
    """

    def __init__(
        self,
        problem: Problem,
        builds: Held,
        planned: Array | None = None,
        settings: SolverSettings | None = None,
        goals: Sequence[Goal] = (),
    ) -> None:
        self.problem = problem
        self.made = build_model(problem, fixed=builds)
        self.constant = sought(self.made, NPV)
        self.program = program_of(self.made.model)
        self.highs = load_program(self.program)
        set_options(self.highs, settings or SolverSettings())
        self.columns = _positions(self.made.model.variables.label_index.vlabels)
        self.rows = _positions(self.made.model.constraints.label_index.clabels)
        self.installed = _installed(self.made, builds)
        self.row_bounds = self.program.row_lower.copy(), self.program.row_upper.copy()
        self.order = GoalOrder(self.made, self.highs, self.columns, goals)
        self.planned = self._planned() if planned is None else planned

    def _planned(self) -> Array:
        values = self.order.best()
        if values is None:
            raise OrelineError("the held builds of the plan do not meet its own limits")
        return values

    def as_planned(self) -> Running:
        """Return what runs where nothing happens."""
        one = self.program
        self._give(one.lower, one.upper, one.row_lower, one.row_upper)
        return self._running(self._planned(), let_go=False)

    def run(self, parts: Parts, since: int, *, replanned: bool) -> Running:
        """Return what runs where only parts are left of some things.

        Parameters
        ----------
        parts
            What is left in each period; what is not named can do what it could.
        since
            The period from which on things are known: before it all is as planned.
        replanned
            Whether what is not limited may take another way or another time.

        Raises
        ------
        OrelineError
            If nothing runs within the limits, even where no delivery is required.
        """
        lower, upper, row_lower, row_upper = self._bounds(parts, since, replanned=replanned)
        self._give(lower, upper, row_lower, row_upper)
        values = self.order.best()
        let_go = values is None
        if values is None:
            for row in self._required(since):
                row_lower[row] = -LARGE
            self._give(lower, upper, row_lower, row_upper)
            values = self.order.best()
        if values is None:
            raise OrelineError("nothing runs within these limits: a stock may have no room")
        return self._running(values, let_go=let_go)

    def _bounds(
        self, parts: Parts, since: int, *, replanned: bool
    ) -> tuple[Array, Array, Array, Array]:
        lower, upper = self.program.lower.copy(), self.program.upper.copy()
        row_lower, row_upper = self.program.row_lower.copy(), self.program.row_upper.copy()
        first = self.problem.years.index(since)
        for name in DECIDED:
            if not self.made.has(name):
                continue
            columns = self._of(name)
            before, after = columns[:, :first].ravel(), columns[:, first:].ravel()
            lower[before] = upper[before] = self.planned[before]
            if not replanned and name not in ("drop", "short"):
                upper[after] = np.minimum(upper[after], self.planned[after])
        for key, left in parts.items():
            items, row_of = self._limited(key)
            for period, part in left.items():
                place = self.problem.years.index(period)
                if not items or place < first:
                    continue
                columns = self._of(VARIABLES[key[0]])[items, place]
                if part <= 0.0 or not replanned or row_of is None:
                    # What states no capacity can do what was planned: a part of that is left.
                    upper[columns] = np.minimum(upper[columns], part * self.planned[columns])
                else:
                    row, whole = row_of(place)
                    row_upper[row] -= (1.0 - part) * whole
        return lower, upper, row_lower, row_upper

    def _limited(self, key: tuple[str, ...]) -> tuple[list[int], RowOf | None]:
        """Return the items of a thing, and how to find the row that limits them together.

        The row is None where nothing states what the thing can do.
        """
        sets, problem = self.made.sets, self.problem
        kind, name = key[:2]
        if kind == "unit":
            number = next(at for at, one in enumerate(problem.units) if one.id == name)
            items = [item for item, (unit, _) in enumerate(sets.runs) if unit == number]
            standing = problem.units[number].standing is not None
            rows, axis = "standing capacity" if standing else "capacity", "unit"
            stated = number in self.installed
        elif kind in ("way", "leg"):
            number = next(at for at, one in enumerate(problem.ways) if one.id == name)
            wanted = key[2:] or problem.ways[number].materials
            items = [
                item for item, (way, material) in enumerate(sets.legs)
                if way == number and material in wanted
            ]  # fmt: skip
            rows, axis = "route", "way"
            stated = kind == "way" and problem.ways[number].capacity is not None
        elif kind == "market":
            number = next(at for at, one in enumerate(problem.markets) if one.id == name)
            items = [item for item, (market, _) in enumerate(sets.sales) if market == number]
            rows, axis = "most sold", "market"
            stated = problem.markets[number].most is not None
        else:
            number = next(at for at, one in enumerate(problem.supplies) if one.id == name)
            items = [item for item, buy in enumerate(sets.buys) if buy == number]
            rows, axis, stated = "", "", False

        def row_of(place: int) -> tuple[int, float]:
            row = self._row(self.made.model.constraints[rows], axis, number, place)
            whole = self.installed[number][place] if kind == "unit" else None
            return row, float(self.program.row_upper[row] if whole is None else whole)

        return items, row_of if stated and items else None

    def _row(self, rows: Any, axis: str, number: int, place: int) -> int:
        label = int(rows.labels.sel({axis: number}).isel(year=place))
        return int(self.rows[label])

    def _required(self, since: int) -> list[int]:
        first = self.problem.years.index(since)
        constraints = self.made.model.constraints
        if "least sold" not in constraints:
            return []
        labels = constraints["least sold"].labels.transpose(..., "year").values[..., first:]
        return [int(self.rows[label]) for label in labels.ravel()]

    def _of(self, name: str) -> NDArray[np.int64]:
        return np.asarray(self.columns[labels_of(self.made.variable(name))], np.int64)

    def _give(self, lower: Array, upper: Array, row_lower: Array, row_upper: Array) -> None:
        columns = np.arange(lower.size, dtype=np.int32)
        self.highs.changeColsBounds(columns.size, columns, lower, upper)
        now_lower, now_upper = self.row_bounds
        changed = np.flatnonzero((now_lower != row_lower) | (now_upper != row_upper))
        for row in changed.tolist():
            self.highs.changeRowBounds(row, float(row_lower[row]), float(row_upper[row]))
        self.row_bounds = row_lower.copy(), row_upper.copy()

    def _running(self, values: Array, *, let_go: bool) -> Running:
        by_name = {
            name: values[self.columns[labels_of(one)]]
            for name, one in self.made.model.variables.items()
        }
        schedule = schedule_of(self.made.sets, by_name)
        accounts = accounts_of(self.problem, schedule)
        reckoned = present_value(self.problem, accounts.net(with_shortfall=True))
        told = float(self.program.cost @ values) + self.constant
        size = max(1.0, sum(abs(one) for row in accounts.terms.values() for one in row.values()))
        if abs(reckoned - told) > AGREES * size:
            raise OrelineError(
                f"the tables of what runs are worth {reckoned:.9g}, the model {told:.9g}: this is "
                "a defect of oreline"
            )
        return Running(self.problem, schedule, accounts, let_go)


def _positions(labels: Any) -> NDArray[np.int64]:
    found = np.full(int(labels.max()) + 2, -1, np.int64)
    found[labels] = np.arange(labels.size)
    return found


def _installed(made: Any, builds: Held) -> dict[int, Array]:
    """Return the capacity of each unit that is held or stands, by period."""
    sets, problem = made.sets, made.problem
    found = {
        number: numbers.standing_capacity(unit, problem.years)
        for number, unit in enumerate(problem.units)
        if unit.standing is not None
    }
    if sets.options:
        running = numbers.capacity_running(sets)
        for (option, begun), part in builds.items():
            number = sets.options[option][0]
            found[number] = found.get(number, 0.0) + part * running[option, begun]
    return found


def in_years(running: Running, annual: Plan, scenario: str, digest: str) -> Plan:
    """Return what runs in periods as a plan in years, with the builds of another.

    Amounts of a year are summed; what is in stock is that of its end. ``digest`` is the SHA-256 of
    all that it was made of. It is no best plan of anything: no goal was reached and no limit is
    worth anything, so it has neither.
    """
    periods = running.problem.terms.periods
    found: dict[tuple[str, str, str, int], float] = {}
    for one in running.schedule.amounts:
        year, last = divmod(one.year, periods)
        if one.kind == "stock" and last != periods - 1:
            continue
        key = (one.kind, one.name, one.detail, year)
        found[key] = found.get(key, 0.0) + one.kt
    amounts = tuple(Amount(*key, kt) for key, kt in found.items())
    schedule = Schedule(annual.schedule.built, amounts)
    certificate = replace(
        annual.certificate,
        status="builds held, the running limited by events",
        value=running.npv,
        bound=running.npv,
        gap=0.0,
        input_sha256=digest,
    )
    accounts = accounts_of(annual.problem, schedule)
    return Plan(annual.problem, scenario, (), schedule, accounts, certificate, (), ())
