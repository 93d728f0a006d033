from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from attribution import drawn_rows
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError, LoopError
from oreline.trace._attribute import attribute
from oreline.trace._bounds import share_bounds
from oreline.trace._rows import UNBOUNDED_MG, make_rows

ROUNDING = 1e-9
SMALL = st.integers(0, 50)


def opened(drawn, upper):
    return make_rows(
        drawn["indptr"],
        drawn["source"],
        [drawn["weight"]],
        drawn["n_origins"],
        weight_hi_mg=[upper],
        loops=drawn["loops"],
    )


def completed(drawn, weight):
    return make_rows(
        drawn["indptr"], drawn["source"], [weight], drawn["n_origins"], loops=drawn["loops"]
    )


@st.composite
def open_cases(draw, *, with_loops):
    """Draw rows with upper weights, and a completion in which every row holds something."""
    drawn = draw(drawn_rows(rows_max=8, weights=SMALL, with_loops=with_loops))
    upper, weight = [], []
    for low in drawn["weight"]:
        high = draw(st.sampled_from([low, low + draw(SMALL), UNBOUNDED_MG]))
        upper.append(high)
        weight.append(draw(st.integers(low, min(high, 10**6))))
    return drawn, upper, weight


def test_drawn_case_by_hand():
    """Mine 1 gave 30, mine 2 between 10 and 30: at least half, at most three quarters."""
    rows = make_rows([0, 2], [1, 2], [[30, 10]], 3, weight_hi_mg=[[30, 30]])
    lo, hi = share_bounds(rows, 0)
    assert lo.tolist() == [[0, 0.5, 0.25]]
    assert hi.tolist() == [[0, 0.75, 0.5]]


def test_an_unknown_mass_can_be_all_but_what_is_known():
    rows = make_rows([0, 2], [1, 2], [[30, 0]], 3, weight_hi_mg=[[30, UNBOUNDED_MG]])
    lo, hi = share_bounds(rows, 0)
    assert lo.tolist() == [[0, 0, 0]]
    assert hi.tolist() == [[0, 1, 1]]


@pytest.mark.parametrize("with_loops", [False, True])
def test_every_completion_lies_within(with_loops):
    @given(open_cases(with_loops=with_loops))
    def check(case):
        drawn, upper, weight = case
        sums = np.add.reduceat(weight, drawn["indptr"][:-1])
        possible = np.add.reduceat(np.minimum(upper, 1), drawn["indptr"][:-1])
        # A share of nothing is left out, unless nothing is all that a row can hold.
        if np.any((sums == 0) & (possible > 0)):
            return
        try:
            lo, hi = share_bounds(opened(drawn, upper), 0)
            shares = attribute(completed(drawn, weight), 0)
        except LoopError:
            return
        assert (lo <= shares + ROUNDING).all()
        assert (shares <= hi + ROUNDING).all()

    check()


@given(drawn_rows(with_loops=True))
def test_known_weights_give_the_bits_of_the_point_answer(drawn):
    rows = completed(drawn, drawn["weight"])
    lo, hi = share_bounds(rows, 0)
    shares = attribute(rows, 0)
    assert (lo == shares).all()
    assert (hi == shares).all()


@given(st.lists(st.tuples(SMALL, SMALL, st.integers(0, 3)), min_size=1, max_size=7))
def test_a_single_row_attains_its_bounds_at_corners_of_the_box(entries):
    lower = [low for low, _, _ in entries]
    upper = [low + more for low, more, _ in entries]
    rows = make_rows(
        [0, len(entries)],
        [node for _, _, node in entries],
        [lower],
        4,
        weight_hi_mg=[upper],
    )
    corners = [
        attribute(make_rows([0, len(entries)], rows.source, [corner], 4), 0)[0]
        for corner in product(*zip(lower, upper, strict=True))
        if sum(corner) > 0
    ]
    if not corners:
        return
    lo, hi = share_bounds(rows, 0)
    np.testing.assert_allclose(lo[0], np.min(corners, axis=0), atol=1e-12)
    np.testing.assert_allclose(hi[0], np.max(corners, axis=0), atol=1e-12)


def test_a_row_over_bounded_sources_takes_the_worst_of_both():
    """Row 0 holds 0.5 to 0.75 of mine 1; row 1 mixes it, 1 to 3 parts, with 1 of mine 2."""
    rows = make_rows([0, 2, 4], [1, 2, 3, 2], [[30, 10, 1, 1]], 3, weight_hi_mg=[[30, 30, 3, 1]])
    lo, hi = share_bounds(rows, 0)
    assert lo[1].tolist() == pytest.approx([0, 0.25, 0.25 * 0.75 + 0.25], abs=1e-15)
    assert hi[1].tolist() == pytest.approx([0, 0.75 * 0.75, 0.25 + 0.5], abs=1e-15)


def test_more_sources_than_are_sorted_by_hand():
    rng = np.random.default_rng(7)
    n = 200
    lower, more = rng.integers(1, 100, n), rng.integers(0, 100, n)
    source = rng.integers(0, 20, n)
    # First rows with known, differing shares of origin 1, then one row over all of them.
    known = rng.integers(1, 1000, size=(n, 2))
    rows = make_rows(
        np.concatenate([np.arange(n + 1) * 2, [2 * n + n]]),
        np.concatenate([np.tile([0, 1], n), np.arange(n) + 20]),
        [np.concatenate([known.ravel(), lower])],
        20,
        weight_hi_mg=[np.concatenate([known.ravel(), lower + more])],
    )
    assert len(source) == n
    lo, hi = share_bounds(rows, 0)
    share = known[:, 1] / known.sum(axis=1)
    order = np.argsort(share)
    least = min(
        (np.where(np.arange(n) < cut, lower[order] + more[order], lower[order]) @ share[order])
        / np.where(np.arange(n) < cut, lower[order] + more[order], lower[order]).sum()
        for cut in range(n + 1)
    )
    assert lo[-1, 1] == pytest.approx(least, abs=1e-14)
    assert hi[-1, 0] == pytest.approx(1 - least, abs=1e-14)


def test_rows_that_can_hold_nothing_are_of_unknown_origin():
    rows = make_rows([0, 2, 4], [1, 2, 1, 3], [[0, 0, 1, 0]], 3, weight_hi_mg=[[0, 0, 1, 1]])
    lo, hi = share_bounds(rows, 0)
    assert lo.tolist() == [[1, 0, 0], [0, 0.5, 0]]
    assert hi.tolist() == [[1, 0, 0], [0.5, 1, 0]]


def test_a_loop_closed_whatever_the_weights_is_an_error():
    rows = make_rows(
        [0, 2, 4], [1, 4, 2, 3], [[0, 1, 0, 1]], 3, weight_hi_mg=[[0, 2, 0, 2]], loops=[[0, 1]]
    )
    with pytest.raises(LoopError, match="rows 0, 1"):
        share_bounds(rows, 0)


def test_bounds_of_an_open_loop_come_close_to_the_corners():
    lower, upper = [30, 10, 50, 50], [40, 10, 60, 50]
    source = [1, 4, 2, 3]
    rows = make_rows([0, 2, 4], source, [lower], 3, weight_hi_mg=[upper], loops=[[0, 1]])
    lo, hi = share_bounds(rows, 0)
    corners = [
        attribute(make_rows([0, 2, 4], source, [corner], 3, loops=[[0, 1]]), 0)
        for corner in product(*zip(lower, upper, strict=True))
    ]
    np.testing.assert_allclose(lo, np.min(corners, axis=0), atol=0.05)
    np.testing.assert_allclose(hi, np.max(corners, axis=0), atol=0.05)
    assert (lo <= np.min(corners, axis=0) + 1e-12).all()
    assert (hi >= np.max(corners, axis=0) - 1e-12).all()


def test_wrong_calls_are_refused():
    rows = make_rows([0, 2], [1, 2], [[30, 10]], 3)
    buffer = np.empty((1, 3))
    with pytest.raises(InputError, match="share memory"):
        share_bounds(rows, 0, out=(buffer, buffer))
