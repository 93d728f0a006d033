"""Contained metal against simulation, what lots share, and factors along a chain."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.balance import (
    ChainStage,
    Estimate,
    LotMeasured,
    SharedUncertainty,
    contained_metal,
    contained_of_lots,
    metal_chain,
    parse_estimate,
)
from oreline.model import InputError, LimitExceededError, UnitError

WET, WATER, CU = (
    Estimate(1000, 2, "t"), Estimate(8, 0.2, "%"), Estimate(28, 0.14, "%"),
)  # fmt: skip


@pytest.mark.parametrize("pairs", [None, {("moisture", "grade"): 0.7}, {("wet", "grade"): -0.5}])
def test_first_order_agrees_with_simulation(pairs: dict[tuple[str, str], float] | None) -> None:
    found = contained_metal(WET, WATER, CU, correlation=pairs, trials=300_000, seed=4)
    drawn = found.simulated
    assert drawn is not None
    assert found.metal.u == pytest.approx(drawn.u, rel=0.006)
    assert found.metal.value == pytest.approx(drawn.mean, abs=0.02)
    assert found.metal.u is not None
    assert drawn.high - drawn.low == pytest.approx(2 * 1.96 * found.metal.u, rel=0.01)


def test_a_simulation_is_the_same_for_the_same_seed() -> None:
    one, two, other = (
        contained_metal(WET, WATER, CU, trials=5000, seed=seed).simulated for seed in (1, 1, 2)
    )
    assert one == two != other


def test_simulations_need_uncertainties_and_enough_trials() -> None:
    with pytest.raises(InputError, match="uncertainty of every input"):
        contained_metal(Estimate(1, None, "t"), WATER, CU, trials=2000)
    with pytest.raises(InputError, match="too few"):
        contained_metal(WET, WATER, CU, trials=10)
    with pytest.raises(LimitExceededError, match="MAX_TRIALS"):
        contained_metal(WET, WATER, CU, trials=10**9)


def test_correlations_that_contradict_each_other_are_refused() -> None:
    pairs = {("wet", "moisture"): 0.9, ("moisture", "grade"): 0.9, ("wet", "grade"): -0.9}
    with pytest.raises(InputError, match="contradict"):
        contained_metal(WET, WATER, CU, correlation=pairs)
    with pytest.raises(InputError, match="name two of"):
        contained_metal(WET, WATER, CU, correlation={("wet", "gold"): 0.1})


@pytest.mark.parametrize(
    ("wet", "moisture", "grade", "error"),
    [
        (WET, Estimate(108, 0.2, "%"), CU, InputError),
        (WET, WATER, Estimate(101, 0.2, "%"), InputError),
        (WET, Estimate(8, 0.2, "t"), CU, UnitError),
        (Estimate(-1, 0.2, "t"), WATER, CU, InputError),
    ],
)
def test_lots_that_cannot_be_are_refused(
    wet: Estimate, moisture: Estimate, grade: Estimate, error: type[Exception]
) -> None:
    with pytest.raises(error):
        contained_metal(wet, moisture, grade)


def test_an_unknown_uncertainty_makes_that_of_the_metal_unknown() -> None:
    found = contained_metal(WET, Estimate(8, None, "%"), CU)
    assert found.metal.value == pytest.approx(257.6)
    assert found.metal.u is None
    assert found.to_json()["allotments"][0]["within"] is None


@given(st.integers(1, 50))
def test_only_what_lots_do_not_share_averages_out(n: int) -> None:
    lots = [LotMeasured(str(i), WET, WATER, CU) for i in range(n)]
    own = contained_of_lots(lots).metal.u_rel
    alone = contained_of_lots(lots[:1]).metal.u_rel
    assert own is not None
    assert alone is not None
    assert own == pytest.approx(alone / math.sqrt(n))
    bare = [
        LotMeasured(str(i), *(Estimate(m.value, 0.0, m.unit) for m in (WET, WATER, CU)))
        for i in range(n)
    ]
    together = contained_of_lots(bare, SharedUncertainty(0.002, 0.2, 0.005)).metal.u_rel
    assert together == pytest.approx(math.sqrt(0.002**2 + (0.2 / 92) ** 2 + 0.005**2))


tonnes = st.floats(1, 1e6)


@given(st.lists(tonnes, min_size=2, max_size=7))
def test_the_steps_multiply_to_the_whole_chain(masses: list[float]) -> None:
    stages = [
        ChainStage(f"s{place}", metal=Estimate(mass, 0.01 * mass, "t"))
        for place, mass in enumerate(masses)
    ]
    found = metal_chain(stages)
    product = math.prod(step.metal.value for step in found.steps if step.metal is not None)
    assert found.whole.metal is not None
    assert product == pytest.approx(found.whole.metal.value)
    # Independent measurements: only the two ends of the chain count.
    assert found.whole.metal.u_rel == pytest.approx(math.hypot(0.01, 0.01))


def test_named_factors_of_tonnes_grade_and_metal() -> None:
    def stage(name: str, mass: float, grade: float) -> ChainStage:
        return ChainStage(name, Estimate(mass, 10, "t"), Estimate(grade, 0.01, "%"))

    found = metal_chain(
        [stage("reserve", 1000, 2.0), stage("grade control", 950, 2.1), stage("mill", 980, 2.0)]
    )
    named = {factor.name: factor for factor in found.named}
    assert set(named) == {"F1", "F2", "F3"}
    for factor in named.values():
        assert factor.tonnes is not None
        assert factor.grade is not None
        assert factor.metal is not None
        assert factor.tonnes.value * factor.grade.value == pytest.approx(factor.metal.value)
    f1, f2, f3 = (named[name].metal for name in ("F1", "F2", "F3"))
    assert f1 is not None
    assert f2 is not None
    assert f3 is not None
    assert f1.value * f2.value == pytest.approx(f3.value)


def test_swarf_that_goes_back_is_not_lost() -> None:
    alloy = ChainStage("alloy", metal=Estimate(100, 0.1, "t"), returned=Estimate(25, 0.1, "t"))
    magnets = ChainStage("magnets", metal=Estimate(72, 0.1, "t"))
    found = metal_chain([alloy, magnets])
    assert found.steps[0].metal is not None
    assert found.steps[0].metal.value == pytest.approx(72 / 75)


def test_metal_that_appears_after_the_mill_is_told_and_before_it_is_not() -> None:
    def stage(name: str, metal: float) -> ChainStage:
        return ChainStage(name, metal=Estimate(metal, 1, "t"))

    found = metal_chain([stage("grade control", 900), stage("mill", 1000), stage("product", 1100)])
    assert [(item.code, item.where) for item in found.findings] == [("ORL-0553", "product")]


def test_a_stage_needs_its_metal_and_stands_once() -> None:
    with pytest.raises(InputError, match="needs its metal"):
        ChainStage("mill", tonnes=Estimate(100, 1, "t"))
    one = ChainStage("mill", metal=Estimate(100, 1, "t"))
    with pytest.raises(InputError, match="stand twice: mill"):
        metal_chain([one, one])
    with pytest.raises(InputError, match="at least two"):
        metal_chain([one])
    with pytest.raises(UnitError):
        ChainStage("mill", metal=Estimate(100, 1, "kg"))


@pytest.mark.parametrize(
    ("text", "value", "u"),
    [("2", 2.0, None), ("2 ± 0.1", 2.0, 0.1), ("-4+-5%", -4.0, 0.2), ("0.5 +/- 0", 0.5, 0.0)],
)
def test_a_measurement_as_it_is_written(text: str, value: float, u: float | None) -> None:
    found = parse_estimate(text, "%")
    assert (found.value, found.u) == (value, u)


@pytest.mark.parametrize("text", ["", "2,5", "two", "2+-", "2+-x", "1e5", "2 %", "nan", "2+--1"])
def test_what_is_no_measurement_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not understood"):
        parse_estimate(text, "%")
