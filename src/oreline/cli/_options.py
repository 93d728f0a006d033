"""The options and arguments that commands share, each written once."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Annotated, Any

import typer

COMPLETED_LOTS = 200
"""How many lots a shell completion offers at most."""

Annotations = dict[str, Any]
SHARED = "Which ledger, as of when"


def _complete_lot(context: typer.Context, incomplete: str) -> list[str]:
    """Return lots of the ledger that begin as written.

    Read straight from the file: a completion has to answer faster than a ledger is opened. Of a
    ledger on a server, and of one that cannot be read, nothing is offered.
    """
    place = context.params.get("ledger") or os.environ.get("ORELINE_LEDGER")
    chain = context.params.get("chain") or "."
    path = Path(place) if place else Path(chain) / "ledger.db"
    if not path.is_file():
        return []
    like = incomplete.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    query = "SELECT lot FROM lot WHERE lot LIKE ? ESCAPE '\\' ORDER BY lot LIMIT ?"
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return [row[0] for row in connection.execute(query, (like, COMPLETED_LOTS))]
        finally:
            connection.close()
    except sqlite3.Error:
        return []


Lot = Annotated[
    str,
    typer.Argument(metavar="LOT", help="The lot, as issuer:local.", autocompletion=_complete_lot),
]
Event = Annotated[str, typer.Argument(metavar="EVENT", help="The id of the event.")]
Element = Annotated[
    str,
    typer.Option(
        "--element",
        "-e",
        metavar="SYMBOL",
        help="The element, or an aggregate assayed as such (TREO).",
    ),
]
Level = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="One level of origin: country, district, site, lot or party.",
    ),
]
LedgerPlace = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        metavar="PLACE",
        help="The ledger: a file, or the URL of a PostgreSQL database "
        "(default: ledger.db of --chain, $ORELINE_LEDGER, or ./ledger.db).",
        rich_help_panel=SHARED,
    ),
]
ChainFolder = Annotated[
    Path | None,
    typer.Option(
        "--chain",
        metavar="FOLDER",
        help="The chain folder whose ledger.db is meant.",
        rich_help_panel=SHARED,
    ),
]
ParentPlace = Annotated[
    str | None,
    typer.Option(
        "--parent",
        metavar="PLACE",
        help="The ledger that a planned or scenario ledger was derived from.",
        rich_help_panel=SHARED,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Only what happened up to a day (2025-09-01) or moment (2025-09-01T06:00:00Z).",
        rich_help_panel=SHARED,
    ),
]
KnownAt = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="TIME",
        help="Only what had been recorded by a day or moment, or the first N events.",
        rich_help_panel=SHARED,
    ),
]
AsJson = Annotated[
    bool,
    typer.Option("--json", help="Answer with one JSON object.", rich_help_panel="Output"),
]
Export = Annotated[
    Path | None,
    typer.Option(
        "--export",
        metavar="FILE",
        help="Also write the table: .csv, .xlsx or .parquet.",
        rich_help_panel="Output",
    ),
]
Actor = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="NAME",
        envvar="ORELINE_ACTOR",
        help="Who enters this: the pseudonym that the ledger keeps.",
    ),
]
Happened = Annotated[
    str | None,
    typer.Option("--time", metavar="TIME", help="When, in UTC with Z (default: now)."),
]

PLACE_OPTIONS: Annotations = {"ledger": LedgerPlace, "chain": ChainFolder}
"""The options of every command that opens a ledger."""
OUTPUT_OPTIONS: Annotations = {"as_json": AsJson}
"""The options of every command."""
READ_OPTIONS: Annotations = {
    **PLACE_OPTIONS,
    "parent": ParentPlace,
    "as_of": AsOf,
    "known_at": KnownAt,
    **OUTPUT_OPTIONS,
}
"""The options of every command that reads one."""
