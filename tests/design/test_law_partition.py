"""Partition curves: the definition of the probable error, and conservation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.design import (
    classified_streams,
    concentration_criterion,
    partition_fraction,
    partition_recovery,
    rosin_rammler_passing,
)
from oreline.model import InputError


@given(st.floats(1, 10), st.floats(0.01, 2))
def test_the_probable_error_is_half_the_way_from_a_quarter_to_three_quarters(
    cut: float, error: float
) -> None:
    """Ep = (x75 - x25) / 2: the constant 1.0986 of the printed form is ln 3."""
    parts = partition_fraction([cut - error, cut, cut + error], cut, error)
    assert parts == pytest.approx([0.25, 0.5, 0.75])
    light = cut - 1.7 * error
    printed = 1 / (1 + np.exp(1.0986 * (cut - light) / error))
    assert float(partition_fraction(light, cut, error)) == pytest.approx(printed, rel=1e-4)


@given(
    st.lists(st.floats(-50, 50), min_size=2, max_size=8),
    st.floats(-10, 10),
    st.floats(1e-3, 10),
    st.floats(0, 1),
)
def test_a_partition_is_a_fraction_that_rises(
    values: list[float], cut: float, error: float, bypass: float
) -> None:
    parts = partition_fraction(sorted(values), cut, error, bypass)
    assert np.all((parts >= bypass - 1e-15) & (parts <= 1))
    assert np.all(np.diff(parts) >= 0)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1)), min_size=1, max_size=9))
def test_fines_and_coarse_are_the_feed(classes: list[tuple[float, float]]) -> None:
    masses, parts = zip(*classes, strict=True)
    fines, coarse = classified_streams(masses, parts)
    assert fines + coarse == pytest.approx(np.array(masses))
    assert np.all(fines >= 0)


def test_recovery_is_the_mass_weighted_partition() -> None:
    assert partition_recovery([2.65, 4.9], [0.9, 0.1], 3.6, 0.25) == pytest.approx(
        0.9 / (1 + 3 ** ((3.6 - 2.65) / 0.25)) + 0.1 / (1 + 3 ** ((3.6 - 4.9) / 0.25))
    )


def test_the_concentration_criterion_of_gold_and_quartz() -> None:
    """Gold 19.3 and quartz 2.65 t/m3 in water: 11.1, as textbooks print it."""
    assert concentration_criterion(19.3, 2.65) == pytest.approx(11.1, abs=0.05)


def test_p80_passes_80_percent() -> None:
    assert float(rosin_rammler_passing(75, 75, 1.3)) == pytest.approx(0.8)


def test_classes_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="no mass"):
        partition_recovery([1.0, 2.0], [0.0, 0.0], 1.5, 0.1)
    with pytest.raises(InputError, match="one mass for each class"):
        partition_recovery([1.0, 2.0], [1.0], 1.5, 0.1)
    with pytest.raises(InputError, match="rise"):
        concentration_criterion(2.0, 3.0)
    with pytest.raises(InputError, match="probable error"):
        partition_fraction(1.0, 1.0, 0.0)
