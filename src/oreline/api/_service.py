"""What a running server holds, and who a request comes from."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from starlette.requests import HTTPConnection

from oreline.api._accounts import Accounts, Session
from oreline.api._desk import Desk
from oreline.api._metrics import Metrics
from oreline.api._people import LOCAL, Person, Right
from oreline.api._problems import NotAllowedError, NotSignedInError
from oreline.api._settings import Settings
from oreline.record import Clock

if TYPE_CHECKING:
    from oreline.api._oidc import Provider

CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Service:
    """A server: its settings, the desk with the ledger, the application store, the clock."""

    settings: Settings
    desk: Desk
    accounts: Accounts
    metrics: Metrics
    clock: Clock
    token_bytes: Callable[[int], bytes] = secrets.token_bytes
    provider: Provider | None = None

    def close(self) -> None:
        """Close everything that it holds."""
        self.desk.close()
        self.accounts.close()
        if self.provider is not None:
            self.provider.close()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person, and the session or token they asked with."""

    person: Person
    session: Session | None = None


def session_cookie(settings: Settings) -> str:
    """Return the name of the cookie that a session is in.

    Over TLS browsers take one of such a name from this very host only: no neighbouring host can
    plant its own.
    """
    return "__Host-oreline_session" if settings.is_secure else "oreline_session"


def service_of(connection: HTTPConnection) -> Service:
    """Return the server that a request has reached."""
    return cast("Service", connection.scope["oreline"])


def caller_of(connection: HTTPConnection) -> Caller | None:
    """Return who asks, None if nobody is signed in; looked up once a request."""
    scope = connection.scope
    if "oreline.caller" not in scope:
        scope["oreline.caller"] = _find_caller(connection)
    return cast("Caller | None", scope["oreline.caller"])


def person_of(connection: HTTPConnection) -> Person | None:
    """Return who asks, None if nobody is signed in."""
    caller = caller_of(connection)
    return None if caller is None else caller.person


def is_still_signed_in(connection: HTTPConnection) -> bool:
    """Return whether the session of a request has not ended since: pages live on in the browser."""
    connection.scope.pop("oreline.caller", None)
    return caller_of(connection) is not None


def is_by_token(connection: HTTPConnection) -> bool:
    """Return whether a program asks with a token."""
    return "authorization" in connection.headers


def csrf_token_of(connection: HTTPConnection) -> str:
    """Return the token that a form of this session must carry; empty where there is no session."""
    caller = caller_of(connection)
    return "" if caller is None or caller.session is None else caller.session.csrf


def _find_caller(connection: HTTPConnection) -> Caller | None:
    service = service_of(connection)
    bearer = connection.headers.get("authorization", "")
    if bearer:
        kind, _, value = bearer.partition(" ")
        person = service.accounts.person_of_token(value) if kind.lower() == "bearer" else None
        return None if person is None else Caller(person)
    cookie = connection.cookies.get(session_cookie(service.settings))
    if cookie:
        found = service.accounts.session(cookie)
        if found is not None:
            return Caller(found.person, found)
    return None if service.settings.sign_in else Caller(LOCAL)


def require(connection: HTTPConnection, right: Right) -> Person:
    """Return who asks, if they have a right.

    Raises
    ------
    NotSignedInError
        If nobody is signed in.
    NotAllowedError
        If they lack the right.
    """
    caller = caller_of(connection)
    if caller is None:
        raise NotSignedInError("sign in, or give a token as 'Authorization: Bearer ...'")
    if not caller.person.may(right):
        message = f"this needs the right '{right}', which {caller.person.name} does not have"
        raise NotAllowedError(message)
    return caller.person


def check_origin(connection: HTTPConnection) -> None:
    """Refuse a request that another site's page made the browser send.

    A token in the header is not sent by itself, so such requests need no check.

    Raises
    ------
    NotAllowedError
        If the request comes from another origin.
    """
    if connection.headers.get("authorization"):
        return
    fetched = connection.headers.get("sec-fetch-site")
    if fetched not in {None, "same-origin", "none"}:
        raise NotAllowedError("the request came from a page of another site")
    origin = connection.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != connection.headers.get("host"):
        raise NotAllowedError("the request came from a page of another site")


def check_csrf(connection: HTTPConnection, given: str | None) -> None:
    """Refuse a change that does not carry the token of its session.

    Raises
    ------
    NotAllowedError
        If the token is missing or another.
    """
    check_origin(connection)
    caller = caller_of(connection)
    if caller is None or caller.session is None:
        return
    if given is None or not secrets.compare_digest(given, caller.session.csrf):
        raise NotAllowedError("the form is too old, or not one of ours: load the page again")
