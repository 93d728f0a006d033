"""Prices beside what reports say: what pages and programs ask of the market view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from oreline.api._market_desk import market_of_view
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.api._watching import watched_of
from oreline.model import InputError

if TYPE_CHECKING:
    from oreline.watch import EventStudy, Market, MarketSeries, Watched

PRICES_MAX: Final = 20_000
"""How many prices one answer holds; a table has all of them."""


@dataclass(frozen=True, slots=True)
class StudyQuestion:
    """Which study is asked for."""

    claim: str
    index: str = ""
    series: str = ""
    first: date | None = None
    last: date | None = None
    model: str = ""
    windows: tuple[str, ...] = ()
    estimation: int = 120
    gap: int = 5
    returns: str = "simple"
    known_at: date | None = None


def watch_market(view: View, known_at: date | None = None) -> dict[str, Any]:
    """Return the series, the companies by stage, and claimed moves against closes.

    Raises
    ------
    NotFoundError
        If this person is shown no prices.
    """
    from oreline.watch import portfolio

    found, settings = market_of_view(view)
    held = portfolio(settings.portfolio, found, _reports(view), known_at)
    return {**found.to_json(known_at), "portfolio": held.to_json()}


def _reports(view: View) -> Watched | None:
    try:
        return watched_of(view)
    except NotFoundError:
        return None


def watch_series(view: View, name: str) -> MarketSeries:
    """Return one series, by its id, ticker or company.

    Raises
    ------
    NotFoundError
        If there is none for this person.
    """
    found = market_of_view(view)[0].find(name)
    if found is None:
        raise NotFoundError(f"no series here is called {name!r}")
    return found


def watch_history(
    view: View,
    name: str,
    start: date | None = None,
    end: date | None = None,
    known_at: date | None = None,
) -> dict[str, Any]:
    """Return the prices of a series, as known on a day.

    Raises
    ------
    NotFoundError
        If there is none for this person.
    """
    series = watch_series(view, name)
    rows = series.history(start, end, known_at)
    columns = [one for one in rows.columns if one not in ("Currency", "Unit", "Basis", "Source")]
    told = rows.select(columns).tail(PRICES_MAX)
    return {
        **series.to_json(),
        "total": rows.height,
        "prices": [
            {key: value.isoformat() if isinstance(value, date) else value
             for key, value in row.items()}
            for row in told.iter_rows(named=True)
        ],
    }  # fmt: skip


def watch_series_svg(
    view: View, name: str, start: date | None = None, known_at: Sequence[date] = ()
) -> str:
    """Return a picture of a series, as last published and as known on earlier days."""
    from oreline.watch import series_picture

    return series_picture(watch_series(view, name), start, known_at).to_svg()


def watch_study(view: View, question: StudyQuestion) -> dict[str, Any]:
    """Return what a price did around a claim's days."""
    return watch_studied(view, question).to_json()


def watch_study_svg(view: View, question: StudyQuestion) -> str:
    """Return the picture of a study."""
    from oreline.watch import study_picture

    return study_picture(watch_studied(view, question)).to_svg()


def watch_studied(view: View, question: StudyQuestion) -> EventStudy:
    """Return the study of a claim.

    Raises
    ------
    NotFoundError
        If this person is shown no reports or no prices.
    InputError
        If there is no such claim or series, or the prices do not allow the study.
    """
    from oreline.watch import study_claim, study_rules

    market: Market = market_of_view(view)[0]
    days = None
    if (question.first is None) != (question.last is None):
        raise InputError("first and last go together")
    if question.first is not None and question.last is not None:
        days = question.first, question.last
    return study_claim(
        watched_of(view),
        market,
        question.claim,
        index=question.index or None,
        series=question.series or None,
        days=days,
        rules=study_rules(
            question.model or ("market" if question.index else "mean"),
            question.windows,
            estimation=question.estimation,
            gap=question.gap,
            returns=question.returns,
        ),
        known_at=question.known_at,
    )
