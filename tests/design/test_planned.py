"""A design as a planned ledger: the verbs of the actual one answer it, with the same metal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from oreline.balance import balance_events
from oreline.design import (
    Flowsheet,
    Planning,
    months_from,
    planned_events,
    read_processes,
    solve,
    solve_flows,
)
from oreline.model import InputError
from oreline.record import Store, create_store, load_ledger, open_books
from oreline.trace import Tracer, build_graph, trace_origins
from oreline_testing.injected import FixedClock, FixedSalts

TEXT = """
name = "Two sites, two recycles"
basis = "assumed"
source = "an example"
hours_per_year = 8000

[components]
elements = ["Cu", "S"]

[[feeds]]
id = "ore"
to = "rougher"
site = "mine"
material = "cu-ore"
dry_t_per_h = 120
grades = { Cu = "0.7 %", S = "0.9 %" }

[[feeds]]
id = "flux"
to = "smelter"
dry_t_per_h = 0.7
grades = { S = "0.3 %" }

[[units]]
id = "rougher"
site = "mill"
law = "split"
outlets = { concentrate = "cleaner", tailings = "tails" }
parameters.to_concentrate = { Cu = "93 %", S = "81 %", "*" = "7 %" }

[[units]]
id = "cleaner"
site = "mill"
law = "split"
outlets = { concentrate = "smelter", tailings = "rougher" }
parameters.to_concentrate = { Cu = "88.7 %", S = "86 %", "*" = "6.1 %" }

[[units]]
id = "smelter"
site = "smelter"
law = "split"
outlets = { metal = "copper", slag = "cleaner", gas = "stack" }
parameters.to_metal = { Cu = "97.3 %", "*" = "0.01 %" }
parameters.to_slag = { Cu = "2.6 %", S = "1 %", "*" = "99 %" }

[[products]]
id = "copper"
site = "buyer"

[[products]]
id = "tails"
kind = "waste"

[[products]]
id = "stack"
kind = "emission"
"""
OPERATORS = {"mine": "north", "mill": "north", "smelter": "south", "buyer": "west"}
PERIODS = months_from(date(2027, 1, 1), 3)


def flowsheet(text: str = TEXT) -> Flowsheet:
    found, findings = read_processes(text)
    assert found is not None, findings
    return found


def planning(**changed: Any) -> Planning:
    return Planning(
        **{
            "issuer": "north",
            "prefix": "plan",
            "actor": "planner",
            "source": "processes.toml",
            "operators": OPERATORS,
            "hours_per_year": 8000.0,
            **changed,
        }
    )


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    place = tmp_path_factory.mktemp("planned") / "plan.db"
    header = {"id": "plan", "tense": "planned"}
    with create_store(place, header, clock=FixedClock(), salt=FixedSalts()) as store:
        receipt = store.append(planned_events(solve_flows(flowsheet()), planning(), PERIODS))
        assert not [finding for entry in receipt.entries for finding in entry.findings]
        yield store


def test_there_is_one_process_event_for_each_unit_and_period(plan: Store) -> None:
    events = planned_events(solve_flows(flowsheet()), planning(), PERIODS)
    made = [event["body"]["unit"] for event in events if event["schema"] == "process/1"]
    assert made == ["rougher", "cleaner", "smelter"] * 3
    times = [event["time"] for event in events]
    assert times == sorted(times)


@pytest.mark.parametrize("element", ["Cu", "S"])
def test_every_event_closes_in_the_ledgers_own_balance(plan: Store, element: str) -> None:
    balances = balance_events(open_books(load_ledger(plan)), element).to_frame()
    assert balances.height == 9 + 4, "nine units; the opening and three months' returns stocked"
    # Lots of some 30,000 t hold elements to 1e-12 of their mass: 30 mg.
    assert balances["metal_unaccounted_low_mg"].abs().max() <= 200
    assert balances["metal_unaccounted_high_mg"].abs().max() <= 200
    assert balances["dry_unaccounted_low_mg"].to_list() == [0] * 13


def test_totals_are_those_of_the_design(plan: Store) -> None:
    """Copper in the product of a year's months is the design's rate times the hours."""
    sheet = flowsheet()
    rate = solve(sheet).product("copper").contained_t_per_h["Cu"]
    books = open_books(load_ledger(plan))
    tracer = Tracer(build_graph(books))
    held = 0
    for period in PERIODS:
        origins = trace_origins(tracer, f"north:plan-smelter-metal-{period.name}", "Cu")
        assert origins.metal_high_mg == origins.metal_low_mg
        held += origins.metal_low_mg
    hours = 8000 * sum((p.end - p.start).days for p in PERIODS) / 365
    assert held == pytest.approx(rate * hours * 1e9, abs=500)


def test_copper_of_the_product_comes_from_the_mine(plan: Store) -> None:
    tracer = Tracer(build_graph(open_books(load_ledger(plan))))
    origins = trace_origins(tracer, "north:plan-smelter-metal-2027-03", "Cu", ("site",))
    shares = {share.path: share.mass_low_mg for share in origins.shares}
    assert sum(shares.values()) == origins.metal_low_mg
    mined = sum(mass for path, mass in shares.items() if "mine" in path)
    assert 0.99 < mined / origins.metal_low_mg < 1, "the rest was on stock when the plan began"


def test_a_planned_product_is_on_its_way_to_who_takes_it(plan: Store) -> None:
    ledger = load_ledger(plan)
    event = ledger.find("plan-2027-01-smelter-metal-dispatch")
    assert event["party"] == "south"
    assert event["to_party"] == "west"


def test_what_a_ledger_needs_and_the_flowsheet_lacks_is_all_said_at_once() -> None:
    text = TEXT.replace('id = "rougher"\nsite = "mill"', 'id = "rougher"')
    with pytest.raises(InputError) as caught:
        planned_events(
            solve_flows(flowsheet(text)),
            planning(operators={"mine": "north"}, hours_per_year=0.0),
            PERIODS,
        )
    said = " ".join(finding.message for finding in caught.value.findings)
    assert "rougher stands at no site" in said
    assert "nobody operates smelter" in said
    assert "0.0 hours" in said


def test_a_period_is_a_month() -> None:
    with pytest.raises(InputError, match="whole months"):
        months_from(date(2027, 1, 2), 3)


def test_a_changed_rate_changes_the_ledger() -> None:
    """The core formula: mass is rate times hours; a plan of half the hours holds half."""
    flows = solve_flows(flowsheet())

    def tonnes(hours: float) -> float:
        events = planned_events(flows, planning(hours_per_year=hours), PERIODS[:1])
        (ore,) = [e for e in events if e["schema"] == "extract/1"]
        return float(ore["body"]["outputs"][0]["dry"]["value"])

    assert tonnes(8000) == pytest.approx(120 * 8000 * 31 / 365)
    assert tonnes(4000) == pytest.approx(tonnes(8000) / 2)


def test_two_streams_never_share_a_lot() -> None:
    text = TEXT.replace('id = "flux"', 'id = "smelter-slag"')
    with pytest.raises(InputError) as caught:
        planned_events(solve_flows(flowsheet(text)), planning(), PERIODS)
    (finding,) = caught.value.findings
    assert "smelter.slag and smelter-slag would name one lot" in finding.message
