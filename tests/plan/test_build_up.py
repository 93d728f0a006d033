"""The best plan against hand, against another formulation, and against trying everything."""

from __future__ import annotations

import numpy as np
import pytest
from build_up import best_value, every_build_up
from plan_texts import TINY, problem_of, random_plan

from oreline.model import InputError, OrelineError
from oreline.plan import Change, InfeasibleError, Plan, Problem, make_plan, parse_goal

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


def test_deciding_in_windows_gives_a_plan_below_the_optimum_and_a_bound_above_it() -> None:
    problem = problem_of(random_plan(1, years=6))
    best = make_plan(problem)
    for years in (1, 2, 6):
        plan = make_plan(problem, window=years)
        certificate = plan.certificate
        assert plan.npv <= best.npv + NEAR
        assert certificate.bound >= best.npv - NEAR
        assert certificate.algorithm.endswith(f"in {-(-6 // years)} windows")
        if years == 6:
            assert plan.npv == pytest.approx(best.npv, rel=NEAR)
        assert certificate.is_proven == (certificate.gap <= 1e-6)
    with pytest.raises(InputError, match="decides nothing"):
        make_plan(problem, window=-1)


def test_what_windows_decided_too_early_is_not_said_of_the_plan() -> None:
    """The quarry pays at once, and leaves 48 for a mine and a mill of 50 that are due in 2030."""
    text = TINY.replace('phase = "works"\n', 'phase = "works"\nearliest = 2028\n')
    due = ", ".join(f'{year} = "{int(year == 2030)} kt/y"' for year in range(2027, 2031))
    text = text.replace('id = "buyer"\n', f'id = "buyer"\nleast = {{ {due} }}\n')
    problem = problem_of(text + QUARRY)
    assert {one.unit for one in make_plan(problem).schedule.built} == {"mine", "mill"}
    with pytest.raises(OrelineError, match="longer windows") as raised:
        make_plan(problem, window=1)
    assert not isinstance(raised.value, InfeasibleError)


QUARRY = """
[[materials]]
id = "gravel"
grades = {}
[[resources]]
id = "bank"
site = "pit"
grades = {}
tonnage = "1000 kt"
[[units]]
id = "quarry"
site = "pit"
phase = "works"
latest = 2027
lead_years = 0
life_years = 10
estimate_class = 5
sizes = [{ id = "one", capacity = "100 kt/y", capital = "12 USD m" }]
recipes = [{ id = "dig", resource = "bank", rates = { gravel = 1 }, cost = "1 USD/t" }]
[[prices]]
id = "stone"
values = "300 USD/t"
[[markets]]
id = "road"
site = "pit"
materials = ["gravel"]
pays = [{ price = "stone", payable = "100 %" }]
"""


def test_a_mix_weighs_value_and_metal() -> None:
    problem = problem_of(random_plan(2, years=5))
    richest, most = make_plan(problem), make_plan(problem, [parse_goal("deliver:Sb@US")])

    def worth(plan: Plan, weight: float) -> float:
        return plan.npv + weight * plan.delivered("Sb", "US")

    for weight in (0.0, 0.002, 1.0):
        goal = parse_goal(f"mix:npv,{weight}*deliver:Sb@US")
        plan = make_plan(problem, [goal])
        (name, value, unit), last = plan.goals
        assert (name, unit, last[0]) == (goal.name, "USD m", "npv")
        # The value of the mix is that of the tables; no other plan has more of it.
        assert worth(plan, weight) == pytest.approx(value, rel=1e-5)
        assert value >= max(worth(richest, weight), worth(most, weight)) * (1 - 1e-6)
    assert make_plan(problem, [parse_goal("mix:npv")]).npv == pytest.approx(richest.npv)
    for wrong in ("mix:npv,x*cost", "mix:", "mix:-1*npv", "mix:mix:npv"):
        with pytest.raises(InputError):
            parse_goal(wrong)
