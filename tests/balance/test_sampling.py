"""Sampling: Gy's formula as a simulation of grains, plans, coarse gold, duplicates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.balance import (
    DuplicateResult,
    Estimate,
    SampledOre,
    duplicate_grade,
    duplicate_precision,
    fundamental_error,
    gold_grains,
    gold_sample_mass,
    granulometric_factor,
    ingamells_constant,
    ingamells_mass,
    minimum_mass,
    sampling_plan,
    scaled_mass,
    u_from_plan,
)
from oreline.model import InputError

GALENA = SampledOre(5, 86.6, 7.5, 2.65, 0.015)


def test_gy_is_the_binomial_of_free_grains() -> None:
    # Free cubes of one size (f = g = l = 1): draw grains, weigh what they hold, compare.
    ore = SampledOre(10, 50, 5.0, 2.5, 1.0, shape=1.0, granulometric=1.0)
    size = 0.1
    masses = np.array([5.0, 2.5]) * size**3
    share_of_mineral = 0.2
    numbers = np.array([share_of_mineral / masses[0], (1 - share_of_mineral) / masses[1]])
    sample_g = 50.0
    mean = sample_g * numbers
    rng = np.random.default_rng(3)
    drawn = rng.poisson(mean, size=(40_000, 2)) * masses
    grades = drawn[:, 0] / drawn.sum(axis=1)
    relative = grades.std() / grades.mean()
    assert fundamental_error(ore, size, sample_g) == pytest.approx(relative, rel=0.02)


@given(st.floats(0.001, 5), st.floats(0.001, 0.2))
def test_the_least_mass_gives_the_wanted_error(size: float, relative_sd: float) -> None:
    mass = minimum_mass(GALENA, size, relative_sd)
    assert fundamental_error(GALENA, size, mass) == pytest.approx(relative_sd)


@given(st.floats(0.02, 5), st.floats(1.1, 10))
def test_above_liberation_the_mass_grows_as_size_to_the_power_of_two_and_a_half(
    size: float, times: float
) -> None:
    small, large = (minimum_mass(GALENA, one, 0.01) for one in (size, size * times))
    assert large / small == pytest.approx(times**2.5)
    assert scaled_mass(small, size, size * times) / small == pytest.approx(times**3)


def test_a_whole_lot_has_no_error_and_more_than_the_lot_is_refused() -> None:
    assert fundamental_error(GALENA, 1.0, 1000.0, lot_g=1000.0) == 0
    with pytest.raises(InputError, match="more than its lot"):
        fundamental_error(GALENA, 1.0, 1001.0, lot_g=1000.0)


def test_what_is_really_taken_counts() -> None:
    plan = sampling_plan(GALENA, [0.5, 0.1], 0.02, taken_g=[30_000, 200], lot_g=1e7)
    parts = [
        fundamental_error(GALENA, 0.5, 30_000, 1e7),
        fundamental_error(GALENA, 0.1, 200, 30_000),
    ]
    assert plan.relative_sd == pytest.approx(math.hypot(*parts))
    assert [(item.code, item.where) for item in plan.findings] == [("ORL-0545", "stage 2")]


@pytest.mark.parametrize(
    ("sizes", "taken", "words"),
    [
        ([0.1, 0.5], None, "cannot grow"),
        ([], None, "at least one stage"),
        ([0.5, 0.1], [100.0], "1 masses for 2 stages"),
        ([0.5, 0.1], [100.0, 200.0], "more than its lot"),
        ([0.5, 0.0], None, "above zero"),
    ],
)
def test_plans_that_cannot_be_are_refused(
    sizes: list[float], taken: list[float] | None, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        sampling_plan(GALENA, sizes, 0.02, taken_g=taken)


def test_size_factors() -> None:
    assert [granulometric_factor(x) for x in (4.1, 4, 2, 1.9, 1)] == [0.25, 0.5, 0.5, 0.75, 1.0]
    with pytest.raises(InputError):
        granulometric_factor(0.9)


def test_coarse_gold_is_refused_and_fine_gold_warned_of() -> None:
    coarse = SampledOre(0.0002, 100, 19.3, 2.7, 0.05, is_native_gold=True)
    with pytest.raises(InputError) as caught:
        sampling_plan(coarse, [1.0], 0.1)
    assert [finding.code for finding in caught.value.findings] == ["ORL-0543"]
    fine = SampledOre(0.0002, 100, 19.3, 2.7, 0.005, is_native_gold=True)
    found = sampling_plan(fine, [0.0075], 0.1).findings
    assert [finding.code for finding in found] == ["ORL-0544"]


def test_twenty_grains_are_within_22_percent() -> None:
    # Clifton and others, USGS Professional Paper 625-C (1969).
    mass = gold_sample_mass(2.0, 0.5, 1 / math.sqrt(20), shape=0.5)
    found = gold_grains(mass, 2.0, 0.5, shape=0.5)
    assert found.expected == pytest.approx(20)
    assert found.relative_sd == pytest.approx(0.2236, abs=1e-4)


def test_grains_are_counted_as_chance_has_them() -> None:
    found = gold_grains(1000, 3.0, 0.5, shape=0.5)
    rng = np.random.default_rng(8)
    counts = rng.poisson(found.expected, 200_000)
    assert found.probability_of_none == pytest.approx((counts == 0).mean(), abs=0.003)
    assert found.relative_sd == pytest.approx(counts.std() / counts.mean(), rel=0.01)


@given(st.floats(0.001, 1), st.floats(1, 1e5), st.floats(0.001, 1))
def test_ingamells_constant_is_the_mass_for_one_percent(
    relative_sd: float, mass: float, wanted: float
) -> None:
    constant = ingamells_constant(relative_sd, mass)
    assert ingamells_mass(constant, 0.01) == pytest.approx(constant)
    assert ingamells_mass(constant, relative_sd) == pytest.approx(mass)
    assert ingamells_mass(constant, wanted) * wanted**2 == pytest.approx(mass * relative_sd**2)


def test_a_plan_tells_the_uncertainty_of_an_assay() -> None:
    plan = sampling_plan(GALENA, [2.5, 0.5, 0.1, 0.004], 0.02)
    found = u_from_plan(plan, Estimate(5.0, None, "%"), analysis_u=0.03, other_rel=0.01)
    fundamental = 5.0 * 0.02 / 1.96 / math.sqrt(2)
    assert found.u == pytest.approx(math.sqrt(fundamental**2 + 0.03**2 + 0.05**2))
    bare = u_from_plan(plan, Estimate(5.0, None, "%"), analysis_u=0, other_rel=0)
    assert bare.u == pytest.approx(fundamental)
    with pytest.raises(InputError):
        u_from_plan(plan, Estimate(5.0, None, "t"), analysis_u=0, other_rel=0)


def lots_of(
    n: int, sds: tuple[float, float, float], portions: int, repeats: int, seed: int
) -> list[DuplicateResult]:
    """Draw interleaved samples whose scatter is known."""
    rng = np.random.default_rng(seed)
    sampling, preparation, measurement = sds
    results = []
    for lot in range(n):
        lot_mean = rng.normal(50, 3)
        for sample in ("A", "B"):
            of_sample = lot_mean + rng.normal(0, sampling)
            for portion in range(1, portions + 1):
                of_portion = of_sample + rng.normal(0, preparation)
                results += [
                    DuplicateResult(
                        f"{lot}", sample, of_portion + rng.normal(0, measurement), portion
                    )
                    for _ in range(repeats)
                ]
    return results


def test_variances_are_found_again() -> None:
    found = duplicate_precision(lots_of(4000, (0.5, 0.3, 0.2), 2, 2, seed=1), "%")
    assert found.sampling == pytest.approx(0.25, rel=0.08)
    assert found.preparation == pytest.approx(0.09, rel=0.08)
    assert found.measurement == pytest.approx(0.04, rel=0.05)
    assert found.between == pytest.approx(0.25 + 0.09 / 2 + 0.04 / 4, rel=0.06)


def test_the_sums_of_the_standard_written_out() -> None:
    results = lots_of(25, (0.5, 0.3, 0.2), 2, 2, seed=9)
    found = duplicate_precision(results, "%")
    between = measurement = portions = 0.0
    for lot in {item.lot for item in results}:
        mine = [item for item in results if item.lot == lot]
        means = {}
        for sample in "AB":
            of_portion = []
            for portion in (1, 2):
                x, y = (i.value for i in mine if (i.sample, i.portion) == (sample, portion))
                measurement += (x - y) ** 2 / 2
                of_portion.append((x + y) / 2)
            portions += (of_portion[0] - of_portion[1]) ** 2 / 2
            means[sample] = sum(of_portion) / 2
        between += (means["A"] - means["B"]) ** 2
    between, measurement, portions = between / 50, measurement / 100, portions / 50
    assert found.between == pytest.approx(between)
    assert found.lot_mean_sd == pytest.approx(math.sqrt(between / 2))
    assert found.measurement == pytest.approx(measurement)
    assert found.preparation == pytest.approx(portions - measurement / 2)
    assert found.sampling == pytest.approx(between - portions / 2)


def test_the_interval_covers_the_true_value_as_often_as_it_says() -> None:
    inside = 0
    for seed in range(300):
        found = duplicate_precision(lots_of(20, (0.4, 0, 0), 1, 1, seed), "%")
        inside += found.sd_low <= 0.4 <= found.sd_high
    assert 0.91 <= inside / 300 <= 0.98


def test_few_lots_an_odd_pair_and_a_bias_are_told() -> None:
    results = [
        DuplicateResult(str(lot), sample, 50 + (0.1 if sample == "A" else 0) + 0.001 * lot)
        for lot in range(6)
        for sample in "AB"
    ]
    results += [DuplicateResult("odd", "A", 53.0), DuplicateResult("odd", "B", 50.0)]
    codes = [item.code for item in duplicate_precision(results, "%").findings]
    assert codes == ["ORL-0547", "ORL-0548"]
    biased = [item for item in results if item.lot != "odd"] + [
        DuplicateResult("7", "A", 50.11), DuplicateResult("7", "B", 50.0)
    ]  # fmt: skip
    codes = [item.code for item in duplicate_precision(biased, "%").findings]
    assert codes == ["ORL-0547", "ORL-0550"]


def test_a_variance_below_zero_is_told_and_not_clipped() -> None:
    values = {"A": (10.0, 11.0), "B": (11.0, 10.0)}
    results = [
        DuplicateResult(str(lot), sample, value)
        for lot in range(20)
        for sample, both in values.items()
        for value in both
    ]
    found = duplicate_precision(results, "%")
    assert found.between == 0
    assert found.sampling == pytest.approx(-0.25)
    assert "ORL-0549" in [item.code for item in found.findings]


def test_every_lot_that_differs_from_the_design_is_listed() -> None:
    results = lots_of(20, (0.4, 0, 0), 1, 1, seed=2)
    results += [DuplicateResult("half", "A", 50.0), DuplicateResult("c", "C", 50.0)]
    results += [DuplicateResult("more", s, 50.0, p) for s in "AB" for p in (1, 2)]
    with pytest.raises(InputError) as caught:
        duplicate_precision(results, "%")
    assert {item.where for item in caught.value.findings} == {"lot half", "lot c", "lot more"}


def test_the_precision_gives_a_lot_its_uncertainty() -> None:
    found = duplicate_precision(lots_of(30, (0.4, 0, 0), 1, 1, seed=4), "%")
    assert duplicate_grade(found, 52.0).u == pytest.approx(found.sd / math.sqrt(2))
