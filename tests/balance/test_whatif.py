"""What one other assay would change; the ledger itself stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from balance_ledgers import event, grade, ledger, line, mass

from oreline.balance import balance_events, what_if_grade
from oreline.model import InputError
from oreline.record import create_store, load_ledger, open_books, with_amendments

T = 10**9


def events() -> list[dict[str, Any]]:
    """Ore whose grade an assay gives, milled; u small enough for one tenth of a per cent."""
    concentrate = line("m:CON", dry=mass("42", u="0.1"), grades=[grade("Cu", "25", u="0.1")])
    tailings = line("m:TAIL", dry=mass("558", u="5"), grades=[grade("Cu", "0.25", u="0.01")])
    milled = {
        "inputs": [line("m:ORE", dry=mass("600", u="3"))],
        "outputs": [concentrate, tailings],
    }
    ore = line("m:ORE", dry=mass("1000", u="2"))
    assay = {"lot": "m:ORE", "role": "plant", "results": [grade("Cu", "2", u="0.02")]}
    return [
        event("extract", "e1", "2025-09-01", {"outputs": [ore]}, site="mine"),
        event("assay", "a1", "2025-09-02", assay),
        event("process", "p1", "2025-09-05", milled, site="mine"),
    ]


@pytest.mark.parametrize("subject", ["a1", "m:ORE"])
def test_one_lower_assay(subject: str) -> None:
    found = what_if_grade(ledger(events()), subject, "Cu", "1.9")
    assert (found.event, found.was, found.becomes, found.unit) == ("a1", "2", "1.9", "%")
    assert [(item.where, item.change_mg) for item in found.lots] == [("m:ORE", -T)]
    changes = {item.what: item.change_mg for item in found.events}
    assert changes == {"metal_in": -600_000_000, "metal_unaccounted": -600_000_000}
    assert [(item.before, item.after) for item in found.verdicts if item.where == "p1"] == [
        ("CLOSES", "DOES NOT CLOSE")
    ]
    sites = {(item.what, item.where): item.change_mg for item in found.sites}
    assert sites["extracted", "mine"] == -T
    assert sites["closing", "mine"] == -400_000_000
    assert sites["unaccounted", "mine"] == -600_000_000
    assert found.to_frame().height == len(found.lots) + len(found.events) + len(found.sites)
    assert found.to_json()["lots"][0]["after"]["low"] == "19"


def test_the_same_value_changes_nothing() -> None:
    found = what_if_grade(ledger(events()), "a1", "Cu", "2")
    assert (found.lots, found.events, found.sites, found.verdicts) == ((), (), (), ())


def test_a_grade_on_the_line_can_be_varied_too() -> None:
    found = what_if_grade(ledger(events()), "m:CON", "Cu", "24")
    assert found.event == "p1"
    assert [(item.where, item.change_mg) for item in found.lots] == [("m:CON", -420_000_000)]


def test_wrong_calls_are_refused() -> None:
    one = ledger(events())
    for subject, symbol, value in (("m:ORE", "Sb", "1"), ("nothing", "Cu", "1"), ("p1", "Cu", "1")):
        with pytest.raises(InputError):
            what_if_grade(one, subject, symbol, value)
    with pytest.raises(InputError, match="well formed"):
        what_if_grade(one, "a1", "Cu", "200")


def test_amendments_leave_the_stored_ledger_alone(tmp_path: Path, clock: Any, salts: Any) -> None:
    header = {"id": "real", "tense": "actual"}
    with create_store(tmp_path / "ledger.db", header, clock=clock, salt=salts) as store:
        store.append(events())
        before = load_ledger(store)
        size, root = store.size(), store.root()
        assay = before.find("a1")
        body = {**assay["body"], "results": [grade("Cu", "1", u="0.01")]}
        other = with_amendments(before, {1: {"body": body}})
        assert (store.size(), store.root()) == (size, root)
    assert before.find("a1") == assay
    assert other.find("a1")["body"]["results"][0]["value"] == "1"
    assert (other.header.tense, other.header.parent) == ("scenario", "real")
    assert other.header.parent_root == root.hex()
    metal = [balance_events(open_books(one), "Cu")["p1"].metal_in.low_mg for one in (before, other)]
    assert metal == [12 * T, 6 * T]
    with pytest.raises(InputError, match="position 99"):
        with_amendments(before, {99: {"body": body}})
