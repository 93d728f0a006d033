"""Closes of an invented share and an invented index, and the watch.toml that names them."""

from __future__ import annotations

from datetime import date, timedelta

from examples._readings import stream
from examples._tables import Folder

FIRST, LAST = date(2025, 5, 1), date(2026, 1, 30)
CLOSED = frozenset(
    ["2025-05-26", "2025-06-19", "2025-07-04", "2025-09-01", "2025-11-27", "2025-12-25",
     "2026-01-01", "2026-01-19"]
)  # fmt: skip
"""Days on which shares are not traded in the United States."""
BEFORE, MOVED = date(2025, 12, 22), date(2025, 12, 23)
CLOSE_BEFORE, CLOSE_MOVED = 4.00, 5.00
"""The two closes that the invented reports of the evidence speak of."""
WATCH_TOML = """\
# What is watched beside the reports: prices, the companies whose moves are told of, and alerts.
# All keys: docs/reference/watch-file.md and docs/reference/watch.md

# What to be told of, once: 'oreline watch alerts FOLDER', and the page Alerts.

[[alert]]
id = "buyer-in-the-news"
on = "claim"
party = "ussm"

[[alert]]
id = "contested"
on = "contested"

[[alert]]
id = "permits"
on = "lapse"
within_days = 120

[[alert]]
id = "antimony-imports"
on = "import_reliance"
mineral = "antimony"
change_points = 1

[[alert]]
id = "buyer-share"
on = "price"
series = "illus-buyer"
change_pct = 10

[[series]]
file = "prices/shares/illustration-buyer.csv"
id = "illus-buyer"
name = "Illustration Buyer Inc."
kind = "share"
currency = "USD"
basis = "assumed"
source = "invented for the example; no share is called so"

[[series]]
file = "prices/shares/illustration-index.csv"
id = "illus-index"
name = "Illustration index of miners"
kind = "index"
basis = "assumed"
source = "invented for the example"

[[portfolio]]
company = "Illustration Buyer Inc."
stage = "separator"
series = "illus-buyer"
alert_pct = 10

[[portfolio]]
company = "US Strategic Metals"

[[portfolio]]
company = "Frontier Works Organization"

[[portfolio]]
company = "United States Antimony"

[[portfolio]]
company = "MP Materials"

[[portfolio]]
company = "USA Rare Earth"

[[portfolio]]
company = "Lithium Corp"

# A source of prices is asked by 'oreline watch fetch FOLDER' alone, and only if it is enabled.
# [[feed]]
# id = "own-prices"
# enabled = false
# url = "https://prices.example/history?symbol={symbol}&from={start}&to={end}"
# tickers = ["NYSE:MP"]
"""


def _days() -> list[date]:
    day, found = FIRST, []
    while day <= LAST:
        if day.weekday() < 5 and day.isoformat() not in CLOSED:
            found.append(day)
        day += timedelta(days=1)
    return found


def add(made: Folder) -> None:
    """Add the closes and the settings to a folder."""
    days = _days()
    rng = stream("shares/illustration")
    index = 1 + 0.009 * rng.standard_normal(len(days))
    share = 0.001 + 1.2 * (index - 1) + 0.022 * rng.standard_normal(len(days))
    at = days.index(MOVED)
    share[at] = CLOSE_MOVED / CLOSE_BEFORE - 1
    levels, price = [], 1.0
    for move in share:
        price *= 1 + move
        levels.append(price)
    scale = CLOSE_MOVED / levels[at]
    closes = [f"{level * scale:.2f}" for level in levels]
    assert (closes[at - 1], closes[at]) == ("4.00", "5.00"), closes[at - 1 : at + 1]
    total, indexed = 1000.0, []
    for step in index:
        total *= step
        indexed.append(f"{total:.2f}")
    made.add("prices/shares/illustration-buyer.csv", _table(days, closes))
    made.add("prices/shares/illustration-index.csv", _table(days, indexed))
    made.add("watch.toml", WATCH_TOML.encode())


def _table(days: list[date], closes: list[str]) -> bytes:
    rows = [f"{day},{close}" for day, close in zip(days, closes, strict=True)]
    return "\n".join(["Date,Close", *rows, ""]).encode()
