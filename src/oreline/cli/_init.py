"""``oreline init``: a new chain folder with its ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader


@question(Needs.NOTHING)
def init(
    _reader: Reader,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the chain will be.")],
    name: Annotated[
        str | None, typer.Option("--name", help="What the chain is called (default: the folder).")
    ] = None,
    currency: Annotated[str, typer.Option("--currency", help="What it counts in.")] = "USD",
    time_zone: Annotated[
        str, typer.Option("--time-zone", help="The zone of times written without one.")
    ] = "UTC",
    ledger: Annotated[
        str | None,
        typer.Option(
            "--ledger", metavar="PLACE", help="Where its ledger is (default: FOLDER/ledger.db)."
        ),
    ] = None,
) -> Answer:
    """Make a new chain folder and its ledger; a folder that has a chain gets only the ledger.

    Example: oreline init my-chain --name "My chain" --time-zone Asia/Karachi
    """
    from oreline.exchange import init_folder, read_chain
    from oreline.record import create_store

    is_new = not (folder / "chain.toml").exists()
    if is_new:
        init_folder(folder, name or folder.resolve().name, currency=currency, time_zone=time_zone)
    chain, findings = read_chain(folder)
    if chain is None:
        from oreline.cli._render import print_findings

        return Answer(
            {"folder": str(folder), "findings": [finding.to_json() for finding in findings]},
            lambda console: print_findings(console, findings),
            problem="the chain folder has fatal findings; no ledger was made",
            findings=findings,
        )
    place = ledger or str(folder / "ledger.db")
    with create_store(place, {"id": chain.name, "tense": "actual"}) as store:
        result = {"folder": str(folder), "is_new": is_new, "ledger": store.place, "id": chain.name}
    return Answer(result, lambda console: _show(console, folder, is_new=is_new))


def _show(console: object, folder: Path, *, is_new: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    assert isinstance(console, Console)
    made = "a new chain folder with an empty ledger" if is_new else "an empty ledger for the chain"
    console.print(Text(f"Made {made}: {folder}", "bold"))
    console.print(Text("Next:"))
    if is_new:
        console.print(Text("  fill in the tables (sites.csv, materials.csv, events/events.csv)"))
    console.print(Text(f"  oreline check {folder}"))
    console.print(Text(f"  oreline record import {folder}"))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)
