"""A plan as events: one for each unit and year, that close; lots are made and used once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from plan_texts import TINY, problem_of, random_plan

from oreline.model import InputError, mass_mg
from oreline.plan import LedgerWriting, Plan, make_plan, plan_events

OPERATORS = {"pit": "north", "works": "north", "port": "south"}
WRITING = LedgerWriting("north", "plan", "planner", OPERATORS)


@pytest.fixture(scope="module", params=[2, 3])
def plan(request: pytest.FixtureRequest) -> Plan:
    """Return a plan in which something flows."""
    made = make_plan(problem_of(random_plan(request.param, years=6)))
    assert made.schedule.of("run")
    return made


def dry(line: dict[str, Any]) -> int:
    """Return the dry mass of a line in milligrams."""
    return mass_mg(line["dry"]["value"], line["dry"]["unit"])


def test_every_run_of_a_year_is_one_event(plan: Plan) -> None:
    events = plan_events(plan, WRITING)
    made = Counter(one["schema"] for one in events)
    runs = {(one.name, one.detail, one.year) for one in plan.schedule.of("run")}
    draws = {run for run in runs if run[0] == "mine"}
    assert made["extract/1"] == len(draws)
    assert made["process/1"] == len(runs - draws)
    assert len({one["id"] for one in events}) == len(events)
    assert [one["time"] for one in events] == sorted(one["time"] for one in events)


def test_what_enters_a_unit_leaves_it_to_the_milligram(plan: Plan) -> None:
    for event in plan_events(plan, WRITING):
        if event["schema"] == "process/1":
            body = event["body"]
            leaves = sum(map(dry, (*body["outputs"], *body.get("losses", ()))))
            assert sum(map(dry, body["inputs"])) == leaves


def test_no_lot_is_used_before_it_is_made_or_twice(plan: Plan) -> None:
    made: set[str] = set()
    used: Counter[str] = Counter()
    for event in plan_events(plan, WRITING):
        body = event["body"]
        if event["schema"] in ("process/1", "blend/1", "split/1"):
            for line in body["inputs"]:
                assert line["lot"] in made, f"{event['id']} uses {line['lot']} before it is made"
                used[line["lot"]] += 1
        new = [line["lot"] for line in body.get("outputs", ())]
        assert not made & set(new)
        made |= set(new)
    assert max(used.values()) == 1


def test_tailings_hold_what_the_concentrate_does_not() -> None:
    text = TINY.replace(
        "rates = { ore = -1, concentrate = 0.18, tailings = 0.8 }",
        'rates = { ore = -1 }\nrest = "tailings"\n'
        'recovers = [{ material = "concentrate", element = "Sb", recovery = "90 %" }]',
    ).replace('id = "tailings"\ngrades = { Sb = "1 %" }', 'id = "tailings"')
    plan = make_plan(problem_of(text))
    (balance,) = plan.balances()
    assert balance.delivered_t == pytest.approx(0.9 * balance.drawn_t)
    assert balance.discarded_t == pytest.approx(0.1 * balance.drawn_t)
    assert balance.lost_t == 0
    (event, *_) = [one for one in plan_events(plan, WRITING) if one["schema"] == "process/1"]
    tailings = next(one for one in event["body"]["outputs"] if one["material"] == "tailings")
    # 10 kt Sb of 100 kt ore: 1 kt goes into 82 kt of tailings.
    assert float(tailings["grades"][0]["value"]) == pytest.approx(1 / 82, rel=1e-9)


def test_a_site_without_operator_is_told() -> None:
    plan = make_plan(problem_of(TINY))
    with pytest.raises(InputError) as raised:
        plan_events(plan, LedgerWriting("north", "plan", "planner", {"pit": "north"}))
    assert [one.code for one in raised.value.findings] == ["ORL-1115"]
