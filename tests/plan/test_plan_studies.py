"""What money buys as ranges, the front of two goals, and which numbers matter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from plan_texts import TINY, problem_of, random_plan

from oreline.design import draw
from oreline.model import InputError
from oreline.plan import (
    CashFlow,
    PlanText,
    SolverSettings,
    budget_curve,
    make_plan,
    modified_rate_of_return,
    pareto_front,
    parse_goal,
    payback_periods,
    plan_tornado,
)
from oreline.plan._optimise import fixed_builds
from oreline.plan._ranges import changes_of, ranged_numbers, usable

RANGED = (
    TINY.replace(
        'values = "10000 USD/t"',
        'values = { value = 10000, low = 6000, high = 15000, unit = "USD/t" }',
    ).replace('tonnage = "250 kt"', 'tonnage = { value = 250, low = 240, high = 260, unit = "kt" }')
    + """
[[budgets]]
id = "all"
amount = "60 USD m"
"""
)


@pytest.fixture(scope="module")
def text() -> PlanText:
    """Return a plan of which a price and a tonnage have ranges."""
    return PlanText(RANGED.encode())


def test_what_each_budget_buys_comes_as_a_range(text: PlanText) -> None:
    curve = budget_curve(text, "all", [20, 60], country="US", samples=6, seed=3)
    assert [name for name, _ in curve.names] == ["net present value", "capital", "Sb to US"]
    poor, rich = curve.steps
    assert poor.plan.schedule.built == (), "the mine alone pays for nothing"
    assert np.all(poor.draws == 0)
    assert np.all(rich.draws[:, 1] == 50), "builds are held, whatever the price"
    low, high = rich.span(0)
    assert low < rich.plan.npv < high
    assert curve.more(1, 0) == (low, high)
    again = budget_curve(text, "all", [20, 60], country="US", samples=6, seed=3)
    assert np.array_equal(again.steps[1].draws, rich.draws), "a seed gives the same draws"
    with pytest.raises(InputError, match="known: all"):
        budget_curve(text, "al", [20], country="US")


NEARER = """
[[sites]]
id = "works"
country = "CN"
[[routes]]
id = "road"
from = "pit"
to = "works"
materials = ["concentrate"]
cost = "5 USD/t"
[[markets]]
id = "nearer"
site = "works"
materials = ["concentrate"]
pays = [{ price = "sb", element = "Sb", payable = "80 %" }]
"""


def test_what_runs_in_a_draw_follows_the_goals_of_the_plan() -> None:
    # The nearer market is worth more; only the goal sends the metal over the sea.
    tables = PlanText((RANGED + NEARER).encode())
    asked: dict[str, Any] = {"country": "US", "samples": 3, "settings": SolverSettings(gap=0.0)}
    rich = budget_curve(tables, "all", [60.0], **asked)
    sent = budget_curve(tables, "all", [60.0], goals=[parse_goal("deliver:Sb@US")], **asked)
    metal = [name for name, _ in rich.names].index("Sb to US")
    assert rich.steps[0].draws[:, metal].tolist() == [0, 0, 0]
    inputs = ranged_numbers(sent.steps[0].plan.problem)
    for sample, found in zip(draw(inputs, 3, 0), sent.steps[0].draws, strict=True):
        problem = usable(tables, changes_of(inputs, sample))
        held = fixed_builds(sent.steps[0].plan, problem)
        best = make_plan(problem, [parse_goal("deliver:Sb@US")], asked["settings"], fixed=held)
        assert found[metal] == pytest.approx(best.delivered("Sb", "US"), rel=1e-5)
        assert found[0] == pytest.approx(best.npv, rel=1e-5)
        assert found[metal] > 1000


def test_numbers_are_ranked_by_what_they_do_while_builds_are_held(text: PlanText) -> None:
    problem, _ = text.problem()
    assert problem is not None
    plan = make_plan(problem)
    found = plan_tornado(text, plan)
    price, tonnage = sorted(found.bars, key=lambda bar: -bar.swing)
    assert (price.input, tonnage.input) == ("prices.sb.values", "resources.lode.tonnage")
    assert price.at_low < plan.npv < price.at_high
    # 10 kt more ore, 1.8 kt of concentrate, in the last year alone: 7.2 less 0.5, 0.18 and 0.45.
    assert tonnage.at_high - plan.npv == pytest.approx((7.2 - 0.5 - 0.18 - 0.45) / 1.1**4)


def test_along_the_front_value_falls_while_metal_grows() -> None:
    problem = problem_of(random_plan(2, years=5))
    front = pareto_front(problem, parse_goal("deliver:Sb@US"), 4)
    values = [plan.npv for plan in front.plans]
    metal = [front.amount(plan) for plan in front.plans]
    assert len(values) > 2
    assert values == sorted(values, reverse=True)
    assert metal == sorted(metal)
    assert values[0] == pytest.approx(make_plan(problem).npv)
    for bad in (parse_goal("cost"), parse_goal("npv")):
        with pytest.raises(InputError, match="between npv and a delivery"):
            pareto_front(problem, bad)


def test_payback_is_that_of_the_published_example() -> None:
    # MineLab v0.1.1, tests: 2.4118, discounted at 10 % 2.7441.
    flow = CashFlow(tuple(map(Decimal, (-1000, 300, 420, 680))), "USD", 0)
    assert payback_periods(flow) == pytest.approx(Decimal("2.4118"), abs=Decimal("1e-4"))
    found = payback_periods(flow, Decimal("0.1"))
    assert found == pytest.approx(Decimal("2.7441"), abs=Decimal("1e-4"))


def test_payback_counts_the_last_crossing_and_is_none_where_a_closure_takes_it_back() -> None:
    def flow(*amounts: int) -> CashFlow:
        return CashFlow(tuple(map(Decimal, amounts)), "USD", 0)

    assert payback_periods(flow(-10, 20, -15, 10)) == pytest.approx(Decimal("2.5"))
    assert payback_periods(flow(-10, 20, -15)) is None


def test_a_modified_rate_is_one_however_often_the_signs_change() -> None:
    # 20 carried two periods at 10 % and 5 at the end, over 10 + 8 / 1.1: a rate over three periods.
    flow = CashFlow(tuple(map(Decimal, (-10, 20, -8, 5))), "USD", 0)
    paid_in, paid_out = 10 + 8 / 1.1**2, 20 * 1.1**2 + 5
    expected = Decimal(str((paid_out / paid_in) ** (1 / 3) - 1))
    found = modified_rate_of_return(flow, Decimal("0.1"), Decimal("0.1"))
    assert found == pytest.approx(expected, abs=Decimal("1e-12"))
    never = CashFlow((Decimal(1), Decimal(2)), "USD", 0)
    assert modified_rate_of_return(never, Decimal("0.1"), Decimal("0.1")) is None


def test_a_budget_curve_without_amounts_is_no_curve() -> None:
    text = PlanText(TINY.encode())
    with pytest.raises(InputError, match="no amount"):
        budget_curve(text, "all", [], country="US")
