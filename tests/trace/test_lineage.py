"""Ancestors, descendants and paths, against a search over the oracle's own flows."""

from __future__ import annotations

from itertools import pairwise

import mixing
from hypothesis import Phase, given, settings
from lot_ledgers import tracer_of
from mixing import acting, day, declared_sites, drawn_ledger, grade, mass, simulate, stored, written

from oreline.trace import ancestors, descendants_of, path_between_lots, recall

CASES = settings(max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))


def ore(lot, site="mine/a", at=1):
    line = {"lot": lot, "dry": mass(10), "grades": [grade(10)]}
    return written("extract", f"x-{lot}", day(at), {"outputs": [line]}, site=site)


def process(name, inputs, outputs, at, **more):
    body = {
        "inputs": [{"lot": lot, "dry": mass(1)} for lot in inputs],
        "outputs": [
            {
                "lot": lot,
                "dry": mass(1),
                "grades": [grade(10)],
                **({"continuing": True} if "PILE" in lot else {}),
            }
            for lot in outputs
        ],
    }
    return written("process", name, day(at, 20), body, **{"site": "mill", **more})


def reached_by_search(events, start):
    """Follow every addition forward through every later draw, line by line; slow and plain."""
    steps = acting(events)
    entered = {start: -1}
    changed = True
    while changed:
        changed = False
        for place, (event, side, _, line) in enumerate(steps):
            if side != "in" or place < entered.get(line["lot"], len(steps)):
                continue
            for later, (other, other_side, _, output) in enumerate(steps):
                if other is event and other_side == "out":
                    lot = output["lot"]
                    if later < entered.get(lot, len(steps)):
                        entered[lot] = later
                        changed = True
    return set(entered) - {start}


@CASES
@given(events=drawn_ledger(overdraw=False))
def test_descendants_and_ancestors_are_those_of_a_plain_search(events):
    tracer = tracer_of(declared_sites() + stored(events))
    down = {lot: set(descendants_of(tracer, lot).lots) for lot in tracer.graph.lot_number}
    for lot, found in down.items():
        assert found == reached_by_search(events, lot)
    for lot in down:
        above = set(ancestors(tracer, lot).lots)
        assert above == {other for other, found in down.items() if lot in found}
        for other in down:
            assert bool(path_between_lots(tracer, other, lot)) == (other in above)


@CASES
@given(events=drawn_ledger(overdraw=False))
def test_lineage_holds_every_lot_that_metal_came_from(events):
    """Nothing that the mixing model finds is missing."""
    world = simulate(events, "Sb")
    tracer = tracer_of(declared_sites() + stored(events))
    mined = {e["body"]["outputs"][0]["lot"] for e in events if e["schema"] == "extract/1"}
    for lot in tracer.graph.lot_number:
        support = set(world.shares(lot)) - {mixing.UNKNOWN, lot}
        above = set(ancestors(tracer, lot).lots) & mined - {lot}
        assert support <= above
    for name in ("mine/a", "mine/d"):
        sources = {e["body"]["outputs"][0]["lot"] for e in events if e.get("site") == name} & mined
        below = sources.union(*(descendants_of(tracer, lot).lots for lot in sources))
        if sources:
            assert {found.lot for found in recall(tracer, "site", name, "Sb").lots} <= below


@CASES
@given(events=drawn_ledger(overdraw=False))
def test_a_path_is_a_chain_in_time_order(events):
    tracer = tracer_of(declared_sites() + stored(events))
    known = {event["id"]: event for event in events}
    for lot in tracer.graph.lot_number:
        for other in ancestors(tracer, lot).lots:
            path = path_between_lots(tracer, other, lot)
            assert other in path[0].takes
            assert lot in path[-1].gives
            for step, following in pairwise(path):
                assert set(step.gives) & set(following.takes)
                started = known[step.event].get("time_start", known[step.event]["time"])
                assert started <= following.time


def test_what_enters_a_pile_after_a_draw_is_no_ancestor_of_what_was_drawn():
    tracer = tracer_of(
        [
            *declared_sites(),
            ore("f:A"),
            ore("f:B", "mine/d"),
            process("p1", ["f:A"], ["f:PILE"], 2),
            process("d1", ["f:PILE"], ["f:D1"], 3),
            process("p2", ["f:B", "f:A"], ["f:PILE"], 4),
            process("d2", ["f:PILE"], ["f:D2"], 5),
        ]
    )
    assert set(ancestors(tracer, "f:D1").lots) == {"f:PILE", "f:A"}
    assert set(ancestors(tracer, "f:D2").lots) == {"f:PILE", "f:A", "f:B"}
    assert set(descendants_of(tracer, "f:B").lots) == {"f:PILE", "f:D2"}
    assert path_between_lots(tracer, "f:B", "f:D1") == ()
    assert [step.event for step in path_between_lots(tracer, "f:A", "f:D1")] == ["p1", "d1"]


def test_a_pile_booked_as_empty_stays_in_the_lineage_but_not_in_the_shares():
    """A heel may have stayed: a recall looks there, the shares do not count it."""
    tracer = tracer_of(
        [
            *declared_sites(),
            ore("f:A"),
            ore("f:B", "mine/d"),
            process("p1", ["f:A"], ["f:PILE"], 2),
            process("d1", ["f:PILE"], ["f:D1"], 3),
            process("p2", ["f:B"], ["f:PILE"], 4),
            process("d2", ["f:PILE"], ["f:D2"], 5),
        ]
    )
    assert "f:D2" in descendants_of(tracer, "f:A").lots
    assert {found.lot for found in recall(tracer, "site", "mine/a", "Sb").lots} == {"f:A", "f:D1"}


def test_what_feeds_the_cleaner_is_an_ancestor_of_what_the_rougher_makes():
    """The recycle stream acts before the cleaner's own draws: the way through it must be found."""
    when = {"time_start": day(3, 0)}
    tracer = tracer_of(
        [
            *declared_sites(),
            ore("f:A"),
            ore("f:B", "mine/d"),
            process("rougher", ["f:A", "f:CT"], ["f:RC"], 3, **when),
            process("cleaner", ["f:RC", "f:B"], ["f:CC", "f:CT"], 3, **when),
        ]
    )
    assert set(ancestors(tracer, "f:RC").lots) == {"f:A", "f:B", "f:CT"}
    assert set(descendants_of(tracer, "f:B").lots) == {"f:CC", "f:CT", "f:RC"}
    path = path_between_lots(tracer, "f:B", "f:RC")
    assert [step.event for step in path] == ["cleaner", "rougher"]


def test_the_shortest_way_may_come_too_late_for_the_next_draw():
    """P is reached by one event on day 6, by two on day 3; only the second can go on on day 4."""
    tracer = tracer_of(
        [
            *declared_sites(),
            ore("f:A"),
            process("a", ["f:A"], ["f:M"], 2),
            process("b", ["f:M"], ["f:PILE"], 3),
            process("c", ["f:PILE"], ["f:Z"], 4),
            process("late", ["f:A"], ["f:PILE"], 6),
        ]
    )
    path = path_between_lots(tracer, "f:A", "f:Z")
    assert [step.event for step in path] == ["a", "b", "c"]


def test_answers_as_tables_and_json():
    tracer = tracer_of([*declared_sites(), ore("f:A"), process("a", ["f:A"], ["f:M"], 2)])
    below = descendants_of(tracer, "f:A")
    assert below.to_frame().to_dicts() == [{"of": "f:A", "descendants": "f:M"}]
    assert below.to_json()["steps"][0]["takes"] == ["f:A"]
    assert recall(tracer, "country", "PK", "Sb").to_json()["lots"][0]["lot"] == "f:A"
