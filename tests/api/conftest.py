"""A server over a small ledger, without sign-in and with it."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from oreline_testing.injected import FixedClock, FixedSalts

sys.path.append(str(Path(__file__).parents[1] / "cli" / "support"))
sys.path.append(str(Path(__file__).parent / "support"))
sys.path.append(str(Path(__file__).parents[1] / "settle"))

from kept_ledgers import put_ledger
from served import PASSWORD, QUICK, Door, served
from small_ledger import EVENTS

from oreline.api import Accounts, Role, Settings, _accounts, create_app, open_service


@pytest.fixture
def real_hashes() -> None:
    """Let passwords cost what they cost on a server; see ``quick_hashes``."""


@pytest.fixture(autouse=True)
def quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make passwords cheap to check; what they cost is a matter of tests of its own.

    The real cost, a fifth of a second and 64 MiB each, was half of what these tests took.
    """
    if "real_hashes" not in request.fixturenames:
        monkeypatch.setattr(_accounts, "password_hasher", lambda: QUICK)


@pytest.fixture
def settings(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Settings:
    """Return the settings of a server over the small ledger of the commands' tests."""
    path = tmp_path / "ledger.db"
    put_ledger(path, {"id": "small", "tense": "actual"}, EVENTS, clock, salts)
    return Settings(ledger=str(path), accounts=str(tmp_path / "accounts.db"))


@pytest.fixture
def client(settings: Settings, clock: FixedClock, salts: FixedSalts) -> Iterator[TestClient]:
    """Return a client of a server that is open on loopback."""
    service = open_service(settings, clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as opened:
        yield opened


@pytest.fixture
def guarded(settings: Settings) -> Settings:
    """Return the settings of a server that asks people who they are."""
    return replace(settings, sign_in=True)


@pytest.fixture
def door(guarded: Settings, clock: FixedClock, salts: FixedSalts) -> Iterator[Door]:
    """Serve the small ledger to people who sign in; ``chief`` administers."""
    with Accounts(guarded.accounts, guarded, clock, secrets.token_bytes) as accounts:
        accounts.add_person("chief", Role.ADMIN, password=PASSWORD)
    service = open_service(guarded, clock=clock, salt=salts)
    with served(create_app(service)) as url:
        yield Door(url, service)


@pytest.fixture(params=["sqlite", "postgres"])
def accounts_place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name an empty application store: a file, then a database on a server."""
    if request.param == "sqlite":
        return str(tmp_path / "store" / "accounts.db")
    return str(request.getfixturevalue("postgres_url"))
