"""Tables of a user for the commands of stress: ``--tables``, and ``oreline stress import``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec, TypeVar

import typer
from rich.console import Console

from oreline.cli._exit_codes import ExitCode
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.exchange import ImportedTables
    from oreline.reference import Tables

P = ParamSpec("P")
T = TypeVar("T")

Folder = Annotated[
    Path | None,
    typer.Option(
        "--tables",
        metavar="FOLDER",
        help="Tables to use in the place of those that come with oreline: see stress import.",
    ),
]


def takes_tables(
    function: Callable[Concatenate[Reader, P], Answer],
) -> Callable[..., Answer]:
    """Give a command of published facts the option ``--tables``.

    What it computes, prints and exports then rests on the tables of that folder.
    """

    @wraps(function)
    def asked(reader: Reader, *, tables: Path | None = None, **given: Any) -> Answer:
        ask: Callable[..., Answer] = function
        if tables is None:
            return ask(reader, **given)
        from oreline.exchange import read_tables
        from oreline.reference import using_tables

        own = read_tables(tables)
        with using_tables(own):
            answer = ask(reader, **given)
        return replace(
            answer,
            show=_within(own, answer.show),
            frame=None if answer.frame is None else _within(own, answer.frame),
            sheets=None if answer.sheets is None else _within(own, answer.sheets),
        )

    before = inspect.signature(function, eval_str=True)
    option = inspect.Parameter(
        "tables", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Folder
    )
    named = [*before.parameters.values(), option]
    asked.__signature__ = before.replace(parameters=named)  # type: ignore[attr-defined]
    return asked


def _within(tables: Tables, call: Callable[P, T]) -> Callable[P, T]:
    def called(*args: P.args, **given: P.kwargs) -> T:
        from oreline.reference import using_tables

        with using_tables(tables):
            return call(*args, **given)

    return called


@question(Needs.NOTHING)
def import_tables(
    _reader: Reader,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="mcs, baci, wmd, wgi, bea or eu-crm.")
    ],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files as their publisher gives them.")
    ],
    into: Annotated[
        Path, typer.Option("--into", metavar="FOLDER", help="Where the tables are kept.")
    ],
    vintage: Annotated[
        int | None,
        typer.Option("--vintage", metavar="YEAR", help="Of the edition; else from a file's name."),
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", metavar="HS", help="For baci: only these; six digits; given again."),
    ] = None,
) -> Answer:
    """Read a publisher's own files into tables that the commands of stress take with --tables.

    What is read replaces the same edition, year or indicator of the tables that come with oreline,
    and leaves the rest. All problems are told at once; nothing is written while one is fatal.

    Example: oreline stress import wgi wgidataset_2026.csv --into tables
    """
    from oreline.exchange import PublishedFile, import_published, write_tables
    from oreline.model import InputError

    given = []
    for file in files:
        if not file.is_file():
            raise InputError(f"there is no file {file}")
        given.append(PublishedFile(file.name, file.read_bytes()))
    imported = import_published(source, given, vintage=vintage, codes=tuple(code or ()))
    if imported.is_refused:
        fatal = sum(one.severity == "fatal" for one in imported.findings)
        problem = f"nothing was written: {fatal} problem{'s' if fatal > 1 else ''}"
        return Answer(
            imported.to_json(), lambda console: _show(console, imported, into, written=False),
            problem=problem, findings=imported.findings, status=ExitCode.FOUND,
        )  # fmt: skip
    write_tables(into, imported)
    return Answer(imported.to_json(), lambda console: _show(console, imported, into, written=True))


def _show(console: Console, imported: ImportedTables, into: Path, *, written: bool) -> None:
    from oreline.cli._render import print_findings, print_note, print_table

    print_findings(console, imported.findings)
    if not written:
        console.print("Nothing was written.", markup=False)
        return
    rows = [(name, f"{frame.height:,}") for name, frame in imported.frames.items()]
    print_table(console, ("table", "rows read"), rows, right=("rows read",))
    print_note(console, f"{imported.credit['attribution']} Source id: {imported.source}.")
    print_note(console, f"Use them: oreline stress eu --tables {into}")
