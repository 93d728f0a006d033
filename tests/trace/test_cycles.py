from __future__ import annotations

import numpy as np
import pytest
from attribution import drawn_rows
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import LimitExceededError, LoopError
from oreline.trace._attribute import attribute
from oreline.trace._cycles import loop_spans
from oreline.trace._rows import make_rows
from oreline.trace._walk import provenance_of


def test_a_loop_by_hand():
    """Liquor L = 40 from mine 1 + 10 returned; its raffinate = 50 of L + 50 from mine 2."""
    rows = make_rows([0, 2, 4], [1, 4, 2, 3], [[40, 10, 50, 50]], 3, loops=[[0, 1]])
    # x = 0.8 a + 0.2 y and y = 0.5 b + 0.5 x give x = (0.8 a + 0.1 b) / 0.9.
    expected = [[0, 8 / 9, 1 / 9], [0, 4 / 9, 5 / 9]]
    np.testing.assert_allclose(attribute(rows, 0), expected, atol=1e-15)


def test_a_row_that_returns_to_itself():
    rows = make_rows([0, 3], [1, 2, 3], [[30, 10, 960]], 3, loops=[[0]])
    np.testing.assert_allclose(attribute(rows, 0), [[0, 0.75, 0.25]], atol=1e-15)


def test_a_loop_that_hardly_anything_enters_keeps_its_precision():
    """One milligram of each of two mines enters per 4e18 mg returned: 1 - 1e-18 is 1 in float64."""
    turn = 4 * 10**18
    rows = make_rows([0, 2, 5], [4, 1, 3, 2, 2], [[turn, 1, turn, 2, 1]], 3, loops=[[0, 1]])
    np.testing.assert_allclose(attribute(rows, 0), [[0, 0.25, 0.75]] * 2, rtol=1e-12)
    np.testing.assert_allclose(provenance_of(rows, 0, 3), [0, 0.25, 0.75], rtol=1e-12)


def dense_case(n, seed):
    rng = np.random.default_rng(seed)
    weight = rng.integers(1, 10**9, size=(n, n + 6))
    source = np.tile(np.arange(n + 6), (n, 1))
    rows = make_rows(
        np.arange(n + 1) * (n + 6), source.ravel(), [weight.ravel()], 6, loops=[list(range(n))]
    )
    parts = weight / weight.sum(axis=1, keepdims=True)
    return rows, np.linalg.solve(np.eye(n) - parts[:, 6:], parts[:, :6])


@pytest.mark.parametrize("n", [1, 2, 30, 120])
def test_dense_loops_are_those_of_gaussian_elimination(n):
    rows, expected = dense_case(n, seed=n)
    np.testing.assert_allclose(attribute(rows, 0), expected, atol=1e-12)
    np.testing.assert_allclose(provenance_of(rows, 0, 6), expected[0], atol=1e-12)


def test_a_closed_loop_names_its_rows():
    rows = make_rows([0, 2, 4, 6], [1, 2, 5, 1, 4, 1], [[3, 1, 7, 0, 9, 0]], 3, loops=[[1, 2]])
    with pytest.raises(LoopError, match=r"the loop of rows 1, 2 from outside"):
        attribute(rows, 0)
    with pytest.raises(LoopError, match=r"rows 1, 2"):
        provenance_of(rows, 0, 4)


def test_only_the_closed_part_of_a_loop_is_named():
    """Rows 0 and 1 feed each other alone; row 2, of the same group, is fed from outside."""
    source, weight = [4, 5, 3, 5, 1, 3], [5, 0, 5, 0, 1, 1]
    rows = make_rows([0, 2, 4, 6], source, [weight], 3, loops=[[0, 1, 2]])
    with pytest.raises(LoopError, match=r"rows 0, 1 from"):
        attribute(rows, 0)


def test_a_loop_open_for_one_element_may_be_closed_for_another():
    rows = make_rows([0, 2, 4], [1, 4, 2, 3], [[4, 1, 5, 5], [0, 1, 0, 5]], 3, loops=[[0, 1]])
    attribute(rows, 0)
    with pytest.raises(LoopError):
        attribute(rows, 1)


def test_an_empty_row_in_a_loop_is_of_unknown_origin():
    rows = make_rows([0, 2, 4], [1, 4, 2, 3], [[1, 3, 0, 0]], 3, loops=[[0, 1]])
    assert attribute(rows, 0).tolist() == [[0.75, 0.25, 0], [1, 0, 0]]


@given(drawn_rows(with_loops=True, weights=st.integers(0, 10**6)))
def test_shares_satisfy_their_own_equations(drawn):
    rows = make_rows(
        drawn["indptr"],
        drawn["source"],
        [drawn["weight"]],
        drawn["n_origins"],
        loops=drawn["loops"],
    )
    known = np.concatenate([np.eye(rows.n_origins), attribute(rows, 0)])
    for row in range(rows.n_rows):
        entries = slice(rows.indptr[row], rows.indptr[row + 1])
        weight = rows.weight_lo_mg[0, entries].astype(float)
        if weight.sum() > 0:
            mean = weight @ known[rows.source[entries]] / weight.sum()
            np.testing.assert_allclose(known[rows.n_origins + row], mean, atol=1e-12)


def test_loop_size_at_the_limit_and_one_past_it():
    rows, _ = dense_case(3, seed=1)
    assert loop_spans(rows, loop_rows_max=3) == [(0, 3)]
    with pytest.raises(LimitExceededError, match="LOOP_ROWS_MAX = 2"):
        loop_spans(rows, loop_rows_max=2)
