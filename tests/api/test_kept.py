"""Answers that are kept: equal to fresh ones, of the right reading, for the right eyes, bounded."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small_ledger import EVENTS as SMALL
from small_ledger import event, grade, mass
from trade import EVENTS as TRADE

from oreline.api import (
    LOCAL,
    RIGHTS,
    Desk,
    Person,
    Role,
    Settings,
    View,
    account_choices,
    at_hand,
    flow,
    lot_choices,
    month_account,
    open_now,
    outturns,
    overview,
    recoveries,
    site_accounts,
)
from oreline.api._kept import OVERHEAD_BYTES, KeptAnswers
from oreline.api._warming import Warming
from oreline.model import InputError, LedgerError
from oreline.record import create_store
from oreline_testing.injected import FixedClock, FixedSalts

CASES = settings(max_examples=8, phases=(Phase.explicit, Phase.reuse, Phase.generate))
QUESTIONS = (
    overview, lot_choices, open_now, partial(open_now, questions_max=1),
    partial(flow, element="Sb"), partial(site_accounts, element="Sb"),
    partial(recoveries, element="Sb"), partial(outturns, element="Sb"),
    partial(account_choices, element="Sb"),
)  # fmt: skip


@contextmanager
def desk_of(events: Any, kept_bytes_max: int = 2**20) -> Iterator[Desk]:
    clock, salts = FixedClock(), FixedSalts()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        with create_store(path, {"id": "l", "tense": "actual"}, clock=clock, salt=salts) as store:
            store.append(events)
        told = Settings(
            ledger=str(path), accounts=f"{path}.a", kept_answers_bytes_max=kept_bytes_max
        )
        desk = Desk.open(told, clock, salts)
        try:
            yield desk
        finally:
            desk.close()


def person(party: str | None) -> Person:
    return Person("p", "P", Role.OPERATOR, RIGHTS[Role.OPERATOR], party=party)


def answers(desk: Desk, party: str | None) -> list[Any]:
    """Ask everything twice: computed, then kept; both must be the same."""
    view = desk.view(LOCAL if party is None else person(party))
    first = [told(question, view) for question in QUESTIONS]
    assert [told(question, view) for question in QUESTIONS] == first
    return first


def told(question: Any, view: View) -> Any:
    try:
        answer = question(view)
    except InputError as error:
        return repr(error)
    # The root covers the salts too, which another server draws differently.
    return {name: value for name, value in answer.items() if name != "root"}


def dug(number: int, tonnes: int, percent: int) -> dict[str, Any]:
    made = {"lot": f"seller:x{number}", "dry": mass(str(tonnes), u="0.1"),
            "grades": [grade("Sb", str(percent), u="0.1")]}  # fmt: skip
    return event(f"x-{number}", "extract", 21, {"outputs": [made]}, site="mine", party="seller")


def corrected(number: int, of: int, tonnes: int | None) -> dict[str, Any]:
    body: dict[str, Any] = {"target": f"x-{of}", "action": "void", "reason": "typing error"}
    if tonnes is not None:
        made = dug(of, tonnes, 30)["body"]
        body |= {"action": "replace", "replacement": {"body": made}}
    return event(f"c-{number}", "correct", 22, body, party="seller")


STEPS = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(("dig", "correct", "void"))), max_size=4
)


@CASES
@given(STEPS)
def test_kept_answers_are_those_that_nobody_kept(steps: list[tuple[int, str]]) -> None:
    """However the ledger grows, every party is told what a server says that starts afresh."""
    written = [*TRADE]
    with desk_of(written) as desk:
        for number, (size, what) in enumerate(steps):
            last = next((k for k in range(number - 1, -1, -1) if steps[k][1] == "dig"), None)
            if what == "dig" or last is None:
                fresh = dug(number, size, 40)
            else:
                fresh = corrected(number, last, size if what == "correct" else None)
            told_before = answers(desk, None)
            try:
                desk.append(LOCAL, [fresh])
            except LedgerError:
                continue
            written.append(fresh)
            if what == "dig":
                assert answers(desk, None) != told_before
        with desk_of(written) as other:
            for party in (None, "seller", "buyer", "other"):
                assert answers(desk, party) == answers(other, party)


def test_no_party_is_given_what_was_told_to_another() -> None:
    with desk_of(TRADE) as desk:
        whole = answers(desk, None)
        told_to = {party: answers(desk, party) for party in ("seller", "buyer", "other")}
        # Asked the other way round by a server that has kept nothing, each is told the same.
        with desk_of(TRADE) as other:
            for party in ("other", "buyer", "seller"):
                assert answers(other, party) == told_to[party]
            assert answers(other, None) == whole
        assert len({repr(one) for one in (whole, *told_to.values())}) == 4


def test_before_the_ledger_grew_is_told_to_who_sees_all_of_it_and_counted() -> None:
    with desk_of(TRADE) as desk:
        seller = person("seller")
        old = overview(desk.view(LOCAL))
        overview(desk.view(seller))
        assert at_hand(desk.view(LOCAL), overview) == (old, 0)
        desk.append(LOCAL, [dug(1, 5, 40), dug(2, 5, 40)])
        view = desk.view(LOCAL)
        assert at_hand(view, overview) == (old, 2)
        assert at_hand(desk.view(seller), overview) is None
        assert at_hand(view, partial(open_now, questions_max=0)) is None
        assert at_hand(view, lambda one: one) is None
        new = overview(view)
        assert new["lots"] == old["lots"] + 2
        assert at_hand(view, overview) == (new, 0)
        past = desk.view(LOCAL, known_at=str(len(TRADE)))
        assert overview(past)["lots"] == old["lots"]
        assert at_hand(view, overview) == (new, 0)


def test_what_somebody_does_with_an_answer_is_theirs_alone() -> None:
    with desk_of(TRADE) as desk:
        view = desk.view(LOCAL)
        overview(view)["elements"].clear()
        overview(view)["elements"].clear()
        assert overview(view)["elements"] == ["Sb"]


def test_defaults_and_names_do_not_make_another_question() -> None:
    with desk_of(TRADE) as desk:
        view = desk.view(LOCAL)
        site_accounts(view, "Sb")
        count = len(desk.kept)
        site_accounts(view, element="Sb", site=None, period="month")
        site_accounts(view, "Sb", None)
        assert len(desk.kept) == count
        site_accounts(view, "Sb", None, "day")
        month_account(view, "mine", "2025-01", "Sb")
        assert len(desk.kept) == count + 2


def test_room_is_bounded_and_what_was_asked_least_lately_goes() -> None:
    kept = KeptAnswers(10 * (OVERHEAD_BYTES + 11))
    for number in range(100):
        kept.keep(1, ("q", (("n", number),)), {"n": "x" * 3})
        kept.get(1, ("q", (("n", 0),)))
        assert kept.bytes_kept <= kept.bytes_max
    assert len(kept) == 10
    assert kept.get(1, ("q", (("n", 0),))) == {"n": "xxx"}
    assert kept.get(1, ("q", (("n", 50),))) is None
    kept.keep(1, ("large", ()), {"n": "x" * kept.bytes_max})
    assert kept.get(1, ("large", ())) is None
    kept.keep(2, ("q", ()), {})
    kept.forget({1})
    assert (len(kept), kept.of(2)) == (1, [("q", ())])
    kept.forget({2})
    assert (len(kept), kept.bytes_kept) == (0, 0)


def test_readings_that_are_gone_keep_nothing() -> None:
    with desk_of(TRADE) as desk:
        for number in range(18):
            desk.append(LOCAL, [dug(number, 1, 40)])
            overview(desk.view(LOCAL))
            overview(desk.view(person("seller")))
            desk.view(LOCAL, known_at=str(len(TRADE) + number))
        assert len(desk.kept) <= 16 + 2
        assert len(desk.reading().earlier) == 16


def test_threads_that_ask_at_once_are_told_one_thing() -> None:
    with desk_of(TRADE) as desk:
        found: list[Any] = []
        asked = [
            threading.Thread(target=lambda who=who: found.append((who, answers(desk, who))))
            for who in (None, "seller", "buyer", None, "seller", "buyer")
        ]
        for one in asked:
            one.start()
        for one in asked:
            one.join()
        assert len(found) == 6
        for party, answer in found:
            assert answer == answers(desk, party)


@pytest.mark.parametrize("events_min", [1, 10_000])
def test_a_large_ledger_is_read_ahead_whenever_it_has_grown(events_min: int) -> None:
    with desk_of(SMALL) as desk:
        warming = Warming(desk, events_min)
        assert not desk.read_ahead.is_set()
        warming.start()
        try:
            assert desk.read_ahead.wait(60)
            is_large = events_min == 1
            assert (at_hand(desk.view(LOCAL), overview) is not None) == is_large
            site_accounts(desk.view(LOCAL), "Sb", None, "year")
            made = {"outputs": [{"lot": "p:NEW", "dry": mass("1")}]}
            desk.append(LOCAL, [event("new", "extract", 25, made, site="mine")])
            if is_large:
                asked = (overview, partial(site_accounts, element="Sb", period="year"))
                _wait_until(
                    lambda: all((at_hand(desk.view(LOCAL), one) or (0, 1))[1] == 0 for one in asked)
                )
        finally:
            warming.stop()


def _wait_until(is_so: Any) -> None:
    pause = threading.Event()
    for _ in range(600):
        if is_so():
            return
        pause.wait(0.1)
    raise AssertionError("it never was so")
