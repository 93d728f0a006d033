"""Quotational periods: which published days make a price, and how many of them have passed.

A day on which nothing was published is left out of an average and never filled in. A market's
holidays are data of its series, so that a business day without a value is seen for what it is: a
hole, which is an error where the contract needs the day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal

from oreline.settle._clauses import QuotationalPeriod
from oreline.settle._prices import KnownValues, PriceSeries, known_values

_SHARES = Context(prec=12)
_DAY = timedelta(days=1)
_SATURDAY = 5
_LONGEST = 1500
"""Calendar days within which 366 business days of any market lie."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotational period as it stands on a day.

    ``first`` and ``last`` bound it, empty where ``why`` says what is not known. ``values`` are the
    published values that count. ``expected`` is how many there will be, None where nobody can know:
    an assessment has no calendar. ``holes`` are business days without a value although later ones
    are there; ``unread`` those that have passed since the series ends.
    """

    first: str = ""
    last: str = ""
    values: tuple[tuple[str, Decimal], ...] = ()
    expected: int | None = None
    holes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    is_complete: bool = False
    why: str = ""

    @property
    def month(self) -> str:
        """Return the month in which the last value is due, ``YYYY-MM``; empty where not known."""
        return self.last[:7]

    @property
    def share(self) -> Decimal | None:
        """Return the published part of the period, 0 to 1; None where nobody can know it."""
        if self.is_complete:
            return Decimal(1)
        if not self.values:
            return Decimal(0)
        if not self.expected:
            return None
        return _SHARES.divide(Decimal(len(self.values)), Decimal(self.expected))


def quotation(
    qp: QuotationalPeriod, days: Mapping[str, str], series: PriceSeries, on: date
) -> Quotation:
    """Return the days that make a price under a clause, as far as known on a day.

    ``days`` maps an event to its day. An event that has not been recorded leaves the period
    unknown; one that lies after ``on`` is taken as expected.

    >>> values = {"2026-01-05": Decimal(9000), "2026-01-06": Decimal(9100)}
    >>> series = PriceSeries("cu", "copper", "exchange", "USD/t", values)
    >>> qp = QuotationalPeriod(kind="month", event="arrival", offset=1)
    >>> found = quotation(qp, {"arrival": "2025-12-31"}, series, date(2026, 2, 2))
    >>> found.first, found.last, found.holes
    ('2026-01-01', '2026-01-31', ('2026-01-01', '2026-01-02'))
    """
    known = known_values(series, on)
    if qp.kind == "fixed":
        if qp.start is None or qp.end is None or qp.start > qp.end:
            return Quotation(why="the fixed period does not say from which day to which")
        return _between(qp.start, qp.end, series, known, on)
    if qp.event is None:
        return Quotation(why="the period does not say from which event it is counted")
    said = days.get(qp.event)
    if said is None:
        return Quotation(why=f"nobody has recorded the day of {qp.event}")
    event = date.fromisoformat(said)
    if qp.kind == "month":
        first, last = _month(event, qp.offset)
        return _between(first.isoformat(), last.isoformat(), series, known, on)
    event += timedelta(days=qp.offset)
    if qp.kind == "last_published":
        return _last_published(event, series, known, on)
    if qp.days is None:
        return Quotation(why="the period does not say how many days it has")
    return _counted(qp, qp.days, event, series, known, on)


def latest(series: PriceSeries, on: date) -> tuple[str, Decimal] | None:
    """Return the day and the value last published on or before a day, None where there is none."""
    found = known_values(series, on).last_until(on.isoformat(), 1)
    return found[0] if found else None


def business_days(series: PriceSeries, first: date, last: date) -> Iterator[date]:
    """Yield the days on which a market publishes: not on weekends, nor on its holidays."""
    day = first
    while day <= last:
        if _is_business(day, series):
            yield day
        day += _DAY


def _is_business(day: date, series: PriceSeries) -> bool:
    text = day.isoformat()
    if text in series.values:
        return True
    return day.weekday() < _SATURDAY and text not in series.holidays


def _month(event: date, offset: int) -> tuple[date, date]:
    """Return the first and the last day of the month some months after that of an event."""
    year, month = divmod(event.year * 12 + event.month - 1 + offset, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, 1), following - _DAY


def _between(first: str, last: str, series: PriceSeries, known: KnownValues, on: date) -> Quotation:
    if not series.is_daily:
        inside = known.between(first, last)
        passed = on.isoformat() > last or (bool(inside) and inside[-1][0] == last)
        return Quotation(first, last, inside, None, is_complete=passed and bool(inside))
    due = [
        day.isoformat()
        for day in business_days(series, date.fromisoformat(first), date.fromisoformat(last))
    ]
    return _daily(first, last, due, known, on)


def _daily(first: str, last: str, due: list[str], known: KnownValues, on: date) -> Quotation:
    """Return a period of a market that publishes on each business day."""
    end, today = known.end, on.isoformat()
    found = [(day, known.at(day)) for day in due]
    lacking = [day for day, value in found if value is None and day < today]
    values = tuple((day, value) for day, value in found if value is not None)
    return Quotation(
        first,
        last,
        values,
        len(due),
        holes=tuple(day for day in lacking if day < end),
        unread=tuple(day for day in lacking if day > end),
        is_complete=bool(due) and len(values) == len(due),
    )


def _counted(
    qp: QuotationalPeriod,
    count: int,
    event: date,
    series: PriceSeries,
    known: KnownValues,
    on: date,
) -> Quotation:
    """Return a number of published days after, or up to, an event."""
    forward = qp.side == "after"
    start = event if qp.includes_event else event + (_DAY if forward else -_DAY)
    if not series.is_daily:
        return _counted_published(count, start, forward, known, on)
    due = _due(start, forward, count, lambda day: _is_business(day, series))
    if len(due) < count:
        return Quotation(why=f"{series.id} has no {count} business days from {start}")
    return _daily(due[0], due[-1], due, known, on)


def _due(start: date, forward: bool, count: int, counts: Callable[[date], bool]) -> list[str]:
    found: list[str] = []
    day, step = start, _DAY if forward else -_DAY
    for _ in range(_LONGEST):
        if counts(day):
            found.append(day.isoformat())
            if len(found) == count:
                break
        day += step
    return sorted(found)


def _counted_published(
    count: int, start: date, forward: bool, known: KnownValues, on: date
) -> Quotation:
    """Return a number of assessments after, or up to, a day; they have no calendar."""
    day = start.isoformat()
    taken = known.first_from(day, count) if forward else known.last_until(day, count)
    done = len(taken) == count and (forward or start <= on)
    first, last = (taken[0][0], taken[-1][0]) if done else ("", "")
    why = "" if done else f"{len(taken)} of {count} values are published"
    return Quotation(first, last, taken, count, is_complete=done, why=why)


def _last_published(target: date, series: PriceSeries, known: KnownValues, on: date) -> Quotation:
    """Return the last value on or before a day."""
    last = target.isoformat()
    if target > on:
        return Quotation(last, last, (), 1)
    found = known.last_until(last, 1)
    if not found:
        return Quotation(last, last, (), 1, why=f"{series.id} has no value on or before {last}")
    day = found[0][0]
    if series.is_daily and day < last:
        since = date.fromisoformat(day) + _DAY
        lacking = [one.isoformat() for one in business_days(series, since, target)]
        if lacking:
            made = _daily(last, last, [day, *lacking], known, on)
            return Quotation(last, last, (), 1, made.holes, made.unread)
    return Quotation(day, last, found, 1, is_complete=True)
