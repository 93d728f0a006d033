"""The addresses for coming in by OpenID Connect: there, and back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from oreline.api._access import access_event
from oreline.api._accounts import Listed
from oreline.api._people import Person
from oreline.api._problems import NotFoundError, NotSignedInError, ProviderError
from oreline.api._routes_people import NextQuery, local_path, opened, sign_in_again
from oreline.api._service import Service, service_of
from oreline.model import InputError, OrelineError
from oreline.record import instant_text, instant_us

if TYPE_CHECKING:
    from oreline.api._oidc import Claimed, Provider

doors = APIRouter(include_in_schema=False)
FLOW_COOKIE = "oreline_flow"
"""Ties a sign-in under way to the browser that began it: nobody can be led into another's."""
FLOW_S = 600
BACK = "/sign-in/provider/back"
Said = Annotated[str, Query(max_length=4_000)]


@doors.get("/sign-in/provider")
def go(request: Request, target: NextQuery = "/") -> Response:
    """Lead the browser to the provider."""
    service, provider = _provider(request)
    accounts = service.accounts
    state, nonce, verifier = accounts.secret(), accounts.secret(), accounts.secret()
    try:
        address = provider.address(_back(request, service), state, nonce, verifier)
    except ProviderError as error:
        return sign_in_again(request, target, str(error), 503)
    accounts.keep_flow(state, nonce, verifier, local_path(target))
    response = RedirectResponse(address, 303)
    response.set_cookie(
        FLOW_COOKIE,
        state,
        max_age=FLOW_S,
        httponly=True,
        samesite="lax",
        secure=service.settings.is_secure,
        path="/sign-in/provider",
    )
    return response


@doors.get(BACK)
def back(request: Request, state: Said = "", code: Said = "", error: Said = "") -> Response:
    """Open a session for whoever the provider vouches for."""
    service, provider = _provider(request)
    address = request.client.host if request.client else "unknown"
    flow = service.accounts.take_flow(state)
    own = request.cookies.get(FLOW_COOKIE, "")
    try:
        if flow is None or not secrets.compare_digest(own.encode(), state.encode()):
            raise NotSignedInError("this sign-in is too old, was used before, or began elsewhere")
        if error or not code:
            raise NotSignedInError("the provider refused the sign-in")
        nonce, verifier, target = flow
        claimed = provider.claimed(code, _back(request, service), nonce, verifier)
        person = _known(service, claimed)
    except (NotSignedInError, InputError, ProviderError) as problem:
        service.metrics.failed_sign_ins.inc()
        service.accounts.remember("sign-in by provider failed", "", address)
        status = 503 if isinstance(problem, ProviderError) else 401
        return sign_in_again(request, flow[2] if flow else "/", _words(problem), status)
    service.accounts.remember("signed in by provider", person.name, address)
    response = opened(request, service, service.accounts.start_session(person)[0], target)
    response.delete_cookie(FLOW_COOKIE, path="/sign-in/provider")
    return response


def _provider(request: Request) -> tuple[Service, Provider]:
    service = service_of(request)
    if service.provider is None:
        raise NotFoundError("this server has no OpenID Connect provider")
    return service, service.provider


def _back(request: Request, service: Service) -> str:
    base = service.settings.public_url or f"{request.url.scheme}://{request.url.netloc}"
    return base.rstrip("/") + BACK


def _known(service: Service, claimed: Claimed) -> Person:
    """Return the person, added or brought up to date; the ledger keeps a change of access."""

    def note(earlier: Listed | None, person: Person) -> None:
        statement = f"role {person.role}, party {person.party or 'all'}, by the provider"
        if earlier is None:
            what = "access-granted"
        elif (earlier.person.role, earlier.person.party) != (person.role, person.party):
            what = "access-changed"
        else:
            return
        now = instant_text(instant_us(service.clock().isoformat()))
        mark = service.token_bytes(6).hex()
        event = access_event(person.name, what, person.name, statement, time=now, mark=mark)
        service.desk.append(person, [event])

    return service.accounts.person_of_subject(claimed.subject, claimed.person, note)


def _words(problem: OrelineError) -> str:
    return str(problem.args[0]) if problem.args else "the sign-in failed"
