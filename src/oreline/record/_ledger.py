"""A ledger as a value: what was in force at a moment, as known at another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson

from oreline.model import Finding, InputError
from oreline.record._clock import instant_us
from oreline.record._columns import Columns
from oreline.record._derive import check_parent
from oreline.record._effective import Verdicts, amended_event, resolve
from oreline.record._overwriting import Change, overwritten
from oreline.record._snapshot import Snapshot, load_snapshot, save_snapshot, withheld_mark
from oreline.record._state import State
from oreline.record._store import Header, Store, StoredRow
from oreline.record._withheld import WithheldValue, reveal

T = TypeVar("T")
_NONE: frozenset[int] = frozenset()
_SPECIAL = (b'"schema":"correct/1"', b'"schema":"attest/1"')


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a declared thing: a site, a party, a rule ..."""

    seq: int
    type: str
    id: str
    valid_from: str | None
    valid_to: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything in force in a ledger as of a moment, as known at another.

    ``columns`` holds the arithmetic part of every event; ``event`` gives any event whole. For a
    derived ledger the parent's events come first, with positions below zero; in ``observed`` and
    ``other`` these positions are their ``seq``.
    """

    header: Header
    size: int
    root: bytes
    as_of: str | None
    known_at: str | int | None
    columns: Columns
    declared: Mapping[str, Mapping[str, tuple[Version, ...]]]
    observed: tuple[Mapping[str, Any], ...]
    other: tuple[Mapping[str, Any], ...]
    verdicts: Verdicts
    findings: tuple[tuple[int, Finding], ...]
    raw: Mapping[int, bytes] = field(repr=False)
    withheld: Mapping[int, tuple[WithheldValue, ...]] = field(repr=False)
    _once: dict[Callable[[Ledger], Any], Any] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def once(self, question: Callable[[Ledger], T]) -> T:
        """Return what a question answers of this ledger, asked when first wanted and kept with it.

        The question must be a function of a module, for it is known by itself, and its answer must
        follow from the ledger alone. Nobody may change what is given here. Other ledgers, one made
        from this by ``replace`` too, keep answers of their own.
        """
        if question not in self._once:
            self._once[question] = question(self)
        answer: T = self._once[question]
        return answer

    @property
    def row_of_event(self) -> Mapping[str, int]:
        """Return the row of every event in force by its id."""
        return self.once(_row_of_event)

    def event(self, seq: int) -> dict[str, Any]:
        """Return the event at a position as it counts, amended and with its withheld fields."""
        return _in_force(seq, self.raw[seq], self.verdicts, self.withheld)

    def find(self, identity: str) -> dict[str, Any]:
        """Return an event by id, as it counts.

        Raises
        ------
        InputError
            If no event in force has this id.
        """
        row = self.row_of_event.get(identity)
        if row is not None:
            return self.event(self.columns.events.seq[row])
        for data in self.raw.values():
            if identity.encode() in data and orjson.loads(data)["id"] == identity:
                found: dict[str, Any] = orjson.loads(data)
                return found
        message = f"no event {identity} in this ledger"
        raise InputError(message)

    def current(self, kind: str, day: str | None = None) -> dict[str, Version]:
        """Return the version of each declared thing that is valid on a day, the latest by default.

        Of several valid versions the one declared last holds.
        """
        chosen = {}
        for identity, versions in self.declared.get(kind, {}).items():
            valid = [version for version in versions if _holds(version, day)]
            if valid:
                chosen[identity] = valid[-1]
        return chosen


def _row_of_event(ledger: Ledger) -> dict[str, int]:
    return {name: row for row, name in enumerate(ledger.columns.events.id)}


def load_ledger(
    store: Store,
    *,
    as_of: str | None = None,
    known_at: str | int | None = None,
    parent: Store | None = None,
    cache: Path | None = None,
) -> Ledger:
    """Read a ledger.

    Parameters
    ----------
    as_of
        Only what happened up to this moment: an RFC 3339 time, or a day (its end).
    known_at
        Only what had been recorded by this moment, or in a log of this size.
    parent
        The parent of a derived ledger, read up to the size that the derived one names.
    cache
        A file that keeps the parsed columns of a large ledger, see :func:`snapshot_place`. It is
        used where it fits, extended by what is new, and written anew when it has fallen far behind.

    Raises
    ------
    InputError
        If a time is not understood, or the ledger is derived and its parent is not given.
    VerificationError
        If the parent given is not the one that the ledger was derived from.
    """
    if store.header.parent is not None and parent is None:
        message = f"ledger {store.header.id} is derived from {store.header.parent}; open that too"
        raise InputError(message)
    rows = list(_known(store, known_at))
    size = len(rows)
    withheld = dict(store.withheld())
    if parent is not None:
        check_parent(store, parent)
        before = list(parent.rows(0, store.header.parent_size))
        shift = len(before)
        old = {seq - shift: fields for seq, fields in parent.withheld().items() if seq < shift}
        withheld = old | withheld
        rows = [_shifted(row, shift) for row in before] + rows
    verdicts = _verdicts(rows, withheld)
    is_whole = as_of is None and known_at is None and parent is None
    snapshot = None
    if cache is not None and is_whole:
        snapshot = _cached(store, cache, size, verdicts, withheld)
    ledger = _build(store, rows, size, verdicts, withheld, as_of, known_at, snapshot)
    behind = size - (0 if snapshot is None else snapshot.size)
    if cache is not None and is_whole and behind >= CACHE_BEHIND_MAX:
        save_snapshot(
            cache,
            ledger_id=store.header.id,
            size=size,
            root=ledger.root,
            columns=ledger.columns,
            whole=_kept_whole(ledger),
            verdicts=verdicts,
            withheld=withheld,
        )
    return ledger


def extend_ledger(
    ledger: Ledger, store: Store, *, parent: Store | None = None, cache: Path | None = None
) -> Ledger:
    """Return the ledger as it is now: what :func:`load_ledger` gives, from an earlier reading.

    Only what is new is read, and the earlier value stays as it is: threads that still ask of it
    are not disturbed. Where something new changes more of what was there before than numbers, all
    of it is read again, with ``cache`` as :func:`load_ledger` uses it.

    Raises
    ------
    InputError
        If the earlier reading is of another moment, or the ledger is derived and its parent is not
        given.
    """
    if ledger.as_of is not None or ledger.known_at is not None:
        raise InputError("only the present reading of a ledger can be extended")
    if store.header.parent is not None and parent is None:
        return load_ledger(store)  # which says what is missing
    rows = list(store.rows(ledger.size))
    if not rows:
        return ledger
    fresh = store.withheld(since=ledger.size)
    if any(_reaches_back(row, fresh) for row in rows):
        read = None if parent is not None else _overwritten_ledger(ledger, store)
        return load_ledger(store, parent=parent, cache=cache) if read is None else read
    size = ledger.size + len(rows)
    held = frozenset(row.seq for row in rows if row.state == State.HELD)
    verdicts = Verdicts(
        ledger.verdicts.amended, ledger.verdicts.out_of_force, ledger.verdicts.held | held
    )
    withheld = {**ledger.withheld, **fresh}
    columns = ledger.columns.copy()
    declared = {
        kind: {name: list(versions) for name, versions in things.items()}
        for kind, things in ledger.declared.items()
    }
    observed, other = list(ledger.observed), list(ledger.other)
    for row in rows:
        if row.seq not in held:
            event = _in_force(row.seq, row.data, verdicts, withheld)
            _take(declared, observed, other, row.seq, event)
            columns.add(row.seq, event)
    new = store.findings(since=ledger.size)
    return replace(
        ledger,
        size=size,
        root=store.root(size),
        columns=columns,
        declared=_frozen(declared),
        observed=tuple(observed),
        other=tuple(other),
        verdicts=verdicts,
        findings=(*ledger.findings, *((seq, found) for seq, found in new if seq < size)),
        raw={**ledger.raw, **{row.seq: row.data for row in rows}},
        withheld=withheld,
    )


def _overwritten_ledger(ledger: Ledger, store: Store) -> Ledger | None:
    """Return the ledger as it is now, where only numbers of what was there before have changed."""
    rows = list(store.rows())
    withheld = dict(store.withheld())
    verdicts = _verdicts(rows, withheld)
    if withheld_mark(withheld, ledger.size) != withheld_mark(ledger.withheld, ledger.size):
        return None
    was, marks = ledger.verdicts, (ledger.verdicts, verdicts)
    idle = [{seq for seq in (*one.held, *one.out_of_force) if seq < ledger.size} for one in marks]
    if idle[0] != idle[1]:
        return None
    changed = [
        seq
        for seq in {*was.amended, *verdicts.amended}
        if seq < ledger.size and was.amended.get(seq) != verdicts.amended.get(seq)
    ]
    columns = overwritten(
        ledger.columns,
        (
            Change(seq, ledger.event(seq), _in_force(seq, ledger.raw[seq], verdicts, withheld))
            for seq in changed
        ),
    )
    if columns is None:
        return None
    read = Snapshot(ledger.size, columns, _kept_whole(ledger))
    return _build(store, rows, len(rows), verdicts, withheld, None, None, read)


def _reaches_back(row: StoredRow, withheld: Mapping[int, tuple[WithheldValue, ...]]) -> bool:
    """Return whether an event changes how earlier ones count."""
    if not any(mark in row.data for mark in _SPECIAL):
        return False
    event = orjson.loads(row.data)
    if row.seq in withheld:
        event = reveal(event, withheld[row.seq])
    return event["schema"] == "correct/1" or "decision" in event["body"]


CACHE_BEHIND_MAX = 10_000
"""How many events a cache may lack before it is written anew."""


def _cached(
    store: Store,
    cache: Path,
    size: int,
    verdicts: Verdicts,
    withheld: Mapping[int, tuple[WithheldValue, ...]],
) -> Snapshot | None:
    def root(at: int) -> bytes | None:
        return store.root(at) if at <= size else None

    return load_snapshot(
        cache, ledger_id=store.header.id, root_at=root, verdicts=verdicts, withheld=withheld
    )


def _kept_whole(ledger: Ledger) -> frozenset[int]:
    """Return the positions of the events that a ledger keeps besides its columns."""
    versions = [
        version.seq
        for things in ledger.declared.values()
        for held in things.values()
        for version in held
    ]
    return frozenset(versions) | {event["seq"] for event in (*ledger.observed, *ledger.other)}


def _build(
    store: Store,
    rows: Sequence[StoredRow],
    size: int,
    verdicts: Verdicts,
    withheld: Mapping[int, tuple[WithheldValue, ...]],
    as_of: str | None,
    known_at: str | int | None,
    snapshot: Snapshot | None,
) -> Ledger:
    limit_us = None if as_of is None else _moment_us(as_of)
    columns = Columns() if snapshot is None else snapshot.columns
    done, whole = (0, _NONE) if snapshot is None else (snapshot.size, snapshot.whole)
    declared: dict[str, dict[str, list[Version]]] = {}
    observed: list[Mapping[str, Any]] = []
    other: list[Mapping[str, Any]] = []
    raw = {}
    for row in rows:
        raw[row.seq] = row.data
        if row.seq in verdicts.held or row.seq in verdicts.out_of_force:
            continue
        if 0 <= row.seq < done and row.seq not in whole:
            continue
        event = _in_force(row.seq, row.data, verdicts, withheld)
        if limit_us is not None and instant_us(event["time"]) > limit_us:
            continue
        _take(declared, observed, other, row.seq, event)
        if row.seq >= done or row.seq < 0:
            columns.add(row.seq, event)
    return Ledger(
        header=store.header,
        size=size,
        root=store.root(size),
        as_of=as_of,
        known_at=known_at,
        columns=columns,
        declared=_frozen(declared),
        observed=tuple(observed),
        other=tuple(other),
        verdicts=verdicts,
        findings=tuple((seq, finding) for seq, finding in store.findings() if seq < size),
        raw=raw,
        withheld=withheld,
    )


def _take(
    declared: dict[str, dict[str, list[Version]]],
    observed: list[Mapping[str, Any]],
    other: list[Mapping[str, Any]],
    seq: int,
    event: Mapping[str, Any],
) -> None:
    """Keep an event whole where it is more than columns say, under its position in this ledger."""
    kind = event["schema"].partition("/")[0]
    if event["seq"] != seq:
        # A parent's event was written with the number that it has in its own log.
        event = {**event, "seq": seq}
    if kind == "declare":
        _declare(declared, seq, event["body"])
    elif kind == "observe":
        observed.append(event)
    elif kind in {"attest", "credit", "money", "correct", "transfer", "pack", "unpack"}:
        other.append(event)


def _frozen(
    declared: Mapping[str, Mapping[str, list[Version]]],
) -> dict[str, dict[str, tuple[Version, ...]]]:
    return {
        kind: {name: tuple(versions) for name, versions in things.items()}
        for kind, things in declared.items()
    }


def _known(store: Store, known_at: str | int | None) -> Iterable[StoredRow]:
    if isinstance(known_at, int):
        yield from store.rows(0, known_at)
        return
    limit_us = None if known_at is None else _moment_us(known_at)
    for row in store.rows():
        if limit_us is not None and row.recorded_us > limit_us:
            return
        yield row


def _verdicts(
    rows: Sequence[StoredRow], withheld: Mapping[int, tuple[WithheldValue, ...]]
) -> Verdicts:
    positions = {row.id: row.seq for row in rows}
    corrections, decisions = {}, {}
    for row in rows:
        if not any(mark in row.data for mark in _SPECIAL):
            continue
        event = orjson.loads(row.data)
        if row.seq in withheld:
            event = reveal(event, withheld[row.seq])
        if event["schema"] == "correct/1":
            corrections[row.seq] = event["body"]
        elif event["body"].get("decision") in {"release", "reject"}:
            decisions[row.seq] = event["body"]
    states = {row.seq: row.state for row in rows}
    return resolve(positions, states, corrections, decisions)


def _in_force(
    seq: int,
    data: bytes,
    verdicts: Verdicts,
    withheld: Mapping[int, tuple[WithheldValue, ...]],
) -> dict[str, Any]:
    event: dict[str, Any] = orjson.loads(data)
    if seq in withheld:
        event = reveal(event, withheld[seq])
    amendment = verdicts.amended.get(seq)
    if amendment is not None and amendment.replacement is not None:
        event = amended_event(event, amendment.replacement)
    return event


def _declare(
    declared: dict[str, dict[str, list[Version]]], seq: int, body: Mapping[str, Any]
) -> None:
    version = Version(
        seq, body["type"], body["id"], body.get("valid_from"), body.get("valid_to"), body["data"]
    )
    declared.setdefault(version.type, {}).setdefault(version.id, []).append(version)


def _holds(version: Version, day: str | None) -> bool:
    if day is None:
        return True
    after = version.valid_from is None or version.valid_from <= day
    return after and (version.valid_to is None or day < version.valid_to)


def _shifted(row: StoredRow, shift: int) -> StoredRow:
    return StoredRow(row.seq - shift, row.id, row.state, row.recorded_us, row.data)


def _moment_us(text: str) -> int:
    """Return a moment, or the last microsecond of a day, as microseconds."""
    if len(text) == len("2025-09-01"):
        text = f"{text}T23:59:59.999999Z"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = f"{text!r} is no moment; write 2025-09-01 or 2025-09-01T06:00:00Z"
        raise InputError(message)
    return instant_us(text)
