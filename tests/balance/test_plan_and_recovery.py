"""Actual against plan by a declared mapping, and recovery by declared stages."""

from __future__ import annotations

from typing import Any

import pytest
from balance_ledgers import books, event, grade, line, mass

from oreline.balance import actual_against_plan, recovery
from oreline.model import InputError

T = 10**9


def mined(lot: str, tonnes: str, day: str, **more: str) -> dict[str, Any]:
    """Extract ore at 2 %."""
    grades = [grade("Cu", "2", u="0", **more)]
    made = line(lot, material="ore", dry=mass(tonnes, u="1", **more), grades=grades)
    return event("extract", f"e-{lot[2:]}", day, {"outputs": [made]}, site="mine")


def test_actual_against_plan_by_declared_mapping() -> None:
    planned = books(
        [
            mined("p:SEP", "1000", "2025-09-15", basis="planned"),
            mined("p:OCT", "500", "2025-10-15", basis="planned"),
            mined("p:MORE", "1", "2025-10-15", basis="planned"),
        ]
    )
    actual = books(
        [
            mined("m:1", "400", "2025-09-10"),
            mined("m:2", "450", "2025-09-20"),
            mined("m:3", "600", "2025-11-01"),
            mined("p:SEP", "7", "2025-09-21"),
        ]
    )
    found = actual_against_plan(actual, planned, {"p:SEP": ["m:1", "m:2"], "p:OC*": ["m:3"]}, "Cu")
    rows = {row.month: row for row in found}
    assert rows["2025-09"].planned_metal.low_mg == 20 * T
    assert rows["2025-09"].actual_metal.low_mg == 17 * T
    assert rows["2025-09"].metal_less.low_mg == -3 * T
    assert rows["2025-09"].dry_less.low_mg == -150 * T
    assert rows["2025-10"].dry_less.low_mg == -500 * T
    assert rows["2025-11"].dry_less.low_mg == 600 * T
    assert rows["2025-09"].planned_metal.basis == "planned"
    assert found.unmapped_planned == ("p:MORE",)
    # The same name in both ledgers is no mapping.
    assert found.unmapped_actual == ("p:SEP",)
    assert found.to_frame().height == 3
    assert found.to_json()["rows"][0]["metal_less"]["low"] == "-3"


def test_ambiguous_or_idle_mappings_are_refused() -> None:
    planned, actual = books([mined("p:A", "1", "2025-09-15")]), books([])
    with pytest.raises(InputError, match="two entries"):
        actual_against_plan(actual, planned, {"p:A": [], "p:*": []}, "Cu")
    with pytest.raises(InputError, match="no planned lot"):
        actual_against_plan(actual, planned, {"p:B": []}, "Cu")


def circuit(*, declared: bool = True) -> list[dict[str, Any]]:
    """Rougher and cleaner: the cleaner's feed is made and taken within the circuit."""
    stages = {"ore": "mine", "rougher": "concentrate", "con": "concentrate", "tails": "tailings"}

    def material(name: str, stage: str) -> dict[str, Any]:
        body = {"type": "material", "id": name, "data": {"stage": stage}}
        return event("declare", f"declare-{name}", "2025-01-01", body)

    def out(lot: str, what: str, tonnes: str, percent: str) -> dict[str, Any]:
        grades = [grade("Cu", percent, u="0.01")]
        return line(lot, material=what, dry=mass(tonnes, u="0"), grades=grades)

    rough = {
        "unit": "rougher",
        "inputs": [line("m:ORE", all=True)],
        "outputs": [out("m:R", "rougher", "100", "15"), out("m:T1", "tails", "900", "0.5")],
    }
    clean = {
        "unit": "cleaner",
        "inputs": [line("m:R", all=True)],
        "outputs": [out("m:C", "con", "60", "24"), out("m:T2", "tails", "40", "1.5")],
    }
    return [
        *(material(*item) for item in stages.items() if declared),
        event(
            "extract",
            "e",
            "2025-08-01",
            {"outputs": [out("m:ORE", "ore", "1000", "2")]},
            site="mine",
        ),
        event("process", "p", "2025-09-01", rough, site="mine"),
        event("process", "q", "2025-09-02", clean, site="mine"),
    ]


def test_recovery_of_a_circuit_nets_its_intermediate_lots() -> None:
    (row,) = recovery(books(circuit()), "Cu")
    assert (row.feed_mg, row.product_mg) == (20 * T, 14_400_000_000)
    assert row.recovery is not None
    assert row.recovery.low == row.recovery.high == pytest.approx(0.72)
    # u: product 60 x 0.0001 / 20, feed 0.72 x 1000 x 0.0001 / 20
    assert row.recovery.u == pytest.approx((0.0003**2 + 0.0036**2) ** 0.5)


def test_recovery_of_each_unit() -> None:
    found = {row.circuit: row.recovery for row in recovery(books(circuit()), "Cu", by="unit")}
    assert {name: ratio and ratio.low for name, ratio in found.items()} == {
        "rougher": pytest.approx(0.75),
        "cleaner": pytest.approx(0.96),
    }


def test_recovery_needs_declared_stages() -> None:
    found = recovery(books(circuit(declared=False)), "Cu")
    (row,) = found
    assert row.recovery is None
    assert "not declared" in row.reason
    assert found.to_frame()["recovery_low"].to_list() == [None]
    assert found.to_json()["recoveries"][0]["recovery"] is None
