"""What a partnership changes in losses from disruptions: laws, a count by hand, and an oracle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from disruption_cases import TEXT
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_texts import TINY, problem_of

from oreline.model import Basis, InputError, one_by_one
from oreline.plan import PlanText, parse_goal
from oreline.stress import (
    NOTHING_COUNTS,
    Bounds,
    RunSettings,
    Security,
    free_capacities,
    read_scenario,
    read_security,
    reference_scenario,
    security_loss,
    supply_security,
)
from oreline.stress._bottleneck import counted_supply
from oreline.stress._inputs import arrays_of, as_given
from oreline.stress._model_arrays import P, Q
from oreline.stress._plain import plain_scenarios
from oreline.stress._scenario import Given, Producer, Scenario
from oreline.stress._security_loss import (
    LossModel,
    added_tonnes,
    differences,
    loss_model,
    with_partnership,
)
from oreline.stress._world_supply import world_supply

FEW = RunSettings(scenarios=400, sets=2, scenarios_per_set=200)


@pytest.fixture(scope="module")
def model() -> LossModel:
    """Return the model of a small scenario without an economy."""
    found, findings = read_scenario(TEXT, "scenario.toml")
    assert found is not None, findings
    return loss_model(replace(found, economy=None), FEW)


def _shortfall(model: LossModel, scenario: Scenario) -> list[float]:
    found = model.samples(scenario, one_by_one)
    return [float(one["shortfall", "", "% of US use"].mean()) for one in found]


def test_no_tonnes_change_nothing_at_all(model: LossModel) -> None:
    before = model.samples(model.scenario, one_by_one)
    none = model.samples(with_partnership(model.scenario, "PAK", {}), one_by_one)
    for one in differences("antimony", before, none, none):
        for told in (one.at_least, one.at_most):
            assert (told.given, told.standard_error, told.low, told.high) == (0, 0, 0, 0)
            assert not told.is_below_error


@settings(max_examples=15, deadline=None)
@given(
    st.tuples(st.floats(0, 0.1), st.floats(0, 0.1)),
    st.tuples(st.floats(0, 0.1), st.floats(0, 0.1)),
    st.sampled_from(["PAK", "AUS", "USA"]),
)
def test_more_that_counts_never_raises_the_expected_shortfall(
    model: LossModel, some: tuple[float, float], more: tuple[float, float], country: str
) -> None:
    less = dict(zip(("mine", "refining"), some, strict=True))
    much = {name: part + add for (name, part), add in zip(less.items(), more, strict=True)}
    first = _shortfall(model, with_partnership(model.scenario, country, less))
    then = _shortfall(model, with_partnership(model.scenario, country, much))
    for before, after in zip(first, then, strict=True):
        assert after <= before + 1e-6


def test_what_is_added_was_mined_and_came_through_works_of_its_own() -> None:
    free = free_capacities("US", "rare earths")
    arrives = {"concentrate": Bounds(50, 60), "refined": Bounds(300, 400)}
    found = added_tonnes(counted_supply("rare earths", arrives, free))
    assert found["mine"] == Bounds(350, 460)
    assert found["refining"] == Bounds(300, 400)  # no room in the US for concentrate
    assert found["metal"] == Bounds(0, 400)


def test_the_world_as_it_is_printed_or_what_stands_for_it() -> None:
    mined, refined = world_supply("copper", "mine"), world_supply("copper", "refining")
    assert mined is not None
    assert refined is not None
    assert (mined.value, refined.value) == (23e6, 29e6)
    assert {mined.basis, refined.basis} == {Basis.REPORTED}
    part = world_supply("neodymium", "metal")
    assert part is not None
    # 10.9 to 18.5 % of 390,000 t of oxides.
    assert (part.low, part.value, part.high) == pytest.approx((42_510, 72_150, 72_150))
    assert part.basis is Basis.ASSUMED
    assert world_supply("unobtainium", "magnet") is None


BUDGET = (
    TINY.replace('budget = "60 USD m"', '\n[[budgets]]\nid = "money"\namount = "60 USD m"')
    .replace('"20 USD m"', '{ value = 20, low = 15, high = 30, unit = "USD m" }')
    .replace('"100 kt/y"', '{ value = 100, low = 60, high = 110, unit = "kt/y" }', 1)
)


@pytest.fixture(scope="module")
def security() -> Security:
    """Return what the tiny plan's budget delivers: nothing for 30 million, antimony for 60."""
    text = b'[[material]]\nid = "concentrate"\nstage = "concentrate"\n'
    inputs, _ = read_security(text, problem_of(BUDGET), {})
    assert inputs is not None
    goals = [parse_goal("npv")]
    return supply_security(PlanText(BUDGET.encode()), inputs, "money", [30, 60], goals=goals,
                           samples=4)  # fmt: skip


def test_a_budget_against_the_plain_model_with_its_share_counted_by_hand(
    security: Security,
) -> None:
    few = replace(FEW, sets=1)
    found = security_loss(security, few, each=one_by_one)
    nothing, all_of_it = (one.minerals[0] for one in found.budgets)
    assert nothing.mineral == "antimony"
    assert nothing.changes
    assert all(one.span == Bounds(0, 0) for one in nothing.changes)
    counted = security.budgets[1].stages[0].supply.counted_t.high
    assert counted is not None
    share = counted / 110_000  # USGS: world mine production of 2025
    assert all_of_it.added["mine"].high == pytest.approx(share)
    assert all_of_it.added["refining"] == Bounds(0, pytest.approx(share))
    scenario, _ = reference_scenario("antimony")
    much = Given(share, Basis.DERIVED, "by hand")
    new = Producer(security.origin[0], "new", much, much)
    after = replace(
        scenario,
        stages=tuple(replace(one, producers=(*one.producers, new)) for one in scenario.stages),
    )
    rows = [
        plain_scenarios(arrays_of(one, as_given(one)), few.seed, 0, few.scenarios)
        for one in (scenario, after)
    ]
    by = {(one.quantity, one.measure, one.bound, one.unit): one for one in all_of_it.changes}
    short = by["shortfall", "expected", "", "% of US use"].at_most
    paired = 100 * (np.maximum(0, 1 - rows[1][:, Q]) - np.maximum(0, 1 - rows[0][:, Q]))
    assert short.given == pytest.approx(paired.mean(), rel=1e-5)
    assert short.standard_error == pytest.approx(paired.std(ddof=1) / 20, rel=1e-4)
    assert short.given < -short.standard_error
    price = by["price", "expected", "", "of the base price"].at_most
    assert price.given == pytest.approx((rows[1][:, P] - rows[0][:, P]).mean(), rel=1e-5)
    loss = by["loss of US product", "CVaR 95", "qp", "million USD a year"]
    assert loss.span.low < 0
    assert found.is_assumed
    assert found.to_frame().filter(unit="million USD a year").height


def test_what_contracts_keep_is_met_whatever_happens_elsewhere(security: Security) -> None:
    """z (1 - K / U) by hand; without it the same bits, and more than all of it is no part."""
    few = replace(FEW, sets=1)
    asked = [security_loss(security, few, kept=part, each=one_by_one) for part in (0.0, 0.5)]
    plain, kept = (one.budgets[1].minerals[0] for one in asked)
    assert plain == security_loss(security, few, each=one_by_one).budgets[1].minerals[0]
    arrives = added_tonnes(security.budgets[1].alone["antimony"])["refining"].high
    scenario, _ = reference_scenario("antimony")
    assert arrives is not None
    assert scenario.economy is not None
    use = scenario.economy.use_t
    by = [
        {(one.quantity, one.measure, one.unit): one for one in each.changes}
        for each in (plain, kept)
    ]
    short = [each["shortfall", "expected", "% of US use"].at_most.given for each in by]
    if use is None:
        assert short[0] == short[1]
        assert any("UNKNOWN, so that what contracts keep" in one for one in asked[1].notes)
    else:
        before = (
            100
            * np.maximum(
                0,
                1
                - plain_scenarios(
                    arrays_of(scenario, as_given(scenario)), few.seed, 0, few.scenarios
                )[:, Q],
            ).mean()
        )
        rest = 1 - min(1.0, 0.5 * arrives / use.value)
        assert short[1] == pytest.approx((before + short[0]) * rest - before, rel=1e-5)
        assert short[1] < short[0]
    with pytest.raises(InputError, match="part of 2"):
        security_loss(security, few, kept=2.0)


def test_where_nothing_counts_nothing_is_run(security: Security) -> None:
    found = security_loss(security, replace(FEW, sets=1), each=one_by_one)
    others = found.budgets[1].minerals[1:]
    assert {one.unknown for one in others} == {NOTHING_COUNTS}
    assert not any(one.changes for one in others)


def test_other_importers_are_unknown(security: Security) -> None:
    found = security_loss(replace(security, importer="JPN"), FEW)
    assert all("United States only" in one.unknown for one in found.budgets[1].minerals)
    assert found.to_json()["budgets"][0]["minerals"][0]["changes"] == []
    assert found.to_frame().height == 2 * 4
