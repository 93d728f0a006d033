"""Years of mining: nothing is dug twice, nothing is left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import Dug, schedule
from oreline.model import InputError, LimitExceededError


def dug(seed: int, n: int = 40, realisations: int = 0) -> Dug:
    rng = np.random.default_rng(seed)
    rock = rng.uniform(500, 1500, n)
    ore = np.where(rng.random(n) < 0.4, rock * 0.95, 0.0)
    drawn = rng.lognormal(-1, 0.4, (realisations, n, 2)) if realisations else None
    return Dug(
        ("Cu", "Sb"),
        ore,
        rock,
        rng.lognormal(-1, 0.4, (n, 2)),
        rng.choice(["A", "B", "C"], n),
        rng.integers(0, 3, n),
        rng.integers(0, 5, n),
        drawn,
    )


@given(st.integers(0, 10_000), st.floats(800, 40_000), st.floats(900, 60_000))
def test_all_is_dug_once_and_no_year_exceeds_its_capacity(
    seed: int, mill: float, mine: float
) -> None:
    blocks = dug(seed)
    years = schedule(blocks, mill, mine).years
    assert sum(year.ore_t for year in years) == pytest.approx(blocks.ore_t.sum())
    rock = blocks.rock_t.sum() - blocks.rock_t[blocks.ore_t > 0].sum()
    assert sum(year.waste_t for year in years) == pytest.approx(rock)
    metal = sum(year.ore_t * year.grades_pct.get("Cu", 0.0) for year in years)
    assert metal == pytest.approx((blocks.ore_t * blocks.grades_pct[:, 0]).sum())
    assert all(year.ore_t <= mill * (1 + 1e-9) for year in years)
    assert [year.year for year in years] == list(range(1, len(years) + 1))


def test_benches_are_dug_from_the_top_and_phases_from_the_inside() -> None:
    blocks = Dug(
        ("Cu",),
        np.full(4, 10.0),
        np.full(4, 10.0),
        np.array([[1.0], [2.0], [3.0], [4.0]]),
        np.array(["A", "A", "B", "B"]),
        np.array([1, 0, 0, 1]),
        np.array([9, 1, 2, 0]),
    )
    years = schedule(blocks, 10, 100).years
    assert [year.grades_pct["Cu"] for year in years] == [3.0, 2.0, 1.0, 4.0]
    assert [year.share_of_class for year in years] == [{"B": 1}, {"A": 1}, {"A": 1}, {"B": 1}]


def test_the_spread_of_a_year_is_that_of_its_simulations() -> None:
    blocks = dug(3, realisations=200)
    (year,) = schedule(blocks, 1e9, 1e9).years
    assert blocks.realisations_pct is not None
    means = (blocks.ore_t[:, None] * blocks.realisations_pct).sum(axis=1) / blocks.ore_t.sum()
    assert year.u_pct is not None
    assert year.u_pct["Cu"] == pytest.approx(means[:, 0].std(ddof=1))
    assert schedule(dug(3), 1e9, 1e9).years[0].u_pct is None


def test_a_year_of_stripping_has_no_grade_and_no_strip_ratio() -> None:
    blocks = Dug(
        ("Cu",), np.array([0.0, 5.0]), np.array([10.0, 5.0]), np.ones((2, 1)),
        np.array(["", "A"]), np.zeros(2, np.int64), np.array([1, 0]),
    )  # fmt: skip
    first, second = schedule(blocks, 10, 10).years
    assert first.grades_pct == {}
    assert first.strip_ratio is None
    assert second.strip_ratio == 0
    frame = schedule(blocks, 10, 10).to_frame()
    assert frame["Cu_pct"].to_list() == [None, 1.0]


def test_capacities_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(InputError, match="above 0"):
        schedule(dug(1), 0, 10)
    with pytest.raises(LimitExceededError, match="tonnes a year"):
        schedule(dug(1), 1, 10)
