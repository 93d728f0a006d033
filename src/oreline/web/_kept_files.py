"""Keeps the packed form of files that never change: each is read and compressed once a process.

A browser that comes for the first time asks for a few megabytes of scripts and styles. To compress
them for everybody anew takes longer than to make the page that asked for them.
"""

from __future__ import annotations

import gzip

from anyio import sleep_forever, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDERS = ("/_nicegui/", "/static/")
"""Where files lie that are the same for everybody; a session sees nothing else there."""
KEPT_BYTES_MAX = 32_000_000
"""How much is kept in all; what comes later is compressed each time."""
PACKED_BYTES_MIN = 1_000
"""Smaller files gain nothing."""
_ASKS_FOR_PART = ("range", "if-none-match", "if-modified-since")


class KeptFiles:
    """A plain ASGI layer next to the routes: what stands around every answer stands around these.

    Of the toolkit's folder only what is marked ``immutable`` is kept: its address names its
    version. Our own files change with the installation, that is when a process starts.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: dict[str, tuple[Message, bytes]] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or pass the request on and keep what comes."""
        if not _is_whole_file(scope):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self._kept:
            answer = await self._fetched(scope, send)
            if answer is None:
                return
            self._keep(path, answer)
        else:
            answer = self._kept[path]
        start, body = answer
        # Layers outside write their own headers into the list.
        await send({**start, "headers": list(start["headers"])})
        await send({"type": "http.response.body", "body": body})

    async def _fetched(self, scope: Scope, send: Send) -> tuple[Message, bytes] | None:
        """Return an answer packed; None if it is none to keep, and then it has been sent."""
        start: Message | None = None
        parts: list[bytes] = []

        async def taken(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _may_be_kept(scope, message):
                start = message
            elif start is None:
                await send(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self.app(scope, _staying(), taken)
        if start is None:
            return None
        body = b"".join(parts)
        if len(body) >= PACKED_BYTES_MIN:
            body = await to_thread.run_sync(gzip.compress, body)
            headers = MutableHeaders(raw=start["headers"])
            headers["Content-Encoding"] = "gzip"
            headers["Content-Length"] = str(len(body))
            headers.add_vary_header("Accept-Encoding")
            _give_only_whole(headers)
            start = {**start, "headers": headers.raw}
        return start, body

    def _keep(self, path: str, answer: tuple[Message, bytes]) -> None:
        if path not in self._kept and self._bytes + len(answer[1]) <= KEPT_BYTES_MAX:
            self._kept[path] = answer
            self._bytes += len(answer[1])


def _staying() -> Receive:
    """Return a browser that asks and never leaves.

    Layers inside break off when a browser leaves. What they had given until then would be kept as
    the whole file, for everybody who comes later.
    """
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await sleep_forever()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


def _give_only_whole(headers: MutableHeaders) -> None:
    """Say that no part of what is packed can be had, and that its tag names the content only.

    A browser keeps the beginning of what it broke off loading and asks for the rest. Parts come
    from the file as it lies there: joined to a packed beginning they are a broken script, kept for
    as long as the file itself.
    """
    headers["Accept-Ranges"] = "none"
    tag = headers.get("etag")
    if tag is not None and not tag.startswith("W/"):
        headers["ETag"] = f"W/{tag}"


def _is_whole_file(scope: Scope) -> bool:
    """Return whether somebody who takes packed answers asks for a whole file."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    if not scope["path"].startswith(FOLDERS) or scope.get("query_string"):
        return False
    headers = Headers(scope=scope)
    is_part = any(name in headers for name in _ASKS_FOR_PART)
    return not is_part and "gzip" in headers.get("accept-encoding", "")


def _may_be_kept(scope: Scope, start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    if start["status"] != 200 or "set-cookie" in headers or "content-encoding" in headers:
        return False
    kind = headers.get("content-type", "")
    is_text = kind.startswith("text/") or "javascript" in kind or "json" in kind
    is_fixed = "immutable" in headers.get("cache-control", "")
    return is_text and (is_fixed or scope["path"].startswith("/static/"))
