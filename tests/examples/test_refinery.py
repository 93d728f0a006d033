"""The flowsheet of the example chain, from three ores to magnets: it closes, also as a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from oreline.balance import balance_events
from oreline.design import (
    Flowsheet,
    Planning,
    ProductKind,
    Solution,
    months_from,
    planned_events,
    read_processes,
    solve,
    solve_flows,
    waterfall,
)
from oreline.record import Store, create_store, load_ledger, open_books
from oreline_testing.injected import FixedClock, FixedSalts

FOLDER = Path(__file__).parents[2] / "examples" / "pakistan-us"


def read(name: str) -> Flowsheet:
    sheet, findings = read_processes((FOLDER / name).read_text("utf-8"), name)
    assert sheet is not None, findings
    return sheet


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solve(read("processes.toml"))


def test_every_element_closes_from_ore_to_magnet(solution: Solution) -> None:
    assert len(solution.closure) == 27
    assert max(solution.closure.values()) <= 1e-12


@pytest.mark.parametrize("element", ["Cu", "Sb", "Nd", "Pr", "Dy", "Au", "S"])
def test_where_each_kilogram_goes_adds_up(solution: Solution, element: str) -> None:
    found = waterfall(solution, element)
    assert sum(found.share_of(kind) for kind in ProductKind) == pytest.approx(1)


def test_products_are_what_such_plants_sell(solution: Solution) -> None:
    """Magnets of 27 to 33 % rare earths, antimony of 99 %, cathode of 99.9 %."""
    magnets = solution.product("magnets")
    rare = sum(magnets.grade(name) or 0 for name in ("Pr", "Nd", "Dy", "Tb"))
    assert 0.27 < rare < 0.33
    assert (solution.product("antimony").grade("Sb") or 0) > 0.99
    assert (solution.product("cathode").grade("Cu") or 0) > 0.999


def test_swarf_that_comes_back_makes_more_magnets(solution: Solution) -> None:
    without = solve(read("designs/no-recycle.toml"))
    more = solution.product("magnets").dry_t_per_h / without.product("magnets").dry_t_per_h
    assert 1.15 < more < 1.45


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    sheet = read("processes.toml")
    sites = {unit.site for unit in sheet.units} | {feed.site for feed in sheet.feeds}
    sites |= {product.site for product in sheet.products}
    operators = dict.fromkeys(sites, "illus-operator") | {"illus-port-us": "illus-buyer"}
    planning = Planning("illus", "refinery", "planner", "processes.toml", operators, 7800.0)
    place = tmp_path_factory.mktemp("refinery") / "plan.db"
    header = {"id": "refinery", "tense": "planned"}
    with create_store(place, header, clock=FixedClock(), salt=FixedSalts()) as store:
        receipt = store.append(
            planned_events(solve_flows(sheet), planning, months_from(date(2027, 1, 1), 2))
        )
        assert not [finding for entry in receipt.entries for finding in entry.findings]
        yield store


@pytest.mark.parametrize("element", ["Cu", "Sb", "Nd", "Dy"])
def test_the_planned_ledger_of_it_closes_at_every_unit(plan: Store, element: str) -> None:
    table = balance_events(open_books(load_ledger(plan)), element).to_frame()
    entered = table["metal_in_low_mg"].max()
    assert isinstance(entered, int)
    open_mg = max(
        abs(table["metal_unaccounted_low_mg"]).max(), abs(table["metal_unaccounted_high_mg"]).max()
    )
    assert open_mg <= max(100, 2e-9 * entered)
