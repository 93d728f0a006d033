"""Each family of limits at work, reckoned by hand on the smallest chain."""

from __future__ import annotations

import pytest
from plan_texts import TINY, problem_of

from oreline.plan import Plan, make_plan, parse_goal

STANDING = TINY.replace("lead_years = 1", "lead_years = 0\nstanding = 2020").replace(
    "life_years = 10", "life_years = 40"
)
"""The chain with its mine and mill standing: nothing is to be built."""


def sold(plan: Plan, material: str = "concentrate") -> dict[int, float]:
    """Return what is sold of a material, by year, in kt."""
    return {one.year: one.kt for one in plan.schedule.of("sale") if one.detail == material}


def test_what_is_cheap_this_year_is_kept_for_the_next() -> None:
    prices = '{ 2027 = "10000 USD/t", 2028 = "14000 USD/t", 2029-2030 = "100 USD/t" }'
    text = STANDING.replace('values = "10000 USD/t"', f"values = {prices}")
    text = text.replace('id = "port"\n', 'id = "port"\nstorage = "5 kt"\n')
    plan = make_plan(problem_of(text))
    # 18 kt a year; 5 kt of the first are held over for a price that is 40 % higher.
    assert sold(plan) == pytest.approx({2027: 13, 2028: 23})
    kept = {one.year: one.kt for one in plan.schedule.of("stock") if one.detail == "concentrate"}
    assert kept == pytest.approx({2027: 5})
    (balance,) = plan.balances()
    assert balance.gap_t == pytest.approx(0, abs=1e-6)


def test_nothing_is_begun_before_what_it_waits_for_is_ready() -> None:
    drilling = """
[[units]]
id = "drilling"
site = "pit"
lead_years = 2
life_years = 30
estimate_class = 5
sizes = [{ id = "one", capacity = "0 kt/y", capital = "1 USD m" }]

[[phases]]
id = "works"
after = ["drilling"]
"""
    text = TINY.replace('[[phases]]\nid = "works"\n', drilling).replace(
        "last_year = 2030", "last_year = 2034"
    )
    plan = make_plan(problem_of(text))
    begun = {one.unit: one.begun for one in plan.schedule.built}
    assert begun == {"drilling": 2027, "mill": 2029, "mine": 2029}


def test_ore_is_drawn_only_once_it_is_proved() -> None:
    proof = """
[[units]]
id = "proof"
site = "pit"
lead_years = 2
life_years = 30
estimate_class = 5
sizes = [{ id = "one", capacity = "0 kt/y", capital = "1 USD m" }]
"""
    text = STANDING.replace('tonnage = "250 kt"', 'tonnage = "250 kt"\nafter = ["proof"]') + proof
    plan = make_plan(problem_of(text))
    assert sold(plan) == pytest.approx({2029: 18, 2030: 18})


def test_what_a_market_takes_together_holds_its_grade() -> None:
    bought = """
[[materials]]
id = "poor"
grades = { Sb = "20 %" }

[[supplies]]
id = "trader"
site = "port"
material = "poor"
price = "10 USD/t"
most = "100 kt/y"
"""
    text = (STANDING + bought).replace(
        'materials = ["concentrate"]\npays',
        'materials = ["concentrate", "poor"]\nblends = [{ element = "Sb", least = "40 %" }]\npays',
    )
    # 18 kt of 50 % carry 9 kt of 20 % to a mix of 40 %.
    plan = make_plan(problem_of(text))
    assert sold(plan, "poor")[2027] == pytest.approx(9)
    assert sold(plan)[2027] == pytest.approx(18)


def test_no_country_gives_more_than_its_part() -> None:
    bought = """
[[sites]]
id = "abroad"
country = "KG"

[[supplies]]
id = "neighbour"
site = "abroad"
material = "concentrate"
price = "4000 USD/t"
most = { 2027 = "4 kt/y", 2028-2030 = "0 kt/y" }

[[routes]]
id = "road"
from = "abroad"
to = "port"
materials = ["concentrate"]

[origin]
most_from_one = "75 %"
"""
    plan = make_plan(problem_of(STANDING + bought))
    # 4 kt x 50 % = 2 kt from abroad at a quarter let 6 kt Sb be drawn: 60 kt of ore, no more.
    draws = {one.year: one.kt for one in plan.schedule.of("run") if one.name == "mine"}
    assert draws == pytest.approx({2027: 60})
    closed = bought.replace("most_from_one", 'covered = ["PK"]\nmost_from_one')
    shut = make_plan(problem_of(STANDING + closed.replace("75 %", "100 %")))
    assert not shut.schedule.of("run")
    assert sold(shut) == {}, "4,000 USD/t is no more than is paid for it"


def test_cost_is_least_where_what_lacks_has_a_price() -> None:
    least = 'id = "buyer"\nleast = "10 kt/y"\npenalty = "{price} USD/t"'
    dear = problem_of(STANDING.replace('id = "buyer"', least.replace("{price}", "9000")))
    cheap = problem_of(STANDING.replace('id = "buyer"', least.replace("{price}", "200")))
    # A kt of concentrate costs 50 / 0.18 + 100 = 378 USD/t, and a royalty of 5 % of 5,000: 628.
    served = make_plan(dear, [parse_goal("cost")])
    assert sold(served)[2028] == pytest.approx(10)
    assert not served.schedule.of("short")
    left = make_plan(cheap, [parse_goal("cost")])
    assert sum(sold(left).values()) == pytest.approx(0, abs=1e-3)
    assert {one.year: one.kt for one in left.schedule.of("short")}[2028] == pytest.approx(10)


def test_a_levy_takes_nothing_of_a_loss() -> None:
    text = (
        STANDING.replace('base = "gross revenue"', 'base = "net smelter return"')
        .replace('values = "10000 USD/t"', 'values = "500 USD/t"')
        .replace('cost = "100 USD/t"', 'cost = "400 USD/t"')
    )
    text = text.replace('id = "buyer"', 'id = "buyer"\nleast = "9 kt/y"')
    plan = make_plan(problem_of(text))
    # 4.5 kt Sb at 500 USD/t, 80 % paid: 1.8; freight 3.6: the return is below zero.
    assert plan.accounts.terms["sales"][2028] == pytest.approx(1.8)
    assert plan.accounts.total("levy royalty") == 0


def test_a_loss_that_is_carried_lowers_the_profits_that_come() -> None:
    taxed = TINY.replace(
        'base = "gross revenue"', 'base = "profit before tax"\ndepreciation_years = 2'
    ).replace('rate = "5 %"\n', 'rate = "30 %"\n')
    prices = '{ 2027-2028 = "2000 USD/t", 2029-2030 = "10000 USD/t" }'
    taxed = taxed.replace('values = "10000 USD/t"', f"values = {prices}")
    taxed = taxed.replace(
        'id = "buyer"', 'id = "buyer"\nleast = { 2027 = 0, 2028-2030 = "9 kt/y" }'
    )
    taxed = taxed.replace("= 0,", '= "0 kt/y",')
    carried = taxed.replace(
        "depreciation_years = 2", "depreciation_years = 2\nlosses_carried = true"
    )
    plain, kept = make_plan(problem_of(taxed)), make_plan(problem_of(carried))
    assert kept.npv > plain.npv + 0.1
    # By hand from the terms that are shown: wear of 25 m in 2028 and 2029, taxes on what is left.
    terms = kept.accounts.terms
    pool, paid = 0.0, []
    for year in kept.problem.years:
        base = sum(
            row.get(year, 0.0)
            for name, row in terms.items()
            if name != "capital" and not name.startswith("levy")
        )
        base -= 25 if year in (2028, 2029) else 0
        taxable = max(base - pool, 0.0)
        pool = max(pool - base, 0.0)
        paid.append(-0.3 * taxable)
    assert [terms["levy royalty"].get(year, 0.0) for year in kept.problem.years] == pytest.approx(
        paid
    )
    assert paid[1] == 0
    assert paid[2] < 0
