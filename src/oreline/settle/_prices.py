"""Price series: published values by day, and what they are a price of."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Revision:
    """A published value that its publisher changed later: for which day, when, and to what."""

    day: str
    published: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """A series of published prices.

    Named assessments and markets are never interchanged: a contract names the id of a series.
    ``kind``: ``exchange`` (a value each business day), ``assessed`` (a value now and then; the last
    one on or before a day holds), ``reference`` (a list price), ``annual`` (a yearly average, which
    is no contract price) or ``fx``. ``unit`` is currency per content; ``vat_pct`` is what the
    published value includes. ``holidays`` are the days on which the market is closed. ``values``
    are as first published; ``revisions`` hold from the day of their publication. ``published`` says
    of a day when its first value was published, where that was not on the day itself.

    The unit of a rate of exchange names two currencies: ``USD/CNY`` is dollars for a yuan.
    """

    id: str
    name: str
    kind: Literal["exchange", "assessed", "reference", "annual", "fx"]
    unit: str
    values: Mapping[str, Decimal]
    """By day, ``YYYY-MM-DD``; for an annual series the year's last day."""
    vat_pct: Decimal = Decimal(0)
    market: str = ""
    delivered: str = ""
    holidays: frozenset[str] = field(default_factory=frozenset)
    basis: str = "reported"
    source: str = ""
    revisions: tuple[Revision, ...] = ()
    published: Mapping[str, str] = field(default_factory=dict)
    days: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The days of ``values`` in their order."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", tuple(sorted(self.values)))

    @property
    def is_daily(self) -> bool:
        """Return whether a value is due on each business day."""
        return self.kind in {"exchange", "fx"}


@dataclass(frozen=True, slots=True)
class KnownValues:
    """The values of a series that are known on a day, each as last revised by then."""

    series: PriceSeries
    count: int
    """How many of the series' days are known."""
    revised: Mapping[str, Decimal]

    @property
    def end(self) -> str:
        """Return the last day with a value, empty where there is none."""
        return self.series.days[self.count - 1] if self.count else ""

    def at(self, day: str) -> Decimal | None:
        """Return the value of a day, None where there is none that is known."""
        if day > self.end:
            return None
        found = self.revised.get(day)
        return self.series.values.get(day) if found is None else found

    def between(self, first: str, last: str) -> tuple[tuple[str, Decimal], ...]:
        """Return days and values from one day to another, both included."""
        start = bisect_left(self.series.days, first)
        return self._of(start, min(self.count, bisect_right(self.series.days, last)))

    def first_from(self, day: str, count: int) -> tuple[tuple[str, Decimal], ...]:
        """Return the first days and values from a day on."""
        start = bisect_left(self.series.days, day)
        return self._of(start, min(self.count, start + count))

    def last_until(self, day: str, count: int) -> tuple[tuple[str, Decimal], ...]:
        """Return the last days and values up to a day, that day included."""
        stop = min(self.count, bisect_right(self.series.days, day))
        return self._of(max(0, stop - count), stop)

    def _of(self, start: int, stop: int) -> tuple[tuple[str, Decimal], ...]:
        values, revised = self.series.values, self.revised
        return tuple((day, revised.get(day, values[day])) for day in self.series.days[start:stop])


def known_values(series: PriceSeries, on: date) -> KnownValues:
    """Return what is known of a series on a day, that day included.

    >>> first = {"2025-10-01": Decimal(9000), "2025-10-02": Decimal(9100)}
    >>> change = (Revision("2025-10-01", "2025-10-02", Decimal(9010)),)
    >>> series = PriceSeries("cu", "copper", "exchange", "USD/t", first, revisions=change)
    >>> [known_values(series, date(2025, 10, day)).at("2025-10-01") for day in (1, 2)]
    [Decimal('9000'), Decimal('9010')]
    """
    until = on.isoformat()
    late = {day for day, published in series.published.items() if published > until}
    if late:
        told = {day: value for day, value in series.values.items() if day not in late}
        series = replace(series, values=told)
    revised = {
        one.day: one.value
        for one in sorted(series.revisions, key=lambda made: made.published)
        if one.published <= until and one.day in series.values
    }
    return KnownValues(series, bisect_right(series.days, until), revised)
