"""The best plan against hand, against another formulation, and against trying everything."""

from __future__ import annotations

import numpy as np
import pytest
from build_up import best_value, every_build_up
from plan_texts import TINY, problem_of, random_plan

from oreline.plan import Change, Plan, Problem, make_plan, parse_goal

NEAR = 1e-6


def npv(problem: Problem) -> float:
    """Return the best net present value, none where nothing is worth being built."""
    return make_plan(problem).npv


@pytest.fixture(scope="module")
def tiny() -> Plan:
    """Return the best plan of the smallest chain."""
    return make_plan(problem_of(TINY))


def test_a_plan_that_can_be_reckoned_by_hand(tiny: Plan) -> None:
    # A year at full running: 18 kt of concentrate hold 9 kt Sb, worth 90, of which 72 is paid. Ore
    # costs 100 x (30 + 20) = 5, freight 1.8, the mine 1, the royalty 4.5. Ore lasts 2.5 years.
    year = 72 - 5 - 1.8 - 4.5
    flows = [-50, year - 1, year - 1, year / 2 - 1 - 2]
    assert tiny.accounts.net() == pytest.approx(flows)
    assert tiny.npv == pytest.approx(sum(f / 1.1 ** (at + 1) for at, f in enumerate(flows)))
    assert [(one.unit, one.begun, one.runs_from) for one in tiny.schedule.built] == [
        ("mill", 2027, 2028),
        ("mine", 2027, 2028),
    ]
    assert tiny.delivered("Sb", "US") == pytest.approx(22_500)


def test_the_certificate_says_how_good_it_is(tiny: Plan) -> None:
    certificate = tiny.certificate
    assert certificate.is_proven
    assert certificate.bound == pytest.approx(certificate.value, rel=1e-6)
    assert certificate.input_sha256 == problem_of(TINY).digest
    assert set(certificate.versions) == {"linopy", "highspy"}


def test_a_price_of_half_makes_nothing_worth_building() -> None:
    plan = make_plan(problem_of(TINY, (Change("prices.sb", multiply=0.1),)))
    assert plan.schedule.built == ()
    assert plan.npv == 0


@pytest.mark.parametrize("seed", range(3))
def test_another_formulation_finds_the_same(seed: int) -> None:
    problem = problem_of(random_plan(seed, years=5))
    expected = best_value(problem)
    assert expected is not None
    assert expected > 1, "nothing is built: this seed tests nothing"
    assert npv(problem) == pytest.approx(expected, rel=NEAR, abs=NEAR)


def test_trying_everything_finds_the_same() -> None:
    problem = problem_of(TINY.replace("last_year = 2030", "last_year = 2029"))
    found = [
        value for one in every_build_up(problem) if (value := best_value(problem, one)) is not None
    ]
    assert len(found) > 4
    assert npv(problem) == pytest.approx(max(found), rel=NEAR)


SEEDS = (2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_units_and_names_leave_the_optimum(seed: int) -> None:
    text = random_plan(seed)
    best = npv(problem_of(text))
    assert best > 1
    renamed = text.replace('"mill"', '"a-mill"').replace('"concentrate"', '"z"')
    renamed = renamed.replace("concentrate =", "z =")
    assert npv(problem_of(renamed)) == pytest.approx(best, rel=NEAR)
    # The same money and mass in other units: USD thousands, kilograms, tonnes.
    rescaled = _in_other_units(text)
    assert rescaled != text
    assert npv(problem_of(rescaled)) == pytest.approx(best, rel=NEAR)


def _in_other_units(text: str) -> str:
    import re

    text = re.sub(r'"([0-9.e+-]+) USD m"', lambda m: f'"{float(m[1]) * 1000!r} kUSD"', text)
    text = re.sub(r'"([0-9.e+-]+) kt"', lambda m: f'"{float(m[1]) * 1e6!r} kg"', text)
    return re.sub(r'"([0-9.e+-]+) kt/y"', lambda m: f'"{float(m[1]) * 1e3!r} t/y"', text)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_money_never_harms_and_a_closed_route_never_helps(seed: int) -> None:
    text = random_plan(seed)
    best = npv(problem_of(text))
    assert best > 1
    doubled = npv(problem_of(text, (Change("phases.second.budget", multiply=2),)))
    assert doubled >= best - NEAR
    closed = npv(problem_of(text, (Change("routes.sea.capacity", multiply=0),)))
    assert closed <= best + NEAR
    assert closed == pytest.approx(0, abs=NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_made_before_it_can_run_and_elements_close(seed: int) -> None:
    plan = make_plan(problem_of(random_plan(seed, years=6)))
    ready = {one.unit: (one.runs_from, one.closes) for one in plan.schedule.built}
    assert ready
    for run in plan.schedule.of("run"):
        first, after = ready[run.name]
        assert first <= run.year < after
    for balance in plan.balances():
        assert balance.gap_t == pytest.approx(0, abs=1e-6 * max(1.0, balance.drawn_t))


def test_one_period_equals_many_of_one() -> None:
    """What stands already and has no stock to carry earns in many years what each alone earns."""
    standing = (
        TINY.replace("lead_years = 1", "lead_years = 1\nstanding = 2020")
        .replace("life_years = 10", "life_years = 40")
        .replace('tonnage = "250 kt"', 'tonnage = "9000 kt"')
        .replace('"2 USD m"', '"0 USD m"')
    )
    values = (
        '{ 2027 = "9000 USD/t", 2028 = "200 USD/t", 2029 = "12000 USD/t", 2030 = "7000 USD/t" }'
    )
    standing = standing.replace('values = "10000 USD/t"', f"values = {values}")
    whole = make_plan(problem_of(standing)).accounts.net()
    for place, year in enumerate(range(2027, 2031)):
        one = standing.replace("first_year = 2027", f"first_year = {year}")
        one = one.replace("last_year = 2030", f"last_year = {year}")
        assert make_plan(problem_of(one)).accounts.net() == pytest.approx([whole[place]])
    assert whole[1] == pytest.approx(-1), "in a year of low prices the mine stands still"


def test_goals_in_order_hold_the_first_while_the_next_is_sought() -> None:
    problem = problem_of(random_plan(5, years=5))
    most = parse_goal("deliver:Sb@US")
    plan = make_plan(problem, [most])
    assert plan.goals[0][0] == most.name
    assert plan.goals[0][1] == pytest.approx(plan.delivered("Sb", "US"), rel=1e-5)
    best = make_plan(problem)
    assert plan.delivered("Sb", "US") >= best.delivered("Sb", "US") - 1e-3
    assert plan.npv <= best.npv + NEAR


def test_values_are_those_of_the_conventions() -> None:
    middle = make_plan(problem_of(TINY.replace('timing = "end"', 'timing = "middle"')))
    end = make_plan(problem_of(TINY))
    assert middle.npv == pytest.approx(end.npv * np.sqrt(1.1))
    assert float(end.value().value) == pytest.approx(end.npv, rel=1e-9)
    nominal = problem_of(TINY.replace('money = "real"', 'money = "nominal"\ninflation = "3 %/y"'))
    # Freight of the second year: 18 kt at 100 USD/t, a year dearer than the money's year.
    assert make_plan(nominal).accounts.terms["freight"][2028] == pytest.approx(-1.8 * 1.03)
