"""What people enter: signatures, publications, corrections, files; nobody speaks for another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from small_ledger import mass
from starlette.testclient import TestClient
from trade import EVENTS, dated

from oreline.api import PREFIX, Right, Role, Settings, create_app, open_service
from oreline.record import create_store
from oreline_testing.injected import FixedClock, FixedSalts

CSV = "tests/api"


class Teller:
    """Asks as one person and gives back what the answer holds."""

    def __init__(self, client: TestClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = self._headers
        return self._client.request(method, f"{PREFIX}{path}", headers=headers, **given)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def append(self, *events: dict[str, Any]) -> httpx.Response:
        return self.ask("POST", "/events", json={"events": list(events)})


Tellers = Callable[[str], Teller]


@pytest.fixture
def as_(
    settings: Settings, clock: FixedClock, salts: FixedSalts, tmp_path: Path
) -> Iterator[Tellers]:
    """Serve the trade; give whoever asks under a name such as ``buyer`` or ``seller-operator``."""
    path = tmp_path / "trade.db"
    with create_store(path, {"id": "trade", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append(EVENTS)
    service = open_service(
        replace(settings, ledger=str(path), sign_in=False), clock=clock, salt=salts
    )
    service.accounts.add_person("first", Role.ADMIN, password="a long enough password")

    def teller(name: str) -> Teller:
        party, _, role = name.partition("-")
        belongs = None if party == "nobody" else party
        service.accounts.add_person(name, Role(role or "approver"), party=belongs)
        rights = frozenset(service.accounts.person(name).rights)
        _, token = service.accounts.make_token(name, "test", rights & frozenset(Right), 1)
        return Teller(client, token)

    with TestClient(create_app(service), base_url="http://localhost") as client:
        yield teller
