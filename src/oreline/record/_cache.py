"""The cache of running stock by which arriving events are judged: what it should hold, rebuilt.

It lies beside the log, proves nothing and may be wrong after a restored or meddled database. Then
the oddities said of arriving events are unreliable until it is rebuilt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from oreline.model import VerificationError
from oreline.record import _tables as tables
from oreline.record._periods import Find
from oreline.record._rederive import Replay, read_event, revealed_event
from oreline.record._store import Store
from oreline.record._withheld import WithheldValue

Heads = dict[str, tuple[int, int, bool, bool]]
"""Least and greatest dry mass, whether continuing, whether produced, by lot."""


def stored_events(connection: sa.Connection) -> Find:
    """Return what gives a stored event by its id."""

    def find(identity: str) -> Mapping[str, Any] | None:
        query = sa.select(tables.event.c.bytes).where(tables.event.c.id == identity)
        data = connection.scalar(query)
        try:
            found = None if data is None else orjson.loads(data)
        except orjson.JSONDecodeError:
            return None
        return found if isinstance(found, dict) else None

    return find


def cached_lots(connection: sa.Connection) -> Heads:
    """Return what the cache holds."""
    lot = tables.lot
    query = sa.select(lot.c.lot, lot.c.dry_low_mg, lot.c.dry_high_mg, lot.c.continuing)
    rows = connection.execute(query.add_columns(lot.c.produced))
    return {row[0]: (row[1], row[2], bool(row[3]), bool(row[4])) for row in rows}


def derived_lots(replay: Replay) -> Heads:
    """Return what the cache should hold after a replay."""
    return {
        name: (head.dry_low_mg, head.dry_high_mg, head.continuing, head.produced)
        for name, head in replay.lots.items()
    }


def _stored(connection: sa.Connection) -> list[tuple[int, str, bytes]]:
    event = tables.event
    query = sa.select(event.c.seq, event.c.id, event.c.bytes).order_by(event.c.seq)
    return [(row.seq, row.id, bytes(row.bytes)) for row in connection.execute(query)]


def _whole(event: dict[str, Any], values: Sequence[WithheldValue]) -> dict[str, Any] | None:
    whole, wrong, missing = revealed_event(event, values)
    return None if wrong or missing else whole


def rebuild_lot_cache(store: Store) -> int:
    """Make the cache of running stock what the events give; return how many lots were wrong.

    Nothing that is proved changes. Appends of others wait meanwhile.

    Raises
    ------
    VerificationError
        If an event cannot be read whole: it was altered, or this copy lacks a withheld value.
    """
    withheld = store.withheld()
    with store.writing() as connection:
        replay = Replay(find=stored_events(connection))
        for seq, identity, data in _stored(connection):
            read = read_event(data)
            whole = None if read is None else _whole(read, withheld.get(seq, ()))
            if whole is None:
                message = f"{identity} cannot be read whole; the running stock cannot be rebuilt"
                raise VerificationError(message)
            replay.judge(whole)
        before, after = cached_lots(connection), derived_lots(replay)
        names = [column.name for column in tables.lot.columns]
        connection.execute(tables.lot.delete())
        if after:
            rows = [dict(zip(names, (lot, *head), strict=True)) for lot, head in after.items()]
            connection.execute(tables.lot.insert(), rows)
    return sum(before.get(lot) != after.get(lot) for lot in before.keys() | after.keys())
