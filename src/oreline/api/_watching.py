"""The reports that a server watches: read once, and again where a file is new, altered or gone."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from oreline.api._chain import chain_of_folder
from oreline.api._problems import NotFoundError
from oreline.model import Chain, EvidenceItem, Finding, InputError

if TYPE_CHECKING:
    from oreline.api._views import View
    from oreline.record import Ledger, Store
    from oreline.watch import Document, Judgements, Taken, Watched, WatchSettings

    _Read = tuple[tuple[Taken, ...], tuple[Finding, ...]]

EVIDENCE: Final = "evidence"
"""The folder of a chain folder whose reports are watched."""
TABLE: Final = "evidence.csv"
LOOKS_EVERY_S: Final = 1.0
"""How long what was seen of the folders counts as what is there, at least."""
LOOK_SHARE: Final = 20
"""Folders are looked at for a twentieth of the time at most, however many files they hold."""
KEPT_MAX: Final = 4
"""For how many days of knowledge what was read is kept."""
Stamp = tuple[str, int, int]
"""A file by its name, its size and the moment of its last change."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that is watched; ``prefix`` stands before the names of its reports."""

    folder: Path
    prefix: str


@dataclass(frozen=True, slots=True)
class Look:
    """What lay in the folders when they were looked at."""

    files: tuple[tuple[Place, tuple[Stamp, ...]], ...]
    table: Stamp | None
    version: str


@dataclass(frozen=True, slots=True)
class _Quoted:
    """The sentences that a chain folder keeps, as its table stood at a moment."""

    stamp: Stamp | None
    items: tuple[EvidenceItem, ...]
    findings: tuple[Finding, ...]


class Watching:
    """The watched folders of a server: those of the chain folder, and those it was told of.

    Safe to share between threads. Reports are read by whoever asks first after a change; all others
    wait for that reading.
    """

    def __init__(self, folder: Path | None, reports: tuple[Path, ...] = ()) -> None:
        self._folder = folder
        self._reports = reports
        self._lock = threading.Lock()
        self._looked: Look | None = None
        self._look_again_at = 0.0
        self._quoted: _Quoted | None = None
        self._shelved = ""
        self._settings: tuple[Stamp | None, WatchSettings, tuple[Finding, ...]] | None = None
        self._read: dict[tuple[Path, Stamp, date], _Read] = {}
        self._judged: tuple[Ledger, Judgements] | None = None
        self._kept: OrderedDict[Hashable, Watched] = OrderedDict()

    def settings(self) -> tuple[WatchSettings, tuple[Finding, ...]]:
        """Return what ``watch.toml`` says, and what is wrong with it; a wrong one says nothing."""
        from oreline.watch import WATCH_FILE, WatchSettings, settings_of

        if self._folder is None:
            return WatchSettings(folders=()), ()
        stamp = _stamp(self._folder / WATCH_FILE, WATCH_FILE)
        known = self._settings
        if known is None or known[0] != stamp:
            found, findings = settings_of(self._folder)
            known = self._settings = (stamp, found or WatchSettings(), findings)
        return known[1], known[2]

    def places(self) -> tuple[Place, ...]:
        """Return the folders that are watched, each once."""
        told = [] if self._folder is None else self.settings()[0].places(self._folder)
        folders = [*(one for one in told if one.is_dir()), *self._reports]
        found: list[Place] = []
        for folder in dict.fromkeys(one.resolve() for one in folders):
            taken = {one.prefix for one in found}
            name = f"{folder.name}/" if found else ""
            number = 1
            while name in taken:
                number += 1
                name = f"{folder.name}-{number}/"
            found.append(Place(folder, name))
        return tuple(found)

    def version(self) -> str:
        """Return a mark of what lies in the folders: another one where anything has changed."""
        with self._lock:
            return self._look().version

    def watched(
        self, chain: Chain, ledger: Ledger, today: date, day: date | None = None
    ) -> Watched:
        """Return what the reports say; with ``day``, of those that were published by then.

        Names are of whom people judged them to be in the ledger.
        """
        from oreline.watch import put_together

        with self._lock:
            look = self._look()
            judgements = self._judgements(ledger)
            key = (look.version, _names_of(chain), judgements, today, day)
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            reports, findings = self._reports_read(look, today)
            if day is not None:
                reports = tuple(one for one in reports if _is_by(one, day))
            found = put_together(reports, chain=chain, findings=findings, judgements=judgements)
            self._kept[key] = found
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
            return found

    def _judgements(self, ledger: Ledger) -> Judgements:
        """Return what people judged of names, read again where the ledger has grown."""
        from oreline.watch import judgements_of

        if self._judged is None or self._judged[0] is not ledger:
            self._judged = (ledger, judgements_of(ledger))
        return self._judged[1]

    def shelve(self, store: Store, today: date) -> None:
        """Bring the ledger's shelf to what lies in the folders, so that it can be searched."""
        from oreline.record import shelve_events
        from oreline.watch import shelve_evidence, shelve_reports

        with self._lock:
            look = self._look()
            shelve_events(store)
            if self._shelved == look.version:
                return
            shelf = store.shelf()
            for place, _ in look.files:
                shelve_reports(shelf, place.folder, today=today)
            shelve_evidence(shelf, self._evidence(look.table)[0])
            self._shelved = look.version

    def _look(self) -> Look:
        """Look at the folders, unless that was done just now."""
        began = time.monotonic()
        if self._looked is not None and began < self._look_again_at:
            return self._looked
        files = tuple((place, _stamps(place.folder)) for place in self.places())
        table = None if self._folder is None else _stamp(self._folder / EVIDENCE / TABLE, TABLE)
        told = hashlib.sha256()
        for place, stamps in files:
            told.update(f"{place.folder}\n".encode())
            for stamp in stamps:
                told.update(f"{stamp}\n".encode())
        settings = None if self._settings is None else self._settings[0]
        told.update(f"{table} {settings}".encode())
        self._looked = Look(files, table, told.hexdigest()[:16])
        ended = time.monotonic()
        self._look_again_at = ended + max(LOOKS_EVERY_S, LOOK_SHARE * (ended - began))
        return self._looked

    def _reports_read(
        self, look: Look, today: date
    ) -> tuple[tuple[Taken, ...], tuple[Finding, ...]]:
        """Return every report with what was read of it; only new and altered files are read."""
        from oreline.watch import quoted_reports, taken, without_quoted

        reports: list[Taken] = []
        findings: list[Finding] = list(self.settings()[1])
        read = {}
        for place, stamps in look.files:
            for stamp in stamps:
                key = (place.folder, stamp, today)
                found = self._read.get(key) or _read_file(place, stamp, today)
                if found is None:
                    continue  # gone since the folder was looked at: the next look tells
                read[key] = found
                reports += found[0]
                findings += found[1]
        self._read = read
        evidence, wrong = self._evidence(look.table)
        whole = [one.document for one in reports]
        quoted = without_quoted(quoted_reports(evidence), whole)
        return (*reports, *map(taken, quoted)), (*findings, *wrong)

    def _evidence(
        self, stamp: Stamp | None
    ) -> tuple[tuple[EvidenceItem, ...], tuple[Finding, ...]]:
        """Return the sentences that the chain folder keeps, read again where the table changed."""
        if self._quoted is not None and self._quoted.stamp == stamp:
            return self._quoted.items, self._quoted.findings
        items: tuple[EvidenceItem, ...] = ()
        wrong: tuple[Finding, ...] = ()
        if self._folder is not None:
            try:
                items = tuple(chain_of_folder(self._folder)[0].evidence.values())
            except InputError as error:
                # The folder was good when the server began: what was known of it then stays.
                wrong = error.findings
                items = () if self._quoted is None else self._quoted.items
        self._quoted = _Quoted(stamp, items, wrong)
        return items, wrong


def watched_of(view: View, day: date | None = None) -> Watched:
    """Return what the reports say that a server watches; with ``day``, as was known by then.

    Raises
    ------
    NotFoundError
        If no folder of reports is watched, or the person belongs to a party: reports are not shown
        to parties, since a folder may hold what was sent to its owner alone.
    """
    watching = view.desk.watching
    if view.is_partial or not watching.places():
        raise NotFoundError(
            "no reports are watched here: put them into the folder evidence of the chain folder, "
            "or give a folder with 'oreline serve --reports FOLDER'"
        )
    whole = view.whole
    return watching.watched(whole.chain, whole.ledger, view.desk.today(), day)


def _stamps(folder: Path) -> tuple[Stamp, ...]:
    from oreline.watch import report_files

    if not folder.is_dir():
        return ()
    found = (_stamp(file, file.relative_to(folder).as_posix()) for file in report_files(folder))
    return tuple(one for one in found if one is not None)


def _stamp(file: Path, name: str) -> Stamp | None:
    try:
        status = file.stat()
    except OSError:
        return None  # gone in this moment
    return name, status.st_size, status.st_mtime_ns


def _read_file(place: Place, stamp: Stamp, today: date) -> _Read | None:
    """Read a file, None if it is gone."""
    from oreline.watch import read_reports, taken

    try:
        found = read_reports(place.folder / stamp[0], today=today)
    except InputError:
        return None
    documents, findings = _named(place.prefix + stamp[0], *found)
    return tuple(map(taken, documents)), findings


def _is_by(one: Taken, day: date) -> bool:
    """Return whether a report is known to have been published by a day."""
    published = one.document.published.day
    return published is not None and published <= day


def _named(
    name: str, documents: tuple[Document, ...], findings: tuple[Finding, ...]
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Give reports of one file the file's name in its folder, where they had its name alone."""
    plain = name.rpartition("/")[2]
    if plain == name:
        return documents, findings
    return (
        tuple(replace(one, name=name + one.name.removeprefix(plain)) for one in documents),
        tuple(replace(one, where=name + one.where.removeprefix(plain)) for one in findings),
    )


def _names_of(chain: Chain) -> Hashable:
    """Return the names that those of reports may stand for."""
    return (
        tuple((one.id, one.name) for one in chain.parties.values()),
        tuple((one.id, one.name) for one in chain.sites.values()),
    )
