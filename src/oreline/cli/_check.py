"""``oreline check``: everything that is wrong or odd with a chain folder, at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader


@question(Needs.NOTHING)
def check(
    _reader: Reader,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The chain folder.")],
) -> Answer:
    """Read a chain folder with all its events and list every finding at its place.

    Nothing is written. The exit status is 1 if any finding is fatal.

    Example: oreline check examples/pakistan-us
    """
    from oreline.exchange import read_folder_drafts
    from oreline.model import is_fatal

    read = read_folder_drafts(folder)
    result = {
        "folder": str(folder),
        "chain": None if read.chain is None else read.chain.name,
        "files": list(read.files),
        "declarations": len(read.declarations),
        "events": len(read.events),
        "findings": [finding.to_json() for finding in read.findings],
    }

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_findings

        print_findings(console, read.findings)
        counted = (
            f"{len(read.files)} event files, {len(read.declarations)} declarations, "
            f"{len(read.events)} events"
        )
        verdict = "This folder cannot be imported." if problem else "This folder can be imported."
        console.print(Text(f"{folder}: {counted}."))
        console.print(Text(verdict, "bold red" if problem else "bold green"))

    problem = "the folder has fatal findings" if is_fatal(read.findings) else ""
    return Answer(result, show, problem=problem, findings=read.findings)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)
