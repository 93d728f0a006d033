"""A stored event with the withheld values that this ledger still has."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa

from oreline.record import _tables as tables
from oreline.record._withheld import WithheldValue, reveal


def revealed(connection: sa.Connection, seq: int, event: dict[str, Any]) -> dict[str, Any]:
    """Return the event at a position with its withheld values back in place.

    Raises
    ------
    VerificationError
        If a value is not what the event committed to.
    """
    if "withheld" not in event:
        return event
    table = tables.withheld
    rows = connection.execute(sa.select(table).where(table.c.seq == seq)).all()
    values = [WithheldValue(row.pointer, row.salt, orjson.loads(row.value)) for row in rows]
    return reveal(event, tuple(values))
