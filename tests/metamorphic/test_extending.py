"""Extending an earlier reading by what is new gives what reading all of it gives."""

from __future__ import annotations

import copy
import uuid
from typing import Any

import pytest
from histories import FOLDER, histories, new_store
from hypothesis import given, settings
from hypothesis import strategies as st
from sameness import flat, same
from written import correct, decide, extract, grade, line, mass, period

from oreline.model import InputError
from oreline.record import _ledger as ledger_code
from oreline.record import derive_store, extend_ledger, load_ledger, with_amendments


def more_kinds(number: int) -> list[dict[str, Any]]:
    """Return what is kept whole: a declaration, a report, a publication, one that is held."""
    base = {"time": "2025-09-20T00:00:00Z", "actor": "clerk"}
    return [
        {
            **base,
            "schema": "declare/1",
            "id": f"d{number}",
            "body": {"type": "party", "id": f"p{number}", "data": {"name": "P"}},
        },
        {
            **base,
            "schema": "observe/1",
            "id": f"o{number}",
            "body": {"lots": [{"lot": "m:1"}], "status": "seen", "basis": "reported"},
        },
        {
            **base,
            "schema": "attest/1",
            "id": f"a{number}",
            "body": {"type": "publication", "subject": "m:1", "statement": "public: material"},
        },
    ]


@settings(max_examples=25)
@given(histories(most=6), st.lists(st.integers(1, 5), max_size=6), st.booleans())
def test_in_whatever_steps_it_grows(events: Any, steps: list[int], corrected: bool) -> None:
    written = [*events, *more_kinds(1), *more_kinds(2)]
    if corrected:
        written.append(correct("c1", events[0]["id"]))
        written += more_kinds(3)
    with new_store() as store:
        ledger = load_ledger(store)
        while written:
            some = steps.pop() if steps else len(written)
            part, written = written[:some], written[some:]
            store.append(part)
            before = ledger.size, flat(ledger.columns)
            grown = extend_ledger(ledger, store)
            assert (ledger.size, flat(ledger.columns)) == before
            ledger = grown
            same(ledger, load_ledger(store))
        assert extend_ledger(ledger, store) is ledger


def step(number: int, steps: list[int]) -> list[int]:
    """Cut a number into parts of the sizes drawn, the rest as one."""
    parts = []
    for size in steps:
        if number > size:
            parts.append(size)
            number -= size
    return [*parts, number]


@settings(max_examples=25)
@given(histories(most=6), st.lists(st.integers(1, 3), max_size=4), st.booleans())
def test_what_is_held_and_decided_about(events: Any, steps: list[int], hidden: bool) -> None:
    """A period is closed, what falls in it is held, and a person decides, even behind a veil."""
    withheld: dict[str, Any] = {"withhold": ["/body/decision"]} if hidden else {}
    site = {"site": "site/mine"}
    written = [
        period("p1", "sept", time="2025-09-30T00:00:00Z"),
        *({**event, **site} for event in events),
        decide("y1", events[0]["id"], "release", **withheld),
        decide("y2", events[-1]["id"], "reject", **withheld),
        *more_kinds(1),
    ]
    with new_store() as store:
        ledger = load_ledger(store)
        for size in step(len(written), steps):
            part, written = written[:size], written[size:]
            store.append(part)
            ledger = extend_ledger(ledger, store)
            same(ledger, load_ledger(store))
        assert ledger.verdicts.held or len(events) <= 2


@settings(max_examples=25)
@given(histories(most=5), histories(most=4), st.lists(st.integers(1, 3), max_size=4))
def test_a_derived_ledger_grows_on_its_parent(before: Any, after: Any, steps: list[int]) -> None:
    written = [{**event, "id": f"plan-{event['id']}"} for event in after]
    with new_store(before) as parent:
        place = FOLDER[0] / f"{uuid.uuid4().hex}.db"
        with derive_store(parent, place, identity="plan", tense="planned") as store:
            ledger = load_ledger(store, parent=parent)
            parent.append(more_kinds(9))
            for size in step(len(written), steps):
                part, written = written[:size], written[size:]
                store.append(part)
                ledger = extend_ledger(ledger, store, parent=parent)
                same(ledger, load_ledger(store, parent=parent))
            with pytest.raises(InputError, match="open that too"):
                extend_ledger(ledger, store)


def numbers_changed(event: dict[str, Any], dry: str, percent: str | None) -> dict[str, Any]:
    """Return the body of an event with another mass, and other grades or one more or less."""
    body: dict[str, Any] = copy.deepcopy(event["body"])
    lines = [*body.get("inputs", ()), *body.get("outputs", ())] or [body]
    for one in lines[-1:]:
        if "all" not in one:
            one["dry"] = mass(dry)
        if percent is None:
            one.pop("grades", None)
        elif event["schema"] in {"extract/1", "process/1", "count/1"}:
            one["grades"] = [grade(percent)]
    return body


@settings(max_examples=40)
@given(
    histories(most=6),
    st.integers(0, 5),
    st.integers(0, 30).map(str),
    st.sampled_from(("0", "12.5", None)),
)
def test_other_numbers_of_one_event(events: Any, which: int, dry: str, percent: str | None) -> None:
    """By a correction in the log and by one that is only supposed, the columns are as read anew."""
    target = events[which % len(events)]
    replacement = {"body": numbers_changed(target, dry, percent)}
    with new_store(events) as store:
        ledger = load_ledger(store)
        seq = ledger.columns.events.seq[ledger.row_of_event[target["id"]]]
        supposed = with_amendments(ledger, {seq: replacement})
        store.append([correct("c1", target["id"], replacement), *more_kinds(1)])
        grown = extend_ledger(ledger, store)
        whole = load_ledger(store)
        same(grown, whole)
        # The correction and what came after it are events too, with rows of their own.
        assert flat(supposed.columns.lines) == flat(whole.columns.lines)
        assert flat(supposed.columns.grades) == flat(whole.columns.grades)
        assert supposed.columns.defaults_used == whole.columns.defaults_used
        store.append([correct("c2", "c1")])
        same(extend_ledger(grown, store), load_ledger(store))


def test_a_corrected_weight_is_not_a_reason_to_read_everything_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = extract("e1", "m:1", "10"), extract("e2", "m:2", "20")
    with new_store([first, second]) as store:
        ledger = load_ledger(store)
        monkeypatch.setattr(ledger_code, "load_ledger", None)
        store.append([correct("c1", "e1", {"body": {"outputs": [line("m:1", "11")]}})])
        grown = extend_ledger(ledger, store)
        assert grown.columns.lines.dry_low.tolist() == [11 * 10**9, 20 * 10**9]
        assert ledger.columns.lines.dry_low.tolist() == [10 * 10**9, 20 * 10**9]
        monkeypatch.undo()
        same(grown, load_ledger(store))
        # Another lot is more than another number: a name is used first elsewhere.
        store.append([correct("c2", "e2", {"body": {"outputs": [line("m:9", "20")]}})])
        same(extend_ledger(grown, store), load_ledger(store))
