"""Opens the plan that a command names: a chain folder or a file, with what stands beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oreline.model import Finding
    from oreline.plan import PlanDesign, PlanText, Problem

Place = Annotated[
    Path, typer.Argument(metavar="PLACE", help="A chain folder with plan.toml, or such a file.")
]
Scenario = Annotated[
    str,
    typer.Option("--scenario", metavar="ID", help="A state of the world that the file describes."),
]


def plan_at(place: Path) -> PlanText:
    """Read the plan of a chain folder, or a file; the chain's tables stand beside it.

    Raises
    ------
    InputError
        If there is no such file, or the chain's own tables are wrong.
    """
    from oreline.exchange import read_chain
    from oreline.model import InputError
    from oreline.plan import PLAN_FILE, PlanText, design_names

    path = place / PLAN_FILE if place.is_dir() else place
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        message = f"{path} is not there: name a folder with a {PLAN_FILE}, or such a file"
        raise InputError(message) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    table = path.parent / "assumptions.csv"
    assumptions = table.read_bytes() if table.is_file() else None
    sites, routes = None, None
    if (path.parent / "chain.toml").is_file():
        chain, findings = read_chain(path.parent)
        if chain is None:
            raise InputError(f"the chain {path.parent} cannot be used", findings)
        sites, routes = chain.sites, chain.routes
    return PlanText(
        data,
        path.name,
        assumptions=assumptions,
        sites=sites,
        routes=routes,
        designs=designs_of(path.parent, design_names(data)),
    )


def designs_of(folder: Path, names: Iterable[str]) -> dict[str, PlanDesign]:
    """Return the flowsheets of a folder by name; one that is not there is left out.

    Raises
    ------
    InputError
        If one cannot be read.
    """
    from oreline.cli._design_source import companion, flowsheet_at
    from oreline.design import ASSUMPTIONS_FILE, COSTS_FILE, chain_of, ores_in
    from oreline.plan import PlanDesign

    found = {}
    for name in names:
        path = folder / name
        if not path.is_file():
            continue
        sheet, findings = flowsheet_at(path)
        table, costs = (companion(path, one) for one in (ASSUMPTIONS_FILE, COSTS_FILE))
        found[name] = PlanDesign(
            sheet,
            findings,
            path.read_text("utf-8"),
            None if table is None else table.read_bytes(),
            ores_in(chain_of(path)),
            None if costs is None else (costs.read_bytes(), costs.name),
        )
    return found


def problem_of(place: Path, scenario: str = "") -> tuple[PlanText, Problem, tuple[Finding, ...]]:
    """Return the problem of a place in a state of the world, and what is to be said of it.

    Raises
    ------
    InputError
        With findings, if something in it is fatal.
    """
    from oreline.model import InputError

    text = plan_at(place)
    changes = text.scenario(scenario) if scenario else ()
    problem, findings = text.problem(changes)
    if problem is None:
        raise InputError(f"{place} cannot be used", findings)
    return text, problem, findings
