"""``oreline explore init``: a mapping for a new set of drill hole tables, with what was guessed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._output import export_bytes
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.exchange import TextTable
    from oreline.explore import Guess
    from oreline.model import Finding


@question(Needs.NOTHING)
def init(
    _reader: Reader,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder with the drill hole tables.")
    ],
    length_unit: Annotated[
        str | None, typer.Option("--length-unit", metavar="UNIT", help="Of depths: m or ft.")
    ] = None,
    coordinate_unit: Annotated[
        str | None,
        typer.Option(
            "--coordinate-unit",
            metavar="UNIT",
            help="Of the collars' coordinates: m, ft or 'us ft' (default: as of depths).",
        ),
    ] = None,
    crs: Annotated[
        str | None,
        typer.Option("--crs", metavar="NAME", help="The coordinate system, such as EPSG:32642."),
    ] = None,
    dip: Annotated[
        str | None,
        typer.Option("--dip", metavar="SIGN", help="'positive down' or 'negative down'."),
    ] = None,
    azimuth: Annotated[
        str | None,
        typer.Option("--azimuth", metavar="NORTH", help="'grid', 'true' or 'magnetic'."),
    ] = None,
) -> Answer:
    """Guess which column of which table means what, and write it as explore.toml to be looked at.

    An explore.toml that is there is never overwritten. What cannot be guessed is left open, and the
    holes cannot be read before it is declared.

    Example: oreline explore init drillholes/babbitt --length-unit ft
    """
    from oreline.explore import MAPPING_FILE, Stated, guess_mapping

    stated = Stated(length_unit, coordinate_unit, crs, dip, azimuth)
    guess = guess_mapping(_tables(folder), stated)
    target = folder / MAPPING_FILE
    export_bytes(guess.text.encode(), target)
    result = {"file": str(target), **guess.to_json()}
    return Answer(result, lambda console: _show(console, target, guess))


def _tables(folder: Path) -> dict[str, TextTable]:
    from oreline.exchange import (
        DEFAULT_LIMITS,
        TEXT_TABLE_SUFFIXES,
        read_text_sheets,
        read_text_table,
    )
    from oreline.explore import SHEET_MARK
    from oreline.model import InputError

    if not folder.is_dir():
        raise InputError(f"{folder} is no folder")
    files = sorted(
        path for path in folder.iterdir() if path.suffix.casefold() in TEXT_TABLE_SUFFIXES
    )
    tables: dict[str, TextTable] = {}
    findings: list[Finding] = []
    for path in files:
        with path.open("rb") as file:
            data = file.read(DEFAULT_LIMITS.file_bytes + 1)
        if path.suffix.casefold() == ".xlsx":
            sheets, found = read_text_sheets(data, path.name)
            findings += found
            for title, one in sheets.items():
                mark = f"{SHEET_MARK}{title}" if len(sheets) > 1 else ""
                tables[f"{path.name}{mark}"] = one
            continue
        table, found = read_text_table(data, path.name)
        findings += found
        if table is not None:
            tables[path.name] = table
    if not tables:
        raise InputError(
            f"{folder} has no table that can be read (.csv, .xlsx, .parquet)", findings
        )
    return tables


def _show(console: Console, target: Path, guess: Guess) -> None:
    from rich.text import Text

    console.print(Text(f"Wrote {target}. What was guessed:", "bold"))
    for sentence in guess.guessed:
        console.print(Text(f"  {sentence}"))
    if guess.open:
        console.print(Text("Declare before the holes can be read:", "bold yellow"))
        for sentence in guess.open:
            console.print(Text(f"  {sentence}"))
    console.print(Text(f"Next: look at {target}."))
