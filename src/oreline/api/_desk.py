"""The desk: a server's hold on one ledger, read again as it grows, asked by many threads."""

from __future__ import annotations

import itertools
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import numpy.typing as npt
import orjson

from oreline.api._chain import chain_of_folder, folder_beside, with_declared
from oreline.api._kept import KEPT_BYTES_MAX, KeptAnswers
from oreline.api._market_desk import MarketDesk
from oreline.api._problems import NotFoundError
from oreline.api._settings import Settings
from oreline.api._watching import Watching
from oreline.ask import Brief, Document, OpenQuestion, OpenQuestions, open_questions
from oreline.model import Chain, InputError
from oreline.record import (
    Books,
    Clock,
    Ledger,
    Receipt,
    Salt,
    Store,
    extend_ledger,
    load_ledger,
    open_books,
    open_store,
    snapshot_place,
    system_clock,
)
from oreline.trace import Tracer, build_graph

if TYPE_CHECKING:
    from oreline.api._lots_table import LotTable
    from oreline.api._people import Person
    from oreline.api._views import View

T = TypeVar("T")
Ints = npt.NDArray[np.int64]
EARLIER_MAX = 16
"""Of how many earlier readings answers may be kept, until later ones are computed."""
_NUMBERS = itertools.count(1)
"""A number for each reading that there ever is in this process; none comes twice."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows by the number of what they are about, so that one thing's are found by a look-up."""

    numbers: Ints
    rows: Ints

    def of(self, number: int) -> Ints:
        """Return the rows about one thing, in rising order."""
        start, end = np.searchsorted(self.numbers, (number, number + 1))
        return self.rows[start:end]


def group(numbers: Ints) -> Groups:
    """Return rows by their number."""
    rows = np.argsort(numbers, kind="stable")
    return Groups(numbers[rows], rows)


@dataclass
class Reading:
    """A ledger as of a moment, with what follows from it; computed once, when first asked for.

    Threads ask through :meth:`ask`, one at a time: a tracer has working memory of its own. Answers
    that follow from it alone are in ``kept`` under its ``number``; ``earlier`` are number and size
    of the readings before the ledger grew, the latest first, whose answers may be kept still.
    """

    ledger: Ledger
    folder_chain: Chain | None
    documents: tuple[Document, ...]
    kept: KeptAnswers = field(default_factory=KeptAnswers, repr=False)
    number: int = field(default_factory=_NUMBERS.__next__, repr=False)
    earlier: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    told: Brief | None = field(default=None, repr=False)
    _of_parties: dict[str, Reading] = field(default_factory=dict, repr=False)
    _untold: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def ask(self, question: Callable[[], T]) -> T:
        """Run a question while no other thread works with this reading."""
        with self._lock:
            return question()

    @cached_property
    def chain(self) -> Chain:
        """Return the chain: the folder's, completed from the ledger's declarations."""
        return with_declared(self.folder_chain, self.ledger)

    @cached_property
    def books(self) -> Books:
        """Return the books of the ledger."""
        return open_books(self.ledger)

    @cached_property
    def tracer(self) -> Tracer:
        """Return the lot graph."""
        return Tracer(build_graph(self.books))

    @cached_property
    def questions(self) -> OpenQuestions:
        """Return what is open in all of the ledger."""
        return open_questions(self.tracer, self.chain, self.documents)

    @cached_property
    def questions_of_lots(self) -> dict[str, list[OpenQuestion]]:
        """Return the open questions about each lot."""
        found: dict[str, list[OpenQuestion]] = {}
        for question in self.questions.questions:
            for lot in dict.fromkeys(question.lots):
                found.setdefault(lot, []).append(question)
        return found

    @cached_property
    def lots(self) -> LotTable:
        """Return every lot in columns."""
        from oreline.api._lots_table import lot_table

        return lot_table(self)

    @property
    def row_of_event(self) -> Mapping[str, int]:
        """Return the row of every event in force by its id."""
        return self.ledger.row_of_event

    @cached_property
    def lots_in_order(self) -> list[str]:
        """Return the names of all lots in their order."""
        return sorted(self.ledger.columns.lots.names)

    @cached_property
    def row_of_position(self) -> dict[int, int]:
        """Return the row of every event in force by its position in the log."""
        return {seq: row for row, seq in enumerate(self.ledger.columns.events.seq)}

    @cached_property
    def out_of_columns(self) -> list[int]:
        """Return the positions of what is held, void or rejected."""
        return sorted(self.ledger.raw.keys() - self.row_of_position.keys())

    @cached_property
    def said_of_others(self) -> list[int]:
        """Return the positions among which every correction and attestation stands."""
        return sorted({*self.out_of_columns, *(int(event["seq"]) for event in self.ledger.other)})

    @cached_property
    def position_of_event(self) -> dict[str, int]:
        """Return the position of every event by its id, of those out of force too."""
        events = self.ledger.columns.events
        found = dict(zip(events.id, events.seq, strict=True))
        for seq in self.out_of_columns:
            found[orjson.loads(self.ledger.raw[seq])["id"]] = seq
        return found

    @cached_property
    def positions(self) -> list[int]:
        """Return the positions of all events, the latest first."""
        return sorted(self.ledger.raw, reverse=True)

    def positions_of(self, kind: str | None) -> list[int]:
        """Return the positions among which every event of a kind is, the latest first."""
        if kind is None:
            return self.positions
        columns = self.ledger.columns
        rows = np.array(columns.events.kind, np.int64) == columns.kinds.index.get(kind, -2)
        found = np.array(columns.events.seq, np.int64)[rows].tolist()
        return sorted({*found, *self.out_of_columns, *self.ledger.verdicts.amended}, reverse=True)

    @cached_property
    def lines_of_lots(self) -> Groups:
        """Return which lines of the books are about each lot."""
        return group(self.books.lines.lot)

    @cached_property
    def grades_of_lots(self) -> Groups:
        """Return which grades are of each lot, or of a line of it."""
        columns = self.ledger.columns
        lot = np.array(columns.grades.lot, np.int64)
        line = np.array(columns.grades.line, np.int64)
        if not lot.size or not len(columns.lines.lot):
            return group(lot)
        of_line = np.array(columns.lines.lot, np.int64)[np.maximum(line, 0)]
        return group(np.where((lot < 0) & (line >= 0), of_line, lot))

    def of_party(self, party: str) -> Reading:
        """Return the reading of the events that concern a party, computed once."""
        from oreline.api._views import ledger_of_party

        with self._lock:
            if party not in self._of_parties:
                own = ledger_of_party(self, party)
                chain = _places_of(self.folder_chain)
                self._of_parties[party] = Reading(own, chain, (), self.kept)
            return self._of_parties[party]

    @property
    def numbers(self) -> frozenset[int]:
        """Return the numbers of this reading and of those of parties that were made from it."""
        parties = tuple(self._of_parties.values())
        return frozenset((self.number, *(one.number for one in parties)))

    def untold_to(self, party: str) -> frozenset[str]:
        """Return the lots of which a party is told only what its own entries say."""
        from oreline.api._told import untold_lots

        with self._lock:
            if party not in self._untold:
                self._untold[party] = untold_lots(self, self.of_party(party), party)
            return self._untold[party]

    def element(self, symbol: str) -> str:
        """Return an element that the ledger speaks of; an InputError says which those are."""
        return self.books.element(symbol)

    @cached_property
    def zone(self) -> str:
        """Return the time zone in which the chain's days begin."""
        return self.chain.defaults.get("time_zone", "UTC")


class Desk:
    """One ledger, held open. Safe to share between threads.

    The present reading follows the ledger: every question looks whether the log has grown, by
    whichever process. Readings of other moments are kept, the latest few.
    """

    def __init__(
        self,
        store: Store,
        parent: Store | None,
        folder: Path | None,
        readings_max: int,
        clock: Clock = system_clock,
        cache: Path | None = None,
        kept_bytes_max: int = KEPT_BYTES_MAX,
        reports: tuple[Path, ...] = (),
    ) -> None:
        self.store = store
        self.folder = folder
        self.watching = Watching(folder, reports)
        """The reports that are watched."""
        self.market = MarketDesk(folder)
        """The prices that are shown."""
        self._clock = clock
        self._parent = parent
        self._readings_max = readings_max
        self._cache = cache
        self.kept = KeptAnswers(kept_bytes_max)
        self.grown = threading.Event()
        """Set whenever there may be more to read than there was."""
        self.read_ahead = threading.Event()
        """Set once what pages begin with has been computed after the start."""
        self._chain: Chain | None = None
        self._documents: tuple[Document, ...] = ()
        if folder is not None:
            self._chain, self._documents = chain_of_folder(folder)
        self._readings: OrderedDict[tuple[Any, ...], Reading] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, settings: Settings, clock: Clock, salt: Salt) -> Self:
        """Open the ledger that settings name, and the parent of a derived one.

        Raises
        ------
        StoreError
            If there is no ledger.
        InputError
            If the chain folder cannot be read, or the parent is not found.
        """
        store = open_store(settings.ledger, clock=clock, salt=salt)
        try:
            parent = _parent_of(store)
            folder = settings.chain or folder_beside(store)
            cache = snapshot_place(store, os.environ)
            limits = settings.readings_max, clock, cache, settings.kept_answers_bytes_max
            return cls(store, parent, folder, *limits, settings.reports)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Close the ledger."""
        self.store.close()
        if self._parent is not None:
            self._parent.close()

    def today(self) -> date:
        """Return the day by the server's clock, in UTC."""
        return self._clock().date()

    def now(self) -> datetime:
        """Return the moment by the server's clock."""
        return self._clock()

    @property
    def stores(self) -> tuple[Store, ...]:
        """Return the ledger, and its parent where it has one."""
        return (self.store,) if self._parent is None else (self.store, self._parent)

    @property
    def zone(self) -> str:
        """Return the time zone whose clocks the chain goes by, UTC where it names none."""
        return "UTC" if self._chain is None else self._chain.defaults.get("time_zone", "UTC")

    @property
    def chain_title(self) -> str:
        """Return what the chain is called."""
        return self._chain.title if self._chain is not None else self.store.header.id

    def reading(self, as_of: str | None = None, known_at: str | int | None = None) -> Reading:
        """Return the ledger as of a moment, as known at another.

        Raises
        ------
        InputError
            If a moment is not understood, or the log never had that size.
        """
        size = self.store.size()
        if isinstance(known_at, str) and known_at.isascii() and known_at.isdigit():
            known_at = int(known_at)
        if isinstance(known_at, int) and known_at > size:
            raise InputError(f"the log has {size} events, not {known_at}")
        key = (size, as_of, known_at)
        with self._lock:
            found = self._readings.get(key)
            if found is not None:
                self._readings.move_to_end(key)
                return found
            earlier = next((one for k, one in self._readings.items() if k[1:] == key[1:]), None)
            if as_of is None and known_at is None and earlier is not None:
                ledger = extend_ledger(
                    earlier.ledger, self.store, parent=self._parent, cache=self._cache
                )
            else:
                ledger = load_ledger(
                    self.store,
                    as_of=as_of,
                    known_at=known_at,
                    parent=self._parent,
                    cache=self._cache,
                )
            before: tuple[tuple[int, int], ...] = ()
            if as_of is None and known_at is None and earlier is not None:
                before = ((earlier.number, earlier.ledger.size), *earlier.earlier)[:EARLIER_MAX]
                self.kept.forget({one[0] for one in earlier.earlier} - {one[0] for one in before})
                self.grown.set()
            reading = Reading(ledger, self._chain, self._documents, self.kept, earlier=before)
            # The log may have grown while it was read.
            key = (reading.ledger.size if known_at is None else size, as_of, known_at)
            self._readings[key] = reading
            for old in [k for k in self._readings if k[1:] == key[1:] and k != key]:
                gone = self._readings.pop(old).numbers
                self.kept.forget(gone - {one[0] for one in before})
            while len(self._readings) > self._readings_max:
                self.kept.forget(self._readings.popitem(last=False)[1].numbers)
            return reading

    def is_present(self, reading: Reading) -> bool:
        """Return whether a reading is the latest that was made of the present moment."""
        with self._lock:
            return any(one is reading for one in self._readings.values())

    def view(
        self, person: Person, as_of: str | None = None, known_at: str | int | None = None
    ) -> View:
        """Return the ledger as one person may see it."""
        from oreline.api._views import View

        return View(person, self.reading(as_of, known_at), self)

    def append(
        self, person: Person, drafts: Iterable[dict[str, Any]], at_size: int | None = None
    ) -> Receipt:
        """Append events, each with this person as the one who entered it.

        With ``at_size`` only to a log of this size, see :meth:`oreline.record.Store.append`.

        Raises
        ------
        LedgerError
            If any is refused; nothing is written.
        """
        entered = [{**draft, "actor": person.name} for draft in drafts]
        receipt = self.store.append(entered, at_size=at_size)
        self.grown.set()
        return receipt

    def rehearse(self, person: Person, drafts: Iterable[dict[str, Any]]) -> Receipt:
        """Return what an append would answer; nothing is written.

        Raises
        ------
        LedgerError
            As the append would.
        """
        return self.store.rehearse([{**draft, "actor": person.name} for draft in drafts])

    def positions_of_lot(self, lot: str) -> list[int]:
        """Return where the ledger, its parent included, names a lot."""
        own = self.store.events_of_lot(lot)
        shift = self.store.header.parent_size
        if self._parent is None or shift is None:
            return own
        return [seq - shift for seq in self._parent.events_of_lot(lot) if seq < shift] + own


def _places_of(chain: Chain | None) -> Chain | None:
    """Return what every party may know of a chain: parties, sites, materials, routes."""
    if chain is None:
        return None
    return replace(chain, permits={}, assumptions={}, phases={}, evidence={})


def _parent_of(store: Store) -> Store | None:
    """Return the parent of a derived ledger from where a chain folder keeps it."""
    header = store.header
    if header.parent is None:
        return None
    near = None if store.path is None else store.path.resolve().parent.parent / "ledger.db"
    if near is None or not near.is_file():
        message = f"ledger {header.id} is derived from {header.parent}, which is not beside it"
        raise NotFoundError(message)
    return open_store(near)
