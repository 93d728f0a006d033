"""``oreline watch read``: what reports say of events, what agrees, and where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._exit_codes import ExitCode
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._watch_against import against_of, print_against
from oreline.cli._watch_source import ChainOption, Place, WorkersOption, watched_of

if TYPE_CHECKING:
    from oreline.watch import Event, Watched

SENTENCE_CHARS = 200
"""How much of a sentence is shown in the terminal; --json has all of it."""


@question(Needs.NOTHING, export=True)
def read(
    _reader: Reader,
    place: Place,
    chain: ChainOption = None,
    event: Annotated[
        str | None,
        typer.Option("--event", metavar="ID", help="Only this event, with every sentence."),
    ] = None,
    workers: WorkersOption = None,
) -> Answer:
    """Read reports and set side by side what they say of each event.

    Text, HTML, PDF, RSS, Atom, JSON feed, e-mail and ZIP are read. Each claim stands on a sentence,
    which is shown; copies of one text count once. No rule guesses: what a report does not say is
    not filled in. Where the chain folder has a ledger, what contradicts it is shown. --export
    writes the claims as a table.

    Example: oreline watch read examples/pakistan-us
    """
    from oreline.cli._progress import progress_bar
    from oreline.model import InputError, is_fatal

    with progress_bar() as progress:
        found, known = watched_of(place, chain, workers, progress)
    chosen = found.events
    if event is not None:
        one = found.event(event)
        if one is None:
            raise InputError(f"no event here has the id {event!r}")
        chosen = (one,)

    folder = place if (place / "chain.toml").is_file() else chain
    against = against_of(folder, found, known)
    compared = () if against is None else against.points
    if event is not None and against is not None:
        compared = against.of_event(chosen[0].id)

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings

        print_findings(console, found.findings)
        if event is None:
            _print_reports(console, found)
        for one in chosen:
            _print_event(console, found, one, is_whole=event is not None)
        print_against(console, compared, is_whole=event is not None)
        if event is None:
            _print_new(console, found)

    problem = "some files could not be read" if is_fatal(found.findings) else ""
    result = found.to_json() if event is None else {"event": chosen[0].to_json()}
    if against is not None:
        told = {"ledger": against.ledger, "size": against.size}
        result["against_ledger"] = {**told, "points": [one.to_json() for one in compared]}
    grounds = found.findings if problem else ()
    return Answer(result, show, found.to_frame, problem, grounds, status=ExitCode.FOUND)


def _print_reports(console: Console, found: Watched) -> None:
    from oreline.cli._render import print_note, print_table, print_title

    claims = sum(len(one.claims) for one in found.events)
    print_title(console, f"{len(found.documents)} reports, {claims} claims")
    rows = []
    for one in found.documents:
        kind = "release" if one.is_release else one.kind
        rows.append(
            (
                one.name,
                one.outlet.value or "not found",
                "not found" if one.published.day is None else one.published.day.isoformat(),
                one.issuer.value or "",
                one.wire.value or "",
                kind + (", with AI tools" if one.assisted else ""),
                one.sha256[:12],
            )
        )
    columns = ("report", "outlet", "published", "issuer", "wire", "kind", "SHA-256")
    print_table(console, columns, rows)
    for copy, first in found.same:
        print_note(console, f"{copy} is the same text as {first} and counts once.")
    for kin in found.kin:
        how = "is a copy of" if kin.kind == "copy" else "shares sentences with"
        print_note(console, f"{kin.second} {how} {kin.first} (“… {kin.words} …”): one origin.")


def _print_event(console: Console, found: Watched, event: Event, *, is_whole: bool) -> None:
    from rich.text import Text

    from oreline.cli._render import print_note, print_table

    style = {"differs": "bold yellow", "agreed": "bold green"}.get(event.verdict, "bold")
    console.print()
    console.print(Text.assemble((event.verdict.upper(), style), "  ", (event.title, "bold")))
    told = f"event {event.id} · {len(event.reports)} reports, {event.independent} independent"
    if event.interested:
        told += f" · said by a party to it: {', '.join(event.interested)}"
    print_note(console, told)
    rows = [
        (
            point.slot,
            point.verdict,
            " | ".join(f"{one.text}" for one in point.told),
            point.note,
        )
        for point in event.points
    ]
    print_table(console, ("point", "verdict", "said, report by report", "note"), rows)
    for claim in event.claims:
        sentence = " ".join(claim.sentence.split())
        if not is_whole and len(sentence) > SENTENCE_CHARS:
            sentence = f"{sentence[:SENTENCE_CHARS]}…"
        line = Text.assemble(
            ("  “", "dim"),
            sentence,
            ("” ", "dim"),
            (f"{claim.document} {claim.start}–{claim.end}, {claim.rule}", "dim"),
        )
        console.print(line)
        for check in claim.checks:
            print_note(console, f"    arithmetic: {check}")


def _print_new(console: Console, found: Watched) -> None:
    from oreline.cli._render import print_note

    known = [
        one
        for one in found.entities
        if one.table in ("parties", "sites", "facilities", "operators")
    ]
    new = [
        one.name for one in found.entities if one.table is None and one.kind in ("company", "body")
    ]
    for one in known:
        print_note(
            console,
            f"{one.name} is {one.known_as} ({one.table} {one.id}),"
            f" {one.score:.0f} of 100: {one.reason}.",
        )
    if new:
        print_note(console, f"New names, for a person to add or not: {', '.join(new)}.")
