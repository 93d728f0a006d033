"""A server over a small ledger, without sign-in and with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from oreline_testing.injected import FixedClock, FixedSalts

sys.path.append(str(Path(__file__).parents[1] / "cli" / "support"))

from small_ledger import EVENTS

from oreline.api import Settings, create_app, open_service
from oreline.record import create_store


@pytest.fixture
def settings(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Settings:
    """Return the settings of a server over the small ledger of the commands' tests."""
    path = tmp_path / "ledger.db"
    with create_store(path, {"id": "small", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append(EVENTS)
    return Settings(ledger=str(path), accounts=str(tmp_path / "accounts.db"))


@pytest.fixture
def client(settings: Settings, clock: FixedClock, salts: FixedSalts) -> Iterator[TestClient]:
    """Return a client of a server that is open on loopback."""
    service = open_service(settings, clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as opened:
        yield opened
