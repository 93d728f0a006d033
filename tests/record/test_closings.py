"""No correction moves anything into or out of a closed month unseen, whatever came before it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from written import Json, correct, decide, extract, grade, line, period

from oreline.record import Store, create_store, load_ledger, open_store, verify_ledger
from oreline_testing.injected import FixedClock, FixedSalts

MAY, JUNE, JULY = "2025-05-10T06:00:00Z", "2025-06-10T06:00:00Z", "2025-07-10T06:00:00Z"
HEADER = {"id": "test", "tense": "actual"}
BODY = {"outputs": [line("m:1", "11", grades=[grade("50")])]}


def states(store: Store, *events: Json) -> list[int]:
    return [int(entry.state) for entry in store.append(list(events)).entries]


def in_may(store: Store) -> list[Any]:
    """Return what counts in May, as whoever reads the ledger sees it."""
    ledger = load_ledger(store)
    found = [ledger.event(seq) for seq in ledger.columns.events.seq]
    return sorted(
        (e["id"], e["time"], str(e["body"]))
        for e in found
        if e["time"].startswith("2025-05") and e["schema"] != "correct/1"
    )


def test_a_correction_that_undoes_an_earlier_one_is_followed(any_store):
    any_store.append([extract("e1", "m:1", "10", time=JUNE)])
    any_store.append([correct("c1", "e1", {"time": MAY}, time=JULY)])
    any_store.append([period("p1", "2025-05", month=5)])
    # By itself it speaks of a body alone; but it takes the place of c1, and so of the time in May.
    assert states(any_store, correct("c2", "e1", {"body": BODY}, time=JULY)) == [2]
    assert states(any_store, correct("c3", "c1", time=JULY)) == [2]
    new_body = {"replacement": {"time": JULY}}
    assert states(any_store, correct("c4", "c1", {"body": new_body}, time=JULY)) == [2]
    assert [e[0] for e in in_may(any_store)] == ["e1"]
    any_store.append([decide("d1", "c2", "release", time=JULY)])
    assert in_may(any_store) == []
    # Now nothing of May is left to change.
    assert states(any_store, correct("c5", "e1", {"body": BODY}, time=JULY)) == [0]


def test_corrections_before_the_store_was_opened_are_known(place, clock, salts):
    with create_store(place, HEADER, clock=clock, salt=salts) as store:
        store.append([extract("e1", "m:1", "10", time=JUNE)])
        store.append([correct("c1", "e1", {"time": MAY}, time=JULY)])
    with open_store(place, clock=clock, salt=salts) as store:
        store.append([period("p1", "2025-05", month=5)])
        assert states(store, correct("c2", "e1", {"body": BODY}, time=JULY)) == [2]
    with open_store(place, clock=clock, salt=salts) as store:
        assert states(store, correct("c3", "e1", {"body": BODY}, time=JULY)) == [2]
        assert verify_ledger(store).ok


def test_what_no_longer_lies_in_the_month_may_be_corrected(any_store):
    any_store.append([extract("e1", "m:1", "10", time=MAY)])
    any_store.append([correct("c1", "e1", {"time": JUNE}, time=JULY)])
    any_store.append([period("p1", "2025-05", month=5)])
    assert states(any_store, correct("c2", "e1", {"body": BODY, "time": JUNE}, time=JULY)) == [0]
    assert states(any_store, correct("c3", "e1", {"body": BODY}, time=JULY)) == [2]


def test_a_correction_that_had_been_turned_to_another_event_is_followed(any_store):
    any_store.append([extract("e1", "m:1", "10", time=JULY), extract("e2", "m:2", time=JULY)])
    any_store.append([correct("c1", "e1", {"time": MAY}, time=JULY)])
    any_store.append([correct("c2", "c1", {"body": {"target": "e2"}}, time=JULY)])
    any_store.append([period("p1", "2025-05", month=5)])
    assert [e[0] for e in in_may(any_store)] == ["e2"]
    # It speaks of e1 only, and takes e2 out of May: what turned c1 to e2 counts no more.
    changed = {"target": "e1", "replacement": {"time": JUNE}}
    assert states(any_store, correct("c3", "c1", {"body": changed}, time=JULY)) == [2]


def test_a_held_correction_that_is_corrected_waits_with_it(any_store):
    any_store.append([extract("e1", "m:1", "10", time=JUNE), period("p1", "2025-05", month=5)])
    assert states(any_store, correct("c1", "e1", {"time": MAY}, time=JULY)) == [2]
    changed = {"replacement": {"time": "2025-05-11T06:00:00Z"}}
    assert states(any_store, correct("c2", "c1", {"body": changed}, time=JULY)) == [2]


TIMES = st.sampled_from([MAY, "2025-05-20T06:00:00Z", JUNE, "2025-06-20T06:00:00Z"])


@st.composite
def corrections(draw: st.DrawFn) -> list[tuple[str, str, Any]]:
    """Draw (what, target, ...) where a target is an event or any correction before."""
    names = ["e0", "e1", "e2"]
    made: list[tuple[str, str, Any]] = []
    for number in range(draw(st.integers(1, 9))):
        target = draw(st.sampled_from(names))
        what = draw(st.sampled_from(["time", "body", "void", "target", "release", "reject"]))
        extra = draw(TIMES) if what in {"time", "target"} else draw(st.sampled_from(names[:3]))
        made.append((what, target, extra))
        if what not in {"release", "reject"}:
            names.append(f"c{number}")
    return made


def written(number: int, what: str, target: str, extra: Any) -> Json:
    name, is_correction = f"c{number}", target.startswith("c")
    if what in {"release", "reject"}:
        return decide(name, target, what, time=JULY)
    if what == "void":
        return correct(name, target, time=JULY)
    if is_correction:
        inner: Json = {"target": "e1"} if what == "target" else {}
        inner |= {"action": "replace", "replacement": {"time": extra if "-" in extra else MAY}}
        return correct(name, target, {"body": inner}, time=JULY)
    replacement = {"body": BODY} if what == "body" else {"time": extra if "-" in extra else JUNE}
    return correct(name, target, replacement, time=JULY)


@settings(max_examples=40)
@given(times=st.tuples(TIMES, TIMES, TIMES), drawn=corrections(), closed_after=st.integers(0, 6))
def test_what_is_accepted_changes_nothing_in_a_closed_month(
    tmp_path_factory, times, drawn, closed_after
):
    path = tmp_path_factory.mktemp("closings") / "ledger.db"
    with create_store(path, HEADER, clock=FixedClock(), salt=FixedSalts()) as store:
        store.append([extract(f"e{n}", f"m:{n}", "10", time=time) for n, time in enumerate(times)])
        is_closed = False
        for number, item in enumerate(drawn):
            if number == closed_after:
                store.append([period("p1", "2025-05", month=5)])
                is_closed = True
            before = in_may(store)
            event = written(number, *item)
            (state,) = states(store, event)
            if is_closed and event["schema"] == "correct/1" and state != 2:
                assert in_may(store) == before
        assert verify_ledger(store).ok
