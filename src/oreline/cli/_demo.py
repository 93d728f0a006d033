"""``oreline demo``: a shipped example from its files to the report, in one go."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

import oreline
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.ask import Brief, Verified
    from oreline.record import Clock, Salt, Store

EXAMPLES = ("pakistan-us", "mine-to-magnet")
MARK = ".oreline-demo"
"""The file that says that a folder was made by the demo and may be made anew."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where time, salts and the key come from; tests give their own."""

    clock: Clock
    salt: Salt
    token_bytes: Callable[[int], bytes] = secrets.token_bytes


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo made: the brief, and the files that lie in ``out``."""

    brief: Brief
    events: int
    folder: Path
    report: Path
    checkpoint: Path
    verifier: Path


def example_folder(name: str) -> Path:
    """Return where a shipped example lies: in the checkout that oreline runs from.

    Raises
    ------
    InputError
        If there is no such example, or oreline was installed without them.
    """
    from oreline.model import InputError

    if name not in EXAMPLES:
        raise InputError(f"there is no example {name!r}; the examples are {', '.join(EXAMPLES)}")
    folder = Path(oreline.__file__).parents[2] / "examples" / name
    if not (folder / "chain.toml").is_file():
        message = (
            f"the example {name} is not there: examples come with the source of oreline, not with "
            "the installed package; run 'make demo' in a checkout"
        )
        raise InputError(message)
    return folder


def make_demo(example: Path, out: Path, sources: Sources, progress: Progress) -> Demo:
    """Copy an example, read it into a fresh ledger, verify that, and write the report.

    Raises
    ------
    InputError
        If something that is not the demo's own stands where it would write, or the example has
        fatal findings.
    """
    from oreline.ask import brief, open_questions
    from oreline.exchange import import_chain
    from oreline.model import InputError
    from oreline.record import create_store, load_ledger, open_books
    from oreline.trace import Tracer, build_graph
    from oreline.web import report_html

    folder = _fresh_copy(example, out)
    header = {"id": example.name, "tense": "actual"}
    with create_store(
        folder / "ledger.db", header, clock=sources.clock, salt=sources.salt
    ) as store:
        report = import_chain(folder, store, progress)
        if report.chain is None or not report.is_complete:
            raise InputError(f"the example {example.name} has fatal findings", report.findings)
        chain = report.chain
        verified, checkpoint, verifier = _verified(store, out, example.name, sources, progress)
        ledger = load_ledger(store)
    tracer = Tracer(build_graph(open_books(ledger)))
    found = open_questions(tracer, chain, _documents(folder))
    told = brief(chain, tracer, found, verified)
    page = out / f"{example.name}-report.html"
    page.write_text(report_html(told, chain), encoding="utf-8")
    return Demo(told, ledger.size, folder, page, checkpoint, verifier)


def _fresh_copy(example: Path, out: Path) -> Path:
    from oreline.model import InputError

    folder = out / example.name
    if folder.exists():
        if not (folder / MARK).is_file():
            raise InputError(f"{folder} exists and was not made by the demo; choose another --out")
        shutil.rmtree(folder)
    out.mkdir(parents=True, exist_ok=True)
    left_out = shutil.ignore_patterns("ledger.db*", "ledgers", ".*")
    shutil.copytree(example, folder, ignore=left_out)
    (folder / MARK).write_text("made by oreline demo; it is made anew each time\n")
    return folder


def _verified(
    store: Store, out: Path, name: str, sources: Sources, progress: Progress
) -> tuple[Verified, Path, Path]:
    """Sign a checkpoint with a key of the moment, and hold the ledger against it."""
    from oreline.ask import Verified
    from oreline.record import generate_key, make_checkpoint, verifier_of, verify_ledger

    key = generate_key(f"demo.example/{name}", sources.token_bytes)
    note = make_checkpoint(store, key)
    checkpoint, verifier = out / f"{name}-checkpoint.txt", out / f"{name}-verifier.pub"
    checkpoint.write_bytes(note)
    verifier.write_text(f"{verifier_of(key)}\n", encoding="utf-8")
    report = verify_ledger(
        store, note, verifier_of(key), lambda done, total: progress("verifying", done, total)
    )
    problem = "" if report.ok else str(next(iter(report.findings), "it does not verify"))
    where = (
        f"{checkpoint.name}, which lies beside the ledger here; in earnest, give it to "
        "somebody else to keep"
    )
    return Verified(report.size, report.root.hex(), where, problem), checkpoint, verifier


def _documents(folder: Path) -> Any:
    from oreline.ask import parse_documents
    from oreline.model import InputError, is_fatal

    table = folder / "documents.csv"
    if not table.is_file():
        return ()
    documents, findings = parse_documents(table.read_text(encoding="utf-8"))
    if is_fatal(findings):
        raise InputError("documents.csv cannot be used", findings)
    return documents


@question(Needs.NOTHING)
def demo(
    _reader: Reader,
    example: Annotated[
        str,
        typer.Option("--example", metavar="NAME", help=f"Which: {', '.join(EXAMPLES)}."),
    ] = EXAMPLES[0],
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where everything is written.")
    ] = Path("out"),
) -> Answer:
    """Run a shipped example from its files to a verified ledger and a report.

    It shows the first batch from Pakistan as far as anybody has published it, what is not known and
    which paper would settle it; and, apart from that, a worked illustration on assumptions.

    Example: oreline demo --example pakistan-us --out out
    """
    from oreline.cli._progress import progress_bar
    from oreline.record import system_clock, system_salt

    started = time.perf_counter()
    with progress_bar() as progress:
        made = make_demo(example_folder(example), out, Sources(system_clock, system_salt), progress)
    seconds = time.perf_counter() - started
    result = {
        "brief": made.brief.to_json(),
        "events": made.events,
        "folder": str(made.folder),
        "report": str(made.report),
        "checkpoint": str(made.checkpoint),
        "verifier": str(made.verifier),
        "seconds": round(seconds, 1),
    }
    return Answer(result, lambda console: show_demo(console, made, seconds))


def show_demo(console: Console, made: Demo, seconds: float | None = None) -> None:
    """Print the screen, where the report is, and three commands to try next."""
    from rich.text import Text

    from oreline.cli._brief_screen import print_brief

    print_brief(console, made.brief)
    console.print()
    took = "" if seconds is None else f" in {seconds:.0f} s"
    console.print(Text(f"{made.events:,} entries read, verified and told{took}.", "dim"))
    console.print(Text.assemble(("Report: ", "bold"), str(made.report)), soft_wrap=True)
    console.print(Text("Next, try:", "bold"))
    for command in next_commands(made):
        console.print(Text(f"  {command}", "cyan"), soft_wrap=True)
    browse = Text.assemble(
        ("See it in a browser, and work in it: ", "bold"), ("make serve", "cyan")
    )
    console.print(browse)


def next_commands(made: Demo) -> tuple[str, ...]:
    """Return three commands that go on from here."""
    chain = f"--chain {made.folder}"
    follow = next(
        (fact.see for fact in made.brief.section("illustration").facts if fact.see),
        "oreline balance sites",
    )
    return (
        f"{follow} {chain}",
        f"oreline ask {chain}",
        f"oreline record verify {chain} --checkpoint {made.checkpoint} --verifier {made.verifier}",
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)
