"""Derived ledgers read their parent up to a point and never write to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from oreline.model import InputError, LedgerError, VerificationError
from oreline.record import Store, create_store, derive_store, load_ledger, open_books

Clock = Callable[[], datetime]
Salts = Callable[[], str]


def _event(identity: str, time: str, lot: str, tonnes: str, basis: str) -> dict[str, Any]:
    mass = {"value": tonnes, "unit": "t", "basis": basis}
    grade = {"analyte": "Sb", "value": "10", "unit": "%", "basis": basis}
    line = {"lot": lot, "material": "ore", "continuing": True, "dry": mass, "grades": [grade]}
    return {
        "schema": "extract/1",
        "id": identity,
        "time": time,
        "actor": "a",
        "site": "mine",
        "body": {"outputs": [line]},
    }


@pytest.fixture
def actual(tmp_path: Path, clock: Clock, salts: Salts) -> Store:
    header = {"id": "actual", "tense": "actual"}
    store = create_store(tmp_path / "a.db", header, clock=clock, salt=salts)
    store.append([_event("e1", "2020-01-01T00:00:00Z", "m:PILE", "100", "measured")])
    return store


def test_a_planned_ledger_reads_its_parent_and_writes_only_itself(
    actual: Store, tmp_path: Path, clock: Clock, salts: Salts
) -> None:
    before = actual.root()
    plan = derive_store(
        actual, tmp_path / "p.db", identity="plan", tense="planned", clock=clock, salt=salts
    )
    plan.append([_event("p1", "2099-01-01T00:00:00Z", "m:PILE", "50", "planned")])
    books = open_books(load_ledger(plan, parent=actual))
    assert books.book("Sb").stock_metal.tolist() == [[15_000_000_000, 15_000_000_000]]
    assert actual.root() == before
    assert actual.size() == 1


def test_what_is_kept_whole_of_the_parent_stands_below_zero(
    actual: Store, tmp_path: Path, clock: Clock, salts: Salts
) -> None:
    """Its number in its own log may be that of an event of the plan."""
    body = {"type": "permit", "subject": "mine", "statement": "granted"}
    said = {"schema": "attest/1", "id": "said", "time": "2020-01-02T00:00:00Z", "actor": "a"}
    actual.append([{**said, "body": body}])
    plan = derive_store(
        actual, tmp_path / "p.db", identity="plan", tense="planned", clock=clock, salt=salts
    )
    plan.append([_event(f"p{n}", "2099-01-01T00:00:00Z", "m:PILE", "5", "planned") for n in (1, 2)])
    plan.append([{**said, "id": "planned-to-say", "time": "2099-01-01T00:00:00Z", "body": body}])
    ledger = load_ledger(plan, parent=actual)
    assert {event["id"]: event["seq"] for event in ledger.other} == {
        "said": -1, "planned-to-say": 2,
    }  # fmt: skip
    assert all(ledger.event(event["seq"])["id"] == event["id"] for event in ledger.other)


def test_what_the_parent_learns_later_does_not_enter_the_plan(
    actual: Store, tmp_path: Path, clock: Clock, salts: Salts
) -> None:
    plan = derive_store(
        actual, tmp_path / "p.db", identity="plan", tense="planned", clock=clock, salt=salts
    )
    actual.append([_event("e2", "2020-01-02T00:00:00Z", "m:PILE", "900", "measured")])
    books = open_books(load_ledger(plan, parent=actual))
    assert books.book("Sb").stock_metal.tolist() == [[10_000_000_000, 10_000_000_000]]


def test_the_future_is_refused_in_the_actual_tense_only(actual: Store) -> None:
    with pytest.raises(LedgerError, match="ORL-0201"):
        actual.append([_event("e9", "2099-01-01T00:00:00Z", "m:PILE", "1", "measured")])


def test_another_ledger_is_not_taken_for_the_parent(
    actual: Store, tmp_path: Path, clock: Clock, salts: Salts
) -> None:
    plan = derive_store(
        actual, tmp_path / "p.db", identity="plan", tense="planned", clock=clock, salt=salts
    )
    header = {"id": "other", "tense": "actual"}
    other = create_store(tmp_path / "o.db", header, clock=clock, salt=salts)
    with pytest.raises(VerificationError, match="derived from actual"):
        load_ledger(plan, parent=other)
    same_name = create_store(
        tmp_path / "s.db", {"id": "actual", "tense": "actual"}, clock=clock, salt=salts
    )
    with pytest.raises(VerificationError, match="fewer events"):
        load_ledger(plan, parent=same_name)
    same_name.append([_event("x", "2020-01-01T00:00:00Z", "m:PILE", "1", "measured")])
    with pytest.raises(VerificationError, match="rewritten"):
        load_ledger(plan, parent=same_name)


def test_a_derived_ledger_is_not_read_without_its_parent(
    actual: Store, tmp_path: Path, clock: Clock, salts: Salts
) -> None:
    plan = derive_store(
        actual, tmp_path / "p.db", identity="plan", tense="scenario", clock=clock, salt=salts
    )
    with pytest.raises(InputError, match="open that too"):
        load_ledger(plan)
    with pytest.raises(InputError, match="planned or scenario"):
        derive_store(actual, tmp_path / "q.db", identity="q", tense="actual")
