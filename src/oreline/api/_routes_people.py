"""The addresses for people and tokens, and for coming in and going out."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import AfterValidator, Field

from oreline.api._access import access_event
from oreline.api._accounts import Keep, Note
from oreline.api._chain import check_party
from oreline.api._deps import Answer, Given, changing
from oreline.api._people import RIGHTS, Person, Right, Role
from oreline.api._problems import NotAllowedError, NotFoundError, NotSignedInError, TooManyError
from oreline.api._service import (
    Service,
    caller_of,
    check_csrf,
    check_origin,
    csrf_token_of,
    is_by_token,
    require,
    service_of,
    session_cookie,
)
from oreline.api._views import View
from oreline.model import InputError, StoreError
from oreline.record import instant_text, instant_us

router = APIRouter(tags=["people"])
doors = APIRouter(include_in_schema=False)


def _administering(request: Request) -> Person:
    return require(request, Right.ADMINISTER)


Administering = Annotated[Person, Depends(_administering)]
Changing = Annotated[View, Depends(changing(Right.ADMINISTER))]
Name = Annotated[str, Path(max_length=40)]
NextQuery = Annotated[str, Query(alias="next", max_length=2_000)]
PREFERENCES = {"theme": ("auto", "light", "dark"), "language": ("en", "ur")}
DIRECTIONS = {"ur": "rtl"}
"""In which direction a language is written, where it is not from left to right."""
_YEAR_S = 365 * 86_400


def _plain(text: str) -> str:
    """Refuse what no store can keep: control characters and halves of surrogate pairs."""
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValueError("has characters that cannot be shown")
    return text


Shown = Annotated[str, AfterValidator(_plain)]


class NewPerson(Given):
    """Somebody who may come in."""

    name: Shown = Field(max_length=40, examples=["a.khan"])
    role: Role
    title: Shown = Field(default="", max_length=120)
    party: Shown | None = Field(default=None, max_length=120)
    language: Literal["en", "ur"] = "en"
    password: str | None = Field(default=None, max_length=1_000)


class ChangedPerson(Given):
    """What is different about a person from now on; what is not named stays as it is.

    ``party`` null lets them see all of the ledger.
    """

    role: Role | None = None
    party: Shown | None = Field(default=None, max_length=120)
    password: str | None = Field(default=None, max_length=1_000)
    disabled: bool | None = None


class NewToken(Given):
    """A token for a program, with some of the rights of its person."""

    title: Shown = Field(min_length=1, max_length=120)
    rights: list[Right] = Field(min_length=1, max_length=len(Right))
    days: int = Field(ge=1, le=3_660)
    person: Shown | None = Field(default=None, max_length=40)


@router.get("/me")
def me(request: Request) -> Answer:
    """Give who asks, with their rights."""
    person = require(request, Right.READ)
    return {
        "ok": True,
        "result": {
            "name": person.name,
            "title": person.title,
            "role": str(person.role),
            "rights": sorted(map(str, person.rights)),
            "party": person.party,
            "is_local": person.is_local,
            "csrf_token": csrf_token_of(request),
        },
    }


@router.get("/people")
def people(request: Request, _person: Administering) -> Answer:
    """Give everybody who may come in."""
    listed = [item.to_json() for item in service_of(request).accounts.people()]
    return {"ok": True, "result": {"people": listed, "roles": role_rights()}}


def role_rights() -> dict[str, list[str]]:
    """Return the rights of each role."""
    return {str(role): sorted(map(str, rights)) for role, rights in RIGHTS.items()}


@router.post("/people", status_code=201)
def add_person(request: Request, view: Changing, given: NewPerson) -> Answer:
    """Let somebody in; the ledger keeps who did so, and as what."""
    return {"ok": True, "result": let_in(service_of(request), view, given)}


def let_in(service: Service, view: View, given: NewPerson) -> Answer:
    """Let somebody in, and keep that in the ledger: both or neither.

    Raises
    ------
    InputError
        If the name is taken or unfit, the password too short, or the chain has no such party.
    """
    check_party(view.reading.chain, given.party)
    person = service.accounts.add_person(
        given.name,
        given.role,
        title=given.title,
        party=given.party,
        language=given.language,
        password=given.password,
        note=_note(service, view, "access-granted", given.name, _access(given.role, given.party)),
    )
    return {"name": person.name, "role": str(person.role)}


@router.patch("/people/{name}")
def change_person(request: Request, view: Changing, name: Name, given: ChangedPerson) -> Answer:
    """Change the role or the password of a person, or shut them out; their sessions end."""
    return {"ok": True, "result": change_access(service_of(request), view, name, given)}


def change_access(service: Service, view: View, name: str, given: ChangedPerson) -> Answer:
    """Change somebody's access, and keep that in the ledger: both or neither.

    Raises
    ------
    InputError
        If nothing would change, or what is wanted cannot be.
    NotFoundError
        If nobody is called so.
    """
    party: str | Keep | None = given.party if "party" in given.model_fields_set else Keep.AS_IS
    if isinstance(party, str):
        check_party(view.reading.chain, party)
    told = changed_access(given.role, party, given.password, given.disabled)
    if not told:
        raise InputError(f"nothing about {name} would change")
    service.accounts.change_person(
        name,
        role=given.role,
        party=party,
        password=given.password,
        disabled=given.disabled,
        note=_note(service, view, "access-changed", name, told),
    )
    return {"name": name}


def _access(role: Role, party: str | None) -> str:
    return f"role {role}, party {party or 'all'}"


def changed_access(
    role: Role | None, party: str | Keep | None, password: str | None, disabled: bool | None
) -> str:
    """Return in words what is different about somebody's access; empty if nothing is."""
    told = []
    if role is not None:
        told.append(f"role {role}")
    if party is not Keep.AS_IS:
        told.append(f"party {party or 'all'}")
    if password is not None:
        told.append("a new password")
    if disabled is not None:
        told.append("shut out" if disabled else "let in again")
    return ", ".join(told)


@router.get("/people/comings")
def comings(
    request: Request, _person: Administering, limit: Annotated[int | None, Query(ge=1)] = None
) -> Answer:
    """Give who signed in, out, or was refused, the latest first."""
    most = service_of(request).settings.audit_rows_max
    listed = service_of(request).accounts.remembered(min(limit or most, most))
    return {"ok": True, "result": {"comings": listed}}


@router.get("/tokens")
def tokens(request: Request) -> Answer:
    """Give one's own tokens; whoever administers sees all."""
    person = require(request, Right.READ)
    own = None if person.may(Right.ADMINISTER) else person.name
    return {"ok": True, "result": {"tokens": service_of(request).accounts.tokens(own)}}


@router.post("/tokens", status_code=201)
def add_token(
    request: Request, view: Annotated[View, Depends(changing(Right.READ))], given: NewToken
) -> Answer:
    """Make a token; its value is shown this once.

    A token makes no other, unless it has the right to administer: it could renew itself for ever.
    """
    person, wanted = view.person, frozenset(given.rights)
    owner = given.person or person.name
    if owner != person.name or is_by_token(request):
        require(request, Right.ADMINISTER)
    elif wanted - person.rights:
        listed = ", ".join(sorted(map(str, wanted - person.rights)))
        raise NotAllowedError(f"{owner} cannot give a token {listed}")
    rights = " ".join(sorted(map(str, wanted)))
    value = service_of(request).accounts.add_token(
        owner,
        given.title,
        wanted,
        given.days,
        _note(service_of(request), view, "access-token", owner, f"{rights} for {given.days} days"),
    )
    return {"ok": True, "result": {"token": value}}


@router.delete("/tokens/{token}")
def revoke_token(
    request: Request,
    view: Annotated[View, Depends(changing(Right.READ))],
    token: Annotated[str, Path(max_length=40)],
) -> Answer:
    """End a token."""
    person = view.person
    own = None if person.may(Right.ADMINISTER) else person.name
    note = _note(service_of(request), view, "access-token-ended", person.name, f"token {token}")
    service_of(request).accounts.revoke_token(token, own, note)
    return {"ok": True, "result": {"token": token}}


def _note(service: Service, view: View, what: str, subject: str, statement: str) -> Note:
    """Return what writes into the ledger who changed whose access."""

    def note() -> None:
        time = instant_text(instant_us(service.clock().isoformat()))
        mark = service.token_bytes(6).hex()
        event = access_event(view.person.name, what, subject, statement, time=time, mark=mark)
        view.desk.append(view.person, [event])

    return note


# Coming in and going out: plain pages with a strict policy and no script


@doors.get("/sign-in")
def sign_in_page(request: Request, target: NextQuery = "/") -> Response:
    """Show the form for signing in."""
    service = service_of(request)
    if not service.settings.sign_in:
        return RedirectResponse("/", 303)
    return sign_in_again(request, target, "", 200)


@doors.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=1_000)],
    target: Annotated[str, Form(alias="next", max_length=2_000)] = "/",
) -> Response:
    """Open a session for whoever knows the password; an earlier session of the browser ends."""
    check_origin(request)
    service = service_of(request)
    address = request.client.host if request.client else "unknown"
    try:
        person = service.accounts.check_password(name.strip(), password, address)
        secret = service.accounts.start_session(person)[0]
        return opened(request, service, secret, target)
    except (NotSignedInError, TooManyError) as error:
        service.metrics.failed_sign_ins.inc()
        status = 429 if isinstance(error, TooManyError) else 401
        return sign_in_again(request, target, str(error), status)
    except StoreError:
        return sign_in_again(request, target, "too many at once: try again in a moment", 503)


def opened(request: Request, service: Service, secret: str, target: str) -> RedirectResponse:
    """Return the response that opens a session in the browser and leads on."""
    cookie = session_cookie(service.settings)
    earlier = request.cookies.get(cookie)
    if earlier:
        service.accounts.end_session(earlier)
    response = RedirectResponse(local_path(target), 303)
    response.set_cookie(
        cookie,
        secret,
        max_age=service.settings.session_life_s,
        httponly=True,
        samesite="lax",
        secure=service.settings.is_secure,
        path="/",
    )
    return response


@doors.post("/sign-out")
def sign_out(
    request: Request, csrf_token: Annotated[str | None, Form(max_length=100)] = None
) -> Response:
    """End the session."""
    check_csrf(request, csrf_token)
    caller, service = caller_of(request), service_of(request)
    cookie = session_cookie(service.settings)
    secret = request.cookies.get(cookie)
    if secret:
        service.accounts.end_session(secret)
        if caller is not None:
            address = request.client.host if request.client else "unknown"
            service.accounts.remember("signed out", caller.person.name, address)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(
        cookie, path="/", secure=service.settings.is_secure, httponly=True, samesite="lax"
    )
    # What the pages had in this browser goes too.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@doors.get("/settings")
def settings(
    target: NextQuery = "/",
    theme: Annotated[str | None, Query(max_length=10)] = None,
    language: Annotated[str | None, Query(max_length=10)] = None,
) -> Response:
    """Keep a choice of looks or language in the browser, and lead back."""
    response = RedirectResponse(local_path(target), 303)
    for key, value in (("theme", theme), ("language", language)):
        if value is None:
            continue
        if value not in PREFERENCES[key]:
            raise NotFoundError(f"there is no {key} {value!r}")
        response.set_cookie(f"oreline_{key}", value, max_age=_YEAR_S, samesite="lax", path="/")
    return response


def local_path(target: str) -> str:
    """Return a path on this server, "/" for anything that would lead elsewhere.

    >>> local_path("/lots?search=a"), local_path("https://elsewhere.example/"), local_path("//x")
    ('/lots?search=a', '/', '/')
    """
    parts = urlsplit(target)
    is_local = not parts.scheme and not parts.netloc and target.startswith("/")
    if not is_local or target.startswith(("//", "/\\")) or any(ord(c) < 32 for c in target):
        return "/"
    return target


def _translate(request: Request) -> Callable[[str], str]:
    """Return what translates a message for this browser; the pages bring their catalogue along."""
    given = request.scope.get("oreline.translator")
    return (lambda message: message) if given is None else given(_language(request))


def _language(request: Request) -> str:
    wanted = request.cookies.get("oreline_language", "")
    return wanted if wanted in PREFERENCES["language"] else "en"


def sign_in_again(request: Request, target: str, problem: str, status: int) -> HTMLResponse:
    """Show the form, with what went wrong if anything did."""
    service, t, language = service_of(request), _translate(request), _language(request)
    target, problem = local_path(target), t(problem) if problem else ""
    other = ""
    if service.settings.oidc is not None:
        link = f"/sign-in/provider?next={quote(target, safe='')}"
        title = html.escape(service.settings.oidc.title)
        words = html.escape(t("Sign in with"))
        other = f'<p><a class="btn quiet" href="{link}">{words} {title}</a></p>'
    told = f'<p class="wrong" role="alert">{html.escape(problem)}</p>' if problem else ""
    page = _PAGE.format(
        language=language,
        direction=DIRECTIONS.get(language, "ltr"),
        title=html.escape(t("Sign in")),
        chain=html.escape(service.desk.chain_title),
        name=html.escape(t("Name")),
        password=html.escape(t("Password")),
        submit=html.escape(t("Sign in")),
        next=html.escape(target, quote=True),
        told=told,
        other=other,
    )
    headers = {"Content-Security-Policy": PLAIN_POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(page, status, headers)


PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""The policy of pages that are plain documents: no script at all."""
_PAGE = (
    '<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>{title} · oreline</title><link rel="icon" href="data:,">'
    '<link rel="stylesheet" href="/static/parts.css"><link rel="stylesheet" '
    'href="/static/plain.css"></head><body><main class="door"><p class="brand">oreline</p>'
    '<h1>{title}</h1><p class="lead">{chain}</p>{told}<form method="post" action="/sign-in">'
    '<label for="name">{name}</label><input id="name" name="name" autocomplete="username" '
    'required autofocus><label for="password">{password}</label><input id="password" '
    'name="password" type="password" autocomplete="current-password" required>'
    '<input type="hidden" name="next" value="{next}"><button class="btn">{submit}</button></form>'
    "{other}</main></body></html>"
)
