"""What a server writes down of what it does, and what it must not."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from served import PASSWORD, Door

from oreline.api import PREFIX, Right, set_up_logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Give what is logged, and put the logs of the tests back afterwards."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, structlog.get_config())
    stream = io.StringIO()
    set_up_logs(stream)
    yield stream
    root.handlers, config = before[0], before[2]
    root.setLevel(before[1])
    structlog.configure(**config)
    logging.getLogger("uvicorn.access").disabled = False


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_who_and_how(lines: io.StringIO, door: Door) -> None:
    token = door.accounts.add_token("chief", "t", frozenset(Right), 1)
    with door.program(token) as program:
        answer = program.get(f"{PREFIX}/lots", params={"search": "secret-words"})
    (told,) = [item for item in read(lines) if item.get("path") == f"{PREFIX}/lots"]
    assert (told["event"], told["method"], told["status"]) == ("request", "GET", 200)
    assert (told["person"], told["id"]) == ("chief", answer.headers["x-request-id"])
    assert told["ms"] > 0
    assert told["timestamp"].endswith("Z")


def test_comings_are_lines_of_the_log(lines: io.StringIO, door: Door) -> None:
    with door.sign_in("chief") as browser:
        browser.post("/sign-in", data={"name": "chief", "password": "another wrong one"})
        browser.post("/sign-out", data={"csrf_token": browser.headers["X-CSRF-Token"]})
    told = [item for item in read(lines) if "address" in item]
    assert [(item["event"], item["person"], item["address"]) for item in told] == [
        ("signed in", "chief", "127.0.0.1"),
        ("sign-in failed", "chief", "127.0.0.1"),
        ("signed out", "chief", "127.0.0.1"),
    ]


def test_no_secret_is_written_down(lines: io.StringIO, door: Door) -> None:
    token = door.accounts.add_token("chief", "t", frozenset(Right), 1)
    with door.sign_in("chief") as browser, door.program(token) as program:
        session, csrf = browser.cookies["oreline_session"], browser.headers["X-CSRF-Token"]
        browser.post(f"{PREFIX}/tokens", json={"title": "t", "rights": ["read"], "days": 1})
        program.get(f"{PREFIX}/me", params={"token": token})
        program.get(f"{PREFIX}/nothing", params={"password": PASSWORD})
        browser.post("/sign-in", data={"name": "chief", "password": "another wrong one"})
    written = lines.getvalue()
    assert written
    for hidden in (PASSWORD, token, session, csrf, "another wrong one"):
        assert hidden not in written


def test_nobody_writes_lines_of_the_log(lines: io.StringIO, door: Door) -> None:
    forged = '/x%0A{"event": "signed in", "person": "chief"}%0D%1B[31m'
    with door.browser() as stranger:
        stranger.get(forged)
    told = [item for item in read(lines) if str(item.get("path", "")).startswith("/x")]
    assert len(told) == 1
    assert "\n" not in told[0]["path"]
    assert "\x1b" not in told[0]["path"]
    assert not [item for item in read(lines) if item["event"] == "signed in"]


def test_on_a_terminal_it_is_words() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    root = logging.getLogger()
    before = (list(root.handlers), root.level, structlog.get_config())
    terminal = Terminal()
    try:
        set_up_logs(terminal)
        structlog.get_logger("oreline").info("serving", address="http://127.0.0.1:8080")
    finally:
        root.handlers = before[0]
        root.setLevel(before[1])
        structlog.configure(**before[2])
        logging.getLogger("uvicorn.access").disabled = False
    assert "serving" in terminal.getvalue()
    assert "http://127.0.0.1:8080" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
