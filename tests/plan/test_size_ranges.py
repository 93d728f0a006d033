"""A size that may be built smaller: against each size of a grid; where it is known or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from build_up import best_value
from plan_texts import RANGED, TINY, problem_of

from oreline.model import InputError
from oreline.plan import PlanText, break_even, hedge_plan, make_plan, quarter_plan, write_network
from oreline.plan._operations import Operations

TAX = """
[[levies]]
id = "tax"
rate = "20 %"
base = "profit before tax"
depreciation_years = 5
"""


def stepped(text: str, capacity: float) -> str:
    """Return a plan whose mill has but one size, on the line between the ends of the range."""
    part = (capacity - 20) / 130
    begin, end = text.index('capacity = "150 kt/y"'), text.index('[[units.recipes]]\nid = "float"')
    step = f'capacity = "{capacity!r} kt/y"\ncapital = "{14 + 26 * part!r} USD m"\n'
    return text[:begin] + step + f'fixed_cost = "{0.5 * part!r} USD m/y"\n' + text[end:]


def test_no_size_of_a_grid_is_better_and_the_size_found_is_worth_what_is_said() -> None:
    plan = make_plan(problem_of(RANGED))
    (mill,) = [row for row in plan.builds_frame().to_dicts() if row["unit"] == "mill"]
    # Ore for two and a half years of the mine is milled evenly in three: more would pay too late.
    assert mill["capacity_kt_per_y"] == pytest.approx(250 / 3)
    assert mill["capital_m"] == pytest.approx(14 + 0.2 * (250 / 3 - 20))
    assert plan.npv == pytest.approx(
        best_value(problem_of(stepped(RANGED, mill["capacity_kt_per_y"]))), rel=1e-6
    )
    grid = [
        best_value(problem_of(stepped(RANGED, one))) or 0.0
        for one in np.linspace(20, 150, 14).tolist()
    ]
    assert len({round(one, 3) for one in grid}) > 10, "the grid decides nothing"
    assert max(grid) <= plan.npv + 1e-6
    assert max(grid) > 0.97 * plan.npv
    assert make_plan(problem_of(RANGED), window=1).npv == pytest.approx(plan.npv)


def test_a_budget_or_a_tax_moves_the_size_and_what_runs_keeps_it() -> None:
    text = RANGED.replace("60 USD m", "40 USD m") + TAX
    plan = make_plan(problem_of(text))
    mill = next(one for one in plan.schedule.built if one.unit == "mill")
    assert plan.capital() == pytest.approx(40), "the budget is spent to its end"
    assert 0 < mill.part < 1
    held = Operations(problem_of(text)).run(plan.schedule)
    assert held is not None
    assert held.built == plan.schedule.built
    assert {one.kind for one in held.amounts} == {one.kind for one in plan.schedule.amounts}
    quarters = quarter_plan(PlanText(text.encode()), plan)
    assert next(one.part for one in quarters.plan.schedule.built if one.unit == "mill") == (
        pytest.approx(mill.part)
    )


def test_what_knows_steps_only_refuses_a_range_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_network(problem_of(RANGED), tmp_path / "network")
    assert "mill may be built in any size" in " ".join(one.message for one in caught.value.findings)
    text = RANGED + '[[scenarios]]\nid = "low"\nprobability = 0.5\nchanges = []\n'
    with pytest.raises(InputError) as caught:
        hedge_plan(PlanText(text.encode()))
    assert {one.code for one in caught.value.findings} == {"ORL-1123"}
    with pytest.raises(InputError) as caught:
        break_even(PlanText(RANGED.encode()), "lode", "Sb")
    assert {one.code for one in caught.value.findings} == {"ORL-1123"}
    assert not [one for one in problem_of(TINY).units if any(size.span for size in one.sizes)]
