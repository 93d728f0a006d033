"""``oreline ask``: what is not known, and who has the paper."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.ask import Document, OpenQuestions
    from oreline.model import Chain

app = typer.Typer(
    help="What do we not know, and who has the paper?\n\n"
    "Without a further word it lists what is open and ranks the documents that would settle it.\n\n"
    "Example: oreline ask --chain out/pakistan-us",
)
Reported = Annotated[
    bool,
    typer.Option("--reported", help="Only what reports leave open, not what the books lack."),
]


@question(export=True)
def questions(reader: Reader, reported: Reported = False) -> Answer:
    """List what is open and rank the documents that would settle most of it.

    Example: oreline ask questions --chain out/pakistan-us
    """
    found = find_open(reader, reported_only=reported)
    return Answer(
        found.to_json(),
        lambda console: _show(console, found),
        found.to_frame,
        told_of=reader,
    )


def find_open(reader: Reader, *, reported_only: bool) -> OpenQuestions:
    """Return the open questions of the ledger that is meant.

    Names and documents come from the chain folder, where there is one; else from the ledger.
    """
    from oreline.ask import open_questions

    chain, documents = _chain_and_documents(reader)
    return open_questions(reader.tracer, chain, documents, reported_only=reported_only)


def _chain_and_documents(reader: Reader) -> tuple[Chain, tuple[Document, ...]]:
    from oreline.ask import parse_documents
    from oreline.exchange import read_chain
    from oreline.model import InputError, is_fatal

    folder = reader.chain_option or Path(reader.place).parent
    if not (folder / "chain.toml").is_file():
        return _declared(reader), ()
    chain, findings = read_chain(folder)
    if chain is None:
        raise InputError(f"{folder} has fatal findings; see 'oreline check {folder}'", findings)
    table = folder / "documents.csv"
    if not table.is_file():
        return chain, ()
    documents, findings = parse_documents(table.read_text(encoding="utf-8"))
    if is_fatal(findings):
        raise InputError(f"{table} cannot be used", findings)
    return chain, documents


def _declared(reader: Reader) -> Chain:
    """Return what the ledger itself declares of the chain's parties."""
    from oreline.model import Basis, Chain, Party

    parties = {
        identity: Party(
            id=identity,
            name=str(version.data.get("name") or identity),
            roles=tuple(_words(version.data.get("roles"))),
            basis=Basis.REPORTED,
        )
        for identity, version in reader.ledger.current("party").items()
    }
    name = reader.ledger.header.id
    return Chain(name=name, title=name, currency="USD", parties=parties)


def _words(roles: Any) -> list[str]:
    return roles.split() if isinstance(roles, str) else list(roles or ())


def _show(console: Console, found: OpenQuestions) -> None:
    from oreline.ask import subjects
    from oreline.cli._render import print_table, print_title

    total = len(found.questions)
    print_title(console, f"{total} open questions")
    rows = [
        (subjects()[name].title, subjects()[name].question, count, lots or "")
        for name, count, lots in found.by_subject()
    ]
    columns = ("about", "question", "open", "lots")
    print_table(console, columns, rows, right=("open", "lots"), empty="nothing is open")
    for reported, title in (
        (True, "Ask first, about what is reported"),
        (False, "Ask first, about what the books lack"),
    ):
        ranked = [one for one in found.documents if one.reported is reported]
        if not ranked:
            continue
        print_title(console, title)
        print_table(
            console,
            ("", "document", "held by", "settles", "adds"),
            [
                (
                    one.rank,
                    one.document.name,
                    found.holder_name(one.document.holder),
                    one.settles,
                    one.adds or "",
                )
                for one in ranked
            ],
            right=("", "settles", "adds"),
        )
    if found.unsettled:
        from oreline.cli._render import print_note

        print_note(console, f"{len(found.unsettled)} questions would be settled by no document")


@question(export=True)
def letter(
    reader: Reader,
    to: Annotated[str, typer.Option("--to", metavar="PARTY", help="The id of who has the papers.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it there; .md gives Markdown."),
    ] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="The date of the letter.")
    ] = None,
    reported: Reported = False,
) -> Answer:
    """Write a letter to a party: which documents, why, and for which lots.

    Example: oreline ask letter --to ussm --chain out/pakistan-us -o letter.md
    """
    from oreline.ask import letter as letter_to
    from oreline.model import InputError

    chain, _ = _chain_and_documents(reader)
    found = find_open(reader, reported_only=reported)
    written = letter_to(found, to, chain=chain.title, day=day)
    text = written.to_text()
    if output is not None:
        if output.exists():
            raise InputError(f"{output} exists; remove it or write to another file")
        text = written.to_markdown() if output.suffix == ".md" else text
        output.write_text(text, encoding="utf-8")
    result = {**written.to_json(), "file": None if output is None else str(output)}

    def show(console: Console) -> None:
        from rich.text import Text

        console.print(Text(text if output is None else f"Wrote {output}."), soft_wrap=True)

    return Answer(result, show, written.to_frame, told_of=reader)


def _start(context: typer.Context, **given: Any) -> int:
    """Answer ``oreline ask`` by itself as ``oreline ask questions``."""
    if context.invoked_subcommand is not None:
        return 0
    return questions(**given)


def _take_signature() -> None:
    """Give the group the options of ``questions``, so that the verb alone takes them."""
    shared = inspect.signature(questions)
    first = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    signature = shared.replace(parameters=[first, *shared.parameters.values()])
    _start.__signature__ = signature  # type: ignore[attr-defined]
    _start.__annotations__ = {
        name: parameter.annotation for name, parameter in signature.parameters.items()
    }


_take_signature()
app.callback(invoke_without_command=True)(_start)
app.command("questions")(questions)
app.command("letter")(letter)
