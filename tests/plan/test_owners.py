"""Each owner's part of a plan: reckoned by hand, and together the whole."""

from __future__ import annotations

import pytest
from plan_texts import TINY, findings_of, problem_of, random_plan

from oreline.model import is_fatal
from oreline.plan import OwnerPart, Plan, make_plan

MILL = 'id = "mill"\n'
OWNED = TINY.replace(MILL, f'{MILL}owners = {{ a = "40 %", b = "60 %" }}\n').replace(
    'id = "mine"\n', 'id = "mine"\nowners = { a = 1 }\n'
)
TAX = """
[[levies]]
id = "tax"
rate = "20 %"
base = "profit before tax"
depreciation_years = 5
"""


def parts_that_sum_to_the_whole(plan: Plan) -> dict[str, OwnerPart]:
    """Return the parts by party; money by term and year, value and metal are those of the plan."""
    parts = {one.party: one for one in plan.owners()}
    for name, row in plan.accounts.terms.items():
        for year in plan.problem.years:
            told = sum(one.terms.get(name, {}).get(year, 0.0) for one in parts.values())
            assert told == pytest.approx(row.get(year, 0.0), rel=1e-9, abs=1e-9), (name, year)
    told = [one.to_json(plan.problem) for one in parts.values()]
    for key, whole in (("npv_m", plan.npv), ("capital_m", plan.capital())):
        assert sum(one[key] for one in told) == pytest.approx(whole, rel=1e-9, abs=1e-9)
    metal = sum(one.delivered_t.get(("Sb", "US"), 0.0) for one in parts.values())
    assert metal == pytest.approx(plan.delivered("Sb", "US"), rel=1e-9, abs=1e-9)
    return parts


def test_parts_that_can_be_reckoned_by_hand() -> None:
    # A full year: 18 kt of concentrate bring 72, less freight 1.8, royalty 4.5 and milling 2; they
    # and the mill (30, closed for 2) are of a and b, the mine (20, 1 a year, 3 to dig) is of a.
    plan = make_plan(problem_of(OWNED + TAX))
    parts = parts_that_sum_to_the_whole(plan)
    milled = 72 - 1.8 - 4.5 - 2
    profits = {
        "a": [0.4 * milled - 4 - 6.4] * 2 + [0.2 * milled - 2.5 - 0.8 - 6.4],
        "b": [0.6 * milled - 3.6] * 2 + [0.3 * milled - 1.2 - 3.6],
    }
    for party, capital, worn in (("a", 20 + 12, 6.4), ("b", 18, 3.6)):
        net = [-capital, *(0.8 * one + worn for one in profits[party])]
        assert parts[party].net() == pytest.approx(net)
    assert parts["b"].delivered_t == {("Sb", "US"): pytest.approx(0.6 * 22_500)}


def test_what_is_bought_is_paid_by_who_takes_it_in_and_what_is_nobodys_is_told() -> None:
    trader = '[[supplies]]\nid = "t"\nsite = "pit"\nmaterial = "ore"\n'
    trader += 'price = "1 USD/t"\nmost = "9 kt/y"\n'
    plan = make_plan(problem_of(OWNED + trader))
    parts = parts_that_sum_to_the_whole(plan)
    bought = plan.accounts.terms["purchases"]
    assert parts["b"].terms["purchases"] == pytest.approx(
        {y: 0.6 * one for y, one in bought.items()}
    )
    for seed in (1, 2):
        text = random_plan(seed, years=5)
        for unit, share in (("mine", 100), ("refinery", 25)):
            owners = f'owners = {{ a = "{share} %", b = "{100 - share} %" }}'
            text = text.replace(f'id = "{unit}"\n', f'id = "{unit}"\n{owners}\n')
        findings = findings_of(text)
        assert {one.code for one in findings} == {"ORL-1121"}
        assert not is_fatal(findings)
        plan = make_plan(problem_of(text))
        assert plan.schedule.built
        # The mill and the drilling are nobody's; so is concentrate that is sold as it is.
        nobody = parts_that_sum_to_the_whole(plan)[""]
        assert nobody.terms["capital"]
