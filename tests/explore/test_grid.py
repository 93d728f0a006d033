"""Grids of blocks: where they lie and what lies in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import BlockGrid
from oreline.model import InputError, LimitExceededError


@given(st.floats(-180, 180), st.tuples(*[st.integers(1, 5)] * 3))
def test_a_block_is_found_again_from_points_inside_it(
    bearing: float, count: tuple[int, int, int]
) -> None:
    grid = BlockGrid((1000.0, -500.0, 80.0), (20.0, 10.0, 5.0), count, bearing)
    inside = grid.points_m((2, 3, 2))
    for at, centre in enumerate(grid.centres_m()):
        assert (grid.block_of(centre + inside) == at).all()
    assert grid.block_of([[1e7, 0, 0]])[0] == -1


def test_x_runs_fastest_and_a_bearing_turns_y_from_north() -> None:
    grid = BlockGrid((0.0, 0.0, 0.0), (10.0, 10.0, 10.0), (2, 2, 2))
    assert grid.centres_m()[1].tolist() == [15.0, 5.0, 5.0]
    assert grid.centres_m()[2].tolist() == [5.0, 15.0, 5.0]
    turned = BlockGrid((0.0, 0.0, 0.0), (10.0, 10.0, 10.0), (1, 2, 1), bearing_deg=90.0)
    assert np.allclose(turned.centres_m()[1] - turned.centres_m()[0], [10.0, 0.0, 0.0])


def test_points_of_a_block_average_to_its_centre() -> None:
    grid = BlockGrid((0.0, 0.0, 0.0), (30.0, 30.0, 10.0), (1, 1, 1), bearing_deg=30.0)
    points = grid.points_m((3, 3, 2))
    assert points.shape == (18, 3)
    assert np.allclose(points.mean(axis=0), 0.0)
    assert sorted(set(points[:, 2].tolist())) == [-2.5, 2.5]


def test_a_grid_around_samples_holds_them() -> None:
    places = [[3.0, 47.0, -12.0], [58.0, 51.0, -3.0]]
    grid = BlockGrid.around(places, (20.0, 20.0, 5.0))
    assert (grid.origin_m, grid.count) == ((0.0, 40.0, -15.0), (3, 1, 3))
    assert (grid.block_of(places) >= 0).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda: BlockGrid((0, 0, 0), (0, 1, 1), (1, 1, 1)),
        lambda: BlockGrid((0, 0, 0), (1, 1, 1), (0, 1, 1)),
        lambda: BlockGrid((float("nan"), 0, 0), (1, 1, 1), (1, 1, 1)),
        lambda: BlockGrid((0, 0, 0), (1, 1, 1), (1, 1, 1)).points_m((0, 1, 1)),
        lambda: BlockGrid.around(np.zeros((0, 3)), (1, 1, 1)),
    ],
)
def test_an_impossible_grid_is_refused(make: object) -> None:
    with pytest.raises(InputError):
        make()  # type: ignore[operator]


def test_a_grid_of_too_many_blocks_is_refused() -> None:
    assert BlockGrid((0, 0, 0), (1, 1, 1), (500, 1000, 100)).n == 50_000_000
    with pytest.raises(LimitExceededError, match="BLOCKS_MAX"):
        BlockGrid((0, 0, 0), (1, 1, 1), (500, 1000, 101))
