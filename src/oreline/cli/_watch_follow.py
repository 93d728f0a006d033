"""``oreline watch follow``: what arrives in folders is read and told, until somebody stops it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._options import AsJson

if TYPE_CHECKING:
    from oreline.record import Shelf
    from oreline.watch import News


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("follow")(follow)


def follow(
    place: Annotated[
        Path | None,
        typer.Argument(metavar="PLACE", help="A folder of reports, or one report."),
    ] = None,
    chain: Annotated[
        Path | None,
        typer.Option(
            "--chain",
            metavar="FOLDER",
            help="The chain whose names are meant; alone, its own folders are followed.",
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Read what is there, tell what is new, and stop.")
    ] = False,
    seconds: Annotated[
        float,
        typer.Option("--seconds", metavar="N", min=0.1, max=86_400, help="Between two looks."),
    ] = 2.0,
    as_json: AsJson = False,
) -> None:
    """Follow folders: read what arrives, tell new claims and events whose verdict is another now.

    Only new and altered files are read, once they have been at rest for two seconds. What was read
    and told is kept (on the shelf of the chain's ledger, else with the caches of whoever runs
    this), so that a follower that was stopped or killed goes on where it was. The first time
    nothing is new: only how much is there is told. --json writes one object a line.

    Example: oreline watch follow examples/pakistan-us/evidence --once
    """
    from oreline.cli._output import stdout_console
    from oreline.cli._watch_source import chain_of, judgements_beside, places_of
    from oreline.model import InputError
    from oreline.record import system_clock
    from oreline.watch import Follower, workers_for
    from oreline.watch import follow as look_by_look

    if place is None and chain is None:
        raise InputError("follow what? Give a PLACE with reports, or --chain FOLDER")
    known = None if chain is None else chain_of(chain)
    if place is not None:
        places: tuple[Path, ...] = (place,)
    else:
        assert chain is not None
        places = places_of(chain)
    console = stdout_console()
    with _shelf(places, chain) as shelf:
        judged = judgements_beside(place, chain)
        follower = Follower(shelf, places, known, workers=workers_for, judgements=judged)
        try:
            for news in look_by_look(
                follower, seconds=seconds, today=lambda: system_clock().date(), is_once=once
            ):
                _tell(console, news, as_json=as_json)
        except KeyboardInterrupt:
            # That is how following ends; everything told is kept.
            return


@contextmanager
def _shelf(places: tuple[Path, ...], chain: Path | None) -> Iterator[Shelf]:
    """Give the shelf of the chain's ledger, else one of the person's own for these places."""
    import hashlib
    import os

    from oreline.model import InputError
    from oreline.record import cache_folder, open_shelf, open_store

    ledger = None if chain is None else chain / "ledger.db"
    if ledger is not None and ledger.is_file():
        with open_store(ledger) as store:
            yield store.shelf()
        return
    folder = cache_folder(os.environ)
    if folder is None:
        raise InputError("there is no place to keep what was read; set ORELINE_HOME")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = "\n".join(str(one.resolve()) for one in places)
    shelf = open_shelf(folder / f"watch-{hashlib.sha256(told.encode()).hexdigest()[:32]}.db")
    try:
        yield shelf
    finally:
        shelf.close()


def _tell(console: Console, news: News, *, as_json: bool) -> None:
    if as_json:
        import orjson

        for line in news.to_json():
            sys.stdout.write(orjson.dumps(line).decode() + "\n")
        sys.stdout.flush()
        return
    from rich.text import Text

    if news.is_first:
        reports, events = len(news.watched.documents), len(news.watched.events)
        console.print(f"{reports} reports with {events} events are there. New ones are told.")
    elif news.change:
        for state in ("new", "altered", "gone"):
            for name in getattr(news.change, state):
                console.print(Text(f"{state:8}{name}", "bold"))
    for one in news.change.findings:
        if one.severity.value != "note":
            console.print(Text(f"{one.severity.value} {one.code} {one.where}: {one.message}"))
    for event, claim in news.claims:
        told = Text(f"{event.verdict:8}", "bold")
        told.append(f"{event.title}\n")
        told.append(f"        “{' '.join(claim.sentence.split())}” {claim.document}", "dim")
        console.print(told)
    for event, was in news.verdicts:
        console.print(Text(f"{was} → {event.verdict}: {event.title}", "bold yellow"))
