"""Small ledgers in the words of a report, and the shipped example as the demo shows it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from oreline_testing.injected import FixedClock, FixedSalts

sys.path.append(str(Path(__file__).parent / "support"))

from shown_example import Shown, shown
from told_events import Trace

from oreline.model import Basis, Chain, Party
from oreline.record import create_store, load_ledger, open_books
from oreline.trace import Tracer, build_graph


@pytest.fixture
def trace(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Trace:
    """Put events into a ledger and open it."""

    def opened(events: Iterable[dict[str, Any]]) -> Tracer:
        place = tmp_path / "ledger.db"
        with create_store(
            place, {"id": "small", "tense": "actual"}, clock=clock, salt=salts
        ) as store:
            store.append(list(events))
            return Tracer(build_graph(open_books(load_ledger(store))))

    return opened


@pytest.fixture
def chain() -> Chain:
    """Give a chain of a seller and a buyer."""
    parties = {
        "digger": Party(
            id="digger", name="Digger Ltd", roles=("seller", "operator"), basis=Basis.REPORTED
        ),
        "melter": Party(id="melter", name="Melter Inc", roles=("buyer",), basis=Basis.REPORTED),
    }
    return Chain(name="small", title="A small chain", currency="USD", parties=parties)


@pytest.fixture
def first_batch() -> Shown:
    """Show the first example as the demo does."""
    return shown("pakistan-us")


@pytest.fixture
def magnets() -> Shown:
    """Show the second example as the demo does."""
    return shown("mine-to-magnet")
