"""Days of a contract: its time zone with summer time, its weekend and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parcels import copper
from shipped import LOT, SHIPMENT, assay, event, percent, sampled, terms
from test_terms_mutations import altered

from oreline.record import Ledger, create_store, load_ledger
from oreline.settle import (
    Calendar,
    Contract,
    Exchange,
    calendar_of,
    contradictions,
    event_day,
    exchange_log,
    exchange_of,
    exchange_rule,
    parcel_of,
    parties_of,
    read_contract,
)
from oreline_testing.injected import FixedClock, FixedSalts

MISSOURI, KARACHI = "America/Chicago", "Asia/Karachi"


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        # Summer time ended in Missouri on 2 November 2025 at 07:00 UTC: UTC-5, then UTC-6.
        (MISSOURI, "2025-11-01T04:59:59Z", "2025-10-31"),
        (MISSOURI, "2025-11-01T05:00:00Z", "2025-11-01"),
        (MISSOURI, "2025-12-01T05:30:00Z", "2025-11-30"),
        (MISSOURI, "2025-12-01T06:00:00Z", "2025-12-01"),
        (MISSOURI, "2025-11-02T06:30:00Z", "2025-11-02"),
        (KARACHI, "2025-12-31T19:00:00Z", "2026-01-01"),
        (KARACHI, "2025-12-31T18:59:59.999999Z", "2025-12-31"),
        ("UTC", "2025-12-31T23:59:59Z", "2025-12-31"),
    ],
)
def test_a_moment_lies_on_the_day_of_the_place(zone: str, moment: str, day: str) -> None:
    assert Calendar(zone).text_of(moment) == day


@given(st.integers(0, 10 * 365 * 86_400))
def test_days_against_the_clock_of_the_place(second: int) -> None:
    """The day begins and ends at midnight of the place, 23 to 25 hours later."""
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    day = Calendar(MISSOURI).day_of(moment)
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(MISSOURI)).astimezone(UTC)
    assert midnight <= moment < midnight + timedelta(hours=25)


OFF = {"weekend": ["saturday", "sunday"], "holidays": ["2025-12-25", "2025-12-26"]}


def made(**changes: Any) -> Calendar:
    return calendar_of(terms(calendar={**OFF, **changes}).calendar)


@pytest.mark.parametrize(
    ("start", "days", "changes", "last"),
    [
        ("2025-12-10", 15, {"counts": "calendar_days", "last_day": "stands"}, "2025-12-25"),
        # 25 and 26 December, then a Saturday and a Sunday.
        ("2025-12-10", 15, {"last_day": "next_business_day"}, "2025-12-29"),
        ("2025-12-19", 3, {"counts": "business_days"}, "2025-12-24"),
        ("2025-12-19", 4, {"counts": "business_days"}, "2025-12-29"),
        ("2025-12-25", 0, {"counts": "business_days"}, "2025-12-25"),
        ("2025-12-25", 0, {"last_day": "next_business_day"}, "2025-12-29"),
    ],
)
def test_the_last_day(start: str, days: int, changes: dict[str, Any], last: str) -> None:
    found = made(**changes).after(date.fromisoformat(start), days)
    assert found.isoformat() == last


@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(0, 60))
def test_business_days_are_counted_one_by_one(start: date, days: int) -> None:
    calendar = made(counts="business_days")
    last = calendar.after(start, days)
    between = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert sum(1 for day in between if calendar.is_business(day)) == days
    assert days == 0 or calendar.is_business(last)


def open_in(**changes: Any) -> dict[str, tuple[str, ...]]:
    assays = {"rule": "exchange", "deadline_days": 45, "late": "none"}
    contract = copper(calendar=changes, assays=assays)
    found = contradictions(contract)
    told = {one.clause: tuple(str(reading) for reading in one.readings) for one in found}
    return {clause: readings for clause, readings in told.items() if "calendar" in clause}


def test_a_calendar_that_can_be_read_in_two_ways_is_refused() -> None:
    assert open_in(time_zone=MISSOURI) == {}
    assert open_in(**OFF, counts="calendar_days", last_day="stands") == {}
    assert open_in(**OFF, counts="business_days") == {}
    both = open_in(**OFF)
    # 45 days after 22 January 2025 are Saturday, 8 March.
    assert both["calendar.last_day"] == (
        "it stands: 2025-03-08", "the next business day is the last: 2025-03-10",
    )  # fmt: skip
    assert both["calendar.counts"][0] == "calendar days: 2025-03-08"
    assert "calendar.counts" in open_in(counts="business_days")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('time_zone = "Karachi"', "no time zone Karachi is known"),
        ('time_zone = "../etc/passwd"', "no time zone"),
        ('time_zone = "Asia"', "no time zone"),
        ("holidays = [2025-02-30]", ""),
        ('holidays = ["2025-02-30"]', "no calendar has the day"),
        ('weekend = ["caturday"]', "is not monday"),
        (
            'weekend = ["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]',
            "",
        ),
    ],
)
def test_what_no_calendar_has_is_refused(line: str, words: str) -> None:
    text = f'id = "c"\n[calendar]\n{line}\n'
    contract, findings = read_contract(text, "c.toml")
    assert contract is None
    told = [one for one in findings if "calendar" in one.message or one.where == "c.toml:3"]
    assert told or not words.startswith("no calendar")
    assert any(words in one.message for one in findings), findings


def exchanged(path: Path, calendar: dict[str, Any] | None, moments: dict[str, str]) -> Exchange:
    """Return the exchange of a lot that was sampled on 31 October in the evening of Missouri.

    ``moments`` says when each side's result stood in the log.
    """
    clock = FixedClock(datetime(2025, 11, 1, 4, 30, tzinfo=UTC))
    store = create_store(
        path / "l.db", {"id": "l", "tense": "actual"}, clock=clock, salt=FixedSalts()
    )
    with store:
        store.append([{**sampled(), "time": "2025-11-01T04:30:00Z", "id": "sampled-late"}])
        for side, moment in sorted(moments.items(), key=lambda one: one[1]):
            clock.now = datetime.fromisoformat(moment)
            result = assay(side, "11-19", [percent("Cu", "26.00" if side == "seller" else "25.00")])
            store.append([result])
        ledger = load_ledger(store)
    contract = due_in_30_days(calendar)
    rule = exchange_rule(contract)
    assert rule is not None
    return exchange_of(
        exchange_log(ledger, LOT, contract.id),
        rule,
        today=date(2025, 12, 20),
        start=event_day(ledger, LOT, "sealing", rule.calendar),
        parties=parties_of(contract),
        contract=contract.id,
    )


def due_in_30_days(calendar: dict[str, Any] | None) -> Contract:
    return terms(
        calendar=calendar,
        assays={
            "rule": "exchange", "umpire": "binding", "deadline_days": 30,
            "late": "other_conclusive", "limits": [{"analyte": "Cu", "limit": "0.3 %"}],
        },
    )  # fmt: skip


LAST_MINUTE = {"seller": "2025-12-01T05:30:00+00:00", "buyer": "2025-11-20T12:00:00+00:00"}


def test_who_seals_before_midnight_of_the_place_is_in_time(tmp_path: Path) -> None:
    """30 days from 31 October end with 30 November, at 06:00 UTC of 1 December: summer time ended.

    In UTC the sample is of 1 November and the deadline ends with 1 December: another day.
    """
    there = exchanged(tmp_path, {"time_zone": MISSOURI}, LAST_MINUTE)
    assert {str(day) for day in there.decision.deadlines.values()} == {"2025-11-30"}
    assert there.decision.analytes[0].late == ()


def test_who_seals_after_midnight_of_the_place_is_late(tmp_path: Path) -> None:
    late = {**LAST_MINUTE, "seller": "2025-12-01T06:00:00+00:00"}
    there = exchanged(tmp_path, {"time_zone": MISSOURI}, late)
    (copper_,) = there.decision.analytes
    assert [str(side) for side in copper_.late] == ["seller"]
    assert str(copper_.how) == "default"


def test_without_a_zone_days_are_those_of_utc(tmp_path: Path) -> None:
    late = {**LAST_MINUTE, "seller": "2025-12-01T06:00:00+00:00"}
    here = exchanged(tmp_path, None, late)
    assert {str(day) for day in here.decision.deadlines.values()} == {"2025-12-01"}
    assert here.decision.analytes[0].late == ()


def ledger_with(path: Path, *events: Any) -> Ledger:
    clock = FixedClock()
    header = {"id": "l", "tense": "actual"}
    with create_store(path / "l.db", header, clock=clock, salt=FixedSalts()) as store:
        store.append(sorted([*SHIPMENT, *events], key=lambda one: one["time"]))
        return load_ledger(store)


def test_the_events_of_a_parcel_lie_on_days_of_the_place(tmp_path: Path) -> None:
    """A delivery note of New Year's Eve at 20:00 UTC is of January in Karachi: another month."""
    note = event(
        "note", "attest", "12-31", {"type": "delivery-note", "subject": "by-sea", "issuer": "fwo"}
    )
    ledger = ledger_with(tmp_path, {**note, "time": "2025-12-31T20:00:00Z"})
    there = terms(calendar={"time_zone": KARACHI})
    day = date(2026, 1, 2)
    assert parcel_of(ledger, there, "by-sea", day).days["delivery_note"] == "2026-01-01"
    assert parcel_of(ledger, terms(), "by-sea", day).days["delivery_note"] == "2025-12-31"
    # On 31 December in Karachi nobody has it yet; in UTC everybody has.
    eve = date(2025, 12, 31)
    assert "delivery_note" not in parcel_of(ledger, there, "by-sea", eve).days
    assert "delivery_note" in parcel_of(ledger, terms(), "by-sea", eve).days


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("moment.astimezone(ZoneInfo(self.zone)).date()", "moment.astimezone(None).date()"),
        ("day.weekday() not in self.weekend and", "day.weekday() in self.weekend or"),
        ("if not self.moves or", "if self.moves or"),
    ],
)
def test_the_day_follows_from_the_formula(old: str, new: str) -> None:
    module = altered("_calendar", old, new)
    told = {"zone": "Pacific/Auckland", "weekend": frozenset({5, 6}), "moves": True}
    real, other = Calendar(**told), module.Calendar(**told)
    friday, moment = date(2025, 11, 28), "2025-11-28T12:00:00Z"
    assert (real.after(friday, 1), real.text_of(moment)) == (date(2025, 12, 1), "2025-11-29")
    assert (other.after(friday, 1), other.text_of(moment)) != (date(2025, 12, 1), "2025-11-29")
