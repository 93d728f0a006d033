"""The store: one ledger in one database, opened, appended to and read."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from oreline.model import MATERIAL_KINDS, Finding, InputError, LedgerError, Severity, StoreError
from oreline.record import _tables as tables
from oreline.record._accept import ARRIVAL_RULES, NOTHING_YET_US
from oreline.record._append import Entry, Moment, build
from oreline.record._clock import Clock, Salt, instant_us, system_clock, system_salt
from oreline.record._database import connect, database_url, reading, write_header, writing
from oreline.record._drafts import Draft, Written, drafts_of
from oreline.record._merkle import Frontier, TileReader, root
from oreline.record._periods import Closings
from oreline.record._shelf import Shelf
from oreline.record._withheld import WithheldValue

READ_CHUNK = 20_000
"""How many events one fetch brings from the database."""
TENSES = ("actual", "planned", "scenario")


@dataclass(frozen=True, slots=True)
class Header:
    """What a ledger is: its id, its tense, and what a derived one was derived from."""

    id: str
    tense: str
    created: str
    parent: str | None = None
    parent_size: int | None = None
    parent_root: str | None = None
    input_hash: str | None = None
    seed: str | None = None
    versions: str | None = None
    arrival_rules: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch, and where the log stands after it."""

    entries: tuple[Entry, ...]
    size: int
    root: bytes

    @property
    def appended(self) -> int:
        """Return how many events were new."""
        return sum(entry.is_new for entry in self.entries)

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as a JSON object."""
        return {
            "events": len(self.entries),
            "appended": self.appended,
            "size": self.size,
            "root": self.root.hex(),
            "entries": [entry.to_json() for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class StoredRow:
    """An event as the store holds it."""

    seq: int
    id: str
    state: int
    recorded_us: int
    data: bytes


@dataclass(slots=True)
class _Waiting:
    """A batch that waits for the commit of its group."""

    drafts: list[Draft]
    at_size: int | None = None
    done: threading.Event = field(default_factory=threading.Event)
    receipt: Receipt | None = None
    error: BaseException | None = None


class Store:
    """One ledger. Safe to share between threads; appends of several are committed together.

    Use :func:`create_store` or :func:`open_store`; close it, or use it in a ``with`` block.
    """

    def __init__(self, engine: sa.Engine, clock: Clock, salt: Salt) -> None:
        self._engine = engine
        self._clock = clock
        self._salt = salt
        self._commit = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._queue = threading.Lock()
        self._frontier: Frontier | None = None
        self._last_us = 0
        self._latest_us = NOTHING_YET_US
        self._closed = Closings()
        self.header = self._read_header()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @property
    def place(self) -> str:
        """Return where the ledger lies, without any password."""
        return self._engine.url.render_as_string(hide_password=True)

    @property
    def path(self) -> Path | None:
        """Return the file of an SQLite ledger, None for any other."""
        database = self._engine.url.database
        return Path(database) if self._engine.dialect.name == "sqlite" and database else None

    def append(self, batch: Iterable[Written], *, at_size: int | None = None) -> Receipt:
        """Append a batch: all of it or nothing, durable when this returns, idempotent by id.

        Batches that arrive from several threads while one commits are committed together after it.

        Parameters
        ----------
        at_size
            Append only to a log of this size: what was judged on it then holds of the log that the
            batch becomes part of. Looked at in the transaction that writes.

        Raises
        ------
        LedgerError
            If any event is malformed or refused, or the log has another size than ``at_size``
            (ORL-0208); every problem of the batch is listed and nothing of it is written.
        StoreError
            If the database fails; nothing is written.
        """
        drafts, findings = drafts_of(batch)
        if findings:
            raise LedgerError("the batch is malformed; nothing was written", findings)
        mine = _Waiting(drafts, at_size)
        with self._queue:
            self._waiting.append(mine)
        with self._commit:
            if not mine.done.is_set():
                with self._queue:
                    group, self._waiting = self._waiting, []
                self._append_group(group)
        if mine.error is not None:
            raise mine.error
        assert mine.receipt is not None
        return mine.receipt

    def rehearse(self, batch: Iterable[Written]) -> Receipt:
        """Return what :meth:`append` would, and write nothing.

        The same judgement runs in a transaction that is then given up; the root is the one that
        the log would have if the salts drawn were the same.

        Raises
        ------
        LedgerError
            As ``append`` does, with every problem of the batch.
        StoreError
            If the database fails.
        """
        drafts, findings = drafts_of(batch)
        if findings:
            raise LedgerError("the batch is malformed", findings)
        try:
            with self._commit, writing(self._engine) as connection:
                moment = self._moment(connection)
                entries, after = build(connection, drafts, moment, self._salt)
                connection.rollback()
        except SQLAlchemyError as error:
            raise StoreError(f"the ledger could not be asked: {error}") from error
        return Receipt(tuple(entries), after.frontier.size, root(after.frontier))

    def _append_group(self, group: list[_Waiting]) -> None:
        """Commit several batches in one transaction; a refused batch does not hinder the others."""
        try:
            with writing(self._engine) as connection:
                moment = self._moment(connection)
                for waiting in group:
                    moment = self._append_one(connection, waiting, moment)
            self._frontier, self._closed = moment.frontier, moment.closed
            self._latest_us = moment.latest_us
        except SQLAlchemyError as error:
            self._frontier = None
            failure = StoreError(f"the ledger could not be written; nothing was: {error}")
            failure.__cause__ = error
            for waiting in group:
                waiting.receipt, waiting.error = None, failure
        except BaseException as error:
            self._frontier = None
            for waiting in group:
                waiting.receipt, waiting.error = None, error
            raise
        finally:
            for waiting in group:
                waiting.done.set()

    def _append_one(self, connection: sa.Connection, waiting: _Waiting, moment: Moment) -> Moment:
        try:
            _see_size(waiting.at_size, moment.frontier.size)
            entries, after = build(connection, waiting.drafts, moment, self._salt)
        except (LedgerError, InputError) as error:
            waiting.error = error
            return moment
        waiting.receipt = Receipt(tuple(entries), after.frontier.size, root(after.frontier))
        self._last_us = moment.now_us
        return after

    def _moment(self, connection: sa.Connection) -> Moment:
        event = tables.event
        last = connection.execute(
            sa.select(event.c.seq, event.c.recorded_us).order_by(event.c.seq.desc()).limit(1)
        ).first()
        size, recorded = (0, 0) if last is None else (last.seq + 1, last.recorded_us)
        if self._frontier is None or self._frontier.size != size:
            self._frontier = _frontier(connection, size)
            self._closed = _closed_periods(connection)
            self._latest_us = _latest_us(connection)
        # Recorded time never runs backwards, whatever the machine's clock does.
        now_us = max(_us(self._clock), recorded, self._last_us)
        return Moment(self._frontier, now_us, self.header.tense, self._closed, self._latest_us)

    def _read_header(self) -> Header:
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(tables.header.c.key, tables.header.c.value)).all()
        values: dict[str, Any] = {row.key: row.value for row in rows}
        if "id" not in values:
            message = f"{self.place} holds no ledger; make one with 'oreline init'"
            raise StoreError(message)
        if "parent_size" in values:
            values["parent_size"] = int(values["parent_size"])
        return Header(**values)

    def reading(self) -> Any:
        """Return a context manager of a connection that sees one state throughout."""
        return reading(self._engine)

    def writing(self) -> Any:
        """Return a context manager of a connection that alone may write, all or nothing."""
        return writing(self._engine)

    def shelf(self) -> Shelf:
        """Return the text to search that lies beside the log."""
        return Shelf(self._engine)

    def size(self) -> int:
        """Return the number of events in the log."""
        with reading(self._engine) as connection:
            return _size(connection)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the log at a size, by default the present one."""
        with reading(self._engine) as connection:
            return root(_frontier(connection, _size(connection) if size is None else size))

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[StoredRow]:
        """Yield the stored events with ``start <= seq < stop``, in order."""
        event = tables.event
        columns = (event.c.seq, event.c.id, event.c.state, event.c.recorded_us, event.c.bytes)
        query = sa.select(*columns).where(event.c.seq >= start).order_by(event.c.seq)
        if stop is not None:
            query = query.where(event.c.seq < stop)
        # A reader that stops early must not leave a cursor of the server open.
        with (
            reading(self._engine) as connection,
            connection.execution_options(yield_per=READ_CHUNK).execute(query) as result,
        ):
            for row in result:
                yield StoredRow(row[0], row[1], row[2], row[3], bytes(row[4]))

    def event(self, identity: str) -> dict[str, Any]:
        """Return one event as it is stored.

        Raises
        ------
        InputError
            If no event has this id.
        """
        query = sa.select(tables.event.c.bytes).where(tables.event.c.id == identity)
        with reading(self._engine) as connection:
            data = connection.scalar(query)
        if data is None:
            message = f"no event {identity} in this ledger"
            raise InputError(message)
        found: dict[str, Any] = orjson.loads(data)
        return found

    def events_of_lot(self, lot: str) -> list[int]:
        """Return the positions of all events that name a lot, in order."""
        line = tables.line
        query = sa.select(line.c.seq).where(line.c.lot == lot).distinct().order_by(line.c.seq)
        with reading(self._engine) as connection:
            return list(connection.scalars(query))

    def findings(self, seq: int | None = None, *, since: int = 0) -> list[tuple[int, Finding]]:
        """Return (position, finding) of one event, or of all from a position on."""
        table = tables.finding
        query = sa.select(table).where(table.c.seq >= since).order_by(table.c.seq, table.c.idx)
        if seq is not None:
            query = query.where(table.c.seq == seq)
        with reading(self._engine) as connection:
            return [
                (
                    row.seq,
                    Finding(row.code, Severity(row.severity), row.place, row.message, row.fix),
                )
                for row in connection.execute(query)
            ]

    def withheld(self, *, since: int = 0) -> dict[int, tuple[WithheldValue, ...]]:
        """Return the withheld fields that this ledger still has, by position, from one on."""
        table = tables.withheld
        found: dict[int, list[WithheldValue]] = {}
        with reading(self._engine) as connection:
            query = sa.select(table).where(table.c.seq >= since)
            for row in connection.execute(query.order_by(table.c.seq, table.c.pointer)):
                value = WithheldValue(row.pointer, row.salt, orjson.loads(row.value))
                found.setdefault(row.seq, []).append(value)
        return {seq: tuple(values) for seq, values in found.items()}

    def saved_checkpoint(self, size: int) -> str | None:
        """Return the signed checkpoint of a size that is kept beside the log, None without one."""
        table = tables.checkpoint
        with reading(self._engine) as connection:
            note = connection.scalar(sa.select(table.c.note).where(table.c.size == size))
        return None if note is None else str(note)

    def save_checkpoint(self, size: int, note: str) -> None:
        """Keep a signed checkpoint beside the log; the same one again changes nothing."""
        with writing(self._engine) as connection:
            query = sa.select(tables.checkpoint.c.size).where(tables.checkpoint.c.size == size)
            if connection.scalar(query) is None:
                connection.execute(tables.checkpoint.insert(), [{"size": size, "note": note}])


def _see_size(wanted: int | None, size: int) -> None:
    """Refuse a batch that was made for a log of another size."""
    if wanted is None or wanted == size:
        return
    message = f"the ledger has {size} events; this was judged on {wanted} of them"
    fix = "judge again on the ledger as it is now"
    finding = Finding("ORL-0208", Severity.FATAL, f"ledger of {size} events", message, fix)
    raise LedgerError("the ledger has changed meanwhile; nothing was written", [finding])


def new_database(place: str | Path) -> sa.Engine:
    """Return an engine on a place where no ledger lies yet, with the tables made.

    Raises
    ------
    StoreError
        If there is already a file at this place.
    """
    url = database_url(place)
    if url.get_backend_name() == "sqlite" and Path(url.database or "").exists():
        message = f"there is already a file at {place}; a new ledger does not replace it"
        raise StoreError(message)
    return connect(place, create=True)


def create_store(
    place: str | Path,
    header: Mapping[str, str],
    *,
    clock: Clock = system_clock,
    salt: Salt = system_salt,
) -> Store:
    """Make a new ledger and open it.

    ``header`` needs ``id`` and ``tense`` (actual, planned or scenario); a derived ledger names its
    parent, the parent's size and root, and what it was computed from.

    Raises
    ------
    StoreError
        If there is already a ledger at this place.
    """
    if header.get("tense") not in TENSES:
        message = f"tense {header.get('tense')!r} is not one of {', '.join(TENSES)}"
        raise InputError(message)
    engine = new_database(place)
    created = clock().isoformat().replace("+00:00", "Z")
    try:
        with writing(engine) as connection:
            if connection.scalar(sa.select(sa.func.count()).select_from(tables.header)):
                message = f"there is already a ledger at {place}"
                raise StoreError(message)
            write_header(connection, {"created": created, "arrival_rules": ARRIVAL_RULES, **header})
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, clock, salt)


def open_store(
    place: str | Path, *, clock: Clock = system_clock, salt: Salt = system_salt
) -> Store:
    """Open a ledger that exists.

    Raises
    ------
    StoreError
        If there is none at this place.
    """
    engine = connect(place, create=False)
    try:
        return Store(engine, clock, salt)
    except BaseException:
        engine.dispose()
        raise


def tile_reader(connection: sa.Connection) -> TileReader:
    """Return a reader of the log's hashes on one connection."""
    event, tile = tables.event, tables.tile

    def leaves(start: int, stop: int) -> list[bytes]:
        query = sa.select(event.c.leaf).where(event.c.seq >= start, event.c.seq < stop)
        return [bytes(leaf) for leaf in connection.scalars(query.order_by(event.c.seq))]

    def tiles(level: int, start: int, stop: int) -> list[bytes]:
        query = sa.select(tile.c.hash).where(
            tile.c.level == level, tile.c.idx >= start, tile.c.idx < stop
        )
        return [bytes(value) for value in connection.scalars(query.order_by(tile.c.idx))]

    return TileReader(leaves, tiles)


def _frontier(connection: sa.Connection, size: int) -> Frontier:
    reader = tile_reader(connection)
    peaks, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            peaks.append(reader.node(level, start >> level))
            start += 1 << level
    return Frontier(size, tuple(peaks))


def _size(connection: sa.Connection) -> int:
    last = connection.scalar(sa.select(sa.func.max(tables.event.c.seq)))
    return 0 if last is None else int(last) + 1


def _latest_us(connection: sa.Connection) -> int:
    """Return the latest time of any material event."""
    event = tables.event
    query = sa.select(sa.func.max(event.c.time_us)).where(event.c.kind.in_(MATERIAL_KINDS))
    latest = connection.scalar(query)
    return NOTHING_YET_US if latest is None else int(latest)


def _closed_periods(connection: sa.Connection) -> Closings:
    """Return the closed accounting periods and all corrections, as decisions leave them."""
    event = tables.event
    query = sa.select(event.c.kind, event.c.state, event.c.bytes).order_by(event.c.seq)
    query = query.where(event.c.kind.in_(tuple(_TELLING)))
    closings = Closings()
    with connection.execute(query, execution_options={"yield_per": READ_CHUNK}) as result:
        for row in result:
            if _TELLING[row.kind] in row.bytes:
                closings.post(orjson.loads(row.bytes), row.state)
    return closings


_TELLING = {"declare": b'"type":"period"', "attest": b'"decision":"', "correct": b""}
"""The kinds of event that decide which periods are closed, and what stands in those that do."""


def _us(clock: Clock) -> int:
    return instant_us(clock().isoformat())
