"""Where a market clears: laws, the closed form, the flows on arcs, and every state counted."""

from __future__ import annotations

import numpy as np
import pytest
from disruption_cases import model
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import InputError, LimitExceededError
from oreline.stress._arcs import cleared_on_arcs
from oreline.stress._enumerate import enumerated
from oreline.stress._kernels import scenarios
from oreline.stress._model_arrays import COLUMNS, P, Q
from oreline.stress._plain import cleared

PARTS = st.lists(st.floats(0.02, 1.5), min_size=3, max_size=3)


@given(PARTS, PARTS)
def test_what_is_supplied_is_asked_for_and_the_root_is_one(
    q: list[float], more: list[float]
) -> None:
    m = model(3, 3, restricted=0)._replace(ln_choke=np.log(1e9))
    room = np.array([q]) * (1 + np.array([more]))
    found = cleared(m, np.array([q]), room)
    quantity, price = found.quantity[0], found.price[0]
    asked = float((m.theta * (quantity / np.array(q)) ** (1 / m.eta)).sum())
    assert quantity == pytest.approx(price**-m.eps, rel=1e-9)
    if found.is_bound[0]:
        assert quantity == pytest.approx(room.min(), rel=1e-12)
        assert asked <= price * (1 + 1e-9)
    else:
        assert asked == pytest.approx(price, rel=1e-9)
    assert found.weight[0].sum() == pytest.approx(1.0)


@given(PARTS, st.integers(0, 2), st.floats(1.0, 2.0))
def test_more_supply_never_means_less_or_dearer(q: list[float], stage: int, times: float) -> None:
    m = model(3, 3, restricted=0)
    before = np.array([q])
    after = before.copy()
    after[0, stage] *= times
    less, more = cleared(m, before, 1.1 * before), cleared(m, after, 1.1 * after)
    assert more.quantity[0] >= less.quantity[0] * (1 - 1e-12)
    assert more.price[0] <= less.price[0] * (1 + 1e-12)


@given(st.floats(0.05, 0.95), st.floats(0.05, 1.0), st.floats(0.05, 1.0))
def test_one_stage_has_a_closed_form(q: float, eps: float, eta: float) -> None:
    m = model(1, 2, restricted=0)._replace(
        eps=eps, eta=np.array([eta]), theta=np.ones(1), ln_choke=200.0
    )
    found = cleared(m, np.array([[q]]), np.array([[9.0]]))
    assert found.quantity[0] == pytest.approx(q ** ((1 / eta) / (1 / eta + 1 / eps)), rel=1e-10)


def test_at_the_choke_price_suppliers_sell_what_they_make_at_it() -> None:
    m = model(1, 2, restricted=0)._replace(eta=np.array([0.2]), theta=np.ones(1))
    found = cleared(m, np.array([[0.05]]), np.array([[9.0]]))
    assert found.price[0] == pytest.approx(20.0)
    assert found.quantity[0] == pytest.approx(0.05 * 20**0.2)


def test_nothing_supplied_is_nothing_bought() -> None:
    m = model(2, 2, restricted=0)
    found = cleared(m, np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]]))
    assert (found.quantity[0], found.price[0], found.stage[0]) == (0.0, pytest.approx(20.0), 0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("spare", [1.0, 8.0])
def test_flows_on_arcs_give_the_same_market(seed: int, spare: float) -> None:
    m = model(3, 3, seed=seed, restricted=0)
    m = m._replace(ln_choke=np.log(1e9), capacity=m.share * spare)
    rng = np.random.default_rng(seed)
    available = rng.uniform(0.2, 1, m.share.size)
    flows = cleared_on_arcs(m, available)
    belongs = m.stage_of[:, None] == np.arange(3)
    q = (m.share * available)[None] @ belongs
    found = cleared(m, q, q * spare)
    assert flows.quantity == pytest.approx(found.quantity[0], rel=1e-6)
    assert flows.price == pytest.approx(found.price[0], rel=1e-6)


def test_drawn_means_are_those_of_all_2048_states() -> None:
    m = model(restricted=2)._replace(severity_fixed=np.full(11, 0.8), ln_months_sd=np.zeros(11))
    states = enumerated(m)
    assert len(states.probability) == 2048
    assert states.probability.sum() == pytest.approx(1, abs=1e-12)
    out = np.empty((60_000, COLUMNS))
    scenarios(m, 7, 0, out)
    for column in (Q, P, 2, 3):
        error = out[:, column].std() / np.sqrt(len(out))
        assert abs(out[:, column].mean() - states.mean(column)) < 3 * error


def test_states_are_counted_only_where_they_can_be() -> None:
    with pytest.raises(InputError, match="fixed"):
        enumerated(model(1, 2))
    with pytest.raises(LimitExceededError, match="EVENTS_MAX"):
        enumerated(model(1, 15))


def test_both_sides_of_an_export_restriction_are_told() -> None:
    m = model(1, 2, restricted=1)
    m = m._replace(
        share=np.array([0.7, 0.3]), capacity=np.array([0.77, 0.33]), theta=np.ones(1),
        targets=np.array([[True, False, True], [False] * 3]), threshold=np.array([np.inf, -np.inf]),
        severity_fixed=np.ones(2), ln_months_sd=np.zeros(2), ln_months=np.full(2, np.log(12.0)),
        leakage=np.zeros(2), stock=np.zeros((3, 1)),
    )  # fmt: skip
    out = np.empty((1, COLUMNS))
    scenarios(m, 1, 0, out)
    quantity, price, quantity_others, price_others = out[0, :4]
    assert quantity < 1 < price, "those whom it is aimed at"
    assert price_others < 1 < quantity_others, "those who keep it"
    scenarios(m._replace(leakage=np.array([0.5, 0.0])), 1, 0, out)
    assert 1 < out[0, P] < price, "what leaks makes it milder"
