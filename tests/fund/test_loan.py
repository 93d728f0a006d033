"""Schedules of loans: by hand, against published numbers, against each day on its own, and laws."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lending import HEAD, TWO_YEARS, forecast, loan

from oreline.fund import (
    Available,
    Covenant,
    CovenantStanding,
    DayCount,
    Draw,
    Forecast,
    LoanSchedule,
    LoanTerms,
    Ratio,
    Repayment,
    Span,
    covenant_standing,
    draws_of,
    loan_schedule,
    read_forecast,
)
from oreline.model import InputError


def no_cash(_start: date, _end: date) -> Available:
    raise AssertionError("only a sculpted loan asks for cash")


def monthly(rate: str, repayment: Repayment, count: int, **more: object) -> LoanTerms:
    given_: dict[str, Any] = {
        "rate": Decimal(rate), "day_count": DayCount.EQUAL, "months": 1,
        "begins": date(2026, 1, 1), "grace": 0, "capitalised": False, "repayment": repayment,
        "repayments": count, "target_dscr": None, "planned": (), **more,
    }  # fmt: skip
    return LoanTerms(**given_)


def scheduled(terms: LoanTerms, amount: str) -> LoanSchedule:
    return loan_schedule(terms, [Draw(terms.begins, Decimal(amount))], "USD", no_cash)


def test_a_published_annuity_to_the_cent() -> None:
    """200,000 at 7.5 % a year in 180 monthly payments: 1,854.02 (numpy-financial's example)."""
    found = scheduled(monthly("0.075", Repayment.ANNUITY, 180), "200000")
    assert {one.service for one in found.periods[:-1]} == {Decimal("1854.02")}
    assert found.unpaid == 0
    # What 180 roundings of 0.47 cents, with interest on them, leave to the last payment.
    assert found.periods[-1].service == Decimal("1855.50")


def test_the_example_by_hand() -> None:
    """As the words beside the example reckon it."""
    terms = loan().returns.loan
    assert terms is not None
    found = loan_schedule(terms, [Draw(date(2025, 10, 1), Decimal(200))], "USD", no_cash)
    assert [one.end.isoformat() for one in found.periods] == [
        "2026-01-01", "2026-07-01", "2027-01-01",
    ]  # fmt: skip
    told = [
        tuple(str(part) for part in (one.interest, one.capitalised, one.principal, one.closing))
        for one in found.periods
    ]
    assert told == [
        ("4.60", "4.60", "0", "204.60"),
        ("9.26", "0", "102.30", "102.30"),
        ("4.71", "0", "102.30", "0.00"),
    ]


@pytest.mark.parametrize(
    ("repayment", "principal"),
    [(Repayment.STRAIGHT, ["25", "25", "25", "25"]), (Repayment.BULLET, ["0", "0", "0", "100"])],
)
def test_profiles(repayment: Repayment, principal: list[str]) -> None:
    found = scheduled(monthly("0.12", repayment, 4), "100")
    assert [one.principal for one in found.periods] == [Decimal(one) for one in principal]
    owed = [100, 75, 50, 25] if repayment is Repayment.STRAIGHT else [100] * 4
    assert [one.interest for one in found.periods] == [Decimal(one) / 100 for one in owed]


def test_a_draw_on_the_thirty_first_counts_as_on_the_thirtieth() -> None:
    """ISDA 2006, 4.16(f): from 31 January to 1 July are 151 days, from 31 to 31 July 180."""
    terms = monthly("0.1", Repayment.BULLET, 1, months=6, day_count=DayCount.THIRTY_360)
    drawn = [Draw(date(2026, 1, 31), Decimal(36_000))]
    assert loan_schedule(terms, drawn, "USD", no_cash).periods[0].interest == 1510
    later = monthly(
        "0.1", Repayment.BULLET, 1, months=6, day_count=DayCount.THIRTY_360,
        begins=date(2026, 1, 31),
    )  # fmt: skip
    assert loan_schedule(later, drawn, "USD", no_cash).periods[0].interest == 1800


DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
AMOUNTS = st.decimals("0.01", "999999999", places=2)


@st.composite
def loans(draw: st.DrawFn) -> tuple[LoanTerms, list[Draw]]:
    months = draw(st.sampled_from([1, 3, 6, 12]))
    terms = monthly(
        str(draw(st.decimals("0", "0.4", places=6))),
        draw(st.sampled_from([Repayment.ANNUITY, Repayment.STRAIGHT, Repayment.BULLET])),
        draw(st.integers(1, 24)),
        months=months,
        day_count=draw(st.sampled_from(list(DayCount))),
        begins=draw(DAYS),
        grace=draw(st.integers(0, 6)),
        capitalised=draw(st.booleans()),
    )
    longest = (terms.grace + terms.repayments) * months * 28 - 1
    days = draw(st.lists(st.integers(0, longest), min_size=1, max_size=4))
    return terms, [Draw(terms.begins + timedelta(one), draw(AMOUNTS)) for one in days]


@given(loans())
def test_all_that_is_drawn_and_capitalised_comes_back(one: tuple[LoanTerms, list[Draw]]) -> None:
    terms, draws = one
    found = loan_schedule(terms, draws, "USD", no_cash)
    assert found.unpaid == 0
    assert found.total("principal") == found.total("drawn") + found.total("capitalised")
    assert found.total("drawn") == sum(draw.amount for draw in draws)
    assert all(period.interest >= 0 and period.principal >= 0 for period in found.periods)
    assert all(period.principal == 0 for period in found.periods if period.is_grace)


@given(loans())
def test_interest_is_what_each_day_on_its_own_gives(one: tuple[LoanTerms, list[Draw]]) -> None:
    """By brute force: day by day, for the day counts that count days."""
    terms, draws = one
    if terms.day_count not in {DayCount.ACT_360, DayCount.ACT_365}:
        return
    year = 360 if terms.day_count is DayCount.ACT_360 else 365
    for period in loan_schedule(terms, draws, "USD", no_cash).periods[:8]:
        total, day = Fraction(0), period.start
        while day < period.end:
            drawn = sum((one.amount for one in draws if period.start <= one.day <= day), Decimal(0))
            total += Fraction(period.opening + drawn) * Fraction(terms.rate) / year
            day += timedelta(1)
        assert abs(Fraction(period.interest) - total) <= Fraction(1, 200)


def standing(
    ratio: Ratio, at_least: str, table: bytes = TWO_YEARS, drawn: str = "200"
) -> CovenantStanding:
    terms = loan().returns.loan
    assert terms is not None
    expected = forecast(table)

    def cash(start: date, end: date) -> Available:
        return expected.between(start, end, "USD")

    draws = [Draw(date(2025, 10, 1), Decimal(drawn))] if drawn else []
    schedule = loan_schedule(terms, draws, "USD", cash)
    covenant = Covenant("c", "Cover", ratio, Decimal(at_least))
    return covenant_standing(covenant, terms, schedule, cash)


def test_cover_of_debt_service_by_hand_and_exactly_at_its_threshold() -> None:
    """167.34 / 111.56 and 160.515 / 107.01 are 1.5, which doubles would not all say."""
    exact = standing(Ratio.DSCR, "1.5")
    assert [one.value for one in exact.ratios] == [Fraction(3, 2), Fraction(3, 2)]
    assert exact.verdict == "PASS"
    failing = standing(Ratio.DSCR, "1.500000001")
    assert failing.verdict == "FAIL"
    assert failing.told() == (
        "least DSCR 1.5 in the period to 2026-07-01, promised 1.500000001; below it in 2 of 2 "
        "periods"
    )


def test_cover_over_the_life_by_hand() -> None:
    """Half-years of 181 and 184 days at 9 % ACT/360: factors 1.04525 and 1.046."""
    found = standing(Ratio.LLCR, "1.5")
    second = Fraction("160.515") / Fraction("1.046")
    first = (Fraction("167.34") + second) / Fraction("1.04525")
    assert [one.value for one in found.ratios] == [
        first / Fraction("204.60"), second / Fraction("102.30"),
    ]  # fmt: skip
    assert found.verdict == "PASS"


def test_cash_after_the_last_payment_covers_nothing() -> None:
    """A loan of 150 that a hundred a year repay in two: 100 / 1.1 + 100 / 1.21 cover it."""
    terms = monthly("0.1", Repayment.SCULPTED, 10, months=12, target_dscr=Decimal(1))

    def cash(start: date, _end: date) -> Available:
        return Available(Fraction(100) if start.year < 2030 else None)

    schedule = loan_schedule(
        terms, [Draw(terms.begins, Decimal(150))], "USD", lambda *_: Available(Fraction(100))
    )
    assert schedule.unpaid == 0
    covenant = Covenant("c", "Cover", Ratio.LLCR, Decimal("1.5"))
    found = covenant_standing(covenant, terms, schedule, cash)
    assert found.verdict == "FAIL"
    expected = (Fraction(100) / Fraction("1.1") + Fraction(100) / Fraction("1.21")) / 150
    assert [one.value for one in found.ratios] == [
        expected, Fraction(100) / Fraction("1.1") / 65, *[None] * 8,
    ]  # fmt: skip


def test_what_a_ratio_lacks_is_named() -> None:
    half = HEAD + b"2026-01-01,2026-06-30,167.34,USD,planned,a plan\n"
    found = standing(Ratio.DSCR, "1.5", half)
    assert found.verdict == "UNKNOWN"
    assert found.told() == (
        "cash available from 2026-07-01 to 2026-12-31: the forecast does not reach so far"
    )
    # What is known to fail fails, whatever else is not known.
    assert standing(Ratio.DSCR, "1.6", half).verdict == "FAIL"
    assert standing(Ratio.LLCR, "1.5", half).verdict == "UNKNOWN"
    euros = standing(Ratio.DSCR, "1.5", TWO_YEARS.replace(b"USD", b"EUR"))
    assert "the forecast is in EUR, the loan in USD" in euros.told()
    assert "nothing is drawn or planned" in standing(Ratio.DSCR, "1.5", drawn="").told()


CASH = st.lists(st.decimals("1", "1000000", places=2), min_size=1, max_size=30)


@given(CASH, st.decimals("1.05", "3", places=2), st.decimals("0.001", "0.3", places=4))
def test_a_sculpted_loan_has_its_target_as_both_ratios(
    cash: list[Decimal], target: Decimal, rate: Decimal
) -> None:
    """The law of sculpting: a loan of the cash's worth, divided by the target, repays exactly."""
    terms = monthly(
        str(rate), Repayment.SCULPTED, len(cash), months=12, target_dscr=target,
        begins=date(2026, 1, 1),
    )  # fmt: skip
    spans = tuple(
        Span(date(2026 + k, 1, 1), date(2026 + k, 12, 31), one, "planned", "x")
        for k, one in enumerate(cash)
    )
    expected = Forecast("USD", spans)
    worth = Fraction(0)
    for one in reversed(cash):
        worth = (Fraction(one) + worth) / (1 + Fraction(rate))
    amount = Decimal(round(100 * worth / Fraction(target))) / 100
    if amount < 1000:
        return

    def available(start: date, end: date) -> Available:
        return expected.between(start, end, "USD")

    found = loan_schedule(terms, [Draw(terms.begins, amount)], "USD", available)
    # Roundings of a cent a year grow with interest.
    slack = Decimal(len(cash) + 1) * (1 + rate) ** len(cash) / 100
    assert abs(found.unpaid) <= slack
    covenant = Covenant("c", "Cover", Ratio.LLCR, Decimal(1))
    life = covenant_standing(covenant, terms, found, available)
    first = life.ratios[0].value
    assert first is not None
    # Where a year does not even pay its interest, later ones repay sooner than the last.
    if found.periods[-1].service:
        assert abs(first - Fraction(target)) < Fraction(1, 1000)
    for period, one in zip(found.periods, cash, strict=True):
        if period.opening > period.principal > 0:
            assert abs(period.service * target - one) <= target / 100


def test_drawn_outside_the_periods_is_refused_and_plans_give_way_to_what_happened() -> None:
    terms = monthly("0.1", Repayment.BULLET, 2, planned=(Draw(date(2026, 2, 1), Decimal(5)),))
    with pytest.raises(InputError, match="lie outside the periods"):
        loan_schedule(terms, [Draw(date(2025, 12, 31), Decimal(1))], "USD", no_cash)
    recorded = (Draw(date(2026, 1, 2), Decimal(3)),)
    assert len(draws_of(terms, recorded, date(2026, 1, 31))) == 2
    assert draws_of(terms, recorded, date(2026, 2, 1)) == recorded


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"2026-12-31,2027-12-31,1,USD,planned,x", "counted twice"),
        (b"2028-01-01,2027-12-31,1,USD,planned,x", "before it starts"),
        (b"2028-01-01,2028-12-31,1,EUR,planned,x", "EUR stands beside USD"),
        (b"2028-01-01,2028-12-31,1 m,USD,planned,x", "1 m"),
        (b"2028-01-01,2028-12-31,1,USD,hoped,x", "basis"),
    ],
)
def test_a_forecast_that_contradicts_itself_is_refused(row: bytes, said: str) -> None:
    found, findings = read_forecast(TWO_YEARS + row + b"\n", "cash-forecast.csv")
    assert found is None
    assert any(said in str(one) and one.where.endswith(("start", "end", "currency", "available",
               "basis")) for one in findings), [str(one) for one in findings]  # fmt: skip


def test_the_page_of_a_forecast_shows_its_line() -> None:
    rows = HEAD + b"2030-01-01,2030-12-31,1,USD,planned,x\n2030-12-31,2031-12-31,1,USD,planned,x\n"
    _, (finding,) = read_forecast(rows, "cash-forecast.csv")
    page = Path(__file__).parents[2] / "docs" / "findings" / "ORL-1180.md"
    assert str(finding) in page.read_text("utf-8")
