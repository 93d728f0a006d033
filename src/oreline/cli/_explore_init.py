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
    from collections.abc import Mapping

    from oreline.exchange import TextTable
    from oreline.explore import Guess


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
    model: Annotated[
        bool, typer.Option("--model", help="Also propose the settings of a first block model.")
    ] = False,
    density: Annotated[
        float | None,
        typer.Option("--density", metavar="T/M3", help="Dry t/m3 of all rock, for --model."),
    ] = None,
    density_source: Annotated[
        str, typer.Option("--density-source", metavar="TEXT", help="Who says so.")
    ] = "",
) -> Answer:
    """Guess which column of which table means what, and write it as explore.toml to be looked at.

    An explore.toml that is there is never overwritten. What cannot be guessed is left open, and the
    holes cannot be read before it is declared.

    Example: oreline explore init drillholes/babbitt --length-unit ft
    """
    from oreline.explore import MAPPING_FILE, Stated, guess_mapping

    stated = Stated(length_unit, coordinate_unit, crs, dip, azimuth)
    files = _files(folder)
    guess = guess_mapping(_tables(folder, files), stated)
    if model:
        guess = _with_model(guess, files, density, density_source)
    target = folder / MAPPING_FILE
    export_bytes(guess.text.encode(), target)
    result = {"file": str(target), **guess.to_json()}
    return Answer(result, lambda console: _show(console, target, guess))


def _with_model(
    guess: Guess, files: Mapping[str, bytes], density: float | None, density_source: str
) -> Guess:
    """Add settings of a block model, which follow from the holes as they are read."""
    from dataclasses import replace

    from oreline.explore import MAPPING_FILE, guess_model, mapping_text, read_holes
    from oreline.model import InputError

    read = read_holes({**files, MAPPING_FILE: guess.text.encode()})
    if read.holes is None:
        message = "a block model cannot be proposed before the holes can be read"
        raise InputError(message, read.findings)
    found = guess_model(read.holes, density, density_source)
    text = f"{guess.text}\n{mapping_text(found.sections)}"
    return replace(guess, text=text, guessed=(*guess.guessed, *found.said))


def _files(folder: Path) -> dict[str, bytes]:
    from oreline.exchange import DEFAULT_LIMITS, TEXT_TABLE_SUFFIXES
    from oreline.model import InputError

    if not folder.is_dir():
        raise InputError(f"{folder} is no folder")
    paths = sorted(
        path for path in folder.iterdir() if path.suffix.casefold() in TEXT_TABLE_SUFFIXES
    )
    found = {}
    for path in paths:
        with path.open("rb") as file:
            found[path.name] = file.read(DEFAULT_LIMITS.file_bytes + 1)
    return found


def _tables(folder: Path, files: Mapping[str, bytes]) -> dict[str, TextTable]:
    from oreline.explore import text_tables
    from oreline.model import InputError

    tables, findings = text_tables(files)
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
