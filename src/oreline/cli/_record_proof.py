"""Commands that let others check a ledger: keys, checkpoints, proofs, verification."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.record import Verifier, VerifyReport

Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write; a new one.")
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="The private key (default: the only one in the key folder).",
    ),
]


@question(Needs.NOTHING)
def keygen(
    _reader: Reader,
    name: Annotated[str, typer.Option("--name", help="Who signs, best as example.com/mine-log.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where the private key is kept, outside of the "
            "chain folder (default: the key folder).",
        ),
    ] = None,
) -> Answer:
    """Make a key that signs checkpoints, and print the public half for everybody else.

    Example: oreline record keygen --name example.com/mine-log
    """
    from oreline.record import default_key_folder, generate_key, save_key, verifier_of

    key = generate_key(name)
    path = output or default_key_folder(os.environ) / f"{name.replace('/', '_')}.key"
    save_key(key, path)
    result = {"name": name, "private_key_file": str(path), "verifier": str(verifier_of(key))}

    def show(console: Console) -> None:
        from rich.text import Text

        console.print(Text(f"The private key is in {path}; keep it, and keep it secret."))
        console.print(Text("The verifier key, for everybody who checks this ledger:"))
        console.print(Text(result["verifier"], "bold"), soft_wrap=True)

    return Answer(result, show)


@question(Needs.LEDGER)
def checkpoint(reader: Reader, output: Output, key: KeyFile = None) -> Answer:
    """Sign the present size and root of the log, and write that to a file to give away.

    Only what stands in other hands proves something.

    Example: oreline record checkpoint --key mine.key -o checkpoint-2026-01.txt
    """
    from oreline.record import load_key, make_checkpoint, parse_checkpoint

    note = make_checkpoint(reader.store, load_key(key or _only_key()))
    write_new(output, note)
    signed = parse_checkpoint(note.decode().rpartition("\n\n")[0] + "\n")
    # In hexadecimal, as everywhere people see a root; the note keeps the base64 of its standard.
    size, root = signed.size, signed.root.hex()
    result = {"file": str(output), "size": size, "root": root, "note": note.decode()}

    def show(console: Console) -> None:
        from rich.text import Text

        console.print(Text(f"Wrote {output}: {size} events, root {root}.", "bold"))
        console.print(Text("Keep it where the owner of the ledger cannot change it."))

    return Answer(result, show)


def _only_key() -> Path:
    from oreline.model import InputError
    from oreline.record import default_key_folder

    folder = default_key_folder(os.environ)
    keys = sorted(folder.glob("*.key"))
    if len(keys) != 1:
        what = "no key" if not keys else f"{len(keys)} keys"
        raise InputError(f"there is {what} in {folder}; name one with --key, or run keygen")
    return keys[0]


@question(Needs.LEDGER)
def verify(
    reader: Reader,
    checkpoint: Annotated[
        Path | None,
        typer.Option("--checkpoint", metavar="FILE", help="A checkpoint that was kept elsewhere."),
    ] = None,
    verifier: Annotated[
        str | None,
        typer.Option("--verifier", metavar="KEY", help="The verifier key, or a file with it."),
    ] = None,
    copy: Annotated[
        Path | None,
        typer.Option(
            "--copy",
            metavar="FILE",
            help="Events (.jsonl) or leaf hashes that were kept elsewhere.",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only the log, not what is derived from it.")
    ] = False,
) -> Answer:
    """Find any altered, missing, cut-off or rewritten event, and name the first.

    Relative to a checkpoint kept elsewhere; without one it proves internal consistency only.
    That nothing was altered does not say that it was true.

    Example: oreline record verify --checkpoint checkpoint-2026-01.txt --verifier mine.pub
    """
    from oreline.cli._progress import progress_bar
    from oreline.record import verify_ledger

    note = None if checkpoint is None else read_file(checkpoint)
    with progress_bar() as progress:
        report = verify_ledger(
            reader.store,
            note,
            None if verifier is None else verifier_given(verifier),
            lambda done, total: progress("verifying", done, total),
            copy=None if copy is None else _lines(copy),
            thorough=not quick,
        )
    problem = "" if report.ok else "the ledger is not what was signed, or contradicts itself"
    return Answer(
        report.to_json(),
        lambda console: _show_report(console, report),
        problem=problem,
        findings=report.findings,
    )


def _show_report(console: Console, report: VerifyReport) -> None:
    from rich.text import Text

    from oreline.cli._render import print_findings, print_pairs

    print_findings(console, report.findings)
    # Without a checkpoint nothing outside of the ledger vouches for it; the word must tell.
    good = "CONSISTENT IN ITSELF" if report.checkpoint_size is None else "VERIFIED"
    verdict = good if report.ok else "NOT VERIFIED"
    console.print(Text(verdict, "bold green" if report.ok else "bold red"))
    pairs: list[tuple[str, object]] = [("events", report.size), ("root", report.root.hex())]
    if report.checkpoint_size is not None:
        pairs.append(("checkpoint", f"{report.checkpoint_size} events"))
    if report.first_bad_seq is not None:
        first = f"position {report.first_bad_seq} ({report.first_bad_id or 'gone'})"
        pairs.append(("first that differs", first))
    if report.bracket is not None:
        pairs.append(("between", f"positions {report.bracket[0]} and {report.bracket[1]}"))
    print_pairs(console, pairs)
    for line in report.proved:
        console.print(Text(f"Proved: {line}"))
    for line in report.not_proved:
        console.print(Text(f"Not proved: {line}", "yellow"))


def verifier_given(text: str) -> Verifier:
    """Return the verifier key that an option gives, itself or in a file."""
    from oreline.record import parse_verifier

    path = Path(text)
    if len(text) < 256 and path.is_file():
        text = read_file(path).decode("utf-8", "replace")
    return parse_verifier(text.strip())


@question(Needs.LEDGER)
def prove(
    reader: Reader,
    event: options.Event,
    output: Output,
    size: Annotated[
        int | None,
        typer.Option("--size", metavar="N", help="In the log of this size (default: present)."),
    ] = None,
) -> Answer:
    """Write a proof that an event is in the log, for whoever has a checkpoint of that size.

    A checkpoint of that size that is kept beside the log goes with it.

    Example: oreline record prove weigh-0412 -o proof.json
    """
    import orjson

    from oreline.record import inclusion

    proof = inclusion(reader.store, event, size).to_json()
    data = next(row.data for row in reader.store.rows(proof["seq"], proof["seq"] + 1))
    result = {"proof": proof, "event_bytes": base64.b64encode(data).decode()}
    note = reader.store.saved_checkpoint(proof["size"])
    if note is not None:
        result["checkpoint"] = note
    write_new(output, orjson.dumps(result, option=orjson.OPT_INDENT_2) + b"\n")

    def show(console: Console) -> None:
        from rich.text import Text

        told = f"Wrote {output}: {event} is at position {proof['seq']} of {proof['size']} events"
        console.print(Text(f"{told}, shown by {len(proof['path'])} hashes.", "bold"))

    return Answer({"file": str(output), **result}, show)


def write_new(path: Path, data: bytes) -> None:
    """Write a new file; one that is there is never overwritten.

    Raises
    ------
    InputError
        If there is a file already.
    StoreError
        If the disk refuses.
    """
    from oreline.model import InputError, StoreError

    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise InputError(f"{path} exists; name a new file") from error
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}") from error


def read_file(path: Path) -> bytes:
    """Return a small file.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    from oreline.model import InputError

    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


def _lines(path: Path) -> Iterator[bytes]:
    yield from read_file(path).splitlines()
