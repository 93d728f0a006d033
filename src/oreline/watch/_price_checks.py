"""What a report says of a move, against the closes of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oreline.watch._arithmetic import rounded
from oreline.watch._claim import Claim, Money, Percent
from oreline.watch._companies import company_of
from oreline.watch._market import Market
from oreline.watch._names import normal_name
from oreline.watch._series import MarketSeries

if TYPE_CHECKING:
    from oreline.watch._watched import Watched

AGREES, CONTRADICTS, UNKNOWN = "agrees", "contradicts", "unknown"
PERCENT_SLACK: Final = Decimal("0.5")
"""How far a percentage without a hedge may lie off, in its last digit."""
NEAR: Final = Decimal("0.05")
"""How far *about* and *nearly* may lie off, as a share of the move."""
DAYS_BACK: Final = 7
"""How many days before its publication a report without a day may mean."""


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """One claim of a move set against the closes of a series.

    Attributes
    ----------
    verdict
        agrees, contradicts, or unknown where no close can be set against it.
    day
        The day on which it agrees, else the last that it may mean; None where there is none.
    close, before
        The closes of that day and of the trading day before, as the file has them.
    change_pct
        What they make.
    implied_before
        The earlier close that the claim implies, and which bound it is: at most, at least, about.
    """

    claim: Claim
    series: str | None
    verdict: str
    reason: str
    day: date | None = None
    close: Decimal | None = None
    before: Decimal | None = None
    change_pct: Decimal | None = None
    implied_before: Decimal | None = None
    implied_bound: str = ""
    source: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; prices are text, so that none is rounded."""
        numbers = ("close", "before", "change_pct", "implied_before")
        told = {name: getattr(self, name) for name in numbers}
        return {
            "claim": self.claim.id,
            "report": self.claim.document,
            "sentence": self.claim.sentence,
            "series": self.series,
            "verdict": self.verdict,
            "reason": self.reason,
            "day": None if self.day is None else self.day.isoformat(),
            **{name: None if value is None else f"{value:f}" for name, value in told.items()},
            "implied_bound": self.implied_bound,
            "source": self.source,
        }


def series_of_claim(claim: Claim, market: Market) -> MarketSeries | None:
    """Return the series of the paper that a claim speaks of, by its ticker, then by its company."""
    ticker = claim.slot("ticker")
    if isinstance(ticker, str) and (found := market.find(ticker)) is not None:
        return found
    for name in claim.names("company", "target", "recipient"):
        company = company_of(name)
        if company is not None and (found := market.find(company.id)) is not None:
            return found
        for one in market.series:
            if one.terms.kind == "share" and normal_name(one.terms.name) == normal_name(name):
                return one
    return None


def price_checks(watched: Watched, market: Market) -> tuple[PriceCheck, ...]:
    """Set every claim of a move against the closes of the market's files."""
    published = {one.name: one.published.day for one in watched.documents}
    return tuple(
        check_move(claim, series_of_claim(claim, market), published.get(claim.document))
        for claim in watched.claims
        if claim.kind == "move" and claim.slot("company") is not None
    )


def check_move(claim: Claim, series: MarketSeries | None, published: date | None) -> PriceCheck:
    """Set a claim of a move against the closes of its series.

    A day agrees if its close is the one that is said and its change from the close before is
    within the words: *over* is at least, *up to* at most, *about* within a twentieth. Closes are
    compared in the digits that are said.
    """
    percent, close = claim.slot("percent"), claim.slot("close")
    implied, bound = _implied(percent, close)
    if series is None:
        reason = "no series of this paper is given"
        return PriceCheck(claim, None, UNKNOWN, reason, implied_before=implied, implied_bound=bound)
    days = _days(claim, series, published)

    def open_one(reason: str) -> PriceCheck:
        return PriceCheck(
            claim, series.id, UNKNOWN, reason, implied_before=implied, implied_bound=bound,
            source=series.terms.source,
        )  # fmt: skip

    if isinstance(close, Money) and close.currency not in (None, series.terms.currency):
        reason = f"it is said in {close.currency}, the file is in {series.terms.currency}"
        return open_one(reason)
    if not days:
        reason = "the file has no close of the days that are meant, or of the day before"
        return open_one(reason)
    judged = [(*one, _wrong(percent, close, one[1], one[2])) for one in days]
    day, now, before, wrong = next((one for one in judged if not one[3]), judged[-1])
    change = (now / before - 1) * 100
    fact = f"closed at {now:f} on {day}, {change:+.4g} % from {before:f}"
    span = "" if len(days) == 1 else f"; {len(days)} days may be meant"
    return PriceCheck(
        claim,
        series.id,
        CONTRADICTS if wrong else AGREES,
        f"{'; '.join(wrong)}: {series.id} {fact}{span}" if wrong else f"{series.id} {fact}{span}",
        day,
        now,
        before,
        change.quantize(Decimal("0.01")),
        implied,
        bound,
        series.terms.source,
    )


def _implied(percent: object, close: object) -> tuple[Decimal | None, str]:
    """Return the earlier close that a move to a close implies, and as which bound."""
    if not isinstance(percent, Percent) or not isinstance(close, Money):
        return None, ""
    factor = 1 + percent.value / 100
    if factor <= 0:
        return None, ""
    rising = {"over": "at most", "at least": "at most", "up to": "at least"}
    falling = {"over": "at least", "at least": "at least", "up to": "at most"}
    words = rising if percent.value >= 0 else falling
    return Decimal(rounded(close.low / factor)), words.get(percent.hedge, "about")


def _days(
    claim: Claim, series: MarketSeries, published: date | None
) -> list[tuple[date, Decimal, Decimal]]:
    """Return the days that a claim may mean, each with its close and the one before."""
    when = claim.when
    if when is not None and when.first is not None and when.last is not None:
        first, last = when.first, when.last
    elif published is not None:
        first, last = published - timedelta(days=DAYS_BACK), published
    else:
        return []
    rows = series.newest.drop_nulls("Told").select("Date", "Told").rows()
    return [
        (day, Decimal(told), Decimal(rows[at - 1][1]))
        for at, (day, told) in enumerate(rows)
        if at and first <= day <= last
    ]


def _wrong(percent: object, close: object, now: Decimal, before: Decimal) -> list[str]:
    """Return what the closes of a day say against a claim."""
    return [*_wrong_close(close, now), *_wrong_percent(percent, (now / before - 1) * 100)]


def _wrong_close(close: object, now: Decimal) -> Iterator[str]:
    if not isinstance(close, Money):
        return
    slack = _half_digit(close.low)
    low, high = close.low - slack, close.high + slack
    if close.hedge in ("about", "nearly"):
        low, high = low * (1 - NEAR), high * (1 + NEAR)
    if close.hedge in ("over", "at least"):
        high = now
    if close.hedge == "up to":
        low = now
    if not low <= now <= high:
        yield f"the close is said to be {close.low:f}"


def _wrong_percent(percent: object, change: Decimal) -> Iterator[str]:
    if not isinstance(percent, Percent):
        return
    slack = max(_half_digit(percent.value), PERCENT_SLACK if percent.value % 1 == 0 else 0)
    size, moved = abs(percent.value), change if percent.value >= 0 else -change
    low, high = size - slack, size + slack
    if percent.hedge in ("about", "nearly"):
        low, high = size * (1 - NEAR) - slack, size * (1 + NEAR) + slack
    elif percent.hedge in ("over", "at least"):
        high = max(high, moved)
    elif percent.hedge == "up to":
        low = min(low, max(moved, Decimal(0)))
    if not low <= moved <= high:
        yield f"the move is said to be {percent.hedge} {percent.value:f} %".replace("  ", " ")


def _half_digit(value: Decimal) -> Decimal:
    """Return half of the last digit that is said."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(5).scaleb(min(exponent, 0) - 1)


def spoken_of(claims: Iterable[Claim]) -> dict[str, frozenset[str]]:
    """Return by id of a claim whom it names: names as they are compared, and ids of companies."""
    slots = ("company", "target", "recipient", "parties", "seller", "ticker", "speaker")
    known: dict[str, str | None] = {}
    found = {}
    for claim in claims:
        names = claim.names(*slots)
        for name in names:
            if name not in known:
                company = company_of(name)
                known[name] = None if company is None else company.id
        ids = {one for name in names if (one := known[name]) is not None}
        found[claim.id] = frozenset({normal_name(name) for name in names} | ids)
    return found
