"""Where an element goes in a plan: each year closes, and all years are the plan's own balance."""

from __future__ import annotations

from collections import defaultdict

import pytest
from plan_texts import TINY, problem_of, random_plan

from oreline.plan import FlowNode, Plan, element_flows, element_flows_frame, make_plan


def test_a_mine_feeds_a_mill_and_a_market() -> None:
    """The road is left out: what the mill makes goes to the buyer."""
    flows = element_flows(make_plan(problem_of(TINY)), "Sb")
    assert flows[2027] == ()
    told = {(one.source.id or one.source.kind, one.target.id or one.target.kind): one.t
            for one in flows[2028]}  # fmt: skip
    assert told == {
        ("lode", "mine"): pytest.approx(10_000),
        ("mine", "mill"): pytest.approx(10_000),
        ("mill", "buyer"): pytest.approx(9_000),
        ("mill", "discarded"): pytest.approx(800),
        ("mill", "lost"): pytest.approx(200),
    }


@pytest.mark.parametrize("seed", [1, 4, 9])
def test_what_enters_a_node_leaves_it_and_sums_are_the_balance(seed: int) -> None:
    plan = make_plan(problem_of(random_plan(seed)))
    _sees_that_it_closes(plan)


def _sees_that_it_closes(plan: Plan) -> None:
    (balance,) = plan.balances()
    ends: dict[str, float] = defaultdict(float)
    for links in element_flows(plan, "Sb").values():
        into: dict[FlowNode, float] = defaultdict(float)
        for one in links:
            into[one.target] += one.t
            into[one.source] -= one.t
        for node, net in into.items():
            if node.kind in ("unit", "material"):
                assert net == pytest.approx(0, abs=1e-6)
            else:
                ends[node.kind] += net
    assert -ends["resource"] == pytest.approx(balance.drawn_t)
    assert ends["market"] == pytest.approx(balance.delivered_t)
    assert ends["discarded"] == pytest.approx(balance.discarded_t, abs=1e-6)
    assert ends["lost"] == pytest.approx(balance.lost_t, abs=1e-6)
    table = element_flows_frame(plan, "Sb")
    to_markets = table.filter(table["to_kind"] == "market")["t"].sum()
    assert to_markets == pytest.approx(balance.delivered_t)


def test_what_is_kept_for_a_year_comes_out_of_the_stock() -> None:
    """A port that may hold material sells it when it is dear."""
    text = TINY.replace(
        'id = "port"\ncountry = "US"', 'id = "port"\ncountry = "US"\nstorage = "40 kt"'
    ).replace(
        'values = "10000 USD/t"',
        'values = { 2027 = "9000 USD/t", 2028 = "9000 USD/t", 2029 = "9000 USD/t",'
        ' 2030 = "30000 USD/t" }',
    )
    plan = make_plan(problem_of(text))
    flows = element_flows(plan, "Sb")
    kept = sum(one.t for one in flows[2029] if one.target.kind == "stock")
    out = sum(one.t for one in flows[2030] if one.source.kind == "earlier stock")
    assert kept == pytest.approx(out)
    # A mine of 250 kt that works fully in the last two years has dug 150 kt by the end of 2029.
    assert kept == pytest.approx(13_500)
    sold = sum(one.t for one in flows[2030] if one.target.kind == "market")
    assert sold == pytest.approx(plan.balances()[0].delivered_t)
