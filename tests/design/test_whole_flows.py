"""Flows in whole milligrams: they balance, and stay where they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.design import OUTSIDE, Link, whole_flows


def drawn(seed: int, units: int, scale: float) -> tuple[list[Link], np.ndarray]:
    """Return a network with recycles and its balanced flows of three components."""
    rng = np.random.default_rng(seed)
    links, shares = [Link(OUTSIDE, 0)], [np.ones(3)]
    matrix = np.zeros((3, units, units))
    for unit in range(units):
        ends = [*rng.integers(0, units, 2).tolist(), unit + 1 if unit + 1 < units else OUTSIDE]
        parts = rng.dirichlet(np.ones(3), 3) * (rng.random((3, 3)) < 0.7)
        parts[:, 2] = 1 - parts[:, :2].sum(axis=1)
        for port, end in enumerate(ends):
            links.append(Link(unit, int(end)))
            shares.append(parts[:, port])
            if end != OUTSIDE:
                matrix[:, int(end), unit] += parts[:, port]
    flows = []
    for component in range(3):
        inflow = np.zeros(units)
        inflow[0] = scale * rng.random()
        at = np.linalg.solve(np.eye(units) - matrix[component], inflow)
        flows.append(
            [
                inflow[0] if link.origin == OUTSIDE else at[link.origin] * share[component]
                for link, share in zip(links, shares, strict=True)
            ]
        )
    return links, np.maximum(np.array(flows).T, 0.0)


@given(st.integers(0, 100_000), st.integers(1, 12), st.sampled_from([30.0, 1e6, 1e13]))
def test_every_unit_balances_and_no_flow_moves_far(seed: int, units: int, scale: float) -> None:
    links, amounts = drawn(seed, units, scale)
    whole = whole_flows(links, amounts)
    assert (whole >= 0).all()
    assert (whole[amounts == 0] == 0).all()
    for unit in range(units):
        entering = sum(whole[n] for n, link in enumerate(links) if link.destination == unit)
        leaving = sum(whole[n] for n, link in enumerate(links) if link.origin == unit)
        assert np.array_equal(entering, leaving)
    assert np.abs(whole - amounts).max() <= 2 * len(links) + 1e-14 * len(links) * amounts.max()


def test_the_total_is_what_comes_from_outside() -> None:
    links, amounts = drawn(7, 6, 1e9)
    whole = whole_flows(links, amounts)
    leaving = sum(whole[n] for n, link in enumerate(links) if link.destination == OUTSIDE)
    assert np.array_equal(leaving, whole[0])
    assert whole[0] == pytest.approx(amounts[0], abs=len(links))


def test_nothing_flows_in_an_empty_network() -> None:
    assert whole_flows([Link(OUTSIDE, 0), Link(0, OUTSIDE)], np.zeros((2, 2))).tolist() == [
        [0, 0],
        [0, 0],
    ]
