"""``oreline check``: everything that is wrong or odd with a chain folder, at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.explore import HolesRead
    from oreline.model import Finding


@question(Needs.NOTHING)
def check(
    _reader: Reader,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The chain folder.")],
) -> Answer:
    """Read a chain folder with all its events and list every finding at its place.

    Contracts, parcels and price tables are read too, as `oreline settle check` does, and drill
    holes, as `oreline explore check` does. Nothing is written. The exit status is 1 if any finding
    is fatal.

    Example: oreline check examples/pakistan-us
    """
    from oreline.exchange import read_folder_drafts
    from oreline.model import is_fatal
    from oreline.settle import read_terms

    read = read_folder_drafts(folder)
    terms = read_terms(folder)
    drilled = _drill_holes(folder)
    bored = tuple(finding for one in drilled for finding in one.findings)
    findings = (*_together(read.findings, terms.findings), *bored)
    result = {
        "folder": str(folder),
        "chain": None if read.chain is None else read.chain.name,
        "files": list(read.files),
        "declarations": len(read.declarations),
        "events": len(read.events),
        "contracts": [contract.id for _, contract in terms.contracts],
        "series": sorted(terms.prices),
        "drillholes": [one.name for one in drilled],
        "findings": [finding.to_json() for finding in findings],
    }

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_findings

        print_findings(console, findings)
        counted = (
            f"{len(read.files)} event files, {len(read.declarations)} declarations, "
            f"{len(read.events)} events"
        )
        if terms.files:
            counted += f", {len(terms.files)} files of contracts, parcels and prices"
        console.print(Text(f"{folder}: {counted}."))
        if drilled:
            named = ", ".join(one.name for one in drilled)
            console.print(Text(f"Drill holes: {named}."))
        if is_fatal(read.findings):
            console.print(Text("This folder cannot be imported.", "bold red"))
        else:
            console.print(Text("This folder can be imported.", "bold green"))
        if is_fatal(terms.findings):
            said = "Not all of its contracts, parcels and prices can be used for settlement."
            console.print(Text(said, "bold red"))
        if is_fatal(bored):
            console.print(Text("Not all rows of its drill holes can be used.", "bold red"))

    problem = "the folder has fatal findings" if is_fatal(findings) else ""
    return Answer(result, show, problem=problem, findings=findings)


def _drill_holes(folder: Path) -> list[HolesRead]:
    """Read the drill holes of a chain folder; findings name their files from the folder on."""
    if not (folder / "drillholes").is_dir():
        return []
    from oreline.explore import hole_folders, read_hole_folder

    read = []
    for path in hole_folders(folder):
        one = read_hole_folder(path)
        place = path.relative_to(folder).as_posix()
        moved = (replace(found, where=f"{place}/{found.where}") for found in one.findings)
        read.append(replace(one, findings=tuple(moved)))
    return read


def _together(read: Sequence[Finding], terms: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings of both readers, what both tell of one place once.

    Whether a file is TOML, and who a contract is between, is told by both; the second reader names
    the line.
    """
    with_line = {one.where.partition(":")[0] for one in terms if one.where.startswith("contracts/")}
    kept = [
        one
        for one in read
        if one.code not in _TOLD_WITH_LINE or one.where.partition(" ")[0] not in with_line
    ]
    places = {one.where for one in kept}
    return (*kept, *(one for one in terms if one.where not in places))


_TOLD_WITH_LINE = frozenset({"ORL-0301", "ORL-0310", "ORL-0830"})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)
