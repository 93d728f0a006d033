"""A real server on loopback in a thread, and people who have signed in to it."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from argon2 import PasswordHasher

from oreline.api import Accounts, Role, Service

PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes passwords for tests of other matters than the hashing."""
START_LIMIT_S = 30.0
LIMIT_S = 60.0
"""How long an answer may take: a busy machine is slow, not wrong."""


@contextmanager
def served(app: Any, **config: Any) -> Iterator[str]:
    """Serve an application until the block ends; give its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, server_header=False, **config)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            give_up = time.monotonic() + START_LIMIT_S
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                assert time.monotonic() < give_up
                time.sleep(0.01)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()


@dataclass(frozen=True)
class Door:
    """A server that asks people who they are."""

    url: str
    service: Service

    @property
    def accounts(self) -> Accounts:
        return self.service.accounts

    def add(self, name: str, role: Role, party: str | None = None) -> None:
        self.accounts.add_person(name, role, party=party, password=PASSWORD)

    def browser(self, **headers: str) -> httpx.Client:
        """Return somebody who has not signed in."""
        # Without TLS there are no certificates to read, which is most of what a client costs.
        return httpx.Client(base_url=self.url, headers=headers, verify=False, timeout=LIMIT_S)

    @contextmanager
    def sign_in(self, name: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
        """Give the browser of somebody who has signed in, its form token in every request."""
        with self.browser() as browser:
            answer = browser.post("/sign-in", data={"name": name, "password": password})
            assert answer.status_code == 303, answer.text
            told = browser.get("/api/v1/me").json()["result"]
            browser.headers["X-CSRF-Token"] = told["csrf_token"]
            yield browser

    def program(self, token: str) -> httpx.Client:
        """Return a program with a token."""
        return self.browser(Authorization=f"Bearer {token}")


def alert(page: httpx.Response) -> str:
    """Return what a page says went wrong."""
    found = re.search(r'role="alert">([^<]*)<', page.text)
    return "" if found is None else found[1]
