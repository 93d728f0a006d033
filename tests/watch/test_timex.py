"""Words that say when get the value that a careful reader gives them, or none where none is due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.watch import Anchor, Timex, timexes
from oreline.watch._times import resolved, times
from oreline.watch._timex_calendar import span_of

MONDAY = date(2025, 10, 6)
PUBLISHED = Anchor(MONDAY, MONDAY, "published")

VALUES = {
    "on Thursday": ("DATE", "2025-10-02"),
    "will open on Thursday": ("DATE", "2025-10-09"),
    "last month": ("DATE", "2025-09"),
    "mid-September": ("DATE", "2025-09"),
    "the third quarter of 2026": ("DATE", "2026-Q3"),
    "Q1-2026": ("DATE", "2026-Q1"),
    "H2 2026": ("DATE", "2026-H2"),
    "summer 2027": ("DATE", "2027-SU"),
    "early next year": ("DATE", "2026"),
    "December 1": ("DATE", "2025-12-01"),
    "3 October 2025": ("DATE", "2025-10-03"),
    "10/03/2025": ("DATE", "2025-10-03"),
    "last week": ("DATE", "2025-W40"),
    "the 1990s": ("DATE", "199"),
    "two years ago": ("DATE", "2023"),
    "six weeks": ("DURATION", "P6W"),
    "at least 18 months": ("DURATION", "P18M"),
    "2 1/2 years": ("DURATION", "P2Y6M"),
    "several months": ("DURATION", "PXM"),
    "every day": ("SET", "P1D"),
    "9 a.m. on Tuesday": ("TIME", "2025-09-30T09:00"),
    "yesterday evening": ("TIME", "2025-10-05TEV"),
    "recently": ("DATE", "PAST_REF"),
}


def one(text: str, anchor: Anchor | None = PUBLISHED) -> Timex:
    (found,) = timexes(text, anchor)
    return found


@pytest.mark.parametrize("words", VALUES)
def test_words_get_their_value(words: str) -> None:
    found = one(f"The ministry told reporters {words}.")
    assert (found.type, found.value) == VALUES[words]


@pytest.mark.parametrize(
    "text",
    ["USD 2,015 a tonne", "at least 2000 tonnes", "it may march on", "the Sun Metals mine",
     "flight 1945", "a 22-year-old geologist", "up 900% to $0.44", "No. 1998"],
)  # fmt: skip
def test_what_says_no_time_is_left_alone(text: str) -> None:
    assert timexes(text, PUBLISHED) == []


def test_a_quotation_is_not_read_from_the_day_of_the_report() -> None:
    text = 'The firm said: "We signed earlier this month." It shipped last week.'
    quoted, told = timexes(text, PUBLISHED)
    assert quoted.value == ""
    assert quoted.first == date(2025, 9, 1)
    assert len(quoted.candidates) > 1
    assert (told.value, told.candidates) == ("2025-W40", ())
    known = Anchor(date(2025, 9, 9), date(2025, 9, 9), "the release")
    assert timexes(text, PUBLISHED, quoted=known)[0].value == "2025-09"


def test_without_a_day_only_what_is_fixed_has_a_value() -> None:
    text = "Signed on 8 September 2025, it was told last month and on Thursday for two years."
    assert [one.value for one in timexes(text)] == ["2025-09-08", "", "", "P2Y"]
    assert all("not known" in one.basis for one in timexes(text) if not one.value)


def test_a_year_before_is_that_of_the_quarter_told_of() -> None:
    found = timexes("Third-quarter output rose from a year ago.", PUBLISHED)
    assert [one.value for one in found] == ["2025-Q3", "2024-Q3"]
    assert found[1].basis == "counted from what is named before it"


def test_a_fiscal_year_has_no_days_that_anybody_told() -> None:
    found = one("It was in fiscal 2026.")
    assert (found.value, found.first) == ("2026", None)


def test_a_story_goes_on_from_the_day_named_last() -> None:
    text = "In November 1950 they came. In January they left."
    assert [one.value for one in timexes(text, PUBLISHED, is_story=True)] == ["1950-11", "1951-01"]


@pytest.mark.parametrize(
    ("words", "is_future", "days"),
    [
        ("H1 2026", True, "2026-01-01/2026-06-30"),
        ("Q1-2026", True, "2026-01-01/2026-03-31"),
        ("last September", False, "2025-09-01/2025-09-30"),
        ("last December", False, "2024-12-01/2024-12-31"),
        ("next May", True, "2026-05-01/2026-05-31"),
        ("in the spring", True, "2026-03-01/2026-05-31"),
        ("last winter", False, "2024-12-01/2025-02-28"),
        ("summer 2027", True, "2027-06-01/2027-08-31"),
        ("the end of next month", True, "2025-11-21/2025-11-30"),
        ("early next year", True, "2026-01-01/2026-05-01"),
        ("year-end", True, "2025-09-02/2025-12-31"),
    ],
)
def test_claims_have_the_days_of_words(words: str, is_future: bool, days: str) -> None:
    (found,) = times(f"It ships {words}.")
    assert str(resolved(found, PUBLISHED, is_future=is_future)) == days
    assert resolved(found, None, is_future=is_future).first is None or "20" in words


def test_a_fiscal_quarter_and_a_spring_of_steel_are_no_times_of_a_claim() -> None:
    for text in ("It fell in the fiscal second quarter.", "It makes a spring for cars."):
        assert times(text) == []


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_a_whole_date_means_itself_on_every_day(day: date, anchor: date) -> None:
    forms = (
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%B} {day.year}",
        f"{day:%b}. {day.day}, {day.year}" if day.month != 5 else day.isoformat(),
        day.isoformat(),
    )
    for form in forms:
        found = one(f"It was dated {form}.", Anchor(anchor, anchor, "published"))
        assert (found.first, found.last, found.value) == (day, day, day.isoformat())


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
def test_a_weekday_of_the_past_is_within_the_week_before(day: date, number: int) -> None:
    name = (date(2025, 9, 1) + timedelta(days=number)).strftime("%A")
    found = one(f"It was shipped on {name}.", Anchor(day, day, "published"))
    assert found.first is not None
    assert found.first.weekday() == number
    assert timedelta(0) <= day - found.first < timedelta(days=7)


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_every_place_holds_the_words(text: str) -> None:
    for found in timexes(text, PUBLISHED):
        assert text[found.start : found.end] == found.said
        span = span_of(found.value)
        assert span is None or span[0] <= span[1]
