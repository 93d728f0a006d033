"""Asking a server as one person."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.testclient import TestClient

from oreline.api import PREFIX


class Teller:
    """Asks as one person and gives back what the answer holds."""

    def __init__(self, client: TestClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        return self._client.request(method, f"{PREFIX}{path}", headers=self._headers, **given)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def append(self, *events: dict[str, Any]) -> httpx.Response:
        return self.ask("POST", "/events", json={"events": list(events)})
