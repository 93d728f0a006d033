"""On which day of a contract something happened, and on which its days are over.

The ledger's moments are UTC. A contract between two countries counts days at one place: a result
sealed at 23:30 in Missouri is sealed on that day there, though UTC is on the next already. Where a
contract names no time zone its days are those of UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from oreline.settle._clauses import CalendarClause

WEEKDAYS: Mapping[str, int] = MappingProxyType(
    {
        name: number
        for number, name in enumerate(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        )
    }
)
"""The days of the week as contracts write them, by their number."""
UTC_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a contract counts days.

    Parameters
    ----------
    zone
        The time zone (IANA name) in whose days everything happens.
    weekend, holidays
        Which days are no business days: numbers of weekdays (Monday is 0), and dates.
    counts_business
        Whether only business days count.
    moves
        Whether a last day that is no business day gives way to the next one that is.
    """

    zone: str = UTC_ZONE
    weekend: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()
    counts_business: bool = False
    moves: bool = False

    def day_of(self, moment: str | datetime) -> date:
        """Return the day of a moment (RFC 3339, or with its offset).

        >>> Calendar("America/Chicago").day_of("2025-12-01T05:30:00Z").isoformat()
        '2025-11-30'
        """
        if isinstance(moment, str):
            if self.zone == UTC_ZONE and moment.endswith("Z"):
                return date.fromisoformat(moment[:10])
            moment = datetime.fromisoformat(moment)
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def text_of(self, moment: str) -> str:
        """Return the day of a moment as text, ``2025-11-30``."""
        return self.day_of(moment).isoformat()

    def is_business(self, day: date) -> bool:
        """Return whether a day is neither of the weekend nor a holiday."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def after(self, start: date, days: int) -> date:
        """Return the last day of some days after another, that day included.

        >>> weekend = frozenset({5, 6})
        >>> Calendar(weekend=weekend, moves=True).after(date(2025, 11, 27), 2).isoformat()
        '2025-12-01'
        >>> Calendar(weekend=weekend, counts_business=True).after(date(2025, 11, 27), 2).isoformat()
        '2025-12-01'
        """
        if self.counts_business:
            day = start
            for _ in range(days):
                day = self._next(day)
            return day
        day = start + timedelta(days=days)
        return day if not self.moves or self.is_business(day) else self._next(day)

    def _next(self, day: date) -> date:
        assert len(self.weekend) < len(WEEKDAYS), "a week has a business day"
        day += timedelta(days=1)
        while not self.is_business(day):
            day += timedelta(days=1)
        return day


UTC_DAYS = Calendar()
"""Days of UTC, all of which count."""


def calendar_of(clause: CalendarClause | None) -> Calendar:
    """Return how a contract counts days; those of UTC where it does not say."""
    if clause is None:
        return UTC_DAYS
    return Calendar(
        clause.time_zone or UTC_ZONE,
        frozenset(WEEKDAYS[name] for name in clause.weekend),
        frozenset(date.fromisoformat(day) for day in clause.holidays),
        clause.counts == "business_days",
        clause.last_day == "next_business_day",
    )
