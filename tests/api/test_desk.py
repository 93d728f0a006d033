"""The server's hold on a ledger: read quickly when it starts, and never another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oreline.api import Desk, Settings
from oreline.record import Columns, open_store
from oreline.record import _ledger as ledger_code
from oreline_testing.injected import FixedClock, FixedSalts


@pytest.fixture(params=["sqlite", "postgres"])
def settings_of_any(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Return the settings of a server whose ledger is a file, then a database on a server."""
    if request.param == "sqlite":
        return settings
    from small_ledger import EVENTS

    from oreline.record import create_store

    url = str(request.getfixturevalue("postgres_url"))
    with create_store(url, {"id": "small", "tense": "actual"}) as store:
        store.append(EVENTS)
    return Settings(ledger=url, accounts=settings.accounts)


def test_a_server_that_starts_again_parses_nothing_again(
    settings_of_any: Settings,
    clock: FixedClock,
    salts: FixedSalts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ORELINE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(ledger_code, "CACHE_BEHIND_MAX", 1)
    seen: list[int] = []
    add = Columns.add

    def noted(self: Columns, seq: int, event: Any) -> None:
        seen.append(seq)
        add(self, seq, event)

    monkeypatch.setattr(Columns, "add", noted)
    told, parsed = [], []
    for _ in range(2):
        desk = Desk.open(settings_of_any, clock, salts)
        try:
            reading = desk.reading()
            told.append((reading.ledger.size, reading.lots.frame.to_dicts()))
            parsed.append(len(seen))
        finally:
            desk.close()
    assert told[0] == told[1]
    assert len(told[0][1]) > 3
    assert parsed[0] == parsed[1] > 10
    (kept,) = (tmp_path / "home" / "cache").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_correction_is_seen_whatever_the_cache_holds(
    settings: Settings,
    clock: FixedClock,
    salts: FixedSalts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ORELINE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(ledger_code, "CACHE_BEHIND_MAX", 1)
    desk = Desk.open(settings, clock, salts)
    try:
        before = desk.reading()
        voided = {
            "schema": "correct/1",
            "id": "k-1",
            "time": "2025-02-01T08:00:00Z",
            "actor": "clerk",
            "body": {"target": "dig-1", "action": "void", "reason": "typing error"},
        }
        with open_store(settings.ledger) as elsewhere:
            elsewhere.append([voided])
        after = desk.reading()
    finally:
        desk.close()
    assert "dig-1" in before.row_of_event
    assert "dig-1" not in after.row_of_event
