"""Drawing numbers: each keeps its own distribution, together only what is stated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from oreline.design import Method, Parameter, Shape, Uncertain, draw, uncertain_of
from oreline.model import Basis, InputError, LimitExceededError


def ranged(low: float, value: float, high: float) -> Parameter:
    return Parameter(value, "1", Basis.ASSUMED, "test", low, high)


@given(
    low=st.floats(-100, 100),
    left=st.floats(0, 50),
    right=st.floats(0.01, 50),
    part=st.floats(0.001, 0.999),
)
def test_quantiles_of_a_triangle_are_those_of_scipy(
    low: float, left: float, right: float, part: float
) -> None:
    mode, high = low + left, low + left + right
    mine = Uncertain("x", ranged(low, mode, high)).quantile(np.array([part]))[0]
    theirs = stats.triang(left / (left + right), low, left + right).ppf(part)
    assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-7)


def test_the_ends_of_a_normal_range_hold_19_of_20_cases() -> None:
    normal = Uncertain("x", ranged(8.0, 10.0, 12.0), Shape.NORMAL)
    found = normal.quantile(np.array([0.025, 0.5, 0.975]))
    assert found == pytest.approx([8.0, 10.0, 12.0], abs=1e-9)


def test_a_normal_number_lies_in_the_middle_of_its_range() -> None:
    with pytest.raises(InputError, match="not the middle"):
        Uncertain("x", ranged(8.0, 9.0, 12.0), Shape.NORMAL)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("shape", list(Shape))
def test_draws_follow_their_distribution(method: Method, shape: Shape) -> None:
    one = Uncertain("x", ranged(2.0, 4.0, 6.0), shape)
    column = draw([one], 1000, seed=7, method=method)[:, 0]
    law = {
        Shape.TRIANGULAR: stats.triang(0.5, 2, 4),
        Shape.UNIFORM: stats.uniform(2, 4),
        Shape.NORMAL: stats.norm(4, 2 / stats.norm.ppf(0.975)),
    }[shape]
    assert stats.kstest(column, law.cdf).pvalue > 0.01


def test_a_latin_hypercube_has_one_sample_in_each_slice() -> None:
    inputs = [Uncertain(name, ranged(0.0, 0.5, 1.0), Shape.UNIFORM) for name in "abc"]
    slices = np.floor(draw(inputs, 100, seed=1) * 100).astype(int)
    assert all(sorted(column) == list(range(100)) for column in slices.T)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    inputs = [Uncertain("a", ranged(0.0, 0.5, 1.0))]
    first = draw(inputs, 50, seed=3)
    assert (first == draw(inputs, 50, seed=3)).all()
    assert (first != draw(inputs, 50, seed=4)).any()


def test_ranks_correlate_as_stated_and_columns_keep_their_numbers() -> None:
    inputs = [Uncertain(name, ranged(1.0, 2.0, 9.0)) for name in "abc"]
    free = draw(inputs, 2000, seed=5)
    tied = draw(inputs, 2000, seed=5, correlations={("a", "b"): 0.7, ("b", "c"): -0.4})
    # Iman and Conover's method reorders columns: each holds the same numbers as before.
    assert np.sort(tied, axis=0) == pytest.approx(np.sort(free, axis=0))
    ranks = stats.spearmanr(tied).statistic
    assert ranks[0, 1] == pytest.approx(0.7, abs=0.03)
    assert ranks[1, 2] == pytest.approx(-0.4, abs=0.03)
    assert abs(stats.spearmanr(free).statistic[0, 1]) < 0.05


def test_correlations_that_no_numbers_can_have_are_refused() -> None:
    inputs = [Uncertain(name, ranged(1.0, 2.0, 9.0)) for name in "abc"]
    impossible = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}
    with pytest.raises(InputError, match="contradict"):
        draw(inputs, 100, seed=1, correlations=impossible)
    with pytest.raises(InputError, match="which has no range"):
        draw(inputs, 100, seed=1, correlations={("a", "z"): 0.5})
    with pytest.raises(InputError, match="between -1 and 1"):
        draw(inputs, 100, seed=1, correlations={("a", "b"): 1.0})
    with pytest.raises(InputError, match="too few"):
        draw(inputs, 3, seed=1, correlations={("a", "b"): 0.5})


def test_wrong_calls() -> None:
    one = [Uncertain("a", ranged(0.0, 0.5, 1.0))]
    with pytest.raises(InputError, match="nothing to draw"):
        draw([], 10, seed=1)
    with pytest.raises(InputError, match="at least one"):
        draw(one, 0, seed=1)
    with pytest.raises(LimitExceededError, match="SAMPLES_MAX"):
        draw(one, 10**7, seed=1)
    with pytest.raises(InputError, match="no range"):
        Uncertain("a", ranged(1.0, 1.0, 1.0))


def test_only_numbers_with_a_range_are_drawn() -> None:
    numbers = {"a": ranged(0.0, 0.5, 1.0), "b": Parameter(3.0, "1", Basis.ASSUMED, "test")}
    assert [one.name for one in uncertain_of(numbers)] == ["a"]
    assert uncertain_of(numbers, {"a": Shape.UNIFORM})[0].shape is Shape.UNIFORM
    with pytest.raises(InputError, match="not among them"):
        uncertain_of(numbers, {"z": Shape.UNIFORM})
    with pytest.raises(InputError, match="no range"):
        uncertain_of(numbers, {"b": Shape.UNIFORM})


def test_no_draw_is_infinite() -> None:
    normal = [Uncertain("x", ranged(-1.0, 0.0, 1.0), Shape.NORMAL)]
    assert all(math.isfinite(x) for x in draw(normal, 4096, 1, Method.SOBOL)[:, 0])


def test_correlations_that_were_rounded_are_weakened_and_contradictions_refused() -> None:
    """Twelve numbers that are nearly one: three digits of their ranks can be no matrix."""
    rng = np.random.default_rng(3)
    common = rng.standard_normal((40, 1)) + 0.01 * rng.standard_normal((40, 12))
    ranks = np.corrcoef(np.argsort(np.argsort(common, axis=0), axis=0), rowvar=False)
    inputs = [Uncertain(f"n{place}", ranged(0, 1, 2)) for place in range(12)]
    pairs = {
        (f"n{one}", f"n{other}"): min(0.999, round(float(ranks[one, other]), 2))
        for one in range(12)
        for other in range(one)
    }
    drawn = draw([*inputs, Uncertain("alone", ranged(0, 1, 2))], 40, 1, correlations=pairs)
    assert np.corrcoef(drawn[:, :12], rowvar=False).min() > 0.9
    # So many samples are needed as numbers go together, not as there are numbers.
    many = [Uncertain(f"m{place}", ranged(0, 1, 2)) for place in range(60)]
    few = draw([*inputs[:2], *many], 20, 1, correlations={("n0", "n1"): 0.9})
    assert np.corrcoef(few[:, 0], few[:, 1])[0, 1] > 0.7
    contrary = {("n0", "n1"): 0.9, ("n1", "n2"): 0.9, ("n0", "n2"): -0.9}
    with pytest.raises(InputError, match="contradict each other"):
        draw(inputs, 40, 1, correlations=contrary)
