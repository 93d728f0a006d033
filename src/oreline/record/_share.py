"""A copy of a ledger for another party: the same log, without withheld values or traces of them.

What is withheld leaves traces beside its hash: masses in the table of lines, the running stock,
findings that compare masses, and the hash of the content as it was written, which has no salt and
by which a value can be guessed. So a copy takes over only what the log covers, and derives
everything else anew from what its reader may see. Then nothing in it can rest on anything else, and
it verifies against the same checkpoints as the original.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from oreline.model import InputError, StoreError, VerificationError, canonical_json
from oreline.record import _tables as tables
from oreline.record._accept import ARRIVAL_RULES
from oreline.record._cache import derived_lots, stored_events
from oreline.record._database import writing
from oreline.record._rederive import (
    NO_CONTENT,
    EventRow,
    Replay,
    event_row,
    read_event,
    revealed_event,
)
from oreline.record._state import State
from oreline.record._store import Store, new_database
from oreline.record._withheld import WithheldField, WithheldValue, fields_of

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class SharedCopy:
    """What a copy for another party holds.

    Attributes
    ----------
    place
        Where it lies.
    size, root
        Of its log; they are those of the original.
    kept
        How many withheld values it has.
    removed
        The fields whose values it does not have.
    findings_left_out
        How many findings of the original it lacks because they rest on what is not in it.
    """

    place: str
    size: int
    root: bytes
    kept: int
    removed: tuple[WithheldField, ...]
    findings_left_out: int

    def to_json(self) -> dict[str, Any]:
        """Return the account of the copy as a JSON object."""
        return {
            "place": self.place,
            "size": self.size,
            "root": self.root.hex(),
            "kept": self.kept,
            "removed": [
                {"seq": item.seq, "event": item.event, "pointer": item.pointer}
                for item in self.removed
            ],
            "findings_left_out": self.findings_left_out,
        }


def share_ledger(
    store: Store,
    place: str | Path,
    *,
    parties: Collection[str] = (),
    events: Collection[str] = (),
) -> SharedCopy:
    """Write a copy of a ledger in which withheld values are gone, with everything they left.

    Parameters
    ----------
    place
        A new file, or the URL of an empty database.
    parties
        Whose events keep their withheld values: those whose ``party`` is one of these.
    events
        Ids of further events that keep theirs.

    Raises
    ------
    InputError
        If no event is of a party named, or an event named withholds nothing: a misspelt name must
        not look like a copy with values.
    VerificationError
        If an event is not as it was written, or does not stand as the rules of arrival say.
    StoreError
        If there is something at the place already, or it cannot be written.
    """
    values = store.withheld()
    engine = None
    try:
        with store.reading() as source:
            _check_names(source, parties, events)
            engine = new_database(place)
            shown = engine.url.render_as_string(hide_password=True)
            with writing(engine) as target:
                if target.scalar(sa.select(sa.func.count()).select_from(tables.header)):
                    raise StoreError(f"there is already a ledger at {place}")
                same_rules = store.header.arrival_rules == ARRIVAL_RULES
                replay = Replay(find=stored_events(source), same_rules=same_rules)
                copying = _Copying(values, frozenset(parties), frozenset(events), replay)
                _copy(source, target, copying)
    except BaseException:
        if engine is not None:
            engine.dispose()
            _discard(engine)
        raise
    engine.dispose()
    return SharedCopy(
        place=shown,
        size=copying.size,
        root=store.root(copying.size),
        kept=copying.kept,
        removed=tuple(copying.removed),
        findings_left_out=copying.findings_before - copying.findings_after,
    )


@dataclass(slots=True)
class _Copying:
    """What a copy is made by, and what became of it so far."""

    values: Mapping[int, tuple[WithheldValue, ...]]
    parties: frozenset[str]
    events: frozenset[str]
    replay: Replay
    size: int = 0
    kept: int = 0
    removed: list[WithheldField] = field(default_factory=list)
    findings_before: int = 0
    findings_after: int = 0

    def rows_of(self, row: EventRow) -> dict[sa.Table, list[dict[str, Any]]]:
        """Return what the copy holds of an event, by table."""
        event = read_event(row.data)
        if event is None:
            raise VerificationError(f"{row.id} is not as it was written; verify the ledger first")
        values = self.values.get(row.seq, ())
        if not (row.id in self.events or event.get("party") in self.parties):
            values = ()
        whole, wrong, missing = revealed_event(event, values)
        if wrong:
            raise VerificationError(f"{row.id}: {wrong[0].message}; verify the ledger first")
        if missing:
            values = ()  # a part of them would be checked by nothing
            self.removed.extend(fields_of(event))
        self.kept += len(values)
        self.size += 1
        return self._derived(row, whole, values, NO_CONTENT if missing else row.content)

    def _derived(
        self,
        row: EventRow,
        event: Mapping[str, Any],
        values: tuple[WithheldValue, ...],
        content: bytes,
    ) -> dict[sa.Table, list[dict[str, Any]]]:
        state, lines, findings = self.replay.judge(event)
        was_held = row.state == State.HELD
        if not self.replay.same_rules:
            # They were made by rules that are not known here: none can be derived anew.
            state, findings = State.HELD if was_held else State.ACCEPTED, []
        if (state == State.HELD) != was_held:
            message = f"{row.id} is not held by the rules of arrival as its state says"
            raise VerificationError(f"{message}; verify the ledger first")
        self.findings_after += len(findings)
        kept = row._replace(state=int(state), content=content)
        found = [(f.code, str(f.severity), f.where, f.message, f.fix) for f in findings]
        return {
            tables.event: _named(tables.event, [tuple(kept)]),
            tables.line: _named(
                tables.line,
                [
                    (row.seq, at, line.side, line.lot, line.dry_low_mg, line.dry_high_mg)
                    for at, line in enumerate(lines)
                ],
            ),
            tables.finding: _named(
                tables.finding, [(row.seq, at, *parts) for at, parts in enumerate(found)]
            ),
            tables.withheld: _named(
                tables.withheld,
                [(row.seq, v.pointer, v.salt, canonical_json(v.value).decode()) for v in values],
            ),
        }


def _copy(source: sa.Connection, target: sa.Connection, copying: _Copying) -> None:
    """Copy what the log covers, and derive the rest."""
    for table in (tables.header, tables.tile, tables.checkpoint):
        _insert(target, table, [dict(row._mapping) for row in source.execute(sa.select(table))])
    query = sa.select(*tables.event.c).order_by(tables.event.c.seq)
    with source.execute(query, execution_options={"yield_per": _CHUNK}) as result:
        for part in result.partitions(_CHUNK):
            made = [copying.rows_of(row) for row in map(event_row, part)]
            for table in (tables.event, tables.line, tables.finding, tables.withheld):
                _insert(target, table, [row for rows in made for row in rows[table]])
    counted = sa.select(sa.func.count()).select_from(tables.finding)
    copying.findings_before = source.scalar(counted) or 0
    heads = [(lot, *head) for lot, head in derived_lots(copying.replay).items()]
    _insert(target, tables.lot, _named(tables.lot, heads))


def _named(table: sa.Table, rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _insert(target: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        target.execute(table.insert(), rows)


def _check_names(source: sa.Connection, parties: Collection[str], events: Collection[str]) -> None:
    event = tables.event
    for party in sorted(set(parties)):
        query = sa.select(event.c.id).where(event.c.party == party).limit(1)
        if source.scalar(query) is None:
            raise InputError(f"no event of this ledger is of the party {party!r}")
    query = sa.select(event.c.id).join(tables.withheld, tables.withheld.c.seq == event.c.seq)
    withholding = set(source.scalars(query.distinct())) if events else set()
    for name in sorted(set(events) - withholding):
        raise InputError(f"{name!r} is no event of this ledger that withholds a value")


def _discard(engine: sa.Engine) -> None:
    """Remove a file that was begun; a database of a server was left empty by the transaction."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        for ending in ("", "-wal", "-shm"):
            Path(engine.url.database + ending).unlink(missing_ok=True)
