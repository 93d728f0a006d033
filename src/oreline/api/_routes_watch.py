"""The addresses of the reports that a server watches. Those of other parts of the verb hang in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from oreline.api import _answers_watch as watch
from oreline.api import _routes_watch_acts, _routes_watch_market
from oreline.api._deps import Answer, Reading, told
from oreline.api._files import FileForm, file_name, frame_file
from oreline.api._service import service_of

router = APIRouter()
Known = Annotated[
    date | None, Query(description="Only what had been published by this day (2025-10-04).")
]
Kind = Annotated[str, Query(description="A kind of claim, such as deal.", max_length=20)]
Verdict = Annotated[str, Query(description="agreed, differs or single.", max_length=20)]
OneEvent = Annotated[str, Query(alias="id", description="The id of the event.", max_length=40)]
OneReport = Annotated[str, Query(description="The name of the report.", max_length=400)]
Limit = Annotated[int | None, Query(ge=1, description="How many at most.")]


def _limit(request: Request, wanted: int | None) -> int:
    settings = service_of(request).settings
    return min(wanted or settings.page_rows_default, settings.page_rows_max)


@router.get("/watch", tags=["watch"])
def summary(view: Reading, day: Known = None) -> Answer:
    """Give how many reports, claims and events there are, and what is wrong with files."""
    return told(view, watch.watch_summary(view, day))


@router.get("/watch/reports", tags=["watch"])
def reports(view: Reading, day: Known = None) -> Answer:
    """Give every report: outlet, wire and issuer, its day, its hash, and which share a text."""
    return told(view, watch.watch_reports(view, day))


@router.get("/watch/report", tags=["watch"])
def report(view: Reading, name: OneReport) -> Answer:
    """Give one report with its text and the characters on which each claim rests."""
    return told(view, watch.watch_report(view, name))


@router.get("/watch/events", tags=["watch"])
def events(
    view: Reading,
    kind: Kind = "",
    verdict: Verdict = "",
    day: Known = None,
    ledger: Annotated[
        str, Query(description="The gravest verdict beside the ledger.", max_length=20)
    ] = "",
) -> Answer:
    """Give the events: what reports agree on, where they differ, what only one of them says."""
    return told(view, watch.watch_events(view, kind, verdict, day, ledger))


@router.get("/watch/event", tags=["watch"])
def event(view: Reading, identity: OneEvent, day: Known = None) -> Answer:
    """Give one event with its reports side by side and the sentence behind each claim."""
    return told(view, watch.watch_event(view, identity, day))


def claims_asked(
    kind: Kind = "",
    verdict: Verdict = "",
    status: Annotated[str, Query(description="A step of its ladder.", max_length=40)] = "",
    report: Annotated[str, Query(description="Only of this report.", max_length=400)] = "",
    outlet: Annotated[str, Query(description="Only of this outlet.", max_length=200)] = "",
    name: Annotated[
        str, Query(description="A party, place or mineral that the claim names.", max_length=200)
    ] = "",
    text: Annotated[str, Query(description="Words of its sentence.", max_length=200)] = "",
    since: Annotated[date | None, Query(description="Published on this day or later.")] = None,
    until: Annotated[date | None, Query(description="Published on this day or before.")] = None,
    day: Known = None,
) -> watch.ClaimQuestion:
    """Return which claims an address asks for."""
    return watch.ClaimQuestion(kind, verdict, status, report, outlet, name, text, since, until, day)


Asked = Annotated[watch.ClaimQuestion, Depends(claims_asked)]


@router.get("/watch/claims", tags=["watch"])
def claims(
    request: Request,
    view: Reading,
    question: Asked,
    limit: Limit = None,
    at: Annotated[int, Query(ge=0, description="How many come before.")] = 0,
) -> Answer:
    """Give claims, each with its sentence, its source, its rule and the verdict on its event."""
    most = _limit(request, limit)
    return told(view, watch.watch_claims(view, question, limit=most, at=at))


@router.get("/watch/claims.{form}", tags=["watch"], response_class=Response)
def claims_file(view: Reading, form: FileForm, question: Asked) -> Response:
    """Give the same claims as a table, all of them."""
    frame = watch.watch_claims_frame(view, question)
    return frame_file(frame, file_name("claims", question.kind, question.verdict), form)


@router.get("/watch/entities", tags=["watch"])
def entities(view: Reading, day: Known = None) -> Answer:
    """Give who is who, with a score and its reason; new names are proposed, never created."""
    return told(view, watch.watch_entities(view, day))


@router.get("/watch/timeline", tags=["watch"])
def timeline(view: Reading, day: Known = None, kind: Kind = "") -> Answer:
    """Give events by the days on which they happened, each with the day it was published."""
    return told(view, watch.watch_timeline(view, day, kind))


@router.get("/watch/timeline.{form}", tags=["watch"], response_class=Response)
def timeline_file(view: Reading, form: FileForm, day: Known = None) -> Response:
    """Give the timeline as a table, one row for each sentence."""
    name = file_name("timeline", "" if day is None else day.isoformat())
    return frame_file(watch.watch_line(view, day).to_frame(), name, form)


@router.get("/watch/timeline/chart.svg", tags=["watch"], response_class=Response)
def timeline_chart(view: Reading, day: Known = None) -> Response:
    """Give the timeline as a picture for a brief: when it happened, when it was published."""
    return Response(watch.watch_svg(view, day), media_type="image/svg+xml")


@router.get("/watch/gaps", tags=["watch"])
def gaps(
    view: Reading,
    event: Annotated[str, Query(description="Only of this event.", max_length=40)] = "",
    day: Known = None,
) -> Answer:
    """Give what no report states, although the model needs it, and the paper that would."""
    return told(view, watch.watch_gaps(view, event, day))


@router.get("/watch/gaps.{form}", tags=["watch"], response_class=Response)
def gaps_file(view: Reading, form: FileForm, day: Known = None) -> Response:
    """Give the same as a table, one row for each thing needed."""
    return frame_file(watch.watch_gaps_of(view, day).to_frame(), file_name("gaps"), form)


@router.get("/watch/claim", tags=["watch"])
def claim(
    view: Reading,
    identity: Annotated[
        str, Query(alias="id", description="The id of a claim, or how it begins.", max_length=40)
    ],
    day: Known = None,
) -> Answer:
    """Give why a claim is made: its characters, its rule, how its days were reached."""
    return told(view, watch.watch_claim(view, identity, day))


@router.get("/watch/search", tags=["watch"])
def search(
    request: Request,
    view: Reading,
    words: Annotated[
        str,
        Query(
            alias="q",
            description='All must be there; "a phrase", a beginning* and -unwanted work too.',
            max_length=400,
        ),
    ],
    kinds: Annotated[
        list[str],
        Query(alias="kind", description="report, claim, evidence or event.", max_length=4),
    ] = [],  # noqa: B006 - FastAPI copies it
    limit: Limit = None,
) -> Answer:
    """Find words in reports, claims, evidence and events of the ledger, best first."""
    return told(view, watch.watch_search(view, words, kinds, limit=_limit(request, limit)))


@router.get("/watch/export/{form}", tags=["watch"], response_class=Response)
def export(view: Reading, form: Literal["ftm", "prov"]) -> Response:
    """Give reports, claims and events as FollowTheMoney entities (JSON lines) or as PROV-O."""
    kind, suffix = {
        "ftm": ("application/x-ndjson", "ftm.json"),
        "prov": ("application/ld+json", "prov.jsonld"),
    }[form]
    headers = {"Content-Disposition": f'attachment; filename="reports.{suffix}"'}
    return Response(watch.watch_export(view, form), media_type=kind, headers=headers)


ROUTERS = (router, _routes_watch_acts.router, _routes_watch_market.router)
"""The routers of the verb, one for each of its parts."""
