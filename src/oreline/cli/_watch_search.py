"""``oreline watch search``: words in reports, claims, evidence and events of the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    import polars as pl

    from oreline.model import Finding
    from oreline.record import Hit

KINDS: Final = ("report", "claim", "evidence", "event")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("search")(search)


@question(Needs.NOTHING, export=True)
def search(
    _reader: Reader,
    words: Annotated[
        str,
        typer.Argument(
            metavar="WORDS",
            help='All of them must be there; "a phrase", a beginning* and -unwanted work too.',
        ),
    ],
    place: Annotated[
        Path | None,
        typer.Argument(metavar="PLACE", help="A report, or a folder of reports."),
    ] = None,
    chain: Annotated[
        Path | None,
        typer.Option(
            "--chain",
            metavar="FOLDER",
            help="Search a chain folder: its reports, its evidence, the events of its ledger.",
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="report, claim, evidence or event; repeat it."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="How many hits are shown, at most 1000.")
    ] = 20,
) -> Answer:
    """Search reports, what they claim, evidence, and what the ledger's events say.

    Capitals, accents and plurals make no difference. The best comes first; what is found has its
    place: the characters of the report, or the event. Of a chain with a ledger, what was read
    stays in the ledger's database, so that only new and altered reports are read.

    Example: oreline watch search "antimony shipment" --chain examples/pakistan-us
    """
    from oreline.model import Severity

    hits, findings = _hits(words, place, chain, tuple(kind or ()), limit)
    unread = [one for one in findings if one.severity is Severity.FATAL]

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings

        print_findings(console, unread)
        if not hits:
            console.print("Nothing was found.")
        for hit in hits:
            _print_hit(console, hit)

    result = {"words": words, "hits": [one.to_json() for one in hits]}
    problem = "some files could not be read" if unread else ""
    return Answer(result, show, lambda: _frame(hits), problem, unread)


def _hits(
    words: str, place: Path | None, chain: Path | None, kinds: tuple[str, ...], limit: int
) -> tuple[tuple[Hit, ...], tuple[Finding, ...]]:
    from oreline.cli._progress import progress_bar
    from oreline.cli._watch_source import shelf_of
    from oreline.model import InputError
    from oreline.record import parse_question

    if (place is None) == (chain is None):
        raise InputError("search what? Give a PLACE with reports, or --chain FOLDER")
    if unknown := sorted(set(kinds) - set(KINDS)):
        raise InputError(f"--kind {', '.join(unknown)}: write {', '.join(KINDS)}")
    # Refused before anything is read.
    parse_question(words)
    with (
        progress_bar() as progress,
        shelf_of(place, chain, progress=progress) as (shelf, findings),
    ):
        return shelf.search(words, kinds=kinds, limit=limit), findings


def _print_hit(console: Console, hit: Hit) -> None:
    from rich.text import Text

    one = hit.passage
    where = one.place if one.kind == "event" else f"{one.place} {one.start}–{one.end}"
    if one.kind == "claim":
        where = f"{where}, claim {one.key}"
    head = Text.assemble(
        (f"{hit.rank:3} ", "dim"), (one.kind, "bold"), f"  {one.title[:120]}", (f"  {where}", "dim")
    )
    if one.day is not None:
        head.append(f", {one.day}", "dim")
    console.print(head)
    told = Text(hit.snippet.replace("\n", " "))
    for start, end in hit.marks:
        told.stylize("bold yellow", start, end)
    told.pad_left(4)
    console.print(told)


def _frame(hits: tuple[Hit, ...]) -> pl.DataFrame:
    import polars as pl

    rows = [
        {**one.to_json(), "marks": " ".join(f"{start}-{end}" for start, end in one.marks)}
        for one in hits
    ]
    schema = {name: pl.Int64 if name in _NUMBERS else pl.String for name in _COLUMNS}
    return pl.DataFrame(rows, schema=schema)


_NUMBERS: Final = ("rank", "start", "end", "seq")
_COLUMNS: Final = (
    "rank", "kind", "place", "title", "start", "end", "key", "day", "seq", "snippet", "marks",
)  # fmt: skip
