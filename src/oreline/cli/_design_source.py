"""Opens the flowsheet that a command names: a chain folder or a file, with its assumptions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from oreline.design import Flowsheet
    from oreline.model import Finding

FILE = "processes.toml"
ASSUMPTIONS = "assumptions.csv"
Place = Annotated[
    Path,
    typer.Argument(metavar="PLACE", help="A chain folder with processes.toml, or such a file."),
]


def flowsheet_at(place: Path) -> tuple[Flowsheet | None, tuple[Finding, ...]]:
    """Read the flowsheet of a chain folder, or a file; assumptions stand beside it.

    Raises
    ------
    InputError
        If there is no such file, or it is no text.
    """
    from oreline.cli._engine import engine_here
    from oreline.design import LAWS, external_laws, read_processes
    from oreline.exchange import read_plain_table
    from oreline.model import Assumption, InputError, is_fatal

    path = place / FILE if place.is_dir() else place
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        message = f"{path} is not there: name a folder with a {FILE}, or such a file"
        raise InputError(message) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    table = path.parent / ASSUMPTIONS
    assumptions: dict[str, Assumption] = {}
    findings: tuple[Finding, ...] = ()
    if table.is_file():
        rows, findings = read_plain_table(table.read_bytes(), ASSUMPTIONS, Assumption)
        assumptions = {row.value.id: row.value for row in rows}
    laws = {**LAWS, **external_laws(engine_here())}
    sheet, found = read_processes(text, path.name, assumptions=assumptions, laws=laws)
    findings = (*findings, *found)
    return (None if is_fatal(findings) else sheet), findings


def flowsheet_of(place: Path) -> tuple[Flowsheet, tuple[Finding, ...]]:
    """Return the flowsheet of a place that can be used, and what is to be said of it.

    Raises
    ------
    InputError
        With findings, if something in it is fatal.
    """
    from oreline.model import InputError

    sheet, findings = flowsheet_at(place)
    if sheet is None:
        raise InputError(f"{place} cannot be used", findings)
    return sheet, findings
