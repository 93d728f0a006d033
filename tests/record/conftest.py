"""Stores on both databases for the tests of this room, and their builders by name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from oreline.record import Store, create_store
from oreline_testing.injected import FixedClock, FixedSalts

ROOT = Path(__file__).parents[2]
for folder in (ROOT / "tests" / "oracle", ROOT / "tests" / "record"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

HEADER = {"id": "test", "tense": "actual"}
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]

Create = Callable[..., Store]


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name an empty place for a ledger on each database in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def any_store(place: str, clock: FixedClock, salts: FixedSalts) -> Iterator[Store]:
    """Give an empty ledger on each database in turn."""
    with create_store(place, HEADER, clock=clock, salt=salts) as store:
        yield store


@pytest.fixture
def new_store(tmp_path: Path) -> Iterator[Create]:
    """Give a maker of empty SQLite ledgers whose clock stands still."""
    with ExitStack() as stack:
        made = 0

        def create(**header: Any) -> Store:
            nonlocal made
            made += 1
            store = create_store(
                tmp_path / f"ledger-{made}.db",
                HEADER | header,
                clock=FixedClock(step=timedelta(0)),
                salt=FixedSalts(),
            )
            return stack.enter_context(store)

        yield create
