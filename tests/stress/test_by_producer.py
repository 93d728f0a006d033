"""Producers with supply elasticities of their own: the flows on arcs, and the simple case."""

from __future__ import annotations

import numpy as np
import pytest
from disruption_cases import TEXT, model
from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.stress import RunSettings, disruption, read_scenario, scenario_text
from oreline.stress._arcs import cleared_on_arcs
from oreline.stress._by_producer import cleared_each
from oreline.stress._inputs import arrays_of, as_given, producer_names
from oreline.stress._model_arrays import Floats, ModelArrays
from oreline.stress._plain import Cleared, cleared, plain_scenarios
from oreline.stress._risk import loss_risk
from oreline.stress._run import terms_of

OWN = TEXT.replace(
    '{ country = "AUS", share = 0.3 }', '{ country = "AUS", share = 0.3, supply_elasticity = 0.9 }'
).replace('{ country = "Belgium", share = 0.2 }',
          '{ country = "Belgium", share = 0.2, supply_elasticity = { value = 0.05, low = 0.02, '
          "high = 0.1 } }")  # fmt: skip


def _each(m: ModelArrays, available: Floats) -> Cleared:
    none = np.zeros((1, m.theta.size))
    q, k = (np.concatenate([(one * available)[None], none], axis=1) for one in
            (m.share, m.capacity))  # fmt: skip
    return cleared_each(m, q, k)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("spare", [1.0, 1.15, 8.0])
def test_flows_on_arcs_give_the_same_market(seed: int, spare: float) -> None:
    rng = np.random.default_rng(seed)
    m = model(3, 3, seed=seed, restricted=0)
    m = m._replace(
        ln_choke=np.log(1e9), capacity=m.share * spare, producer_eta=rng.uniform(0.05, 0.9, 9)
    )
    available = rng.uniform(0.2, 1, 9)
    flows, found = cleared_on_arcs(m, available), _each(m, available)
    assert flows.quantity == pytest.approx(found.quantity[0], rel=1e-6)
    assert flows.price == pytest.approx(found.price[0], rel=1e-6)


@settings(max_examples=40)
@given(st.lists(st.floats(0.05, 1.0), min_size=9, max_size=9), st.floats(1.0, 6.0),
       st.floats(1.2, 30.0))  # fmt: skip
def test_with_one_elasticity_it_is_the_market_of_stages(
    available: list[float], spare: float, choke: float
) -> None:
    m = model(3, 3, restricted=0)
    m = m._replace(capacity=m.share * spare, ln_choke=np.log(choke))
    part = np.array(available)
    belongs = m.stage_of[:, None] == np.arange(3)
    one = cleared(m, (m.share * part)[None] @ belongs, (m.capacity * part)[None] @ belongs)
    other = _each(m._replace(producer_eta=m.eta[m.stage_of]), part)
    for name in ("quantity", "price", "weight"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-9, abs=1e-12)
    assert other.stage[0] == one.stage[0]


def test_who_can_make_more_does_and_no_more_than_it_can() -> None:
    m = model(1, 2, restricted=0)._replace(
        share=np.array([0.5, 0.5]), capacity=np.array([0.55, 5.0]), theta=np.ones(1),
        producer_eta=np.array([2.0, 0.4]), ln_choke=np.log(1e9),
    )  # fmt: skip
    found = _each(m, np.array([0.3, 0.5]))
    price = float(found.price[0])
    assert price > 1.1
    supplied = min(0.15 * price**2.0, 0.165) + min(0.25 * price**0.4, 2.5)
    assert supplied == pytest.approx(float(found.quantity[0])) == pytest.approx(price**-m.eps)


def test_a_dry_stage_and_a_chain_without_events() -> None:
    m = model(2, 2, restricted=0)
    m = m._replace(producer_eta=np.array([0.1, 0.5, 0.3, 0.2]))
    dry = _each(m, np.array([0.0, 0.0, 1.0, 1.0]))
    assert (dry.quantity[0], dry.stage[0]) == (0.0, 0)
    calm = _each(m, np.ones(4))
    assert (calm.quantity[0], calm.price[0]) == pytest.approx((1.0, 1.0))
    off = plain_scenarios(m._replace(threshold=np.full(2, -np.inf)), 1, 0, 3)
    assert off[:, :4] == pytest.approx(np.ones((3, 4)))


def test_a_file_with_own_elasticities_to_its_answer() -> None:
    made, findings = read_scenario(OWN, "scenario.toml")
    assert made is not None, findings
    again, _ = read_scenario(scenario_text(made), "written.toml")
    assert again is not None
    assert again.stages == made.stages
    few = RunSettings(1_500, 2, 300)
    found = disruption(made, few)
    assert "stages.refining.producers.BEL.supply_elasticity" in found.found.assumed
    plain, _ = read_scenario(TEXT, "scenario.toml")
    assert plain is not None
    before = disruption(plain, few)
    assert found.found.central.market.price_mean != before.found.central.market.price_mean
    run, h = found.found, 1e-6
    for row in found.contributions.rows:
        n = producer_names(made).index((row.stage, row.producer))
        ends = []
        for sign in (1, -1):
            m = arrays_of(made, as_given(made))
            share, capacity = m.share.copy(), m.capacity.copy()
            share[n] += sign * h
            capacity[n] *= share[n] / m.share[n]
            out = plain_scenarios(m._replace(share=share, capacity=capacity), few.seed, 0, 1_500)
            terms = terms_of(made, run.curve, as_given(made), out)
            assert terms is not None
            ends.append(loss_risk(terms.loss[1]).cvar95)
        slope = (ends[0] - ends[1]) / (2 * h) / 100
        assert row.per_point_musd == pytest.approx(slope, rel=5e-3), row
    assert sum(row.cvar_musd or 0 for row in found.contributions.rows) == pytest.approx(
        found.contributions.cvar_musd
    )
