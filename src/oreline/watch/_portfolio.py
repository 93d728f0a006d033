"""The portfolio: companies of the chain by stage, their prices, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from oreline.watch._companies import STAGES, Company, companies, company_of
from oreline.watch._market import Market
from oreline.watch._market_settings import PortfolioTable
from oreline.watch._names import normal_name
from oreline.watch._price_checks import PriceCheck, price_checks, spoken_of
from oreline.watch._series import MarketSeries
from oreline.watch._tickers import ticker_of

if TYPE_CHECKING:
    import polars as pl

    from oreline.watch._watched import Watched

ALERT_PCT: Final = 10.0
"""From which move of a day on a company is told of, where the portfolio does not say."""
STALE_DAYS: Final = 10
"""A last price that is older than this, against the newest of all, is marked."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One company of the portfolio.

    Attributes
    ----------
    change_pct, month_pct
        From the close before, and from the close 21 trading days before; None where not known.
    alert
        What its last move calls for, empty if nothing.
    events
        The events that are said of it, by id.
    why_not
        Why there is no price.
    """

    id: str
    name: str
    stage: str
    stages: tuple[str, ...]
    ticker: str
    numbers: tuple[tuple[str, str], ...]
    series: str | None
    day: date | None
    close: str | None
    currency: str
    change_pct: float | None
    month_pct: float | None
    alert: str
    events: tuple[str, ...]
    checks: tuple[PriceCheck, ...]
    why_not: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "stage": self.stage,
            "stages": list(self.stages),
            "ticker": self.ticker,
            "numbers": dict(self.numbers),
            "series": self.series,
            "day": None if self.day is None else self.day.isoformat(),
            "close": self.close,
            "currency": self.currency,
            "change_pct": self.change_pct,
            "month_pct": self.month_pct,
            "alert": self.alert,
            "events": list(self.events),
            "checks": [one.to_json() for one in self.checks],
            "why_not": self.why_not,
        }


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The companies by stage, from the ground on, and every check of a claimed move."""

    holdings: tuple[Holding, ...]
    checks: tuple[PriceCheck, ...]
    is_shipped: bool
    """Whether it is the shipped list, because the chain names no portfolio."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "is_shipped": self.is_shipped,
            "holdings": [one.to_json() for one in self.holdings],
            "checks": [one.to_json() for one in self.checks],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return the companies as a table."""
        import polars as pl

        columns = ("stage", "name", "ticker", "day", "close", "currency", "change_pct",
                   "month_pct", "alert", "why_not")  # fmt: skip
        floats = {"change_pct", "month_pct"}
        rows = [
            {
                **{name: one.to_json()[name] for name in columns},
                "claims": len(one.events),
                **{key: dict(one.numbers).get(key, "") for key in ("lei", "cik")},
            }
            for one in self.holdings
        ]
        kinds = {name: pl.Float64 if name in floats else pl.String for name in columns}
        return pl.DataFrame(
            rows, schema={**kinds, "claims": pl.Int64, "lei": pl.String, "cik": pl.String}
        )


def portfolio(
    entries: Sequence[PortfolioTable],
    market: Market,
    watched: Watched | None = None,
    known_at: date | None = None,
) -> Portfolio:
    """Give the companies of a portfolio with their last price and what is said of them.

    Without entries all companies that are shipped are taken, those with a price or a claim first.
    A company stands at its main stage; where else it works is told beside it.
    """
    asked = list(entries) or [_entry(one) for one in companies()]
    checks = () if watched is None else price_checks(watched, market)
    said = {} if watched is None else spoken_of(watched.claims)
    found = [_holding(entry, market, _Said(watched, said, checks), known_at) for entry in asked]
    newest = max((one.day for one in found if one.day is not None), default=None)
    told = [_stale(one, newest) for one in found]
    told.sort(key=lambda one: (STAGES.index(one.stage), one.series is None, one.name.casefold()))
    return Portfolio(tuple(told), checks, not entries)


def _entry(one: Company) -> PortfolioTable:
    return PortfolioTable(company=one.id, alert_pct=ALERT_PCT)


@dataclass(frozen=True, slots=True)
class _Said:
    """What reports say: all of it, whom each claim names, and the checks of moves."""

    watched: Watched | None
    named: Mapping[str, frozenset[str]]
    checks: Sequence[PriceCheck]

    def events(self, names: frozenset[str]) -> tuple[str, ...]:
        if self.watched is None:
            return ()
        return tuple(
            event.id
            for event in self.watched.events
            if any(self.named[claim.id] & names for claim in event.claims)
        )


def _holding(entry: PortfolioTable, market: Market, said: _Said, known_at: date | None) -> Holding:
    known = company_of(entry.company)
    papers = [] if known is None else list(known.listings)
    own = None if entry.ticker is None else ticker_of(entry.ticker)
    papers = papers if own is None else [own, *papers]
    name = known.name if known is not None else entry.company
    stages = known.stages if known is not None else ()
    stage = entry.stage or stages[0]
    series = market.find(entry.series) if entry.series else None
    for paper in papers:
        series = series or market.find(paper)
    spoken = (name, *(known.names if known else ()), *map(str, papers))
    names = frozenset({*map(normal_name, spoken), known.id if known is not None else name})
    day, close, change, month = _moves(series, known_at)
    alert = ""
    if change is not None and abs(change) >= entry.alert_pct:
        alert = f"moved {change:+.1f} % on {day}, {entry.alert_pct:g} % is told of"
    why = ""
    if series is None:
        why = "it is not listed" if not papers else "no price file of it is given"
    elif close is None:
        why = "no price is known by then"
    return Holding(
        known.id if known is not None else name,
        name,
        stage,
        stages or (stage,),
        str(papers[0]) if papers else "",
        known.numbers if known is not None else (),
        None if series is None else series.id,
        day,
        close,
        "" if series is None else series.terms.currency,
        change,
        month,
        alert,
        said.events(names),
        tuple(one for one in said.checks if said.named[one.claim.id] & names),
        why,
    )


def _moves(
    series: MarketSeries | None, known_at: date | None
) -> tuple[date | None, str | None, float | None, float | None]:
    """Return the last day, its close, and the changes in percent over a day and a month."""
    if series is None:
        return None, None, None, None
    rows = series.known(known_at).drop_nulls("Close")
    if not rows.height:
        return None, None, None, None
    prices = series.closes(known_at)["Price"]
    now = prices[-1]

    def change(back: int) -> float | None:
        return None if len(prices) <= back else round((now / prices[-1 - back] - 1) * 100, 4)

    return rows["Date"][-1], rows["Told"][-1], change(1), change(21)


def _stale(one: Holding, newest: date | None) -> Holding:
    """Mark a price that is much older than the newest of the portfolio."""
    if one.day is None or newest is None or (newest - one.day).days <= STALE_DAYS:
        return one
    return replace(one, why_not=f"its last price is {(newest - one.day).days} days older")
