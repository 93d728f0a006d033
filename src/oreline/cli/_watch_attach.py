"""``oreline watch attach`` and ``attached``: claims that people put into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._append import appended
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._watch_source import reports_of

if TYPE_CHECKING:
    from oreline.watch import Attached, Watched

ReportsOption = Annotated[
    Path | None,
    typer.Option(
        "--reports", metavar="PLACE", help="Where the reports lie (default: the chain folder)."
    ),
]
Subject = Annotated[
    str,
    typer.Option(
        "--to", metavar="SUBJECT", help="lot:ID, party:ID, site:ID, phase:ID or event:ID."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("attach")(attach)
    app.command("attached")(attached)


@question(Needs.LEDGER)
def attach(
    reader: Reader,
    claim: Annotated[
        str, typer.Argument(metavar="CLAIM", help="The id of a claim, or how it begins.")
    ],
    to: Subject,
    by: options.Actor,
    reports: ReportsOption = None,
    party: Annotated[
        str | None, typer.Option("--party", metavar="ID", help="For which party, if for one.")
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", help="Why it belongs there, for later readers.")
    ] = None,
    time: options.Happened = None,
) -> Answer:
    """Attach a claim of a report to a lot, party, site, phase or event of the ledger.

    It becomes an attestation with the quoted sentence, the hashes of report and text, the
    characters, the rule and its version. It is worth 'reported' at most and changes no quantity.
    Attaching it again changes nothing; 'oreline record correct EVENT --void' takes it back.

    Example: oreline watch attach 6da83dd0 --to lot:fwo:first-batch-antimony --by desk
    --chain examples/pakistan-us
    """
    from oreline.record import system_clock
    from oreline.watch import (
        attach_draft,
        attached_already,
        check_claim_subject,
        claim_subject,
        found_claim,
    )

    subject = claim_subject(to)
    watched, chain = _watched(reader, reports)
    found, document = found_claim(watched, claim)
    check_claim_subject(subject, reader.ledger, chain)
    already = attached_already(found, document, subject, reader.ledger, party)
    if already is not None:
        return _known(already)
    draft = attach_draft(found, document, subject, reader.ledger, party)
    moment = time or system_clock().isoformat().replace("+00:00", "Z")
    draft = {**draft, "time": moment, "actor": by}
    if note:
        draft["note"] = note
    answer = appended(reader.store.append([draft]), draft["id"])
    told = {**answer.result, "attached_to": str(subject), "sentence": found.sentence}

    def show(console: Console) -> None:
        from oreline.cli._render import print_note

        print_note(console, f"“{' '.join(found.sentence.split())}”")
        print_note(console, f"{found.id} is attached to {subject} by {draft['id']}.")
        answer.show(console)

    return Answer(told, show)


def _known(already: Attached) -> Answer:
    def show(console: Console) -> None:
        from oreline.cli._render import print_note

        told = f"attached to {already.subject} already, by {already.actor}: {already.event}"
        print_note(console, f"{already.claim} is {told}. Nothing was written.")

    return Answer({"appended": 0, "already": already.to_json()}, show)


@question(Needs.LEDGER_AS_OF, export=True)
def attached(
    reader: Reader,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="SUBJECT", help="Only what is attached to this."),
    ] = None,
    reports: ReportsOption = None,
) -> Answer:
    """List the claims that people attached, and how the rules read their sentences now.

    Example: oreline watch attached --chain examples/pakistan-us
    """
    from oreline.watch import attached_claims, attached_frame, claim_subject, how_read_now

    only = None if to is None else claim_subject(to)
    found = [one for one in attached_claims(reader.ledger) if only is None or one.subject == only]
    watched = _watched(reader, reports)[0] if found else None
    now = {one.event: how_read_now(one, watched) for one in found if watched is not None}
    result: dict[str, Any] = {
        "attached": [{**one.to_json(), "read_now": now[one.event]} for one in found]
    }

    def show(console: Console) -> None:
        from oreline.cli._render import print_note, print_table

        if not found:
            print_note(console, "No claim is attached.")
            return
        rows = [
            (str(one.subject), one.sentence, f"{one.outlet}, {one.published}", one.actor,
             now[one.event], one.event)
            for one in found
        ]  # fmt: skip
        columns = ("attached to", "sentence", "outlet, published", "by", "read now", "event")
        print_table(console, columns, rows)

    return Answer(result, show, lambda: attached_frame(found), told_of=reader)


def _watched(reader: Reader, reports: Path | None) -> tuple[Watched, Any]:
    """Return what the reports of the ledger's chain folder say, and the chain, if there is one."""
    from oreline.model import InputError
    from oreline.watch import judgements_of, watch

    beside = reader.store.path
    folder = reader.chain_option or (None if beside is None else beside.resolve().parent)
    chain = folder if folder is not None and (folder / "chain.toml").is_file() else None
    place = reports or chain
    if place is None:
        raise InputError("where are the reports? Give --reports PLACE, or --chain FOLDER")
    documents, findings, known = reports_of(place, chain)
    judged = judgements_of(reader.ledger)
    return watch(documents, chain=known, findings=findings, judgements=judged), known
