"""Spread and sensitivity of any function, beside closed forms."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from scipy import stats

from oreline.design import (
    Method,
    Output,
    Parameter,
    Shape,
    Uncertain,
    sobol_shares,
    spread,
    tornado,
)
from oreline.design._sampling import Array
from oreline.model import Basis, InputError, LimitExceededError

PI = math.pi


def ranged(low: float, high: float) -> Parameter:
    return Parameter((low + high) / 2, "1", Basis.ASSUMED, "test", low, high)


def uniforms(names: str, low: float, high: float) -> list[Uncertain]:
    return [Uncertain(name, ranged(low, high), Shape.UNIFORM) for name in names]


def ishigami(x: Array) -> Array:
    # Ishigami and Homma 1990, with a = 7 and b = 0.1.
    value = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return np.column_stack([value, np.full(len(x), 3.0)])


TWO = [Output("y", "1"), Output("same", "1")]


def closed_form(a: float = 7.0, b: float = 0.1) -> tuple[list[float], list[float]]:
    """Return the indices of first order and in total (Homma and Saltelli 1996)."""
    alone_1 = 0.5 * (1 + b * PI**4 / 5) ** 2
    alone_2 = a**2 / 8
    together = b**2 * PI**8 * (1 / 18 - 1 / 50)
    whole = alone_1 + alone_2 + together
    first = [alone_1 / whole, alone_2 / whole, 0.0]
    total = [(alone_1 + together) / whole, alone_2 / whole, together / whole]
    return first, total


def test_sobol_indices_are_those_of_ishigami() -> None:
    found = sobol_shares(ishigami, uniforms("abc", -PI, PI), TWO, points=4096, seed=2)
    first, total = closed_form()
    # As printed: 0.3139, 0.4424, 0; 0.5576, 0.4424, 0.2437.
    assert first == pytest.approx([0.3139, 0.4424, 0.0], abs=5e-5)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=5e-5)
    table = found.to_frame().filter(pl.col("output") == "y")
    assert table["first"].to_list() == pytest.approx(first, abs=0.015)
    assert table["total"].to_list() == pytest.approx(total, abs=0.015)
    assert (table["total_low"] <= table["total"]).all()
    assert (table["total"] <= table["total_high"]).all()
    assert found.evaluations == 4096 * 5


def test_a_result_that_does_not_vary_has_no_index_and_says_so() -> None:
    found = sobol_shares(ishigami, uniforms("abc", -PI, PI), TWO, points=64, seed=2)
    same = [one for one in found.indices if one.output == "same"]
    assert all(one.first is None and one.total is None for one in same)
    assert "does not vary" in same[0].reason


def test_indices_of_a_sum_are_the_shares_of_its_variance() -> None:
    # Independent oracle: of 3 a + b, variances of 9 and 1 give 0.9 and 0.1.
    def line(x: Array) -> Array:
        return np.asarray(x @ np.array([[3.0], [1.0]]))

    found = sobol_shares(line, uniforms("ab", 0, 1), [Output("y", "1")], points=2048, seed=9)
    assert [one.first for one in found.indices] == pytest.approx([0.9, 0.1], abs=0.01)
    assert [one.total for one in found.indices] == pytest.approx([0.9, 0.1], abs=0.01)


def test_wrong_calls_of_indices() -> None:
    inputs = uniforms("abc", -PI, PI)
    with pytest.raises(InputError, match="power of two"):
        sobol_shares(ishigami, inputs, TWO, points=1000, seed=1)
    with pytest.raises(InputError, match="nothing to draw"):
        sobol_shares(ishigami, [], TWO, points=64, seed=1)
    with pytest.raises(LimitExceededError, match="EVALUATIONS_MAX"):
        sobol_shares(ishigami, inputs, TWO, points=2**21, seed=1)
    with pytest.raises(InputError, match="no answer: a"):
        sobol_shares(lambda x: ishigami(x) * np.nan, inputs, TWO, points=16, seed=1)


@pytest.mark.parametrize("method", list(Method))
def test_percentiles_of_a_known_distribution(method: Method) -> None:
    # The sum of two uniform numbers is triangular: P10 is sqrt(0.2), P50 is 1.
    def add(x: Array) -> Array:
        return np.asarray(x.sum(axis=1, keepdims=True))

    found = spread(
        add, uniforms("ab", 0, 1), [Output("y", "1")], samples=10_000, seed=1, method=method
    )
    one = found.outputs[0]
    exact = stats.triang(0.5, 0, 2).ppf([0.1, 0.5, 0.9])
    for value, error, right in zip(one.percentiles, one.errors, exact, strict=True):
        assert abs(value - right) < 5 * max(error, 1e-4)
    assert one.mean == pytest.approx(1.0, abs=0.01)
    assert one.deviation == pytest.approx(math.sqrt(1 / 6), abs=0.01)
    assert one.base == pytest.approx(1.0)


def test_a_latin_hypercube_is_surer_than_chance() -> None:
    def line(x: Array) -> Array:
        return np.asarray(x.sum(axis=1, keepdims=True))

    errors = {
        method: spread(
            line, uniforms("abcdef", 0, 1), [Output("y", "1")], samples=5000, seed=4, method=method
        )
        .outputs[0]
        .errors[1]
        for method in (Method.LATIN_HYPERCUBE, Method.RANDOM)
    }
    assert errors[Method.LATIN_HYPERCUBE] < errors[Method.RANDOM]


def test_seeds_share_no_draws_and_a_sequence_is_filled_to_its_power_of_two() -> None:
    inputs = uniforms("abc", -PI, PI)
    seen: list[Array] = []

    def keep(x: Array) -> Array:
        seen.append(x[1:])
        return ishigami(x)

    for seed in (1, 2, 3):
        spread(keep, inputs, TWO, samples=100, seed=seed)
    assert len({float(x) for part in seen for x in part[:, 0]}) == 300
    found = spread(ishigami, inputs, TWO, samples=1000, seed=1, method=Method.SOBOL)
    assert found.samples == 1280


def test_convergence_is_shown() -> None:
    found = spread(ishigami, uniforms("abc", -PI, PI), TWO, samples=10_000, seed=1)
    table = found.convergence.filter(pl.col("output") == "y")
    assert table["samples"].to_list() == list(range(2000, 10_001, 1000))
    last = table.row(-1, named=True)
    assert last["p50"] == found.outputs[0].percentiles[1]
    assert last["p50_error"] == found.outputs[0].errors[1]


def test_the_strongest_driver_comes_first_and_what_does_not_vary_has_none() -> None:
    def mostly_b(x: Array) -> Array:
        return np.column_stack([x[:, 0] - 5 * x[:, 1], np.ones(len(x))])

    found = spread(mostly_b, uniforms("ab", 0, 1), TWO, samples=1000, seed=1)
    rows = found.drivers().rows()
    assert [row[1] for row in rows[:2]] == ["b", "a"]
    assert rows[0][2] < -0.9
    assert rows[2][2] is None


def test_samples_without_an_answer_are_counted_and_told() -> None:
    def root(x: Array) -> Array:
        value = np.where(x[:, 0] >= 0.02, x[:, 0], np.nan)
        return np.sqrt(value)[:, None]

    found = spread(root, uniforms("a", 0, 1), [Output("y", "1")], samples=1000, seed=1)
    assert found.failed == 20
    assert found.to_frame()["samples"][0] == 980
    assert [one.code for one in found.findings] == ["ORL-1040"]
    assert "20 of 1000 samples" in found.findings[0].message
    with pytest.raises(InputError, match="samples have no answer"):
        spread(
            lambda x: root(x - 0.5 + (x == 0.5)),
            uniforms("a", 0, 1), [Output("y", "1")], samples=1000, seed=1,
        )  # fmt: skip
    with pytest.raises(InputError, match="as they stand"):
        spread(lambda x: x * np.nan, uniforms("a", 0, 1), [Output("y", "1")], samples=100, seed=1)


def test_the_tornado_is_the_function_at_the_ends() -> None:
    def f(x: Array) -> Array:
        return (10 * x[:, 0] + x[:, 1] ** 2)[:, None]

    inputs = [
        Uncertain("small", Parameter(1.0, "t", Basis.ASSUMED, "test", 0.9, 1.2)),
        Uncertain("large", Parameter(2.0, "m", Basis.ASSUMED, "test", 1.0, 4.0)),
    ]
    found = tornado(f, inputs, [Output("y", "USD")])
    assert [bar.input for bar in found.bars] == ["large", "small"]
    wide, narrow = found.bars
    assert (wide.base, wide.at_low, wide.at_high) == (14.0, 11.0, 26.0)
    assert narrow.swing == pytest.approx(3.0)
    assert found.to_frame()["swing"].to_list() == pytest.approx([15.0, 3.0])
    with pytest.raises(InputError, match="no number has a range"):
        tornado(f, [], [Output("y", "USD")])
