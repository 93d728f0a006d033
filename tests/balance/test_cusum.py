"""Running sums of unaccounted metal: laws, a simulated plant, a published chart, unlike inputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from balance_ledgers import books, event, grade, line, mass
from hypothesis import given, settings
from random_plants import SITES, plants

from oreline.balance import CHAIN, SHIFTED, STEADY, balance_sites, cusum, metal_price
from oreline.balance._cusum_tests import Innovation, greatest_run, innovations, tabulated
from oreline.model import InputError, LimitExceededError, UnitError

T = 10**9
Event = dict[str, Any]


def months(
    truck_t: list[str], counted_t: list[str], *, survey_u: str = "5", tails_pct: str = "0.2"
) -> list[Event]:
    """Write a mill that receives ore, mills 100 t a month to concentrate, and counts the pile."""
    start = line("m:ORE", continuing=True, material="ore", dry=mass("500", u="0"),
                 grades=[grade("Cu", "2", u="0")])  # fmt: skip
    events = [event("extract", "e0", "2025-01-01", {"outputs": [start]}, site="mill")]
    for month, (truck, counted) in enumerate(zip(truck_t, counted_t, strict=True), 1):
        day = f"2025-{month:02}"
        more = line("m:ORE", continuing=True, material="ore", dry=mass(truck, u="1"),
                    grades=[grade("Cu", "2", u="0.02")])  # fmt: skip
        made = line("m:CON", continuing=True, material="conc", dry=mass("9", u="0.05"),
                    grades=[grade("Cu", "20", u="0.1")])  # fmt: skip
        rest = line("m:TAIL", continuing=True, material="tails", dry=mass("91", u="1"),
                    grades=[grade("Cu", tails_pct, u="0.01")])  # fmt: skip
        milled = {"inputs": [line("m:ORE", dry=mass("100", u="2"))], "outputs": [made, rest]}
        count = {"lot": "m:ORE", "dry": mass(counted, u=survey_u)}
        events += [
            event("extract", f"e{month}", f"{day}-02", {"outputs": [more]}, site="mill"),
            event("process", f"p{month}", f"{day}-10", milled, site="mill"),
            event("count", f"c{month}", f"{day}-27", count, site="mill"),
        ]
    return events


@settings(max_examples=60)
@given(plants())
def test_the_sum_over_months_is_the_unaccounted_of_the_whole_time(events: list[Event]) -> None:
    opened = books(events)
    span = balance_sites(opened, "Cu", period=("2025-01-01", "2026-01-01"))
    by_month = balance_sites(opened, "Cu")
    for site in (*SITES, CHAIN):
        rows = by_month.chain if site == CHAIN else [one for one in by_month if one.site == site]
        try:
            found = cusum(opened, "Cu", site)
        except InputError:
            assert all(row.unaccounted.low_mg == 0 for row in rows)
            continue
        whole = next(row for row in (*span.rows, *span.chain) if row.site == site)
        end = found.points[-1].cumulative
        total = sum(point.unaccounted.low_mg for point in found.points)
        assert end.low_mg == end.high_mg == total == whole.unaccounted.low_mg
        assert end.u_mg == pytest.approx(whole.unaccounted.u_mg, rel=1e-6, abs=1e-6)


@settings(max_examples=40)
@given(plants())
def test_every_prefix_is_as_uncertain_as_the_same_span_balanced_at_once(
    events: list[Event],
) -> None:
    opened = books(events)
    found = cusum(opened, "Cu", CHAIN) if len(events) > 1 and _flows(events) else None
    if found is None:
        return
    covariance = np.array(found.covariance)
    for number, point in enumerate(found.points, 1):
        together = float(covariance[:number, :number].sum())
        assert point.cumulative.u_mg is not None
        assert point.cumulative.u_mg**2 == pytest.approx(together, rel=1e-6, abs=1e3)
        first = found.points[0].start or "2025-01-01"
        if not point.end:
            continue
        whole = balance_sites(opened, "Cu", period=(first, point.end)).chain[0].unaccounted
        assert point.cumulative.low_mg == whole.low_mg
        assert point.cumulative.u_mg == pytest.approx(whole.u_mg, rel=1e-6, abs=1e-6)


def _flows(events: list[Event]) -> bool:
    return any(one["schema"] in ("process/1", "blend/1", "split/1", "count/1") for one in events)


def test_errors_of_a_stock_take_cancel_in_the_sum() -> None:
    """However poor the surveys between, the end rests on the first and the last stock alone."""
    flows = ["100"] * 6
    stocks = ["500", "520", "480", "510", "490", "500"]
    poor = cusum(books(months(flows, stocks, survey_u="60")), "Cu", "mill")
    fair = cusum(books(months(flows, stocks, survey_u="5")), "Cu", "mill")
    each = [point.unaccounted.u_mg for point in poor.points]
    last = poor.points[-1].cumulative.u_mg
    assert last is not None
    assert None not in each
    # Two surveys of 60 t at 2 % stand in each month but the first: as if independent, 4 t.
    independent = math.sqrt(sum(u * u for u in each if u)) / T
    assert independent == pytest.approx(1.2 * math.sqrt(11), rel=0.05)
    assert last / T == pytest.approx(1.2, rel=0.05)
    u = fair.points[-1].cumulative.u_mg
    assert u is not None
    # One survey (0.1 t); each month trucks (0.02), their grade (0.02), concentrate (0.01 and
    # 0.009) and tailings (0.002 and 0.0091).
    monthly = 0.02**2 + 0.02**2 + 0.01**2 + 0.009**2 + 0.002**2 + 0.0091**2
    assert u / T == pytest.approx(math.sqrt(0.1**2 + 6 * monthly), rel=0.02)
    correlation = poor.covariance[2][3] / (each[2] * each[3])  # type: ignore[operator]
    assert correlation == pytest.approx(-0.5, abs=0.03)
    assert poor.covariance[1][4] == pytest.approx(0, abs=0.01 * T**2)


def test_a_simulated_plant_scatters_as_the_covariance_says() -> None:
    """The oracle knows nothing of lots: it draws readings and writes the balance on paper."""
    n, months_n, rng = 40_000, 4, np.random.default_rng(11)
    events = months(["100"] * months_n, ["500"] * months_n)
    found = cusum(books(events), "Cu", "mill")
    survey = 500 + rng.normal(0, 5, (n, months_n))
    truck = 100 + rng.normal(0, 1, (n, months_n))
    grade_in = 0.02 + rng.normal(0, 0.0002, (n, months_n))
    out = (9 + rng.normal(0, 0.05, (n, months_n))) * (0.2 + rng.normal(0, 0.001, (n, months_n)))
    out += (91 + rng.normal(0, 1, (n, months_n))) * (0.002 + rng.normal(0, 0.0001, (n, months_n)))
    # In a month: metal at hand before, and in, less out, less the metal that the survey finds; what
    # it finds has the grade of the pile, itself mixed of what came.
    unaccounted = np.empty((n, months_n))
    dry, richness = np.full(n, 500.0), np.full(n, 0.02)
    for month in range(months_n):
        metal = dry * richness + truck[:, month] * grade_in[:, month]
        richness = metal / (dry + truck[:, month])
        closing = survey[:, month] * richness
        unaccounted[:, month] = metal - out[:, month] - closing
        dry = survey[:, month]
    scatter = np.cov(unaccounted.T) * T**2
    told = np.array(found.covariance)
    scale = np.sqrt(np.diag(scatter))
    both = np.outer(scale, scale)
    assert told / both == pytest.approx(scatter / both, abs=0.06)
    sums = np.cumsum(unaccounted, axis=1).std(axis=0) * T
    ends = [point.cumulative.u_mg for point in found.points]
    # A draw counts the mass of its lot and its own weight as independent: rather too uncertain.
    assert ends == pytest.approx(sums.tolist(), rel=0.08)


def test_a_biased_sampler_shifts_the_sum_and_an_honest_one_does_not() -> None:
    # 100 t at 2 % against 9 t at 20 % and 91 t at 0.22 %: it closes; at 0.12 % it misses 0.09 t.
    flows, stocks = ["100"] * 10, ["500"] * 10
    honest = cusum(books(months(flows, stocks, survey_u="1", tails_pct="0.2198")), "Cu", "mill")
    assert honest.verdict == STEADY
    assert honest.alarm is None
    biased = cusum(books(months(flows, stocks, survey_u="1", tails_pct="0.1")), "Cu", "mill")
    assert biased.verdict == SHIFTED
    assert biased.since == "2025-01"
    assert "missing" in biased.reason
    assert biased.run is not None
    assert (biased.run.first, biased.run.last) == ("2025-01", "2025-10")
    assert biased.run.sigmas > 5
    turned = cusum(books(months(flows, stocks, survey_u="1", tails_pct="0.35")), "Cu", "mill")
    assert turned.verdict == SHIFTED
    assert "too much" in turned.reason


def test_the_tabular_cusum_is_that_of_the_textbook() -> None:
    """D. C. Montgomery, Introduction to Statistical Quality Control, tables of the CUSUM chapter.

    Thirty observations, target 10, sigma 1, k = 0.5, h = 5: printed upper side 5.28 at the 29th and
    5.30 at the 30th; the side left zero with the 23rd.
    """
    observed = (
        "9.45 7.99 9.29 11.66 12.16 10.18 8.04 11.46 9.20 10.34 9.03 11.47 10.51 9.40 10.08 9.37 "
        "10.62 10.31 8.52 10.84 10.90 9.33 12.29 11.50 10.60 11.08 10.38 11.62 11.31 10.52"
    )
    sides = tabulated([float(one) - 10 for one in observed.split()], 0.5)
    assert round(sides[28].upper, 2) == 5.28
    assert round(sides[29].upper, 2) == 5.30
    assert [round(side.lower, 2) for side in sides[:4]] == [0.05, 1.56, 1.77, 0.0]
    assert next(at + 1 for at, side in enumerate(sides) if side.upper > 5) == 29
    assert sides[21].upper == 0
    assert sides[22].upper > 0


def test_innovations_are_uncorrelated() -> None:
    rng = np.random.default_rng(5)
    survey = rng.normal(0, 1, (20_000, 6))
    flow = rng.normal(0, 0.3, (20_000, 5))
    series = flow + survey[:, 1:] - survey[:, :-1]
    covariance = np.cov(series.T)
    found = np.array(
        [
            [z for z, _ in innovations([Innovation(one, "") for one in row], covariance)]
            for row in series[:3000].tolist()
        ]
    )
    assert np.corrcoef(found.T) == pytest.approx(np.eye(5), abs=0.07)
    assert found.std(axis=0) == pytest.approx(np.ones(5), abs=0.05)


def test_a_period_that_cannot_be_judged_is_left_out_and_named() -> None:
    masses = [Innovation(1.0, ""), Innovation(None, "no scale"), Innovation(2.0, "")]
    found = innovations(masses, np.diag([1.0, np.nan, 4.0]))
    assert found == [(1.0, ""), (None, "no scale"), (1.0, "")]
    run = greatest_run(["a", "b", "c"], [1, None, 2], np.diag([1.0, np.nan, 4.0]))
    assert run is not None
    assert (run.first, run.last, run.sigmas) == ("a", "a", 1.0)


def test_missing_uncertainty_and_unknown_mass_give_unknown() -> None:
    events = months(["100"] * 3, ["500"] * 3)
    del events[3]["body"]["dry"]["u"]
    events[3]["body"]["dry"]["basis"] = "reported"
    found = cusum(books(events), "Cu", "mill")
    assert found.points[0].z is None
    assert "states no uncertainty" in found.points[0].why
    assert found.verdict == "UNKNOWN"
    assert found.points[0].cumulative.u_mg is None
    events = months(["100"] * 3, ["500"] * 3)
    events[2]["body"]["outputs"][1]["grades"][0] = {
        "analyte": "Cu", "low": "0.1", "high": "0.3", "unit": "%", "basis": "reported",
    }  # fmt: skip
    found = cusum(books(events), "Cu", "mill")
    last = found.points[-1].cumulative
    assert last.low_mg is not None
    assert last.high_mg is not None
    assert last.high_mg - last.low_mg == 91 * 2 * T // 1000
    assert "not one value" in found.points[0].why


def test_one_period_one_month_without_anything_and_a_chosen_span() -> None:
    events = [one for one in months(["100"] * 4, ["500"] * 4) if "-03-" not in one["time"]]
    found = cusum(books(events), "Cu", "mill")
    assert [point.period for point in found.points] == [f"2025-0{n}" for n in (1, 2, 3, 4)]
    assert found.points[2].unaccounted.low_mg == 0
    assert found.points[2].z == 0
    one = cusum(books(events), "Cu", "mill", since="2025-02", until="2025-02")
    assert [point.period for point in one.points] == ["2025-02"]
    assert one.points[0].cumulative.low_mg == found.points[1].unaccounted.low_mg
    year = cusum(books(events), "Cu", "mill", "year")
    assert year.points[0].cumulative.low_mg == found.points[-1].cumulative.low_mg


@pytest.mark.parametrize(
    "options",
    [
        {"period": "week"},
        {"period": ("2025-01-01", "2025-02-01")},
        {"since": "2024-01"},
        {"since": "2025-02", "until": "2025-01"},
        {"time_zone": "Mars/Base"},
    ],
)
def test_wrong_calls_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        cusum(books(months(["100"] * 2, ["500"] * 2)), "Cu", "mill", **options)


def test_a_place_without_processes_and_an_empty_ledger_say_so() -> None:
    opened = books(months(["100"], ["500"])[:1])
    with pytest.raises(InputError, match="nothing was processed"):
        cusum(opened, "Cu", "mill")
    with pytest.raises(InputError, match="sites:"):
        cusum(opened, "Cu", "nowhere")
    with pytest.raises(InputError):
        cusum(books([]), "Cu", CHAIN)


def test_too_many_periods_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = books(months(["100"] * 2, ["500"] * 2))
    monkeypatch.setattr("oreline.balance._cusum.MAX_CUSUM_CELLS", 1)
    with pytest.raises(LimitExceededError, match="MAX_CUSUM_CELLS"):
        cusum(opened, "Cu", "mill")


def test_money_is_exact_and_its_price_has_a_source() -> None:
    price = metal_price("9500", "USD/t", "an assumption of ours")
    found = cusum(books(months(["101"] * 2, ["500"] * 2)), "Cu", "mill", price=price).to_json()
    point = found["points"][-1]
    tonnes = point["cumulative"]["low"]
    assert float(point["cumulative_value"]["low"]) == pytest.approx(float(tonnes) * 9500, abs=0.01)
    assert found["price"] == {
        "value": "9500", "unit": "USD/t", "source": "an assumption of ours", "basis": "assumed",
    }  # fmt: skip
    # 1 t = 2204.6226... lb, of exactly 453,592.37 mg each.
    assert str(metal_price("4", "USD/lb", "x").of(T)) == "8818.49"
    for value, unit, source in (
        ("9500", "USD", "x"), ("9500", "USD/mtu", "x"), ("9500", "usd/t", "x"),
        ("0", "USD/t", "x"), ("-1", "USD/t", "x"), ("NaN", "USD/t", "x"), ("9,500", "USD/t", "x"),
        ("9500", "USD/t", " "),
    ):  # fmt: skip
        with pytest.raises((InputError, UnitError)):
            metal_price(value, unit, source)
    with pytest.raises(InputError, match="basis"):
        metal_price("1", "USD/t", "x", "guessed")
