"""The addresses of what people do with claims: attach them, hold them against the ledger, tell."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field

from oreline.api import _answers_record as record
from oreline.api import _answers_watch_acts as acts
from oreline.api._deps import (
    Answer,
    Deciding,
    Given,
    Reading,
    Recording,
    fresh_mark,
    now_us,
    told,
)

router = APIRouter()
DIGEST_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The digest has a style of its own and nothing else: no script, picture or form."""


class Attachment(Given):
    """Which claim, to what, and why."""

    claim: str = Field(min_length=4, max_length=40)
    to: str = Field(min_length=3, max_length=160)
    note: str = Field(default="", max_length=2_000)


class NamesJudged(Given):
    """Two names, and whether they are of one or of two."""

    first: str = Field(min_length=1, max_length=300)
    second: str = Field(min_length=1, max_length=300)
    verdict: Literal["same", "different"]
    note: str = Field(default="", max_length=2_000)


@router.get("/watch/against", tags=["watch"])
def against(
    view: Reading,
    event: Annotated[
        str, Query(alias="id", description="Only this event of reports.", max_length=40)
    ] = "",
) -> Answer:
    """Say how claims stand to the ledger: agrees, contradicts, more, not in it, or UNKNOWN."""
    return told(view, acts.watch_against(view, event))


@router.get("/watch/attached", tags=["watch"])
def attached(
    view: Reading,
    to: Annotated[
        str, Query(description="Only what is attached to this, as lot:ID.", max_length=160)
    ] = "",
) -> Answer:
    """List the claims that people attached, and how the rules read their sentences now."""
    return told(view, acts.watch_attached(view, to))


@router.post("/watch/attachments", tags=["watch"], status_code=201)
def attach(request: Request, response: Response, view: Recording, given: Attachment) -> Answer:
    """Attach a claim to a lot, party, site, phase or event; a second time writes nothing."""
    found = acts.claim_attachment(view, given.claim, given.to, given.note)
    if not isinstance(found, dict):
        response.status_code = 200
        return told(view, {"appended": 0, "already": found.to_json()})
    ready = record.named(view, found, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.get("/watch/judged", tags=["watch"])
def judged(view: Reading) -> Answer:
    """List what people judged of names: of one, or of two."""
    return told(view, acts.watch_judged(view))


@router.post("/watch/judgements", tags=["watch"], status_code=201)
def judge(request: Request, response: Response, view: Recording, given: NamesJudged) -> Answer:
    """Judge that two names are of one or of two; a second time writes nothing."""
    found = acts.name_judgement(view, given.first, given.second, given.verdict, given.note)
    if not isinstance(found, dict):
        response.status_code = 200
        return told(view, {"appended": 0, "already": found.to_json()})
    ready = record.named(view, found, now_us(request), fresh_mark(request))
    return told(view, record.appended(view, [ready]))


@router.get("/watch/alerts", tags=["watch"])
def alerts(
    view: Reading,
    everything: Annotated[
        bool, Query(alias="all", description="Also what was told before.")
    ] = False,
) -> Answer:
    """Give what the rules of watch.toml tell of and no digest has told yet."""
    return told(view, acts.watch_alerts(view, everything=everything))


@router.get("/watch/digest.html", tags=["watch"], response_class=HTMLResponse)
def digest_page(view: Reading) -> HTMLResponse:
    """Give what is new as one page, as it would be sent."""
    from oreline.watch import digest_html

    headers = {"Content-Security-Policy": DIGEST_POLICY}
    return HTMLResponse(digest_html(acts.watch_digest(view)), headers=headers)


@router.post("/watch/digest", tags=["watch"])
def digest(view: Deciding) -> Answer:
    """Send what is new to those whom watch.toml names."""
    return told(view, acts.send_digest(view))


@router.post("/watch/second-reading", tags=["watch"])
def second_reading(view: Deciding) -> Answer:
    """Ask the second reader of watch.toml: texts of reports are sent there, each once."""
    return told(view, acts.second_reading(view))
