"""Rehearsing is appending without a trace: the same answer, and the ledger as it was."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from lot_ledgers import store_of
from written import at, blend, consume, correct, count, credit, decide, extract, line, period, split

from oreline.model import LedgerError
from oreline.record import Receipt, State, Store, create_store, open_store
from oreline.record._tables import metadata
from oreline_testing.injected import FixedClock

NAMES = [f"e{number}" for number in range(8)]
LOTS = ["m:1", "m:2", "m:3"]
MASSES = ["0", "1", "9.5", "10", "40"]


@st.composite
def events(draw: Any) -> Any:
    """Draw an event; so few names and lots that ids clash, stocks run out and corrections meet."""
    name, lot, other = (draw(st.sampled_from(pool)) for pool in (NAMES, LOTS, LOTS))
    amount, target = draw(st.sampled_from(MASSES)), draw(st.sampled_from(NAMES))
    more: dict[str, Any] = {"time": at(draw(st.integers(1, 3)))}
    if draw(st.integers(0, 3)) == 0:
        more["external_id"] = draw(st.sampled_from(["T-1", "T-2"]))
    made = [
        lambda: extract(name, lot, amount, **more),
        lambda: blend(name, [line(lot, amount)], line(other, amount), **more),
        lambda: split(name, line(lot, all=True), [line(other, amount)], **more),
        lambda: consume(name, line(lot, amount), **more),
        lambda: count(name, lot, amount, **more),
        lambda: correct(name, target, **more),
        lambda: correct(name, target, {"time": at(2), "site": "site/mine"}, **more),
        lambda: decide(name, target, draw(st.sampled_from(["release", "reject"])), **more),
        lambda: period(name, "p", draw(st.sampled_from(["open", "closed"])), **more),
        lambda: credit(name, draw(st.sampled_from(["issue", "retire"])), amount, **more),
        lambda: {**extract(name, lot, amount), "schema": "dig/1"},
    ]
    return draw(st.sampled_from(made))()


def everything(store: Store) -> dict[str, list[Any]]:
    """Return every row of every table."""
    with store._engine.connect() as connection:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(sa.select(table))), key=repr
            )
            for table in metadata.sorted_tables
        }


def answer(act: Any, batch: list[Any]) -> Any:
    """Return what a batch is answered: what became of each event, or every refusal."""
    try:
        receipt: Receipt = act(batch)
    except LedgerError as error:
        return str(type(error)), error.findings
    return receipt.entries, receipt.size


@settings(max_examples=150)
@given(st.lists(st.lists(events(), min_size=1, max_size=5), min_size=1, max_size=5))
def test_an_append_answers_what_its_rehearsal_did(batches: list[list[Any]]) -> None:
    with store_of() as store:
        for batch in batches:
            before = everything(store), store.size(), store.root()
            expected = answer(store.rehearse, batch)
            assert (everything(store), store.size(), store.root()) == before
            assert answer(store.rehearse, batch) == expected
            assert answer(store.append, batch) == expected


@settings(max_examples=60)
@given(st.lists(st.lists(events(), min_size=1, max_size=4), min_size=2, max_size=4))
def test_a_log_with_rehearsals_is_the_log_without(batches: list[list[Any]]) -> None:
    """Whatever was rehearsed before, a batch is answered as if it had not been."""
    with store_of() as quiet, store_of() as busy:
        for number, batch in enumerate(batches):
            for other in (*batches[number + 1 :], *batches[:number]):
                answer(busy.rehearse, other)
            assert answer(busy.append, batch) == answer(quiet.append, batch)
        assert everything(busy)["lot"] == everything(quiet)["lot"]
        assert everything(busy)["finding"] == everything(quiet)["finding"]


HISTORY: list[tuple[list[Any], str]] = [
    ([extract("e1", "m:1", "10"), consume("e2", line("m:1", "4"), time=at(2))], "new"),
    ([consume("e3", line("m:1", "99"), time=at(3))], "odd"),
    ([extract("e1", "m:1", "11")], "refused"),
    ([extract("e1", "m:1", "10")], "known"),
    ([period("e4", "sept", time=at(4))], "new"),
    ([extract("e5", "m:2", "1", time=at(5))], "held"),
    ([decide("e6", "e5", "release", time=at(6))], "new"),
    ([correct("e7", "e2", time=at(7))], "held"),
]
"""Batches, and what is special in the answer to each."""


def test_rehearsals_on_both_databases(place: str, clock: FixedClock) -> None:
    """With salts that do not differ even the root is the one that the log will have."""
    with create_store(
        place, {"id": "test", "tense": "actual"}, clock=FixedClock(step=timedelta(0)),
        salt=lambda: "00" * 16,
    ) as store:  # fmt: skip
        for batch, special in HISTORY:
            before = everything(store)
            if special == "refused":
                refusals = []
                for act in (store.rehearse, store.append):
                    with pytest.raises(LedgerError) as caught:
                        act(batch)
                    refusals.append(caught.value.findings)
                assert refusals[0] == refusals[1]
                assert everything(store) == before
                continue
            expected = store.rehearse(batch)
            assert everything(store) == before
            with open_store(place) as beside:
                assert beside.size() == store.size()
            receipt = store.append(batch)
            assert receipt == expected
            assert store.root() == expected.root
            last = receipt.entries[-1]
            assert (last.state is State.HELD) == (special == "held")
            assert last.is_new == (special != "known")
            assert bool(last.findings) == (special in {"odd", "held"})


def test_rehearsals_do_not_disturb_appends_of_other_threads(any_store: Store) -> None:
    """Batches that commit together while others are rehearsed all go in, each once."""
    failures: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for number in range(12):
                batch = [extract(f"t{thread}-{number}", f"m:{thread}", "1")]
                if thread % 2:
                    assert any_store.rehearse(batch).entries[0].is_new
                else:
                    assert any_store.append(batch).appended == 1
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert any_store.size() == 36
    ids = [row.id for row in any_store.rows()]
    assert sorted(ids) == sorted(f"t{n}-{k}" for n in (0, 2, 4) for k in range(12))
