"""Flowsheets of the served chain folder: what they give, as they stand and as a what-if."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oreline.api._engine import engine_of_server
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.design import (
    ASSUMPTIONS_FILE,
    COSTS_FILE,
    DESIGNS_FOLDER,
    LAWS,
    PROCESSES_FILE,
    Flowsheet,
    Solution,
    chain_of,
    companions,
    compare,
    external_laws,
    holes_in,
    is_costs_file,
    ores_in,
    passport,
    read_flowsheet,
    solve,
    waterfall,
    with_numbers,
)
from oreline.model import Finding, InputError

if TYPE_CHECKING:
    from oreline.plan import PlanDesign

FLOWSHEETS = (PROCESSES_FILE, f"{DESIGNS_FOLDER}/*.toml")
"""Where the flowsheets of a chain folder lie."""
SOLVED_MAX = 32
"""How many flowsheets, and solutions of them, are kept."""


def flowsheets(view: View) -> dict[str, Any]:
    """Return the flowsheets of the chain folder, with what is wrong in those that are."""
    told = []
    for name, path in _files(view).items():
        asked = _opened(path, name)
        sheet, findings = _read(asked)
        told.append(
            {
                "file": name,
                "name": _name(path) if sheet is None else sheet.name,
                "usable": sheet is not None,
                "has_costs": asked.costs is not None,
                "findings": [finding.to_json() for finding in findings],
            }
        )
    return {"flowsheets": told}


def flowsheet_texts(view: View) -> list[tuple[str, str, str]]:
    """Return file, name and text of each flowsheet that can be read; their list tells of others."""
    found = []
    for name, path in _files(view).items():
        try:
            found.append((name, _name(path), path.read_text("utf-8")))
        except (OSError, UnicodeDecodeError):
            continue
    return found


def design(view: View, file: str, changed: Mapping[str, float]) -> dict[str, Any]:
    """Return the solved flowsheet with its numbers; ``changed`` by name, in the file's units."""
    asked = asked_of(view, file)
    sheet = sheet_of(asked)
    return {
        "file": file,
        "changed": dict(changed),
        **solution_of(asked, tuple(changed.items())).to_json(),
        "numbers": [row.to_json() for row in passport(sheet)],
        "hours_per_year": None if sheet.hours_per_year is None else sheet.hours_per_year.value,
    }


def design_waterfall(
    view: View, file: str, element: str, changed: Mapping[str, float]
) -> dict[str, Any]:
    """Return where each kilogram of an element goes, from ore to product."""
    solution = solution_of(asked_of(view, file), tuple(changed.items()))
    return waterfall(solution, element).to_json()


def design_comparison(view: View, file: str, other: str) -> dict[str, Any]:
    """Return what two flowsheets assume differently, and what that gives."""
    first, second = (solution_of(asked_of(view, one), ()) for one in (file, other))
    return compare(first, second).to_json()


@dataclass(frozen=True, slots=True)
class Asked:
    """A flowsheet by its content, so that a file that was changed is another one.

    ``costs`` are the bytes and the name of the file of costs that goes with it.
    """

    name: str
    text: str
    assumptions: bytes | None
    ores: tuple[tuple[str, bytes], ...] = ()
    holes: tuple[tuple[str, str], ...] | None = None
    costs: tuple[bytes, str] | None = None


@lru_cache(maxsize=SOLVED_MAX)
def solution_of(asked: Asked, changed: tuple[tuple[str, float], ...]) -> Solution:
    return solve(with_numbers(sheet_of(asked), dict(changed)))


@lru_cache(maxsize=SOLVED_MAX)
def _read(asked: Asked) -> tuple[Flowsheet | None, tuple[Finding, ...]]:
    laws = {**LAWS, **external_laws(engine_of_server())}
    holes = None if asked.holes is None else dict(asked.holes)
    return read_flowsheet(asked.text, asked.name, asked.assumptions, laws, dict(asked.ores), holes)


def _files(view: View) -> dict[str, Path]:
    """Return the flowsheets by name; a design is its chain's, not one party's to see."""
    folder = view.desk.folder
    if folder is None or view.is_partial:
        return {}
    found = sorted(path for pattern in FLOWSHEETS for path in folder.glob(pattern))
    found.sort(key=lambda path: path.parent != folder)
    return {
        path.relative_to(folder).as_posix(): path
        for path in found
        if path.is_file() and not is_costs_file(path)
    }


def asked_of(view: View, file: str) -> Asked:
    files = _files(view)
    if file not in files:
        raise NotFoundError(f"no flowsheet {file} in this chain's folder")
    return _opened(files[file], file)


def _opened(path: Path, name: str) -> Asked:
    try:
        text = path.read_text("utf-8")
        table, costs = (_companion(path, one) for one in (ASSUMPTIONS_FILE, COSTS_FILE))
        chain = chain_of(path)
        return Asked(
            name,
            text,
            None if table is None else table.read_bytes(),
            tuple(ores_in(chain).items()),
            # Where no ore is taken, no drill hole matters.
            tuple(holes_in(chain).items()) if "ores/" in text else None,
            None if costs is None else (costs.read_bytes(), costs.name),
        )
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name} cannot be read: {error}") from error


def designs_of_plan(view: View, names: tuple[str, ...]) -> tuple[Asked, ...]:
    """Return the flowsheets of the chain folder that a plan names; one not there is left out."""
    files = _files(view)
    return tuple(_opened(files[name], name) for name in names if name in files)


def plan_design(asked: Asked) -> PlanDesign:
    """Return a flowsheet as a plan takes it."""
    from oreline.plan import PlanDesign

    sheet, findings = _read(asked)
    return PlanDesign(sheet, findings, asked.text, asked.assumptions, dict(asked.ores), asked.costs)


def _companion(path: Path, name: str) -> Path | None:
    """Return the file of this name that goes with a flowsheet of the chain folder."""
    return next((one for one in map(Path, companions(path, name)) if one.is_file()), None)


def sheet_of(asked: Asked) -> Flowsheet:
    sheet, findings = _read(asked)
    if sheet is None:
        raise InputError(f"{asked.name} cannot be used", findings)
    return sheet


def _name(path: Path) -> str:
    """Return what a flowsheet that cannot be used calls itself."""
    try:
        return str(tomllib.loads(path.read_text("utf-8")).get("name", path.stem))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return path.stem
