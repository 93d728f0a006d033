"""What is open: derived from the events alone, closed by the event that says it."""

from __future__ import annotations

from typing import Any

import pytest
from shown_example import Shown
from told_events import Trace, event, seen, tonnes

from oreline.ask import Standing, open_questions
from oreline.model import Chain

REPORT = seen("r1", "2025-10-02", "delivered", "d:sb", origin={"country": "PK"})
EVERYTHING = {
    "mass", "moisture", "assay", "form", "district", "mine", "hs_code", "price",
    "port_of_loading", "bill_of_lading", "receiving_plant", "next_processor", "title",
}  # fmt: skip


def open_about(trace: Trace, chain: Chain, *events: dict[str, Any]) -> dict[str, Standing]:
    found = open_questions(trace(events), chain)
    return {question.subject: question.standing for question in found.questions}


def test_of_a_lot_that_is_only_reported_everything_is_open(trace: Trace, chain: Chain) -> None:
    found = open_about(trace, chain, REPORT)
    assert set(found) == EVERYTHING
    assert set(found.values()) == {Standing.UNKNOWN}


@pytest.mark.parametrize(
    ("closing", "closed"),
    [
        (event("weigh", "w", "2025-10-03", {"lot": "d:sb", "wet": tonnes("20")}), {"mass"}),
        (
            event("assay", "a", "2025-10-03", {
                "lot": "d:sb", "role": "buyer",
                "results": [{"analyte": "Sb", "value": "52", "unit": "%", "basis": "measured"}],
            }),
            {"assay"},
        ),
        (
            event("assay", "a", "2025-10-03", {
                "lot": "d:sb", "role": "buyer",
                "moisture": {"analyte": "H2O", "value": "8", "unit": "%", "basis": "measured"},
            }),
            {"moisture"},
        ),
        (event("transfer", "t", "2025-10-03", {"lots": ["d:sb"]}), {"title"}),
        (
            seen("r2", "2025-10-03", "delivered", "d:sb", origin={"district": "Chagai"}),
            {"district"},
        ),
        (
            seen("r2", "2025-10-03", "delivered", "d:sb", origin={"site": "pit"}),
            {"district", "mine"},
        ),
    ],
    ids=["weight", "assay", "moisture", "title", "district", "mine"],
)  # fmt: skip
def test_the_event_that_says_it_closes_the_question(
    trace: Trace, chain: Chain, closing: dict[str, Any], closed: set[str]
) -> None:
    assert EVERYTHING - set(open_about(trace, chain, REPORT, closing)) == closed


@pytest.mark.parametrize(
    ("told", "contested"),
    [
        ([("2025-10-01", "dispatched"), ("2025-10-20", "delivered")], False),
        ([("2025-10-01", "dispatched"), ("2025-10-01", "delivered")], True),
        ([("2025-10-02", "delivered"), ("2025-10-06", "dispatched")], True),
        ([("2025-10-02", "delivered"), ("2025-10-06", "delivered")], False),
        ([("2025-10-02", "delivered"), ("2025-10-06", "seen")], False),
    ],
)
def test_a_status_is_contested_when_the_reports_do_not_fit(
    trace: Trace, chain: Chain, told: list[tuple[str, str]], contested: bool
) -> None:
    events = [seen(f"r{n}", day, status, "d:sb") for n, (day, status) in enumerate(told)]
    found = open_about(trace, chain, *events)
    assert ("status" in found) is contested
    if contested:
        assert found["status"] is Standing.CONTESTED


def test_lots_that_are_reported_together_make_one_shipment(trace: Trace, chain: Chain) -> None:
    events = [
        seen("r1", "2025-10-02", "delivered", "d:sb", "d:cu"),
        seen("r2", "2025-10-02", "delivered", "d:cu", "d:ree"),
        seen("r3", "2025-11-02", "delivered", "d:other"),
    ]
    found = open_questions(trace(events), chain)
    ports = [q.lots for q in found.questions if q.subject == "port_of_loading"]
    assert sorted(ports) == [("d:other",), ("d:sb", "d:cu", "d:ree")]
    assert sum(q.subject == "mass" for q in found.questions) == 4


def test_books_are_asked_for_what_they_lack(trace: Trace, chain: Chain) -> None:
    line = {"lot": "d:ore", "dry": tonnes("10", u="0.1")}
    events = [
        event("extract", "x", "2025-09-01", {"outputs": [line]}, site="pit", party="digger"),
        event("split", "s", "2025-09-02", {
            "inputs": [{"lot": "d:ore", "dry": tonnes("12", u="0.1")}],
            "outputs": [{"lot": "d:part", "dry": tonnes("12", u="0.1")}],
        }, site="pit", party="digger"),
        event("sample", "p", "2025-09-02", {"sample": "S-1", "lot": "d:part"}, site="pit"),
    ]  # fmt: skip
    found = open_questions(trace(events), chain)
    told = {(question.subject, question.about) for question in found.questions}
    assert ("overdrawn", "d:ore") in told
    assert ("assay_outstanding", "d:part") in told
    assert ("district", "d:ore") in told
    assert ("mine", "d:ore") not in told
    assert not any(question.reported for question in found.questions)
    assert {one.reported for one in found.documents} == {False}


def test_only_what_is_reported_can_be_asked_for(trace: Trace, chain: Chain) -> None:
    line = {"lot": "d:ore", "dry": tonnes("10")}
    dug = event("extract", "x", "2025-09-01", {"outputs": [line]}, site="pit", party="digger")
    found = open_questions(trace([REPORT, dug]), chain, reported_only=True)
    assert all(question.reported for question in found.questions)
    assert found.to_frame().height == len(found.documents)
    assert found.to_json()["unsettled"] == []


def test_the_first_batch_of_the_example_is_open_as_nobody_has_published_it(
    first_batch: Shown,
) -> None:
    lead = first_batch.made.brief.section("ask-first").lead
    assert lead == "6 documents together would settle 30 of the 30 open questions."
