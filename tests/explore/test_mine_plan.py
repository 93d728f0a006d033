"""From a block model to the mill's feed: metal is neither made nor lost on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from oreline.explore import SCREENING, BlockGrid, BlockModel, MineSettings, plan_mine

SETTINGS: dict[str, Any] = {
    "basis": "assumed",
    "source": "an example",
    "currency": "USD",
    "method": "pit",
    "slope_deg": 45,
    "classes": ("A", "B"),
    "density_t_per_m3": 2.5,
    "mining_per_t": 2.0,
    "processing_per_t": 10.0,
    "overhead_per_t": 2.0,
    "dilution_pct": 10.0,
    "mining_recovery_pct": 90.0,
    "mill_t_per_year": 100_000,
    "mine_t_per_year": 400_000,
    "pays": {"Cu": {"price_per_t": 9000, "recovery_pct": 88, "payable_pct": 96}},
}


def settings(**changed: Any) -> MineSettings:
    return MineSettings.model_validate({**SETTINGS, **changed})


def deposit(*, grade_pct: float = 2.0, realisations: int = 0) -> BlockModel:
    """Return a rich box of 4 x 4 x 4 blocks, one block below the ground, in poor rock."""
    grid = BlockGrid((0, 0, 0), (10, 10, 10), (10, 10, 8))
    at = grid.indices()
    rich = ((at[:, :2] >= 3) & (at[:, :2] < 7)).all(axis=1) & (at[:, 2] >= 3) & (at[:, 2] < 7)
    grades = np.where(rich, grade_pct, 0.01)[:, None]
    drawn = None
    if realisations:
        rng = np.random.default_rng(1)
        drawn = grades * rng.lognormal(0, 0.2, (realisations, 1, 1))
    classes = np.where(at[:, 0] < 5, "A", "C")
    ground = np.array([[50.0, 50.0, 80.0]])
    return BlockModel(grid, ("Cu",), grades, np.full(grid.n, np.nan), classes, ground, drawn)


def test_metal_at_the_mill_is_that_of_the_ore_in_the_ground() -> None:
    model = deposit()
    plan = plan_mine(model, settings(classes=("A", "B", "C")))
    ground_t = 2.5 * 1000
    assert int(plan.is_ore.sum()) == 64
    assert plan.ore_t == pytest.approx(64 * ground_t * 1.1 * 0.9)
    metal = sum(y.ore_t * y.grades_pct["Cu"] for y in plan.schedule.years if y.ore_t) / 100
    assert metal == pytest.approx(64 * ground_t * 0.02 * 0.9)
    assert sum(phase.ore_t for phase in plan.phases) == pytest.approx(plan.ore_t)
    assert sum(year.waste_t for year in plan.schedule.years) == pytest.approx(plan.waste_t)
    assert sum(phase.value for phase in plan.phases) == pytest.approx(plan.value)


def test_walls_go_beyond_the_grid_and_are_paid_for() -> None:
    """The same box in a grid that ends at its sides: the same pit, dug outside the model."""
    wide = deposit()
    at = wide.grid.indices()
    inside = ((at[:, :2] >= 3) & (at[:, :2] < 7)).all(axis=1)
    narrow = BlockModel(
        BlockGrid((30, 30, 0), (10, 10, 10), (4, 4, 8)), ("Cu",), wide.grades_pct[inside],
        wide.density_t_per_m3[inside], wide.screening_class[inside], wide.ground_m,
    )  # fmt: skip
    everything = settings(classes=("A", "B", "C"))
    assert plan_mine(narrow, everything).waste_t == pytest.approx(
        plan_mine(wide, everything).waste_t
    )


def test_what_is_not_drilled_well_enough_is_waste() -> None:
    both, known = (plan_mine(deposit(), settings(classes=c)) for c in (("A", "C"), ("A",)))
    assert int(known.is_ore.sum()) == 32
    assert int(both.is_ore.sum()) == 64
    assert known.schedule.years[-1].share_of_class.keys() <= {"A"}


def test_ground_that_pays_nothing_gives_no_pit() -> None:
    plan = plan_mine(deposit(grade_pct=0.05), settings())
    assert plan.ore_t == plan.waste_t == plan.value == 0
    assert plan.schedule.years == ()
    assert plan.strip_ratio is None


def test_stopes_take_the_waste_inside_them() -> None:
    plan = plan_mine(
        deposit(), settings(method="stope", stope_m=(50, 10, 10), classes=("A", "B", "C"))
    )
    assert int(plan.is_ore.sum()) == 5 * 4 * 4
    assert plan.waste_t == 0
    (phase,) = plan.phases
    ground = (4 * 2.0 + 0.01) / 5
    assert phase.grades_pct["Cu"] == pytest.approx(ground / 1.1)
    assert "not the best" in plan.notes[0]


def test_simulations_give_each_year_its_spread() -> None:
    plan = plan_mine(deposit(realisations=60), settings(classes=("A", "B", "C")))
    year = next(year for year in plan.schedule.years if year.ore_t)
    assert year.u_pct is not None
    assert year.u_pct["Cu"] / year.grades_pct["Cu"] == pytest.approx(0.2, rel=0.35)


def test_a_plan_says_that_it_screens() -> None:
    told = plan_mine(deposit(), settings()).to_json()
    assert told["said"] == SCREENING
    assert "Competent Person" in SCREENING
    assert told["basis"] == "assumed"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"slope_deg": None}, "steepest wall"),
        ({"method": "stope"}, "least size"),
        ({"revenue_factors": (0.5, 1.2)}, "the price itself"),
        ({"classes": ()}, "at least 1"),
        ({"pays": {}}, "at least 1"),
        ({"currency": "dollars"}, "pattern"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings(**changed)
