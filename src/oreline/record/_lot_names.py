"""The names of lots that ledgers hold, looked up in the database: never all of them are read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa

from oreline.record import _tables as tables

if TYPE_CHECKING:
    from oreline.record._store import Store

_CHUNK = 500
"""How many names one SELECT ... IN lists."""


@dataclass(frozen=True, slots=True)
class StoredLots:
    """The lots of a ledger, and of its parent where it has one."""

    stores: tuple[Store, ...]

    def known(self, names: Collection[str]) -> set[str]:
        """Return those of some names that any event of the ledgers names as a lot."""
        column, wanted = tables.line.c.lot, sorted(names)
        found: set[str] = set()
        for store in self.stores:
            with store.reading() as connection:
                for start in range(0, len(wanted), _CHUNK):
                    chunk = wanted[start : start + _CHUNK]
                    query = sa.select(column).where(column.in_(chunk)).distinct()
                    found.update(connection.scalars(query))
        return found

    def around(self, name: str, count: int) -> Sequence[str]:
        """Return the names next to a name in the order of the database: so many on each side.

        They are of lots that some event moved, made or counted; what was only mentioned is no
        better known than the name itself.
        """
        column = tables.lot.c.lot
        behind = sa.select(column).where(column >= name).order_by(column).limit(count)
        before = sa.select(column).where(column < name).order_by(column.desc()).limit(count)
        found: list[str] = []
        for store in self.stores:
            with store.reading() as connection:
                found += [*connection.scalars(before), *connection.scalars(behind)]
        return found


def declared_names(store: Store, kind: str) -> frozenset[str]:
    """Return every party, site or material (``kind``) that a ledger declares, whenever that held.

    It reads past every event, for what is declared has no index: ask only where no other place
    knows a name.
    """
    query = sa.select(tables.event.c.bytes).where(tables.event.c.kind == "declare")
    with store.reading() as connection:
        bodies = [orjson.loads(data)["body"] for data in connection.scalars(query)]
    return frozenset(str(body["id"]) for body in bodies if body["type"] == kind)
