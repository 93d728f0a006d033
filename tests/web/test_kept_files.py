"""Files that never change are packed once, and everything else is asked for each time."""

from __future__ import annotations

import gzip

import pytest
from anyio import move_on_after, sleep_forever
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from oreline.web import _kept_files
from oreline.web._kept_files import KEPT_BYTES_MAX, PACKED_BYTES_MIN, KeptFiles

TEXT = b"const a = 1;\n" * 400
FIXED = {"Cache-Control": "public, max-age=31536000, immutable"}


class Counted:
    """An application whose answers count how often they were made."""

    def __init__(self, body: bytes = TEXT, **headers: str) -> None:
        self.made: list[str] = []
        self.body = body
        self.headers = headers
        route = Route("/{rest:path}", self.answer, methods=["GET", "HEAD", "POST"])
        app = Starlette(routes=[route], middleware=[Middleware(KeptFiles)])
        self.client = TestClient(app, headers={"Accept-Encoding": "gzip"})

    def answer(self, request: Request) -> Response:
        self.made.append(request.url.path)
        headers = {name.replace("_", "-"): value for name, value in self.headers.items()}
        kind = request.headers.get("x-kind", "text/javascript")
        status = int(request.headers.get("x-status", "200"))
        return Response(self.body, status, headers=headers, media_type=kind)


@pytest.mark.parametrize("path", ["/_nicegui/1/a.js", "/static/a.js"])
def test_a_file_is_made_and_packed_once(path: str) -> None:
    app = Counted(**{"Cache-Control": FIXED["Cache-Control"]})
    answers = [app.client.get(path) for _ in range(3)]
    assert app.made == [path]
    assert {answer.content for answer in answers} == {TEXT}
    for answer in answers:
        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers["content-length"]) < len(TEXT) / 10
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == FIXED["Cache-Control"]


def test_no_part_of_what_is_packed_is_offered() -> None:
    # A browser that broke off loading would ask for the rest, and get it of the plain file.
    app = Counted(**FIXED, **{"Accept-Ranges": "bytes", "ETag": '"7"'})
    for _ in range(2):
        packed = app.client.get("/_nicegui/1/a.js")
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["accept-ranges"] == "none"
        assert packed.headers["etag"] == 'W/"7"'
    plain = app.client.get("/_nicegui/1/a.js", headers={"Accept-Encoding": "identity"})
    assert (plain.headers["accept-ranges"], plain.headers["etag"]) == ("bytes", '"7"')


def test_who_takes_nothing_packed_gets_it_plain() -> None:
    app = Counted(**FIXED)
    app.client.get("/_nicegui/1/a.js")
    plain = app.client.get("/_nicegui/1/a.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == TEXT
    assert len(app.made) == 2


@pytest.mark.parametrize(
    ("path", "asked", "said"),
    [
        ("/lots", {}, FIXED),
        ("/_nicegui/1/a.js?b=1", {}, FIXED),
        ("/_nicegui/1/a.js", {"Range": "bytes=0-9"}, FIXED),
        ("/_nicegui/1/a.js", {"If-None-Match": '"x"'}, FIXED),
        ("/_nicegui/1/a.js", {"X-Status": "404"}, FIXED),
        ("/_nicegui/1/a.js", {"X-Kind": "font/woff2"}, FIXED),
        ("/_nicegui/1/a.js", {}, {"Cache-Control": "no-store"}),
        ("/_nicegui/1/a.js", {}, {**FIXED, "Set-Cookie": "a=b"}),
        ("/_nicegui/1/a.js", {}, {**FIXED, "Content-Encoding": "br"}),
    ],
)
def test_what_may_differ_is_asked_for_each_time(
    path: str, asked: dict[str, str], said: dict[str, str]
) -> None:
    app = Counted(b"" if "Content-Encoding" in said else TEXT, **said)
    for _ in range(2):
        answer = app.client.get(path, headers=asked)
        assert answer.status_code == int(asked.get("X-Status", "200"))
        assert "gzip" not in answer.headers.get("content-encoding", "")
    assert len(app.made) == 2


def test_another_method_is_passed_on() -> None:
    app = Counted(**FIXED)
    app.client.get("/_nicegui/1/a.js")
    assert app.client.head("/_nicegui/1/a.js").content == b""
    assert app.client.post("/_nicegui/1/a.js").content == TEXT
    assert len(app.made) == 3


@pytest.mark.parametrize(("more", "is_packed"), [(-1, False), (0, True)])
def test_small_files_are_kept_as_they_are(more: int, is_packed: bool) -> None:
    app = Counted(b"x" * (PACKED_BYTES_MIN + more), **FIXED)
    answers = [app.client.get("/_nicegui/1/a.js") for _ in range(2)]
    assert [("content-encoding" in one.headers) for one in answers] == [is_packed] * 2
    assert {one.content for one in answers} == {app.body}
    assert len(app.made) == 1


def test_what_is_kept_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert KEPT_BYTES_MAX == 32_000_000
    app = Counted(b"x" * 900, **FIXED)
    monkeypatch.setattr(_kept_files, "KEPT_BYTES_MAX", 1_800)
    for name in "abcc":
        assert app.client.get(f"/_nicegui/1/{name}.js").content == app.body
    assert [app.client.get(f"/_nicegui/1/{name}.js").status_code for name in "abc"] == [200] * 3
    assert "".join(path[-4] for path in app.made) == "abccc"


def test_a_browser_that_leaves_does_not_cut_the_file_for_others() -> None:
    async def file(scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file in two parts, and break off if the browser has left, as Starlette does."""
        headers = [(b"content-type", b"text/javascript")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": TEXT[:2_000], "more_body": True})
        await receive()
        with move_on_after(0.01):
            if (await receive())["type"] == "http.disconnect":
                return
        await send({"type": "http.response.body", "body": TEXT[2_000:]})

    async def asked(*more: Message) -> bytes:
        messages = iter([{"type": "http.request", "body": b"", "more_body": False}, *more])
        sent: list[Message] = []

        async def receive() -> Message:
            return next(messages, None) or await sleep_forever()

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "GET", "path": "/static/a.js", "query_string": b"",
            "headers": [(b"accept-encoding", b"gzip")],
        }  # fmt: skip
        await kept(scope, receive, send)
        return gzip.decompress(b"".join(one.get("body", b"") for one in sent))

    kept = KeptFiles(file)
    # In a thread of its own: where browsers are opened, this one has a loop already.
    with start_blocking_portal() as portal:
        portal.call(asked, {"type": "http.disconnect"})
        assert portal.call(asked) == TEXT
