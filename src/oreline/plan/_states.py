"""The states of the world that a plan is made for: their probabilities, and the mean numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from oreline.design import near_name
from oreline.model import Finding, InputError, LimitExceededError, Severity
from oreline.plan._file_numbers import Change
from oreline.plan._file_text import PlanText
from oreline.plan._problem import Problem

STATES_MAX: Final = 40
AS_WRITTEN: Final = "as written"
"""The state in which every number is what the file says."""
NOTHING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class State:
    """A state of the world: its name, how probable it is, and the problem that one has in it."""

    id: str
    name: str
    probability: float
    problem: Problem


def states_of(
    text: PlanText,
    probabilities: Mapping[str, float] | None = None,
    changes: Sequence[Change] = (),
) -> tuple[State, ...]:
    """Return the states of a file that have a probability.

    Parameters
    ----------
    text
        The plan.
    probabilities
        Parts of one by scenario; None: those that the file states. What is left of one is that of
        the file as it stands.
    changes
        What holds in all states.

    Raises
    ------
    InputError
        With findings (ORL-1117) where probabilities are missing, below zero or more than one
        together; with those of a state that cannot be used.
    """
    tables = () if text.tables is None else text.tables.scenarios
    names = {one.id: one.name or one.id for one in tables}
    given = probabilities
    if given is None:
        given = {one.id: one.probability for one in tables if one.probability is not None}
    _see(text, given, names)
    left = 1.0 - sum(given.values())
    asked = [(one, part, text.scenario(one)) for one, part in given.items() if part > 0]
    if left > NOTHING:
        asked.insert(0, (AS_WRITTEN, left, ()))
    found = []
    for name, part, moved in asked:
        problem, findings = text.problem((*changes, *moved))
        if problem is None:
            raise InputError(f"{text.name} cannot be used in the state {name}", findings)
        found.append(State(name, names.get(name, "every number as written"), part, problem))
    return tuple(found)


def _see(text: PlanText, given: Mapping[str, float], names: Mapping[str, str]) -> None:
    if text.tables is None:
        raise InputError(f"{text.name} cannot be used", text.findings)
    wrong = []
    total = sum(given.values())
    if not given:
        wrong.append((text.name, "no scenario has a probability"))
    if total > 1 + NOTHING:
        wrong.append((text.name, f"the probabilities of its scenarios sum to {total:.4g}"))
    for name, part in given.items():
        if not 0 <= part <= 1:
            wrong.append((name, f"{part:.4g} is no probability"))
        if name not in names:
            near = near_name(name, names)
            hint = f"; did you mean {near}?" if near else f"; known: {', '.join(names) or 'none'}"
            wrong.append((name, f"there is no scenario {name}{hint}"))
    if wrong:
        fix = "write probability = 0.2 at a scenario; what is left of one is the file as it stands"
        findings = [
            Finding("ORL-1117", Severity.FATAL, where, message, fix) for where, message in wrong
        ]
        raise InputError(f"{text.name} tells no probabilities to plan with", findings)
    if len(given) > STATES_MAX:
        message = f"{len(given)} states are more than STATES_MAX = {STATES_MAX}"
        raise LimitExceededError(message)


def expected_changes(states: Sequence[State], base: Problem) -> tuple[Change, ...]:
    """Return what turns a problem into that of the expected numbers: each the mean over the states.

    It is the question that one would answer who knew no states, only means.
    """
    found = []
    for key, number in base.numbers.items():
        values = [state.problem.numbers[key].value for state in states]
        mean = sum(state.probability * value for state, value in zip(states, values, strict=True))
        if any(value != number.value for value in values):
            found.append(Change(key, plain=mean))
    return tuple(found)
