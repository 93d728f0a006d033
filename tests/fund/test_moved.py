"""What a correction would do to tranches is what it does once it is entered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from framework import NOW, TEXT, assay, corrected, event, reading, ready, standing, stored
from hypothesis import given
from hypothesis import strategies as st

from oreline.fund import (
    InstrumentStanding,
    MovedInstrument,
    TrancheState,
    moved_tranches,
    read_instrument,
    release_tranche,
)
from oreline.record import State, Store

INSTRUMENT, WRONG = read_instrument(TEXT, "equity.toml")
assert INSTRUMENT is not None, [str(one) for one in WRONG]
TERMS = INSTRUMENT.terms


def moved(store: Store, name: str, replacement: Any) -> MovedInstrument:
    ledger, instrument, at = reading(store)
    position = ledger.find(name)["seq"]
    day = datetime.fromisoformat(NOW).date()
    (found,) = moved_tranches(ledger, {position: replacement}, [instrument], day, at)
    return found


def released(store: Store) -> None:
    release_tranche(
        lambda event, size: store.append([event], at_size=size),
        lambda: reading(store),
        "first",
        identity="release-1",
        time=NOW,
        actor="treasurer",
    )


def shown(found: InstrumentStanding) -> list[Any]:
    return [
        (one.state, one.reasons, one.at_risk, [str(j.judgement.verdict) for j in one.precedents])
        for one in found.tranches
    ]


def test_a_lower_grade_makes_a_release_contested_before_anybody_corrects_it(tmp_path: Path) -> None:
    store = stored(tmp_path, ready(TERMS))
    released(store)
    found = moved(store, "assay", {"body": assay("30")["body"]})
    first, second = found.tranches
    assert (first.before.state, first.after.state) == (
        TrancheState.RELEASED,
        TrancheState.CONTESTED,
    )
    assert found.before.at_risk == 0
    assert found.after.at_risk == first.after.tranche.amount
    (condition,) = first.to_json()["conditions"]
    assert (condition["before"], condition["after"]) == ("PASS", "FAIL")
    answers = [(one["before"], one["after"], one["unit"]) for one in condition["answers"]]
    assert ("5", "3", "t") in answers
    # The next tranche is blocked by it, and nothing was written.
    assert any("contested" in reason for reason in second.after.reasons)
    assert standing(store).at_risk == Decimal(0)


def test_what_moves_nothing_is_not_told(tmp_path: Path) -> None:
    store = stored(tmp_path, ready(TERMS))
    assert moved(store, "assay", {"body": assay("50")["body"]}).tranches == ()


@pytest.mark.parametrize("is_released", [False, True])
@pytest.mark.parametrize(
    ("name", "replacement"),
    [
        pytest.param("came", None, id="the arrival is void"),
        pytest.param("came", {"time": "2025-12-01T18:00:00Z"}, id="it came after the release"),
        pytest.param("committed", None, id="the commitment is void"),
        pytest.param("assay", {"time": "2025-12-01T20:00:00Z"}, id="assayed after the release"),
    ],
)
def test_a_correction_does_what_was_said_it_would(
    tmp_path: Path, name: str, replacement: Any, is_released: bool
) -> None:
    store = stored(tmp_path, ready(TERMS))
    if is_released:
        released(store)
    said = moved(store, name, replacement)
    body = {"target": name, "action": "void", "reason": "wrong"}
    if replacement is not None:
        body |= {"action": "replace", "replacement": replacement}
    (entry,) = store.append([event("correction", "correct", "12-01", body)]).entries
    assert entry.state is State.ACCEPTED
    assert shown(said.after) == shown(standing(store))
    # Moved to another hour of today, it still counts today; it did not when money was released.
    assert bool(said.tranches) is (is_released or replacement is None)


def test_an_event_that_is_dated_back_comes_into_the_past_of_a_release(tmp_path: Path) -> None:
    late = [one for one in ready(TERMS) if one["id"] != "assay"]
    store = stored(tmp_path, [*late, {**assay(), "time": "2025-12-01T20:00:00Z"}])
    store.append([event("released", "money", "12-01", _release(), party="ussm", to_party="fwo")])
    said = moved(store, "assay", {"time": "2025-10-02T08:00:00Z"})
    body = {
        "target": "assay", "action": "replace", "reason": "the day was wrong",
        "replacement": {"time": "2025-10-02T08:00:00Z"},
    }  # fmt: skip
    store.append([event("correction", "correct", "12-01", body)])
    assert shown(said.after) == shown(standing(store))
    assert said.tranches


def _release() -> dict[str, Any]:
    assert INSTRUMENT is not None
    amount = f"{INSTRUMENT.tranches[0].amount:f}"
    postings = [
        {"account": "fwo", "amount": amount, "currency": "USD"},
        {"account": "ussm", "amount": f"-{amount}", "currency": "USD"},
    ]
    return {"type": "release", "instrument": "equity", "tranche": "first", "postings": postings}


@given(st.decimals("0.1", "99.9", places=1))
def test_any_grade_does_what_was_said_it_would(
    tmp_path_factory: pytest.TempPathFactory, grade: Decimal
) -> None:
    store = stored(tmp_path_factory.mktemp("moved"), ready(TERMS))
    released(store)
    said = moved(store, "assay", {"body": assay(f"{grade:f}")["body"]})
    store.append([corrected(f"{grade:f}")])
    assert shown(said.after) == shown(standing(store))
