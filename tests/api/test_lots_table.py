"""The table of lots against a slow and obvious one: every order, filter, search and page."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

sys.path.append(str(Path(__file__).parents[1] / "oracle"))

from lot_ledgers import ledger_of
from mixing import drawn_ledger, milligrams, stored
from small_ledger import EVENTS, event

from oreline.api._desk import Reading
from oreline.api._lots_order import Orders
from oreline.api._lots_search import name_letters
from oreline.api._lots_table import FLAGS, FOUND_MAX, SORTS, Asked, LotTable
from oreline.model import InputError
from oreline.record import event_ids, event_state, event_state_at
from oreline.trace import custody

PLAIN = tuple(name for name in SORTS if name != "metal")


def table_of(*batches: Any) -> tuple[LotTable, Reading]:
    reading = Reading(ledger_of(*batches), None, ())
    return reading.lots, reading


def pages(table: LotTable, asked: Asked, limit: int) -> list[int]:
    """Return the lots of all pages, one after the other by cursor."""
    found: list[int] = []
    after = None
    while True:
        page = table.page(asked, limit, after, 0)
        found.extend(page.numbers.tolist())
        assert page.total >= len(found)
        if page.next is None:
            assert page.total == len(found)
            return found
        after = page.next


def wanted(table: LotTable, asked: Asked) -> list[int]:
    """Return the lots as whoever sorts a list by hand would: unknown last when rising."""
    rows = list(enumerate(table.frame.iter_rows(named=True)))
    kept = [
        (number, row)
        for number, row in rows
        if all(row[name] == value for name, value in asked.equal.items())
        and asked.search.lower() in row["lot"].lower()
        and (not asked.flag or table.flags[asked.flag][number])
        and (asked.dry_kg_min is None or row["dry"] >= asked.dry_kg_min * 1_000_000)
        and (asked.dry_kg_max is None or row["dry"] <= asked.dry_kg_max * 1_000_000)
    ]
    kept.sort(key=lambda item: item[1]["lot"].encode())
    known = [item for item in kept if item[1][asked.sort] is not None]
    known.sort(key=lambda item: _key(item[1][asked.sort]))
    ordered = known + [item for item in kept if item[1][asked.sort] is None]
    numbers = [number for number, _ in ordered]
    return numbers[::-1] if asked.descending else numbers


def _key(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


@st.composite
def asks(draw: Any, table: LotTable) -> Asked:
    """Draw a question of a table, with values that are in it and some that are not."""
    equal = {}
    for name in ("site", "holder", "material", "basis"):
        if draw(st.integers(0, 4)) == 0:
            known = [value for value in table.frame[name].to_list() if value is not None]
            equal[name] = draw(st.sampled_from([*known, "no such"]))
    return Asked(
        sort=draw(st.sampled_from(PLAIN)),
        descending=draw(st.booleans()),
        search=draw(st.sampled_from(["", "", "1", "CONC", "no such", "%", "."])),
        equal=equal,
        flag=draw(st.sampled_from(["", "", *FLAGS])),
        dry_kg_min=draw(st.sampled_from([None, None, 0.0, 1_000.0, 5_000.0])),
        dry_kg_max=draw(st.sampled_from([None, None, 5_000.0])),
    )


@settings(max_examples=40)
@given(drawn_ledger(steps_max=8), st.data())
def test_pages_are_the_sorted_and_filtered_list(events: list[Any], data: Any) -> None:
    table, _ = table_of(stored(events))
    for _ in range(4):
        asked = data.draw(asks(table))
        expected = wanted(table, asked)
        limit = data.draw(st.integers(1, 7))
        assert pages(table, asked, limit) == expected
        at = data.draw(st.integers(0, len(expected) + 2))
        jumped = table.page(asked, limit, None, at)
        assert jumped.numbers.tolist() == expected[at : at + limit]
        assert jumped.total == len(expected)


@given(st.lists(st.text(max_size=6), max_size=12), st.text(max_size=3), st.data())
def test_a_search_is_a_look_at_every_name(names: list[str], text: str, data: Any) -> None:
    """Capitals, dotted and final letters and names of no letters included."""
    if names and data.draw(st.booleans()):
        whole = data.draw(st.sampled_from(names))
        start = data.draw(st.integers(0, len(whole)))
        text = whole[start : start + 3].swapcase()
    found = name_letters(names).containing(text).tolist()
    sought = text.lower()
    assert found == [sought in name.lower() for name in names]


@given(st.lists(st.one_of(st.none(), st.sampled_from("abcé"), st.just("")), max_size=20), st.data())
def test_an_order_is_a_sort_by_hand(values: list[str | None], data: Any) -> None:
    names = data.draw(st.permutations([f"n{number}" for number in range(len(values))]))
    orders = Orders(pl.Series(names, dtype=pl.String))
    order = orders.by("it", lambda: pl.Series(values, dtype=pl.String))
    by_hand = sorted(
        range(len(values)), key=lambda n: (values[n] is None, (values[n] or "").encode(), names[n])
    )
    assert order.lots.tolist() == by_hand
    assert [by_hand.index(number) for number in range(len(names))] == order.place.tolist()
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names))))
    keep = keep.astype(np.bool_)
    assert order.among(keep).tolist() == [number for number in by_hand if keep[number]]


@given(st.lists(st.integers(-(2**63), 2**63 - 2), max_size=20))
def test_numbers_are_ordered_as_numbers(values: list[int]) -> None:
    names = pl.Series([f"{number:03}" for number in range(len(values))], dtype=pl.String)
    found = Orders(names).by("it", lambda: pl.Series(values, dtype=pl.Int64)).lots.tolist()
    assert found == sorted(range(len(values)), key=lambda number: values[number])


def test_more_words_than_are_counted_are_ordered_too() -> None:
    words = [f"{number * 7919 % 70_000:05}" for number in range(70_000)]
    found = Orders(pl.Series(words)).by("it", lambda: pl.Series(words)).lots
    assert [words[number] for number in found.tolist()] == sorted(words)


def test_each_order_is_made_once_while_many_ask() -> None:
    made: list[int] = []
    orders = Orders(pl.Series([f"n{number}" for number in range(1_000)]))

    def values() -> pl.Series:
        made.append(1)
        return pl.Series(range(1_000))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: orders.by("it", values), range(32)))
    assert len(made) == 1
    assert all(order is found[0] for order in found)


def test_questions_that_come_back_are_not_asked_again() -> None:
    table, _ = table_of(EVENTS)
    for number in range(3 * FOUND_MAX):
        asked = Asked(search=str(number % (FOUND_MAX + 2)))
        assert table.page(asked, 100, None, 0).numbers.tolist() == wanted(table, asked)[:100]
    assert len(table._found) == FOUND_MAX


@settings(max_examples=40)
@given(drawn_ledger(steps_max=8))
def test_each_row_is_what_the_events_say(events: list[Any]) -> None:
    """Times, place, holder and mass made, read straight from the events as written."""
    table, reading = table_of(stored(events))
    ledger = reading.ledger
    for row in table.frame.iter_rows(named=True):
        lot = row["lot"]
        own = [one for one in events if f"'{lot}'" in str(one["body"])]
        made = [
            line for event in own for line in event["body"].get("outputs", ()) if line["lot"] == lot
        ]
        if made and all("dry" in line for line in made):
            assert row["dry"] == sum(milligrams(line["dry"]) for line in made)
        bodies = {seq: str(ledger.event(seq)["body"]) for seq in ledger.columns.events.seq}
        seqs = [seq for seq, body in bodies.items() if f"'{lot}'" in body]
        found = custody(ledger, lot, seqs)
        assert row["site"] == found.site
        assert row["holder"] == found.holder


def test_a_page_goes_on_at_the_same_lot_while_the_ledger_grows() -> None:
    small, _ = table_of(EVENTS[:8])
    asked = Asked(sort="lot", descending=False)
    first = small.page(asked, 2, None, 0)
    grown, _ = table_of(EVENTS)
    names = grown.frame["lot"]
    seen = [small.frame["lot"][number] for number in first.numbers.tolist()]
    rest = grown.page(asked, 100, first.next, 0).numbers.tolist()
    assert [names[number] for number in rest] == sorted(name for name in names if name > seen[-1])


@pytest.mark.parametrize(
    "asked",
    [
        Asked(sort="colour"),
        Asked(sort="metal"),
        Asked(flag="shiny"),
        Asked(equal={"dry": "1"}),
        Asked(since="Tuesday"),
    ],
)
def test_a_question_that_the_table_does_not_know_is_refused(asked: Asked) -> None:
    table, _ = table_of(EVENTS)
    with pytest.raises(InputError):
        table.page(asked, 10, None, 0)


def test_what_is_said_of_an_event_is_found_where_it_is_looked_for() -> None:
    """A correction that counts, one that is void, an attestation: as a search of all finds them."""
    more = [
        event("fix-1", "correct", 10, {"target": "assay-1", "action": "void", "reason": "x"}),
        event("fix-2", "correct", 11, {"target": "fix-1", "action": "void", "reason": "y"}),
        event("att-1", "attest", 12, {"type": "note", "subject": "ship-1", "statement": "z"}),
    ]
    _, reading = table_of(EVENTS, more)
    found = 0
    for name in event_ids(reading.ledger).values():
        seq = reading.position_of_event[name]
        state = event_state_at(reading.ledger, seq, reading.said_of_others)
        assert state == event_state(reading.ledger, name)
        found += len(state.touches)
    assert found >= 3


def test_a_cursor_of_another_order_is_refused() -> None:
    table, _ = table_of(EVENTS)
    cursor = table.page(Asked(sort="lot"), 1, None, 0).next
    assert cursor is not None
    for asked, after in ((Asked(sort="dry"), cursor), (Asked(sort="lot"), "W10"), (Asked(), "é")):
        with pytest.raises(InputError):
            table.page(asked, 1, after, 0)
