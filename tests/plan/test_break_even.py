"""From how many tonnes on ore pays, and what a refinery keeps at home, against the oracle."""

from __future__ import annotations

import re

import numpy as np
import pytest
from build_up import best_value, every_build_up
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_texts import TINY, problem_of, random_plan

from oreline.model import InputError
from oreline.plan import Change, PlanText, break_even, budget_curve, stage_values

RECOVERS = TINY.replace(
    "rates = { ore = -1, concentrate = 0.18, tailings = 0.8 }",
    'rates = { ore = -1 }\nrecovers = [{ material = "concentrate", element = "Sb", '
    'recovery = "90 %" }]\nrest = "tailings"',
).replace('grades = { Sb = "1 %" }\ndiscard', "discard")
"""The smallest chain, in which what comes out follows the grade."""


@settings(max_examples=3)
@given(st.integers(0, 40), st.sampled_from(["vein", "halo"]))
def test_a_little_less_ore_pays_nothing_and_a_little_more_pays(seed: int, resource: str) -> None:
    text = random_plan(seed)
    found = break_even(PlanText(text.encode()), resource, "Sb")
    (point,) = found.points

    def worth(kt: float) -> float:
        moved = Change(f"resources.{resource}.tonnage", plain=kt)
        value = best_value(problem_of(text, (moved,)))
        assert value is not None
        return value

    alone = worth(0)
    if point.ore_kt is None:
        assert worth(5000) < alone + 2e-3
        return
    assert worth(point.ore_kt * 1.001 + 0.01) > alone + 1e-3 - 1e-6
    assert worth(max(point.ore_kt * 0.999 - 0.01, 0.0)) < alone + 2e-3


def test_richer_ore_needs_fewer_tonnes_and_the_curve_is_reckoned_by_hand() -> None:
    found = break_even(PlanText(RECOVERS.encode()), "lode", "Sb", [0.03, 0.1, 0.2])
    tonnes = [one.ore_kt for one in found.points]
    assert not found.is_fixed
    assert tonnes[0] is None, "100 kt a year at 3 % earn less than they cost"
    assert tonnes[1] is not None
    assert tonnes[2] is not None
    assert tonnes[1] > tonnes[2]
    # At 20 % a kt of ore holds 0.2 x 90 % = 0.18 kt Sb: 1.8 m, of which 80 % is paid and 5 % of all
    # are royalty; 0.36 kt of concentrate cost 0.036, ore 0.05. So little is mined in one year: the
    # works are begun in 2029, so that 1 m on the mine and 2 m for closing fall in that year too.
    earned = 1.8 * 0.75 - 0.036 - 0.05
    assert tonnes[2] == pytest.approx((50 * 1.1 + 3 + 1e-3 * 1.1**4) / earned, rel=1e-6)
    assert found.points[2].metal_t() == pytest.approx(200 * tonnes[2])
    told = found.to_json()["plan_says"]
    assert (told["ore_kt"], told["metal_t"]) == pytest.approx((250, 25_000))


def test_the_range_of_what_pays_is_that_of_the_other_numbers() -> None:
    text = RECOVERS.replace(
        'values = "10000 USD/t"',
        'values = { value = 10000, low = 6000, high = 15000, unit = "USD/t" }',
    )
    found = break_even(PlanText(text.encode()), "lode", "Sb", [0.2], samples=4, seed=1)
    (point,) = found.points
    span = point.span()
    assert span is not None
    assert point.ore_kt is not None
    assert span[0] < point.ore_kt < span[1]
    assert found.ranged == 1
    assert found.to_frame()["pays_in"].to_list() == [1.0]


def test_a_grade_that_nothing_follows_is_told() -> None:
    found = break_even(PlanText(TINY.encode()), "lode", "Sb", [0.1, 0.12])
    assert found.is_fixed
    first, second = (one.ore_kt for one in found.points)
    assert first == pytest.approx(second)
    for resource, element, told in (("lod", "Sb", "did you mean lode"), ("lode", "Cu", "holds no")):
        with pytest.raises(InputError, match=told):
            break_even(PlanText(TINY.encode()), resource, element)


RETAINED = """
[retained]
country = "PK"
local_share = "40 %"
owned_share = "50 %"
"""


def test_what_refining_keeps_is_the_best_plan_with_it_less_the_best_without() -> None:
    text = random_plan(2, years=3) + RETAINED
    # The first resource gets a range, so that there is something to draw.
    ranged = re.sub(
        r'tonnage = "([0-9.]+) kt"',
        r'tonnage = { value = \1, low = 20, high = 900, unit = "kt" }',
        text,
        count=1,
    )
    found = stage_values(PlanText(ranged.encode()), country="US", samples=3)
    (stage,) = found.stages
    assert (stage.unit, stage.feeds) == ("refinery", ("concentrate",))
    problem = problem_of(ranged)
    values: dict[bool, list[float]] = {True: [], False: []}
    for builds in every_build_up(problem):
        value = best_value(problem, builds)
        if value is not None:
            values["refinery" in builds].append(value)
    assert stage.with_it.npv == pytest.approx(max(values[True]), rel=1e-6, abs=1e-6)
    assert stage.without.npv == pytest.approx(max(values[False]), rel=1e-6, abs=1e-6)
    names = [name for name, _ in found.names]
    kept = names.index("stays in PK")
    assert np.allclose(stage.draws[:, kept], stage.draws[:, kept + 1 : kept + 4].sum(axis=1))
    with pytest.raises(InputError, match="add a table retained"):
        stage_values(PlanText(random_plan(2, years=3).encode()), country="US")


def test_what_stays_is_levies_local_spending_and_the_owners_share() -> None:
    from oreline.plan import make_plan

    plan = make_plan(problem_of(TINY + RETAINED))
    parts = plan.retained_parts()
    assert parts is not None
    # 45 kt of concentrate: 22.5 kt Sb, 225 m, 5 % of it; capital 50, mine 3, ore 12.5, closure 2.
    spent = 50 + 3 + 250 * 0.05 + 2
    net = 225 * 0.75 - spent - 4.5
    assert parts == pytest.approx(
        {"levies": 11.25, "local spending": 0.4 * spent, "owners' share": 0.5 * net}
    )
    assert plan.retained() == pytest.approx(sum(parts.values()))


def test_a_single_figure_is_given_only_where_assumptions_do_not_dominate() -> None:
    text = TINY.replace(
        'values = "10000 USD/t"',
        'values = { value = 10000, low = 6000, high = 15000, unit = "USD/t", basis = "BASIS" }',
    ) + '\n[[budgets]]\nid = "all"\namount = "60 USD m"\n'  # fmt: skip
    middles = []
    for basis in ("assumed", "reported"):
        made = PlanText(text.replace("BASIS", basis).encode())
        curve = budget_curve(made, "all", [60], country="US", samples=3)
        assert curve.to_json()["assumptions_dominate"] == (basis == "assumed")
        middles.append(curve.middle(0, 0))
    assert middles[0] is None
    assert middles[1] is not None
    low, high = curve.steps[0].span(0)
    assert low <= middles[1] <= high
