"""Accounts of sites: a worked example, laws over random plants, and what looks odd."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from balance_ledgers import books, event, grade, line, mass
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plants import plants

from oreline.balance import CHAIN, IN_TRANSIT, NOT_STATED, Verdict, balance_events, balance_sites
from oreline.balance._site_terms import FLOWS, SIGNS
from oreline.model import InputError

T = 10**9
Event = dict[str, Any]


def year(unit: str = "t") -> list[Event]:
    """Ore is mined in September, milled and counted in October, the concentrate sold later."""
    scale = {"t": Decimal(1), "kg": Decimal(1000)}[unit]

    def heavy(value: str, u: str) -> dict[str, str]:
        return mass(str(Decimal(value) * scale), unit, u=str(Decimal(u) * scale))

    ore = line("m:ORE", dry=heavy("1000", "2"), grades=[grade("Cu", "2", u="0.02")])
    concentrate = line("m:CON", dry=heavy("42", "0.1"), grades=[grade("Cu", "25", u="0.1")])
    tailings = line("m:TAIL", dry=heavy("558", "5"), grades=[grade("Cu", "0.25", u="0.01")])
    milled = {
        "inputs": [line("m:ORE", dry=heavy("600", "3"))],
        "outputs": [concentrate, tailings],
    }
    sold = {"inputs": [line("m:CON", all=True)], "purpose": "sold"}
    moved = {"lots": [line("m:ORE")]}
    return [
        event("extract", "e1", "2025-09-01", {"outputs": [ore]}, site="mine"),
        event("dispatch", "d1", "2025-09-02", moved, site="mine", to_site="mill"),
        event("receive", "r1", "2025-10-02", moved, site="mill"),
        event("process", "p1", "2025-10-05", milled, site="mill"),
        event("count", "c1", "2025-10-20", {"lot": "m:ORE", "dry": heavy("395", "4")}, site="mill"),
        event("consume", "s1", "2025-11-20", sold, site="mill"),
    ]


def test_worked_example() -> None:
    found = balance_sites(books(year()), "Cu")
    row = found.at("mill", "2025-10")
    assert row is not None
    expected = {
        "opening": 0,
        "extracted": 0,
        "received": 20_000_000_000,
        "moved_in": 0,
        "produced": 11_895_000_000,
        "drawn": 12_000_000_000,
        "consumed": 0,
        "lost": 0,
        "dispatched": 0,
        "moved_out": 0,
        "count_difference": -100_000_000,
        "adjustment": 0,
        "closing": 19_795_000_000,
        "process_unaccounted": 105_000_000,
        "unaccounted": 205_000_000,
    }
    assert {name: getattr(row, name).low_mg for name in expected} == expected
    assert {name: getattr(row, name).high_mg for name in expected} == expected
    # Drawn and counted shares of the ore cancel: M - products - found, so in t^2
    # 0.0416 + 0.002389 + 0.00326989 + 0.0064 = 0.05365889.
    assert row.unaccounted.u_mg == pytest.approx(0.05365889**0.5 * T, rel=1e-9)
    assert row.verdict == Verdict.CLOSES
    assert row.accountability is not None
    assert row.accountability.low == pytest.approx(1 - 0.205 / 20)
    assert row.accountability.to_json()["low"] == "98.975"
    between = found.at(IN_TRANSIT, "2025-09")
    assert between is not None
    assert between.closing.low_mg == 20 * T
    assert [row.closing.low_mg for row in found.chain] == [20 * T, 19_795_000_000, 9_295_000_000]
    assert found.findings == ()


def test_unaccounted_is_in_less_out_less_stock_change_less_lost() -> None:
    for row in balance_sites(books(year()), "Cu"):
        into = row.extracted.low_mg + row.received.low_mg + row.moved_in.low_mg
        out = row.consumed.low_mg + row.dispatched.low_mg + row.moved_out.low_mg
        change = row.closing.low_mg - row.opening.low_mg
        assert row.unaccounted.low_mg == into - out - change - row.lost.low_mg


def test_units_do_not_matter() -> None:
    tonnes, kilograms = (balance_sites(books(year(unit)), "Cu") for unit in ("t", "kg"))
    assert tonnes == kilograms


def test_json_is_decimal_text() -> None:
    written = balance_sites(books(year()), "Cu").to_json("kg")
    mill = next(
        row for row in written["sites"] if (row["site"], row["period"]) == ("mill", "2025-10")
    )
    assert mill["closing"]["low"] == "19795"
    assert mill["closing"]["unit"] == "kg"
    assert not re.search(r'"(low|high|u|u95)":\s*[0-9]', json.dumps(written))


def test_stock_uncertainty_follows_the_lots() -> None:
    found = balance_sites(books(year()), "Cu").at("mill", "2025-11")
    assert found is not None
    # The counted ore (0.02 x 4) and the tailings.
    assert found.closing.u_mg == pytest.approx((0.0064 + 0.00326989) ** 0.5 * T)


def test_draws_of_one_lot_are_as_uncertain_together_as_the_lot() -> None:
    """Ten draws of a tenth rest on one assay; added as if independent they would seem 3 x surer."""
    ore = line("m:ORE", dry=mass("1000", u="0"), grades=[grade("Cu", "2", u="0.02")])
    events = [event("extract", "e", "2025-08-01", {"outputs": [ore]}, site="s")]
    for n in range(10):
        made = line(f"m:C{n}", dry=mass("5", u="0.05"), grades=[grade("Cu", "38", u="0.3")])
        body = {"inputs": [line("m:ORE", dry=mass("100", u="0"))], "outputs": [made]}
        events.append(event("process", f"p{n}", f"2025-09-0{n % 9 + 1}", body, site="s"))
    found = balance_sites(books(events), "Cu").at("s", "2025-09")
    assert found is not None
    rng = np.random.default_rng(7)
    n = 200_000
    drawn = 1000 * rng.normal(0.02, 0.0002, n)
    for _ in range(10):
        drawn -= rng.normal(5, 0.05, n) * rng.normal(0.38, 0.003, n)
    assert found.unaccounted.u_mg is not None
    assert found.unaccounted.u_mg / T == pytest.approx(np.std(drawn), rel=0.05)
    assert found.drawn.u_mg == pytest.approx(0.2 * T)


def test_intermediate_lots_bring_no_uncertainty() -> None:
    ore = line("m:A", dry=mass("100", u="0"), grades=[grade("Cu", "2", u="0.01")])
    middle = line("m:B", dry=mass("50", u="0"), grades=[grade("Cu", "4", basis="reported")])
    last = line("m:C", dry=mass("10", u="0"), grades=[grade("Cu", "20", u="0.1")])
    events = [
        event("extract", "e", "2025-09-01", {"outputs": [ore]}, site="s"),
        event(
            "process",
            "p",
            "2025-09-02",
            {"inputs": [line("m:A", all=True)], "outputs": [middle]},
            site="s",
        ),
        event(
            "process",
            "q",
            "2025-09-03",
            {"inputs": [line("m:B", all=True)], "outputs": [last]},
            site="s",
        ),
    ]
    assert balance_events(books(events), "Cu")["p"].verdict == Verdict.UNKNOWN
    row = balance_sites(books(events), "Cu").at("s", "2025-09")
    assert row is not None
    assert row.verdict == Verdict.CLOSES
    assert row.unaccounted.u_mg == pytest.approx((0.01**2 + 0.01**2) ** 0.5 * T)


def test_use_without_receipt_is_shown_as_moved_unrecorded() -> None:
    events = [item for item in year() if item["id"] != "r1"]
    found = balance_sites(books(events), "Cu")
    row = found.at("mill", "2025-10")
    assert row is not None
    assert row.moved_in.low_mg == 12 * T
    transit = found.at(IN_TRANSIT, "2025-10")
    assert transit is not None
    assert transit.moved_out.low_mg == 12 * T
    assert {finding.code for finding in found.findings} == {"ORL-0502"}


def test_overdrawn_lot_makes_the_period_unknown_and_says_so() -> None:
    events = year()
    events[3]["body"]["inputs"] = [line("m:ORE", dry=mass("1100", u="3"))]
    del events[4]
    found = balance_sites(books(events), "Cu")
    row = found.at("mill", "2025-10")
    assert row is not None
    assert row.negative_lots == 1
    assert row.verdict == Verdict.UNKNOWN
    assert "m:ORE" in row.reason
    assert "ORL-0503" in {finding.code for finding in found.findings}
    later = found.at("mill", "2025-11")
    assert later is not None
    assert later.verdict == Verdict.UNKNOWN
    assert later.reason == "the book stock of 1 lot is below zero"


def test_taking_all_of_less_than_nothing_is_shown() -> None:
    events = year()
    events[3]["body"]["inputs"] = [line("m:ORE", dry=mass("1100", u="3"))]
    gone = {"inputs": [line("m:ORE", all=True)], "purpose": "disposed"}
    events[4] = event("consume", "c1", "2025-10-20", gone, site="mill")
    row = balance_sites(books(events), "Cu").at("mill", "2025-10")
    assert row is not None
    # Whether the book calls it a draw of less than nothing or an adjustment, it is shown.
    assert row.adjustment.low_mg - row.consumed.low_mg == 2 * T
    assert row.verdict == Verdict.UNKNOWN


def test_event_without_site_and_lot_without_making() -> None:
    events = year()
    del events[5]["site"]
    moved = {"lots": [line("x:SENT", dry=mass("5", u="0"))]}
    events.append(event("dispatch", "d2", "2025-11-21", moved, site="mill"))
    found = balance_sites(books(events), "Cu")
    codes = {finding.code: finding.where for finding in found.findings}
    assert codes["ORL-0501"] == "s1"
    assert codes["ORL-0504"] == "d2"
    row = found.at(NOT_STATED, "2025-11")
    assert row is not None
    assert row.consumed.low_mg == 10_500_000_000
    transit = found.at(IN_TRANSIT, "2025-11")
    assert transit is not None
    assert transit.closing.high_mg is None


def test_a_lot_that_nobody_made_enters_where_it_is_received() -> None:
    events = year()
    before = balance_sites(books(events), "Cu").at("mill", "2025-11")
    bought = line("x:BOUGHT", dry=mass("5", u="0"), grades=[grade("Cu", "20", u="0")])
    events.append(event("receive", "r2", "2025-11-21", {"lots": [bought]}, site="mill"))
    after = balance_sites(books(events), "Cu").at("mill", "2025-11")
    assert before is not None
    assert after is not None
    assert after.received.low_mg == before.received.low_mg + T
    assert after.closing.low_mg == before.closing.low_mg + T
    assert after.verdict == before.verdict


def test_lot_that_nobody_made_is_known_by_the_grade_of_its_draw() -> None:
    drawn = line("x:IN", dry=mass("100", u="1"), grades=[grade("Cu", "30", u="0.3")])
    made = line("m:OUT", dry=mass("30", u="0"), grades=[grade("Cu", "99", u="0")])
    body = {"inputs": [drawn], "outputs": [made]}
    events = [event("process", "p", "2025-09-01", body, site="s")]
    found = balance_events(books(events), "Cu")["p"]
    assert found.metal_in.low_mg == found.metal_in.high_mg == 30 * T
    assert found.metal_in.u_mg == pytest.approx((0.3**2 + 0.3**2) ** 0.5 * T)
    assert found.verdict == Verdict.CLOSES


def test_time_zone_decides_the_month() -> None:
    ore = line("m:ORE", dry=mass("1", u="0"), grades=[grade("Cu", "2", u="0")])
    events = [event("extract", "e", "2025-08-31T20:00:00Z", {"outputs": [ore]}, site="s")]
    assert [row.period for row in balance_sites(books(events), "Cu")] == ["2025-08"]
    local = balance_sites(books(events), "Cu", time_zone="Asia/Karachi")
    assert [(row.period, row.start) for row in local] == [("2025-09", "2025-08-31T19:00:00Z")]
    span = balance_sites(books(events), "Cu", period=("2025-09-01", "2025-09-02"))
    assert [row.opening.low_mg for row in span] == [20_000_000]


@pytest.mark.parametrize(
    "options",
    [
        {"period": "week"},
        {"period": ("2025-09-02", "2025-09-01")},
        {"period": ("soon", "2025-09-01")},
        {"time_zone": "Mars/Base"},
        {"site": "nowhere"},
    ],
)
def test_wrong_calls_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        balance_sites(books(year()), "Cu", **options)


def test_dry_mass_has_accounts_too() -> None:
    row = balance_sites(books(year()), "dry").at("mill", "2025-10")
    assert row is not None
    assert (row.drawn.low_mg, row.produced.low_mg) == (600 * T, 600 * T)
    assert row.count_difference.low_mg == -5 * T


def test_empty_ledger() -> None:
    assert len(balance_sites(books([]), "Cu")) == 0
    assert len(balance_events(books([]), "Cu")) == 0


MOVES = ("received", "dispatched", "moved_in", "moved_out")
SUMS = ("opening", "closing", "process_unaccounted", "unaccounted")
ADDITIVE = (*(name for name in FLOWS if name not in MOVES), *SUMS)


@settings(max_examples=60)
@given(plants())
def test_known_plants_close_to_the_milligram_and_sites_sum_to_the_chain(
    events: list[Event],
) -> None:
    opened = books(events)
    found = balance_sites(opened, "Cu")
    for row in (*found.rows, *found.chain):
        book = row.opening.low_mg
        for name, sign in SIGNS.items():
            assert getattr(row, name).is_known
            book += sign * getattr(row, name).low_mg
        assert book == row.closing.low_mg == row.closing.high_mg
        assert row.adjustment.low_mg == 0
    for whole in found.chain:
        parts = [row for row in found.rows if row.period == whole.period]
        for name in ADDITIVE:
            total = sum(getattr(row, name).low_mg for row in parts)
            assert total == getattr(whole, name).low_mg, name
        into = sum(row.received.low_mg + row.moved_in.low_mg for row in parts)
        assert into == sum(row.dispatched.low_mg + row.moved_out.low_mg for row in parts)
    by_event = sum(row.metal_unaccounted.low_mg for row in balance_events(opened, "Cu"))
    assert by_event == sum(row.process_unaccounted.low_mg for row in found.chain)


@settings(max_examples=40)
@given(plants())
def test_final_stock_is_that_of_the_book(events: list[Event]) -> None:
    opened = books(events)
    chain = balance_sites(opened, "Cu", period="year").chain
    assert chain[-1].closing.low_mg == int(opened.book("Cu").stock_metal[:, 0].sum())
    assert chain[-1].site == CHAIN
    u = chain[-1].closing.u_mg
    book_u = float(np.sqrt(np.sum(opened.book("Cu").stock_metal_u ** 2)))
    # Sums of variances keep 12 digits of the greatest: 1 kg beside lots of 10,000 t.
    assert u == pytest.approx(book_u, rel=1e-3, abs=1e6)


@settings(max_examples=40)
@given(plants(), st.integers(2, 27))
def test_two_halves_of_a_period_give_the_whole(events: list[Event], day: int) -> None:
    opened = books(events)
    start, cut, end = "2025-01-01", f"2025-02-{day:02}", "2025-06-01"
    whole, first, second = (
        {row.site: row for row in balance_sites(opened, "Cu", period=span)}
        for span in ((start, end), (start, cut), (cut, end))
    )
    assert set(whole) >= set(first) | set(second)
    for site, row in whole.items():
        for name in (*FLOWS, "unaccounted"):
            halves = [getattr(half[site], name).low_mg for half in (first, second) if site in half]
            assert sum(halves) == getattr(row, name).low_mg, name
        closing = second[site].closing.low_mg if site in second else 0
        assert closing == row.closing.low_mg
