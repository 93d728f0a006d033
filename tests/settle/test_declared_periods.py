"""Periods that a party declares on the ledger: by whom, until when, once, and corrected in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from parcels import daily
from shipped import SHIPMENT, event, terms

from oreline.model import InputError
from oreline.record import Ledger, create_store, derive_store, load_ledger
from oreline.settle import (
    Contract,
    DeclaredPeriods,
    Statement,
    declared_periods,
    find_shipment,
    parcel_of,
    period_acceptance_draft,
    period_draft,
    settling_of,
    statement_of,
)
from oreline_testing.injected import FixedClock, FixedSalts

M = {"kind": "month", "event": "arrival"}
PRICE: dict[str, Any] = {
    "id": "cu", "series": "lme-cu", "provisional": "last_published", "qp": {**M, "offset": 0},
    "options": [
        {"id": "m1", "by": "buyer", "qp": {**M, "offset": 1}, "declare_event": "shipment",
         "declare_within_days": 10},
        {"id": "s1", "by": "seller", "qp": {**M, "offset": 2}, "declare_event": "shipment",
         "declare_within_days": 10},
    ],
}  # fmt: skip
CONTRACT = terms(
    payables=[{"analyte": "Cu", "method": "pct", "pct": 96, "price": "cu"}],
    prices=[PRICE],
    assays={"rule": "seller"},
)
"""Shipped on 28 September: an option is declared until 8 October. Arrival is in November."""
SERIES = {"lme-cu": daily("2025-09-01", "2026-02-27")}
LATER = date(2026, 2, 27)


def declaration(
    identity: str = "told",
    text: str = "cu=m1",
    party: str = "ussm",
    day: str = "10-02",
    **more: Any,
) -> dict[str, Any]:
    body = {
        "type": "period-declared", "subject": "by-sea", "issuer": party, "statement": text,
        **more.pop("body", {}),
    }  # fmt: skip
    other = {"ussm": "fwo", "fwo": "ussm"}.get(party, "ussm")
    made = event(
        identity, "attest", day, body, party=party, to_party=other,
        extra={"settle.contract": "cu-1"}, **more,
    )  # fmt: skip
    assert isinstance(made, dict)
    return made


def correction(identity: str, target: str, day: str, text: str | None, party: str = "ussm") -> Any:
    body: dict[str, Any] = {"target": target, "action": "void", "reason": "mistaken"}
    if text is not None:
        changed = {**declaration(text=text)["body"]}
        body |= {"action": "replace", "replacement": {"body": changed}}
    return event(identity, "correct", day, body, party=party)


def logged(path: Path, steps: Sequence[tuple[str, Any]]) -> Ledger:
    """Return a ledger with the shipment, then events that stood in the log on some days."""
    clock = FixedClock(datetime(2025, 11, 25, tzinfo=UTC))
    header = {"id": "l", "tense": "actual"}
    with create_store(path / "l.db", header, clock=clock, salt=FixedSalts()) as store:
        # What was declared comes into the log first, as it did; the rest does not matter for days.
        clock.now = datetime(2025, 9, 29, tzinfo=UTC)
        store.append([one for one in by_time(SHIPMENT) if one["time"] < "2025-09-29"])
        for day, one in steps:
            clock.now = max(clock.now, datetime.fromisoformat(f"2025-{day}T12:00:00+00:00"))
            store.append([one])
        clock.now = datetime(2025, 11, 25, tzinfo=UTC)
        store.append([one for one in by_time(SHIPMENT) if one["time"] >= "2025-09-29"])
        return load_ledger(store)


def by_time(events: Sequence[Any]) -> list[Any]:
    return sorted(events, key=lambda one: one["time"])


def found(path: Path, *steps: tuple[str, Any], contract: Contract = CONTRACT) -> DeclaredPeriods:
    ledger = logged(path, steps)
    shipment = find_shipment(ledger, contract, "by-sea")
    days = parcel_of(ledger, contract, shipment, LATER).days
    return declared_periods(ledger, contract, shipment, days, LATER)


def statement(path: Path, *steps: tuple[str, Any], on: date = LATER) -> Statement:
    ledger = logged(path, steps)
    shipment = find_shipment(ledger, CONTRACT, "by-sea")
    return statement_of(settling_of(ledger, CONTRACT, shipment, SERIES, "final", on))


def month_of(made: Statement) -> str:
    return made.analytes[0].price_month


def test_a_declaration_in_time_prices_the_shipment(tmp_path: Path) -> None:
    made = statement(tmp_path, ("10-02", declaration()))
    assert made.status == "SETTLED", made.missing
    assert month_of(made) == "2025-12"
    assert any("m1 was declared by the buyer on 2025-10-02 (told)" in one for one in made.notes)
    (line,) = [one for one in made.lines if one.kind == "payable"]
    assert any(one.evidence == ("told",) for one in line.inputs)


def test_without_one_the_contracts_own_period_holds_after_the_deadline(tmp_path: Path) -> None:
    assert month_of(statement(tmp_path)) == "2025-11"


def test_until_the_deadline_nothing_is_final(tmp_path: Path) -> None:
    made = statement(tmp_path, on=date(2025, 10, 8))
    assert made.status == "NOT SETTLED"
    assert any("may still declare m1, until 2025-10-08" in one.why for one in made.missing)


@pytest.mark.parametrize(("day", "month"), [("10-08", "2025-12"), ("10-09", "2025-11")])
def test_a_late_declaration_leaves_the_contracts_own_period(
    day: str, month: str, tmp_path: Path
) -> None:
    made = statement(tmp_path, (day, declaration(day=day)))
    assert month_of(made) == month
    assert any("too late" in one for one in made.notes) == (day == "10-09")


def test_nobody_dates_a_declaration_back(tmp_path: Path) -> None:
    """It says 2 October and stood in the log on 20 October, when the prices were known."""
    assert month_of(statement(tmp_path, ("10-20", declaration()))) == "2025-11"


def test_what_the_other_party_accepts_counts_from_the_day_that_it_says(tmp_path: Path) -> None:
    told = declaration()
    accepted = {
        **event("yes", "attest", "10-21", {}),
        **period_acceptance_draft(told, "fwo"),
    }
    steps = (("10-20", told), ("10-21", accepted))
    assert month_of(statement(tmp_path, *steps)) == "2025-12"


def test_nobody_accepts_its_own(tmp_path: Path) -> None:
    told = declaration()
    with pytest.raises(InputError, match="was declared to fwo"):
        period_acceptance_draft(told, "ussm")
    forged = event(
        "yes", "attest", "10-21",
        {"type": "period-accepted", "subject": "told", "issuer": "ussm"}, party="ussm",
    )  # fmt: skip
    assert month_of(statement(tmp_path, ("10-20", told), ("10-21", forged))) == "2025-11"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (declaration(party="fwo"), "fwo declares m1, which the buyer, ussm, may declare"),
        (declaration(text="cu=s1"), "which the seller, fwo, may declare"),
        (declaration(text="cu=m9"), "cu has no option 'm9'"),
        (declaration(text="zn=m1"), "no price 'zn'"),
        (declaration(text=""), "no price ''"),
        (declaration(body={"issuer": "fwo"}), "not in the name of ussm"),
    ],
)
def test_who_is_not_entitled_declares_nothing(told: Any, why: str, tmp_path: Path) -> None:
    declared = found(tmp_path, ("10-02", told))
    assert declared.options == {}
    (remark,) = declared.remarks
    assert why in remark
    assert remark.startswith("told does not count")


def test_a_declaration_under_another_contract_or_shipment_is_none(tmp_path: Path) -> None:
    other = {**declaration("b"), "extra": {"settle.contract": "cu-2"}}
    another = declaration("a", body={"subject": "by-truck"})
    declared = found(tmp_path, ("10-02", other), ("10-02", another))
    assert (declared.options, declared.remarks) == ({}, ())


def test_the_first_declaration_holds_and_a_second_does_not_count(tmp_path: Path) -> None:
    both = (declaration(), declaration("fwos", "cu=s1", "fwo"))
    declared = found(tmp_path, *(("10-02", one) for one in both))
    assert declared.options["cu"].option == "m1"
    assert "fwos declares s1 of cu again; told holds" in declared.remarks[0]


TWO = terms(
    prices=[{**PRICE, "options": [PRICE["options"][0], {**PRICE["options"][1], "by": "buyer"}]}],
    payables=[{"analyte": "Cu", "method": "pct", "pct": 96, "price": "cu"}],
)


@pytest.mark.parametrize(
    ("day", "text", "party", "holds", "said"),
    [
        ("10-05", "cu=s1", "ussm", "s1", ""),
        ("10-09", "cu=s1", "ussm", "m1", "changed after 2025-10-08"),
        ("10-05", "cu=s1", "fwo", "m1", "in the name of fwo"),
        ("10-05", None, "ussm", None, ""),
        ("10-09", None, "ussm", "m1", "changed after 2025-10-08"),
        ("10-05", None, "fwo", "m1", "in the name of fwo"),
        ("10-05", "cu=m9", "ussm", None, "as corrected"),
    ],
)
def test_a_correction_counts_until_the_deadline_and_of_the_party_itself(
    day: str, text: str | None, party: str, holds: str | None, said: str, tmp_path: Path
) -> None:
    """Afterwards the prices are known: what was declared at first holds, taken back or not."""
    steps = (("10-02", declaration()), (day, correction("fix", "told", day, text, party)))
    declared = found(tmp_path, *steps, contract=TWO)
    options = {name: one.option for name, one in declared.options.items()}
    assert options == ({} if holds is None else {"cu": holds})
    assert any(said in one for one in declared.remarks) == bool(said)


def drafted(text: str, party: str, day: str, *steps: tuple[str, Any], path: Path) -> dict[str, Any]:
    ledger = logged(path, steps)
    shipment = find_shipment(ledger, CONTRACT, "by-sea")
    on = date.fromisoformat(f"2025-{day}")
    days = parcel_of(ledger, CONTRACT, shipment, on).days
    known = declared_periods(ledger, CONTRACT, shipment, days, on)
    return period_draft(CONTRACT, shipment, days, known, text, party, on)


def test_what_is_drafted_holds(tmp_path: Path) -> None:
    draft = drafted(" cu = m1", "ussm", "10-02", path=tmp_path)
    made = {**event("mine", "attest", "10-02", {}), **draft}
    other = tmp_path / "again"
    other.mkdir()
    assert found(other, ("10-02", made)).options["cu"].option == "m1"


@pytest.mark.parametrize(
    ("text", "party", "day", "why"),
    [
        ("cu=m1", "fwo", "10-02", "may declare"),
        ("cu=m1", "bank", "10-02", "may declare"),
        ("cu=m9", "ussm", "10-02", "has no option"),
        ("cu", "ussm", "10-02", "has no option ''"),
        ("cu=m1", "ussm", "10-09", "could be declared until 2025-10-08"),
    ],
)
def test_what_cannot_be_declared_is_refused_with_a_reason(
    text: str, party: str, day: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=why):
        drafted(text, party, day, path=tmp_path)


def test_a_second_declaration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="told has declared m1 of cu; correct it"):
        drafted("cu=m1", "ussm", "10-05", ("10-02", declaration()), path=tmp_path)


def test_a_deadline_is_over_at_midnight_of_the_place(tmp_path: Path) -> None:
    """2025-10-08 19:30 UTC is 9 October in Karachi: too late there, in time in UTC."""
    told = {**declaration(day="10-08"), "time": "2025-10-08T10:00:00Z"}
    clock = FixedClock(datetime(2025, 9, 29, tzinfo=UTC))
    header = {"id": "l", "tense": "actual"}
    with create_store(tmp_path / "l.db", header, clock=clock, salt=FixedSalts()) as store:
        store.append([one for one in by_time(SHIPMENT) if one["time"] < "2025-09-29"])
        clock.now = datetime(2025, 10, 8, 19, 30, tzinfo=UTC)
        store.append([told])
        clock.now = datetime(2025, 11, 25, tzinfo=UTC)
        store.append([one for one in by_time(SHIPMENT) if one["time"] >= "2025-09-29"])
        ledger = load_ledger(store)
    shipment = find_shipment(ledger, CONTRACT, "by-sea")
    for zone, month in ((None, "2025-12"), ("Asia/Karachi", "2025-11")):
        calendar = None if zone is None else {"time_zone": zone}
        contract = CONTRACT.model_validate(
            {**CONTRACT.model_dump(by_alias=True), "calendar": calendar}
        )
        made = statement_of(settling_of(ledger, contract, shipment, SERIES, "final", LATER))
        assert month_of(made) == month, zone


def test_a_planned_ledger_reads_what_its_parent_was_told(tmp_path: Path) -> None:
    """Positions of the parent's events lie below zero there; a declaration is found as well."""
    clock = FixedClock(datetime(2025, 10, 2, tzinfo=UTC))
    header = {"id": "l", "tense": "actual"}
    early = [one for one in by_time(SHIPMENT) if one["time"] < "2025-09-29"]
    with create_store(tmp_path / "l.db", header, clock=clock, salt=FixedSalts()) as parent:
        parent.append([*early, declaration(day="10-01")])
        plan = tmp_path / "plan.db"
        with derive_store(parent, plan, identity="plan", tense="planned", clock=clock) as store:
            later = [one for one in by_time(SHIPMENT) if one["time"] >= "2025-09-29"]
            store.append(later)
            ledger = load_ledger(store, parent=parent)
    shipment = find_shipment(ledger, CONTRACT, "by-sea")
    made = statement_of(settling_of(ledger, CONTRACT, shipment, SERIES, "final", LATER))
    assert month_of(made) == "2025-12", made.notes


def test_as_of_a_day_before_nothing_was_declared(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2025, 10, 2, 12, tzinfo=UTC))
    header = {"id": "l", "tense": "actual"}
    early = [one for one in by_time(SHIPMENT) if one["time"] < "2025-09-29"]
    with create_store(tmp_path / "l.db", header, clock=clock, salt=FixedSalts()) as store:
        store.append([*early, declaration()])
        for moment, told in (("2025-10-01", {}), ("2025-10-03", {"cu": "m1"})):
            ledger = load_ledger(store, as_of=moment)
            shipment = find_shipment(ledger, CONTRACT, "by-sea")
            days = parcel_of(ledger, CONTRACT, shipment, LATER).days
            found_ = declared_periods(ledger, CONTRACT, shipment, days, LATER)
            assert {name: one.option for name, one in found_.options.items()} == told
