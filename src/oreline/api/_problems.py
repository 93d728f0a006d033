"""Errors as the API says them: problem details for HTTP (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from oreline.model import (
    InputError,
    LedgerError,
    LimitExceededError,
    LoopError,
    OrelineError,
    StoreError,
    UnitError,
    VerificationError,
)

MEDIA_TYPE = "application/problem+json"
TYPES = "https://oreline.example/problems/"
"""Where the types of problems are named; docs/reference/api.md describes each."""


class NotFoundError(InputError):
    """What is asked for does not exist, or is not for this person: the two look the same."""


class NotSignedInError(OrelineError):
    """Nobody is signed in, or the token is not valid."""


class NotAllowedError(OrelineError):
    """The person lacks a right, or the request did not come from our own pages."""


class ProviderError(StoreError):
    """The OpenID Connect provider cannot be reached, or says what cannot be used of itself."""


class TooManyError(LimitExceededError):
    """Too many tries; the message says how long to wait."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, in the members of RFC 9457 and with findings as oreline lists them."""

    status: int
    kind: str
    title: str
    detail: str
    findings: tuple[Mapping[str, str], ...] = ()

    def to_json(self, instance: str) -> dict[str, Any]:
        """Return the problem as it is sent; ``instance`` is the path that was asked."""
        return {
            "type": f"{TYPES}{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "findings": list(self.findings),
        }


_KINDS: Sequence[tuple[type[OrelineError], int, str, str]] = (
    (NotFoundError, 404, "not-found", "There is no such thing here"),
    (NotSignedInError, 401, "not-signed-in", "Sign in first"),
    (NotAllowedError, 403, "not-allowed", "You may not do this"),
    (TooManyError, 429, "too-many", "Too many tries"),
    (UnitError, 422, "unit", "A unit is missing or wrong"),
    (InputError, 422, "input", "This cannot be understood"),
    (LedgerError, 409, "refused", "The ledger refuses this"),
    (VerificationError, 422, "not-verified", "This does not verify"),
    (LoopError, 422, "loop", "Nothing enters or leaves a loop"),
    (LimitExceededError, 413, "limit", "A limit was reached"),
    (StoreError, 503, "store", "The ledger cannot be reached"),
)
"""The first kind that fits holds."""
STATUSES = {
    400: ("malformed", "The request is malformed"),
    404: ("not-found", "There is no such thing here"),
    405: ("method", "This method is not for this address"),
    413: ("limit", "The request is too large"),
    415: ("media-type", "This kind of content is not understood"),
    421: ("host", "This server does not answer to that name"),
}


def problem_of(error: OrelineError) -> Problem:
    """Return an error of the domain as a problem."""
    findings = tuple(found.to_json() for found in getattr(error, "findings", ()))
    detail = str(error.args[0]) if error.args else str(error)
    for kind, status, name, title in _KINDS:
        if isinstance(error, kind):
            return Problem(status, name, title, detail, findings)
    return Problem(422, "input", "This cannot be answered", detail, findings)


class ProblemResponse(Response):
    """A problem as it is sent.

    Findings repeat what was given, which may be text that UTF-8 cannot write; so it is escaped.
    """

    media_type = MEDIA_TYPE

    def __init__(self, problem: Problem, path: str) -> None:
        headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else None
        super().__init__(json.dumps(problem.to_json(path)), problem.status, headers)


def problem_response(problem: Problem, request: Request) -> ProblemResponse:
    """Return the response for a problem."""
    return ProblemResponse(problem, request.url.path)


def add_handlers(app: FastAPI) -> None:
    """Make every error of the application a problem."""

    def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, OrelineError)
        return problem_response(problem_of(error), request)

    def theirs(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind, title = STATUSES.get(error.status_code, ("http", "The request failed"))
        return problem_response(Problem(error.status_code, kind, title, str(error.detail)), request)

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        findings = tuple(_finding(item) for item in error.errors())
        detail = f"{len(findings)} of what was given cannot be used"
        problem = Problem(422, "input", "This cannot be understood", detail, findings)
        return problem_response(problem, request)

    app.add_exception_handler(OrelineError, ours)
    app.add_exception_handler(HTTPException, theirs)
    app.add_exception_handler(RequestValidationError, invalid)


def _finding(item: Mapping[str, Any]) -> dict[str, str]:
    where = " ".join(str(part) for part in item.get("loc", ()))
    return {
        "code": "ORL-0700",
        "severity": "fatal",
        "where": where,
        "message": str(item.get("msg", "not valid")),
        "fix": "see the parameters of this address in the API's own description",
    }
