"""``oreline watch second-reader``: what a language model of the user's finds beside the rules."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._watch_source import judgements_beside, reports_of


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("second-reader")(second_reader)


@question(Needs.NOTHING, export=True)
def second_reader(
    _reader: Reader,
    chain: Annotated[
        Path, typer.Argument(metavar="CHAIN", help="The chain folder, with its watch.toml.")
    ],
    place: Annotated[
        Path | None,
        typer.Option("--reports", metavar="PLACE", help="Other reports than the folder's own."),
    ] = None,
) -> Answer:
    """Ask the endpoint of watch.toml what the rules missed; its claims stand apart, marked.

    The text of each report is sent there. A claim is kept only if it quotes a sentence of the
    report word for word and its names, amounts and times are read the same there. It changes no
    verdict. Answers are kept, so that a report is sent once.

    Example: oreline watch second-reader examples/pakistan-us
    """
    from oreline.model import InputError
    from oreline.watch import CACHE_FOLDER, asked_of, read_again, settings_of, watch

    settings, wrong = settings_of(chain)
    if settings is None:
        raise InputError("watch.toml cannot be used", wrong)
    if settings.extractor is None:
        raise InputError("watch.toml has no [extractor]: no second reader is asked, as intended")
    documents, _, known = reports_of(place or chain, chain)
    watched = watch(documents, chain=known, judgements=judgements_beside(place, chain))
    ask = asked_of(settings.extractor, os.environ)
    cache = chain / CACHE_FOLDER
    found = read_again(watched.documents, watched.claims, settings.extractor, ask, cache)

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings, print_note, print_title
        from oreline.watch import value_text

        print_title(console, f"{len(found.claims)} claims of the second reader {found.model}")
        print_findings(console, found.findings)
        for one in found.claims:
            slots = "; ".join(f"{name} {value_text(value)}" for name, value in one.slots)
            print_note(console, f"{one.kind}, {one.status}: {slots} ({one.rule}, {one.version})")
            sentence = " ".join(one.sentence.split())
            print_note(console, f"    “{sentence}” {one.document} {one.start}–{one.end}")
        also = f"{found.also} more were found by rules too" if found.also else ""
        print_note(console, also or "The claims of rules are not touched.")

    return Answer(found.to_json(), show, found.to_frame)
