"""Stopes that pay, against looking at each place again and again."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import BlockGrid, paying_stopes
from oreline.model import InputError


@given(st.lists(st.integers(-5, 5), min_size=60, max_size=60))
def test_stopes_are_taken_richest_first_and_none_overlaps(values: list[int]) -> None:
    """A slow second way: look for the richest free stope again after each one taken."""
    grid = BlockGrid((0, 0, 0), (5, 5, 5), (5, 4, 3))
    cube = np.array(values, np.float64).reshape(3, 4, 5)
    places = [
        np.s_[z : z + 2, y : y + 2, x : x + 3]
        for z, y, x in itertools.product(range(2), range(3), range(3))
    ]
    taken = np.zeros_like(cube, np.bool_)
    while free := [p for p in places if not taken[p].any() and cube[p].sum() > 0]:
        taken[max(free, key=lambda place: cube[place].sum())] = True
    assert (paying_stopes(grid, cube.ravel(), (12, 10, 10)) == taken.ravel()).all()


def test_a_rich_block_too_thin_for_a_stope_is_left() -> None:
    grid = BlockGrid((0, 0, 0), (5, 5, 5), (4, 1, 1))
    assert not paying_stopes(grid, np.array([-4.0, 3.0, -4.0, -4.0]), (10, 5, 5)).any()


def test_a_stope_that_fits_nowhere_is_refused() -> None:
    grid = BlockGrid((0, 0, 0), (5, 5, 5), (4, 1, 1))
    with pytest.raises(InputError, match="does not fit"):
        paying_stopes(grid, np.zeros(4), (10, 10, 5))
    with pytest.raises(InputError, match="no size"):
        paying_stopes(grid, np.zeros(4), (0, 5, 5))
