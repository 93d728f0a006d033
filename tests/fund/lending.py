"""A loan in the small framework, and cash to pay it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from framework import TEXT, declared, money

from oreline.fund import Forecast, Instrument, read_forecast, read_instrument

LOAN = TEXT.replace('kind = "equity"', 'kind = "loan"').replace(
    "[[rules]]",
    """\
[loan]
rate_pct = "9"
day_count = "ACT/360"
months = 6
begins = 2025-07-01
grace = 1
interest_in_grace = "capitalised"
repayment = "straight"
repayments = 2

[[covenants]]
id = "cover"
title = "Cash covers what falls due"
ratio = "dscr"
at_least = "1.5"

[[covenants]]
id = "life"
title = "Cash covers the loan"
ratio = "llcr"
at_least = "1.5"

[[rules]]""",
)
"""Two repayments after half a year of grace. With 200 drawn on 1 October 2025, ACT/360 at 9 %:

grace, 92 of 184 days: 200 * 9 % * 92 / 360 = 4.60, added to the loan: 204.60;
first half of 2026, 181 days: 204.60 * 9 % * 181 / 360 = 9.25815, so 9.26; principal 102.30;
second half, 184 days: 102.30 * 9 % * 184 / 360 = 4.7058, so 4.71; principal 102.30."""
HEAD = b"start,end,available,currency,basis,source\n"
TWO_YEARS = HEAD + (
    b"2026-01-01,2026-06-30,167.34,USD,planned,a plan\n"
    b"2026-07-01,2026-12-31,160.515,USD,planned,a plan\n"
)
"""1.5 times 111.56, and 1.5 times 107.01."""


def loan(text: str = LOAN) -> Instrument:
    found, findings = read_instrument(text, "loan.toml")
    assert found is not None, [str(one) for one in findings]
    return found


def forecast(table: bytes = TWO_YEARS) -> Forecast:
    found, findings = read_forecast(table, "cash-forecast.csv")
    assert found is not None, [str(one) for one in findings]
    return found


def lent() -> list[Any]:
    """Return money that is committed, released, drawn and partly spent."""
    return [
        declared(LOAN),
        money("committed", "commitment", "500"),
        money("released", "release", "200", "09-10", tranche="first"),
        money("drawn", "drawdown", "200", "10-01"),
        money("spent", "spend", "150.25", "10-09"),
    ]


DAY = date(2027, 1, 1)
NOTHING = Decimal(0)
