"""Origins where paper is missing: claims, lots nobody recorded, overdraws, corrections."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from lot_ledgers import tracer_of
from mixing import day, declared_sites, drawn_ledger, grade, mass, stored, written

from oreline.trace import UNKNOWN, descendants_of, recall, trace_origins


def ore(lot, tonnes, percent, site="mine/a", at=1):
    line = {"lot": lot, "dry": mass(tonnes), "grades": [grade(percent)]}
    return written("extract", f"x-{lot}", day(at), {"outputs": [line]}, site=site)


def seen(name, lot, at=2, **origin):
    told = {"lot": lot, "origin": {"basis": "reported", **origin}} if origin else {"lot": lot}
    body = {"lots": [told], "status": "delivered", "basis": "reported"}
    return written("observe", name, day(at), body)


def blend(name, inputs, lot, at=5):
    body = {"inputs": inputs, "outputs": [{"lot": lot}]}
    return written("blend", name, day(at), body, site="mill")


def found(tracer, lot, level):
    return {share.path: share for share in trace_origins(tracer, lot, "Sb").at(level)}


def test_a_batch_that_was_only_reported():
    """All that is known of it is that it came from Pakistan: country certain, the rest UNKNOWN."""
    tracer = tracer_of([*declared_sites(), seen("o", "fwo:BATCH-1", country="PK")])
    answer = trace_origins(tracer, "fwo:BATCH-1", "Sb")
    (country,) = answer.at("country")
    assert (country.path, country.share_low, country.share_high) == (("PK",), 1.0, 1.0)
    (district,) = answer.at("district")
    assert district.path == ("PK", UNKNOWN)
    assert (answer.metal_low_mg, answer.metal_high_mg) == (0, None)
    assert (country.mass_low_mg, country.mass_high_mg) == (0, None)
    assert answer.weakest_basis == "reported"


def test_what_is_drawn_from_a_reported_lot_keeps_the_reported_origin():
    """Nobody recorded the lot being made: drawing from it is no overdraw."""
    tracer = tracer_of(
        [
            *declared_sites(),
            ore("f:A", 10, 10),
            seen("o", "f:X", country="PK"),
            blend("b", [{"lot": "f:X", "dry": mass(4)}, {"lot": "f:A", "dry": mass(6)}], "f:C"),
        ]
    )
    assert not tracer.graph.books.book("Sb").overdrawn.any()
    (country,) = found(tracer, "f:C", "country").values()
    assert (country.path, country.share_low) == (("PK",), 1.0)
    sites = found(tracer, "f:C", "site")
    mine = sites["PK", "Chagai", "mine/a"]
    assert mine.share_low == pytest.approx(0.6 / 4.6)  # if X were pure antimony
    assert mine.share_high == 1.0
    assert sites["PK", UNKNOWN, UNKNOWN].share_high == pytest.approx(4 / 4.6)


def test_all_of_a_lot_that_nobody_weighed_is_unknown_not_nothing():
    inputs = [{"lot": "f:X", "all": True}, {"lot": "f:A", "all": True}]
    tracer = tracer_of(
        [*declared_sites(), ore("f:A", 10, 10), seen("o", "f:X"), blend("b", inputs, "f:C")]
    )
    answer = trace_origins(tracer, "f:C", "Sb")
    assert (answer.metal_low_mg, answer.metal_high_mg) == (1_000_000_000, None)
    mine = found(tracer, "f:C", "site")["PK", "Chagai", "mine/a"]
    assert (mine.share_low, mine.share_high) == (0.0, 1.0)


def test_the_grade_on_a_draw_counts_where_there_is_no_book():
    inputs = [
        {"lot": "f:X", "dry": mass(4), "grades": [grade(50)]},
        {"lot": "f:A", "dry": mass(10)},
    ]
    tracer = tracer_of(
        [*declared_sites(), ore("f:A", 10, 10), seen("o", "f:X"), blend("b", inputs, "f:C")]
    )
    answer = trace_origins(tracer, "f:C", "Sb")
    assert answer.metal_low_mg == answer.metal_high_mg == 3_000_000_000
    mine = found(tracer, "f:C", "site")["PK", "Chagai", "mine/a"]
    assert mine.share_low == pytest.approx(1 / 3)
    assert mine.share_high == pytest.approx(1.0)  # X may be from there as well


def test_a_lot_that_was_first_received_has_a_book_and_the_reported_origin():
    """10 t with 20 % arrive, reported from Pakistan: 2 t of metal, all of it Pakistani."""
    arrived = {"lots": [{"lot": "f:X", "dry": mass(10), "grades": [grade(20)]}]}
    tracer = tracer_of(
        [
            *declared_sites(),
            seen("o", "f:X", country="PK"),
            written("receive", "r", day(3), arrived, site="mill"),
            blend("b", [{"lot": "f:X", "dry": mass(4)}], "f:C"),
        ]
    )
    answer = trace_origins(tracer, "f:C", "Sb")
    assert answer.metal_low_mg == answer.metal_high_mg == 800_000_000
    (country,) = answer.at("country")
    assert (country.path, country.share_low) == (("PK",), 1.0)
    assert not tracer.graph.books.book("Sb").overdrawn.any()


def test_reports_that_disagree_leave_the_origin_unknown():
    claims = [
        seen("o1", "f:X", country="PK", district="Chagai"),
        seen("o2", "f:X", at=3, country="CN", district="Chagai"),
    ]
    tracer = tracer_of([*declared_sites(), *claims])
    (district,) = found(tracer, "f:X", "district").values()
    assert district.path == (UNKNOWN, "Chagai")
    (origin,) = [origin for origin in tracer.origins if origin.lot == "f:X"]
    assert origin.source == "o1, o2"


def test_an_extraction_at_a_site_that_nobody_declared_may_state_its_origin():
    event = ore("f:A", 10, 10, "pit-7")
    event["body"]["origin"] = {"country": "PK", "district": "Kohistan", "basis": "reported"}
    tracer = tracer_of([event])
    (site,) = found(tracer, "f:A", "site").values()
    assert site.path == ("PK", "Kohistan", "pit-7")
    assert trace_origins(tracer, "f:A", "Sb").weakest_basis == "reported"


def test_what_was_not_there_is_unknown_and_as_rich_as_the_latest_addition():
    """12 t drawn of 10 t with 10 %: 1 t of metal from the mine, 0.2 t from nobody knows where."""
    draw = {"inputs": [{"lot": "f:A", "dry": mass(12)}], "outputs": [{"lot": "f:C"}]}
    tracer = tracer_of(
        [*declared_sites(), ore("f:A", 10, 10), written("blend", "b", day(2), draw, site="mill")]
    )
    answer = trace_origins(tracer, "f:C", "Sb")
    assert answer.metal_low_mg == answer.metal_high_mg == 1_200_000_000
    sites = found(tracer, "f:C", "site")
    assert sites[(UNKNOWN,) * 3].share_low == pytest.approx(1 / 6)
    assert sites["PK", "Chagai", "mine/a"].share_low == pytest.approx(5 / 6)
    assert sites["PK", "Chagai", "mine/a"].share_high == 1.0
    assert any("more was drawn" in note for note in answer.notes)


def test_a_pile_that_was_only_counted_holds_what_was_counted():
    count = {"lot": "f:Z", "dry": mass(7), "grades": [grade(10)]}
    tracer = tracer_of([*declared_sites(), written("count", "c", day(1), count, site="mill")])
    answer = trace_origins(tracer, "f:Z", "Sb")
    assert answer.metal_low_mg == answer.metal_high_mg == 700_000_000


def test_bounds_of_masses_are_rounded_outwards():
    """A third of an interval: the bounds are never inside the truth, down to the milligram."""
    wide = {"low": "3", "high": "3.000000001", "unit": "kg", "basis": "measured"}
    third = ore("f:A", 1, 100)
    third["body"]["outputs"][0]["dry"] = wide
    inputs = [{"lot": "f:A", "all": True}, {"lot": "f:B", "all": True}]
    other = ore("f:B", 6, 100, "mine/d")
    other["body"]["outputs"][0]["dry"] = mass(6, "kg")
    tracer = tracer_of([*declared_sites(), third, other, blend("b", inputs, "f:C")])
    mine = found(tracer, "f:C", "site")["PK", "Chagai", "mine/a"]
    assert mine.mass_low_mg <= 3_000_000
    assert mine.mass_high_mg >= 3_000_000
    assert mine.mass_high_mg - mine.mass_low_mg < 10


def test_recall_counts_what_could_be_from_there():
    claims = [seen("o1", "f:X", country="PK"), seen("o2", "f:Y", country="CN"), seen("o3", "f:Z")]
    tracer = tracer_of([*declared_sites(), ore("f:A", 10, 10), *claims])
    reached = {one.lot: one for one in recall(tracer, "site", "mine/a", "Sb").lots}
    assert set(reached) == {"f:A", "f:X", "f:Z"}
    assert (reached["f:A"].share_low, reached["f:A"].metal_low_mg) == (1.0, 1_000_000_000)
    assert (reached["f:X"].share_low, reached["f:X"].share_high) == (0.0, 1.0)
    unstated = {one.lot for one in recall(tracer, "site", UNKNOWN, "Sb").lots}
    assert unstated == {"f:X", "f:Y", "f:Z"}


CORRECTIONS = settings(max_examples=12, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@CORRECTIONS
@given(events=drawn_ledger(steps_max=7))
def test_a_correction_restates_descendants_only(events):
    """All others keep their answers to the bit, and the old state is there as it was known."""
    written_events = declared_sites() + stored(events)
    first = next(event for event in events if event["schema"] == "extract/1")
    lot = first["body"]["outputs"][0]["lot"]
    better = {"lot": lot, "dry": mass(41), "grades": [grade("77.7")]}
    body = {
        "target": first["id"],
        "action": "replace",
        "reason": "the truck was weighed twice",
        "replacement": {"body": {"outputs": [better]}},
    }
    correction = written("correct", "fix", day(200), body)
    before = tracer_of(written_events)
    after = tracer_of(written_events, [correction])
    touched = {lot, *descendants_of(after, lot).lots}
    for name in before.graph.lot_number:
        if name not in touched:
            assert trace_origins(after, name, "Sb") == trace_origins(before, name, "Sb")
    known = tracer_of(written_events, [correction], known_at=len(written_events))
    for name in before.graph.lot_number:
        assert trace_origins(known, name, "Sb") == trace_origins(before, name, "Sb")


def test_forgetting_a_mass_elsewhere_changes_no_bit_of_an_exact_answer():
    inputs = [{"lot": "f:A", "dry": mass(7)}, {"lot": "f:B", "dry": mass("2.3")}]
    events = [
        *declared_sites(),
        ore("f:A", 10, "12.5"),
        ore("f:B", 10, "33.3", "mine/d"),
        blend("b", inputs, "f:C"),
        blend("b2", [{"lot": "f:C", "dry": mass(3)}, {"lot": "f:B", "dry": mass(1)}], "f:D", 6),
    ]
    other = ore("f:O", 5, 10)
    vague = ore("f:O", 5, 10)
    vague["body"]["outputs"][0]["dry"] = {"unknown": "not weighed"}
    known, open_elsewhere = tracer_of([*events, other]), tracer_of([*events, vague])
    for lot in ("f:C", "f:D"):
        assert trace_origins(known, lot, "Sb") == trace_origins(open_elsewhere, lot, "Sb")
