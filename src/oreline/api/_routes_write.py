"""The addresses that write: events, corrections, decisions, files, signatures, publications."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Path, Query, Request, UploadFile
from pydantic import Field

from oreline.api import _answers_public as public
from oreline.api import _answers_record as record
from oreline.api._deps import (
    Answer,
    Deciding,
    Given,
    Publishing,
    Reading,
    Recording,
    fresh_mark,
    now_us,
    told,
)
from oreline.api._service import service_of
from oreline.model import LimitExceededError

router = APIRouter()
EVENTS_MAX = 10_000
"""How many events one request appends."""


class Events(Given):
    """Events as the reference page of events describes them; all are appended or none."""

    events: list[dict[str, Any]] = Field(min_length=1, max_length=EVENTS_MAX)


class Correction(Given):
    """Why an event is wrong, and either that it never happened or its fields as they should be."""

    reason: str = Field(min_length=1, max_length=2_000)
    void: bool = False
    changes: list[str] = Field(default=[], max_length=200)
    dry_run: bool = False


class Decision(Given):
    """Whether a held entry may count, and why."""

    decision: Literal["release", "reject"]
    statement: str | None = Field(default=None, max_length=2_000)


class Signing(Given):
    """For which party; who belongs to one signs for that."""

    party: str | None = Field(default=None, max_length=120)


class Publication(Given):
    """What is public of a lot from now on; an empty list takes it back."""

    aspects: list[str] = Field(max_length=20)


EventId = Annotated[str, Query(description="The id of the event.", max_length=120)]
Lot = Annotated[str, Query(description="The lot, as issuer:local.", max_length=130)]


@router.post("/events/check", tags=["record"])
def check_events(view: Recording, given: Events) -> Answer:
    """Say what an append would answer; nothing is written."""
    return told(view, record.tried(view, given.events))


@router.post("/events", tags=["record"], status_code=201)
def append_events(request: Request, view: Recording, given: Events) -> Answer:
    """Append events: all or none, idempotent by id."""
    answer = record.appended(view, given.events)
    service_of(request).metrics.appended.inc(answer["appended"])
    return told(view, answer)


@router.post("/event/corrections", tags=["record"], status_code=201)
def correct_event(request: Request, view: Recording, event: EventId, given: Correction) -> Answer:
    """Correct an event: the old one stays in the log, the correction says what counts."""
    draft = record.correction(view, event, given.reason, given.changes, void=given.void)
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    if given.dry_run:
        changes = record.consequences(view, ready)
        return told(view, {**record.tried(view, [ready]), "event": ready, "changes": changes})
    return told(view, record.appended(view, [ready]))


@router.post("/event/decisions", tags=["record"], status_code=201)
def decide_event(request: Request, view: Deciding, event: EventId, given: Decision) -> Answer:
    """Let a held entry count, or not; who decided is kept."""
    record.event(view, event)
    body = {"type": "decision", "subject": event, "decision": given.decision}
    if given.statement:
        body["statement"] = given.statement
    draft = {"schema": "attest/1", "body": body}
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/event/signatures", tags=["record"], status_code=201)
def sign_event(request: Request, view: Recording, event: EventId, given: Signing) -> Answer:
    """Sign a dispatch or receipt for one of its two parties."""
    draft = record.signature(view, event, given.party)
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.post("/uploads", tags=["record"])
def check_upload(
    request: Request,
    view: Recording,
    file: Annotated[UploadFile, File(description="Events as .csv, .xlsx, .parquet or .jsonl.")],
    mapping: Annotated[str | None, Form(max_length=200_000)] = None,
) -> Answer:
    """Read a file of events and say all that is wrong with it, each at its cell."""
    service = service_of(request)
    limit = service.settings.upload_bytes_max
    data = file.file.read(limit + 1)
    if len(data) > limit:
        raise LimitExceededError(f"the file is larger than upload_bytes_max = {limit} bytes")
    name = file.filename or "file"
    return told(view, record.checked_upload(view, service.accounts, name, data, mapping))


@router.post("/uploads/{upload}/commit", tags=["record"], status_code=201)
def commit_upload(
    request: Request, view: Recording, upload: Annotated[str, Path(max_length=80)]
) -> Answer:
    """Append the events of a checked file: all or none."""
    service = service_of(request)
    answer = record.committed_upload(view, service.accounts, upload)
    service.metrics.appended.inc(answer["appended"])
    return told(view, answer)


@router.get("/lot/publication", tags=["public"])
def publication_of(view: Reading, lot: Lot) -> Answer:
    """Give what is public of a lot."""
    return told(view, public.published(view, lot))


@router.put("/lot/publication", tags=["public"])
def publish(request: Request, view: Publishing, lot: Lot, given: Publication) -> Answer:
    """Make these aspects of a lot public, and no others."""
    draft = public.publication(view, lot, given.aspects)
    ready = record.named(view, draft, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.get("/public/lot", tags=["public"])
def public_lot(request: Request, lot: Lot) -> Answer:
    """Give what the owner of a lot has made public; needs no sign-in."""
    return {"ok": True, "result": public.public_lot(service_of(request).desk, lot)}
