"""Event study: how far a price moved around a day beyond what it would have done anyhow.

The abnormal return is the return less what a model expects, its parameters estimated before the
event. The variance of a prediction holds the error of the parameters too, and the abnormal returns
of a window share it, so a cumulated return has covariance: MacKinlay (1997), *Event Studies in
Economics and Finance*, equations 8 to 12; for one security as in Salinger (1992).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from oreline.model import InputError
from oreline.watch._series import MarketSeries

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

Model = Literal["market", "mean", "adjusted"]
MODELS: Final[dict[str, str]] = {
    "market": "market model: return on the index's return, by least squares",
    "mean": "mean-adjusted: less the mean return of the estimation days",
    "adjusted": "market-adjusted: less the index's return",
}
DAYS_MIN: Final = 20
"""Fewer estimation days than this give no study."""
BAND: Final = 0.95


@dataclass(frozen=True, slots=True)
class StudyRules:
    """How a study is made; each is said in its result.

    Attributes
    ----------
    before, after
        Trading days that the widest window reaches before the first and after the last event day.
    estimation
        Trading days from which the expectation is estimated, at most.
    gap
        Trading days between these and the widest window, which neither uses.
    windows
        The windows that are cumulated, as days before the first and after the last event day.
    """

    model: Model = "market"
    before: int = 10
    after: int = 10
    estimation: int = 120
    gap: int = 5
    windows: tuple[tuple[int, int], ...] = ((0, 0), (-1, 1), (-5, 5), (-10, 10))
    returns: Literal["simple", "log"] = "simple"

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise InputError(f"{self.model!r} is no model; there are {', '.join(MODELS)}")
        if self.returns not in ("simple", "log"):
            raise InputError("returns are simple or log")
        if not 0 <= self.before <= 250 or not 0 <= self.after <= 250:
            raise InputError("the window reaches 0 to 250 trading days")
        if not DAYS_MIN <= self.estimation <= 2_500:
            raise InputError(f"the estimation takes {DAYS_MIN} to 2500 trading days")
        if not 0 <= self.gap <= 250:
            raise InputError("the gap is 0 to 250 trading days")
        for first, last in self.windows:
            if not -self.before <= first <= 0 <= last <= self.after:
                raise InputError(
                    f"the window {first}:{last} must hold day 0 and lie within"
                    f" {-self.before}:{self.after}"
                )


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """Another event about the same company: what it is, and its days."""

    id: str
    title: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class StudyDay:
    """One day of the widest window.

    ``offset`` counts trading days from the event: below zero before its first day, 0 on each of
    its days, above zero after its last. ``cumulated`` runs from the first day of the window;
    ``low`` and ``high`` bound it at 95 %.
    """

    day: date
    offset: int
    price_return: float
    index_return: float | None
    expected: float
    abnormal: float
    error: float
    t: float
    p: float
    cumulated: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StudyWindow:
    """The cumulated abnormal return of a window, and what three tests say of it.

    ``t`` compares it with its own standard error; ``rank_p`` is that of the rank-sum test of its
    days against the estimation days (Wilcoxon), ``sign_p`` that of the generalised sign test of
    Cowan (1992), with the share of rises of the estimation days. Where there are too few days
    ``why_not`` says so and the numbers are None.
    """

    before: int
    after: int
    days: int
    car: float | None
    error: float | None
    t: float | None
    df: int
    p: float | None
    rank_p: float | None
    sign_p: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class EventStudy:
    """A study with everything it rests on."""

    series: str
    index: str | None
    event: str
    rules: StudyRules
    asked: tuple[date, date]
    event_days: tuple[date, ...]
    estimation: tuple[date, date]
    estimation_days: int
    alpha: float
    beta: float | None
    sigma: float
    r_squared: float | None
    days: tuple[StudyDay, ...]
    windows: tuple[StudyWindow, ...]
    overlaps: tuple[tuple[OtherEvent, str], ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; returns are shares, not percent."""
        return {
            "series": self.series,
            "index": self.index,
            "event": self.event,
            "model": self.rules.model,
            "model_words": MODELS[self.rules.model],
            "returns": self.rules.returns,
            "asked": [one.isoformat() for one in self.asked],
            "event_days": [one.isoformat() for one in self.event_days],
            "estimation": {
                "first": self.estimation[0].isoformat(),
                "last": self.estimation[1].isoformat(),
                "days": self.estimation_days,
                "gap_days": self.rules.gap,
            },
            "alpha": self.alpha,
            "beta": self.beta,
            "sigma": self.sigma,
            "r_squared": self.r_squared,
            "unit": "share of the price",
            "windows": [
                {
                    "before": one.before, "after": one.after, "days": one.days, "car": one.car,
                    "error": one.error, "t": one.t, "df": one.df, "p": one.p,
                    "rank_p": one.rank_p, "sign_p": one.sign_p, "why_not": one.why_not,
                }
                for one in self.windows
            ],
            "days": [
                {
                    "day": one.day.isoformat(), "offset": one.offset,
                    "return": one.price_return, "index_return": one.index_return,
                    "expected": one.expected, "abnormal": one.abnormal, "error": one.error,
                    "t": one.t, "p": one.p, "cumulated": one.cumulated, "low": one.low,
                    "high": one.high,
                }
                for one in self.days
            ],
            "overlaps": [
                {
                    "id": one.id, "title": one.title, "first": one.first.isoformat(),
                    "last": one.last.isoformat(), "where": where,
                }
                for one, where in self.overlaps
            ],
            "notes": list(self.notes),
            "sources": list(self.sources),
        }  # fmt: skip

    def to_frame(self) -> pl.DataFrame:
        """Return the days of the widest window as a table."""
        import polars as pl

        rows = self.to_json()["days"]
        return pl.DataFrame(rows).with_columns(pl.col("day").str.to_date())


@dataclass(frozen=True, slots=True)
class _Fit:
    """An expectation: its parameters and the parts that the variance of a prediction needs."""

    model: str
    alpha: float
    beta: float | None
    sigma: float
    df: int
    count: int
    mean: float
    spread: float
    r_squared: float | None
    residuals: NDArray[np.float64]

    def expected(self, index: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.model == "adjusted":
            return index
        return self.alpha + (0.0 if self.beta is None else self.beta) * index

    def error(self, index: NDArray[np.float64]) -> float:
        """Return the standard error of the sum of the abnormal returns of these days."""
        wide = len(index)
        share = 0.0
        if self.model != "adjusted":
            share += wide**2 / self.count
        if self.beta is not None:
            share += float(np.sum(index - self.mean)) ** 2 / self.spread
        return self.sigma * math.sqrt(wide + share)


def _fit(model: str, price: NDArray[np.float64], index: NDArray[np.float64]) -> _Fit:
    """Estimate what is expected of a price.

    Raises
    ------
    InputError
        If nothing moves: then nothing can be tested.
    """
    fit = _estimate(model, price, index)
    if fit.sigma < 1e-12 * max(1.0, float(np.abs(price).max())):
        raise InputError("the price does not move on the estimation days: nothing can be tested")
    return fit


def _estimate(model: str, price: NDArray[np.float64], index: NDArray[np.float64]) -> _Fit:
    count = len(price)
    mean = float(index.mean())
    if model == "adjusted":
        rest = price - index
        sigma = float(np.std(rest, ddof=1))
        return _Fit(model, 0.0, None, sigma, count - 1, count, mean, 0.0, None, rest)
    if model == "mean":
        alpha = float(price.mean())
        rest = price - alpha
        sigma = math.sqrt(float(rest @ rest) / (count - 1))
        return _Fit(model, alpha, None, sigma, count - 1, count, mean, 0.0, None, rest)
    away = index - mean
    spread = float(away @ away)
    if spread <= 0:
        raise InputError("the index does not move on the estimation days: take another index")
    beta = float(away @ price) / spread
    alpha = float(price.mean()) - beta * mean
    rest = price - alpha - beta * index
    whole = price - price.mean()
    total = float(whole @ whole)
    fit = None if total <= 0 else 1 - float(rest @ rest) / total
    sigma = math.sqrt(float(rest @ rest) / (count - 2))
    return _Fit(model, alpha, beta, sigma, count - 2, count, mean, spread, fit, rest)


def event_study(
    series: MarketSeries,
    index: MarketSeries | None,
    first: date,
    last: date,
    *,
    rules: StudyRules | None = None,
    event: str = "",
    others: Iterable[OtherEvent] = (),
    known_at: date | None = None,
) -> EventStudy:
    """Study a price around an event.

    Returns run from one day on which both have a close to the next such day. All trading days
    between ``first`` and ``last`` are the event's; where there is none, the next one is.

    Parameters
    ----------
    series, index
        The price, and what it is compared with: needed by the market model and market-adjusted.
    first, last
        The days between which the event lies, both included.
    others
        Other events about the same company, which the result marks where they overlap.
    known_at
        Only what was published by then is used.

    Raises
    ------
    InputError
        If an index is needed and missing, the prices are not daily, or too few days are there.
    """
    chosen = rules if rules is not None else StudyRules()
    used_index = _index_used(index, chosen, first, last)
    days, price, other, notes = _returns(series, used_index, chosen, known_at)
    start, stop, more = _event_at(days, first, last)
    notes += more
    begin, low = _estimated(chosen, start)
    if low - begin < chosen.estimation:
        notes.append(f"the file allows {low - begin} estimation days, not {chosen.estimation}")
    fit = _fit(chosen.model, price[begin:low], other[begin:low])
    from_, to = start - chosen.before, min(len(days), stop + chosen.after)
    if to < stop + chosen.after:
        notes.append(f"the prices end on {days[-1]}, {to - stop} trading days after the event")
    told = _days(days, price, other, fit, from_, to, start, stop, has_index=used_index is not None)
    if series.is_adjusted:
        notes.append(f"returns of {series.id} are of adjusted closes")
    return EventStudy(
        series.id,
        None if used_index is None else used_index.id,
        event,
        chosen,
        (first, last),
        tuple(days[start:stop]),
        (days[begin], days[low - 1]),
        low - begin,
        fit.alpha,
        fit.beta,
        fit.sigma,
        fit.r_squared,
        told,
        tuple(_window(price, other, fit, start, stop, one, len(days)) for one in chosen.windows),
        _overlaps(others, days, begin, low, from_, to),
        tuple(notes),
        tuple(dict.fromkeys(one.terms.source for one in (series, used_index) if one is not None)),
    )


def _index_used(
    index: MarketSeries | None, rules: StudyRules, first: date, last: date
) -> MarketSeries | None:
    if last < first:
        raise InputError(f"the event ends on {last}, before it begins on {first}")
    if rules.model != "mean" and index is None:
        raise InputError(f"the {rules.model} model needs an index; the mean model needs none")
    return None if rules.model == "mean" else index


def _estimated(rules: StudyRules, start: int) -> tuple[int, int]:
    """Return the places of the estimation days: before the widest window, and before the gap."""
    low = start - rules.before - rules.gap
    begin = max(0, low - rules.estimation)
    if low - begin < DAYS_MIN:
        raise InputError(
            f"{max(0, low - begin)} trading days lie before the window; the estimation needs"
            f" {DAYS_MIN}: give a longer file, or a shorter window or gap"
        )
    return begin, low


def _returns(
    series: MarketSeries, index: MarketSeries | None, rules: StudyRules, known_at: date | None
) -> tuple[list[date], NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Return the days with a return, the returns of the price and of the index, and notes."""
    import polars as pl

    mine = series.closes(known_at)
    notes: list[str] = []
    if index is not None:
        if index.terms.currency != series.terms.currency and index.terms.kind != "index":
            notes.append(
                f"{series.id} is in {series.terms.currency}, {index.id} in {index.terms.currency}:"
                f" their exchange rate stands in the abnormal return"
            )
        its = index.closes(known_at)
        both = mine.join(its, on="Date", suffix="Index").sort("Date")
        span = (pl.col("Date") >= mine["Date"].min()) & (pl.col("Date") <= mine["Date"].max())
        only_index = its.filter(span).height - both.height
        only_price = mine.height - both.height
        if only_index:
            notes.append(f"on {only_index} days of the index {series.id} has no price")
        if only_price:
            notes.append(f"on {only_price} days of {series.id} the index has none")
    else:
        both = mine.with_columns(pl.col("Price").alias("PriceIndex")).sort("Date")
    if both.height < DAYS_MIN + 2:
        raise InputError(
            f"{both.height} days have a price{'' if index is None else ' of both'}: a study needs"
            f" {DAYS_MIN + 2} and more"
        )
    days = both["Date"].to_list()
    steps = np.diff(both["Date"].cast(pl.Int32).to_numpy())
    if float(np.median(steps)) > 4:
        raise InputError(
            f"{series.id} has a price every {np.median(steps):g} days: an event study needs daily"
            f" prices"
        )
    price, other = (both[name].to_numpy().astype(np.float64) for name in ("Price", "PriceIndex"))
    if rules.returns == "log":
        made = np.diff(np.log(price)), np.diff(np.log(other))
    else:
        made = price[1:] / price[:-1] - 1, other[1:] / other[:-1] - 1
    return days[1:], made[0], made[1], notes


def _event_at(days: Sequence[date], first: date, last: date) -> tuple[int, int, list[str]]:
    """Return the places of the event's trading days, and what is to be said of them."""
    start, stop = bisect_left(days, first), bisect_right(days, last)
    if first < days[0] or start >= len(days):
        raise InputError(
            f"the event of {first} lies outside of the prices, {days[0]} to {days[-1]}"
        )
    if stop > start:
        if first == last:
            return start, stop, []
        count = stop - start
        return (
            start,
            stop,
            [f"the event lies between {first} and {last}: all {count} trading days of it count"],
        )
    asked = f"{first}" if first == last else f"{first} to {last}"
    note = f"{asked} is no trading day: the next one, {days[start]}, counts"
    return start, start + 1, [note]


def _days(
    days: Sequence[date],
    price: NDArray[np.float64],
    index: NDArray[np.float64],
    fit: _Fit,
    first: int,
    end: int,
    start: int,
    stop: int,
    *,
    has_index: bool,
) -> tuple[StudyDay, ...]:
    from scipy import special

    expected = fit.expected(index)
    wide = float(special.stdtrit(fit.df, (1 + BAND) / 2))
    made, total = [], 0.0
    for at in range(first, end):
        abnormal = float(price[at] - expected[at])
        error = fit.error(index[at : at + 1])
        t = abnormal / error
        total += abnormal
        reach = wide * fit.error(index[first : at + 1])
        offset = at - start if at < start else max(0, at - stop + 1)
        made.append(
            StudyDay(
                days[at],
                offset,
                float(price[at]),
                float(index[at]) if has_index else None,
                float(expected[at]),
                abnormal,
                error,
                t,
                _two_sided(t, fit.df),
                total,
                total - reach,
                total + reach,
            )
        )
    return tuple(made)


def _window(
    price: NDArray[np.float64],
    index: NDArray[np.float64],
    fit: _Fit,
    start: int,
    stop: int,
    window: tuple[int, int],
    count: int,
) -> StudyWindow:
    """Cumulate a window and test it; one that the prices do not reach is UNKNOWN."""
    from scipy import stats

    first, end = start + window[0], stop + window[1]
    wide = end - first
    if end > count:
        why = f"the prices end {count - stop} trading days after the event"
        return StudyWindow(*window, wide, None, None, None, fit.df, None, None, None, why)
    abnormal = price[first:end] - fit.expected(index)[first:end]
    car = float(abnormal.sum())
    error = fit.error(index[first:end])
    ranks = stats.mannwhitneyu(abnormal, fit.residuals, alternative="two-sided")
    rises = int((abnormal > 0).sum())
    share = float((fit.residuals > 0).mean())
    sign = stats.binomtest(rises, wide, min(max(share, 1e-9), 1 - 1e-9)).pvalue
    return StudyWindow(
        *window,
        wide,
        car,
        error,
        car / error,
        fit.df,
        _two_sided(car / error, fit.df),
        float(ranks.pvalue),
        float(sign),
    )


def _two_sided(t: float, df: int) -> float:
    from scipy import special

    return float(2 * special.stdtr(df, -abs(t)))


def _overlaps(
    others: Iterable[OtherEvent], days: Sequence[date], begin: int, low: int, first: int, end: int
) -> tuple[tuple[OtherEvent, str], ...]:
    """Return the other events whose days lie in the window or in the estimation."""
    found = []
    for one in others:
        if one.first <= days[end - 1] and one.last >= days[first]:
            found.append((one, "window"))
        elif one.first <= days[low - 1] and one.last >= days[begin]:
            found.append((one, "estimation"))
    return tuple(found)
