"""Commands for the other party: a copy of the ledger to hand over, a proof to check without one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._record_proof import read_file, verifier_given

if TYPE_CHECKING:
    from oreline.record import SharedCopy

FIELDS_SHOWN = 20
"""How many withheld fields the terminal names; --json names all."""


@question(Needs.LEDGER)
def share(
    reader: Reader,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="The copy; a new file."),
    ],
    parties: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            metavar="PARTY",
            help="Who receives it: events entered for this party keep their values.",
        ),
    ] = None,
    withhold_all: Annotated[
        bool, typer.Option("--withhold-all", help="No event keeps its withheld values.")
    ] = False,
    events: Annotated[
        list[str] | None,
        typer.Option(
            "--show", metavar="EVENT", help="This event keeps its values too, such as a sale."
        ),
    ] = None,
) -> Answer:
    """Write a copy of the ledger for another party, without what is withheld.

    The values, and all that was derived from them, are nowhere in the copy. It has the same log:
    whoever keeps a checkpoint verifies the copy against it, and learns which fields are withheld.

    Example: oreline record share --for us-buyer -o for-us-buyer.db
    """
    from oreline.model import InputError
    from oreline.record import share_ledger

    if withhold_all == bool(parties):
        raise InputError("say who receives it: either --for PARTY or --withhold-all")
    copy = share_ledger(reader.store, output, parties=parties or (), events=events or ())
    return Answer(copy.to_json(), lambda console: _show_copy(console, copy))


def _show_copy(console: Console, copy: SharedCopy) -> None:
    from rich.text import Text

    from oreline.cli._render import print_note

    console.print(Text(f"Wrote {copy.place}: {copy.size} events, root {copy.root.hex()}.", "bold"))
    events = len({item.seq for item in copy.removed})
    console.print(
        Text(f"Left out: {len(copy.removed)} values of {events} events. Kept: {copy.kept}.")
    )
    for item in copy.removed[:FIELDS_SHOWN]:
        console.print(Text(f"  {item.event} {item.pointer}", "dim"))
    if len(copy.removed) > FIELDS_SHOWN:
        left = f"... and {len(copy.removed) - FIELDS_SHOWN} more; use --json"
        console.print(Text(left, "dim"))
    if copy.findings_left_out:
        said = f"{copy.findings_left_out} findings rest on these values and are left out too"
        print_note(console, said)


@question(Needs.NOTHING)
def check_proof(
    _reader: Reader,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The proof, as 'oreline record prove' wrote it.")
    ],
    verifier: Annotated[
        str,
        typer.Option("--verifier", metavar="KEY", help="The verifier key, or a file with it."),
    ],
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="FILE",
            help="The checkpoint you keep (default: the one in the proof).",
        ),
    ] = None,
) -> Answer:
    """Check a proof that an event is in a log; no ledger is needed.

    Example: oreline record check-proof proof.json --verifier mine.pub --checkpoint kept.txt
    """
    from oreline.model import InputError, VerificationError
    from oreline.record import InclusionProof, check_inclusion, open_checkpoint

    told, data = _proof_file(file)
    note = told.get("checkpoint") if checkpoint is None else read_file(checkpoint).decode()
    if not isinstance(note, str):
        raise InputError(f"{file} holds no checkpoint; name the one you keep with --checkpoint")
    signed = open_checkpoint(note.encode(), verifier_given(verifier))
    proof = InclusionProof.from_json(told["proof"])
    result = {
        "in_log": True,
        "event": proof.id,
        "position": proof.seq,
        "log": signed.origin,
        "size": signed.size,
        "root": signed.root.hex(),
        "checkpoint": "kept" if checkpoint is not None else "in the proof",
        "written": None,
    }
    problem = ""
    try:
        check_inclusion(proof, data, signed)
        result["written"] = _as_written(data)
    except VerificationError as error:
        problem = str(error)
        result["in_log"] = False
    return Answer(result, lambda console: _show_check(console, result, problem), problem=problem)


def _proof_file(file: Path) -> tuple[dict[str, Any], bytes]:
    """Return what a proof file says, and the bytes of its event."""
    import base64

    from oreline.model import InputError, strict_loads

    told = strict_loads(read_file(file))
    try:
        if not isinstance(told, dict) or not isinstance(told["proof"], dict):
            raise TypeError
        return told, base64.b64decode(str(told["event_bytes"]), validate=True)
    except (KeyError, TypeError, ValueError) as error:
        message = f"{file} is no proof; 'oreline record prove EVENT -o FILE' writes one"
        raise InputError(message) from error


def _as_written(data: bytes) -> Any:
    from oreline.model import strict_loads

    return strict_loads(data)


def _show_check(console: Console, result: dict[str, Any], problem: str) -> None:
    from rich.text import Text

    from oreline.cli._render import print_pairs

    if problem:
        console.print(Text("NOT IN THE LOG of this checkpoint", "bold red"))
        console.print(Text(problem))
    else:
        console.print(Text("IN THE LOG of this checkpoint", "bold green"))
    print_pairs(
        console,
        [
            ("event", result["event"]),
            ("position", result["position"]),
            ("log", result["log"]),
            ("checkpoint", f"{result['size']} events, {result['checkpoint']}"),
            ("root", result["root"]),
        ],
    )
    if problem:
        return
    console.print_json(data=result["written"])
    if result["checkpoint"] != "kept":
        told = "that others were shown the same log: compare the root with a checkpoint they keep."
        console.print(Text(f"Not proved: {told}", "yellow"))
    console.print(Text("Not proved: that what was recorded is true.", "yellow"))
