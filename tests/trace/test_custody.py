"""One drum of concentrate from the mine to the buyer, looked at on several days."""

from __future__ import annotations

import pytest
from lot_ledgers import store_of
from mixing import day, declared_sites, grade, mass, written

from oreline.record import load_ledger
from oreline.trace import custody

LOT = "fwo:SB-1"
STORY = [
    written(
        "extract",
        "dig",
        day(1),
        {"outputs": [{"lot": LOT, "dry": mass(24), "grades": [grade(50)]}]},
        site="mine/a",
        party="fwo",
    ),
    written(
        "pack",
        "pack",
        day(2),
        {"container": "MSKU1", "lots": [LOT], "seals": ["S-1", "S-2"]},
        site="mine/a",
    ),
    written(
        "dispatch",
        "leave",
        day(3),
        {"lots": [{"lot": LOT}], "containers": ["MSKU1"], "mode": "sea", "carrier": "line"},
        site="mine/a",
        to_site="buyer-yard",
        party="fwo",
    ),
    written(
        "transfer",
        "title",
        day(10),
        {"lots": [LOT], "document": "BL-9"},
        party="fwo",
        to_party="ussm",
    ),
    written(
        "receive",
        "arrive",
        day(40),
        {"lots": [{"lot": LOT}], "containers": ["MSKU1"]},
        site="buyer-yard",
        party="ussm",
    ),
    written(
        "unpack",
        "open",
        day(41),
        {"container": "MSKU1", "lots": [LOT], "seals_intact": True},
        site="buyer-yard",
    ),
    written(
        "sample",
        "take",
        day(41, 13),
        {"sample": "S-77", "lot": LOT, "standard": "ISO 12743"},
        site="buyer-yard",
    ),
    written(
        "assay",
        "lab",
        day(50),
        {"sample": "S-77", "role": "buyer", "laboratory": "lab-9", "results": [grade("49.1")]},
    ),
]


def asked(*batches, lot=LOT, **when):
    with store_of(declared_sites(), *batches) as store:
        return custody(load_ledger(store, **when), lot, store.events_of_lot(lot))


@pytest.mark.parametrize(
    ("as_of", "site", "holder", "owner", "in_transit"),
    [
        (day(0), None, None, None, False),
        (day(1), "mine/a", "fwo", "fwo", False),
        (day(5), "mine/a", "line", "fwo", True),
        (day(20), "mine/a", "line", "ussm", True),
        (day(45), "buyer-yard", "ussm", "ussm", False),
    ],
)
def test_who_had_it_where_and_when(as_of, site, holder, owner, in_transit):
    answer = asked(STORY, as_of=as_of)
    assert (answer.site, answer.holder, answer.owner) == (site, holder, owner)
    assert answer.in_transit is in_transit


def test_the_timeline_in_words():
    answer = asked(STORY)
    kinds = [step.kind for step in answer.steps]
    assert kinds[:7] == ["extract", "pack", "dispatch", "transfer", "receive", "unpack", "sample"]
    words = {step.event: step.what for step in answer.steps}
    assert words["pack"] == "packed into MSKU1, seals S-1 S-2"
    assert words["leave"] == "dispatched, sea, MSKU1"
    assert words["title"] == "title passed, BL-9"
    assert answer.to_frame().height == len(answer.steps)
    assert answer.to_json()["holder"] == "ussm"


def test_an_assay_that_names_only_the_sample_stands_in_the_timeline():
    assert [step.event for step in asked(STORY).steps][-1] == "lab"


def test_a_correction_stands_in_the_timeline_and_moves_the_event():
    body = {
        "target": "arrive",
        "action": "replace",
        "reason": "wrong month",
        "replacement": {"time": day(30)},
    }
    answer = asked(STORY, [written("correct", "fix", day(60), body)])
    order = [step.event for step in answer.steps]
    assert order.index("arrive") < order.index("open")
    assert {step.event: step.time for step in answer.steps}["arrive"] == day(30)
    assert answer.steps[-1].what == "replace arrive: wrong month"
    assert (
        asked(STORY, [written("correct", "fix", day(60), body)], as_of=day(35)).site == "buyer-yard"
    )


def test_a_voided_receipt_leaves_the_lot_in_transit():
    body = {"target": "arrive", "action": "void", "reason": "another container"}
    answer = asked(STORY, [written("correct", "fix", day(60), body)])
    assert answer.in_transit
    assert "arrive" not in [step.event for step in answer.steps]
    assert "void arrive: another container" in [step.what for step in answer.steps]


def test_a_correction_may_put_another_lot_into_an_event():
    new = {"lots": [{"lot": "fwo:SB-2"}], "containers": ["MSKU1"]}
    body = {
        "target": "arrive",
        "action": "replace",
        "reason": "wrong drum",
        "replacement": {"body": new},
    }
    batches = (STORY, [written("correct", "fix", day(60), body)])
    assert asked(*batches).in_transit
    other = asked(*batches, lot="fwo:SB-2")
    assert (other.site, other.holder, other.in_transit) == ("buyer-yard", "ussm", False)
    assert [step.event for step in other.steps] == ["arrive", "fix"]


def test_what_was_not_yet_recorded_is_not_known():
    answer = asked(STORY[:3], STORY[3:], known_at=len(declared_sites()) + 3)
    assert answer.in_transit
    assert answer.owner == "fwo"
