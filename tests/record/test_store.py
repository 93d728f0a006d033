"""One suite over SQLite and PostgreSQL: what may be appended, what it becomes, what is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from written import (
    at,
    consume,
    correct,
    count,
    credit,
    decide,
    event,
    extract,
    grade,
    line,
    mass,
    period,
    process,
)

from oreline.model import (
    Finding,
    InputError,
    LedgerError,
    OrelineError,
    StoreError,
    VerificationError,
    parse_event,
)
from oreline.record import (
    State,
    Store,
    create_store,
    load_ledger,
    open_books,
    open_store,
    verify_ledger,
)
from oreline_testing.injected import FixedClock, FixedSalts


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def refused(store: Store, *batch: Any) -> list[str]:
    """Append what must be refused, and return the codes; nothing may have been written."""
    before = store.size(), store.root()
    with pytest.raises(LedgerError) as caught:
        store.append(batch)
    assert (store.size(), store.root()) == before
    return codes(caught.value.findings)


def dry_kg(store: Store, lot: str, **moments: Any) -> float:
    """Return the known book stock of a lot."""
    ledger = load_ledger(store, **moments)
    low, high = open_books(ledger).book("Sb").stock_dry[ledger.columns.lots.index[lot]].tolist()
    assert low == high
    return low / 1e6


# --- appending --------------------------------------------------------------------------------


def test_what_is_appended_is_there_after_opening_again(place, clock, salts):
    with create_store(place, {"id": "a", "tense": "actual"}, clock=clock, salt=salts) as store:
        receipt = store.append([extract("e1", "m:1"), extract("e2", "m:2")])
        assert (receipt.appended, receipt.size) == (2, 2)
        assert receipt.root == store.root() != store.root(1)
    with open_store(place) as again:
        assert [row.id for row in again.rows()] == ["e1", "e2"]
        assert again.root() == receipt.root
        assert again.event("e2")["body"]["outputs"][0]["lot"] == "m:2"
        assert again.event("e1")["seq"] == 0
        assert again.events_of_lot("m:2") == [1]
        with pytest.raises(InputError, match="no event e3"):
            again.event("e3")


def test_a_place_is_used_once(place, clock):
    create_store(place, {"id": "a", "tense": "actual"}, clock=clock).close()
    with pytest.raises(StoreError, match="already"):
        create_store(place, {"id": "b", "tense": "actual"}, clock=clock)
    with open_store(place) as store:
        assert store.header.id == "a"


@pytest.mark.parametrize("batch_again", [1, 3])
def test_the_same_event_again_changes_nothing(any_store, batch_again):
    first = any_store.append([extract("e1", "m:1")])
    again = any_store.append([extract("e1", "m:1")] * batch_again)
    assert again.appended == 0
    assert (again.size, again.root) == (first.size, first.root)
    assert {entry.seq for entry in again.entries} == {0}


def test_an_event_twice_in_one_batch_is_one(any_store):
    receipt = any_store.append([extract("e1", "m:1"), extract("e1", "m:1")])
    assert [entry.is_new for entry in receipt.entries] == [True, False]
    assert receipt.size == 1


@pytest.mark.parametrize(
    "blank", [{"party": None}, {"refs": []}, {"extra": {}}, {"note": None, "evidence": []}]
)
def test_null_and_empty_mean_left_out(any_store, blank):
    any_store.append([extract("e1", "m:1")])
    assert any_store.append([extract("e1", "m:1") | blank]).appended == 0
    assert any_store.append([extract("e2", "m:2") | blank]).appended == 1
    assert not set(blank) & set(any_store.event("e2"))


def test_the_typed_event_is_the_written_one(any_store):
    written = extract("e1", "m:1", grades=[grade("50")])
    typed, _ = parse_event(written)
    any_store.append([written])
    assert any_store.append([typed]).appended == 0


def test_what_is_declared_keeps_its_nulls(any_store):
    body = {"type": "site", "id": "site/mine", "data": {"operator": None, "names": []}}
    any_store.append([event("declare", "d1", body)])
    assert any_store.event("d1")["body"] == body
    typed, _ = parse_event(event("declare", "d1", body))
    assert any_store.append([typed]).appended == 0


def test_one_id_with_two_contents_is_refused(any_store):
    any_store.append([extract("e1", "m:1")])
    assert refused(any_store, extract("e1", "m:1", "11")) == ["ORL-0200"]
    assert refused(any_store, extract("e2", "m:2"), extract("e2", "m:3")) == ["ORL-0200"]


def test_one_bad_event_keeps_the_whole_batch_out_and_all_problems_are_named(any_store):
    bad = [
        extract("e1", "m:1"),
        extract("e 2", "m:2"),
        {"schema": "dig/1", "id": "e3"},
        extract("e4", "m 4", "x"),
        "text",
        extract("e6", "m:6", seq=3) | {"recorded": at(1)},
        extract("e7", "m:7", withhold=["/body/nothing"]),
        correct("e8", "e1", {"body": {"inputs": [1.5]}}),
    ]
    found = refused(any_store, *bad)
    assert set(found) == {
        *("ORL-0106", "ORL-0101", "ORL-0100", "ORL-0110", "ORL-0111", "ORL-0112", "ORL-0104")
    }


@pytest.mark.parametrize("kind", ["count", "consume"])
def test_future_time_is_refused_in_the_actual_tense_only(place, clock, salts, kind):
    late = "2026-02-01T00:00:00Z"
    item = (
        count("f1", "m:1", "1", time=late)
        if kind == "count"
        else consume("f1", line("m:1", "1"), time=late)
    )
    with create_store(place, {"id": "a", "tense": "planned"}, clock=clock, salt=salts) as store:
        assert store.append([item]).size == 1
    clock.now -= timedelta(days=365)
    with open_store(place, clock=clock, salt=salts) as store:
        assert store.header.tense == "planned"


def test_future_time_and_reversed_intervals_are_refused(any_store):
    assert refused(any_store, extract("e1", "m:1", time="2026-01-02T00:00:00Z")) == ["ORL-0201"]
    skewed = extract("e1", "m:1", time="2026-01-01T00:04:00Z")
    assert any_store.append([skewed]).size == 1
    backwards = extract("e2", "m:2", time=at(1), time_start=at(2))
    assert refused(any_store, backwards) == ["ORL-0202"]


def test_a_failure_in_the_middle_leaves_nothing(any_store, monkeypatch):
    any_store.append([extract("e0", "m:0")])
    before = any_store.root()

    def out_of_salt() -> str:
        raise OrelineError("no salt")

    monkeypatch.setattr(any_store, "_salt", out_of_salt)
    with pytest.raises(OrelineError, match="no salt"):
        any_store.append([extract("e1", "m:1")])
    monkeypatch.undo()
    assert any_store.root() == before
    assert any_store.append([extract("e1", "m:1")]).size == 2
    assert verify_ledger(any_store).ok


def test_recorded_time_never_runs_backwards(any_store, clock):
    any_store.append([extract("e1", "m:1")])
    clock.advance(timedelta(days=-30))
    any_store.append([extract("e2", "m:2")])
    assert any_store.event("e2")["recorded"] >= any_store.event("e1")["recorded"]


# --- many writers -----------------------------------------------------------------------------


def run_all(tasks: list[Callable[[], None]]) -> list[BaseException]:
    """Run tasks at once; return what they raised."""
    errors: list[BaseException] = []
    gate = threading.Barrier(len(tasks))

    def run(task: Callable[[], None]) -> None:
        gate.wait()
        try:
            task()
        except OrelineError as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_batches_of_many_threads_all_arrive_whole_and_once(any_store):
    receipts = {}

    def task(who: int) -> Callable[[], None]:
        def run() -> None:
            for turn in range(4):
                batch = [extract(f"e{who}.{turn}.{n}", f"m:{who}.{turn}.{n}") for n in range(5)]
                receipts[who, turn] = any_store.append(batch)

        return run

    assert run_all([task(who) for who in range(8)]) == []
    assert any_store.size() == 160
    for receipt in receipts.values():
        positions = [entry.seq for entry in receipt.entries]
        assert positions == list(range(positions[0], positions[0] + 5))
        assert any_store.root(receipt.size) == receipt.root
    assert verify_ledger(any_store).ok


def test_a_refused_batch_does_not_hinder_those_committed_with_it(any_store):
    any_store.append([extract("e0", "m:0")])
    good = [lambda n=n: any_store.append([extract(f"g{n}", f"m:{n}")]) for n in range(1, 7)]
    bad = [lambda: any_store.append([extract("e0", "m:other")]) for _ in range(6)]
    errors = run_all([task for pair in zip(good, bad, strict=True) for task in pair])
    assert len(errors) == 6
    assert all(isinstance(error, LedgerError) for error in errors)
    assert any_store.size() == 7


def test_two_stores_on_one_ledger_take_turns(place, clock, salts):
    shared = extract("shared", "m:shared")
    with (
        create_store(place, {"id": "a", "tense": "actual"}, clock=clock, salt=salts) as one,
        open_store(place, clock=clock, salt=salts) as two,
    ):
        tasks = [
            lambda store=store, lot=lot: store.append([extract(lot, f"m:{lot}"), shared])
            for number in range(5)
            for store, lot in ((one, f"a{number}"), (two, f"b{number}"))
        ]
        assert run_all(tasks) == []
        assert one.size() == two.size() == 11
        assert one.root() == two.root()
        assert verify_ledger(two).ok


# --- corrections ------------------------------------------------------------------------------


def test_a_correction_replaces_what_counts_and_keeps_what_was_said(any_store):
    any_store.append([extract("e1", "m:1", "10", grades=[grade("50")])])
    wrong = dry_kg(any_store, "m:1")
    body = {"outputs": [line("m:1", "12", grades=[grade("50")])]}
    any_store.append([correct("c1", "e1", {"body": body})])
    assert (wrong, dry_kg(any_store, "m:1")) == (10_000, 12_000)
    assert dry_kg(any_store, "m:1", known_at=1) == 10_000
    assert any_store.event("e1")["body"]["outputs"][0]["dry"]["value"] == "10"
    assert load_ledger(any_store).find("e1")["body"] == body


def test_corrections_of_corrections(any_store):
    def outputs(value: str) -> dict[str, Any]:
        return {"body": {"outputs": [line("m:1", value, grades=[grade("50")])]}}

    any_store.append([extract("e1", "m:1", "10", grades=[grade("50")])])
    any_store.append([correct("c1", "e1", outputs("12"))])
    any_store.append([correct("c2", "c1")])
    assert dry_kg(any_store, "m:1") == 10_000
    any_store.append([correct("c3", "c2")])
    assert dry_kg(any_store, "m:1") == 12_000
    any_store.append([correct("c4", "c1", {"body": {"replacement": outputs("13")}})])
    assert dry_kg(any_store, "m:1") == 13_000
    any_store.append([correct("c5", "e1", outputs("14"))])
    assert dry_kg(any_store, "m:1") == 14_000
    any_store.append([correct("c6", "c5"), correct("c7", "e1")])
    assert "e1" not in load_ledger(any_store).columns.events.id
    assert [dry_kg(any_store, "m:1", known_at=n) for n in (1, 2, 3, 4, 5, 6)] == [
        *(10_000, 12_000, 10_000, 12_000, 13_000, 14_000)
    ]


def test_a_correction_that_could_not_be_applied_is_refused(any_store):
    any_store.append([extract("e1", "m:1"), correct("c1", "e1")])
    missing = {"body": {"target": "nothing"}}
    assert refused(any_store, correct("c2", "nothing")) == ["ORL-0203"]
    assert refused(any_store, correct("c2", "c2")) == ["ORL-0203"]
    assert refused(any_store, correct("c2", "c3"), correct("c3", "e1")) == ["ORL-0203"]
    assert refused(any_store, correct("c2", "c1", missing)) == ["ORL-0203"]
    assert refused(any_store, correct("c2", "c1", {"body": {"target": "c2"}})) == ["ORL-0203"]
    assert refused(any_store, correct("c2", "e1", {"body": {"lots": ["m:1"]}})) == [
        *("ORL-0206", "ORL-0206")
    ]
    assert refused(any_store, correct("c2", "e1", {"time": at(2)}) | {"note": 5}) == ["ORL-0105"]
    halves = correct("c2", "e1") | {"body": {"target": "e1", "action": "replace", "reason": "x"}}
    assert refused(any_store, halves) == ["ORL-0204"]
    assert refused(any_store, correct("c2", "c1", {"body": {"action": "replace"}})) == ["ORL-0204"]
    assert load_ledger(any_store).size == 2


def test_a_correction_may_move_an_event_in_time(any_store):
    any_store.append([extract("e1", "m:1", grades=[grade("50")], time=at(5))])
    any_store.append([correct("c1", "e1", {"time": at(2)})])
    assert load_ledger(any_store, as_of="2025-09-03").columns.events.id == ["e1", "c1"]
    assert load_ledger(any_store, as_of="2025-09-03", known_at=1).columns.events.id == []


# --- held events ------------------------------------------------------------------------------


def test_a_document_entered_twice_is_held_until_somebody_decides(any_store):
    first = extract("e1", "m:1", external_id="WB-7", party="fwo")
    any_store.append([first])
    entry = any_store.append([extract("e2", "m:2", external_id="WB-7", party="fwo")]).entries[0]
    assert (entry.state, codes(entry.findings)) == (State.HELD, ["ORL-0222"])
    other_party = any_store.append([extract("e3", "m:3", external_id="WB-7", party="ussm")])
    assert other_party.entries[0].state == State.ACCEPTED
    assert set(load_ledger(any_store).columns.lots.index) == {"m:1", "m:3"}
    any_store.append([decide("a1", "e2", "release")])
    assert set(load_ledger(any_store).columns.lots.index) == {"m:1", "m:2", "m:3"}
    any_store.append([decide("a2", "e2", "reject")])
    assert set(load_ledger(any_store).columns.lots.index) == {"m:1", "m:3"}
    assert set(load_ledger(any_store, known_at=4).columns.lots.index) == {"m:1", "m:2", "m:3"}


def test_what_was_accepted_is_corrected_not_rejected(any_store):
    any_store.append([extract("e1", "m:1"), decide("a1", "e1", "reject")])
    assert "m:1" in load_ledger(any_store).columns.lots.index


def test_a_closed_period_holds_what_falls_into_it(any_store):
    any_store.append([period("p1", "2025-09")])
    inside = any_store.append([extract("e1", "m:1", time=at(30, 23))])
    assert (inside.entries[0].state, codes(inside.entries[0].findings)) == (2, ["ORL-0221"])
    at_the_end = any_store.append([extract("e2", "m:2", time="2025-10-01T00:00:00Z")])
    elsewhere = any_store.append([extract("e3", "m:3", time=at(3), site="site/mill")])
    assert State.HELD not in {e.state for r in (at_the_end, elsewhere) for e in r.entries}
    any_store.append([period("p2", "2025-09", status="open")])
    assert any_store.append([extract("e4", "m:4")]).entries[0].state != State.HELD
    same_batch = any_store.append([period("p3", "2025-09"), extract("e5", "m:5")])
    assert same_batch.entries[1].state == State.HELD
    assert refused(any_store, period("p4", "x") | {"body": {"type": "period", "id": "x", "data":
        {"status": "closed"}}}) == ["ORL-0113"] * 3  # fmt: skip


# --- what looks odd is accepted and said ------------------------------------------------------


def test_oddities_are_accepted_with_findings(any_store):
    receipt = any_store.append(
        [
            consume("x1", line("m:0", "1")),
            extract("e1", "m:1", "10"),
            extract("e2", "m:1", "10"),
            consume("x2", line("m:1", "30")),
            process("p1", [line("m:1", "1")], [line("m:2", "2")]),
            event("assay", "a1", {"lot": "m:2", "role": "plant", "results": [grade("5")]}),
            event("weigh", "w1", {"lot": "m:9", "wet": mass("5")}, time="2025-12-31T00:00:00Z"),
            extract("e9", "m:9", "5"),
        ]
    )
    said = [codes(entry.findings) for entry in receipt.entries]
    assert said == [
        *(["ORL-0210"], [], ["ORL-0211"], ["ORL-0212"], ["ORL-0212", "ORL-0213"]),
        *([], [], ["ORL-0214"]),
    ]
    assert {entry.state for entry in receipt.entries} == {State.ACCEPTED, State.WITH_FINDINGS}
    assert [finding.code for _, finding in any_store.findings(4)] == ["ORL-0212", "ORL-0213"]


def test_the_greatest_masses_are_recorded(any_store):
    huge = {"value": "9000000000", "unit": "t", "basis": "reported"}
    batch = [extract(f"e{n}", "m:1", huge, continuing=True) for n in range(3)]
    assert any_store.append(batch).size == 3
    assert any_store.append([consume(f"x{n}", line("m:1", huge)) for n in range(4)]).size == 7
    assert verify_ledger(any_store).ok


# --- withheld fields --------------------------------------------------------------------------


def test_withheld_fields_stand_beside_the_event(any_store):
    secret = extract("e1", "m:1", "12.345", grades=[grade("50")], withhold=["/body/outputs/0/dry"])
    any_store.append([secret])
    stored = any_store.event("e1")
    assert "12.345" not in str(stored)
    assert set(stored["withheld"]) == {"/body/outputs/0/dry"}
    assert dry_kg(any_store, "m:1") == 12_345
    without_mark = extract("e1", "m:1", "12.345", grades=[grade("50")])
    assert any_store.append([without_mark]).appended == 0
    assert verify_ledger(any_store).ok


def test_what_an_event_needs_cannot_be_withheld(any_store):
    hidden = credit("k1", "issue", "5", withhold=["/body/mass"])
    assert refused(any_store, hidden) == ["ORL-0111"]
    for pointer in ("/time", "/body/nothing", "/body/outputs", "/body/outputs/7/dry"):
        assert refused(any_store, extract("e1", "m:1", withhold=[pointer])) == ["ORL-0111"]


def test_a_withheld_value_that_was_changed_is_refused_on_reading(any_store, place):
    any_store.append([extract("e1", "m:1", "12", withhold=["/body/outputs/0/dry"])])
    values = any_store.withheld()[0]
    changed = type(values[0])(values[0].pointer, values[0].salt, mass("13"))
    any_store.withheld = lambda: {0: (changed,)}  # type: ignore[method-assign]
    with pytest.raises(VerificationError, match="not the one recorded"):
        load_ledger(any_store)


# --- credits and money ------------------------------------------------------------------------


def test_no_claim_is_larger_than_its_credit(any_store):
    any_store.append([credit("k1", "issue", "5")])
    assert refused(any_store, credit("k2", "retire", "5.000000001")) == ["ORL-0230"]
    any_store.append([credit("k3", "move", "2", to_account="acct/b")])
    assert refused(any_store, credit("k4", "move", "1")) == ["ORL-0231"]
    assert refused(any_store, credit("k5", "retire", "3"), credit("k6", "retire", "0.1")) == [
        "ORL-0230"
    ]
    any_store.append([credit("k7", "retire", "3"), credit("k8", "retire", "2", account="acct/b")])
    assert refused(any_store, credit("k9", "retire", "0.000000001", account="acct/b")) == [
        "ORL-0230"
    ]


def test_threads_cannot_spend_one_credit_twice(any_store):
    any_store.append([credit("k0", "issue", "5")])
    tasks = [lambda n=n: any_store.append([credit(f"k{n}", "retire", "3")]) for n in range(1, 5)]
    assert len(run_all(tasks)) == 3
    assert any_store.size() == 2


def test_an_expired_credit_is_gone(any_store):
    any_store.append([credit("k1", "issue", "5", expires="2025-09-10")])
    assert refused(any_store, credit("k2", "retire", "1", time=at(11))) == ["ORL-0230"]
    assert any_store.append([credit("k3", "retire", "1", time=at(10))]).size == 2


def money(identity: str, *amounts: tuple[str, str]) -> dict[str, Any]:
    postings = [
        {"account": f"acct/{n}", "amount": amount, "currency": currency}
        for n, (amount, currency) in enumerate(amounts)
    ]
    return event("money", identity, {"type": "payment", "postings": postings})


def test_postings_balance_in_each_currency(any_store):
    any_store.append([money("m1", ("0.1", "USD"), ("0.2", "USD"), ("-0.3", "USD"))])
    assert refused(any_store, money("m2", ("1", "USD"), ("-1", "PKR"))) == ["ORL-0205"] * 2
    assert refused(any_store, money("m3", ("1", "USD"), ("-0.999999999999999", "USD"))) == [
        "ORL-0205"
    ]


# --- two times --------------------------------------------------------------------------------


def test_as_of_and_known_at(any_store, clock):
    any_store.append([extract("e1", "m:1", grades=[grade("50")], time=at(1))])
    clock.advance(timedelta(days=10))
    any_store.append([extract("e2", "m:2", grades=[grade("50")], time=at(9))])
    assert load_ledger(any_store, as_of="2025-09-08").columns.events.id == ["e1"]
    assert load_ledger(any_store, as_of="2025-09-09").columns.events.id == ["e1", "e2"]
    assert load_ledger(any_store, as_of=at(9)).columns.events.id == ["e1", "e2"]
    assert load_ledger(any_store, known_at="2026-01-05").columns.events.id == ["e1"]
    early = load_ledger(any_store, known_at=1)
    assert (early.size, early.root) == (1, any_store.root(1))
    for wrong in ("yesterday", "2025-09-09T06:00:00", "2025-13-01"):
        with pytest.raises(InputError, match="is no moment"):
            load_ledger(any_store, as_of=wrong)


def test_a_derived_ledger_reads_its_parent_up_to_its_point(any_store, tmp_path):
    any_store.append([extract("e1", "m:1", grades=[grade("50")])])
    header = {
        "id": "plan",
        "tense": "planned",
        "parent": "test",
        "parent_size": "1",
        "parent_root": any_store.root().hex(),
    }
    clock, salts = FixedClock(), FixedSalts()
    with create_store(tmp_path / "plan.db", header, clock=clock, salt=salts) as plan:
        any_store.append([extract("e2", "m:2")])
        plan.append([consume("x1", line("m:1", "4"), time="2026-06-01T00:00:00Z")])
        ledger = load_ledger(plan, parent=any_store)
        assert ledger.columns.events.id == ["e1", "x1"]
        assert ledger.columns.events.seq.tolist() == [-1, 0]
        assert ledger.event(-1)["id"] == "e1"
        with pytest.raises(InputError, match="derived from test"):
            load_ledger(plan)
