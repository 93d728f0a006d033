"""Price series of the illustration: assumed markets, and two public annual series beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from examples._assumptions import assumed
from examples._readings import stream
from examples._tables import Folder, table

FIRST, LAST = date(2025, 9, 1), date(2026, 9, 30)
CALENDAR = "illus-exchange"
HOLIDAYS = (
    ("2025-12-25", "Christmas Day"),
    ("2025-12-26", "Boxing Day"),
    ("2026-01-01", "New Year's Day"),
    ("2026-04-03", "Good Friday"),
    ("2026-04-06", "Easter Monday"),
    ("2026-05-04", "Early May bank holiday"),
    ("2026-05-25", "Spring bank holiday"),
    ("2026-08-31", "Summer bank holiday"),
)
_CLOSED = {day for day, _ in HOLIDAYS}
_MONDAY, _TUESDAY, _THURSDAY, _SATURDAY = 0, 1, 3, 5
USGS = "USGS Mineral Commodity Summaries 2026 (US public domain); 2025 is estimated"
SERIES_COLUMNS = "id,name,kind,unit,vat_pct,market,delivered,calendar,basis,source"


@dataclass(frozen=True, slots=True)
class Market:
    """An invented market: its row, the assumption it starts from, its step, when it publishes."""

    row: tuple[str, ...]
    level: str
    step: float
    is_published: Callable[[date], bool]

    def values(self) -> Iterator[tuple[str, str]]:
        """Yield day and value: a walk about the assumed level, written in steps of the market."""
        rng = stream(f"price/{self.row[0]}")
        level = assumed(self.level)
        away = 0.0
        day = FIRST
        while day <= LAST:
            if self.is_published(day):
                away = 0.94 * away + 0.008 * float(rng.standard_normal())
                yield day.isoformat(), _in_steps(level * math.exp(away), self.step)
            day += timedelta(days=1)


def _in_steps(value: float, step: float) -> str:
    digits = 2 if step < 1 else 0
    return format(round(value / step) * step, f".{digits}f")


def _on_exchange(day: date) -> bool:
    return day.weekday() < _SATURDAY and day.isoformat() not in _CLOSED


def _twice_weekly(day: date) -> bool:
    return day.weekday() in {_TUESDAY, _THURSDAY} and day.isoformat() not in _CLOSED


def _weekly(day: date) -> bool:
    return day.weekday() == _MONDAY


MARKETS = (
    Market(
        (
            "illus-cu-cash", "Copper, cash, illustration exchange (invented)", "exchange", "USD/t",
            "0", "illustration exchange", "in warehouse", CALENDAR, "assumed", "A-PX-CU",
        ),
        "A-PX-CU", 0.5, _on_exchange,
    ),
    Market(
        (
            "illus-sb-rotterdam", "Antimony 99.65 %, Rotterdam, illustration (invented)",
            "assessed", "USD/t", "0", "Rotterdam", "in warehouse", "", "assumed", "A-PX-SB",
        ),
        "A-PX-SB", 50, _twice_weekly,
    ),
    Market(
        (
            "illus-sb-china", "Antimony 99.65 %, delivered China, illustration (invented)",
            "assessed", "USD/t", "13", "China", "delivered duty paid", "", "assumed", "A-PX-SBCN",
        ),
        "A-PX-SBCN", 50, _weekly,
    ),
    Market(
        (
            "illus-nd2o3-china", "Neodymium oxide 99.5 %, illustration list (invented)",
            "reference", "USD/kg", "13", "China", "ex works", "", "assumed", "A-PX-ND",
        ),
        "A-PX-ND", 0.05, _weekly,
    ),
    Market(
        (
            "illus-pr6o11-china", "Praseodymium oxide 99.5 %, illustration list (invented)",
            "reference", "USD/kg", "13", "China", "ex works", "", "assumed", "A-PX-PR",
        ),
        "A-PX-PR", 0.05, _weekly,
    ),
)  # fmt: skip
PUBLIC = (
    (
        ("usgs-sb-annual", "Antimony metal, average, United States", "annual", "USD/lb", "0",
         "United States", "", "", "reported", USGS),
        ("5.31", "6.18", "5.49", "10.24", "25.0"),
    ),
    (
        ("usgs-cu-annual", "Copper, grade A, cash, average of the year", "annual", "c/lb", "0",
         "London", "", "", "reported", USGS),
        ("422.5", "399.8", "384.8", "414.7", "440.0"),
    ),
)  # fmt: skip
"""Yearly averages of 2021 to 2025: for orientation, no contract price."""


def add(folder: Folder) -> None:
    """Add the tables of prices."""
    values = [
        (market.row[0], day, value, "") for market in MARKETS for day, value in market.values()
    ]
    values += [
        (row[0], f"{year}-12-31", value, "")
        for row, numbers in PUBLIC
        for year, value in enumerate(numbers, 2021)
    ]
    series = [*(market.row for market in MARKETS), *(row for row, _ in PUBLIC)]
    folder.add("prices/series.csv", table(SERIES_COLUMNS, series))
    folder.add("prices/values.csv", table("series,day,value,source", values))
    holidays = [(CALENDAR, day, name) for day, name in HOLIDAYS]
    folder.add("prices/holidays.csv", table("calendar,day,name", holidays))
