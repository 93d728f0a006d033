"""Reads a whole chain folder into a ledger: check everything first, then append."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson

from oreline.exchange._bodies import Json
from oreline.exchange._declare import declarations, versioned
from oreline.exchange._declared_texts import TEXT_FORMS, read_texts
from oreline.exchange._events import SUFFIXES, placed_events, without_repetitions
from oreline.exchange._folder import read_folder, removed_row
from oreline.exchange._limits import DEFAULT_LIMITS, Limits
from oreline.exchange._mapping import Mapping, read_mapping
from oreline.exchange._papers import Known, Paper, paper_drafts
from oreline.exchange._prices import read_prices
from oreline.exchange._rows import Placed
from oreline.exchange._sheet import fatal
from oreline.model import INSTANT_PATTERN, Chain, Finding, LedgerError, is_fatal

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


class _Receipt(Protocol):
    @property
    def appended(self) -> int: ...


class _StoredRow(Protocol):
    @property
    def data(self) -> bytes: ...


class Ledger(Protocol):
    """What an import needs of a ledger; a store of ``record`` has it."""

    def append(self, batch: Iterable[Any], /) -> _Receipt:
        """Append a batch, all of it or nothing, idempotent by id."""
        ...

    def rows(self) -> Iterator[Any]:
        """Yield the stored events in order."""
        ...


ENTERED_FORM = re.compile(INSTANT_PATTERN)
"""How a moment of entry is written in the column `x_entered`: UTC with Z."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of an import.

    ``declarations`` counts the rows of the tables, ``events`` all that the folder gives the ledger,
    declarations included (0 where it is refused), ``appended`` those that were new to it. Where
    ``findings`` holds a fatal one, nothing was written, unless the ledger itself refused a later
    batch.
    """

    chain: Chain | None
    files: tuple[str, ...]
    declarations: int
    events: int
    appended: int
    findings: tuple[Finding, ...]

    @property
    def is_complete(self) -> bool:
        """Return whether everything of the folder is in the ledger."""
        return not is_fatal(self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "chain": None if self.chain is None else self.chain.name,
            "files": list(self.files),
            "declarations": self.declarations,
            "events": self.events,
            "appended": self.appended,
            "complete": self.is_complete,
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class FolderDrafts:
    """Everything a folder says: its chain, what its tables declare, and its events by time.

    Among the events, declarations stand first, in the order of their files, but for the closing of
    periods, which holds what is entered after it.
    """

    chain: Chain | None
    files: tuple[str, ...]
    declarations: tuple[Json, ...]
    events: tuple[Json, ...]
    findings: tuple[Finding, ...]


def read_folder_drafts(
    folder: str | Path, *, limits: Limits = DEFAULT_LIMITS, progress: Progress | None = None
) -> FolderDrafts:
    """Read the chain, the mappings and all event files of a folder; nothing is written.

    Events of one moment keep the order of files and rows; a correction stands behind its target.
    """
    root = Path(folder)
    chain, of_chain = read_folder(root, limits)
    findings = list(of_chain)
    papers, of_papers = _papers(root, chain, limits)
    findings += of_papers
    mappings: list[Mapping] = []
    for path in sorted(root.glob("mapping/*.toml")):
        mapping, wrong = read_mapping(path, name=_name(path, root), limits=limits)
        findings += wrong
        if mapping is not None:
            mappings.append(mapping)
    sources, problems = _sources(root, mappings)
    findings += problems
    placed: list[Placed] = []
    for done, (path, used) in enumerate(sources):
        if progress is not None:
            progress("reading", done, len(sources))
        found, problems = placed_events(path, chain, used, _name(path, root), limits)
        placed += found
        findings += problems
    placed, problems = without_repetitions(placed)
    findings += problems
    if is_fatal(of_chain):
        # In half a chain, a name that is missing is no news.
        findings = [
            finding
            for finding in findings
            if finding.code != "ORL-0343"
            and not (finding.code == "ORL-0312" and finding in of_papers)
        ]
        chain = None
    drafts = [item.draft for item in placed]
    declared = [draft for draft in drafts if _comes_first(draft)]
    events = _by_time([draft for draft in drafts if not _comes_first(draft)])
    tables = [] if chain is None else [*declarations(chain), *paper_drafts(papers, chain)]
    files = tuple(_name(path, root) for path, _ in sources)
    return FolderDrafts(chain, files, tuple(tables), (*declared, *events), tuple(findings))


def _papers(
    root: Path, chain: Chain | None, limits: Limits
) -> tuple[tuple[Paper, ...], list[Finding]]:
    """Return the contracts, instruments and price series of a folder."""
    if chain is None:
        return (), []
    known = Known(chain.parties, chain.assumptions)
    papers, findings = read_prices(root, known, limits)
    for form in TEXT_FORMS:
        texts, wrong = read_texts(root, form, known, limits)
        papers, findings = (*papers, *texts), findings + wrong
    return papers, findings


def _by_time(events: list[Json]) -> list[Json]:
    """Return events by time; a correction never stands before what it corrects."""
    targets = {event["id"]: event for event in events}
    keys: dict[str, tuple[str, str, int]] = {}
    for event in events:
        # Corrections of corrections: the last target first, without recursion.
        chain = [event]
        while chain[-1]["schema"] == "correct/1" and len(chain) <= len(events):
            target = targets.get(chain[-1]["body"]["target"])
            if target is None or target["id"] in keys:
                break
            chain.append(target)
        for link in reversed(chain):
            key = (*_moment_of(link), 0)
            if link["schema"] == "correct/1":
                before = keys.get(link["body"]["target"])
                key = key if before is None else max(key, (before[0], before[1], before[2] + 1))
            keys[link["id"]] = key
    return sorted(events, key=lambda event: keys[event["id"]])


def _comes_first(draft: Json) -> bool:
    """Return whether a draft declares what events refer to; a closed period holds its place."""
    return bool(draft["schema"] == "declare/1" and draft["body"]["type"] != "period")


def _moment_of(draft: Json) -> tuple[str, str]:
    """Return when a draft was entered, if its column ``x_entered`` says so, else when it happened.

    So the order of a history is kept: what came late comes late again.
    """
    entered = draft.get("extra", {}).get("entered", "")
    moment = entered if ENTERED_FORM.fullmatch(entered) else draft["time"]
    # A fraction sorts behind the whole second: "…00.5Z" after "…00Z".
    whole, _, fraction = moment.removesuffix("Z").partition(".")
    return whole, fraction


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _sources(
    root: Path, mappings: Sequence[Mapping]
) -> tuple[list[tuple[Path, Mapping | None]], list[Finding]]:
    """Return the files to read, each with its mapping; a file under two mappings is refused."""
    findings: list[Finding] = []
    sources: list[tuple[Path, Mapping | None]] = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = _name(path, root)
        if any(part.startswith((".", "~$")) for part in Path(name).parts):
            continue
        fitting = [mapping for mapping in mappings if mapping.matches(name)]
        if len(fitting) > 1:
            both = " and ".join(mapping.name for mapping in fitting)
            fix = "narrow the source pattern of one"
            findings.append(fatal("ORL-0355", name, f"both {both} fit this file", fix))
        elif fitting:
            sources.append((path, fitting[0]))
        elif name.startswith("events/"):
            if path.suffix.lower() in SUFFIXES:
                sources.append((path, None))
            else:
                fix = "write one of " + ", ".join(SUFFIXES) + ", or move the file elsewhere"
                message = f"files named {path.suffix!r} are not read"
                findings.append(fatal("ORL-0302", name, message, fix))
    for mapping in mappings:
        if not any(used is mapping for _, used in sources) and not findings:
            fix = "correct the source pattern, which is named from the chain folder"
            message = f"no file fits the pattern {mapping.spec.source!r}"
            findings.append(fatal("ORL-0355", mapping.name, message, fix))
    return sources, findings


def import_chain(
    folder: str | Path,
    store: Ledger,
    progress: Progress | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> ImportReport:
    """Read a chain folder into a ledger.

    Everything is read and checked before anything is written; with any fatal finding nothing is.
    Then declarations and events are appended in batches. An import that was cut off is simply
    repeated: what the ledger already has is left as it is.

    Parameters
    ----------
    folder
        The chain folder.
    store
        The ledger, opened for writing.
    progress
        Called as ``progress(step, done, total)`` for a progress bar.
    limits
        How much is read at most.
    """
    read = read_folder_drafts(folder, limits=limits, progress=progress)
    findings = list(read.findings)
    drafts: list[Json] = []
    appended = 0
    if not is_fatal(findings):
        written = [draft for draft in read.events if draft["schema"] == "declare/1"]
        known = list({e["id"]: e for e in (*_stored_declarations(store), *written)}.values())
        history = _history(known)
        rows = versioned(read.declarations, history)
        findings += _removed([*rows, *written], history)
        first = filter(_comes_first, written)
        drafts = list({e["id"]: e for e in (*first, *rows, *read.events)}.values())
        for start in range(0, len(drafts), limits.batch_events):
            try:
                receipt = store.append(drafts[start : start + limits.batch_events])
            except LedgerError as error:
                findings += error.findings
                break
            appended += receipt.appended
            if progress is not None:
                progress("writing", min(start + limits.batch_events, len(drafts)), len(drafts))
    return ImportReport(
        read.chain,
        read.files,
        len(read.declarations),
        len(drafts),
        appended,
        tuple(findings),
    )


def _stored_declarations(store: Ledger) -> Iterator[Json]:
    for row in store.rows():
        # Looking at the bytes first spares parsing every other event of the ledger.
        if b'"schema":"declare/1"' in row.data:
            event = orjson.loads(row.data)
            if event["schema"] == "declare/1":
                yield event


def _history(declared: Iterable[Json]) -> dict[tuple[str, str], list[str]]:
    """Return the ids of the declarations of each (type, id), in order."""
    history: dict[tuple[str, str], list[str]] = {}
    for draft in declared:
        key = draft["body"]["type"], draft["body"]["id"]
        history.setdefault(key, []).append(draft["id"])
    return history


def _removed(declared: Sequence[Json], history: dict[tuple[str, str], list[str]]) -> list[Finding]:
    present = {(draft["body"]["type"], draft["body"]["id"]) for draft in declared}
    tables = {
        "party", "site", "material", "route", "permit", "assumption", "rule", "phase", "contract",
        "instrument", "market",
    }  # fmt: skip
    return [
        removed_row(kind, identity)
        for kind, identity in sorted(history.keys() - present)
        if kind in tables
    ]
