"""One append: from events as written to rows, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from oreline.model import (
    Finding,
    LedgerError,
    Severity,
    canonical_json,
    canonical_json_of_checked,
)
from oreline.record import _tables as tables
from oreline.record._accept import (
    LineRow,
    LotHead,
    Surroundings,
    accept,
    refusals,
)
from oreline.record._clock import Salt, instant_text, instant_us
from oreline.record._corrections import Earlier, bad_correction, correctable
from oreline.record._credits import CreditBook, load_credits
from oreline.record._drafts import Draft
from oreline.record._invoices import InvoiceBook, load_invoices, settles
from oreline.record._lines import lines_of
from oreline.record._merkle import Frontier, extend, leaf_hash
from oreline.record._periods import Closings, Find
from oreline.record._state import State
from oreline.record._withheld import withhold

_CHUNK = 500
"""How many keys one SELECT ... IN names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one event of a batch."""

    id: str
    seq: int
    state: State
    findings: tuple[Finding, ...]
    is_new: bool

    def to_json(self) -> dict[str, Any]:
        """Return what became of the event as a JSON object."""
        return {
            "id": self.id,
            "seq": self.seq,
            "state": self.state.name.lower(),
            "is_new": self.is_new,
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(slots=True)
class Rows:
    """Everything one batch inserts: tuples in the order of each table's columns."""

    events: list[tuple[Any, ...]]
    lines: list[tuple[Any, ...]]
    findings: list[tuple[Any, ...]]
    withheld: list[tuple[Any, ...]]
    leaves: list[bytes]


Judged = tuple[State, list[LineRow], list[Finding]]
"""What ``accept`` says of an event."""
_FATAL = Severity.FATAL


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the ledger stands when a batch arrives."""

    frontier: Frontier
    now_us: int
    tense: str
    closed: Closings
    latest_us: int


def build(
    connection: sa.Connection, drafts: Sequence[Draft], moment: Moment, salt: Salt
) -> tuple[list[Entry], Moment]:
    """Judge a batch against the ledger and insert its rows; return where the ledger then stands.

    Events are judged one after the other, so that it makes no difference how they are batched.

    Raises
    ------
    LedgerError
        If any event is refused; every refusal is listed.
    """
    stored = _stored(connection, drafts)
    lots = _lot_heads(connection, drafts)
    earlier = correctable(connection, (draft.event for draft in drafts))
    around = Surroundings(
        tense=moment.tense,
        lots=lots,
        closed=moment.closed.copy(),
        external=_external(connection, drafts),
        latest_us=moment.latest_us,
        find=_finder(connection, earlier),
        credits=_credits(connection, drafts, earlier),
        invoices=_invoices(connection, drafts, earlier),
    )
    refused = list(_refused(drafts, stored, around, moment, earlier))
    judged: dict[str, Judged] = {}
    for draft in drafts:
        identity = draft.event["id"]
        if identity not in stored and identity not in judged:
            judged[identity] = accept(draft.event, around)
            refused.extend(found for found in judged[identity][2] if found.severity is _FATAL)
    if refused:
        raise LedgerError("the batch is refused; nothing was written", refused)
    entries: list[Entry] = []
    rows = Rows([], [], [], [], [])
    seen: dict[str, Entry] = {}
    for draft in drafts:
        identity = draft.event["id"]
        if identity in stored:
            entry = Entry(identity, stored[identity][0], State(stored[identity][2]), (), False)
        elif identity in seen:
            entry = Entry(identity, seen[identity].seq, seen[identity].state, (), False)
        else:
            entry = seen[identity] = _add(draft, judged[identity], moment, rows, salt)
        entries.append(entry)
    frontier, tiles = extend(moment.frontier, rows.leaves)
    _insert(connection, rows, lots)
    if tiles:
        connection.execute(
            tables.tile.insert(),
            [{"level": tile.level, "idx": tile.index, "hash": tile.root} for tile in tiles],
        )
    after = Moment(frontier, moment.now_us, moment.tense, around.closed, around.latest_us)
    return entries, after


def _finder(connection: sa.Connection, earlier: Earlier) -> Find:
    """Return what gives an earlier event by its id; few are asked for that were not yet read."""

    def find(identity: str) -> Mapping[str, Any] | None:
        if identity in earlier:
            return earlier[identity][1]
        query = sa.select(tables.event.c.bytes).where(tables.event.c.id == identity)
        data = connection.scalar(query)
        return None if data is None else orjson.loads(data)

    return find


def _add(draft: Draft, judged: Judged, moment: Moment, rows: Rows, salt: Salt) -> Entry:
    event = draft.event
    seq = moment.frontier.size + len(rows.events)
    state, lines, findings = judged
    stored: dict[str, Any] = dict(event)
    if draft.withhold:
        stored, fields = withhold(event, draft.withhold, salt)
        rows.withheld.extend(
            (seq, field.pointer, field.salt, canonical_json(field.value).decode())
            for field in fields
        )
    stored["recorded"] = instant_text(moment.now_us)
    stored["seq"] = seq
    stored["salt"] = salt()
    data = canonical_json_of_checked(stored)
    leaf = leaf_hash(data)
    rows.leaves.append(leaf)
    rows.events.append(
        (
            seq,
            event["id"],
            event["schema"].partition("/")[0],
            event.get("external_id"),
            event.get("party"),
            event.get("site"),
            instant_us(event["time"]),
            moment.now_us,
            int(state),
            draft.content,
            leaf,
            data,
        )
    )
    rows.lines.extend(
        (seq, idx, row.side, row.lot, row.dry_low_mg, row.dry_high_mg)
        for idx, row in enumerate(lines)
    )
    rows.findings.extend(
        (seq, idx, found.code, str(found.severity), found.where, found.message, found.fix)
        for idx, found in enumerate(findings)
    )
    return Entry(event["id"], seq, state, tuple(findings), True)


def _credits(
    connection: sa.Connection, drafts: Sequence[Draft], earlier: Earlier
) -> CreditBook | None:
    """Return the credit accounts if anything that arrives may concern them."""
    reached = [*(draft.event for draft in drafts), *(target for _, target in earlier.values())]
    wanted = any(item["schema"] == "credit/1" for item in reached)
    wanted = wanted or _decides_on(connection, drafts, ("credit", "correct"))
    return load_credits(connection) if wanted else None


def _invoices(
    connection: sa.Connection, drafts: Sequence[Draft], earlier: Earlier
) -> InvoiceBook | None:
    """Return the final invoices if anything that arrives may concern them."""
    schemas = {draft.event["schema"] for draft in drafts}
    wanted = any(True for draft in drafts for _ in settles(draft.event))
    wanted = wanted or {"money/1", "correct/1"} <= schemas
    wanted = wanted or any(target["schema"] == "money/1" for _, target in earlier.values())
    wanted = wanted or _decides_on(connection, drafts, ("money", "correct"))
    return load_invoices(connection) if wanted else None


def _decides_on(connection: sa.Connection, drafts: Sequence[Draft], kinds: tuple[str, ...]) -> bool:
    """Tell whether an arriving decision is about a stored event of some kinds."""
    bodies = [draft.event["body"] for draft in drafts]
    subjects = {body["subject"] for body in bodies if body.get("decision")}
    event = tables.event
    for keys in _chunks(sorted(subjects)):
        query = sa.select(event.c.id).where(event.c.id.in_(keys))
        if connection.scalar(query.where(event.c.kind.in_(kinds)).limit(1)) is not None:
            return True
    return False


def _refused(
    drafts: Sequence[Draft],
    stored: Mapping[str, tuple[int, bytes, int]],
    around: Surroundings,
    moment: Moment,
    earlier: Earlier,
) -> Iterable[Finding]:
    contents: dict[str, bytes] = {}
    for draft in drafts:
        identity = draft.event["id"]
        before = stored[identity][1] if identity in stored else contents.get(identity)
        if before is not None and before != draft.content:
            fix = "give the new event an id of its own, or correct the old one with 'correct'"
            message = "this id is already in the ledger with other content"
            yield Finding("ORL-0200", Severity.FATAL, identity, message, fix)
        elif before is None:
            contents[identity] = draft.content
            yield from refusals(draft.event, around, moment.now_us)
            if draft.event["schema"] == "correct/1":
                yield from bad_correction(draft.event, earlier)
            earlier[identity] = moment.frontier.size + len(contents), draft.event


def _stored(
    connection: sa.Connection, drafts: Sequence[Draft]
) -> dict[str, tuple[int, bytes, int]]:
    event = tables.event
    found: dict[str, tuple[int, bytes, int]] = {}
    for keys in _chunks(sorted({draft.event["id"] for draft in drafts})):
        query = sa.select(event.c.id, event.c.seq, event.c.content, event.c.state)
        for row in connection.execute(query.where(event.c.id.in_(keys))):
            found[row.id] = (row.seq, bytes(row.content), row.state)
    return found


def _external(connection: sa.Connection, drafts: Sequence[Draft]) -> Mapping[tuple[str, str], str]:
    wanted = {d.event["external_id"] for d in drafts if "external_id" in d.event}
    event = tables.event
    known: dict[tuple[str, str], str] = {}
    for keys in _chunks(sorted(wanted)):
        query = sa.select(event.c.party, event.c.external_id, event.c.id)
        query = query.where(event.c.external_id.in_(keys)).order_by(event.c.seq)
        for row in connection.execute(query):
            known.setdefault((row.party or "", row.external_id), row.id)
    for draft in drafts:
        if "external_id" in draft.event:
            key = (draft.event.get("party", ""), draft.event["external_id"])
            known.setdefault(key, draft.event["id"])
    return known


def _lot_heads(connection: sa.Connection, drafts: Sequence[Draft]) -> dict[str, LotHead]:
    names = {
        lot
        for draft in drafts
        for _, lot, _ in lines_of(draft.event["schema"].partition("/")[0], draft.event["body"])
    }
    lot = tables.lot
    heads = {}
    for keys in _chunks(sorted(names)):
        for row in connection.execute(sa.select(lot).where(lot.c.lot.in_(keys))):
            heads[row.lot] = LotHead(row.dry_low_mg, row.dry_high_mg, row.continuing, row.produced)
    return heads


def _insert(connection: sa.Connection, rows: Rows, lots: Mapping[str, LotHead]) -> None:
    for table, values in (
        (tables.event, rows.events),
        (tables.line, rows.lines),
        (tables.finding, rows.findings),
        (tables.withheld, rows.withheld),
    ):
        if values:
            connection.exec_driver_sql(_insert_sql(connection.dialect, table), values)
    if lots:
        heads = [
            (name, head.dry_low_mg, head.dry_high_mg, head.continuing, head.produced)
            for name, head in sorted(lots.items())
        ]
        columns = [column.name for column in tables.lot.columns if column.name != "lot"]
        upsert = ", ".join(f"{name} = excluded.{name}" for name in columns)
        sql = _insert_sql(connection.dialect, tables.lot)
        connection.exec_driver_sql(f"{sql} ON CONFLICT (lot) DO UPDATE SET {upsert}", heads)


def _insert_sql(dialect: sa.Dialect, table: sa.Table) -> str:
    """Return an INSERT for whole rows as tuples.

    Straight to the driver: for many rows, binding parameters by name costs more than the insert.
    """
    mark = "?" if dialect.name == "sqlite" else "%s"
    names = ", ".join(column.name for column in table.columns)
    marks = ", ".join([mark] * len(table.columns))
    return f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - our own names


def _chunks(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
