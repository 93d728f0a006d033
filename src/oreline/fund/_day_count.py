"""Periods of a loan, and which part of a year a time is, for interest."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from fractions import Fraction

from oreline.fund._terms import DayCount


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or the month's last where it has none such.

    >>> months_after(date(2028, 8, 31), 6)
    datetime.date(2029, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def year_fraction(count: DayCount, start: date, end: date, months: int, whole: int) -> Fraction:
    """Return which part of a year lies between two days of a period.

    Parameters
    ----------
    start, end
        The first day, and the day on which interest no longer runs.
    months, whole
        How many months and days the period has; used where all periods are equal.

    >>> year_fraction(DayCount.ACT_360, date(2028, 1, 1), date(2028, 7, 1), 6, 182)
    Fraction(91, 180)
    >>> year_fraction(DayCount.THIRTY_360, date(2028, 1, 31), date(2028, 7, 31), 6, 182)
    Fraction(1, 2)
    """
    days = (end - start).days
    if count is DayCount.ACT_360:
        return Fraction(days, 360)
    if count is DayCount.ACT_365:
        return Fraction(days, 365)
    if count is DayCount.THIRTY_360:
        first = min(start.day, 30)
        last = 30 if end.day == 31 and first == 30 else end.day
        months_of_30 = 12 * (end.year - start.year) + end.month - start.month
        return Fraction(30 * months_of_30 + last - first, 360)
    return Fraction(days, whole) * Fraction(months, 12)
