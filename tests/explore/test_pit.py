"""The pit of greatest value, against every pit there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import BlockGrid, Pit, best_pit, first_dug, nested_pits, slope_arcs
from oreline.model import InputError, LimitExceededError


def all_closed(grid: BlockGrid, slope_deg: float) -> np.ndarray:
    """Return every set of blocks that can be dug, as rows, by looking at all sets."""
    sets = np.array(list(itertools.product([False, True], repeat=grid.n)))
    lower, upper = first_dug(grid, slope_deg)
    return sets[(~sets[:, lower] | sets[:, upper]).all(axis=1)]


@given(
    st.lists(st.integers(-9, 9), min_size=15, max_size=15),
    st.sampled_from([30.0, 45.0, 63.0]),
)
def test_no_other_pit_is_worth_more(values: list[int], slope_deg: float) -> None:
    grid = BlockGrid((0, 0, 0), (10, 10, 10), (5, 1, 3))
    value = np.array(values, np.float64)
    pit = best_pit(grid, value, slope_deg)
    worth = all_closed(grid, slope_deg) @ value
    assert pit.value == pytest.approx(max(worth.max(), 0.0), abs=pit.gap + 1e-9)
    assert pit.value == pytest.approx(value[pit.blocks].sum())


@given(st.lists(st.integers(-9, 9), min_size=64, max_size=64))
def test_what_lies_above_a_dug_block_is_dug(values: list[int]) -> None:
    grid = BlockGrid((0, 0, 0), (10, 10, 5), (4, 4, 4))
    pit = best_pit(grid, np.array(values, np.float64), 45)
    lower, upper = first_dug(grid, 45)
    assert not (pit.blocks[lower] & ~pit.blocks[upper]).any()


def test_the_arcs_reach_the_whole_cone() -> None:
    """Sums of the steps give the circle of each level, for a slope that fits no whole block."""
    size, slope_deg, levels = (10.0, 8.0, 6.0), 52.0, 8
    steps = slope_arcs(size, slope_deg)
    reached = {(0, 0, 0)}
    for _ in range(levels):
        reached |= {
            (x + int(s[0]), y + int(s[1]), z + int(s[2]))
            for x, y, z in reached
            for s in steps
            if z + int(s[2]) <= levels
        }
    for level in range(1, levels + 1):
        radius = level * size[2] / np.tan(np.radians(slope_deg))
        cone = {
            (x, y)
            for x in range(-20, 21)
            for y in range(-20, 21)
            if np.hypot(x * size[0], y * size[1]) <= radius
        }
        assert cone == {(x, y) for x, y, z in reached if z == level}


def test_a_deep_block_is_dug_when_it_pays_its_cone() -> None:
    """At 45 degrees a block on the fourth level of cubes needs 1, 5, 13 and 29 blocks."""
    grid = BlockGrid((0, 0, 0), (10, 10, 10), (9, 9, 4))
    cone = 1 + 5 + 13 + 29
    for worth, dug in ((cone - 0.5, 0), (cone + 0.5, cone)):
        value = np.full(grid.n, -1.0)
        value[4 + 9 * 4] += worth
        pit = best_pit(grid, value, 45)
        assert int(pit.blocks.sum()) == dug
        assert pit.value == pytest.approx(0.5 if dug else 0.0)


def test_a_steeper_wall_is_never_worth_less() -> None:
    rng = np.random.default_rng(5)
    grid = BlockGrid((0, 0, 0), (10, 10, 10), (15, 15, 8))
    value = rng.normal(-0.5, 2.0, grid.n)
    worths = [best_pit(grid, value, slope).value for slope in (30, 45, 60)]
    assert worths == sorted(worths)


def test_pits_of_rising_prices_lie_inside_each_other() -> None:
    rng = np.random.default_rng(6)
    grid = BlockGrid((0, 0, 0), (10, 10, 10), (12, 12, 6))
    gain = np.maximum(rng.normal(0, 2, grid.n), 0)
    pits = nested_pits(grid, {f: gain * f - 1 for f in (1.2, 0.6, 0.9)}, 45)
    assert list(pits) == [0.6, 0.9, 1.2]
    for inner, outer in itertools.pairwise(pits.values()):
        assert not (inner.blocks & ~outer.blocks).any()
    assert pits[0.6].blocks.sum() < pits[1.2].blocks.sum()


def test_nothing_that_pays_is_no_pit() -> None:
    grid = BlockGrid((0, 0, 0), (1, 1, 1), (2, 1, 1))
    pit = best_pit(grid, np.array([-1.0, 0.0]), 45)
    assert isinstance(pit, Pit)
    assert not pit.blocks.any()
    assert pit.value == 0


def test_what_is_no_pit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = BlockGrid((0, 0, 0), (1, 1, 1), (2, 1, 1))
    with pytest.raises(InputError, match="finite"):
        best_pit(grid, np.array([np.nan, 1.0]), 45)
    with pytest.raises(InputError, match="10 to 89"):
        best_pit(grid, np.array([1.0, 1.0]), 95)
    monkeypatch.setattr("oreline.explore._pit.PIT_BLOCKS_MAX", 1)
    with pytest.raises(LimitExceededError, match="larger blocks"):
        best_pit(grid, np.array([1.0, 1.0]), 45)
