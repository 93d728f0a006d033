"""What is asked of a plan of the chain folder, and the plan that answers it, made once.

A question names a file, goals, a scenario, numbers that are others, and how far the search goes.
The same words reach it from an address, from JSON and from a page.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from oreline.api._answers_design import Asked, designs_of_plan, plan_design
from oreline.api._planning import PLANNING
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.design import ASSUMPTIONS_FILE, changed_numbers, near_name
from oreline.model import Chain, InputError, LimitExceededError

if TYPE_CHECKING:
    from oreline.model import Finding
    from oreline.plan import Change, Front, InfeasibleError, Plan, PlanText, Problem

PLAN_FILES: Final = ("plan.toml", "*.plan.toml")
"""Where the plans of a chain folder lie: beside chain.toml, whose tables they know."""
PLANNED_CHOICES_MAX: Final = 4_000
"""A plan with more choices (units by size by year) is made by the command, not by a server."""
PLAN_SECONDS_MAX: Final = 60.0
"""How long a server searches for one plan at most."""
STUDY_SECONDS_MAX: Final = 300.0
"""How long the searches of one study take together at most."""
FRONT_POINTS_MAX: Final = 9
"""How many plans a front has at most on a server."""
GAP: Final = 1e-4
"""How near to its bound a plan is sought by default, as a part of it."""


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """What is asked.

    ``changes`` are ``NAME=VALUE`` of numbers that :func:`what_is_asked` lists, in the units listed.
    With a ``front`` the plan is its ``point`` counted from 1: the front of net present value and
    that delivery, in so many ``points``.
    """

    file: str = "plan.toml"
    goals: tuple[str, ...] = ("npv",)
    scenario: str = ""
    changes: tuple[str, ...] = ()
    gap: float = GAP
    seconds: float = 30.0
    front: str = ""
    points: int = 5
    point: int = 1

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        told: dict[str, Any] = {
            "file": self.file,
            "goals": list(self.goals),
            "scenario": self.scenario,
            "changes": list(self.changes),
            "gap": self.gap,
            "seconds": self.seconds,
        }
        if self.front:
            told |= {"front": self.front, "points": self.points, "point": self.point}
        return told


@dataclass(frozen=True, slots=True)
class NoPlan:
    """That no plan meets all limits: why, in words, and what would have to give way."""

    says: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class World:
    """The state of the world that a question is about: its changes, and the problem in it."""

    text: PlanText
    changes: tuple[Change, ...]
    problem: Problem
    findings: tuple[Finding, ...]
    key: Hashable


def plan_paths(view: View) -> dict[str, Path]:
    """Return the plans by name; like a design, a plan is its chain's, not one party's to see."""
    folder = view.desk.folder
    if folder is None or view.is_partial:
        return {}
    found = [path for pattern in PLAN_FILES for path in sorted(folder.glob(pattern))]
    return {path.name: path for path in found if path.is_file()}


def plan_text(view: View, file: str) -> PlanText:
    """Return a plan of the chain folder, read.

    Raises
    ------
    NotFoundError
        If there is none of that name for this person.
    InputError
        If it cannot be read.
    """
    paths = plan_paths(view)
    if file not in paths:
        raise NotFoundError(f"no plan {file} in this chain's folder")
    try:
        data = paths[file].read_bytes()
        table = paths[file].with_name(ASSUMPTIONS_FILE)
        assumptions = table.read_bytes() if table.is_file() else None
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    chain = view.whole.folder_chain
    designs = designs_of_plan(view, _named(data))
    return _read(file, data, assumptions, _Known(_tables_digest(chain), chain), designs)


@lru_cache(maxsize=8)
def _named(data: bytes) -> tuple[str, ...]:
    from oreline.plan import design_names

    return design_names(data)


@dataclass(frozen=True, slots=True)
class _Known:
    """The tables of a chain, told apart by their contents."""

    digest: str
    chain: Chain | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _tables_digest(chain: Chain | None) -> str:
    rows = () if chain is None else (*chain.sites.values(), *chain.routes.values())
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@lru_cache(maxsize=8)
def _read(
    file: str,
    data: bytes,
    assumptions: bytes | None,
    known: _Known,
    designs: tuple[Asked, ...],
) -> PlanText:
    from oreline.plan import PlanText

    chain = known.chain
    return PlanText(
        data,
        file,
        assumptions=assumptions,
        sites=None if chain is None else chain.sites,
        routes=None if chain is None else chain.routes,
        designs={one.name: plan_design(one) for one in designs},
    )


def stated(text: PlanText) -> Problem:
    """Return the problem of a plan as it stands in its file.

    Raises
    ------
    InputError
        With findings, if something in it is fatal.
    """
    problem, findings = text.problem()
    if problem is None:
        raise InputError(f"{text.name} cannot be used", findings)
    return problem


def world_of(view: View, question: PlanQuestion) -> World | NoPlan:
    """Return the state of the world that a question is about.

    Where the file can be used and its changes are what contradicts a limit, there is no plan: that
    is an answer, not an error.

    Raises
    ------
    NotFoundError
        If there is no such plan for this person.
    InputError
        If the file, the scenario, a number or a goal cannot be used.
    LimitExceededError
        If the plan is too large for a server, or more is asked than one searches for.
    """
    _check_limits(question)
    text = plan_text(view, question.file)
    base = stated(text)
    changes = text.scenario(question.scenario) if question.scenario else ()
    if question.changes:
        changes = (*changes, *changes_asked(text, base, changes, question.changes))
    problem, findings = text.problem(changes)
    if problem is None:
        fatal = tuple(one for one in findings if str(one.severity) == "fatal")
        words = "; ".join(one.message for one in fatal[:3])
        return NoPlan(f"no plan meets all limits: {words}", fatal)
    choices = len(problem.years) * sum(
        len(unit.sizes) for unit in problem.units if unit.standing is None
    )
    if choices > PLANNED_CHOICES_MAX:
        raise LimitExceededError(
            f"{choices} choices (units by size by year) are more than PLANNED_CHOICES_MAX = "
            f"{PLANNED_CHOICES_MAX}: make this plan with 'oreline plan solve'"
        )
    chain = _tables_digest(view.whole.folder_chain)
    key = (problem.digest, chain, question.file, repr(changes))
    return World(text, tuple(changes), problem, findings, key)


def _check_limits(question: PlanQuestion) -> None:
    if not 0 < question.seconds <= PLAN_SECONDS_MAX:
        raise LimitExceededError(
            f"a search takes more than 0 s and at most PLAN_SECONDS_MAX = {PLAN_SECONDS_MAX:g}"
        )
    if question.front and not 2 <= question.points <= FRONT_POINTS_MAX:
        raise LimitExceededError(
            f"a front has 2 to FRONT_POINTS_MAX = {FRONT_POINTS_MAX} points here, not "
            f"{question.points}"
        )


def changes_asked(
    text: PlanText, base: Problem, before: Sequence[Change], asked: Sequence[str]
) -> tuple[Change, ...]:
    """Return the changes that NAME=VALUE stand for: only numbers that the plan lists.

    Raises
    ------
    InputError
        If one is written otherwise, or names no number of the plan.
    """
    from oreline.plan import Change

    listed = numbers_by_name(text, base)
    present, _ = text.problem(before)
    now = listed if present is None else numbers_by_name(text, present)
    found = []
    for name, value in changed_numbers(asked).items():
        if name not in listed:
            near = near_name(name, listed)
            hint = f"did you mean {near}?" if near else "GET /plan/inputs lists them"
            raise InputError(f"{name} is no number of {text.name}; {hint}")
        if name in text.assumptions:
            found.append(Change(name, value=value))
            continue
        present_value = now[name]["value"]
        if not present_value:
            raise InputError(f"{name} is 0 in {text.name}: write another number there instead")
        found.append(Change(name, multiply=value / present_value))
    return tuple(found)


def numbers_by_name(text: PlanText, problem: Problem) -> dict[str, dict[str, Any]]:
    """Return every number that can be changed, once: an assumption as its table states it.

    Others are in the units of a plan: kt, millions and years.
    """
    found: dict[str, dict[str, Any]] = {}
    for key, one in problem.numbers.items():
        name = problem.shared.get(key, key)
        if name in found:
            found[name]["places"] += 1
            continue
        row = text.assumptions.get(name)
        if row is None:
            value, unit, low, high, source = one.value, one.unit, one.low, one.high, one.source
        else:
            value, unit, source = float(row.value), row.unit, row.source or row.reasoning
            low, high = (None if end is None else float(end) for end in (row.low, row.high))
        found[name] = {
            "number": name,
            "value": value,
            "unit": unit,
            "low": low,
            "high": high,
            "basis": str(one.basis),
            "source": source,
            "note": one.note,
            "place": key,
            "places": 1,
        }
    return found


def planned(view: View, question: PlanQuestion) -> tuple[World | None, Plan | NoPlan]:
    """Return the best plan that answers a question, or that there is none; kept once made.

    Raises
    ------
    InputError
        If the question cannot be used.
    OrelineError
        If the search ends without any plan.
    """
    world = world_of(view, question)
    if isinstance(world, NoPlan):
        return None, world
    if question.front:
        front = front_of(world, question)
        if isinstance(front, NoPlan):
            return world, front
        if not 1 <= question.point <= len(front.plans):
            raise InputError(f"the front has {len(front.plans)} points, none is {question.point}")
        return world, front.plans[question.point - 1]
    return world, _made(world, question)


def _made(world: World, question: PlanQuestion) -> Plan | NoPlan:
    from oreline.plan import InfeasibleError, SolverSettings, make_plan, parse_goal

    goals = [parse_goal(one) for one in question.goals]
    settings = SolverSettings(question.gap, question.seconds)

    def make(watch: Any) -> Plan | NoPlan:
        try:
            return make_plan(
                world.problem,
                goals,
                settings,
                scenario=question.scenario,
                findings=world.findings,
                watch=watch,
            )
        except InfeasibleError as error:
            return no_plan(error)

    key = (world.key, "plan", question.goals, settings)
    return PLANNING.get(key, question.scenario or question.file, make)


def seconds_each(question: PlanQuestion, searches: int) -> float:
    """Return how long each search of a study may take: as long as was asked, if all of them do.

    Others wait meanwhile, so that many searches share STUDY_SECONDS_MAX.
    """
    return min(question.seconds, STUDY_SECONDS_MAX / searches)


def front_of(world: World, question: PlanQuestion) -> Front | NoPlan:
    """Return the front that a question names, kept once made."""
    from oreline.plan import InfeasibleError, SolverSettings, pareto_front, parse_goal

    goal = parse_goal(question.front)
    # Points of a front are compared with each other: what a thousandth is apart is the same.
    searches = question.points + 1
    settings = SolverSettings(max(question.gap, 1e-3), seconds_each(question, searches))

    def make(_watch: Any) -> Front | NoPlan:
        try:
            front = pareto_front(world.problem, goal, question.points, settings)
        except InfeasibleError as error:
            return no_plan(error)
        plans = (
            replace(one, scenario=question.scenario, findings=world.findings) for one in front.plans
        )
        return replace(front, plans=tuple(plans))

    key = (world.key, "front", goal, question.points, settings)
    return PLANNING.get(key, f"npv, {goal.name}", make)


def no_plan(error: InfeasibleError) -> NoPlan:
    """Return what an error says as an answer."""
    return NoPlan(str(error.args[0]), tuple(error.findings))


def plain(value: float | None) -> float | None:
    """Return a number that JSON can hold, None for one that is not finite."""
    return value if value is not None and math.isfinite(value) else None


def finite(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a certificate in which what is not finite is None: JSON knows no infinity."""
    return {
        name: plain(value) if isinstance(value, float) else value for name, value in told.items()
    }
