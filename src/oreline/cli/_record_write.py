"""Commands that write to a ledger; each is one append, and nothing is ever changed in place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from oreline import __version__
from oreline.cli import _options as options
from oreline.cli._append import append_file, appended
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

LEDGER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
"""What a derived ledger may be called: its file has the same name."""

if TYPE_CHECKING:
    from oreline.exchange import ImportReport


@question(Needs.LEDGER)
def import_(
    reader: Reader,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The chain folder.")],
) -> Answer:
    """Read a chain folder into its ledger; nothing is written if anything in it is fatal.

    What the ledger already has is left as it is, so that an import can simply be repeated.

    Example: oreline record import examples/pakistan-us
    """
    from oreline.cli._progress import progress_bar
    from oreline.exchange import import_chain

    if reader.ledger_option is None and reader.chain_option is None:
        reader.chain_option = folder
    with progress_bar() as progress:
        report = import_chain(folder, reader.store, progress)
    problem = "" if report.is_complete else "the folder has fatal findings"
    return Answer(
        report.to_json(),
        lambda console: _show_import(console, report),
        problem=problem,
        findings=report.findings,
    )


def _show_import(console: Console, report: ImportReport) -> None:
    from rich.text import Text

    from oreline.cli._render import print_findings

    print_findings(console, report.findings)
    if report.is_complete:
        known = report.events - report.appended
        already = f"; {known} were there already" if known else ""
        told = f"Appended {report.appended} of {report.events} events{already}."
        console.print(Text(told, "bold green"))
    else:
        told = f"{report.appended} events were written before the ledger refused."
        told = told if report.appended else "Nothing was written."
        console.print(Text(told, "bold red"))


@question(Needs.LEDGER)
def append(
    reader: Reader,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Events as JSON, one on each line (.jsonl).")
    ],
) -> Answer:
    """Append the events of a file: all of them or none.

    Example: oreline record append today.jsonl
    """
    return append_file(reader, file)


@question(Needs.LEDGER)
def correct(
    reader: Reader,
    event: options.Event,
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever reads it later.")],
    by: options.Actor,
    void: Annotated[bool, typer.Option("--void", help="It never happened.")] = False,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="A field as it should be: site=mill, body.results.0.value=57.9; "
            "FIELD:=JSON for what is no text, FIELD= removes it.",
        ),
    ] = None,
    time: options.Happened = None,
) -> Answer:
    """Correct an event: the old one stays in the log, the correction says what counts.

    Example: oreline record correct assay-17 --set body.results.0.value=57.9
    --reason "typing error" --by lab-clerk
    """
    from oreline.model import InputError
    from oreline.record import event_state, replacement_of

    if not reason.strip():
        raise InputError("give a --reason: whoever reads the correction later will ask for it")
    if void == bool(changes):
        raise InputError("say what is wrong: either --void, or --set FIELD=VALUE for each field")
    state = event_state(reader.ledger, event)
    body: dict[str, Any] = {
        "target": event, "action": "void" if void else "replace", "reason": reason,
    }  # fmt: skip
    if changes:
        if state.in_force is None:
            raise InputError(f"{event} does not count now ({state.words}); nothing to change")
        body["replacement"] = replacement_of(state.in_force, changes)
    return _append_one(reader, "correct", body, by, time)


@question(Needs.LEDGER)
def release(
    reader: Reader,
    event: options.Event,
    by: options.Actor,
    statement: Annotated[str | None, typer.Option("--statement", help="Why it may count.")] = None,
    time: options.Happened = None,
) -> Answer:
    """Let a held event count; the decision and who made it are kept.

    Example: oreline record release ticket-981 --by shift-manager
    """
    return _decide(reader, event, "release", by, statement, time)


@question(Needs.LEDGER)
def reject(
    reader: Reader,
    event: options.Event,
    by: options.Actor,
    statement: Annotated[
        str | None, typer.Option("--statement", help="Why it must not count.")
    ] = None,
    time: options.Happened = None,
) -> Answer:
    """Decide that an event does not count; it stays in the log.

    Example: oreline record reject ticket-981 --by shift-manager --statement "entered twice"
    """
    return _decide(reader, event, "reject", by, statement, time)


def _decide(
    reader: Reader,
    event: str,
    decision: Literal["release", "reject"],
    by: str,
    statement: str | None,
    time: str | None,
) -> Answer:
    from oreline.model import InputError
    from oreline.record import event_state

    state = event_state(reader.ledger, event)
    if decision == "release" and state.in_force is not None:
        raise InputError(f"{event} is not held: it {state.words}")
    body = {"type": "acceptance", "subject": event, "issuer": by, "decision": decision}
    if statement is not None:
        body["statement"] = statement
    return _append_one(reader, "attest", body, by, time)


def _append_one(
    reader: Reader, kind: str, body: dict[str, Any], by: str, time: str | None
) -> Answer:
    from oreline.record import system_clock, system_salt

    moment = time or system_clock().isoformat().replace("+00:00", "Z")
    identity = f"{kind}-{system_salt()}"
    draft = {
        "schema": f"{kind}/1", "id": identity, "time": moment, "actor": by,
        "body": body,
    }  # fmt: skip
    return appended(reader.store.append([draft]), identity)


@question(Needs.LEDGER)
def derive(
    reader: Reader,
    name: Annotated[str, typer.Argument(metavar="ID", help="The id of the new ledger.")],
    tense: Annotated[
        Literal["planned", "scenario"],
        typer.Option("--tense", help="What is planned, or what might happen."),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PLACE",
            help="Where (default: ledgers/ID.db beside the parent).",
        ),
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", help="The seed that its events will be made with.")
    ] = None,
) -> Answer:
    """Make a planned or scenario ledger that continues the present state of a ledger.

    Example: oreline record derive plan-2027 --tense planned --chain examples/pakistan-us
    """
    from oreline.model import InputError
    from oreline.record import create_store

    if not LEDGER_ID.fullmatch(name):
        raise InputError(f"{name!r} is no id; use letters, digits, dots, hyphens and underscores")
    parent = reader.store
    if parent.header.parent is not None:
        raise InputError(
            f"{parent.header.id} is itself derived; derive from {parent.header.parent}"
        )
    if output is None:
        if parent.path is None:
            raise InputError("the parent is not a file; say where with --output")
        output = str(parent.path.parent / "ledgers" / f"{name}.db")
    size = parent.size()
    header = {
        "id": name, "tense": tense, "parent": parent.header.id, "parent_size": str(size),
        "parent_root": parent.root(size).hex(), "versions": f"oreline {__version__}",
    }  # fmt: skip
    with create_store(output, header if seed is None else {**header, "seed": seed}) as made:
        result = {**header, "place": made.place}

    def show(console: Console) -> None:
        from rich.text import Text

        told = f"Made the {tense} ledger {name} at {result['place']}"
        console.print(Text(f"{told}, derived from {parent.header.id} at {size} events.", "bold"))

    return Answer(result, show)
