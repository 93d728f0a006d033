"""Kremser with two inlets against printed values and the balances of every stage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.design import kremser_ends, kremser_raffinate_fraction, kremser_stages
from oreline.model import InputError


@pytest.mark.parametrize(
    ("factor", "stages", "printed"),
    [
        (0.5, 3, 0.533333),
        (1, 4, 0.2),
        (1.5, 5, 0.048120),
        (2, 5, 0.015873),
        (3, 4, 0.008264),
        (1.4, 10, 0.010128),
    ],
)
def test_printed_values(factor: float, stages: int, printed: float) -> None:
    """The six check values of the process notes, each equal to a tridiagonal solve."""
    assert float(kremser_raffinate_fraction(factor, stages)) == pytest.approx(printed, abs=1e-6)


@pytest.mark.parametrize(
    ("metal", "distribution", "aqueous_mg_per_l", "organic_mg_per_l", "printed_mg_per_l"),
    [
        ("Al", 0.0531, 422.375, 0.0, 399.95),
        ("Ca", 0.0658, 109.542, 0.0, 102.336),
        ("Fe", 0.1496, 688.266, 0.0, 585.5947),
        ("Sc", 632.4976, 0.032, 1.734, 0.0027415),
    ],
)
def test_metals_of_constant_distribution_in_prommis(
    metal: str,
    distribution: float,
    aqueous_mg_per_l: float,
    organic_mg_per_l: float,
    printed_mg_per_l: float,
) -> None:
    """PrOMMiS 1.1, three stages at O/A 1, DEHPA 5 %: what its solver prints, to 1 in 10,000."""
    ends = kremser_ends(distribution, 3, aqueous_mg_per_l, organic_mg_per_l)
    assert float(ends.raffinate) == pytest.approx(printed_mg_per_l, rel=1e-4), metal


def by_stages(factor: float, stages: int, aqueous: float, organic: float) -> float:
    """Solve the balances of all stages as they stand: aqueous down, solvent up."""
    # Unknown is what the aqueous phase carries out of a stage; the solvent carries factor times it.
    matrix, right = np.zeros((stages, stages)), np.zeros(stages)
    for i in range(stages):
        matrix[i, i] = 1 + factor
        if i:
            matrix[i, i - 1] = -1
        else:
            right[i] += aqueous
        if i + 1 < stages:
            matrix[i, i + 1] = -factor
        else:
            right[i] += organic
    return float(np.linalg.solve(matrix, right)[-1])


@given(st.floats(0.01, 50), st.integers(1, 25), st.floats(0, 1000), st.floats(0, 1000))
def test_both_inlets_equal_the_balances_of_every_stage(
    factor: float, stages: int, aqueous: float, organic: float
) -> None:
    """The loaded solvent too: difflow #104 had it wrong, #53 lost mass in the extractor."""
    ends = kremser_ends(factor, stages, aqueous, organic)
    expected = by_stages(factor, stages, aqueous, organic)
    assert float(ends.raffinate) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert float(ends.raffinate + ends.extract) == pytest.approx(aqueous + organic, rel=1e-14)


@given(st.floats(0, 1e6), st.integers(1, 500))
def test_a_fraction_stays_a_fraction_and_falls_with_stages(factor: float, stages: int) -> None:
    part = kremser_raffinate_fraction(factor, [stages, stages + 1])
    assert np.all((part >= 0) & (part <= 1))
    assert part[1] <= part[0]


@given(st.floats(1, 20), st.floats(0.5, 40))
def test_stages_are_the_inverse(factor: float, stages: float) -> None:
    part = float(kremser_raffinate_fraction(factor, stages))
    assert kremser_stages(factor, part) == pytest.approx(stages, rel=1e-4)


def test_a_raffinate_that_no_number_of_stages_reaches_is_named() -> None:
    with pytest.raises(InputError, match="however many stages"):
        kremser_stages(0.5, 0.4)
    with pytest.raises(InputError, match="negative"):
        kremser_raffinate_fraction(-1, 3)
