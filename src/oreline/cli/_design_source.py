"""Opens the flowsheet that a command names: a chain folder or a file, with its assumptions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from oreline.design import AskEngine, EngineQuestion, EngineReply, Flowsheet
    from oreline.model import Finding

Place = Annotated[
    Path,
    typer.Argument(metavar="PLACE", help="A chain folder with processes.toml, or such a file."),
]


def flowsheet_at(place: Path) -> tuple[Flowsheet | None, tuple[Finding, ...]]:
    """Read the flowsheet of a chain folder, or a file, with assumptions and ores that go with it.

    Raises
    ------
    InputError
        If there is no such file, or it is no text.
    """
    from oreline.design import (
        ASSUMPTIONS_FILE,
        LAWS,
        PROCESSES_FILE,
        chain_of,
        external_laws,
        holes_in,
        ores_in,
        read_flowsheet,
    )
    from oreline.model import InputError

    path = place / PROCESSES_FILE if place.is_dir() else place
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        message = f"{path} is not there: name a folder with a {PROCESSES_FILE}, or such a file"
        raise InputError(message) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    table = companion(path, ASSUMPTIONS_FILE)
    assumptions = None if table is None else table.read_bytes()
    laws = {**LAWS, **external_laws(_engine())}
    chain = chain_of(path)
    return read_flowsheet(
        text, path.name, assumptions, laws, ores_in(chain), _holes_of(text, holes_in, chain)
    )


def _holes_of(
    text: str, holes_in: Callable[[Path], dict[str, str]], chain: Path
) -> dict[str, str] | None:
    """Return the digests of the drill holes, where the flowsheet takes an ore at all."""
    return holes_in(chain) if "ores/" in text else None


def _engine() -> AskEngine:
    """Return what asks the engine beside this Python; nothing is loaded until a law asks."""
    made: list[AskEngine] = []

    def ask(question: EngineQuestion) -> EngineReply:
        if not made:
            from oreline.api import engine_here

            made.append(engine_here())
        return made[0](question)

    return ask


def companion(flowsheet: Path, name: str) -> Path | None:
    """Return the file of this name that goes with a flowsheet, None where there is none."""
    from oreline.design import companions

    found = (Path(one) for one in companions(flowsheet.resolve(), name))
    return next((one for one in found if one.is_file()), None)


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
