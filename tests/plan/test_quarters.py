"""Plans in quarters: what a year holds four quarters hold, and other states start warm."""

from __future__ import annotations

import pytest
from plan_texts import TINY, problem_of, random_plan

from oreline.plan import PlanText, make_plan, quarter_plan

UNDISCOUNTED = 'rate = "0 %/y"'


def undiscounted(text: str) -> str:
    """Return a plan in which time costs nothing, in nominal money: costs still grow by year."""
    import re

    text = text.replace('money = "real"', 'money = "nominal"\ninflation = "6 %/y"')
    return re.sub(r'rate = "[0-9.]+ %/y"', UNDISCOUNTED, text, count=1)


@pytest.mark.parametrize("seed", [1, 2])
def test_where_time_costs_nothing_four_quarters_are_worth_a_year(seed: int) -> None:
    text = PlanText(undiscounted(random_plan(seed, 5)).encode())
    problem, _ = text.problem()
    assert problem is not None
    annual = make_plan(problem)
    assert annual.npv > 1
    found = quarter_plan(text, annual)
    # Quarters may be run otherwise (a year's price is one), and never worse than the year.
    assert found.plan.npv == pytest.approx(annual.npv, rel=1e-6)
    assert found.plan.delivered("Sb", "US") == pytest.approx(annual.delivered("Sb", "US"), rel=1e-4)
    assert found.to_frame()["quarter"].str.contains(r"^20\d\d Q[1-4]$").all()


def test_discounted_by_quarter_it_is_reckoned_by_hand() -> None:
    text = PlanText(TINY.encode())
    problem, _ = text.problem()
    assert problem is not None
    found = quarter_plan(text, make_plan(problem))
    # 50 spread over four quarters; then 25 kt of ore each quarter for two years and a half, fixed
    # costs of 0.25 to the end, and closing in the last quarter.
    earned = 0.25 * (72 - 5 - 1.8 - 4.5)
    flows = [-12.5] * 4 + [earned - 0.25] * 10 + [-0.25, -2.25]
    rate = 1.1**0.25
    assert found.plan.accounts.net() == pytest.approx(flows)
    assert found.plan.npv == pytest.approx(sum(f / rate ** (at + 1) for at, f in enumerate(flows)))


def test_other_states_that_start_warm_end_where_cold_ones_do() -> None:
    states = """
[[scenarios]]
id = "cheap"
changes = [{ number = "prices.sb", multiply = 0.7 }]
[[scenarios]]
id = "narrow"
changes = [{ number = "routes.sea.capacity", multiply = 0.5 }]
[[scenarios]]
id = "owed"
changes = [{ number = "markets.buyer.least", set = 5, years = [2027] }]
"""
    text = (TINY + states).replace('to = "port"\n', 'to = "port"\ncapacity = "30 kt/y"\n')
    text = text.replace('id = "buyer"', 'id = "buyer"\nleast = "0 kt/y"')
    made = PlanText(text.encode())
    annual = make_plan(problem_of(text))
    found = quarter_plan(made, annual, ["cheap", "narrow", "owed"])
    for name, one in zip(["cheap", "narrow"], found.what_ifs, strict=False):
        cold = quarter_plan(made, annual, changes=made.scenario(name))
        assert one.plan is not None
        # The builds are those of the annual plan, made for the file as it stands.
        assert one.plan.npv == pytest.approx(cold.plan.npv, rel=1e-7)
        assert one.plan.npv < found.plan.npv - 1
    assert found.what_ifs[2].plan is None, "nothing is made before 2028"
    # Each starts from the plan's own state, so that their order is nothing.
    turned = quarter_plan(made, annual, ["owed", "narrow", "cheap"])
    for one, other in zip(found.what_ifs, reversed(turned.what_ifs), strict=True):
        values = [None if each.plan is None else each.plan.npv for each in (one, other)]
        assert values[0] == values[1]
    assert found.what_ifs_frame()["npv_m"].to_list()[2] is None
