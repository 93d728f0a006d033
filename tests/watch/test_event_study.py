"""Event studies: against a regression with a dummy for each day, against scipy, and by laws."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from oreline.model import InputError
from oreline.watch import (
    EventStudy,
    MarketSeries,
    OtherEvent,
    SeriesTerms,
    StudyRules,
    event_study,
    series_rows,
)

Floats = NDArray[np.float64]
START = date(2025, 1, 1)


def _weekdays(count: int) -> list[date]:
    found: list[date] = []
    day = START
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day)
        day += timedelta(days=1)
    return found


def _series(name: str, returns: Floats, days: list[date] | None = None) -> MarketSeries:
    used = _weekdays(len(returns) + 1) if days is None else days
    prices = 100 * np.concatenate([[1.0], np.cumprod(1 + returns)])
    terms = SeriesTerms(name, name, "share", "USD", "USD per share", "reported", "made up")
    return MarketSeries(terms, series_rows({"Date": used, "Close": prices[: len(used)]}))


def _made(seed: int = 7, count: int = 200, jump: float = 0.2) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    index = random.normal(0.0, 0.01, count)
    price = 0.001 + 1.4 * index + random.normal(0.0, 0.02, count)
    price[180] += jump
    return price, index


def _study(price: Floats, index: Floats | None, **said: Any) -> EventStudy:
    days = _weekdays(len(price) + 1)
    rules = StudyRules(**said)
    other = None if index is None else _series("index", index)
    return event_study(_series("price", price), other, days[181], days[181], rules=rules)


@pytest.mark.parametrize("model", ["market", "mean", "adjusted"])
def test_abnormal_returns_are_the_coefficients_of_dummies(model: str) -> None:
    """Regress on a dummy for each event day: its coefficient is the abnormal return, its standard
    error the error of prediction, and their sum has the error of the cumulated return."""
    price, index = _made()
    found = _study(price, index, model=model, before=3, after=3, windows=((0, 0), (-3, 3)), gap=0)
    at = slice(177 - 120, 184)
    count, wide = 127, 7
    dummies = np.zeros((count, wide))
    dummies[-wide:] = np.eye(wide)
    target = price[at]
    if model == "market":
        design = np.column_stack([np.ones(count), index[at], dummies])
    elif model == "mean":
        design = np.column_stack([np.ones(count), dummies])
    else:
        target, design = price[at] - index[at], dummies
    inverse = np.linalg.inv(design.T @ design)
    told = inverse @ design.T @ target
    rest = target - design @ told
    df = count - design.shape[1]
    variance = float(rest @ rest) / df
    if model == "adjusted":
        # Nothing is estimated but the variance, about the mean of the estimation days.
        variance, df = float(np.var(target[:-wide], ddof=1)), 119
    errors = np.sqrt(variance * np.diag(inverse)[-wide:])
    ours = [one.abnormal for one in found.days]
    assert ours == pytest.approx(told[-wide:], abs=1e-12)
    assert [one.error for one in found.days] == pytest.approx(errors, rel=1e-9)
    whole = np.zeros(design.shape[1])
    whole[-wide:] = 1
    car = found.windows[1]
    assert car.car == pytest.approx(float(whole @ told), abs=1e-12)
    assert car.error == pytest.approx(float(np.sqrt(variance * whole @ inverse @ whole)), rel=1e-9)
    assert car.df == df
    assert car.t is not None
    assert car.p == pytest.approx(2 * stats.t.sf(abs(car.t), df), rel=1e-9)


def test_alpha_and_beta_are_those_of_scipy() -> None:
    price, index = _made()
    found = _study(price, index)
    low = 180 - 10 - 5
    line = stats.linregress(index[low - 120 : low], price[low - 120 : low])
    assert (found.alpha, found.beta) == pytest.approx((line.intercept, line.slope), rel=1e-9)
    assert found.r_squared == pytest.approx(line.rvalue**2, rel=1e-9)


def test_rank_and_sign_tests_are_those_of_scipy() -> None:
    price, index = _made()
    found = _study(price, index, model="adjusted", windows=((-2, 2),))
    rest = price - index
    mine, before = rest[178:183], rest[45:165]
    window = found.windows[0]
    wanted = stats.mannwhitneyu(mine, before, alternative="two-sided").pvalue
    assert window.rank_p == pytest.approx(wanted)
    share = float((before > 0).mean())
    wanted = stats.binomtest(int((mine > 0).sum()), 5, share).pvalue
    assert window.sign_p == pytest.approx(wanted)


def test_the_numbers_of_one_study_stand() -> None:
    """Goes red when a formula is altered: three-day CAR, its error and t of a fixed series."""
    price, index = _made()
    window = _study(price, index).windows[1]
    low, event = 165, slice(179, 182)
    line = stats.linregress(index[45:low], price[45:low])
    abnormal = price[event] - line.intercept - line.slope * index[event]
    rest = price[45:low] - line.intercept - line.slope * index[45:low]
    away = index[45:low] - index[45:low].mean()
    variance = rest @ rest / 118
    spread = (index[event] - index[45:low].mean()).sum() ** 2 / (away @ away)
    error = float(np.sqrt(variance * (3 + 9 / 120 + spread)))
    assert window.car == pytest.approx(float(abnormal.sum()), rel=1e-9)
    assert window.error == pytest.approx(error, rel=1e-9)
    assert window.t == pytest.approx(float(abnormal.sum()) / error, rel=1e-9)


@settings(max_examples=20)
@given(
    st.integers(0, 1_000),
    st.floats(-0.3, 0.5),
    st.sampled_from(["market", "mean", "adjusted"]),
)
def test_a_jump_on_the_day_is_added_to_the_abnormal_return_and_to_nothing_else(
    seed: int, jump: float, model: str
) -> None:
    price, index = _made(seed, jump=0.0)
    calm = _study(price, index, model=model)
    price[180] += jump
    moved = _study(price, index, model=model)
    assert moved.windows[0].error == pytest.approx(calm.windows[0].error)
    for one, two in zip(calm.windows, moved.windows, strict=True):
        assert one.car is not None
        assert two.car is not None
        assert two.car - one.car == pytest.approx(jump, abs=1e-9)
    assert moved.sigma == calm.sigma


@settings(max_examples=8)
@given(st.integers(0, 1_000), st.floats(0.01, 1_000), st.floats(0.2, 5))
def test_the_currency_of_a_price_and_the_size_of_an_index_do_not_matter(
    seed: int, scale: float, times: float
) -> None:
    price, index = _made(seed)
    days = _weekdays(201)
    share, market = _series("price", price), _series("index", index)
    one = event_study(share, market, days[181], days[181])
    scaled = MarketSeries(
        share.terms, series_rows({"Date": days, "Close": share.newest["Close"] * scale})
    )
    two = event_study(scaled, market, days[181], days[181])
    assert two.windows[1].car == pytest.approx(one.windows[1].car, rel=1e-6)
    # An index that moves so many times as far has so much smaller a beta; the rest stays.
    wide = _series("index", index * times / 10)
    thin = event_study(share, wide, days[181], days[181])
    assert thin.windows[1].car == pytest.approx(one.windows[1].car, rel=1e-6, abs=1e-9)
    assert thin.beta is not None
    assert one.beta is not None
    assert thin.beta * times / 10 == pytest.approx(one.beta, rel=1e-6, abs=1e-9)


def test_under_no_event_one_study_in_twenty_is_significant() -> None:
    rejected = 0
    for seed in range(80):
        price, index = _made(seed, jump=0.0)
        p = _study(price, index, windows=((-1, 1),)).windows[0].p
        assert p is not None
        rejected += p < 0.05
    assert 1 <= rejected <= 12


def test_a_day_without_trade_moves_the_event_to_the_next_and_says_so() -> None:
    price, index = _made()
    share, market = _series("price", price), _series("index", index)
    days = _weekdays(201)
    friday = next(day for day in days[150:] if day.weekday() == 4)
    found = event_study(share, market, friday + timedelta(1), friday + timedelta(2))
    assert found.event_days == (friday + timedelta(3),)
    assert any("is no trading day" in note for note in found.notes)


def test_an_interval_of_days_is_studied_whole_and_says_so() -> None:
    price, index = _made()
    share, market = _series("price", price), _series("index", index)
    days = _weekdays(201)
    found = event_study(share, market, days[176], days[182])
    assert found.event_days == tuple(days[176:183])
    assert found.windows[0].days == 7
    assert any("all 7 trading days of it count" in note for note in found.notes)
    single = sum(one.abnormal for one in found.days if one.offset == 0)
    assert found.windows[0].car == pytest.approx(single)


def test_a_halt_of_the_share_leaves_both_returns_over_the_same_days() -> None:
    price, index = _made()
    days = _weekdays(201)
    whole = _series("price", price)
    kept = [at for at in range(201) if at not in (178, 179)]
    thin = MarketSeries(whole.terms, whole.rows[kept])
    found = event_study(thin, _series("index", index), days[181], days[181])
    after = next(one for one in found.days if one.day == days[180])
    closes = whole.newest["Close"]
    assert after.price_return == pytest.approx(closes[180] / closes[177] - 1)
    assert any("on 2 days of the index price has no price" in note for note in found.notes)


def test_overlapping_events_are_marked_and_where() -> None:
    price, index = _made()
    days = _weekdays(201)
    others = [
        OtherEvent("a", "a deal", days[183], days[183]),
        OtherEvent("b", "another", days[100], days[102]),
        OtherEvent("c", "long ago", days[3], days[4]),
    ]
    found = event_study(
        _series("price", price), _series("index", index), days[181], days[181], others=others
    )
    assert [(one.id, where) for one, where in found.overlaps] == [
        ("a", "window"), ("b", "estimation"),
    ]  # fmt: skip


def test_a_window_that_the_prices_do_not_reach_is_unknown() -> None:
    price, index = _made(count=184)
    found = _study(price, index)
    assert [one.car is None for one in found.windows] == [False, False, True, True]
    assert "the prices end 3 trading days after the event" in found.windows[2].why_not


def test_only_what_was_published_by_then_is_used() -> None:
    price, index = _made()
    days = _weekdays(201)
    found = event_study(
        _series("price", price), _series("index", index), days[181], days[181],
        known_at=days[185],
    )  # fmt: skip
    assert found.days[-1].day == days[185]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"model": "beta"}, "is no model"),
        ({"returns": "gross"}, "simple or log"),
        ({"estimation": 5}, "the estimation takes"),
        ({"before": 1}, "must hold day 0"),
        ({"windows": ((1, 2),)}, "must hold day 0"),
        ({"gap": -1}, "the gap is"),
    ],
)
def test_wrong_rules_are_refused(said: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        StudyRules(**said)


def test_what_cannot_be_studied_is_refused_with_the_reason() -> None:
    price, index = _made()
    days = _weekdays(201)
    share, market = _series("price", price), _series("index", index)
    flat = _series("flat", np.zeros(200))
    cases: list[tuple[MarketSeries, MarketSeries | None, date, date, str]] = [
        (share, None, days[181], days[181], "needs an index"),
        (share, market, days[181], days[180], "before it begins"),
        (share, market, days[20], days[20], "trading days lie before the window"),
        (share, market, date(2030, 1, 1), date(2030, 1, 1), "outside of the prices"),
        (share, market, date(2020, 1, 1), date(2020, 1, 1), "outside of the prices"),
        (share, flat, days[181], days[181], "the index does not move"),
        (flat, market, days[181], days[181], "the price does not move"),
    ]
    for one, two, first, last, words in cases:
        with pytest.raises(InputError, match=words):
            event_study(one, two, first, last)
    monthly = _series("m", price, [START + timedelta(days=30 * at) for at in range(201)])
    with pytest.raises(InputError, match="needs daily"):
        event_study(monthly, None, days[181], days[181], rules=StudyRules(model="mean"))


def test_the_result_says_everything_it_rests_on() -> None:
    price, index = _made()
    found = _study(price, index)
    told = found.to_json()
    assert told["estimation"]["days"] == 120
    assert told["model_words"].startswith("market model")
    assert told["sources"] == ["made up"]
    assert found.to_frame().height == 21
