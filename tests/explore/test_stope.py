"""Blocks that some stope can take and still pay, against trying each stope."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import BlockGrid, paying_stopes
from oreline.model import InputError


@given(st.lists(st.integers(-5, 5), min_size=60, max_size=60))
def test_each_stope_is_tried(values: list[int]) -> None:
    grid = BlockGrid((0, 0, 0), (5, 5, 5), (5, 4, 3))
    earned = np.array(values, np.float64)
    cube = earned.reshape(3, 4, 5)
    inside = np.zeros_like(cube, np.bool_)
    for z, y, x in itertools.product(range(2), range(3), range(3)):
        place = np.s_[z : z + 2, y : y + 2, x : x + 3]
        if cube[place].sum() > 0:
            inside[place] = True
    assert (paying_stopes(grid, earned, (12, 10, 10)) == inside.ravel()).all()


def test_a_rich_block_too_thin_for_a_stope_is_left() -> None:
    grid = BlockGrid((0, 0, 0), (5, 5, 5), (4, 1, 1))
    assert not paying_stopes(grid, np.array([-4.0, 3.0, -4.0, -4.0]), (10, 5, 5)).any()


def test_a_stope_that_fits_nowhere_is_refused() -> None:
    grid = BlockGrid((0, 0, 0), (5, 5, 5), (4, 1, 1))
    with pytest.raises(InputError, match="does not fit"):
        paying_stopes(grid, np.zeros(4), (10, 10, 5))
    with pytest.raises(InputError, match="no size"):
        paying_stopes(grid, np.zeros(4), (0, 5, 5))
