"""Opens the costs that a command names, and the flowsheet with which they go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oreline.design import DesignStudy


def study_at(place: Path, changes: Sequence[str] | None = None) -> DesignStudy:
    """Read the costs of a folder, of a flowsheet, or a file of costs with the flowsheet beside it.

    The costs of a flowsheet are the first of its companions that is there. ``changes`` are
    NAME=VALUE of numbers that stand in the place of the files'.

    Raises
    ------
    InputError
        If there is no such file, it cannot be used, or its flowsheet has no answer, with all
        findings.
    """
    from oreline.cli._balance_formulas import see_usable, table_bytes
    from oreline.cli._design_source import companion, flowsheet_at
    from oreline.design import COSTS_FILE, PROCESSES_FILE, changed_numbers, read_study
    from oreline.model import InputError

    processes = place / PROCESSES_FILE if place.is_dir() else place
    if place.is_dir() and not processes.is_file():
        costs, sheet_at = place / COSTS_FILE, None
    elif not processes.is_file() or _holds_costs(processes):
        costs, sheet_at = processes, _flowsheet_of(processes)
    else:
        found, sheet_at = companion(processes, COSTS_FILE), processes
        if found is None:
            raise InputError(
                f"{processes} has no costs: write {COSTS_FILE} beside it, or "
                f"{processes.stem}.{COSTS_FILE} for it alone"
            )
        costs = found
    data = table_bytes(costs)
    sheet, told = (None, ()) if sheet_at is None else flowsheet_at(sheet_at)
    if sheet_at is not None:
        see_usable(sheet_at, told)
    return read_study(data, costs.name, sheet, told, changed_numbers(changes or ()))


def _holds_costs(path: Path) -> bool:
    """Return whether a file is one of costs: by its name, or because it says so."""
    from oreline.design import is_costs_file

    if is_costs_file(path) or not path.is_file():
        return is_costs_file(path)
    head = path.read_bytes()[:20_000].decode("utf-8", "replace")
    return 'format = "oreline-costs-' in head


def _flowsheet_of(costs: Path) -> Path | None:
    """Return the flowsheet with which a file of costs goes: of its name, else the one beside it."""
    from oreline.design import COSTS_FILE, PROCESSES_FILE

    own = costs.with_name(costs.name.removesuffix(f".{COSTS_FILE}") + ".toml")
    if costs.name.endswith(f".{COSTS_FILE}") and own.is_file():
        return own
    beside = costs.parent / PROCESSES_FILE
    return beside if beside.is_file() else None
