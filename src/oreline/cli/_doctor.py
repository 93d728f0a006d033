"""``oreline doctor``: what is installed, which ledger is meant, what is missing."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from typing import Any

import typer
from rich.console import Console

from oreline import __version__
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader, ledger_place

PACKAGES = (
    "alembic", "cryptography", "fastexcel", "molmass", "numba", "numpy", "orjson", "plotly",
    "polars", "pyarrow", "pydantic", "rich", "sqlalchemy", "typer", "xlsxwriter",
)  # fmt: skip
OPTIONAL = {
    "distributed": "work shared among processes (install oreline[cluster])",
    "psycopg": "ledgers on PostgreSQL (install oreline[postgres])",
}


@question(Needs.LEDGER)
def doctor(reader: Reader) -> Answer:
    """Print versions, the state of the ledger that is meant, and what is missing.

    Example: oreline doctor --chain examples/pakistan-us
    """
    packages = {name: _version(name) for name in (*PACKAGES, *OPTIONAL)}
    missing = [f"{name} is not installed" for name in PACKAGES if packages[name] is None]
    without = [f"{name}: {use}" for name, use in OPTIONAL.items() if packages[name] is None]
    ledger, wrong = ({}, "") if missing else _ledger_state(reader)
    if wrong:
        missing.append(wrong)
    result = {
        "oreline": __version__,
        "python": platform.python_version(),
        "system": platform.system(),
        "packages": packages,
        "ledger": ledger,
        "missing": missing,
        "optional_missing": without,
    }
    problem = "" if not any(packages[name] is None for name in PACKAGES) else missing[0]
    return Answer(result, lambda console: _show(console, result), problem=problem)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _ledger_state(reader: Reader) -> tuple[dict[str, Any], str]:
    from oreline.model import OrelineError

    try:
        place = ledger_place(reader.ledger_option, reader.chain_option)
        store = reader.store
        header = store.header
        state = {
            "place": store.place, "id": header.id, "tense": header.tense, "size": store.size(),
            "root": store.root().hex(), "parent": header.parent,
        }  # fmt: skip
    except OrelineError as error:
        return {}, str(error)
    path = store.path
    if path is not None and not os.access(path, os.W_OK):
        return state, f"{place} may not be written by you"
    return state, ""


def _show(console: Console, result: dict[str, Any]) -> None:
    from oreline.cli._render import print_note, print_pairs, print_title

    print_title(console, f"oreline {result['oreline']}")
    print_pairs(
        console,
        [
            ("python", f"{result['python']} on {result['system']}"),
            ("packages", ", ".join(f"{k} {v}" for k, v in result["packages"].items() if v)),
            *((f"ledger {key}", value) for key, value in result["ledger"].items() if value),
        ],
    )
    for line in result["missing"]:
        print_note(console, line)
    for line in result["optional_missing"]:
        print_note(console, f"optional, not installed: {line}")
    if not result["missing"]:
        console.print("Nothing is missing.", style="green")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)
