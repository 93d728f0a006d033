"""Flows through recycles against the plain dense solve, and where that one fails."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from oreline.design._elimination import OUTSIDE, unit_flows


@st.composite
def networks(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Shares of shape (units + 1, units), the last row what leaves, and sources (units,)."""
    count = draw(st.integers(1, 9))
    weights = draw(
        st.lists(
            st.lists(st.sampled_from([0, 0, 0, 1, 2, 5]), min_size=count, max_size=count),
            min_size=count,
            max_size=count,
        )
    )
    matrix = np.array(weights, float).reshape(count, count)
    leaving = np.array(draw(st.lists(st.integers(1, 9), min_size=count, max_size=count)), float)
    whole = np.vstack([matrix, leaving])
    sources = np.array(draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)), float)
    return whole / whole.sum(axis=0), sources


@given(networks())
def test_the_flows_are_those_of_the_dense_solve(network: tuple[np.ndarray, np.ndarray]) -> None:
    shares, sources = network
    count = len(sources)
    edges = {
        (origin, OUTSIDE if end == count else end): shares[end, origin, None]
        for end, origin in zip(*np.nonzero(shares), strict=True)
    }
    flows, trapped = unit_flows([np.array([one]) for one in sources], edges, (1,))
    expected = np.linalg.solve(np.eye(count) - shares[:count], sources)
    assert trapped == ()
    np.testing.assert_allclose(flows[:, 0], expected, rtol=1e-10, atol=1e-10)


def test_a_bleed_that_a_dense_solve_loses_is_exact() -> None:
    # Two units that pass all but 1e-14 to each other: 1 - s cancels in a dense solve, here not.
    bleed = 1e-14
    shares = {
        (0, 1): np.array([1.0]),
        (1, 0): np.array([1.0 - bleed]),
        (1, OUTSIDE): np.array([bleed]),
    }
    flows, trapped = unit_flows([np.array([1.0]), None], shares, (1,))
    assert trapped == ()
    assert flows[1, 0] == float(1 / Fraction(bleed))


def test_a_loop_that_nothing_leaves_is_named() -> None:
    shares = {(0, 1): np.array([1.0]), (1, 0): np.array([1.0])}
    with np.errstate(divide="ignore", invalid="ignore"):
        _, trapped = unit_flows([np.array([1.0]), None], shares, (1,))
    assert trapped
