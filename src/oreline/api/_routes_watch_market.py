"""The addresses of prices and event studies."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from oreline.api import _answers_watch_market as market
from oreline.api._deps import Answer, Reading, told
from oreline.api._files import FileForm, file_name, frame_file

router = APIRouter()
KnownAt = Annotated[
    date | None, Query(alias="day", description="Only what was published by this day.")
]
Series = Annotated[str, Query(description="A series: its id, ticker or company.", max_length=120)]
Start = Annotated[date | None, Query(description="Prices from this day on.")]
End = Annotated[date | None, Query(description="Prices up to this day.")]
Earlier = Annotated[
    list[date], Query(alias="day", description="Days on which it is shown as known.")
]


@router.get("/watch/market", tags=["watch"])
def prices(view: Reading, known_at: KnownAt = None) -> Answer:
    """Give the series of prices, the companies by stage, and claimed moves against closes."""
    return told(view, market.watch_market(view, known_at))


@router.get("/watch/market/history", tags=["watch"])
def history(
    view: Reading, series: Series, start: Start = None, end: End = None, known_at: KnownAt = None
) -> Answer:
    """Give the prices of one series, each with the day it was published."""
    return told(view, market.watch_history(view, series, start, end, known_at))


@router.get("/watch/market/history.{form}", tags=["watch"], response_class=Response)
def history_file(
    view: Reading,
    form: FileForm,
    series: Series,
    start: Start = None,
    end: End = None,
    known_at: KnownAt = None,
) -> Response:
    """Give the prices of one series as a table, each with currency, unit, basis and source."""
    found = market.watch_series(view, series)
    return frame_file(found.history(start, end, known_at), file_name("prices", found.id), form)


@router.get("/watch/market/chart.svg", tags=["watch"], response_class=Response)
def series_chart(
    view: Reading,
    series: Series,
    start: Start = None,
    known_at: Earlier = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Give a picture of one series, as last published and as known on earlier days."""
    return _svg(market.watch_series_svg(view, series, start, known_at))


def study_asked(
    claim: Annotated[str, Query(description="The id of a claim or an event.", max_length=80)],
    index: Annotated[str, Query(description="What it is compared with.", max_length=120)] = "",
    series: Annotated[str, Query(description="Another series.", max_length=120)] = "",
    first: Annotated[date | None, Query(description="Another first day of the event.")] = None,
    last: Annotated[date | None, Query(description="Another last day of the event.")] = None,
    model: Annotated[str, Query(description="market, mean or adjusted.", max_length=20)] = "",
    window: Annotated[
        list[str], Query(description="Days before and after, as -1:1.", max_length=20)
    ] = [],  # noqa: B006 - FastAPI copies it
    estimation: Annotated[int, Query(description="Trading days of the estimation.")] = 120,
    gap: Annotated[int, Query(description="Trading days between the two.")] = 5,
    returns: Annotated[str, Query(description="simple or log.", max_length=20)] = "simple",
    known_at: KnownAt = None,
) -> market.StudyQuestion:
    """Return which study an address asks for."""
    return market.StudyQuestion(
        claim, index, series, first, last, model, tuple(window), estimation, gap, returns, known_at
    )


Asked = Annotated[market.StudyQuestion, Depends(study_asked)]


@router.get("/watch/study", tags=["watch"])
def study(view: Reading, question: Asked) -> Answer:
    """Give what a price did around a claim's days beyond what it would have done anyhow."""
    return told(view, market.watch_study(view, question))


@router.get("/watch/study.{form}", tags=["watch"], response_class=Response)
def study_file(view: Reading, form: FileForm, question: Asked) -> Response:
    """Give the days of a study as a table."""
    found = market.watch_studied(view, question)
    return frame_file(found.to_frame(), file_name("study", found.series), form)


@router.get("/watch/study/chart.svg", tags=["watch"], response_class=Response)
def study_chart(view: Reading, question: Asked) -> Response:
    """Give the picture of a study: the cumulated abnormal return with its 95 % band."""
    return _svg(market.watch_study_svg(view, question))


def _svg(drawn: str) -> Response:
    return Response(drawn, media_type="image/svg+xml")
