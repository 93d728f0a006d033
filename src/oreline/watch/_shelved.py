"""Reports on the shelf of a ledger: read once, searched, and read again only where altered.

A file is a source of the shelf. Its mark says of which bytes and by which rules it was read; with
it are kept the claims and all else that putting reports together asks of it. So a folder of many
reports is read again in the time that its new and altered files take.

Searching reports, claims, evidence and events of a chain, as the API does::

    shelf = store.shelf()
    shelve_reports(shelf, folder)                # reads what is new, altered or gone
    shelve_evidence(shelf, chain.evidence.values())
    shelve_events(store)                         # oreline.record
    hits = shelf.search("antimony -copper", kinds=("claim",), limit=20, sees=...)

Each hit has its passage (kind, place, title, start, end, key, day, seq), a snippet, the marks of
the words in it, and their places in the report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from oreline.model import EvidenceItem, Finding
from oreline.record import Passage, Shelf, Source
from oreline.watch._claim import RULES_VERSION, Claim, value_text
from oreline.watch._folder import files_of
from oreline.watch._intake import DEFAULT_LIMITS
from oreline.watch._limits import Limits
from oreline.watch._processes import Workers, in_order, one_worker
from oreline.watch._source import Document
from oreline.watch._taken import FileTaken, file_taker

EVIDENCE: Final = "evidence"
"""The group of the sentences of evidence.csv on a shelf."""
FILES_A_WRITE: Final = 64
"""How many files are put there at once: so many are read again after a kill at most."""
PASSAGE_CHARS: Final = 1_200
"""How long a passage of a report is at most."""

Progress = Callable[[int, int], None]
"""Called with how many files are read, and how many there are to read."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is other on a shelf than before: names of files, and what is wrong with those read."""

    new: tuple[str, ...]
    altered: tuple[str, ...]
    gone: tuple[str, ...]
    findings: tuple[Finding, ...]

    def __bool__(self) -> bool:
        """Return whether anything is."""
        return bool(self.new or self.altered or self.gone)


def group_of(place: Path) -> str:
    """Return the name of the group of a place's reports on a shelf."""
    return f"reports {place.resolve()}"


def shelve_reports(
    shelf: Shelf,
    place: Path,
    *,
    today: date | None = None,
    limits: Limits = DEFAULT_LIMITS,
    workers: Workers = one_worker,
    progress: Progress | None = None,
    is_ready: Callable[[str, str], bool] | None = None,
) -> Change:
    """Bring the shelf to what lies at a place; only new and altered files are read.

    Parameters
    ----------
    workers
        How many processes read so many files; by default this one does.
    is_ready
        Whether a file, by its name and mark, may be read now; others are left for later.

    Raises
    ------
    InputError
        If there is no such place.
    """
    group = group_of(place)
    before = shelf.marks(group)
    files = {name: (path, _mark(path)) for name, path in files_of(place)}
    wanted = [
        name
        for name, (_, mark) in files.items()
        if before.get(name) != mark and (is_ready is None or is_ready(name, mark))
    ]
    gone = tuple(name for name in before if name not in files)
    if gone:
        shelf.drop(group, gone)
    findings: list[Finding] = []
    take = file_taker(today, limits, with_texts=True)
    given = [(name, files[name][0]) for name in wanted]
    read = in_order(take, given, workers(len(given)))
    done = 0
    while part := list(islice(read, FILES_A_WRITE)):
        # A file that gave nothing is told of each time, and read again: it may be mended.
        shelf.put(group, [_source(one, files[one.name][1]) for one in part if one.reports])
        findings.extend(chain.from_iterable(one.findings for one in part))
        done += len(part)
        if progress is not None:
            progress(done, len(given))
    new = tuple(name for name in wanted if name not in before)
    altered = tuple(name for name in wanted if name in before)
    return Change(new, altered, gone, tuple(findings))


def shelve_evidence(shelf: Shelf, evidence: Iterable[EvidenceItem]) -> None:
    """Bring the shelf to the sentences that a chain folder keeps of reports."""
    before = shelf.marks(EVIDENCE)
    items = {
        one.id: (hashlib.sha256(one.model_dump_json().encode()).hexdigest(), one)
        for one in evidence
    }
    shelf.drop(EVIDENCE, [name for name in before if name not in items])
    shelf.put(
        EVIDENCE,
        [
            Source(name, mark, [_evidence_passage(one)])
            for name, (mark, one) in items.items()
            if before.get(name) != mark
        ],
    )


def files_taken(shelf: Shelf, place: Path) -> Iterator[FileTaken]:
    """Yield what was read of each file of a place, in the order of their names."""
    stored = _stored()
    for _, _, kept in shelf.kept(group_of(place)):
        yield stored.validate_json(kept)


@cache
def _stored() -> TypeAdapter[FileTaken]:
    return TypeAdapter(FileTaken)


@cache
def _rules() -> str:
    return f"oreline {version('oreline')} rules {RULES_VERSION}"


def _mark(path: Path) -> str:
    """Return by what an altered file is known; one that is gone meanwhile has no size."""
    try:
        status = path.stat()
    except OSError:
        return f"gone {_rules()}"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino} {_rules()}"


def _source(one: FileTaken, mark: str) -> Source:
    passages: list[Passage] = []
    for report, text in zip(one.reports, one.texts, strict=True):
        passages += report_passages(report.document, text)
        passages += [_claim_passage(claim, report.document) for claim in report.claims]
    kept = FileTaken(one.name, one.reports, one.findings)
    return Source(one.name, mark, passages, _stored().dump_json(kept).decode())


def report_passages(document: Document, text: str) -> Iterator[Passage]:
    """Yield the text of a report in passages, cut where a line, a sentence or a word ends."""
    title, day = _title(document), _day(document)
    start = 0
    while start < len(text):
        end = min(len(text), start + PASSAGE_CHARS)
        if end < len(text):
            cut = max(text.rfind("\n", start, end), text.rfind(". ", start, end) + 1)
            cut = cut if cut > start else text.rfind(" ", start, end)
            end = cut if cut > start else end
        piece = text[start:end]
        if piece.strip():
            yield Passage("report", document.name, title, piece, start, end, day=day)
        start = end


def _claim_passage(claim: Claim, document: Document) -> Passage:
    slots = "; ".join(f"{name} {value_text(value)}" for name, value in claim.slots)
    title = f"{claim.kind} {claim.status}: {slots}"
    where = claim.start, claim.end
    return Passage("claim", document.name, title, claim.sentence, *where, claim.id, _day(document))


def _evidence_passage(one: EvidenceItem) -> Passage:
    title = f"{one.outlet}: {one.title}"
    return Passage("evidence", one.id, title, one.quote, 0, len(one.quote), one.id, one.date)


def _title(document: Document) -> str:
    parts = (document.title.value, document.outlet.value, document.issuer.value)
    return " · ".join(part for part in parts if part) or document.name


def _day(document: Document) -> str | None:
    return None if document.published.day is None else document.published.day.isoformat()
