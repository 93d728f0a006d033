"""Where the commands of ``oreline watch`` take their reports and their chain from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from oreline.model import Chain, Finding
    from oreline.record import Shelf
    from oreline.watch import Document, Judgements, Watched

Place = Annotated[
    Path,
    typer.Argument(
        metavar="PLACE",
        help="A report, a folder of reports, or a chain folder: its evidence is read then.",
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        min=1,
        max=256,
        help="How many processes read; of many reports as many as there are cores.",
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
    from oreline.model import InputError
    from oreline.record import system_clock
    from oreline.watch import (
        WATCH_FILE,
        quoted_reports,
        read_reports,
        report_files,
        settings_of,
        without_quoted,
    )

    today = system_clock().date()
    if not (place / "chain.toml").is_file():
        whole, findings = read_reports(place, today=today)
        return whole, findings, None if chain is None else chain_of(chain)
    known = chain_of(place)
    settings, wrong = settings_of(place)
    if settings is None:
        raise InputError(f"{WATCH_FILE} of {place} cannot be used", wrong)
    documents: list[Document] = []
    told = list(wrong)
    for number, folder in enumerate(settings.places(place)):
        if not folder.is_dir() or not report_files(folder):
            continue
        found, amiss = read_reports(folder, today=today)
        # Two folders may have a file of one name.
        prefix = f"{folder.name}/" if number else ""
        documents += [replace(one, name=prefix + one.name) for one in found]
        told += amiss
    quoted = without_quoted(quoted_reports(known.evidence.values()), documents)
    return (*documents, *quoted), tuple(told), known


def watched_of(
    place: Path, chain: Path | None, workers: int | None, progress: Callable[[str, int, int], None]
) -> tuple[Watched, Chain | None]:
    """Return what the reports of a place say, read file by file without keeping texts; the chain.

    Raises
    ------
    InputError
        If nothing is there, no report is in it, or its chain has fatal findings.
    """
    from oreline.record import system_clock
    from oreline.watch import quoted_reports, watch_places, workers_for

    places: tuple[Path, ...] = (place,)
    known = None
    if (place / "chain.toml").is_file():
        known = chain_of(place)
        places = tuple(one for one in places_of(place) if one.is_dir())
    elif chain is not None:
        known = chain_of(chain)
    evidence = known.evidence.values() if places != (place,) and known is not None else ()
    found = watch_places(
        places,
        quoted=quoted_reports(evidence),
        chain=known,
        today=system_clock().date(),
        workers=workers_for if workers is None else lambda _: workers,
        progress=lambda done, total: progress("reports", done, total),
        judgements=judgements_beside(place, chain),
    )
    return found, known


def judgements_beside(place: Path | None, chain: Path | None) -> Judgements:
    """Return what people judged of names, by the ledger of the chain folder; nothing without it."""
    from oreline.record import load_ledger, open_store
    from oreline.watch import NOT_JUDGED, judgements_of

    folder = chain if place is None or not (place / "chain.toml").is_file() else place
    if folder is None or not (folder / "ledger.db").is_file():
        return NOT_JUDGED
    with open_store(str(folder / "ledger.db")) as store:
        return judgements_of(load_ledger(store))


def places_of(folder: Path) -> tuple[Path, ...]:
    """Return the folders of reports of a chain folder, as its watch.toml says.

    Raises
    ------
    InputError
        If that has fatal findings.
    """
    from oreline.model import InputError, is_fatal
    from oreline.watch import settings_of

    settings, findings = settings_of(folder)
    if settings is None or is_fatal(findings):
        raise InputError(f"{folder / 'watch.toml'} has fatal findings", findings)
    return settings.places(folder)


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


@contextmanager
def shelf_of(
    place: Path | None, folder: Path | None, *, progress: Callable[[str, int, int], None]
) -> Iterator[tuple[Shelf, tuple[Finding, ...]]]:
    """Give what can be searched of a place or of a chain folder, and what is wrong with files.

    Of a chain folder with a ledger that is the shelf in the ledger's database, else one in memory.

    Raises
    ------
    InputError
        If there is no such place, or the chain has fatal findings.
    """
    from oreline.record import open_shelf, open_store, shelve_events, system_clock
    from oreline.watch import shelve_evidence, shelve_reports, workers_for

    with ExitStack() as stack:
        places: tuple[Path, ...] = () if place is None else (place,)
        ledger = None if folder is None else folder / "ledger.db"
        chain = None if folder is None else chain_of(folder)
        if ledger is not None and ledger.is_file():
            store = stack.enter_context(open_store(ledger))
            shelf = store.shelf()
            shelve_events(store)
        else:
            shelf = open_shelf()
            stack.callback(shelf.close)
        if folder is not None and chain is not None:
            places = tuple(one for one in places_of(folder) if one.is_dir())
            shelve_evidence(shelf, chain.evidence.values())
        findings: list[Finding] = []
        for one in places:
            change = shelve_reports(
                shelf,
                one,
                today=system_clock().date(),
                workers=workers_for,
                progress=lambda done, total: progress("reports", done, total),
            )
            findings += change.findings
        yield shelf, tuple(findings)
