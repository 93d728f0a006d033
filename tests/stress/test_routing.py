"""Which part of a product China touches: by routes that a file states, or that trade tells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from disruption_cases import TEXT
from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.model import Basis, InputError
from oreline.stress import (
    TradeAsked,
    file_scenarios,
    mineral_scenarios,
    read_scenario,
    scenario_text,
    touched,
)
from oreline.stress._routes_trade import with_trade
from oreline.stress._routing import independent_touch
from oreline.stress._scenario import Given, Producer, Route, Scenario

ROUTES = """
[[routes]]
stage = "mine"
country = "AUS"
to = { CHN = 0.75, BEL = 0.25 }

[[routes]]
stage = "mine"
country = "USA"
to = { CHN = 0.5 }
"""
TRADE = """
[[trade]]
stage = "mine"
code = "261710"
content = 0.5
world_t = 1000.0
file = "BACI_HS17_Y2024.csv"
"""
FLOWS = (
    "t,i,j,k,v,q\n"
    "2024,36,156,261710,400,400\n"  # Australia to China: 200 t of 300
    "2024,36,56,261710,100,100\n"  # to Belgium: 50 t
    "2024,842,156,261710,100,NA\n"  # the United States to China: value alone, so 100 t, 50 of 200
    "2024,842,124,261710,100,100\n"  # to Canada, which makes nothing at the next stage: 50 t
    "2024,124,156,261710,900,900\n"  # passed on by who mines none: no producer's
    "2024,36,156,811010,9,9\n"
)
COUNTRIES = ("CHN", "AUS", "USA")


def _scenario(more: str = "") -> Scenario:
    found, findings = read_scenario(
        TEXT.replace("[economy]", more + "\n[economy]"), "scenario.toml"
    )
    assert found is not None, findings
    return found


def test_without_routes_stages_are_independent_and_it_is_said() -> None:
    found = touched(_scenario())
    assert (found.given, found.low, found.high, found.steps) == (None, None, None, ())
    assert found.independent == pytest.approx(1 - 0.5 * 0.2)
    assert "no routes are given" in found.to_text()
    assert independent_touch((0.69, 0.87, 0.91, 0.90)) == pytest.approx(0.999637, abs=1e-6)


def test_routes_of_a_file_by_hand() -> None:
    # Mined: CHN 0.5, AUS 0.3, USA 0.2; what is untold of the USA's goes by shares, or all one way.
    found = touched(_scenario(ROUTES))
    clean = 0.3 * 0.25
    assert found.given == pytest.approx(1 - clean - 0.2 * 0.5 * 0.2)
    assert found.high == pytest.approx(1 - clean)
    assert found.low == pytest.approx(1 - clean - 0.2 * 0.5)
    (step,) = found.steps
    assert (step.told, step.low, step.high) == pytest.approx((0.4, 0.325, 0.925))
    assert not step.is_far
    away = touched(_scenario(ROUTES.replace("CHN = 0.75, BEL = 0.25", "BEL = 1.0")))
    assert away.steps[0].is_far, "so much that China cannot refine what its share says"
    assert any("one of them is wrong" in one for one in away.notes)


SHARES = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3)


@settings(max_examples=60)
@given(st.lists(SHARES, min_size=3, max_size=3), st.lists(SHARES, min_size=6, max_size=6),
       st.floats(0.0, 1.0))  # fmt: skip
def test_it_is_the_product_of_matrices(
    shares: list[list[float]], rows: list[list[float]], told: float
) -> None:
    made = _chain([np.array(one) / sum(one) for one in shares])
    matrices = np.array([np.array(one) / sum(one) for one in rows]).reshape(2, 3, 3)
    whole = touched(_routed(made, matrices, 1.0))
    free = np.diag([0.0, 1.0, 1.0])
    first = np.array([one.share.value for one in made.stages[0].producers])
    product = first @ free @ matrices[0] @ free @ matrices[1] @ free @ np.ones(3)
    assert whole.given == pytest.approx(1 - product)
    assert whole.low == pytest.approx(whole.given) == pytest.approx(whole.high)
    part = touched(_routed(made, matrices, told))
    assert part.low is not None
    assert part.high is not None
    assert part.low - 1e-9 <= 1 - product <= part.high + 1e-9
    assert part.low - 1e-9 <= (part.given or 0) <= part.high + 1e-9


def test_where_all_goes_by_shares_stages_are_independent() -> None:
    made = _chain([np.array(one) for one in ([0.6, 0.3, 0.1], [0.5, 0.25, 0.25], [0.9, 0.1, 0.0])])
    by_shares = np.array([[[one.share.value for one in stage.producers]] * 3
                          for stage in made.stages[1:]])  # fmt: skip
    found = touched(_routed(made, by_shares, 1.0))
    assert found.given == pytest.approx(found.independent)
    straight = touched(_routed(made, np.array([np.eye(3)] * 2), 1.0))
    assert straight.given == pytest.approx(0.6)


def _chain(shares: list[np.ndarray]) -> Scenario:  # type: ignore[type-arg]
    base = _scenario()
    stages = tuple(
        replace(
            base.stages[0], id=name,
            producers=tuple(
                Producer(code, "", Given(float(part), Basis.ASSUMED, "a test"), None)
                for code, part in zip(COUNTRIES, parts, strict=True)
            ),
        )
        for name, parts in zip(("mine", "refining", "magnet"), shares, strict=True)
    )  # fmt: skip
    return replace(base, stages=stages)


def _routed(made: Scenario, matrices: np.ndarray, told: float) -> Scenario:  # type: ignore[type-arg]
    routes = tuple(
        Route(
            made.stages[at].id, code,
            tuple((to, float(told * part)) for to, part in zip(COUNTRIES, row, strict=True)),
            Basis.ASSUMED, "a test",
        )
        for at, matrix in enumerate(matrices)
        for code, row in zip(COUNTRIES, matrix, strict=True)
    )  # fmt: skip
    return replace(made, routes=routes)


def test_trade_between_stages_gives_routes() -> None:
    made, findings = with_trade(_scenario(TRADE), {"BACI_HS17_Y2024.csv": FLOWS.encode()})
    routes = {one.country: dict(one.to) for one in made.routes}
    assert routes["AUS"] == pytest.approx({"CHN": 200 / 300, "BEL": 50 / 300})
    assert routes["USA"] == pytest.approx({"CHN": 50 / 200})
    assert routes["CHN"] == {"CHN": 1.0}, "what it does not export it refines itself"
    assert [one.code for one in findings] == ["ORL-1214"], "the flow without a quantity is told"
    assert all(one.basis is Basis.DERIVED and "261710" in one.source for one in made.routes)
    found = touched(made)
    assert found.given is not None
    # Untold: a sixth of Australia's (nobody knows), three quarters of the United States'.
    assert found.high == pytest.approx(1 - 0.3 * 50 / 300)
    again = _scenario(TRADE + ROUTES)
    mixed, _ = with_trade(again, {"BACI_HS17_Y2024.csv": FLOWS.encode()})
    stated = {one.country: dict(one.to) for one in mixed.routes}
    assert stated["AUS"] == {"CHN": 0.75, "BEL": 0.25}, "what a file states goes before trade"


def test_who_sends_more_than_it_makes_is_told() -> None:
    text = TRADE.replace("world_t = 1000.0", "world_t = 500.0")
    made, findings = with_trade(_scenario(text), {"BACI_HS17_Y2024.csv": FLOWS.encode()})
    told = [one for one in findings if one.code == "ORL-1213"]
    assert [one.message[:3] for one in told] == ["AUS"]
    routes = {one.country: dict(one.to) for one in made.routes}
    assert sum(routes["AUS"].values()) == pytest.approx(1.0)


def test_a_written_scenario_keeps_routes_and_trade() -> None:
    made = _scenario(TRADE + ROUTES)
    again, findings = read_scenario(scenario_text(made), "written.toml")
    assert again is not None, findings
    assert (again.routes, again.trade) == (made.routes, made.trade)


WRONG = [
    ("ORL-1211", "CHN = 0.75, BEL = 0.25", "CHN = 0.8, BEL = 0.25"),
    ("ORL-1211", "CHN = 0.75, BEL = 0.25", "CHN = 0.75, USA = 0.25"),
    ("ORL-1211", 'country = "AUS"\nto', 'country = "PER"\nto'),
    ("ORL-1211", 'stage = "mine"\ncountry = "AUS"', 'stage = "refining"\ncountry = "AUS"'),
    ("ORL-1236", 'stage = "mine"\ncode', 'stage = "smelting"\ncode'),
    ("ORL-1233", "CHN = 0.75", "Atlantis = 0.75"),
    ("ORL-1234", "content = 0.5", "content = 1.5"),
    ("ORL-1231", 'code = "261710"', 'code = "26"'),
    ("ORL-1231", 'file = "BACI', 'file = "../BACI'),
]


@pytest.mark.parametrize(("code", "right", "wrong"), WRONG)
def test_routes_that_cannot_be_are_told_with_their_line(code: str, right: str, wrong: str) -> None:
    text = TEXT.replace("[economy]", TRADE + ROUTES + "\n[economy]")
    assert right in text
    made, findings = read_scenario(text.replace(right, wrong, 1), "scenario.toml")
    assert made is None
    assert code in {one.code for one in findings}
    assert all(one.where.startswith("scenario.toml:") and one.fix for one in findings)


def test_files_that_tell_no_routes_are_refused() -> None:
    text = TEXT.replace("[economy]", TRADE + "\n[economy]")
    with pytest.raises(InputError, match="was not given"):
        file_scenarios(text, "scenario.toml")
    other = FLOWS.replace("261710", "261720")
    with pytest.raises(InputError) as told:
        file_scenarios(text, "scenario.toml", lambda _: other.encode())
    assert {one.code for one in told.value.findings} == {"ORL-1203", "ORL-1212"}
    with pytest.raises(InputError, match="sends to another"):
        mineral_scenarios(["germanium"], (), _asked("refining=811292:0.1"))
    with pytest.raises(InputError, match="write such as"):
        mineral_scenarios(["antimony"], (), _asked("mine=261710"))


def _asked(text: str) -> TradeAsked:
    return TradeAsked((text,))
