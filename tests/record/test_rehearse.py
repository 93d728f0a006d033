"""A rehearsal answers what the append would, and leaves no trace."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1] / "cli" / "support"))

from small_ledger import EVENTS

from oreline.model import LedgerError
from oreline.record import Receipt, Store, create_store
from oreline_testing.injected import FixedClock, FixedSalts

HEADER = {"id": "small", "tense": "actual"}


def said(receipt: Receipt) -> list[Any]:
    return [(one.id, one.seq, one.state, one.findings, one.is_new) for one in receipt.entries]


def state(store: Store) -> tuple[int, bytes, list[Any]]:
    return store.size(), store.root(), store.findings()


def tried(store: Store, batch: list[dict[str, Any]]) -> Any:
    try:
        return said(store.rehearse(batch))
    except LedgerError as error:
        return [str(found) for found in error.findings]


def appended(store: Store, batch: list[dict[str, Any]]) -> Any:
    try:
        return said(store.append(batch))
    except LedgerError as error:
        return [str(found) for found in error.findings]


@given(
    st.lists(st.integers(0, len(EVENTS) - 1), max_size=6),
    st.lists(st.integers(0, len(EVENTS) - 1), min_size=1, max_size=6),
    st.booleans(),
)
def test_a_rehearsal_is_the_append_without_the_writing(
    tmp_path_factory: pytest.TempPathFactory, first: list[int], then: list[int], spoil: bool
) -> None:
    path = tmp_path_factory.mktemp("rehearse") / "ledger.db"
    batch = [dict(EVENTS[number]) for number in then]
    if spoil:
        batch[-1] = {**batch[-1], "note": "other content under the same id"}
    with create_store(path, HEADER, clock=FixedClock(), salt=FixedSalts()) as store:
        appended(store, [EVENTS[number] for number in first])
        before = state(store)
        rehearsed = tried(store, batch)
        assert state(store) == before
        assert tried(store, batch) == rehearsed
        assert appended(store, batch) == rehearsed


@pytest.mark.postgres
def test_on_postgresql_too(postgres_url: str, clock: FixedClock, salts: FixedSalts) -> None:
    with create_store(postgres_url, HEADER, clock=clock, salt=salts) as store:
        store.append(EVENTS[:6])
        before = state(store)
        rehearsed = tried(store, EVENTS[6:])
        assert state(store) == before
        assert appended(store, EVENTS[6:]) == rehearsed
