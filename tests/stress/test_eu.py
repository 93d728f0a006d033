"""Supply risk and economic importance by the European Commission's method."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from validation_eu import supply_risk_2017

from oreline.model import InputError
from oreline.stress import (
    Bounds,
    WeightedShare,
    economic_importance,
    governance_weight,
    hhi_bounds,
    hhi_wgi_t,
    is_critical,
    rounded_to,
    supply_risk,
    supply_risk_bounds,
)

NAN = float("nan")
fractions = st.floats(0, 1)
indices = st.floats(0, 15)


def test_supply_risk_of_2017_is_within_rounding() -> None:
    section = supply_risk_2017()
    assert len(section.rows) == 78
    assert [row for row in section.rows if row[-1] != "yes"] == []
    errors = [abs(float(row[3])) for row in section.rows]
    assert max(errors) <= 0.25
    assert sum(errors) / len(errors) < 0.06


@given(indices, indices, fractions, fractions, fractions)
def test_supply_risk_is_the_formula_written_out(
    world: float, union: float, reliance: float, recycled: float, substitution: float
) -> None:
    by_hand = (world * reliance / 2 + union * (1 - reliance / 2)) * (1 - recycled) * substitution
    found = supply_risk(world, union, reliance, recycled, substitution).item()
    assert found == pytest.approx(by_hand, rel=1e-12, abs=1e-12)


@given(indices, indices, fractions)
def test_full_reliance_splits_in_halves_and_none_is_the_union_alone(
    world: float, union: float, recycled: float
) -> None:
    full = supply_risk(world, union, 1.0, recycled, 1.0).item()
    assert full == pytest.approx((world + union) / 2 * (1 - recycled))
    assert supply_risk(world, union, 0.0, recycled, 1.0).item() == pytest.approx(
        union * (1 - recycled)
    )


@given(indices, fractions)
def test_one_side_alone_counts_whatever_the_reliance(index: float, reliance: float) -> None:
    assert supply_risk(index, NAN, reliance, 0.0, 1.0).item() == index
    assert supply_risk(NAN, index, NAN, 0.0, 1.0).item() == index


def test_what_is_missing_is_never_zero() -> None:
    assert math.isnan(supply_risk(NAN, NAN, 0.5, 0.0, 1.0).item())
    assert math.isnan(supply_risk(1.0, 2.0, NAN, 0.0, 1.0).item())
    assert math.isnan(supply_risk(1.0, 2.0, 0.5, NAN, 1.0).item())
    assert supply_risk_bounds(None, None, None, None, Bounds(1, 1)) is None
    assert math.isnan(governance_weight([NAN]).item())
    with pytest.raises(InputError, match="missing"):
        hhi_wgi_t([0.5, NAN], [5.0, 5.0], [1.0, 1.0])


@given(st.lists(st.tuples(fractions, fractions, fractions), min_size=1, max_size=5), st.data())
def test_bounds_contain_every_way_the_inputs_can_be(
    ends: list[tuple[float, float, float]], data: st.DataObject
) -> None:
    def between(low: float, high: float) -> float:
        return data.draw(st.floats(min(low, high), max(low, high)))

    suppliers = [
        WeightedShare(f"c{n}", Bounds(min(a, b) / 5, max(a, b) / 5), Bounds(10 * c, 10.0), 1.1)
        for n, (a, b, c) in enumerate(ends)
    ]
    found = hhi_bounds(suppliers)
    assert found is not None
    assert found.high is not None
    drawn = [
        (between(one.share.low, one.share.high or 0), between(one.governance.low, 10.0))
        for one in suppliers
    ]
    shares, weights = zip(*drawn, strict=True)
    inside = hhi_wgi_t(shares, weights, [1.1] * len(shares)).item()
    assert found.low - 1e-9 <= inside <= found.high + 1e-9
    reliance, recycled = data.draw(fractions), data.draw(fractions)
    risk = supply_risk_bounds(found, Bounds(1.0, 2.0), None, None, Bounds(0.7, 1.0))
    assert risk is not None
    assert risk.high is not None
    one = supply_risk(inside, between(1.0, 2.0), reliance, recycled, between(0.7, 1.0)).item()
    assert risk.low - 1e-9 <= one <= risk.high + 1e-9


def test_arrays_give_what_single_numbers_give() -> None:
    draw = np.random.default_rng(7)
    world, union = draw.uniform(0, 10, (2, 1000))
    reliance, recycled, substitution = draw.uniform(0, 1, (3, 1000))
    union[::7] = np.nan
    many = supply_risk(world, union, reliance, recycled, substitution)
    one_by_one = [
        supply_risk(*values).item()
        for values in zip(world, union, reliance, recycled, substitution, strict=True)
    ]
    assert np.array_equal(many, np.array(one_by_one))
    shares = draw.dirichlet(np.ones(6), size=50)
    weights = draw.uniform(0, 10, 6)
    rows = hhi_wgi_t(shares, weights, 1.0)
    assert rows.tolist() == [hhi_wgi_t(row, weights, 1.0).item() for row in shares]


@pytest.mark.parametrize(
    ("shares", "governance", "trade", "what"),
    [
        ([0.7, 0.5], [5.0, 5.0], [1.0, 1.0], "sum to 1.2"),
        ([-0.1, 0.5], [5.0, 5.0], [1.0, 1.0], "negative"),
        ([0.5], [11.0], [1.0], "outside 0 to 10"),
        ([0.5], [5.0], [0.0], "above zero"),
    ],
)
def test_an_index_of_bad_input_is_refused(
    shares: list[float], governance: list[float], trade: list[float], what: str
) -> None:
    with pytest.raises(InputError, match=what):
        hhi_wgi_t(shares, governance, trade)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError, match=r"index is negative; .*reliance .*; .*recycling"):
        supply_risk(-1.0, 1.0, 2.0, 3.0, 1.0)
    with pytest.raises(InputError, match=r"sum to 1.2, .*above the largest"):
        economic_importance([0.6, 0.6], [3.0, 1.0], largest=2.0)


@given(st.lists(st.tuples(fractions, fractions), min_size=1, max_size=8), fractions)
def test_importance_is_at_most_ten_times_its_index(
    uses: list[tuple[float, float]], index: float
) -> None:
    shares = [share / len(uses) for share, _ in uses]
    found = economic_importance(shares, [value for _, value in uses], largest=1.0, si_ei=index)
    assert 0 <= found <= 10 * index + 1e-9


def test_rounding_and_thresholds() -> None:
    assert rounded_to(0.0, 0.01) == Bounds(0.0, 0.005)
    assert is_critical(1.0, 2.8) == "yes"
    assert is_critical(5.0, 2.7) == "no"
    assert is_critical(None, 5.0) == "UNKNOWN"
