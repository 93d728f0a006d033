"""Where the commands of ``oreline watch`` take their reports and their chain from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from oreline.model import Chain, Finding
    from oreline.watch import Document

Place = Annotated[
    Path,
    typer.Argument(
        metavar="PLACE",
        help="A report, a folder of reports, or a chain folder: its evidence is read then.",
    ),
]
ChainOption = Annotated[
    Path | None,
    typer.Option(
        "--chain",
        metavar="FOLDER",
        help="The chain folder whose parties and sites names may stand for.",
    ),
]


def reports_of(
    place: Path, chain: Path | None
) -> tuple[tuple[Document, ...], tuple[Finding, ...], Chain | None]:
    """Return the reports of a place, what is wrong with its files, and the chain beside them.

    Raises
    ------
    InputError
        If nothing is there, no report is in it, or its chain has fatal findings.
    """
    from oreline.record import system_clock
    from oreline.watch import quoted_reports, read_reports, report_files, without_quoted

    today = system_clock().date()
    known: Chain | None
    if not (place / "chain.toml").is_file():
        known = None if chain is None else chain_of(chain)
        documents, findings = read_reports(place, today=today)
        return documents, findings, known
    known = chain_of(place)
    folder = place / "evidence"
    documents, findings = read_reports(folder, today=today) if report_files(folder) else ((), ())
    quoted = without_quoted(quoted_reports(known.evidence.values()), documents)
    return (*documents, *quoted), findings, known


def chain_of(folder: Path) -> Chain:
    """Return the chain of a folder.

    Raises
    ------
    InputError
        If it has fatal findings.
    """
    from oreline.exchange import read_chain
    from oreline.model import InputError, is_fatal

    chain, findings = read_chain(folder)
    if chain is None or is_fatal(findings):
        raise InputError(f"{folder} has fatal findings; see 'oreline check {folder}'", findings)
    return chain
