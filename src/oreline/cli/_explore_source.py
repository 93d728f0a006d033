"""Which drill holes a command means: a folder with explore.toml, or a set of a chain folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from oreline.explore import DrillHoles, HolesRead
    from oreline.model import Finding

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="The folder with explore.toml, or a chain folder with drillholes/."
    ),
]
SetName = Annotated[
    str | None,
    typer.Option("--set", metavar="NAME", help="Which set of holes, where a chain has several."),
]


def read_sets(folder: Path, name: str | None) -> list[HolesRead]:
    """Read every set of drill holes of a place, or the one that is named."""
    from oreline.explore import hole_folders, read_hole_folder
    from oreline.model import InputError

    folders = hole_folders(folder)
    if not folders:
        message = f"{folder} has no drill holes: no explore.toml in it or in drillholes/"
        raise InputError(f"{message}; 'oreline explore init FOLDER' makes one")
    named = [path.name for path in folders]
    chosen = [path for path in folders if name is None or path.name == name]
    if not chosen:
        raise InputError(f"{folder} has no set {name}; there are {', '.join(named)}")
    return [read_hole_folder(path) for path in chosen]


def read_one(folder: Path, name: str | None) -> tuple[DrillHoles, Sequence[Finding]]:
    """Read one set of drill holes, and what is wrong with it.

    Raises
    ------
    InputError
        If there are several and none is named, or the set cannot be used.
    """
    from oreline.model import InputError

    read = read_sets(folder, name)
    if len(read) > 1:
        named = ", ".join(one.name for one in read)
        raise InputError(f"{folder} has several sets of holes ({named}); name one with --set")
    holes = read[0].holes
    if holes is None:
        raise InputError(f"the drill holes {read[0].name} cannot be used", read[0].findings)
    return holes, read[0].findings


def print_left_out(console: Console, holes: DrillHoles, findings: Sequence[Finding]) -> None:
    """Say in one line what was left out and how many findings there are."""
    from rich.text import Text

    from oreline.cli._render import findings_summary

    lost = [f"{count} {part}" for part, count in holes.rows_left_out.items() if count]
    told = f"Left out: {', '.join(lost)}. " if lost else ""
    if findings:
        line = f"{told}{findings_summary(findings)}: see oreline explore check."
        console.print(Text(line, "yellow" if lost else "dim"))
