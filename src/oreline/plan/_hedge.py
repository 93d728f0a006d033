"""A plan for several states of the world: what is built is decided before it is known which comes.

What is mined, treated, carried and sold follows the state. Beside the plan stands what it gains
over one for mean numbers (the value of the stochastic solution), and what it would be worth to know
the state beforehand (the expected value of perfect information; Birge and Louveaux 2011).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl

from oreline.model import Finding, OrderedMap, OrelineError, one_by_one
from oreline.plan._accounts import present_value
from oreline.plan._explain import InfeasibleError
from oreline.plan._file_numbers import Change
from oreline.plan._file_text import PlanText
from oreline.plan._hedge_model import Joint, StateModel, builds_of, joint_program
from oreline.plan._highs import (
    Certificate,
    NoPlanError,
    SolverSettings,
    Watch,
    load_program,
    search,
)
from oreline.plan._optimise import NPV, make_plan
from oreline.plan._plan import Plan, conventions
from oreline.plan._risk import Risk, expected_value, value_at_risk
from oreline.plan._schedule import Schedule
from oreline.plan._states import State, expected_changes, states_of

ROBUST: Final = 0.8
"""A unit belongs to the robust core if it is built in states of this probability or more."""
AGREES: Final = 1e-5


@dataclass(frozen=True, slots=True)
class StateResult:
    """What becomes of the plan in one state, and what would be planned if one knew it.

    Values are net present values less penalties for what lacks, in millions: what plans are made
    for. ``by_means`` is the value of the plan for mean numbers, None where it cannot be kept.
    """

    state: State
    plan: Plan
    knowing: Plan
    by_means: float | None

    @property
    def value(self) -> float:
        """Return the value of the common plan in this state."""
        return _value_of(self.plan)

    @property
    def value_knowing(self) -> float:
        """Return the value of the best plan for this state alone."""
        return _value_of(self.knowing)

    @property
    def regret(self) -> float:
        """Return what not knowing costs in this state."""
        return self.value_knowing - self.value


@dataclass(frozen=True, slots=True)
class Hedge:
    """A plan whose builds are one for all states of the world.

    ``goal`` and the two values of knowing count what is sought: the expected value and that of the
    worst states by their weights. ``means`` says why the value of the stochastic solution is None.
    """

    results: tuple[StateResult, ...]
    risk: Risk
    certificate: Certificate
    built_by_means: Schedule | None
    means: str

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Return the probability of each state."""
        return tuple(one.state.probability for one in self.results)

    @property
    def expected(self) -> float:
        """Return the expected value."""
        return expected_value([one.value for one in self.results], self.probabilities)

    @property
    def at_risk(self) -> float:
        """Return the mean value of the worst states."""
        values = [one.value for one in self.results]
        return value_at_risk(values, self.probabilities, self.risk.alpha)

    @property
    def goal(self) -> float:
        """Return what the plan is made for."""
        return self.risk.goal([one.value for one in self.results], self.probabilities)

    @property
    def of_means(self) -> float | None:
        """Return the goal's value of the plan for mean numbers, None where it cannot be kept."""
        values = [one.by_means for one in self.results]
        known = [one for one in values if one is not None]
        if len(known) < len(values):
            return None
        return self.risk.goal(known, self.probabilities)

    @property
    def gain_over_means(self) -> float | None:
        """Return the value of the stochastic solution."""
        return None if self.of_means is None else self.goal - self.of_means

    @property
    def worth_of_knowing(self) -> float:
        """Return the expected value of perfect information."""
        knowing = [one.value_knowing for one in self.results]
        return self.risk.goal(knowing, self.probabilities) - self.goal

    def builds_frame(self) -> pl.DataFrame:
        """Return one row for each unit that is built in common or in a state that is known.

        ``known_in`` is the probability of the states for which alone it would be built;
        ``is_robust`` says whether that is most of it.
        """
        common = {one.unit: one for one in self.results[0].plan.schedule.built}
        known: dict[str, float] = dict.fromkeys(common, 0.0)
        for result in self.results:
            for one in result.knowing.schedule.built:
                known[one.unit] = known.get(one.unit, 0.0) + result.state.probability
        means = set()
        if self.built_by_means is not None:
            means = {one.unit for one in self.built_by_means.built}
        rows = [
            (
                unit,
                common[unit].size if unit in common else None,
                common[unit].begun if unit in common else None,
                unit in means,
                part,
                part >= ROBUST,
            )
            for unit, part in sorted(
                known.items(),
                key=lambda item: (common[item[0]].begun if item[0] in common else 9999, item[0]),
            )
        ]
        return pl.DataFrame(rows, schema=HEDGE_BUILDS, orient="row")

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each state."""
        rows = [
            (
                one.state.id,
                one.state.name,
                one.state.probability,
                one.value,
                one.plan.npv,
                one.value_knowing,
                one.regret,
                one.by_means,
            )
            for one in self.results
        ]
        return pl.DataFrame(rows, schema=HEDGE_STATES, orient="row")

    def frames(self) -> Mapping[str, pl.DataFrame]:
        """Return all tables by name, for a workbook."""
        cash = [
            one.plan.cash_frame()
            .select("year", "net")
            .with_columns(pl.lit(one.state.id).alias("state"))
            for one in self.results
        ]
        return {
            "states": self.to_frame(),
            "builds": self.builds_frame(),
            "cash flow": pl.concat(cash),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the plan, its states and what knowing is worth, as plain values."""
        problem = self.results[0].plan.problem
        return {
            "name": problem.name,
            "currency": problem.currency,
            "conventions": conventions(problem),
            "risk": {"weight": self.risk.weight, "alpha": self.risk.alpha},
            "goal_m": self.goal,
            "expected_m": self.expected,
            "at_risk_m": self.at_risk,
            "value_of_stochastic_solution_m": self.gain_over_means,
            "plan_for_means": self.means,
            "value_of_perfect_information_m": self.worth_of_knowing,
            "states": self.to_frame().to_dicts(),
            "builds": self.builds_frame().to_dicts(),
            "certificate": self.certificate.to_json(),
            "gaps": {
                one.state.id: {
                    "plan": one.plan.certificate.gap,
                    "knowing": one.knowing.certificate.gap,
                }
                for one in self.results
            },
            "basis": "derived",
        }


HEDGE_STATES: dict[str, Any] = {
    "state": pl.String,
    "name": pl.String,
    "probability": pl.Float64,
    "value_m": pl.Float64,
    "npv_m": pl.Float64,
    "value_knowing_m": pl.Float64,
    "regret_m": pl.Float64,
    "value_by_means_m": pl.Float64,
}
HEDGE_BUILDS: dict[str, Any] = {
    "unit": pl.String,
    "size": pl.String,
    "begun": pl.Int64,
    "by_means": pl.Boolean,
    "known_in": pl.Float64,
    "is_robust": pl.Boolean,
}


def hedge_plan(
    text: PlanText,
    *,
    probabilities: Mapping[str, float] | None = None,
    risk: Risk | None = None,
    changes: Sequence[Change] = (),
    settings: SolverSettings | None = None,
    watch: Watch | None = None,
    each: OrderedMap = one_by_one,
) -> Hedge:
    """Return the plan whose builds are best over all states of the world together.

    Every limit holds in every state, budgets and least deliveries too.

    Parameters
    ----------
    text
        The plan with its scenarios.
    probabilities
        Parts of one by scenario; None: those of the file. What is left of one is that of the file
        as it stands.
    risk
        How much the worst states count; None: not more than their probability.
    changes
        What holds in all states.
    settings
        How each model is solved.
    watch
        Told of the search for the common builds while it runs.
    each
        Maps over the states, each planned as if one knew it.

    Raises
    ------
    InfeasibleError
        If no builds meet all limits in all states; the message says in which state none do.
    InputError
        If the states or their probabilities cannot be used.
    oreline.model.OrelineError
        If the solver finds nothing in its time.
    """
    settings, risk = settings or SolverSettings(), risk or Risk()
    states = states_of(text, probabilities, changes)
    knowing = list(each(partial(_knowing, settings), states))
    models = [StateModel(state, settings) for state in states]
    builds, certificate = _common(joint_program(models, risk), text.digest, settings, watch)
    means, for_means = _for_means(text, states, changes, settings)
    results = []
    for model, known in zip(models, knowing, strict=True):
        plan = model.held(builds)
        if plan is None:
            raise OrelineError(
                f"the common builds break a limit in {model.state.id}: this is a defect of oreline"
            )
        kept = None if for_means is None else model.held(builds_of(for_means))
        value = None if kept is None else _value_of(kept)
        results.append(StateResult(model.state, plan, known, value))
    lost = [one.state.id for one in results if one.by_means is None]
    if lost and not means:
        means = f"the plan for mean numbers cannot be kept in {', '.join(lost)}"
    schedule = None if for_means is None else for_means.schedule
    found = Hedge(tuple(results), risk, certificate, schedule, means)
    # At least the model's goal is reached: states that do not count in it are run at their best.
    if certificate.value > found.goal + AGREES * max(1.0, abs(found.goal)):
        raise OrelineError(
            f"the states are worth {found.goal:.9g}, their model {certificate.value:.9g}: this is "
            "a defect of oreline; no plan is given"
        )
    return found


def _knowing(settings: SolverSettings, state: State) -> Plan:
    try:
        return StateModel(state, settings).best()
    except InfeasibleError as error:
        message = f"in the state {state.id}, {error.args[0]}"
        raise InfeasibleError(message, error.findings) from error


def _common(
    joint: Joint, digest: str, settings: SolverSettings, watch: Watch | None
) -> tuple[dict[tuple[str, str], int], Certificate]:
    began = time.perf_counter()
    highs = load_program(joint.program)
    try:
        certificate = search(highs, settings, digest, began, constant=joint.constant, watch=watch)
    except NoPlanError as error:
        raise InfeasibleError(
            "no builds meet all limits in all states of the world, though some do in each alone: "
            "limits that must hold whatever comes (least deliveries, budgets) contradict each other"
        ) from error
    return joint.builds(np.asarray(highs.getSolution().col_value)), certificate


def _for_means(
    text: PlanText,
    states: Sequence[State],
    changes: Sequence[Change],
    settings: SolverSettings,
) -> tuple[str, Plan | None]:
    """Return why there is no plan for mean numbers, or that plan."""
    base, findings = text.problem(changes)
    if base is None:
        return _cannot(findings), None
    problem, findings = text.problem((*changes, *expected_changes(states, base)))
    if problem is None:
        return _cannot(findings), None
    try:
        return "", make_plan(problem, [NPV], settings, scenario="mean numbers")
    except InfeasibleError as error:
        return f"there is no plan for mean numbers: {error.args[0]}", None


def _cannot(findings: Sequence[Finding]) -> str:
    told = "; ".join(finding.message for finding in findings[:2])
    return f"mean numbers cannot be planned with: {told}"


def _value_of(plan: Plan) -> float:
    return present_value(plan.problem, plan.accounts.net(with_shortfall=True))
