"""Ledgers for the tests of this room: appended to a store in memory, read back, made a tracer."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oreline.record import create_store, load_ledger, open_books
from oreline.trace import Tracer, build_graph
from oreline_testing.injected import FixedClock, FixedSalts


@contextmanager
def store_of(*batches):
    """Open a new ledger with some batches appended, one a day from 1 January 2026 on."""
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=1))
    with (
        tempfile.TemporaryDirectory() as folder,
        create_store(
            Path(folder) / "ledger.db",
            {"id": "test", "tense": "actual"},
            clock=clock,
            salt=FixedSalts(),
        ) as store,
    ):
        for batch in batches:
            store.append(batch)
            clock.advance(timedelta(days=1))
        yield store


def ledger_of(*batches, **when):
    """Return the ledger of some batches, as of a moment, as known at another."""
    with store_of(*batches) as store:
        return load_ledger(store, **when)


def tracer_of(*batches, **when):
    """Return a tracer over some batches."""
    return Tracer(build_graph(open_books(ledger_of(*batches, **when))))
