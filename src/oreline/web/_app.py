"""The site: the API with the pages mounted on it, and the files they load."""

from __future__ import annotations

import secrets
from importlib.resources import files

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oreline.api import Service, create_app
from oreline.web._kept_files import KeptFiles
from oreline.web._strings import LANGUAGES, Language, translator

STATIC = {
    "parts.css": "text/css",
    "site.css": "text/css",
    "plain.css": "text/css",
    "brief.js": "text/javascript",
    "lots.js": "text/javascript",
    "pick.js": "text/javascript",
    "seal.js": "text/javascript",
}
"""The files of our own that pages load, with their media types; nothing else is served."""
FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" '
    'rx="7" fill="#0f4c5c"/><path d="M6 22l6-12 5 8 3-4 6 8z" fill="#fff"/></svg>'
)


def create_site(service: Service) -> FastAPI:
    """Return the API over an opened service with the pages mounted on it.

    NiceGUI keeps the pages of a process in one place: make one site in a process.
    """
    from nicegui import ui

    from oreline.web import _pages

    app = create_app(service)
    _add_static(app)
    _pages.add_plain(app)
    _pages.load()
    ui.run_with(
        app,
        title="oreline",
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=10.0,
        favicon=FAVICON,
        gzip_middleware_factory=None,
    )
    app.add_middleware(PageHeaders)
    # Outside of the layer that writes into pages. Level 9 takes twice as long for a hundredth less.
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    # Inside of all others, so that files too are given to hosts and people of ours only.
    app.user_middleware.append(Middleware(KeptFiles))
    return app


def _add_static(app: FastAPI) -> None:
    @app.get("/static/{name}", include_in_schema=False)
    def static(name: str) -> Response:
        """Give one of our own files."""
        if name not in STATIC:
            return PlainTextResponse("there is no such file", 404)
        data = files("oreline.web").joinpath("data", name).read_bytes()
        return Response(data, media_type=STATIC[name], headers={"Cache-Control": "max-age=300"})


class PageHeaders:
    """The policy of pages: scripts only from here, and inline ones only with this page's number.

    The toolkit writes inline scripts and compiles its templates in the browser, so it needs
    ``unsafe-eval``; a number of its own for each page keeps out any script that somebody else
    manages to write into one. Styles are inline throughout.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; give a page its policy."""
        if scope["type"] != "http" or scope["path"].startswith(("/api/", "/static/")):
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope["oreline.translator"] = translator
        about: dict[str, Language] = {}
        scope["oreline.page"] = about
        start: Message | None = None
        parts: list[bytes] = []

        async def numbered(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("x-nicegui-content") == "page":
                    headers["Content-Security-Policy"] = page_policy(nonce)
                    start = message
                    return
            if start is None:
                await send(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = b"".join(parts).replace(b"<script", f'<script nonce="{nonce}"'.encode())
            language = about.get("language", LANGUAGES["en"])
            whole = f'<html lang="{language.code}" dir="{language.direction}"'
            body = body.replace(b'<html dir="ltr"', whole.encode(), 1)
            MutableHeaders(scope=start)["Content-Length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, numbered)


def page_policy(nonce: str) -> str:
    """Return the content security policy of a page."""
    return (
        "default-src 'self'; "
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
