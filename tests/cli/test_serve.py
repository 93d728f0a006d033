"""``oreline serve`` as a person or systemd starts it: real processes, ports and signals."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from called import Oreline

from oreline.record import load_ledger, open_store

PASSWORD = "correct horse battery"
LIMIT_S = 60.0
PAGE = re.compile(r'^@page\("([^"]+)"', re.MULTILINE)


@dataclass
class Server:
    """A started server: its address, and the lines of its log."""

    process: subprocess.Popen[str]
    url: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)
    _coming: queue.Queue[str | None] = field(default_factory=queue.Queue)

    def read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._coming.put(line)
        self._coming.put(None)

    def wait_for(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first line of the log that fits, from now on."""
        while True:
            line = self._coming.get(timeout=LIMIT_S)
            assert line is not None, self.lines
            told: dict[str, Any] = json.loads(line)
            self.lines.append(told)
            if fits(told):
                return told

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop; return its exit status, its whole log read."""
        self.process.send_signal(number)
        status = self.process.wait(LIMIT_S)
        while (line := self._coming.get(timeout=LIMIT_S)) is not None:
            self.lines.append(json.loads(line))
        return status

    def told(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]


@contextmanager
def serving(*words: object, workers: int = 1) -> Iterator[Server]:
    command = [sys.executable, "-m", "oreline", "serve", "--port", "0", *map(str, words)]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=os.environ,
        start_new_session=True,
    ) as process:
        server = Server(process)
        reader = threading.Thread(target=server.read)
        reader.start()
        try:
            server.url = server.wait_for(lambda told: told["event"] == "serving")["address"]
            for _ in range(workers):
                server.wait_for(lambda told: told["event"] == "Application startup complete.")
            yield server
        finally:
            # Workers too: one that outlives a test that failed would hold the log open for ever.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            reader.join()


def weighed(number: int) -> dict[str, Any]:
    return {
        "schema": "weigh/1",
        "id": f"w-{number}",
        "time": "2025-01-10T08:00:00Z",
        "party": "p",
        "site": "mill",
        "body": {"lot": "p:B1", "wet": {"value": "2.05", "unit": "t", "basis": "measured"}},
    }


def add_person(oreline: Oreline, name: str, *more: object) -> None:
    call = oreline("people", "add", name, "--password-stdin", *more, input=f"{PASSWORD}\n")
    assert call.code == 0, call.everything


def sign_in(url: str) -> dict[str, str]:
    """Return the cookie of somebody who has signed in."""
    answer = httpx.post(f"{url}/sign-in", data={"name": "chief", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return dict(answer.cookies)


def test_it_is_open_on_this_machine_and_says_so(ledger: Path) -> None:
    with serving("--api-only", "--ledger", ledger) as server:
        me = httpx.get(f"{server.url}/api/v1/me", timeout=LIMIT_S).json()["result"]
        assert (me["name"], me["is_local"]) == ("local", True)
        assert httpx.get(f"{server.url}/health/ready", timeout=LIMIT_S).json() == {"ok": True}
        assert "server" not in httpx.get(server.url, timeout=LIMIT_S).headers
        assert server.stop() == 0
    (warning,) = [line for line in server.lines if line["level"] == "warning"]
    assert warning["event"].startswith("open without sign-in")
    assert warning["remedy"] == "--sign-in asks people who they are"
    (request,) = [line for line in server.told("request") if line["path"] == "/api/v1/me"]
    assert (request["status"], request["person"], request["method"]) == (200, "local", "GET")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_finished_before_it_stops(
    ledger: Path, number: signal.Signals
) -> None:
    body = json.dumps({"events": [weighed(1)]}).encode()
    with serving("--api-only", "--ledger", ledger) as server:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=LIMIT_S) as connection:
            head = (
                f"POST /api/v1/events HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json"
                f"\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            connection.sendall(head.encode() + body[:20])
            # Answered on another connection: the first request has reached the server by now.
            assert httpx.get(f"{server.url}/health/live", timeout=LIMIT_S).status_code == 200
            server.process.send_signal(number)
            server.wait_for(lambda told: told["event"] == "Shutting down")
            connection.sendall(body[20:])
            answer = b""
            while part := connection.recv(65_536):
                answer += part
        assert answer.startswith(b"HTTP/1.1 201 "), answer
        assert server.process.wait(LIMIT_S) == 0
    with open_store(ledger) as store:
        assert store.event("w-1")["actor"] == "local"


def test_what_was_acknowledged_under_load_is_there_when_it_stopped(ledger: Path) -> None:
    acknowledged: list[int] = []
    broken: list[int] = []
    refused = threading.Event()

    def write(start: int) -> None:
        for number in range(start, start + 100_000):
            if refused.is_set():
                return
            try:
                answer = httpx.post(
                    f"{server.url}/api/v1/events", json={"events": [weighed(number)]}, timeout=30
                )
            except httpx.TransportError:
                # Not answered: nobody was told that it was written.
                refused.set()
                return
            (acknowledged if answer.status_code == 201 else broken).append(number)
            if len(acknowledged) == 20:
                server.process.send_signal(signal.SIGTERM)

    with serving("--api-only", "--ledger", ledger) as server:
        threads = [threading.Thread(target=write, args=(n * 100_000,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.process.wait(LIMIT_S) == 0
    assert len(acknowledged) >= 20
    assert broken == []
    with open_store(ledger) as store:
        for number in acknowledged:
            assert store.event(f"w-{number}")["id"] == f"w-{number}"
        assert store.size() - 15 <= len(acknowledged) + 4


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_any_worker_serves_any_person_and_they_count_together(
    request: pytest.FixtureRequest, oreline: Oreline, ledger: Path, tmp_path: Path, kind: str
) -> None:
    place = (
        tmp_path / "accounts.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    )
    where = ("--accounts", place)
    add_person(oreline, "chief", "--role", "admin", *where)
    asked = 40
    with serving(
        "--api-only", "--workers", 2, "--sign-in", "--ledger", ledger, *where, workers=2
    ) as server:
        cookies = sign_in(server.url)
        for _ in range(asked):
            # A connection each, so that the kernel chooses a worker each time.
            answer = httpx.get(f"{server.url}/api/v1/me", cookies=cookies, timeout=LIMIT_S)
            assert answer.json()["result"]["name"] == "chief"
        counted = httpx.get(f"{server.url}/metrics", cookies=cookies, timeout=LIMIT_S).text
        assert server.stop() == 0
    answered = {line["pid"] for line in server.told("request") if line["path"] == "/api/v1/me"}
    assert len(answered) == 2
    (line,) = [
        line
        for line in counted.splitlines()
        if line.startswith("oreline_requests_total") and 'route="/me"' in line
    ]
    assert float(line.split()[-1]) == asked
    assert sum(line["event"].startswith("Finished server process") for line in server.lines) == 2


def test_workers_keep_one_reading_for_the_next_start(ledger: Path) -> None:
    with open_store(ledger) as store:
        store.append([{**weighed(number), "actor": "clerk"} for number in range(10_000)])
    with serving("--api-only", "--workers", 2, "--ledger", ledger, workers=2) as server:
        sizes = {
            httpx.get(f"{server.url}/api/v1/log", timeout=LIMIT_S).json()["result"]["size"]
            for _ in range(6)
        }
        assert server.stop() == 0
    assert sizes == {10_015}
    (kept,) = (Path(os.environ["ORELINE_HOME"]) / "cache").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    with open_store(ledger) as store:
        read = load_ledger(store, cache=kept)
        assert read.columns.events.id == load_ledger(store).columns.events.id


def test_a_worker_that_dies_is_replaced(oreline: Oreline, ledger: Path) -> None:
    with serving("--api-only", "--workers", 2, "--ledger", ledger, workers=2) as server:
        victim = server.lines[-1]["pid"]
        os.kill(victim, signal.SIGKILL)
        server.wait_for(
            lambda told: told["event"] == "Application startup complete." and told["pid"] != victim
        )
        assert httpx.get(f"{server.url}/health/ready", timeout=LIMIT_S).status_code == 200
        assert server.stop() == 0


@pytest.mark.parametrize("believed", [False, True])
def test_only_a_named_proxy_says_who_comes(
    oreline: Oreline, ledger: Path, tmp_path: Path, believed: bool
) -> None:
    where = ("--accounts", tmp_path / "accounts.db")
    add_person(oreline, "chief", "--role", "admin", *where)
    proxy = ("--proxy", "127.0.0.1") if believed else ()
    with serving("--api-only", "--sign-in", "--ledger", ledger, *where, *proxy) as server:
        form = {"name": "chief", "password": "wrong"}
        headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
        httpx.post(f"{server.url}/sign-in", data=form, headers=headers)
        cookies = sign_in(server.url)
        comings = httpx.get(
            f"{server.url}/api/v1/people/comings", cookies=cookies, timeout=LIMIT_S
        ).json()
        server.stop()
    seen = {item["what"]: item["address"] for item in comings["result"]["comings"]}
    # The last address is the one that the proxy itself saw; what stands before it, anybody can say.
    assert seen["sign-in failed"] == ("198.51.100.7" if believed else "127.0.0.1")


def test_the_pages_are_served_and_a_page_left_open_holds_nothing_up(ledger: Path) -> None:
    with serving("--ledger", ledger) as server:
        page = httpx.get(server.url, timeout=LIMIT_S)
        assert page.status_code == 200
        assert "script-src 'self' 'nonce-" in page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        for path in ("/static/..%2f..%2f__init__.py", "/static/%2e%2e/_app.py"):
            assert httpx.get(f"{server.url}{path}", timeout=LIMIT_S).status_code == 404
        for path in ("/help/..%2fREADME.md", "/help/%2e%2e/CONTRIBUTING.md", "/help//etc/passwd"):
            assert "there is no page" in httpx.get(f"{server.url}{path}", timeout=LIMIT_S).text
        poll = f"{server.url}/_nicegui_ws/socket.io/?EIO=4&transport=polling"
        evil = {"Origin": "http://evil.example"}
        assert httpx.get(poll, headers=evil).status_code == 403
        assert httpx.post(poll, headers=evil).status_code == 403
        assert httpx.get(poll, headers={"Origin": server.url}).status_code == 200
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=LIMIT_S) as connection:
            head = (
                f"GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}"
                f"\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
            connection.sendall(head.encode())
            assert connection.recv(1_000).startswith(b"HTTP/1.1 403 ")
        with socket.create_connection((host, int(port)), timeout=LIMIT_S) as connection:
            connection.sendall(head.replace("http://evil.example", f"http://{host}").encode())
            assert connection.recv(1_000).startswith(b"HTTP/1.1 101 ")
            assert server.stop() == 0


def test_no_page_answers_a_stranger(oreline: Oreline, ledger: Path, tmp_path: Path) -> None:
    where = ("--accounts", tmp_path / "accounts.db")
    add_person(oreline, "chief", "--role", "admin", *where)
    folder = Path(__file__).parents[2] / "src" / "oreline" / "web"
    source = "".join(path.read_text("utf-8") for path in folder.glob("_page_*.py"))
    pages = [re.sub(r"\{[^}]*\}", "p:B1", path) for path in PAGE.findall(source)]
    assert len(pages) > 10
    with serving("--sign-in", "--ledger", ledger, *where) as server:
        for path in [*pages, "/report"]:
            answer = httpx.get(f"{server.url}{path}", timeout=LIMIT_S)
            assert answer.status_code in {303, 401}, (path, answer.status_code)
            assert answer.headers.get("location", "/sign-in").startswith("/sign-in"), path
            # The name of the ledger stands on every page.
            assert "small" not in answer.text, path
        cookies = sign_in(server.url)
        assert httpx.get(f"{server.url}/lots", cookies=cookies, timeout=LIMIT_S).status_code == 200
        server.stop()


def test_a_port_that_is_taken_is_told(ledger: Path, bare: Oreline) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        call = bare("serve", "--port", port, "--ledger", ledger)
    assert call.code == 2
    words = " ".join(call.everything.split())
    assert f"cannot listen on 127.0.0.1 port {port}: address already in use" in words
    assert "choose another with --port" in words


def test_strangers_are_not_let_in(ledger: Path, bare: Oreline, tmp_path: Path) -> None:
    where = ("--ledger", ledger, "--port", 0, "--accounts", tmp_path / "accounts.db")
    open_to_all = " ".join(bare("serve", *where, "--host", "0.0.0.0").everything.split())
    assert "so people must sign in: add --sign-in" in open_to_all
    nobody = " ".join(bare("serve", *where, "--host", "0.0.0.0", "--sign-in").everything.split())
    assert "nobody in the application store has a password" in nobody
    assert "oreline people add NAME --role admin --ledger" in nobody


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--workers", 2), "give --api-only with --workers"),
        (("--oidc", "nothing.toml"), "nothing.toml cannot be read"),
        (("--host", "no.such.host.invalid"), "cannot listen on no.such.host.invalid"),
    ],
)
def test_what_cannot_work_is_told(
    ledger: Path, bare: Oreline, words: tuple[object, ...], told: str
) -> None:
    call = bare("serve", "--ledger", ledger, "--port", 0, *words)
    assert call.code == 2
    assert told in " ".join(call.everything.split())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("issuer = 'https://a.example'\nclient = 'x'", "unknown setting client"),
        ("issuer = 'https://a.example'", "client_id: Field required"),
        (
            "issuer='https://a.example'\nclient_id='a'\nclient_secret='b'\n[roles]\nx='boss'",
            "no role is called boss; there are viewer",
        ),
        ("issuer = ", "cannot be read"),
    ],
)
def test_a_wrong_file_of_a_provider_is_told(
    ledger: Path, bare: Oreline, tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "oidc.toml"
    path.write_text(text)
    call = bare("serve", "--ledger", ledger, "--port", 0, "--oidc", path)
    assert call.code == 2
    assert told in " ".join(call.everything.split())
