from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from attribution import drawn_rows, shares_by_fractions, shares_by_random_walk, shares_by_solve
from hypothesis import given
from hypothesis import strategies as st

from generate import generate
from oreline.model import InputError
from oreline.trace._attribute import attribute
from oreline.trace._restate import restate
from oreline.trace._rows import make_rows


def built(drawn, weight=None):
    return make_rows(
        drawn["indptr"],
        drawn["source"],
        [drawn["weight"] if weight is None else weight],
        drawn["n_origins"],
        loops=drawn["loops"],
    )


def arrays(drawn):
    return drawn["indptr"], drawn["source"], drawn["weight"], drawn["n_origins"]


@given(drawn_rows())
def test_shares_are_those_of_exact_fractions(drawn):
    shares = attribute(built(drawn), 0)
    for row in range(len(shares)):
        exact = shares_by_fractions(*arrays(drawn), drawn["n_origins"] + row)
        assert np.abs(shares[row] - [float(part) for part in exact]).max() <= 4e-15


@given(drawn_rows(with_loops=True, weights=st.integers(0, 10**6)))
def test_shares_are_those_of_a_sparse_solve(drawn):
    expected = shares_by_solve(*arrays(drawn))
    np.testing.assert_allclose(attribute(built(drawn), 0), expected, atol=1e-9)


@pytest.mark.parametrize("shape", ["shallow", "pool"])
def test_generated_ledger_by_sparse_solve_and_fractions(shape):
    made = generate(3000, shape, n_elements=3, n_mines=20, n_countries=7)
    rows = made.rows
    for element in range(3):
        weight = rows.weight_lo_mg[element]
        shares = attribute(rows, element, made.country_of_origin)
        expected = shares_by_solve(
            rows.indptr, rows.source, weight, rows.n_origins, made.country_of_origin
        )
        assert np.abs(shares - expected).max() < 1e-13
    for row in (rows.n_rows - 1, rows.n_rows // 2):
        exact = shares_by_fractions(
            rows.indptr, rows.source, weight, rows.n_origins, rows.n_origins + row
        )
        assert np.abs(attribute(rows, 2)[row] - [float(part) for part in exact]).max() < 1e-13


@pytest.mark.parametrize("loops", [[], [[0, 1]]])
def test_random_walks_end_where_the_shares_say(loops):
    source = [1, 4, 2, 3, 3, 1] if loops else [1, 2, 2, 3, 3, 1]
    rows = make_rows([0, 2, 4, 6], source, [[30, 10, 50, 50, 20, 80]], 3, loops=loops)
    n_walks = 4000
    for row in range(3):
        seen = shares_by_random_walk(
            rows.indptr, rows.source, rows.weight_lo_mg[0], 3, 3 + row, n_walks, seed=row
        )
        expected = attribute(rows, 0)[row]
        allowed = 6 * np.sqrt(expected * (1 - expected) / n_walks) + 1e-12
        assert (np.abs(seen - expected) <= allowed).all()


@given(drawn_rows(with_loops=True))
def test_rows_sum_to_one_and_lie_between_their_sources(drawn):
    shares = attribute(built(drawn), 0)
    assert np.abs(shares.sum(axis=1) - 1).max() < 1e-12
    assert shares.min() >= 0


@given(drawn_rows(weights=st.integers(0, 2**20)), st.integers(1, 20))
def test_scaling_all_weights_changes_no_bit(drawn, power):
    scaled = [weight << power for weight in drawn["weight"]]
    assert (attribute(built(drawn), 0) == attribute(built(drawn, scaled), 0)).all()


def test_a_row_without_the_element_is_of_unknown_origin():
    rows = make_rows([0, 2, 4], [1, 2, 3, 1], [[0, 0, 5, 5]], 3)
    assert attribute(rows, 0).tolist() == [[1, 0, 0], [0.5, 0.5, 0]]


def test_masses_near_the_largest_do_not_overflow():
    most = 9 * 10**18
    rows = make_rows([0, 3], [1, 2, 2], [[most, most, most]], 3)
    assert attribute(rows, 0)[0] == pytest.approx([0, 1 / 3, 2 / 3], abs=1e-15)


@given(drawn_rows(), st.data())
def test_columns_add_up_origins(drawn, data):
    rows = built(drawn)
    column = data.draw(
        st.lists(st.integers(-1, 2), min_size=rows.n_origins, max_size=rows.n_origins)
    )
    full, grouped = attribute(rows, 0), attribute(rows, 0, column)
    for c in range(grouped.shape[1]):
        expected = full[:, np.array(column) == c].sum(axis=1)
        np.testing.assert_allclose(grouped[:, c], expected, atol=1e-14)


def test_the_buffer_is_used_again_and_may_be_longer():
    rows = make_rows([0, 2], [1, 2], [[30, 10]], 3)
    buffer = np.full((4, 3), np.nan)
    shares = attribute(rows, 0, out=buffer)
    assert np.shares_memory(shares, buffer)
    assert shares.tolist() == [[0, 0.75, 0.25]]
    assert np.isnan(buffer[1:]).all()


@pytest.mark.parametrize(
    "wrong",
    [
        np.empty((0, 3)),
        np.empty((1, 2)),
        np.empty((1, 3), np.float32),
        np.empty((3, 2)).T[:, :3],
    ],
)
def test_a_buffer_that_does_not_fit_is_refused(wrong):
    with pytest.raises(InputError, match="out"):
        attribute(make_rows([0, 2], [1, 2], [[30, 10]], 3), 0, out=wrong)


@pytest.mark.parametrize("columns", [[0, 1], [0, 1, -2], [0.0, 1.0, 2.0]])
def test_wrong_columns_are_refused(columns):
    with pytest.raises(InputError, match="columns"):
        attribute(make_rows([0, 2], [1, 2], [[30, 10]], 3), 0, columns)


def changed_weights(draw, weight):
    return [draw(st.integers(1, 10**6)) if draw(st.booleans()) else w for w in weight]


@given(drawn_rows(with_loops=True), st.data(), st.sampled_from([0.0, 0.3, 1.0]))
def test_restating_gives_the_bits_of_a_full_pass(drawn, data, limit):
    before = built(drawn)
    weight = changed_weights(data.draw, drawn["weight"])
    after = built(drawn, weight)
    changed = {
        row
        for row in range(before.n_rows)
        for entry in range(drawn["indptr"][row], drawn["indptr"][row + 1])
        if weight[entry] != drawn["weight"][entry]
    }
    shares = attribute(before, 0)
    full = attribute(after, 0)
    old = shares.copy()
    redone = restate(after, shares, changed, 0, dirty_share_max=limit)
    assert (shares == full).all()
    assert set(np.flatnonzero((full != old).any(axis=1))) <= set(redone.tolist())
    assert changed <= set(redone.tolist())


def test_restating_needs_rows_that_are_there():
    rows = make_rows([0, 2], [1, 2], [[30, 10]], 3)
    with pytest.raises(InputError, match="numbered"):
        restate(rows, attribute(rows, 0), [1], 0)
    with pytest.raises(InputError, match="extend"):
        restate(rows, np.zeros((2, 3)), [0], 0)


def test_importing_the_engine_does_not_load_the_compiler():
    names = "_attribute, _apportion, _bounds, _cycles, _restate, _row_files, _rows, _walk"
    code = f"import sys; from oreline.trace import {names}; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
