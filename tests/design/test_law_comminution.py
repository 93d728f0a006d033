"""Bond's law and the ball mill against printed values and the law's own inverse."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.design import (
    BallMill,
    ball_mill_power_kw,
    bond_ball_work_index_kwh_per_t,
    bond_energy_kwh_per_t,
    bond_product_p80_um,
    check_ball_mill,
    coarse_feed_factor,
    fine_grinding_factor,
)
from oreline.model import InputError


def test_bond_s_law() -> None:
    """Wi 14 kWh/t, 10,000 to 75 um: 14.77 kWh/t."""
    assert float(bond_energy_kwh_per_t(14, 10_000, 75)) == pytest.approx(14.77, abs=0.005)


@given(st.floats(3, 30), st.floats(500, 50_000), st.floats(20, 400))
def test_the_product_size_is_the_inverse_of_the_energy(
    index: float, feed: float, product: float
) -> None:
    energy = float(bond_energy_kwh_per_t(index, feed, product))
    assert bond_product_p80_um(index, feed, energy) == pytest.approx(product, rel=1e-9)


@given(st.floats(5, 25), st.lists(st.floats(21, 2000), min_size=2, max_size=6))
def test_grinding_in_steps_takes_the_same_energy(index: float, sizes: list[float]) -> None:
    sizes = sorted(sizes, reverse=True)
    steps = [float(bond_energy_kwh_per_t(index, coarse, fine)) for coarse, fine in pairwise(sizes)]
    whole = float(bond_energy_kwh_per_t(index, sizes[0], sizes[-1]))
    assert sum(steps) == pytest.approx(whole, abs=1e-9)


def test_the_work_index_of_a_test_gives_bond_s_index_back() -> None:
    # 49.1 / (150^0.23 1.5^0.82 (10/115^0.5 - 10/2300^0.5)), by hand: 49.1 / (3.166 1.394 0.7240)
    assert bond_ball_work_index_kwh_per_t(150, 1.5, 2_300, 115) == pytest.approx(15.37, abs=0.01)


def test_rowland_s_factors_are_one_inside_their_range() -> None:
    assert fine_grinding_factor(75) == 1.0
    assert fine_grinding_factor(20) == pytest.approx((20 + 10.3) / (1.145 * 20))
    assert coarse_feed_factor(14, 4_000, 75) == 1.0
    assert coarse_feed_factor(14, 10_000, 75) > 1.0


def test_a_mill_draws_what_its_tonnes_of_balls_do() -> None:
    # By hand: 4.879 4^0.3 (3.2 - 1.2) 0.72 (1 - 0.1/2^1.8) = 10.36, and the slump of 50 mm balls in
    # 4 m is 0, for 140.2 t of balls.
    assert ball_mill_power_kw(BallMill(4.0, 6.0)) == pytest.approx(1452, abs=3)
    wider = ball_mill_power_kw(BallMill(5.0, 6.0))
    assert wider > ball_mill_power_kw(BallMill(4.0, 6.0))


def test_a_duty_above_the_mill_says_so() -> None:
    mill = BallMill(4.0, 6.0)
    fits = check_ball_mill(mill, 60, 14, 10_000, 75)
    assert fits.is_enough
    assert not check_ball_mill(mill, fits.throughput_t_per_h_max * 1.01, 14, 10_000, 75).is_enough


@pytest.mark.parametrize(
    ("feed", "product", "index"), [(75, 100, 14), (-1, 75, 14), (1000, 0, 14), (1000, 75, -3)]
)
def test_sizes_that_cannot_be_are_refused(feed: float, product: float, index: float) -> None:
    with pytest.raises(InputError):
        bond_energy_kwh_per_t(index, feed, product)


def test_a_mill_outside_rowland_s_fit_is_refused() -> None:
    with pytest.raises(InputError, match="filling"):
        BallMill(4, 6, filling=0.6)
    with pytest.raises(InputError, match="critical"):
        BallMill(4, 6, speed=0.9)
    with pytest.raises(InputError, match="nothing to grind"):
        check_ball_mill(BallMill(4, 6), 10, 14, 75, 75)
