"""The plan of the framework is proven, every number of it assumed, and scenarios change it."""

from __future__ import annotations

import pytest

from oreline.exchange import read_chain
from oreline.plan import Plan, PlanText, make_plan

from .conftest import EXAMPLES

FOLDER = EXAMPLES / "pakistan-us"


@pytest.fixture(scope="module")
def text() -> PlanText:
    """Return the plan of the example with its chain's tables."""
    chain, _ = read_chain(FOLDER)
    assert chain is not None
    return PlanText(
        (FOLDER / "plan.toml").read_bytes(),
        assumptions=(FOLDER / "assumptions.csv").read_bytes(),
        sites=chain.sites,
        routes=chain.routes,
    )


def planned(text: PlanText, scenario: str = "") -> Plan:
    """Return the best plan in a state of the world."""
    problem, findings = text.problem(text.scenario(scenario) if scenario else ())
    assert problem is not None, findings
    assert findings == ()
    return make_plan(problem, scenario=scenario)


def test_the_framework_is_planned_and_every_number_but_its_total_is_assumed(text: PlanText) -> None:
    plan = planned(text)
    assert plan.certificate.is_proven
    assert plan.capital() <= 500
    assert {"mine-sb", "mine-cu"} <= {one.unit for one in plan.schedule.built}
    bases = {key: str(one.basis) for key, one in plan.problem.numbers.items()}
    assert bases.pop("budgets.framework.amount") == "reported"
    assert set(bases.values()) == {"assumed"}
    assert (plan.retained() or 0) > 0
    # 26,000 t are more than the mine can draw within the plan.
    (antimony,) = [one for one in plan.balances() if one.element == "Sb"]
    assert 20_000 < antimony.drawn_t <= 26_000


def test_antimony_that_is_ore_and_not_metal_is_not_mined(text: PlanText) -> None:
    for name in ("contested-antimony", "contested-antimony-low"):
        plan = planned(text, name)
        assert not {one.unit for one in plan.schedule.built} & {"drill-sb", "mine-sb", "mill-sb"}
