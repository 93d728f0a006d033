"""Opens the chain that a stress command names: its plan, and the events of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from oreline.model import Finding
    from oreline.plan import PlanText, Problem
    from oreline.stress import ActualChain, ChainEvent, OwnChain, SecurityInputs

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="A chain folder, or a file such as plan.toml.")
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        metavar="NAME",
        help="Events of scenarios/NAME.toml of the folder, or of a file; given again.",
    ),
]
State = Annotated[
    str,
    typer.Option("--state", metavar="ID", help="A state of the world that the plan describes."),
]
GIVEN = "given on the command line"


def own_chain(
    place: Path, goal: Sequence[str] | None, state: str, gap: str, seconds: float
) -> tuple[PlanText, OwnChain]:
    """Plan the chain of a place and hold what is built.

    Raises
    ------
    InputError
        If the plan cannot be used.
    InfeasibleError
        If no plan meets all limits.
    """
    from oreline.cli._plan_source import problem_of
    from oreline.cli._search_bar import search_bar
    from oreline.plan import SolverSettings, make_plan, parse_goal, parse_rate
    from oreline.stress import OwnChain

    text, problem, findings = problem_of(place, state)
    settings = SolverSettings(float(parse_rate(gap)), seconds)
    goals = [parse_goal(one) for one in goal or ["npv"]]
    with search_bar(goals[0].unit(problem.currency)) as watch:
        plan = make_plan(problem, goals, settings, scenario=state, findings=findings, watch=watch)
    changes = text.scenario(state) if state else ()
    return text, OwnChain(text, plan, changes, settings)


def scenario_events(
    chain: OwnChain | ActualChain, place: Path, names: Sequence[str] | None
) -> tuple[tuple[ChainEvent, ...], tuple[Finding, ...]]:
    """Return the events of scenario files, and what is to be said of them.

    Raises
    ------
    InputError
        With all findings of all files, if any of them is fatal.
    """
    from oreline.model import InputError, is_fatal
    from oreline.stress import read_events

    events: list[ChainEvent] = []
    findings: list[Finding] = []
    for name in names or ():
        path = scenario_file(place, name)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
        found, said = read_events(data, path.name, chain.places, chain.start_month())
        events += found
        findings += said
    if is_fatal(findings):
        raise InputError("these events cannot be put to the chain", findings)
    return tuple(events), tuple(findings)


def scenario_file(place: Path, name: str) -> Path:
    """Return the file of a scenario: by its name in the folder, or by its path.

    Raises
    ------
    InputError
        If there is none; the message lists those of the folder.
    """
    from oreline.model import InputError
    from oreline.stress import SCENARIOS_FOLDER

    folder = (place if place.is_dir() else place.parent) / SCENARIOS_FOLDER
    given = Path(name)
    if given.suffix == ".toml" and given.is_file():
        return given
    path = folder / f"{given.name.removesuffix('.toml')}.toml"
    if given.name == name and path.is_file():
        return path
    known = ", ".join(sorted(one.stem for one in folder.glob("*.toml"))) or "none"
    raise InputError(f"there is no scenario {name}; those of {folder}: {known}")


def security_inputs(
    place: Path, problem: Problem, importer: str
) -> tuple[SecurityInputs, tuple[Finding, ...]]:
    """Return at which stage each material of a place counts, and what capacity is stated.

    Raises
    ------
    InputError
        With all findings, if any of them is fatal.
    """
    from dataclasses import replace

    from oreline.exchange import read_chain
    from oreline.model import InputError
    from oreline.stress import SECURITY_FILE, read_security

    folder = place if place.is_dir() else place.parent
    known: dict[str, str] = {}
    if (folder / "chain.toml").is_file():
        chain, _ = read_chain(folder)
        if chain is not None:
            known = {name: one.stage or "" for name, one in chain.materials.items()}
    file = folder / SECURITY_FILE
    data = file.read_bytes() if file.is_file() else None
    inputs, findings = read_security(data, problem, known)
    if inputs is None:
        raise InputError(f"{file} cannot be used", findings)
    return (replace(inputs, importer=importer) if importer else inputs), findings
