"""Amounts are read as a careful reader reads them: currency, scale, range, hedge and unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.watch._amounts import amounts
from oreline.watch._claim import Amount, Money, Percent
from oreline.watch._currencies import CODES, SHARED, SHARED_WORDS, SIGNS, WORDS
from oreline.watch._numbers import number

READ = {
    "A$25m": "AUD 25,000,000",
    "C$5.9m": "CAD 5,900,000",
    "RMB 3.5 billion": "CNY 3,500,000,000",
    "US$1.2bn": "USD 1,200,000,000",
    "US $ 150 million": "USD 150,000,000",
    "$5-7 million": "USD 5,000,000 to 7,000,000",
    "between $5 million and $7 million": "USD 5,000,000 to 7,000,000",
    "up to $245m": "up to USD 245,000,000",
    "nearly $1 billion": "nearly USD 1,000,000,000",
    "$1.2mm": "USD 1,200,000",
    "30 MUSD": "USD 30,000,000",
    "USD 25,700/t": "USD 25,700 per t",
    "CNY 78/kg": "CNY 78 per kg",
    "45 yuan per kg": "CNY 45 per kg",
    "€1.1–1.3bn": "EUR 1,100,000,000 to 1,300,000,000",
    "100元": "CNY 100",
    "thirteen dollars and forty-five cents": "USD 13.45",
    "five million to seven million dollars": "USD 5,000,000 to 7,000,000",
    "half a million dollars": "USD 500,000",
    "84p": "GBP 0.84",
    "10-15%": "10 to 15 %",
    "twenty percent": "20 %",
    "minus five percent": "-5 %",
    "2 1/2 percent": "2.5 %",
    "3,000 to 5,000 tonnes": "3,000 to 5,000 t",
    "between 20 and 30 tonnes": "20 to 30 t",
    "25 lakh tonnes": "2,500,000 t",
    "190,000 square meters": "190,000 m2",
    "two million barrels": "2,000,000 bbl",
    "a six-mile road": "6 mi",
}


def _plain(text: str) -> str:
    """Give a text without zeros that say nothing: 5.90 is 5.9."""
    words = [word.rstrip("0").rstrip(".") if "." in word else word for word in text.split()]
    return " ".join(words)


@pytest.mark.parametrize("text", READ)
def test_an_amount_is_read_whole(text: str) -> None:
    (found,) = amounts(f"It was {text}, he said.")
    assert found.value.said.strip() in text
    assert _plain(str(found.value)) == READ[text]


def test_a_currency_that_several_countries_have_stays_open_until_a_country_is_told() -> None:
    for text in ("Rs140 billion", "Rs.140 crore", "35 lakh rupees", "Rs 1,200 crore"):
        (found,) = amounts(text)
        (told,) = amounts(text, "PK")
        assert isinstance(found.value, Money)
        assert isinstance(told.value, Money)
        assert (found.value.currency, told.value.currency) == (None, "PKR")


def test_a_rise_from_one_amount_to_another_is_no_range() -> None:
    values = [one.value for one in amounts("Sales rose from $3 billion to $4 billion.")]
    assert [str(one) for one in values] == ["USD 3,000,000,000", "USD 4,000,000,000"]
    values = [one.value for one in amounts("Prices range from $3 to $4.")]
    assert [str(one) for one in values] == ["USD 3 to 4"]
    values = [one.value for one in amounts("It paid $5 million and $7 million.")]
    assert len(values) == 2


@pytest.mark.parametrize(
    "text",
    [
        "He lost his pen 7 times",
        "Try 5 of them",
        "8 percentage points",
        "in Q3 2026",
        "won 3 medals",
    ],
)
def test_what_is_no_amount_is_left_alone(text: str) -> None:
    assert amounts(text) == []


@given(st.sampled_from([*WORDS, *SHARED_WORDS, *SHARED]), st.sampled_from(["", "s", "es"]))
def test_every_name_of_a_currency_is_read_in_every_number(word: str, ending: str) -> None:
    # "rupees" once ended the whole reading with a KeyError.
    for found in amounts(f"about 12 million {word}{ending} were paid"):
        assert isinstance(found.value, Money | Amount)


@given(st.sampled_from([*SIGNS, *CODES]), st.integers(1, 999), st.sampled_from(["", " "]))
def test_every_sign_and_code_is_read_before_a_figure(sign: str, count: int, gap: str) -> None:
    shown = sign if sign.endswith("$") and gap == "" else sign.upper()
    if sign == "a$" and gap:
        return
    (found,) = amounts(f"paid {shown}{gap}{count} million")
    assert isinstance(found.value, Money)
    assert found.value.low == count * 10**6


@given(st.integers(0, 999_999), st.integers(1, 99))
def test_a_range_keeps_both_bounds_in_order(low: int, more: int) -> None:
    (found,) = amounts(f"some {low:,}-{low + more:,} tonnes")
    assert isinstance(found.value, Amount)
    assert (found.value.value, found.value.high) == (low, low + more)
    (found,) = amounts(f"{low}-{low + more} percent")
    assert isinstance(found.value, Percent)
    assert (found.value.value, found.value.high) == (low, low + more)


def test_numbers_in_words_are_their_figures() -> None:
    told = {
        "twenty-four": "24",
        "two hundred and forty-five": "245",
        "three thousand nine hundred and sixty-five": "3965",
        "a thousand": "1000",
        "12,34,567.89": "1234567.89",
        "three quarters": "0.75",
    }
    assert {one: number(one) for one in told} == {one: Decimal(two) for one, two in told.items()}
