"""A small ledger with everything that commands show, and a way to call them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from oreline_testing.injected import FixedClock, FixedSalts

sys.path.append(str(Path(__file__).parent / "support"))

from called import Call, Oreline
from kept_ledgers import put_ledger
from small_ledger import EVENTS, PLAN

from oreline.cli import app
from oreline.record import open_store


@pytest.fixture(autouse=True)
def own_home(
    clean_environment: None,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Keep keys and caches of tests out of the home of whoever runs them."""
    monkeypatch.setenv("ORELINE_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture
def ledger(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Path:
    """Make a ledger of two mines, one mill, and what a plant's data are like."""
    path = tmp_path / "ledger.db"
    put_ledger(path, {"id": "small", "tense": "actual"}, EVENTS, clock, salts)
    return path


@pytest.fixture
def bare() -> Oreline:
    """Call a command as it stands."""

    def call(*words: object, **more: Any) -> Call:
        runner = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1", "ORELINE_DEBUG": "0"})
        return Call(runner.invoke(app, [str(word) for word in words], **more))

    return call


@pytest.fixture
def oreline(ledger: Path, bare: Oreline) -> Oreline:
    """Call a command on the small ledger."""

    def call(*words: object, **more: Any) -> Call:
        return bare(*words, "--ledger", ledger, **more)

    return call


@pytest.fixture
def plan(ledger: Path, clock: FixedClock, salts: FixedSalts) -> Path:
    """Make a planned ledger where a chain folder keeps it."""
    path = ledger.parent / "ledgers" / "plan.db"
    with open_store(ledger) as parent:
        header = {
            "id": "plan",
            "tense": "planned",
            "parent": "small",
            "parent_size": str(parent.size()),
            "parent_root": parent.root().hex(),
        }
    put_ledger(path, header, PLAN, clock, salts)
    return path
