"""Verification of a ledger: what is still as it was, what is not, and which event is the first.

A hash tree proves that nothing was altered only relative to a checkpoint that somebody keeps where
the ledger's owner cannot reach it. Without one, everything may have been rewritten consistently;
the report then claims internal consistency and no more.

A checkpoint holds one hash for all events before it. Which event was altered follows from what the
alteration left behind: bytes that no longer give the leaf, leaves that no longer give the tile. If
nothing was left behind, further checkpoints bracket the event, and a kept copy of the leaf hashes,
or of the events, names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson
import sqlalchemy as sa

from oreline.model import Finding, InputError, Severity, VerificationError
from oreline.record import _tables as tables
from oreline.record._accept import ARRIVAL_RULES
from oreline.record._cache import cached_lots, derived_lots, stored_events
from oreline.record._checkpoints import HEADER_LINE, header_hash
from oreline.record._keys import Verifier
from oreline.record._merkle import CompletedTile, Frontier, extend, leaf_hash, root
from oreline.record._note import Checkpoint, open_note, parse_checkpoint
from oreline.record._rederive import Beside, EventRow, Replay, event_row
from oreline.record._store import Store
from oreline.record._triggers import unguarded
from oreline.record._withheld import WithheldField, WithheldValue
from oreline.record._words import Outcome, said

FINDINGS_MAX = 100
"""The most findings that a report lists; the first are the ones that matter."""
_CHUNK = 4096

Progress = Callable[[int, int], None]
"""Told after every few thousand events: how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What verification found.

    Attributes
    ----------
    ok
        Whether nothing was found that should not be. What that proves, ``proved`` says.
    size, root
        The number of events, and the root of the tree over their bytes.
    checkpoint_size
        The size that the kept checkpoint states, None without one.
    findings
        What was found, the first event first, at most ``FINDINGS_MAX``; then warnings, which do
        not make it bad.
    first_bad_seq, first_bad_id
        The first event known to differ; the id is None where the event is gone.
    bracket
        The first event that differs stands at or after the first position and before the second.
        They are neighbours where it is known exactly. None where nothing differs.
    proved, not_proved
        In words, what was shown and what was not.
    withheld
        The fields whose values this copy of the ledger does not have.
    """

    ok: bool
    size: int
    root: bytes
    checkpoint_size: int | None
    findings: tuple[Finding, ...]
    first_bad_seq: int | None
    first_bad_id: str | None
    bracket: tuple[int, int] | None
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    withheld: tuple[WithheldField, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "ok": self.ok,
            "size": self.size,
            "root": self.root.hex(),
            "checkpoint_size": self.checkpoint_size,
            "findings": [finding.to_json() for finding in self.findings],
            "first_bad_seq": self.first_bad_seq,
            "first_bad_id": self.first_bad_id,
            "bracket": None if self.bracket is None else list(self.bracket),
            "proved": list(self.proved),
            "not_proved": list(self.not_proved),
            "withheld": [
                {"seq": item.seq, "event": item.event, "pointer": item.pointer}
                for item in self.withheld
            ],
        }


@dataclass(slots=True)
class Kept:
    """A checkpoint to hold the log against, and what became of it."""

    checkpoint: Checkpoint
    given: bool
    bytes_agree: bool | None = None
    leaves_agree: bool | None = None
    copy_agrees: bool | None = None


@dataclass(slots=True)
class Trail:
    """What has been found so far."""

    findings: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    bad: dict[int, str | None] = field(default_factory=dict)
    broken: bool = False

    def add(self, code: str, where: str, message: str, fix: str) -> None:
        """Report something that should not be."""
        self.broken = True
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(code, Severity.FATAL, where, message, fix))

    def warn(self, code: str, where: str, message: str, fix: str) -> None:
        """Report something that somebody should look at, though nothing is altered by it."""
        self.warnings.append(Finding(code, Severity.WARNING, where, message, fix))

    def event(self, code: str, seq: int, identity: str | None, message: str) -> None:
        """Report an event; ``identity`` is None where it is gone."""
        self.bad.setdefault(seq, identity)
        where = f"event {identity or '(gone)'} at {seq}"
        fix = "restore the ledger from a copy made before, and find out who changed it and why"
        self.add(code, where, message, fix)


def verify_ledger(
    store: Store,
    checkpoint: bytes | None = None,
    verifier: Verifier | None = None,
    progress: Progress | None = None,
    *,
    origin: str | None = None,
    further: Iterable[bytes] = (),
    copy: Iterable[bytes] | None = None,
    thorough: bool = True,
) -> VerifyReport:
    """Verify a ledger, relative to a checkpoint kept elsewhere if there is one.

    Parameters
    ----------
    checkpoint, further
        Signed notes that were kept where the ledger's owner could not change them; the further ones
        narrow down which event was altered.
    verifier
        The public key of the log. Without it signatures are not checked, and the report says so.
    origin
        The identity of the log in its checkpoints, by default the name of the verifier.
    copy
        Lines kept elsewhere, in order from the first event: leaf hashes as 64 hexadecimal digits,
        or the events' bytes. They name the first event that differs.
    thorough
        Also derive columns, lines, findings, states and content hashes anew from the bytes.

    Raises
    ------
    VerificationError
        If a given checkpoint is not signed by the verifier, or is about another log.
    """
    notes = ([] if checkpoint is None else [checkpoint]) + list(further)
    kept = [Kept(_opened(note, verifier, origin), given=True) for note in notes]
    saw = _look(store, kept, (verifier, origin), copy, thorough, progress)
    run, trail, replay = saw.run, saw.run.trail, saw.replay
    outcome = Outcome(
        size=run.frontier.size,
        checked_signature=verifier is not None,
        given=sorted((item.checkpoint.size, item.bytes_agree) for item in kept),
        saved_agree=sum(1 for item in run.kept if not item.given and item.bytes_agree),
        saved_unreadable=saw.foreign,
        thorough=thorough,
        missing=() if replay is None else tuple(replay.missing),
        blind_from=None if replay is None else replay.blind_from,
        rules=None if saw.same_rules else store.header.arrival_rules or "of an unnamed version",
        cache_differs=saw.cache_differs,
        bracket=saw.bracket,
        inner=not trail.broken,
    )
    proved, not_proved = said(outcome)
    return VerifyReport(
        ok=not trail.broken,
        size=run.frontier.size,
        root=root(run.frontier),
        checkpoint_size=kept[0].checkpoint.size if checkpoint is not None else None,
        findings=(*trail.findings, *trail.warnings),
        first_bad_seq=saw.first,
        first_bad_id=saw.first_id,
        bracket=saw.bracket,
        proved=proved,
        not_proved=not_proved,
        withheld=() if replay is None else tuple(replay.missing),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look at the whole store gave."""

    run: _Run
    replay: Replay | None
    foreign: int
    same_rules: bool
    cache_differs: bool
    bracket: tuple[int, int] | None
    first: int | None
    first_id: str | None


def _look(
    store: Store,
    kept: list[Kept],
    signer: tuple[Verifier | None, str | None],
    copy: Iterable[bytes] | None,
    thorough: bool,
    progress: Progress | None,
) -> _Seen:
    """Read everything once, in one state of the store, and compare."""
    trail = Trail()
    header = header_hash(store)
    same_rules = store.header.arrival_rules == ARRIVAL_RULES
    with store.reading() as connection:
        find = stored_events(connection)
        replay = Replay(find=find, same_rules=same_rules) if thorough else None
        saved, foreign = _saved(connection, signer, trail)
        run = _Run(trail, sorted([*kept, *saved], key=lambda item: item.checkpoint.size), copy)
        total = connection.scalar(sa.select(sa.func.count()).select_from(tables.event)) or 0
        for rows in _chunks(_judged_rows(connection, replay, trail)):
            run.add(rows)
            if progress is not None:
                progress(run.frontier.size, total)
        run.end()
        _check_ids(connection, trail)
        _check_tiles(connection, run, trail)
        cache_differs = replay is not None and _cache_differs(connection, replay)
        _check_header(run.kept, header, trail)
        _check_kept(run, trail)
        _warn_of_guards(connection, trail)
        _warn_of_exposed(replay, trail)
        bracket = _bracket(run, trail)
        first = min(trail.bad, default=None)
        if bracket is not None and bracket[1] - bracket[0] == 1:
            first = bracket[0]
        query = sa.select(tables.event.c.id).where(tables.event.c.seq == first)
        name = None if first is None else connection.scalar(query)
    return _Seen(run, replay, foreign, same_rules, cache_differs, bracket, first, name)


class _Run:
    """One pass: the trees over bytes, over the leaf column and over a copy, kept side by side."""

    def __init__(self, trail: Trail, kept: list[Kept], copy: Iterable[bytes] | None) -> None:
        self.trail = trail
        self.kept = kept
        self.copy = None if copy is None else (_copied_leaf(line) for line in copy)
        self.frontier = Frontier()
        self.column = Frontier()
        self.copied = Frontier()
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.copy_differs: tuple[int, str | None, str] | None = None
        self._stops = sorted({item.checkpoint.size for item in kept})
        self._at(0)

    def add(self, rows: Sequence[tuple[EventRow, bytes]]) -> None:
        """Add events, each with the hash of its bytes."""
        while rows:
            size = self.frontier.size
            stop = next((stop for stop in self._stops if stop > size), size + len(rows))
            part, rows = rows[: stop - size], rows[stop - size :]
            leaves = [leaf for _, leaf in part]
            stored = [row.leaf if len(row.leaf) == 32 else leaf for row, leaf in part]
            same = self.column == self.frontier and leaves == stored
            self._compare_copy(part)
            self.frontier, tiles = extend(self.frontier, leaves)
            self.column = self.frontier if same else extend(self.column, stored)[0]
            self._keep(tiles)
            self._at(self.frontier.size)

    def end(self) -> None:
        """Compare what the copy has beyond the log."""
        more = [] if self.copy is None else list(self.copy)
        if more and self.copy_differs is None:
            message = f"the kept copy has {len(more)} more events than the log"
            self.copy_differs = self.frontier.size, None, message

    def is_copy_believed(self) -> bool:
        """Tell whether no checkpoint speaks against the copy up to where it differs."""
        if all(item.copy_agrees is not False for item in self.kept):
            return True
        agreed = max((k.checkpoint.size for k in self.kept if k.copy_agrees), default=0)
        return self.copy_differs is not None and self.copy_differs[0] < agreed

    def _compare_copy(self, part: Sequence[tuple[EventRow, bytes]]) -> None:
        if self.copy is None:
            return
        copied = list(islice(self.copy, len(part)))
        for (row, leaf), other in zip(part, copied, strict=False):
            if leaf != other and self.copy_differs is None:
                self.copy_differs = row.seq, row.id, "it is not the event of the kept copy"
        self.copied = extend(self.copied, copied)[0]

    def _keep(self, tiles: Iterable[CompletedTile]) -> None:
        for tile in tiles:
            self.tiles[tile.level, tile.index] = tile.root

    def _at(self, size: int) -> None:
        for item in self.kept:
            if item.checkpoint.size == size:
                wanted = item.checkpoint.root
                item.bytes_agree = root(self.frontier) == wanted
                item.leaves_agree = root(self.column) == wanted
                if self.copy is not None and self.copied.size == size:
                    item.copy_agrees = root(self.copied) == wanted


def _judged_rows(
    connection: sa.Connection, replay: Replay | None, trail: Trail
) -> Iterator[tuple[EventRow, bytes]]:
    """Yield every event with the hash of its bytes, and report what is wrong with it by itself."""
    beside = None if replay is None else _Tables(connection)
    expected = 0
    for stored in _stream(connection, sa.select(*tables.event.c).order_by(tables.event.c.seq)):
        row = event_row(stored)
        if row.seq != expected:
            message = f"the events from {expected} to before {row.seq} are missing"
            trail.event("ORL-0251", min(expected, row.seq), None, message)
        expected = row.seq + 1
        leaf = leaf_hash(row.data)
        if leaf != row.leaf:
            trail.event("ORL-0250", row.seq, row.id, "its bytes do not give its leaf hash")
        if replay is not None and beside is not None:
            for problem in replay.problems(row, beside.of(row.seq)):
                trail.event(problem.code, row.seq, row.id, problem.message)
        yield row, leaf
    if beside is not None:
        for table, seq in beside.left_over():
            trail.add(
                "ORL-0251", f"table {table}", f"it has rows of {seq}, which is no event", _RESTORE
            )


_RESTORE = "restore the ledger from a copy made before"


class _Tables:
    """The tables beside the events, read in step with them."""

    def __init__(self, connection: sa.Connection) -> None:
        line, finding, withheld = tables.line, tables.finding, tables.withheld
        self._streams = {
            table.name: _Grouped(
                _stream(connection, sa.select(*table.c).order_by(table.c.seq, second))
            )
            for table, second in (
                (line, line.c.idx),
                (finding, finding.c.idx),
                (withheld, withheld.c.pointer),
            )
        }

    def of(self, seq: int) -> Beside:
        """Return what stands beside the event at a position."""
        withheld = self._streams["withheld"].take(seq)
        return Beside(
            _in_order(self._streams["line"].take(seq)),
            _in_order(self._streams["finding"].take(seq)),
            [_withheld(row) for row in withheld],
        )

    def left_over(self) -> Iterator[tuple[str, int]]:
        """Yield table and position of rows that belong to no event."""
        for name, stream in self._streams.items():
            for seq in stream.skipped:
                yield name, seq
            for row in stream.rest():
                yield name, row[0]
                break


class _Grouped:
    """Rows of one table, taken by their position."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._next = next(rows, None)
        self.skipped: list[int] = []

    def take(self, seq: int) -> list[Any]:
        """Return the rows of a position; those of positions passed over are remembered."""
        taken = []
        while self._next is not None and self._next[0] <= seq:
            if self._next[0] == seq:
                taken.append(self._next)
            elif len(self.skipped) < FINDINGS_MAX:
                self.skipped.append(self._next[0])
            self._next = next(self._rows, None)
        return taken

    def rest(self) -> Iterator[Any]:
        """Yield the rows that were not taken."""
        while self._next is not None:
            yield self._next
            self._next = next(self._rows, None)


def _in_order(rows: list[Any]) -> list[tuple[Any, ...]]:
    """Return rows without position and number; a gap in the numbers makes a row that fits none."""
    return [
        tuple(row[2:]) if row[1] == number else ("misplaced", *row)
        for number, row in enumerate(rows)
    ]


def _withheld(row: Any) -> WithheldValue:
    try:
        value = orjson.loads(row[3])
    except orjson.JSONDecodeError:
        value = None
    return WithheldValue(row[1], row[2], value)


def _check_ids(connection: sa.Connection, trail: Trail) -> None:
    event = tables.event
    query = sa.select(event.c.id, sa.func.max(event.c.seq)).group_by(event.c.id)
    for identity, seq in connection.execute(query.having(sa.func.count() > 1).limit(FINDINGS_MAX)):
        trail.event("ORL-0252", seq, identity, "its id stands twice in the log")


def _check_tiles(connection: sa.Connection, run: _Run, trail: Trail) -> None:
    """Compare the stored tiles with those that the bytes give."""
    tile = tables.tile
    query = sa.select(tile.c.level, tile.c.idx, tile.c.hash).order_by(tile.c.level, tile.c.idx)
    stored = {(row.level, row.idx): bytes(row.hash) for row in connection.execute(query)}
    for level, index in sorted(stored.keys() | run.tiles.keys()):
        there, expected = stored.get((level, index)), run.tiles.get((level, index))
        if there == expected:
            continue
        start, stop = index << level, (index + 1) << level
        if any(start <= seq < stop for seq in trail.bad):
            continue  # an event within it is already named
        what = "is missing" if there is None else "is not that of its events"
        message = f"the tile over the events from {start} to before {stop} {what}"
        trail.add("ORL-0254", f"tile {level}/{index}", message, _RESTORE)


def _cache_differs(connection: sa.Connection, replay: Replay) -> bool:
    """Tell whether the cache of running stock is not what the replay gives; it proves nothing."""
    if replay.blind_from is not None or not replay.same_rules:
        return False
    return cached_lots(connection) != derived_lots(replay)


def _check_header(kept: list[Kept], header: str, trail: Trail) -> None:
    for item in kept:
        lines = [x for x in item.checkpoint.extensions if x.startswith(HEADER_LINE)]
        if lines and lines != [f"{HEADER_LINE}{header}"]:
            message = "the header is not the one that the checkpoint names"
            fix = "take the checkpoint of this ledger; if it is, the header was changed"
            trail.add("ORL-0264", f"checkpoint of {item.checkpoint.size} events", message, fix)
            return


def _check_kept(run: _Run, trail: Trail) -> None:
    size = run.frontier.size
    if run.copy_differs is not None and run.is_copy_believed():
        trail.event("ORL-0260", *run.copy_differs)
    for item in run.kept:
        where = f"checkpoint of {item.checkpoint.size} events"
        if item.checkpoint.size > size:
            message = f"the log has only {size} events: {item.checkpoint.size - size} are cut off"
            trail.bad.setdefault(size, None)
            trail.add("ORL-0258", where, message, _RESTORE)
        elif not item.bytes_agree:
            message = f"the history before {item.checkpoint.size} is not the one it was made of"
            trail.add("ORL-0259", where, message, _RESTORE)
        if item.copy_agrees is False and not run.is_copy_believed():
            message = "the kept copy is not what the checkpoint was made of"
            fix = "take another copy: this one names nothing reliably"
            trail.add("ORL-0265", where, message, fix)


def _warn_of_guards(connection: sa.Connection, trail: Trail) -> None:
    """Warn where the database no longer refuses changes by accident."""
    tables_open = unguarded(connection)
    if tables_open:
        message = (
            f"the triggers that keep {', '.join(tables_open)} append only are gone or not those "
            "of a new ledger"
        )
        fix = "find out who removed them and why; a copy by 'oreline record share' has them again"
        trail.warn("ORL-0266", "database", message, fix)


def _warn_of_exposed(replay: Replay | None, trail: Trail) -> None:
    """Warn where withheld values were taken out and what they left was not."""
    if replay is None or not replay.exposed:
        return
    count = len(replay.exposed)
    message = (
        f"withheld values of {count} event{'s' if count > 1 else ''} are not here, but masses and "
        "hashes by which they can be guessed are"
    )
    fix = "give away copies made by 'oreline record share' only, and take this one back"
    trail.warn("ORL-0267", f"event {replay.exposed[0]}", message, fix)


def _bracket(run: _Run, trail: Trail) -> tuple[int, int] | None:
    """Return between which positions the first event that differs stands."""
    named = min(trail.bad, default=None)
    false = [item for item in run.kept if item.bytes_agree is False]
    good = max((item.checkpoint.size for item in run.kept if item.bytes_agree), default=0)
    if false:
        stop = min(false[0].checkpoint.size, run.frontier.size)
        if named is None or named >= stop:
            return min(good, stop - 1), stop
    if named is None:
        return None
    copy_tells = run.copy_differs is not None and run.is_copy_believed()
    # The leaf column is the copy where only bytes were altered.
    column_tells = any(item.leaves_agree and item.checkpoint.size > named for item in run.kept)
    start = named if copy_tells or column_tells else min(good, named)
    return start, named + 1


def _saved(
    connection: sa.Connection, signer: tuple[Verifier | None, str | None], trail: Trail
) -> tuple[list[Kept], int]:
    """Return the store's own checkpoints, and how many are not signed by the key."""
    table, foreign = tables.checkpoint, 0
    saved = []
    for row in connection.execute(sa.select(table.c.size, table.c.note).order_by(table.c.size)):
        try:
            checkpoint = _opened(row.note.encode(), *signer)
        except VerificationError:
            foreign += 1
            continue
        if checkpoint.size != row.size:
            message = f"it states {checkpoint.size} events"
            trail.add("ORL-0261", f"saved checkpoint of {row.size} events", message, _RESTORE)
        saved.append(Kept(checkpoint, given=False))
    return saved, foreign


def _opened(data: bytes, verifier: Verifier | None, origin: str | None) -> Checkpoint:
    """Return a checkpoint; its signature is checked if the key is known."""
    if verifier is None:
        try:
            text = data.decode().rpartition("\n\n")[0]
        except UnicodeDecodeError as error:
            raise VerificationError("a checkpoint is UTF-8, and this is not") from error
        checkpoint = parse_checkpoint(f"{text}\n")
    else:
        checkpoint = parse_checkpoint(open_note(data, [verifier]).text)
        origin = origin or verifier.name
    if origin is not None and checkpoint.origin != origin:
        message = f"the checkpoint is about {checkpoint.origin!r}, not {origin!r}"
        raise VerificationError(message)
    return checkpoint


def _copied_leaf(line: bytes) -> bytes:
    """Return the leaf hash that a line of a copy states, or that of the event that it is."""
    text = line.rstrip(b"\r\n")
    if text.startswith(b"{"):
        return leaf_hash(text)
    try:
        leaf = bytes.fromhex(text.decode())
    except ValueError:
        leaf = b""
    if len(leaf) != 32:
        message = f"a line of the copy is neither a leaf hash nor an event: {text[:40]!r}"
        raise InputError(message)
    return leaf


def _stream(connection: sa.Connection, query: Any) -> Iterator[Any]:
    with connection.execute(query, execution_options={"yield_per": _CHUNK}) as result:
        yield from result


def _chunks(
    rows: Iterator[tuple[EventRow, bytes]],
) -> Iterator[list[tuple[EventRow, bytes]]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk
