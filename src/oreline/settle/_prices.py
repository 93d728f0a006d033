"""Price series: published values by day, and what they are a price of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    are as first published; ``revisions`` hold from the day of their publication.

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

    @property
    def is_daily(self) -> bool:
        """Return whether a value is due on each business day."""
        return self.kind in {"exchange", "fx"}


def values_known(series: PriceSeries, on: date) -> dict[str, Decimal]:
    """Return the values known on a day, that day included, each as last revised by then.

    >>> first = {"2025-10-01": Decimal(9000), "2025-10-02": Decimal(9100)}
    >>> change = (Revision("2025-10-01", "2025-10-02", Decimal(9010)),)
    >>> series = PriceSeries("cu", "copper", "exchange", "USD/t", first, revisions=change)
    >>> values_known(series, date(2025, 10, 1))
    {'2025-10-01': Decimal('9000')}
    >>> values_known(series, date(2025, 10, 2))
    {'2025-10-01': Decimal('9010'), '2025-10-02': Decimal('9100')}
    """
    until = on.isoformat()
    known = {day: value for day, value in sorted(series.values.items()) if day <= until}
    for one in sorted(series.revisions, key=lambda made: made.published):
        if one.published <= until and one.day in known:
            known[one.day] = one.value
    return known
