"""What is open in a contract on how its days are counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from oreline.settle._ambiguity import Ambiguity, ClauseReading
from oreline.settle._calendar import Calendar, calendar_of
from oreline.settle._contract import Contract

_MONDAY = date(2025, 3, 3)
"""A day from which examples look for a weekend; it decides nothing."""


def calendar_ambiguities(contract: Contract) -> Iterator[Ambiguity]:
    """Yield what is open in the calendar of a contract; without deadlines nothing is."""
    clause = contract.calendar
    if clause is None:
        return
    number, calendar = clause.clause or "", calendar_of(clause)
    has_off_days = bool(clause.weekend or clause.holidays)
    if clause.counts == "business_days" and not has_off_days:
        message = "business days are counted, and neither weekend nor holidays are written"
        yield Ambiguity("calendar.counts", message, "write weekend and holidays", number=number)
    days = _days_counted(contract)
    if not has_off_days or not days:
        return
    last = _off_day(calendar)
    start = last - timedelta(days=days)
    told = f"{days} days after {start}"
    stands = replace(calendar, counts_business=False, moves=False)
    if clause.counts is None:
        business = replace(calendar, counts_business=True).after(start, days)
        yield Ambiguity(
            "calendar.counts",
            "it is not written which days a deadline counts",
            'write counts = "calendar_days" or "business_days"',
            told,
            (
                ClauseReading("calendar days", f"{stands.after(start, days)}"),
                ClauseReading("business days", f"{business}"),
            ),
            number,
        )
    if clause.last_day is None and clause.counts != "business_days":
        moved = replace(stands, moves=True).after(start, days)
        yield Ambiguity(
            "calendar.last_day",
            "it is not written what holds where the last day is no business day",
            'write last_day = "stands" or "next_business_day"',
            told,
            (
                ClauseReading("it stands", f"{last}"),
                ClauseReading("the next business day is the last", f"{moved}"),
            ),
            number,
        )


def _days_counted(contract: Contract) -> int:
    """Return the days of one of the contract's deadlines, 0 where it has none."""
    assays = contract.assays
    found = [] if assays is None else [assays.deadline_days or 0, assays.open_days or 0]
    found += [option.declare_within_days for one in contract.prices for option in one.options]
    return max(found, default=0)


def _off_day(calendar: Calendar) -> date:
    """Return a day that is no business day."""
    week = (_MONDAY + timedelta(days=count) for count in range(7))
    return next(
        (day for day in week if not calendar.is_business(day)),
        min(calendar.holidays, default=_MONDAY),
    )
