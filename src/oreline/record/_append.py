"""One append: from events as written to rows, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from oreline.model import (
    Envelope,
    Finding,
    LedgerError,
    Severity,
    canonical_json,
    parse_event,
)
from oreline.record import _tables as tables
from oreline.record._accept import LotHead, State, Surroundings, accept, refusals
from oreline.record._clock import Salt, instant_text, instant_us
from oreline.record._credits import overdrawn_credits
from oreline.record._lines import lines_of
from oreline.record._merkle import Frontier, extend, leaf_hash
from oreline.record._withheld import withhold

_CHUNK = 500
"""How many keys one SELECT ... IN names."""

Written = Mapping[str, Any] | Envelope
"""An event as a caller gives it: a JSON object or the typed event."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A well-formed event that is not yet in the ledger."""

    event: Mapping[str, Any]
    content: bytes
    withhold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one event of a batch."""

    id: str
    seq: int
    state: State
    findings: tuple[Finding, ...]
    is_new: bool


@dataclass(slots=True)
class Rows:
    """Everything one transaction inserts."""

    events: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    withheld: list[dict[str, Any]]
    leaves: list[bytes]


def drafts_of(batch: Iterable[Written]) -> tuple[list[Draft], list[Finding]]:
    """Check the form of every event; the ledger is not needed for it."""
    drafts, findings = [], []
    for position, written in enumerate(batch):
        raw = _as_json(written)
        pointers = tuple(raw.pop("withhold", ()))
        where = f"event {raw.get('id', position)}"
        _, wrong = parse_event(raw, where)
        wrong += tuple(_assigned(raw, where))
        findings.extend(wrong)
        if not wrong:
            content = hashlib.sha256(canonical_json(raw)).digest()
            drafts.append(Draft(raw, content, pointers))
    return drafts, findings


def _as_json(written: Written) -> dict[str, Any]:
    if isinstance(written, Envelope):
        return written.model_dump(mode="json", by_alias=True, exclude_none=True)
    return dict(written)


def _assigned(raw: Mapping[str, Any], where: str) -> Iterable[Finding]:
    for name in ("recorded", "seq", "salt", "withheld"):
        if name in raw:
            message = f"{name} is given, but the ledger assigns it"
            yield Finding("ORL-0110", Severity.FATAL, f"{where} {name}", message, "leave it out")


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the ledger stands when a batch arrives."""

    frontier: Frontier
    now_us: int
    tense: str
    closed: tuple[tuple[str, int, int], ...]


def build(
    connection: sa.Connection, drafts: Sequence[Draft], moment: Moment, salt: Salt
) -> tuple[list[Entry], Rows, dict[str, LotHead], Frontier]:
    """Judge a batch against the ledger and build its rows.

    Raises
    ------
    LedgerError
        If any event is refused; every refusal is listed.
    """
    stored = _stored(connection, drafts)
    lots = _lot_heads(connection, drafts)
    around = Surroundings(
        tense=moment.tense,
        lots=lots,
        closed=moment.closed,
        external=_external(connection, drafts),
        known_ids=frozenset(stored)
        | _targets(connection, drafts)
        | {d.event["id"] for d in drafts},
    )
    refused = list(_refused(connection, drafts, stored, around, moment.now_us))
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
            entry = _add(draft, around, moment, rows, salt)
            seen[identity] = entry
        entries.append(entry)
    frontier, tiles = extend(moment.frontier, rows.leaves)
    _insert(connection, rows, lots)
    if tiles:
        connection.execute(
            tables.tile.insert(),
            [{"level": tile.level, "idx": tile.index, "hash": tile.root} for tile in tiles],
        )
    return entries, rows, lots, frontier


def _add(draft: Draft, around: Surroundings, moment: Moment, rows: Rows, salt: Salt) -> Entry:
    event = draft.event
    seq = moment.frontier.size + len(rows.events)
    state, lines, findings = accept(event, around, moment.now_us)
    stored: dict[str, Any] = dict(event)
    if draft.withhold:
        stored, fields = withhold(event, draft.withhold, salt)
        rows.withheld.extend(
            {
                "seq": seq,
                "pointer": field.pointer,
                "salt": field.salt,
                "value": canonical_json(field.value).decode(),
            }
            for field in fields
        )
    stored["recorded"] = instant_text(moment.now_us)
    stored["seq"] = seq
    stored["salt"] = salt()
    data = canonical_json(stored)
    leaf = leaf_hash(data)
    rows.leaves.append(leaf)
    rows.events.append(
        {
            "seq": seq,
            "id": event["id"],
            "kind": event["schema"].partition("/")[0],
            "external_id": event.get("external_id"),
            "party": event.get("party"),
            "site": event.get("site"),
            "time_us": instant_us(event["time"]),
            "recorded_us": moment.now_us,
            "state": int(state),
            "content": draft.content,
            "leaf": leaf,
            "bytes": data,
        }
    )
    for idx, row in enumerate(lines):
        rows.lines.append(
            {
                "seq": seq,
                "idx": idx,
                "side": row.side,
                "lot": row.lot,
                "dry_low_mg": row.dry_low_mg,
                "dry_high_mg": row.dry_high_mg,
            }
        )
    for idx, found in enumerate(findings):
        rows.findings.append(
            {
                "seq": seq,
                "idx": idx,
                "code": found.code,
                "severity": str(found.severity),
                "place": found.where,
                "message": found.message,
                "fix": found.fix,
            }
        )
    return Entry(event["id"], seq, state, tuple(findings), True)


def _refused(
    connection: sa.Connection,
    drafts: Sequence[Draft],
    stored: Mapping[str, tuple[int, bytes, int]],
    around: Surroundings,
    now_us: int,
) -> Iterable[Finding]:
    contents: dict[str, bytes] = {}
    fresh = []
    for draft in drafts:
        identity = draft.event["id"]
        before = stored[identity][1] if identity in stored else contents.get(identity)
        if before is not None and before != draft.content:
            fix = "give the new event an id of its own, or correct the old one with 'correct'"
            message = "this id is already in the ledger with other content"
            yield Finding("ORL-0200", Severity.FATAL, identity, message, fix)
        elif before is None:
            contents[identity] = draft.content
            fresh.append(draft.event)
            yield from refusals(draft.event, around, now_us)
    yield from overdrawn_credits(connection, fresh)


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


def _targets(connection: sa.Connection, drafts: Sequence[Draft]) -> frozenset[str]:
    wanted = {d.event["body"]["target"] for d in drafts if d.event["schema"] == "correct/1"}
    found: set[str] = set()
    for keys in _chunks(sorted(wanted)):
        query = sa.select(tables.event.c.id).where(tables.event.c.id.in_(keys))
        found.update(connection.scalars(query))
    return frozenset(found)


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
            connection.execute(table.insert(), values)
    if not lots:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(tables.lot)
    columns = ("dry_low_mg", "dry_high_mg", "continuing", "produced")
    upsert = insert.on_conflict_do_update(
        index_elements=["lot"], set_={name: insert.excluded[name] for name in columns}
    )
    connection.execute(
        upsert,
        [
            {
                "lot": name,
                "dry_low_mg": head.dry_low_mg,
                "dry_high_mg": head.dry_high_mg,
                "continuing": head.continuing,
                "produced": head.produced,
            }
            for name, head in sorted(lots.items())
        ],
    )


def _chunks(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
