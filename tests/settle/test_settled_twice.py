"""A lot that is settled in a planned ledger and in its parent: refused on arrival, and told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shipped import LOT, SHIPMENT, event, stored

from oreline.model import Finding
from oreline.record import Ledger, Store, derive_store, load_ledger
from oreline.settle import settled_by_parent, settled_twice
from oreline_testing.injected import FixedClock, FixedSalts

PAGE = Path(__file__).parents[2] / "docs/findings/ORL-0840.md"


def invoice(identity: str, stage: str = "final", day: str = "11-30", **more: Any) -> dict[str, Any]:
    postings = [
        {"account": "fwo", "amount": "-1000", "currency": "USD"},
        {"account": "ussm", "amount": "1000", "currency": "USD"},
    ]
    body = {"type": "invoice", "lots": [LOT], "stage": stage, "postings": postings}
    made = event(identity, "money", day, body, **{"to_party": "ussm", **more})
    assert isinstance(made, dict)
    return made


def planned(parent: Store, path: Path, *events: Any) -> Ledger:
    place = path / "plan.db"
    with derive_store(
        parent, place, identity="plan", tense="planned", clock=FixedClock(), salt=FixedSalts("p")
    ) as store:
        if events:
            store.append(events)
        return load_ledger(store, parent=parent)


def void(target: str) -> Any:
    return event("undo", "correct", "12-01", {"target": target, "action": "void", "reason": "x"})


@pytest.mark.parametrize(
    ("own", "theirs", "told"),
    [
        ([invoice("final-1")], [invoice("final-2")], ["final-2"]),
        ([invoice("final-1", "provisional")], [invoice("final-2")], []),
        ([invoice("final-1")], [invoice("final-2", "provisional")], []),
        ([], [invoice("final-2")], []),
        ([invoice("final-1"), void("final-1")], [invoice("final-2")], []),
        # Whoever bought it sells it on: another sale.
        ([invoice("final-1")], [invoice("on", party="ussm", to_party="refiner")], []),
    ],
)
def test_the_plan_settles_no_lot_that_the_parent_has_settled(
    own: list[Any], theirs: list[Any], told: list[str], tmp_path: Path
) -> None:
    with stored(tmp_path, [*SHIPMENT, *own]) as parent:
        ledger = planned(parent, tmp_path, *theirs)
    found = settled_twice(ledger)
    assert [one.where for one in found] == told
    assert [one.where for one in settled_by_parent(ledger, theirs)] == told
    assert settled_by_parent(ledger, []) == ()


def test_the_page_shows_the_line_that_is_told(tmp_path: Path) -> None:
    with stored(tmp_path, [*SHIPMENT, invoice("final-1")]) as parent:
        (found,) = settled_twice(planned(parent, tmp_path, invoice("final-2")))
    assert isinstance(found, Finding)
    assert str(found) in PAGE.read_text("utf-8")


def test_a_ledger_of_its_own_says_nothing(tmp_path: Path) -> None:
    with stored(tmp_path, [*SHIPMENT, invoice("final-1")]) as store:
        ledger = load_ledger(store)
    assert settled_twice(ledger) == ()
    assert settled_by_parent(ledger, [invoice("final-2")]) == ()


def test_what_the_parent_settled_later_is_not_of_the_plan(tmp_path: Path) -> None:
    """A plan that comes true is no contradiction: the parent is read as it was."""
    with stored(tmp_path, SHIPMENT) as parent:
        ledger = planned(parent, tmp_path, invoice("final-2"))
        assert settled_twice(ledger) == ()
        parent.append([invoice("final-1")])
    assert json.dumps([one.to_json() for one in settled_twice(ledger)]) == "[]"
