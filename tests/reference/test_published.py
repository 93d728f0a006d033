"""What may be read from a published cell, and what must not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.reference import FLAGS, parse_published


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("260", "260"),
        ("119,000", "119000"),
        ("1,234,567.5", "1234567.5"),
        ("5.31", "5.31"),
        (" 401 ", "401"),
        ("14000", "14000"),
        ("140,000\u2079", "140000"),
        ("140,000\u00b9,\u00b2", "140000"),
    ],
)
def test_a_plain_number_is_read_exactly(text: str, value: str) -> None:
    read = parse_published(text)
    assert (read.value, read.flag, read.estimated) == (Decimal(value), "", False)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("W", "W"),
        ("E", "E"),
        ("NA", "NA"),
        ("             NA", "NA"),
        ("na", "NA"),
        ("XX", "XX"),
        ("", "blank"),
        ("   ", "blank"),
        ("\u2014", "dash"),
        ("\u2013", "dash"),
        ("-", "dash"),
        ("--", "dash"),
        ("Large", "words"),
        ("Variable, depending on size, type, and quality", "words"),
        ("(3)", "unreadable"),
        ("?1", "unreadable"),
        ("140,0009", "unreadable"),
        ("9 140,000", "unreadable"),
        ("1,23", "unreadable"),
        ("1 234", "unreadable"),
        ("12,34,567", "unreadable"),
        ("350-300", "unreadable"),
        (">", "unreadable"),
        ("1.2.3", "unreadable"),
        ("-5", "unreadable"),
        ("1e5", "unreadable"),
    ],
)
def test_what_is_no_plain_number_has_no_value(text: str, flag: str) -> None:
    read = parse_published(text)
    assert (read.value, read.flag) == (None, flag)


@pytest.mark.parametrize(
    ("text", "low", "high", "flag"),
    [
        (">95", "95", None, ">"),
        (">2,000,000", "2000000", None, ">"),
        ("<25", None, "25", "<"),
        ("300-350", "300", "350", "range"),
        ("500\u201317,000", "500", "17000", "range"),
        ("330 - 390", "330", "390", "range"),
        ("s", "0", "0.5", "<half"),
    ],
)
def test_bounds_are_kept_as_bounds(text: str, low: str | None, high: str | None, flag: str) -> None:
    read = parse_published(text)
    assert read.value is None
    assert read.low == (None if low is None else Decimal(low))
    assert read.high == (None if high is None else Decimal(high))
    assert read.flag == flag


def test_a_dash_is_zero_only_where_the_legend_says_so() -> None:
    assert parse_published("\u2014").value is None
    read = parse_published("\u2014", dash_is_zero=True)
    assert (read.value, read.flag) == (0, "dash")


@pytest.mark.parametrize("text", ["", "W", "E", "NA", "XX", "Large", "?1"])
def test_missing_is_never_zero(text: str) -> None:
    assert parse_published(text, dash_is_zero=True).value is None


def test_the_mark_of_an_estimate_is_read() -> None:
    read = parse_published("e150")
    assert (read.value, read.estimated, read.text) == (150, True, "e150")


@given(st.decimals(min_value=0, max_value=10**12, places=3, allow_nan=False))
def test_what_is_printed_with_separators_is_read_back(number: Decimal) -> None:
    assert parse_published(f"{number:,}").value == number


@given(st.integers(1000, 10**9), st.integers(0, 9))
def test_a_digit_joined_to_a_grouped_number_is_refused(number: int, footnote: int) -> None:
    assert parse_published(f"{number:,}{footnote}").value is None


@given(st.text(max_size=12))
def test_any_text_gives_a_known_flag_and_one_kind_of_answer(text: str) -> None:
    read = parse_published(text)
    assert read.flag in FLAGS
    assert (read.flag == "") == (read.value is not None)
    assert read.low is None or read.high is None or read.low < read.high
