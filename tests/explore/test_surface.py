"""Where the ground ends, and room for the walls of a pit."""

from __future__ import annotations

import numpy as np

from oreline.explore import BlockGrid, rock_of, room_for_walls


def test_a_slope_between_collars_cuts_the_blocks() -> None:
    """A plane z = x: blocks whose centre lies under it are rock."""
    grid = BlockGrid((0, 0, 0), (10, 10, 10), (4, 2, 4))
    corners = np.array([[0, 0, 0], [40, 0, 40], [0, 20, 0], [40, 20, 40]], np.float64)
    centres = grid.centres_m()
    assert (rock_of(grid, corners) == (centres[:, 2] <= centres[:, 0])).all()


def test_collars_on_a_line_give_the_nearest_height() -> None:
    grid = BlockGrid((0, 0, 0), (10, 10, 10), (2, 1, 3))
    line = np.array([[5.0, 5.0, 10.0], [10.5, 5.0, 20.0], [16.0, 5.0, 30.0]])
    assert rock_of(grid, line).reshape(3, 2).sum(axis=0).tolist() == [1, 3]
    assert rock_of(grid, np.empty((0, 3))).all()


def test_a_wider_grid_holds_the_old_blocks_where_they_were() -> None:
    grid = BlockGrid((100, 50, 0), (10, 8, 5), (4, 3, 6), bearing_deg=30)
    wide, place = room_for_walls(grid, 45)
    assert np.allclose(wide.centres_m()[place], grid.centres_m())
    assert wide.count == (4 + 2 * 3, 3 + 2 * 4, 6)
