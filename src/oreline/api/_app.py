"""The application: addresses, what stands around every request, opening and closing."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import structlog
from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oreline import __version__
from oreline.api import (
    _routes_balance,
    _routes_design,
    _routes_exchange,
    _routes_explore,
    _routes_finance,
    _routes_formulas,
    _routes_fund,
    _routes_holes,
    _routes_oidc,
    _routes_people,
    _routes_plan,
    _routes_read,
    _routes_reconcile,
    _routes_settle,
    _routes_stress,
    _routes_verify,
    _routes_watch,
    _routes_write,
)
from oreline.api._accounts import Accounts
from oreline.api._desk import Desk
from oreline.api._metrics import MEDIA_TYPE as METRICS_TYPE
from oreline.api._metrics import Metrics
from oreline.api._people import Right
from oreline.api._problems import (
    MEDIA_TYPE,
    STATUSES,
    NotAllowedError,
    NotSignedInError,
    Problem,
    ProblemResponse,
    add_handlers,
    problem_of,
)
from oreline.api._service import SAFE_METHODS, Service, check_origin, require, service_of
from oreline.api._settings import Settings, check_settings, is_loopback
from oreline.api._warming import Warming
from oreline.model import StoreError
from oreline.record import Clock, Salt, system_clock, system_salt

PREFIX = "/api/v1"
FILE_PATHS = (
    f"{PREFIX}/uploads",
    f"{PREFIX}/verify",
    f"{PREFIX}/explore/holes",
    "/_nicegui/client/",
)
"""Where files are sent to: by programs, and by pages."""
SOCKET_PATH = "/_nicegui_ws"
"""Where pages talk to the server; without a socket they do so by questions that read."""
API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""What every response says; see docs/reference/security.md."""
_DESCRIPTION = (
    "What oreline's pages show, for programs. Answers are `{ok, result, ledger}`; errors are "
    "problem details (RFC 9457) with every finding. Masses are decimal text with their unit."
)
log = structlog.get_logger("oreline")


def open_service(
    settings: Settings,
    clock: Clock = system_clock,
    salt: Salt = system_salt,
    token_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Service:
    """Open the stores that settings name, and refuse what would serve strangers.

    Raises
    ------
    InputError
        If the settings would let anybody in from other machines.
    StoreError
        If there is no ledger.
    """
    accounts = Accounts(settings.accounts, settings, clock, token_bytes)
    try:
        check_settings(settings, can_sign_in=accounts.can_anybody_sign_in())
        desk = Desk.open(settings, clock, salt)
    except BaseException:
        accounts.close()
        raise
    service = Service(settings, desk, accounts, Metrics(), clock, token_bytes)
    if settings.oidc is None:
        return service
    # What speaks to providers takes a tenth of a server's start; most have none.
    from oreline.api._oidc import Provider

    return replace(service, provider=Provider(settings.oidc, clock))


def create_app(service: Service) -> FastAPI:
    """Return the API over an opened service; closing the application closes the service."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The first person to ask need not wait for what every answer needs.
        warming = Warming(service.desk, service.settings.warmed_events_min)
        warming.start()
        try:
            yield
        finally:
            await to_thread.run_sync(warming.stop)
            service.close()

    app = _application(lifespan)
    app.add_middleware(Around, service=service)
    return app


def api_description() -> dict[str, Any]:
    """Return what the API says of itself, as OpenAPI; needs no ledger."""
    return _application(None).openapi()


def _application(lifespan: Callable[[FastAPI], Any] | None) -> FastAPI:
    app = FastAPI(
        title="oreline",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        routes=list(_routes()),
        responses=_problem_responses(),
    )
    _add_service_routes(app)
    add_handlers(app)
    _describe_security(app)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return what every application of this process answers: a request brings its service.

    FastAPI works out what each may be asked at its first request, which takes half a second.
    """
    doors = APIRouter(responses=_problem_responses())
    for router in (
        _routes_read.router,
        _routes_finance.router,
        _routes_formulas.router,
        _routes_reconcile.router,
        _routes_write.router,
        _routes_balance.router,
        _routes_exchange.router,
        _routes_settle.router,
        _routes_fund.router,
        _routes_explore.router,
        _routes_holes.router,
        _routes_design.router,
        _routes_plan.router,
        *_routes_stress.ROUTERS,
        *_routes_watch.ROUTERS,
        _routes_verify.router,
        _routes_people.router,
    ):
        doors.include_router(router, prefix=PREFIX)
    doors.include_router(_routes_people.doors)
    doors.include_router(_routes_oidc.doors)
    return tuple(doors.routes)


def _problem_responses() -> dict[int | str, dict[str, Any]]:
    schema = {
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance", "findings"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "findings": {"type": "array", "items": {"type": "object"}},
        },
    }
    told = {
        400: "Malformed", 401: "Nobody is signed in", 403: "The right is missing",
        404: "There is no such thing", 409: "The ledger refuses it", 413: "A limit was reached",
        422: "It cannot be understood", 429: "Too many tries", 503: "The ledger cannot be reached",
    }  # fmt: skip
    return {
        status: {"description": words, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status, words in told.items()
    }


def _add_service_routes(app: FastAPI) -> None:
    @app.get("/health/live", tags=["service"])
    def live() -> dict[str, bool]:
        """Say that the process answers."""
        return {"ok": True}

    @app.get("/health/ready", tags=["service"])
    def ready(request: Request) -> JSONResponse:
        """Say whether ledger and application store can be read, and a large ledger is read."""
        service = service_of(request)
        try:
            size = service.desk.store.size()
            service.accounts.people()
        except StoreError as error:
            return JSONResponse({"ok": False, "detail": str(error)}, 503)
        service.metrics.events.set(size)
        is_large = size >= service.settings.warmed_events_min
        if is_large and not service.desk.read_ahead.is_set():
            return JSONResponse({"ok": False, "detail": "the ledger is being read"}, 503)
        return JSONResponse({"ok": True})

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        """Give what the server counts of itself, for Prometheus; needs the right to audit."""
        require(request, Right.AUDIT)
        return Response(service_of(request).metrics.text(), media_type=METRICS_TYPE)


def _describe_security(app: FastAPI) -> None:
    """Say in the API's description how one shows who one is."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        schema = describe()
        schema.setdefault("components", {})["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "A token of oreline."},
            "session": {"type": "apiKey", "in": "cookie", "name": "oreline_session"},
        }
        for path, methods in schema["paths"].items():
            is_open = path.startswith("/health") or path.endswith("/public/lot")
            for operation in methods.values():
                operation["security"] = [] if is_open else [{"token": []}, {"session": []}]
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


class Around:
    """What stands around every request: its service, the host's name, size, headers, log, counts.

    A plain ASGI layer, so that it stands around mounted pages and their sockets too.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service
        self.hosts = allowed_hosts(service.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        scope["oreline"] = self.service
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            if refusal is not None:
                await send({"type": "websocket.close", "code": 1008, "reason": refusal.detail})
                return
            await self.app(scope, receive, send)
            return
        await self._answer(scope, receive, send, headers, refusal)

    def _refusal(self, scope: Scope, headers: Headers) -> Problem | None:
        host = headers.get("host", "").rpartition("@")[2]
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if self.hosts is not None and name.lower() not in self.hosts:
            kind, title = STATUSES[421]
            return Problem(421, kind, title, f"this server does not answer to {name[:80]!r}")
        is_change = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if is_change or scope["path"].startswith(SOCKET_PATH):
            try:
                check_origin(HTTPConnection(scope))
            except NotAllowedError as error:
                return problem_of(error)
        if b"%00" in scope.get("query_string", b"") or "\0" in scope["path"]:
            kind, title = STATUSES[400]
            return Problem(400, kind, title, "an address has no zero bytes")
        if self._is_nobody(scope, headers):
            return problem_of(NotSignedInError("sign in, or give a token"))
        length = headers.get("content-length", "0")
        limit = self._limit(scope["path"])
        if length.isdigit() and int(length) > limit:
            kind, title = STATUSES[413]
            return Problem(413, kind, title, f"at most {limit} bytes are taken here")
        return None

    def _is_nobody(self, scope: Scope, headers: Headers) -> bool:
        """Return whether a change is asked for by nobody, before what they send is taken in."""
        return (
            self.service.settings.sign_in
            and scope["type"] == "http"
            and scope["path"].startswith(PREFIX)
            and scope["method"] not in SAFE_METHODS
            and not {"authorization", "cookie"}.intersection(headers.keys())
        )

    def _limit(self, path: str) -> int:
        settings = self.service.settings
        takes_files = path.startswith(FILE_PATHS)
        # A form is a little larger than the file in it.
        return settings.upload_bytes_max + 64_000 if takes_files else settings.body_bytes_max

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers, refusal: Problem | None
    ) -> None:
        started = time.perf_counter()
        request_id = self.service.token_bytes(8).hex()
        seen = {"status": 500}
        left = self._limit(scope["path"])

        async def limited() -> Message:
            # A body without a stated length is counted as it comes.
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, f"at most {self._limit(scope['path'])} bytes are taken")
            return message

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                self._mark(MutableHeaders(scope=message), scope["path"], request_id)
            await send(message)

        try:
            if refusal is not None:
                await ProblemResponse(refusal, scope["path"])(scope, receive, marked)
            else:
                await self.app(scope, limited, marked)
        finally:
            self._note(scope, seen["status"], time.perf_counter() - started, request_id)

    def _mark(self, headers: MutableHeaders, path: str, request_id: str) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = request_id
        headers.setdefault("Content-Security-Policy", API_POLICY)
        if path.startswith(("/api/", "/health/", "/metrics")):
            headers.setdefault("Cache-Control", "no-store")
        if self.service.settings.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = scope.get("route")
        name = getattr(route, "path", None) or "(page or file)"
        metrics = self.service.metrics
        metrics.requests.labels(scope["method"], name, str(status)).inc()
        metrics.seconds.labels(name).observe(seconds)
        caller = scope.get("oreline.caller")
        if name != "(page or file)" or status >= 400:
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round(1000 * seconds, 1),
                person=caller.person.name if caller else None,
                id=request_id,
            )


def allowed_hosts(settings: Settings) -> frozenset[str] | None:
    """Return the names that requests may give as their host, None where any may stand.

    A page elsewhere can point a name of its own at this machine (DNS rebinding): a server that
    lets in whoever is on the machine must know its names.
    """
    known = {"localhost", "127.0.0.1", "[::1]", *settings.hosts}
    if settings.public_url:
        known.add(settings.public_url.partition("://")[2].partition("/")[0].partition(":")[0])
    if is_loopback(settings.host) or settings.hosts or settings.public_url:
        return frozenset(name.lower() for name in known)
    return None
