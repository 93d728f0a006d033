"""Dependence before and after a new supplier, the bottleneck rule: laws, and what is printed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_texts import TINY, problem_of

from oreline.plan import PlanText, parse_goal
from oreline.stress import (
    Bounds,
    StatedCapacity,
    Supplier,
    counted_supply,
    displaced,
    free_capacities,
    measures_after,
    measures_of,
    read_security,
    stage_imports,
    supply_security,
)

COVERED = {"CHN", "RUS"}
SHARES = st.dictionaries(
    st.sampled_from(["CHN", "RUS", "MEX", "BEL", "PAK"]), st.floats(1, 100), min_size=1, max_size=5
)


@settings(max_examples=60, deadline=None)
@given(SHARES, st.none() | st.floats(0.5, 40), st.floats(0, 1), st.booleans())
def test_imports_that_change_their_origin_stay_as_many(
    shares: dict[str, float], rest: float | None, part: float, covered_first: bool
) -> None:
    """Net import reliance rests on the sum of imports, which no displacement changes."""
    suppliers = [Supplier(name, much, much) for name, much in shares.items()]
    unnamed = None if rest is None else Supplier("other", rest, rest)
    first = COVERED if covered_first else ()
    after, left = displaced(suppliers, unnamed, part, "PAK", first)
    whole = sum(shares.values()) + (rest or 0.0)
    assert sum(one.low for one in after) + (0 if left is None else left.low) == pytest.approx(whole)
    own = next(one.low for one in after if one.name == "PAK")
    assert own == pytest.approx(part * whole + own - part * whole)
    before, now = measures_of(suppliers, unnamed, COVERED), measures_of(after, left, COVERED)
    assert before is not None
    assert now is not None
    assert now.china.low <= before.china.low + 1e-9
    assert now.covered.low <= before.covered.low + 1e-9
    if covered_first and part * whole < sum(shares.get(one, 0) for one in COVERED):
        taken = before.covered.low - now.covered.low
        assert taken == pytest.approx(part)


def test_an_index_by_hand() -> None:
    # 60 and 40: 5,200. A fifth from a third country, from all alike: 48, 32 and 20.
    suppliers = (Supplier("CHN", 60, 60), Supplier("MEX", 40, 40))
    after, _ = displaced(suppliers, None, 0.2, "PAK")
    found = measures_of(after, None, COVERED)
    assert found is not None
    assert found.hhi.low == pytest.approx(48**2 + 32**2 + 20**2)
    assert found.without_largest.low == pytest.approx(0.52)
    first, _ = displaced(suppliers, None, 0.2, "PAK", COVERED)
    assert {one.name: one.low for one in first} == pytest.approx({"CHN": 40, "MEX": 40, "PAK": 20})


def test_what_the_united_states_import_as_usgs_prints_it() -> None:
    found = {(one.mineral, one.stage): one for one in
             stage_imports("US", ("antimony", "copper", "rare earths"))}  # fmt: skip
    antimony = found["antimony", "refined"]
    assert antimony.consumption_t == Bounds(45_000, 45_000)
    assert antimony.imports_t == Bounds(43_500, 43_500)
    assert antimony.reliance == "91"
    measured = measures_of(antimony.suppliers, antimony.unnamed, COVERED)
    assert measured is not None
    # China 55, Belgium 12, Thailand 8, India 6 and others 19.
    assert measured.china == Bounds(0.55, 0.55)
    assert measured.covered.high == pytest.approx(0.74)
    assert measured.hhi.low == pytest.approx(55**2 + 12**2 + 8**2 + 6**2)
    assert measured.hhi.high == pytest.approx(55**2 + 12**2 + 8**2 + 6**2 + 19**2)
    copper = found["copper", "concentrate"]
    assert copper.imports_t == Bounds(0, 500)  # printed as less than half a unit
    assert {one.name: (one.low, one.high) for one in copper.suppliers} == {"CAN": (99.0, 100.0)}
    assert found["rare earths", "refined"].is_basket
    assert found["rare earths", "magnet"].source.startswith("baci")
    assert ("rare earths", "concentrate") not in found  # nobody prints it: UNKNOWN


def test_others_are_told_by_trade() -> None:
    found = {(one.mineral, one.stage): one for one in stage_imports("JP", ("antimony",))}
    assert found["antimony", "refined"].unit == "t"
    assert found["antimony", "refined"].consumption_t is None


def test_smelters_of_antimony_are_few_and_copper_leaves_as_concentrate() -> None:
    (smelting,) = free_capacities("US", "antimony")
    assert smelting.free_t == Bounds(0, None)
    told = " ".join(f"{one.what} {one.text}" for one in smelting.evidence)
    assert "Thompson Falls" in told
    assert "Production, Smelter: Primary 700 metric tons" in told
    (refining,) = free_capacities("US", "copper")
    assert refining.free_t == Bounds(0, 0)
    assert "exports 340,000 t" in refining.evidence[0].text
    supply = counted_supply("copper", {"concentrate": Bounds(15_000, 22_000)}, [refining])
    assert supply[1].counted_t == Bounds(0, 0)
    assert supply[1].stops


def test_what_a_user_states_comes_first() -> None:
    stated = StatedCapacity("antimony", "refined", 5000, 6000, 700, 2000, "reported", "a paper")
    (free,) = free_capacities("US", "antimony", [stated])
    assert free.free_t == Bounds(3000, 5300)
    found = counted_supply("antimony", {"concentrate": Bounds(2500, 4000)}, [free])
    assert found[1].counted_t == Bounds(2500, 4000)
    assert not found[1].stops
    (unsure,) = free_capacities("US", "antimony", [
        StatedCapacity("antimony", "refined", 5000, 6000, 0, None, "reported", "a paper"),
    ])  # fmt: skip
    assert unsure.free_t == Bounds(0, 6000)


def test_metal_counts_where_it_arrives_whatever_room_there_is() -> None:
    free = free_capacities("US", "rare earths")
    arrives = {"concentrate": Bounds(900, 1000), "refined": Bounds(300, 400)}
    found = {one.stage: one for one in counted_supply("rare earths", arrives, free)}
    assert found["refined"].counted_t == Bounds(300, 400)
    assert found["metal"].counted_t == Bounds(0, 400)
    assert found["magnet"].stops


def test_a_range_of_displacement_is_the_span_of_both_ways() -> None:
    stage = next(one for one in stage_imports("US", ("antimony",)) if one.stage == "refined")
    found = measures_after(stage, Bounds(0.0, 0.1), "PAK", COVERED)
    assert found is not None
    assert found.china.low == pytest.approx(0.45)
    assert found.china.high == pytest.approx(0.55)
    same = measures_after(stage, Bounds(0.0, 0.0), "PAK", COVERED)
    assert same == measures_of(stage.suppliers, stage.unnamed, COVERED)


BUDGET = (
    TINY.replace('budget = "60 USD m"', '\n[[budgets]]\nid = "money"\namount = "60 USD m"')
    .replace('"20 USD m"', '{ value = 20, low = 15, high = 30, unit = "USD m" }')
    .replace('"100 kt/y"', '{ value = 100, low = 60, high = 110, unit = "kt/y" }', 1)
)
"""The tiny plan with a budget apart from its phase, and a mine of which two numbers are ranges."""
SECURITY = b'[[material]]\nid = "concentrate"\nstage = "concentrate"\n'


def test_what_a_budget_buys_from_a_plan() -> None:
    problem = problem_of(BUDGET)
    inputs, findings = read_security(SECURITY, problem, {})
    assert inputs is not None
    assert not findings
    text = PlanText(BUDGET.encode())
    goals = [parse_goal("npv")]
    found = supply_security(text, inputs, "money", [30, 60], goals=goals, samples=12)
    nothing, all_of_it = found.budgets
    assert nothing.units == ()
    assert nothing.stages[0].supply.arrives_t == Bounds(0, 0)
    mined, smelted = all_of_it.stages[:2]
    assert mined.supply.mineral == "antimony"
    assert 5000 < mined.supply.arrives_t.low < (mined.supply.arrives_t.high or 0) < 10_000
    assert smelted.supply.counted_t.low == 0
    assert smelted.supply.stops
    assert smelted.after is not None
    assert smelted.after.china.low < 0.55 == smelted.after.china.high
    assert smelted.usd_per_t is not None
    assert smelted.usd_per_t.high is None
    told = found.to_json()
    assert told["assumptions_dominate"]
    assert told["budgets"][1]["stages"][1]["net_import_reliance_pct"] == {
        "before": "91", "after": "91",
    }  # fmt: skip
    again = supply_security(text, inputs, "money", [30, 60], goals=goals, samples=12)
    assert again.to_json()["budgets"] == told["budgets"]
    assert found.to_frame().height == 2 * 8


def test_everything_that_is_wrong_with_the_file_is_told_at_once() -> None:
    problem = problem_of(TINY)
    wrong = (
        b'importer = "XX"\n[[material]]\nid = "concentrat"\nstage = "concentrate"\n'
        b'[[capacity]]\nmineral = "copper"\nstage = "magnet"\nlow_t = 5\nhigh_t = 4\n'
        b'used_low_t = 9\nbasis = "assumed"\nsource = "a test"\n'
    )
    inputs, findings = read_security(wrong, problem, {})
    assert inputs is None
    assert [one.where for one in findings] == [
        "security.toml:1", "security.toml:3", *["security.toml:5"] * 3,
    ]  # fmt: skip
    assert "did you mean concentrate?" in findings[1].fix
    for text in (b"\xff", b"[x", b"importer = 3", b'[[capacity]]\nmineral = "lead"'):
        assert read_security(text, problem, {})[1][0].code == "ORL-1258"


def test_a_material_without_a_stage_counts_nowhere_and_is_told() -> None:
    inputs, (finding,) = read_security(None, problem_of(TINY), {})
    assert inputs is not None
    assert finding.code == "ORL-1259"
    assert not read_security(None, problem_of(TINY), {"concentrate": "concentrate"})[1]
