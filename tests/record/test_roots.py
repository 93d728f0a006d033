"""SQLite and PostgreSQL agree root for root, whatever is appended and however it is batched."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written import (
    at,
    between,
    consume,
    correct,
    count,
    credit,
    decide,
    extract,
    grade,
    line,
    mass,
    period,
    process,
)

from oreline.model import LedgerError
from oreline.record import Store, create_store, verify_ledger
from oreline.record._tables import metadata
from oreline_testing.injected import FixedClock, FixedSalts

LOTS = st.sampled_from(["m:1", "m:2", "m:3"])
AMOUNTS = st.one_of(
    st.integers(0, 50).map(lambda n: mass(str(n))),
    st.integers(0, 50).map(lambda n: between(str(n), str(n + 5))),
    st.just({"unknown": "not published"}),
)


@st.composite
def events(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """Draw an event of any of several kinds about a few lots; some are refused."""
    name = f"e{number}"
    more: dict[str, Any] = {"time": at(draw(st.integers(1, 28)))}
    if draw(st.booleans()):
        more["external_id"] = draw(st.sampled_from(["D1", "D2"]))
    if draw(st.booleans()):
        more["note"] = draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=5))
    earlier = st.integers(0, max(number, 1)).map(lambda n: f"e{n}")
    kind = draw(st.integers(0, 8))
    lot, amount = draw(LOTS), draw(AMOUNTS)
    if kind == 0:
        return extract(name, lot, amount, continuing=True, grades=[grade("5")], **more)
    if kind == 1:
        return extract(name, lot, amount, withhold=["/body/outputs/0/dry"], **more)
    if kind == 2:
        return process(name, [line(lot, amount)], [line(draw(LOTS), draw(AMOUNTS))], **more)
    if kind == 3:
        return consume(name, {"lot": lot, "all": True}, **more)
    if kind == 4:
        return count(name, lot, str(draw(st.integers(0, 50))), **more)
    if kind == 5:
        return correct(name, draw(earlier), draw(st.sampled_from([None, {"time": at(3)}])), **more)
    if kind == 6:
        return decide(name, draw(earlier), draw(st.sampled_from(["release", "reject"])), **more)
    if kind == 7:
        return period(name, "2025-09", draw(st.sampled_from(["closed", "open"])), **more)
    action = draw(st.sampled_from(["issue", "retire"]))
    return credit(name, action, str(draw(st.integers(1, 5))), time=more["time"])


@st.composite
def histories(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """Draw batches of events; an id may come again."""
    made: list[list[dict[str, Any]]] = []
    for _ in range(draw(st.integers(1, 5))):
        numbers = draw(st.lists(st.integers(0, 30), min_size=1, max_size=6))
        made.append([draw(events(number)) for number in numbers])
    return made


def kept(store: Store, batches: list[list[dict[str, Any]]]) -> list[Any]:
    """Append batches; return what became of each."""
    said: list[Any] = []
    for batch in batches:
        try:
            said.append(store.append(batch))
        except LedgerError as error:
            said.append(error.findings)
    return said


def rows(store: Store) -> dict[str, list[Any]]:
    with store.reading() as connection:
        return {
            table.name: sorted(
                (tuple(bytes(v) if isinstance(v, memoryview) else v for v in row))
                for row in connection.execute(table.select())
            )
            for table in metadata.sorted_tables
            if table.name not in {"header", "event"}
        } | {
            "event": [
                (*row[:9], *(bytes(v) for v in row[9:]))
                for row in connection.execute(metadata.tables["event"].select())
            ]
        }


def made(place: Any, step_s: int = 1) -> Store:
    clock = FixedClock(step=timedelta(seconds=step_s))
    return create_store(place, {"id": "r", "tense": "actual"}, clock=clock, salt=FixedSalts())


@pytest.mark.postgres
@settings(max_examples=25)
@given(history=histories())
def test_both_databases_hold_the_same(tmp_path_factory, postgres_server, history):
    path = tmp_path_factory.mktemp("roots") / "ledger.db"
    database = postgres_server.create_database()
    try:
        with made(path) as one, made(postgres_server.url(database)) as two:
            assert kept(one, history) == kept(two, history)
            assert one.root() == two.root()
            assert rows(one) == rows(two)
            for store in (one, two):
                report = verify_ledger(store)
                assert report.ok, report.findings
    finally:
        postgres_server.drop_database(database)


@settings(max_examples=40)
@given(history=histories(), data=st.data())
def test_it_makes_no_difference_how_events_are_batched(tmp_path_factory, history, data):
    """What a batch of one refuses stays out; the rest must be judged alike in any batches."""
    folder = tmp_path_factory.mktemp("batches")
    with made(folder / "one.db", step_s=0) as one, made(folder / "two.db", step_s=0) as two:
        drawn = [event for batch in history for event in batch]
        accepted = [event for event in drawn if not isinstance(kept(one, [[event]])[0], tuple)]
        cuts = data.draw(st.lists(st.integers(0, len(accepted)), max_size=4).map(sorted))
        edges = [0, *cuts, len(accepted)]
        for start, stop in pairwise(edges):
            two.append(accepted[start:stop])
        assert one.root() == two.root()
        assert rows(one) == rows(two)
