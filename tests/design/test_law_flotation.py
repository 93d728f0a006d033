"""Flotation against the plant of Mountain Pass, copper's textbook case and slow oracles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.design import (
    bank_rate_per_min,
    bank_recovery,
    bank_residence_min,
    entrained_recovery,
    fit_batch_flotation,
    frontier_recovery,
    three_product_recovery,
    two_product_recovery,
)
from oreline.model import InputError


def test_the_rougher_of_mountain_pass() -> None:
    """Pradip and Fuerstenau 2013: REO k .61319, CaO k .04408, tau 5.31325 min, 12 cells."""
    got = bank_recovery([0.61319, 0.04408], 5.31325, 12)
    assert got == pytest.approx([0.9440, 0.2070], abs=5e-5)


@given(st.floats(0.001, 5), st.floats(0.1, 60), st.integers(1, 20), st.floats(0, 1))
def test_a_bank_is_its_cells_one_after_the_other(
    rate: float, residence: float, cells: int, ceiling: float
) -> None:
    left = 1.0
    for _ in range(cells):
        left /= 1 + rate * residence / cells
    got = float(bank_recovery(rate, residence, cells, ceiling))
    assert got == pytest.approx(ceiling * (1 - left), rel=1e-9, abs=1e-12)
    assert 0 <= got <= ceiling
    assert float(bank_recovery(rate * 1.1, residence, cells, ceiling)) >= got
    assert float(bank_recovery(rate, residence * 1.1, cells, ceiling)) >= got
    assert float(bank_recovery(rate, residence, cells + 1, ceiling)) >= got - 1e-12


@given(st.floats(0.01, 0.99), st.floats(0.5, 30), st.integers(1, 16))
def test_the_rate_is_the_inverse(recovery: float, residence: float, cells: int) -> None:
    rate = bank_rate_per_min(recovery, residence, cells)
    assert float(bank_recovery(rate, residence, cells)) == pytest.approx(recovery, rel=1e-9)


def test_a_largest_recovery_above_one_is_refused() -> None:
    """The known failure of least-squares kinetics (Bu et al. 2017): Rinf above 100 %."""
    with pytest.raises(InputError, match="Rinf"):
        bank_recovery(1.0, 5.0, 4, 1.07)
    with pytest.raises(InputError, match="not below Rinf"):
        bank_rate_per_min(0.9, 5.0, 4, 0.85)


def test_a_fit_that_would_exceed_one_is_held_there_and_says_so() -> None:
    times = [1.0, 2.0, 3.0, 4.0]
    rising = [0.25, 0.5, 0.74, 0.99]  # free least squares: Rinf far above 1
    fit = fit_batch_flotation(times, rising)
    assert fit.at_ceiling
    assert fit.recovery_max <= 1.0
    assert fit.rms_error > 0.02


@given(st.floats(0.05, 2), st.floats(0.3, 0.98))
def test_a_fit_finds_what_made_the_data(rate: float, ceiling: float) -> None:
    times = np.array([0.5, 1, 2, 4, 8, 16])
    found = fit_batch_flotation(times.tolist(), (ceiling * -np.expm1(-rate * times)).tolist())
    assert found.rate_per_min == pytest.approx(rate, rel=1e-4)
    assert found.recovery_max == pytest.approx(ceiling, rel=1e-4)


def test_residence_is_volume_over_pulp() -> None:
    """12 cells of 1.7 m3 with 15 % gas: 17.34 m3; 5.31325 min needs 195.8 m3/h."""
    assert bank_residence_min(1.7, 12, 195.8) == pytest.approx(5.31325, abs=1e-3)


def test_gangue_goes_with_the_water() -> None:
    assert float(entrained_recovery(0.0, 0.15, 0.3)) == pytest.approx(0.15 * 0.3)
    assert float(entrained_recovery(1.0, 0.15, 0.3)) == 1.0


def test_copper_s_textbook_concentrator() -> None:
    """0.5 % Cu ore, 30 % concentrate, 0.05 % tailings: 90.15 % at a mass pull of 1.50 %."""
    recovery = float(two_product_recovery(0.5, 30, 0.05))
    assert 100 * recovery == pytest.approx(90.15, abs=0.005)
    assert 100 * recovery * 0.5 / 30 == pytest.approx(1.50, abs=0.005)


def test_assays_out_of_order_are_refused() -> None:
    with pytest.raises(InputError, match="does not lie between"):
        two_product_recovery(0.5, 30, 0.6)


@given(st.floats(0.01, 0.2), st.floats(0.01, 0.2))
def test_three_products_close_both_metals(first_mass: float, second_mass: float) -> None:
    first, second, tailings = (60.0, 5.0), (3.0, 50.0), (0.2, 0.4)
    rest = 1 - first_mass - second_mass
    feed = tuple(
        first_mass * first[m] + second_mass * second[m] + rest * tailings[m] for m in (0, 1)
    )
    got = three_product_recovery((feed[0], feed[1]), first, second, tailings)
    assert got.first_mass == pytest.approx(first_mass)
    assert got.second_mass == pytest.approx(second_mass)
    assert got.first_recovery == pytest.approx(first_mass * 60 / feed[0])


def test_assays_of_no_split_are_refused() -> None:
    with pytest.raises(InputError, match="wrong assay"):
        three_product_recovery((80.0, 6.0), (70.0, 4.0), (1.5, 55.0), (0.3, 0.5))
    with pytest.raises(InputError, match="not determined"):
        three_product_recovery((4.0, 6.0), (70.0, 4.0), (70.0, 4.0), (0.3, 0.5))


def test_the_frontier_falls_with_grade_and_stays_a_recovery() -> None:
    assert frontier_recovery(0.28, 0.26, 0.90, 1.5) == pytest.approx(0.87)
    assert frontier_recovery(0.99, 0.26, 0.90, 1.5) == 0.0
    assert frontier_recovery(0.0, 0.26, 0.90, 1.5) == 1.0
