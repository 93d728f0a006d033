"""What a correction changes downstream is what the ledger says once it is appended."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "cli" / "support"))

from small_ledger import EVENTS

from oreline.balance import downstream
from oreline.model import InputError
from oreline.record import Books, Ledger, create_store, load_ledger, open_books
from oreline_testing.injected import FixedClock, FixedSalts


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Any:
    """Make the small ledger."""
    path = tmp_path / "ledger.db"
    with create_store(path, {"id": "small", "tense": "actual"}, clock=clock, salt=salts) as one:
        one.append(EVENTS)
        yield one


def position(ledger: Ledger, identity: str) -> int:
    events = ledger.columns.events
    return events.seq[events.id.index(identity)]


def held(books: Books, element: str) -> dict[str, list[int]]:
    book, names = books.book(element), books.ledger.columns.lots.names
    return {name: book.stock_metal[row].tolist() for row, name in enumerate(names)}


@pytest.mark.parametrize("case", ["grade", "void", "mass"])
def test_the_preview_tells_what_the_appended_correction_does(store: Any, case: str) -> None:
    before = load_ledger(store)
    target = {"grade": "assay-1", "void": "assay-2", "mass": "float-1"}[case]
    event = before.find(target)
    replacement: dict[str, Any] | None = None
    if case == "grade":
        results = [{**event["body"]["results"][0], "value": "50"}]
        replacement = {"body": {**event["body"], "results": results}}
    elif case == "mass":
        outputs = [dict(line) for line in event["body"]["outputs"]]
        outputs[0]["dry"] = {**outputs[0]["dry"], "value": "7"}
        replacement = {"body": {**event["body"], "outputs": outputs}}
    found = downstream(before, position(before, target), replacement)
    body = {"target": target, "action": "replace" if replacement else "void", "reason": "test"}
    if replacement:
        body["replacement"] = replacement
    store.append(
        [
            {
                "schema": "correct/1",
                "id": "c-1",
                "time": "2025-01-20T08:00:00Z",
                "actor": "clerk",
                "body": body,
            }
        ]
    )
    old, new = held(open_books(before), "Sb"), held(open_books(load_ledger(store)), "Sb")
    told = {
        change.where: [change.after.low_mg, change.after.high_mg]
        for element, change in found.lots
        if element == "Sb" and change.what == "metal in the books"
    }
    moved = {name: bounds for name, bounds in new.items() if old.get(name) != bounds}
    assert told == {
        name: [low, None if high >= 2**62 else high] for name, (low, high) in moved.items()
    }
    assert found.lots
    assert load_ledger(store).size == before.size + 1


def test_a_preview_writes_nothing(store: Any) -> None:
    ledger = load_ledger(store)
    root = store.root()
    downstream(ledger, position(ledger, "assay-1"), None)
    assert store.root() == root


def test_what_is_not_in_force_cannot_be_corrected(store: Any) -> None:
    with pytest.raises(InputError):
        downstream(load_ledger(store), 9_999, None)
