"""The illustration's year: working days, months, and times as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

FIRST_DAY = date(2025, 7, 1)
LAST_DAY = date(2026, 6, 30)
FRIDAY = 4
MAINTENANCE = (date(2026, 1, 12), date(2026, 1, 14))


def days() -> Iterator[date]:
    """Yield the days of the year."""
    day = FIRST_DAY
    while day <= LAST_DAY:
        yield day
        day += timedelta(days=1)


def works(day: date) -> bool:
    """Return whether the plant runs: not on Fridays, not during maintenance."""
    return day.weekday() != FRIDAY and not MAINTENANCE[0] <= day <= MAINTENANCE[1]


def is_month_end(day: date) -> bool:
    """Return whether this is the last day of its month."""
    return (day + timedelta(days=1)).month != day.month


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> str:
    """Return a moment of a day in UTC; hours from 24 on fall on the next day."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    moment = start + timedelta(hours=hour, minutes=minute, seconds=second)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def compact(day: date) -> str:
    """Return a day as eight digits, as it stands in the names of lots."""
    return day.strftime("%Y%m%d")


def month_of(day: date) -> str:
    """Return the month of a day, as it stands in the names of files."""
    return day.strftime("%Y-%m")


def next_month(month: str) -> str:
    """Return the first day of the month after a month.

    >>> next_month("2025-12")
    '2026-01-01'
    """
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}-01"
