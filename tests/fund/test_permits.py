"""Permits on a day: in force, lapsed, not granted, or not known; and the phases that they gate."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from framework import TEXT, declared, event, permit, reading, stored

from oreline.fund import PhaseGate, permits_frame, permits_of, phase_gates, standing_of

GATED = TEXT.replace('permit("export-1")', 'phase_open("mine")')
PHASES = [
    event(
        f"phase-{name}", "declare", "09-01", {"type": "phase", "id": name, "data": {"name": name}}
    )
    for name in ("mine", "refinery")
]


def gates(tmp_path: Path, permits: list[Any], day: date) -> tuple[PhaseGate, str]:
    """Return the gate of the mine, and what the condition on it says."""
    with stored(tmp_path, [declared(GATED), *PHASES, *permits]) as store:
        ledger, instrument, at = reading(store)
        mine, refinery = phase_gates(ledger, day)
        assert (refinery.verdict, refinery.permits) == ("UNKNOWN", ())
        first = standing_of(ledger, instrument, day, at).tranches[0]
        judged = first.precedents[1].judgement
        assert permits_frame(permits_of(ledger, day)).height == len(permits)
        return mine, judged.parts[0].asked[0].answer


def gating(name: str = "export-1", **data: Any) -> Any:
    made = permit(phases=["mine"], **data)
    return {**made, "id": f"permit-{name}", "body": {**made["body"], "id": name}}


@pytest.mark.parametrize(
    ("permits", "day", "verdict", "reason"),
    [
        ([gating()], "2025-12-31", "PASS", ""),
        ([gating()], "2026-01-01", "FAIL", "export-1 expired on 2025-12-31"),
        ([gating(status="applied for")], "2025-12-31", "FAIL", "export-1 is applied for"),
        ([gating(status="")], "2025-12-31", "UNKNOWN", "export-1 its status is not stated"),
        ([gating(), gating("two", status="")], "2025-12-31", "UNKNOWN", "two its status"),
        ([gating("two", status=""), gating(status="no")], "2025-12-31", "FAIL", "export-1 is no"),
        ([permit()], "2025-12-31", "UNKNOWN", "no permit names the phase mine"),
        ([], "2025-12-31", "UNKNOWN", "no permit names the phase mine"),
    ],
)
def test_a_phase_is_open_where_all_its_permits_are_in_force(
    tmp_path: Path, permits: list[Any], day: str, verdict: str, reason: str
) -> None:
    mine, answered = gates(tmp_path, permits, date.fromisoformat(day))
    assert mine.verdict == verdict
    assert reason in "; ".join(mine.reasons)
    assert bool(reason) == bool(mine.reasons)
    # The condition word says the same of the same permits.
    expected = {"PASS": '"PASS"', "FAIL": '"FAIL"', "UNKNOWN": "UNKNOWN"}
    assert answered in {expected[verdict], verdict}, answered


def test_a_renewal_that_begins_later_ends_nothing_before(tmp_path: Path) -> None:
    renewed = gating(valid_to="2027-12-31")
    renewed = {**renewed, "id": "renewed", "time": "2025-11-20T08:00:00Z"}
    renewed["body"] = {**renewed["body"], "valid_from": "2026-01-01"}
    events = [declared(GATED), *PHASES, gating(), renewed]
    for day, until in (("2025-12-31", "2025-12-31"), ("2026-01-01", "2027-12-31")):
        with stored(tmp_path / day, events) as store:
            ledger, instrument, at = reading(store)
            (only,) = permits_of(ledger, date.fromisoformat(day))
            assert (str(only.state), only.valid_to) == ("in force", until)
            first = standing_of(ledger, instrument, date.fromisoformat(day), at).tranches[0]
            assert first.precedents[1].judgement.parts[0].asked[0].answer == "PASS"


def test_days_left_are_counted_to_the_last_day(tmp_path: Path) -> None:
    mine, _ = gates(tmp_path, [gating()], date(2025, 12, 30))
    assert [one.days_left for one in mine.permits] == [1]
