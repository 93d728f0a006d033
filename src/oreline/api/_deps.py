"""What the addresses of the API have in common: who asks, of which moment, in which form."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, model_validator

from oreline.api._people import Person, Right
from oreline.api._service import CSRF_HEADER, SAFE_METHODS, check_csrf, require, service_of
from oreline.api._views import View
from oreline.record import instant_us

AsOf = Annotated[
    str | None,
    Query(
        description="Only what had happened by a day (2025-09-01) or a moment "
        "(2025-09-01T06:00:00Z).",
        max_length=40,
    ),
]
KnownAt = Annotated[
    str | None,
    Query(
        description="Only what had been recorded by a day or moment, or the first N events.",
        max_length=40,
    ),
]
Symbol = Annotated[
    str, Query(description="The element, or an aggregate assayed as such (TREO).", max_length=20)
]


Answer = dict[str, Any]


class Given(BaseModel):
    """What a request gives as JSON: the fields that are known, as text that can be written."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _can_be_written(cls, given: Any) -> Any:
        # JSON can hold half of a surrogate pair, which no file and no answer can.
        if not isinstance(given, dict):
            return given
        try:
            json.dumps(given, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ValueError("has text that UTF-8 cannot write") from error
        return given


def viewing(right: Right) -> Callable[..., View]:
    """Return what gives an address the view of whoever asks, if they have a right."""

    def person_with_right(request: Request) -> Person:
        return require(request, right)

    # First of all who asks: strangers are not even told what is wrong with their questions.
    def view(
        request: Request,
        as_of: AsOf = None,
        known_at: KnownAt = None,
        person: Person = Depends(person_with_right),  # noqa: B008 - the name is a local one
    ) -> View:
        return service_of(request).desk.view(person, as_of, known_at)

    return view


def changing(right: Right) -> Callable[..., View]:
    """Return the same for an address that writes: the request must come from our own pages."""

    def view(request: Request) -> View:
        if request.method not in SAFE_METHODS:
            check_csrf(request, request.headers.get(CSRF_HEADER))
        person = require(request, right)
        return service_of(request).desk.view(person)

    return view


Reading = Annotated[View, Depends(viewing(Right.READ))]
Signing = Annotated[View, Depends(changing(Right.AUDIT))]
Recording = Annotated[View, Depends(changing(Right.RECORD))]
Deciding = Annotated[View, Depends(changing(Right.DECIDE))]
Publishing = Annotated[View, Depends(changing(Right.PUBLISH))]
Asking = Annotated[View, Depends(changing(Right.READ))]
"""For questions that are too large for an address: they write nothing, but come as POST."""


def told(view: View, result: Any) -> dict[str, Any]:
    """Return an answer with the ledger that it is of."""
    ledger = view.reading.ledger
    return {
        "ok": True,
        "result": result,
        "ledger": {
            "id": ledger.header.id,
            "tense": ledger.header.tense,
            "size": ledger.size,
            "root": ledger.root.hex(),
            "as_of": ledger.as_of,
            "known_at": ledger.known_at,
        },
    }


def now_us(request: Request) -> int:
    """Return the time of the server's clock."""
    return instant_us(service_of(request).clock().isoformat())


def fresh_mark(request: Request) -> str:
    """Return text that makes the id of a new event unique."""
    return service_of(request).token_bytes(6).hex()
