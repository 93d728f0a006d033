"""One programme of several states of the world: builds in common, everything else of each state.

It is the extensive form of a two-stage stochastic programme. Each state's own model is made by the
functions that make any plan's; here their matrices stand side by side and share the columns of the
builds. A limit holds in every state, budgets too.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oreline.model import InputError
from oreline.plan._checks import refuse_ranges
from oreline.plan._explain import explain_infeasible
from oreline.plan._highs import (
    NoPlanError,
    Program,
    SolverSettings,
    Watch,
    labels_of,
    load_program,
    program_of,
    search,
    solved_of,
)
from oreline.plan._model import build_model
from oreline.plan._optimise import NPV, checked_plan, sought
from oreline.plan._plan import Plan
from oreline.plan._risk import Risk
from oreline.plan._sets import Array
from oreline.plan._states import State


class StateModel:
    """The model of one state of the world, written once and solved for any builds.

    The solver stays warm: other builds are other bounds.
    """

    def __init__(self, state: State, settings: SolverSettings) -> None:
        self.state = state
        self.settings = settings
        self.made = build_model(state.problem)
        if not self.made.has("build"):
            raise InputError("nothing can be built in this plan: there is no choice to hedge")
        refuse_ranges(state.problem, "a plan for several states")
        self.constant = sought(self.made, NPV)
        self.program = program_of(self.made.model)
        self.highs = load_program(self.program)
        labels = labels_of(self.made.variable("build"))
        self.shape = (labels.shape[0], labels.shape[1])
        known = self.made.model.variables.label_index.vlabels
        position = np.full(int(known.max()) + 1, -1, np.int64)
        position[known] = np.arange(known.size)
        self.build = position[labels.ravel()]
        units = state.problem.units
        self.options = tuple(
            (units[unit].id, units[unit].sizes[size].id) for unit, size in self.made.sets.options
        )

    def best(self, watch: Watch | None = None) -> Plan:
        """Return the best plan of the state alone.

        Raises
        ------
        InfeasibleError
            If no plan meets all limits.
        """
        try:
            return self._solved(watch)
        except NoPlanError as error:
            raise explain_infeasible(self.made, error.highs, self.settings) from error

    def held(self, builds: Mapping[tuple[str, str], int]) -> Plan | None:
        """Return the best plan with given builds, None where they break a limit of this state.

        ``builds`` are years by unit and size.
        """
        held = np.zeros(self.shape)
        for name, year in builds.items():
            held[self.options.index(name), self.state.problem.years.index(year)] = 1.0
        if np.any(held.ravel() > self.program.upper[self.build]):
            return None
        columns = self.build.astype(np.int32)
        self.highs.changeColsIntegrality(columns.size, columns, np.zeros(columns.size, np.uint8))
        self.highs.changeColsBounds(columns.size, columns, held.ravel(), held.ravel())
        try:
            return self._solved(None)
        except NoPlanError:
            return None

    def _solved(self, watch: Watch | None) -> Plan:
        began = time.perf_counter()
        digest = self.state.problem.digest
        certificate = search(
            self.highs, self.settings, digest, began, constant=self.constant, watch=watch
        )
        solved = solved_of(self.made.model, self.highs, certificate)
        goals = ((NPV.name, certificate.value, NPV.unit(self.state.problem.currency)),)
        return checked_plan(self.made, solved, goals, self.state.id, ())


def builds_of(plan: Plan) -> dict[tuple[str, str], int]:
    """Return the builds of a plan: years by unit and size."""
    return {(one.unit, one.size): one.begun for one in plan.schedule.built}


@dataclass(frozen=True, slots=True)
class Joint:
    """The programme of all states; its first columns are the builds."""

    program: Program
    first: StateModel
    constant: float

    def builds(self, values: Array) -> dict[tuple[str, str], int]:
        """Return what is built: years by unit and size."""
        shape = self.first.shape
        chosen = values[: shape[0] * shape[1]].reshape(shape) > 0.5
        years = self.first.state.problem.years
        return {
            self.first.options[option]: years[year]
            for option, year in zip(*np.nonzero(chosen), strict=True)
        }


def joint_program(blocks: Sequence[StateModel], risk: Risk) -> Joint:
    """Return the programme whose goal is the expected value and that of the worst states.

    With values v of the states s, their probabilities p and a weight w, it is
    (1 - w) sum p v + w (t - sum p z / (1 - alpha)), where z >= t - v and z >= 0 (Rockafellar and
    Uryasev 2000).

    Raises
    ------
    InputError
        If states differ in what can be built.
    """
    first = blocks[0]
    if any(one.options != first.options for one in blocks):
        raise InputError("what can be built differs between the states of the world")
    own = [np.setdiff1d(np.arange(one.program.cost.size), one.build) for one in blocks]
    rows = [_spread(blocks, own, place) for place in range(len(blocks))]
    parts = np.array([one.state.probability for one in blocks])
    builds = first.build.size
    cost = np.zeros(builds + sum(one.size for one in own))
    at = builds
    for block, columns, part in zip(blocks, own, parts.tolist(), strict=True):
        cost[:builds] += part * block.program.cost[block.build]
        cost[at : at + columns.size] = part * block.program.cost[columns]
        at += columns.size
    lower, upper = (
        np.concatenate(
            [
                pick([getattr(one.program, side)[one.build] for one in blocks]),
                *(
                    getattr(one.program, side)[columns]
                    for one, columns in zip(blocks, own, strict=True)
                ),
            ]
        )
        for side, pick in (("lower", _most), ("upper", _least))
    )
    whole = np.concatenate(
        [first.program.whole[first.build], np.zeros(cost.size - builds, np.bool_)]
    )
    program = Program(
        cost,
        lower,
        upper,
        _stacked(rows),
        np.concatenate([one.program.row_lower for one in blocks]),
        np.concatenate([one.program.row_upper for one in blocks]),
        whole,
        is_most=True,
    )
    constant = float(parts @ np.array([one.constant for one in blocks]))
    if risk.weight:
        program = _with_risk(program, blocks, own, parts, risk)
        constant *= 1 - risk.weight
    return Joint(program, first, constant)


def _most(sides: Sequence[Array]) -> Array:
    return np.asarray(np.max(np.stack(sides), axis=0))


def _least(sides: Sequence[Array]) -> Array:
    return np.asarray(np.min(np.stack(sides), axis=0))


def _stacked(rows: Sequence[Any]) -> Any:
    from scipy import sparse

    return sparse.vstack(rows, format="csr")


def _spread(blocks: Sequence[StateModel], own: Sequence[NDArray[np.int64]], place: int) -> Any:
    """Return the rows of one state over the columns of all."""
    from scipy import sparse

    rows = blocks[place].program.rows.tocsc()
    height = rows.shape[0]
    parts = [rows[:, blocks[place].build]]
    parts += [
        rows[:, columns] if number == place else sparse.csc_matrix((height, columns.size))
        for number, columns in enumerate(own)
    ]
    return sparse.hstack(parts, format="csr")


def _with_risk(
    program: Program,
    blocks: Sequence[StateModel],
    own: Sequence[NDArray[np.int64]],
    parts: Array,
    risk: Risk,
) -> Program:
    """Return the programme with what the worst states are worth in its goal."""
    from scipy import sparse

    builds, columns = blocks[0].build.size, program.cost.size
    values = np.zeros((len(blocks), columns))
    at = builds
    for place, (block, mine) in enumerate(zip(blocks, own, strict=True)):
        values[place, :builds] = block.program.cost[block.build]
        values[place, at : at + mine.size] = block.program.cost[mine]
        at += mine.size
    # v + z - t >= 0, the constant of each value on the other side.
    below = sparse.hstack(
        [
            sparse.csr_matrix(values),
            sparse.csr_matrix(-np.ones((len(blocks), 1))),
            sparse.identity(len(blocks), format="csr"),
        ]
    )
    wider = sparse.csr_matrix((program.rows.shape[0], len(blocks) + 1))
    weight = risk.weight
    return replace(
        program,
        cost=np.concatenate(
            [(1 - weight) * program.cost, [weight], -weight * parts / (1 - risk.alpha)]
        ),
        lower=np.concatenate([program.lower, [-np.inf], np.zeros(len(blocks))]),
        upper=np.concatenate([program.upper, np.full(len(blocks) + 1, np.inf)]),
        rows=sparse.vstack([sparse.hstack([program.rows, wider]), below], format="csr"),
        row_lower=np.concatenate([program.row_lower, [-one.constant for one in blocks]]),
        row_upper=np.concatenate([program.row_upper, np.full(len(blocks), np.inf)]),
        whole=np.concatenate([program.whole, np.zeros(len(blocks) + 1, np.bool_)]),
    )
