"""Which days make a price: months, counted days, last published, holes and holidays."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parcels import HOLIDAYS, assessed, daily

from oreline.settle import PriceSeries, Revision
from oreline.settle._clauses import QuotationalPeriod
from oreline.settle._quotation import quotation

D = Decimal
LME = daily("2025-09-01", "2026-03-31")


def period(kind: str, **told: Any) -> QuotationalPeriod:
    """Return a period counted from arrival unless it says otherwise."""
    event = {} if kind == "fixed" else {"event": "arrival"}
    return QuotationalPeriod.model_validate({"kind": kind, **event, **told})


@pytest.mark.parametrize(
    ("arrival", "offset", "month"),
    [
        # Arrival on 31 December: the month following that of arrival is January of the next year.
        ("2025-12-31", 1, "2026-01"),
        ("2025-12-31", 0, "2025-12"),
        ("2025-11-30", 3, "2026-02"),
        ("2026-01-01", -1, "2025-12"),
        ("2026-01-31", 1, "2026-02"),
        ("2024-01-31", 25, "2026-02"),
    ],
)
def test_month_after_an_event(arrival: str, offset: int, month: str) -> None:
    found = quotation(period("month", offset=offset), {"arrival": arrival}, LME, date(2026, 4, 1))
    assert found.month == month
    assert found.first == f"{month}-01"
    assert found.is_complete
    assert found.share == 1


def test_holidays_and_weekends_are_left_out_and_are_no_holes() -> None:
    found = quotation(period("month"), {"arrival": "2025-12-10"}, LME, date(2026, 1, 2))
    # December 2025 has 23 weekdays; 25 and 26 are holidays of the market.
    assert len(found.values) == found.expected == 21
    assert not found.holes
    assert not {day for day, _ in found.values} & HOLIDAYS


def test_a_business_day_without_a_value_is_a_hole() -> None:
    values = dict(LME.values)
    del values["2026-01-14"], values["2026-01-15"]
    torn = daily("2026-01-01", "2026-01-01")
    torn = PriceSeries("lme-cu", "", "exchange", "USD/t", values, holidays=HOLIDAYS)
    found = quotation(period("month"), {"arrival": "2026-01-05"}, torn, date(2026, 2, 2))
    assert found.holes == ("2026-01-14", "2026-01-15")
    assert not found.is_complete
    closed = PriceSeries(
        "lme-cu", "", "exchange", "USD/t", values,
        holidays=HOLIDAYS | {"2026-01-14", "2026-01-15"},
    )  # fmt: skip
    found = quotation(period("month"), {"arrival": "2026-01-05"}, closed, date(2026, 2, 2))
    assert found.holes == ()
    assert found.is_complete
    assert len(found.values) == 19


def test_days_after_the_end_of_a_series_are_unread_and_no_holes() -> None:
    short = daily("2025-12-01", "2026-01-14")
    found = quotation(period("month"), {"arrival": "2026-01-05"}, short, date(2026, 1, 20))
    assert found.holes == ()
    assert found.unread == ("2026-01-15", "2026-01-16", "2026-01-19")
    assert not found.is_complete


def test_a_partly_passed_month_says_its_share() -> None:
    found = quotation(period("month"), {"arrival": "2026-01-05"}, LME, date(2026, 1, 14))
    assert (len(found.values), found.expected) == (9, 21)
    assert found.share == D("0.428571428571")  # 9 of 21
    assert not found.is_complete


def test_the_last_day_counts_on_its_day_once_it_is_published() -> None:
    on = date(2026, 1, 30)
    asked = period("month"), {"arrival": "2026-01-05"}
    assert quotation(*asked, LME, on).is_complete
    without = daily("2025-12-01", "2026-01-29")
    found = quotation(*asked, without, on)
    assert not found.is_complete
    assert found.holes == found.unread == ()


@pytest.mark.parametrize(
    ("told", "days"),
    [
        # Five consecutive LME days from the first LME day after the delivery note: the note is of
        # Wednesday 24 December, the market is closed on 25, 26 December and 1 January.
        ({"days": 5}, ["12-29", "12-30", "12-31", "01-02", "01-05"]),
        ({"days": 2, "includes_event": True}, ["12-24", "12-29"]),
        ({"days": 2, "side": "before"}, ["12-22", "12-23"]),
        ({"days": 2, "side": "before", "includes_event": True}, ["12-23", "12-24"]),
        ({"days": 1, "offset": 5}, ["12-30"]),
    ],
)
def test_counted_days(told: dict[str, Any], days: list[str]) -> None:
    found = quotation(period("days", **told), {"arrival": "2025-12-24"}, LME, date(2026, 2, 1))
    assert [day[5:] for day, _ in found.values] == days
    assert found.is_complete


def test_counted_days_that_have_not_come_are_expected() -> None:
    found = quotation(period("days", days=5), {"arrival": "2025-12-24"}, LME, date(2025, 12, 30))
    assert len(found.values) == 2
    assert found.expected == 5
    assert found.last == "2026-01-05"
    assert not found.is_complete


def test_counted_assessments_have_no_calendar() -> None:
    series = assessed({"2025-11-05": "1", "2025-12-03": "2", "2026-01-07": "3"})
    qp = period("days", days=2)
    found = quotation(qp, {"arrival": "2025-11-05"}, series, date(2026, 1, 10))
    assert [day for day, _ in found.values] == ["2025-12-03", "2026-01-07"]
    assert found.is_complete
    found = quotation(qp, {"arrival": "2025-11-05"}, series, date(2026, 1, 1))
    assert len(found.values) == 1
    assert not found.is_complete
    assert "1 of 2" in found.why
    back = period("days", days=2, side="before", includes_event=True)
    found = quotation(back, {"arrival": "2025-12-03"}, series, date(2026, 1, 10))
    assert [day for day, _ in found.values] == ["2025-11-05", "2025-12-03"]


def test_last_published_on_or_before() -> None:
    series = assessed({"2025-11-28": "30000", "2025-12-30": "31000"})
    qp = period("last_published")
    for arrival, day in (
        ("2025-11-28", "2025-11-28"),
        ("2025-12-29", "2025-11-28"),
        ("2026-01-15", "2025-12-30"),
    ):
        found = quotation(qp, {"arrival": arrival}, series, date(2026, 1, 20))
        assert found.values[0][0] == day
        assert found.is_complete
    found = quotation(qp, {"arrival": "2025-11-27"}, series, date(2026, 1, 20))
    assert not found.is_complete
    assert "no value on or before 2025-11-27" in found.why
    ahead = quotation(qp, {"arrival": "2026-02-15"}, series, date(2026, 1, 20))
    assert not ahead.is_complete
    assert ahead.values == ()


def test_last_published_of_a_daily_market_sees_a_hole() -> None:
    values = dict(LME.values)
    del values["2026-01-14"]
    torn = PriceSeries("lme-cu", "", "exchange", "USD/t", values, holidays=HOLIDAYS)
    found = quotation(period("last_published"), {"arrival": "2026-01-14"}, torn, date(2026, 2, 1))
    assert found.holes == ("2026-01-14",)
    # Sunday and a holiday are no holes: the last day before them holds.
    for arrival, day in (("2026-01-18", "2026-01-16"), ("2025-12-26", "2025-12-24")):
        qp = period("last_published")
        found = quotation(qp, {"arrival": arrival}, LME, date(2026, 2, 1))
        assert found.values[0][0] == day


def test_a_fixed_period_and_an_average_of_what_is_published_in_it() -> None:
    series = assessed({"2025-11-05": "1", "2025-11-19": "3", "2025-12-03": "100"})
    qp = period("fixed", start="2025-11-01", end="2025-11-30")
    found = quotation(qp, {}, series, date(2025, 12, 5))
    assert [value for _, value in found.values] == [1, 3]
    assert found.is_complete
    assert quotation(qp, {}, series, date(2025, 11, 20)).share is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"kind": "month"}, "nobody has recorded the day of arrival"),
        ({"kind": "month", "event": None}, "from which event"),
        ({"kind": "days"}, "nobody has recorded"),
        ({"kind": "fixed", "start": "2026-01-02", "end": "2026-01-01"}, "from which day to which"),
    ],
)
def test_what_is_not_known_is_said(told: dict[str, Any], said: str) -> None:
    found = quotation(period(**told), {}, LME, date(2026, 1, 1))
    assert said in found.why
    assert found.share == 0
    assert found.month == ""


def test_days_needs_a_count() -> None:
    found = quotation(period("days"), {"arrival": "2026-01-01"}, LME, date(2026, 1, 1))
    assert "how many days" in found.why


def test_a_revised_value_holds_from_the_day_of_its_revision() -> None:
    values = {"2026-01-05": D(9000), "2026-01-06": D(9100)}
    change = (Revision("2026-01-05", "2026-01-07", D(9050)),)
    series = PriceSeries("cu", "", "assessed", "USD/t", values, revisions=change)
    qp = period("fixed", start="2026-01-05", end="2026-01-06")
    assert [v for _, v in quotation(qp, {}, series, date(2026, 1, 6)).values] == [9000, 9100]
    assert [v for _, v in quotation(qp, {}, series, date(2026, 1, 7)).values] == [9050, 9100]


days = st.dates(date(2025, 9, 1), date(2026, 3, 1))


@given(event=days, on=days, count=st.integers(1, 30), forward=st.booleans())
def test_counted_days_are_consecutive_business_days(
    event: date, on: date, count: int, forward: bool
) -> None:
    """Against a walk over the calendar, day by day."""
    qp = period("days", days=count, side="after" if forward else "before")
    found = quotation(qp, {"arrival": event.isoformat()}, LME, on)
    step = timedelta(days=1 if forward else -1)
    day, walked = event, []
    while len(walked) < count:
        day += step
        if day.weekday() < 5 and day.isoformat() not in HOLIDAYS:
            walked.append(day.isoformat())
    published = [day for day in sorted(walked) if day in LME.values and day <= on.isoformat()]
    assert [day for day, _ in found.values] == published
    assert found.is_complete == (len(published) == count)


@given(event=days, offset=st.integers(-3, 6), on=days)
def test_what_was_known_stays_known(event: date, offset: int, on: date) -> None:
    """A later day only adds values, and the share of a period never falls."""
    qp = period("month", offset=offset)
    asked = qp, {"arrival": event.isoformat()}, LME
    before, after = quotation(*asked, on), quotation(*asked, on + timedelta(days=3))
    assert set(before.values) <= set(after.values)
    assert before.share is not None
    assert after.share is not None
    assert before.share <= after.share
