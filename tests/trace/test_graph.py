"""What becomes of lines in the lot graph: the core formulas by hand, recycle loops, hoisting."""

from __future__ import annotations

import pytest
from lot_ledgers import tracer_of
from mixing import day, declared_sites, grade, mass, written

from oreline.model import InputError, LoopError
from oreline.record import DRY
from oreline.trace import attribute_lots_frame, explain, recall, trace_origins


def ore(lot, tonnes, percent, site="mine/a", at=1):
    line = {"lot": lot, "dry": mass(tonnes), "grades": [grade(percent)]}
    return written("extract", f"x-{lot}", day(at), {"outputs": [line]}, site=site)


def made(lot, tonnes, percent, **more):
    return {"lot": lot, "dry": mass(tonnes), "grades": [grade(percent)], **more}


def taken(lot, tonnes):
    return {"lot": lot, "dry": mass(tonnes)}


def process(name, inputs, outputs, at, **more):
    body = {"inputs": inputs, "outputs": outputs}
    return written("process", name, day(at, 20), body, **{"site": "mill", **more})


def shares(tracer, lot, level="site"):
    return {found.name: found.share_low for found in trace_origins(tracer, lot, "Sb").at(level)}


TWO_MINES = [*declared_sites(), ore("f:A", 10, 10), ore("f:B", 10, 30, "mine/d")]
"""1 t of antimony from mine/a (Pakistan), 3 t from mine/d (China)."""


def test_a_blend_of_two_sources_by_hand():
    """4 t of A carry 0.4 t, 10 t of B carry 3 t: 0.4 / 3.4 and 3 / 3.4."""
    body = {"inputs": [taken("f:A", 4), {"lot": "f:B", "all": True}], "outputs": [{"lot": "f:C"}]}
    tracer = tracer_of([*TWO_MINES, written("blend", "b", day(2), body, site="mill")])
    answer = trace_origins(tracer, "f:C", "Sb")
    assert answer.metal_low_mg == answer.metal_high_mg == 3_400_000_000
    found = {share.name: share for share in answer.at("site")}
    assert found["mine/a"].share_low == pytest.approx(0.4 / 3.4, abs=1e-15)
    assert found["mine/d"].share_low == pytest.approx(3.0 / 3.4, abs=1e-15)
    assert (found["mine/a"].mass_low_mg, found["mine/d"].mass_low_mg) == (
        400_000_000,
        3_000_000_000,
    )


def test_a_draw_takes_its_share_of_the_pile_at_that_moment_by_hand():
    """1 t + 3 t of metal on the pile; a quarter drawn, then 2 t of A's metal come on top.

    Left 0.75 + 2.25, then 2.75 of A in 5: 0.55.
    """
    pile = {"continuing": True}
    tracer = tracer_of(
        [
            *TWO_MINES,
            ore("f:A2", 20, 10, "mine/a"),
            process("p1", [{"lot": "f:A", "all": True}], [made("f:P", 10, 10, **pile)], 2),
            process("p2", [{"lot": "f:B", "all": True}], [made("f:P", 10, 30, **pile)], 3),
            process("out", [taken("f:P", 5)], [made("f:D", 1, 50)], 4),
            process("p3", [{"lot": "f:A2", "all": True}], [made("f:P", 20, 10, **pile)], 5),
        ]
    )
    assert shares(tracer, "f:D") == {"mine/a": pytest.approx(0.25), "mine/d": pytest.approx(0.75)}
    assert shares(tracer, "f:P") == {"mine/a": pytest.approx(0.55), "mine/d": pytest.approx(0.45)}
    assert trace_origins(tracer, "f:P", "Sb").metal_low_mg == 5_000_000_000


def test_milligrams_are_apportioned_top_down_by_largest_remainder():
    """10 mg of metal from three mines with a third each: 4 + 3 + 3, and 7 to Pakistan."""
    third = [
        written(
            "extract",
            f"x{number}",
            day(1),
            {"outputs": [{"lot": f"f:{number}", "dry": mass(10, "mg"), "grades": [grade(100)]}]},
            site=site,
        )
        for number, site in enumerate(("mine/a", "mine/b", "mine/d"))
    ]
    body = {
        "inputs": [{"lot": f"f:{n}", "all": True} for n in range(3)],
        "outputs": [{"lot": "f:C"}],
    }
    draw = {"inputs": [{"lot": "f:C", "dry": mass(10, "mg")}], "outputs": [{"lot": "f:D"}]}
    tracer = tracer_of(
        [
            *declared_sites(),
            *third,
            written("blend", "b", day(2), body, site="mill"),
            written("blend", "d", day(3), draw, site="mill"),
        ]
    )
    answer = trace_origins(tracer, "f:D", "Sb")
    by_name = {(share.level, share.name): share.mass_low_mg for share in answer.shares}
    assert by_name["country", "CN"] == 3
    assert by_name["country", "PK"] == 7
    assert sorted(by_name["site", site] for site in ("mine/a", "mine/b")) == [3, 4]


def rougher_and_cleaner(at=3, extra=()):
    """Rougher: 0.8 t from A + 0.1 t recycled; cleaner: 0.8 t of rougher concentrate + extra."""
    when = {"time_start": day(at, 0)}
    return [
        process(
            "rougher",
            [taken("f:A", 8), taken("f:CT", 2)],
            [made("f:RC", 4, 20), made("f:T", 6, 1)],
            at,
            **when,
        ),
        process(
            "cleaner",
            [taken("f:RC", 4), *extra],
            [made("f:CC", 3, 50), made("f:CT", 2, 5, continuing=True)],
            at,
            **when,
        ),
    ]


def test_a_day_of_rougher_and_cleaner_by_hand():
    """Into the rougher 0.8 t of A and 0.1 t of CT; into the cleaner 0.8 t of RC and 0.6 t of B.

    With r the share of B in RC and c that in CT: r = 0.1 / 0.9 c, c = (0.8 r + 0.6) / 1.4, so
    c = 0.6 / (1.4 - 0.8 / 9) = 27 / 59 and r = 3 / 59.
    """
    tracer = tracer_of([*TWO_MINES, *rougher_and_cleaner(extra=[taken("f:B", 2)])])
    assert shares(tracer, "f:CT")["mine/d"] == pytest.approx(27 / 59, abs=1e-14)
    assert shares(tracer, "f:CC")["mine/d"] == pytest.approx(27 / 59, abs=1e-14)
    assert shares(tracer, "f:RC")["mine/d"] == pytest.approx(3 / 59, abs=1e-14)
    assert not tracer.graph.books.book(DRY).overdrawn.any()


def test_without_an_interval_the_same_stream_is_overdrawn():
    """The hoist needs the interval: at single moments CT is drawn before anybody made it."""
    events = rougher_and_cleaner()
    for event in events:
        del event["time_start"]
    tracer = tracer_of([*TWO_MINES, *events])
    number = tracer.graph.lot_number["f:CT"]
    assert bool(tracer.graph.books.book(DRY).overdrawn[number])
    assert shares(tracer, "f:RC", "country")["UNKNOWN"] >= 0
    assert trace_origins(tracer, "f:RC", "Sb").notes


def test_hoisting_leaves_other_lots_alone():
    alone = tracer_of([*TWO_MINES, *bystanders()])
    beside = tracer_of([*TWO_MINES, *rougher_and_cleaner(), *bystanders()])
    for lot in ("f:P", "f:Q", "f:E"):
        assert trace_origins(alone, lot, "Sb") == trace_origins(beside, lot, "Sb")


def bystanders():
    """Lots of another site on the same day, one of them a pile that is drawn and then topped up."""
    other = {"site": "mine/d", "time_start": day(3, 0)}
    pile = {"continuing": True}
    return [
        process("q1", [taken("f:B", 2)], [made("f:P", 2, 30, **pile)], 2, site="mine/d"),
        process("q2", [taken("f:P", 1)], [made("f:Q", 1, 25)], 3, **other),
        process("q3", [taken("f:B", 3)], [made("f:E", 3, 28)], 3, **other),
    ]


def test_streams_of_other_sites_are_not_pooled():
    """A draw at one site does not bring forward what another site makes that day."""
    when = {"time_start": day(3, 0)}
    events = [
        process("use", [taken("f:P", 1)], [made("f:Q", 1, 25)], 3, **when),
        process("make", [taken("f:B", 2)], [made("f:P", 2, 30)], 3, **{**when, "site": "mine/d"}),
    ]
    tracer = tracer_of([*TWO_MINES, *events])
    assert set(shares(tracer, "f:Q")) == {"UNKNOWN"}


def test_two_half_days_of_the_same_recipe_give_the_shares_of_the_whole_day():
    """With no stock carried from half to half, cutting the interval changes no share."""
    whole = tracer_of([*TWO_MINES, *rougher_and_cleaner(extra=[taken("f:B", 2)])])
    halves = []
    for number, (start, end) in enumerate(((0, 10), (10, 20))):
        when = {"time_start": day(3, start)}
        inputs = [taken("f:A", 4), taken(f"f:CT{number}", 1)]
        outputs = [made(f"f:RC{number}", 2, 20), made(f"f:T{number}", 3, 1)]
        halves.append(process(f"r{number}", inputs, outputs, 3, **when))
        inputs = [taken(f"f:RC{number}", 2), taken("f:B", 1)]
        outputs = [made("f:CC", "1.5", 50, continuing=True), made(f"f:CT{number}", 1, 5)]
        halves.append(process(f"c{number}", inputs, outputs, 3, **when))
        for event in halves[-2:]:
            event["time"] = day(3, end)
    cut = tracer_of([*TWO_MINES, *halves])
    assert trace_origins(cut, "f:CC", "Sb").metal_low_mg == 1_500_000_000
    expected = shares(whole, "f:CC")
    assert shares(cut, "f:CC") == {name: pytest.approx(part) for name, part in expected.items()}


def closed_loop():
    when = {"time_start": day(3, 0)}
    return [
        process("mill-a", [taken("f:R", 2)], [made("f:S", 2, 5)], 3, **when),
        process("mill-b", [taken("f:S", 2)], [made("f:R", 2, 5, continuing=True)], 3, **when),
    ]


@pytest.mark.parametrize(
    "ask",
    [
        lambda tracer: trace_origins(tracer, "f:S", "Sb"),
        lambda tracer: explain(tracer, "f:S", "Sb"),
        lambda tracer: attribute_lots_frame(tracer, "Sb", "country"),
        lambda tracer: recall(tracer, "site", "mine/a", "Sb"),
    ],
)
def test_a_loop_that_nothing_enters_names_its_events_and_lots(ask):
    tracer = tracer_of([*TWO_MINES, *closed_loop()])
    with pytest.raises(LoopError, match=r"mill-b \(into f:R\)"):
        ask(tracer)
    assert shares(tracer, "f:A") == {"mine/a": 1.0}


def test_a_loop_that_nothing_leaves_is_solved():
    """Everything that goes in comes back: who feeds it is still clear."""
    when = {"time_start": day(3, 0)}
    events = [
        process("a", [taken("f:A", 1), taken("f:R", 2)], [made("f:S", 3, 5)], 3, **when),
        process("b", [taken("f:S", 3)], [made("f:R", 3, 5, continuing=True)], 3, **when),
    ]
    assert shares(tracer_of([*TWO_MINES, *events]), "f:R") == {"mine/a": 1.0}


def test_a_blend_that_acts_before_its_inputs_is_unknown_not_nothing():
    """Hoisted before its own draws, an unweighed blend has no mass that could be summed yet."""
    when = {"time_start": day(3, 0), "site": "mill"}
    blend = {"inputs": [taken("f:B", 2)], "outputs": [{"lot": "f:P", "continuing": True}]}
    events = [
        process("use", [taken("f:P", 1)], [made("f:Q", 1, 25)], 3, **when),
        written("blend", "fill", day(3, 20), blend, **when),
    ]
    tracer = tracer_of([*TWO_MINES, *events])
    book, number = tracer.graph.books.book("Sb"), tracer.graph.lot_number["f:P"]
    assert book.stock_metal[number, 1] == 2**63 - 1
    assert not book.overdrawn[number]
    assert shares(tracer, "f:Q") == {"mine/d": 1.0}


def test_an_element_that_is_none_is_refused_and_one_never_assayed_is_unknown():
    tracer = tracer_of(TWO_MINES)
    with pytest.raises(InputError, match="Zz"):
        trace_origins(tracer, "f:A", "Zz")
    answer = trace_origins(tracer, "f:A", "Au")
    assert (answer.metal_low_mg, answer.metal_high_mg) == (0, 10_000_000_000)
    assert "no grade or assay in this ledger speaks of Au" in answer.notes


def test_a_lot_that_is_not_there_is_refused_with_what_is_spelt_alike():
    with pytest.raises(InputError, match="did you mean f:A"):
        trace_origins(tracer_of(TWO_MINES), "f:AA", "Sb")
