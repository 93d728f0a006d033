"""Price series: published values by day, and what they are a price of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """A series of published prices.

    Named assessments and markets are never interchanged: a contract names the id of a series.
    ``kind``: ``exchange`` (a value each business day), ``assessed`` (a value now and then; the last
    one on or before a day holds), ``reference`` (a list price), ``annual`` (a yearly average, which
    is no contract price) or ``fx``. ``unit`` is currency per content; ``vat_pct`` is what the
    published value includes. ``holidays`` are the days on which the market is closed.
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
