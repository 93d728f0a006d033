"""The whole way from a ledger to an answer, against the oracle of `tests/oracle/mixing.py`."""

from __future__ import annotations

from fractions import Fraction

import mixing
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lot_ledgers import tracer_of
from mixing import SITES, declared_sites, drawn_ledger, opened, simulate, stored

from oreline.trace import attribute_lots_frame, explain, recall, trace_origins

# Every case writes a ledger to a database: shrinking a failure would take longer than reading it.
CASES = settings(max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
CLOSE = 1e-12


def by_path(world, lot, level):
    """Return the oracle's shares of a lot by path at a level."""
    found = {}
    for origin, share in world.shares(lot).items():
        if origin == mixing.UNKNOWN:
            whole, party = (mixing.UNKNOWN,) * 4, mixing.UNKNOWN
        else:
            site = world.site_of[origin]
            country, district, party = SITES[site]
            whole = (country, district, site, origin)
        depth = ("country", "district", "site", "lot")
        path = (party,) if level == "party" else whole[: depth.index(level) + 1]
        found[path] = found.get(path, Fraction(0)) + share
    return found


def told(events):
    world = simulate(events, "Sb")
    world.site_of = {
        line["lot"]: event["site"]
        for event in events
        if event["schema"] == "extract/1"
        for line in event["body"]["outputs"]
    }
    return world


def sums_of(shares, total):
    """Check that every level sums to the metal of the lot, and each to the one above."""
    for level in ("country", "party"):
        assert sum(s.mass_low_mg for s in shares if s.level == level) == total
    below = {"country": "district", "district": "site", "site": "lot"}
    for share in shares:
        if share.level in below:
            parts = [
                s.mass_low_mg
                for s in shares
                if s.level == below[share.level] and s.path[:-1] == share.path
            ]
            assert sum(parts) == share.mass_low_mg


@CASES
@given(events=drawn_ledger())
def test_shares_and_masses_are_those_of_the_oracle(events):
    world = told(events)
    tracer = tracer_of(declared_sites() + stored(events))
    for lot in tracer.graph.lot_number:
        answer = trace_origins(tracer, lot, "Sb")
        assert answer.metal_low_mg == answer.metal_high_mg == world.metal(lot)
        for level in ("country", "district", "site", "lot", "party"):
            expected = by_path(world, lot, level)
            given_shares = {share.path: share for share in answer.at(level)}
            assert set(given_shares) == set(expected)
            for path, share in expected.items():
                assert given_shares[path].share_low == pytest.approx(float(share), abs=CLOSE)
                if not any(mixing.UNKNOWN in name for name in expected):
                    assert given_shares[path].share_high == given_shares[path].share_low
        sums_of(answer.shares, answer.metal_low_mg)


@CASES
@given(
    events=drawn_ledger(overdraw=False), level=st.sampled_from(["country", "site", "lot", "party"])
)
def test_recall_frame_and_single_questions_agree(events, level):
    tracer = tracer_of(declared_sites() + stored(events))
    frame = attribute_lots_frame(tracer, "Sb", level)
    table = {(row["lot"], row["origin"]): row["share_low"] for row in frame.to_dicts()}
    single = {
        (lot, " / ".join(share.path)): share
        for lot in tracer.graph.lot_number
        for share in trace_origins(tracer, lot, "Sb").at(level)
    }
    assert set(table) == set(single)
    for key, share in single.items():
        assert table[key] == pytest.approx(share.share_low, abs=CLOSE)
    reached = {}
    for name in sorted({path[-1] for path in tracer.level(level).paths} - {mixing.UNKNOWN}):
        for found in recall(tracer, level, name, "Sb").lots:
            reached[found.lot, name] = found
    assert set(reached) == {(lot, path.split(" / ")[-1]) for lot, path in table}
    for (lot, path), share in single.items():
        found = reached[lot, path.split(" / ")[-1]]
        assert found.share_low == pytest.approx(share.share_low, abs=CLOSE)
        assert found.metal_low_mg <= share.mass_low_mg + 1
        assert found.metal_high_mg >= share.mass_low_mg - 1


@CASES
@given(events=drawn_ledger())
def test_an_explanation_names_every_source(events):
    world = told(events)
    tracer = tracer_of(declared_sites() + stored(events))
    for lot in tracer.graph.lot_number:
        explained = explain(tracer, lot, "Sb")
        assert explained.complete
        text = "\n".join(explained.steps)
        for origin, share in world.shares(lot).items():
            if share:
                assert f"origin {origin}: site" in text


@CASES
@given(events=drawn_ledger(overdraw=False, steps_max=6), data=st.data())
def test_every_way_the_unknowns_could_turn_out_lies_within_the_bounds(events, data):
    """The ledger is drawn whole, then parts of it are forgotten: the whole one must fit."""
    world = told(events)
    forgotten, unsited = data.draw(opened(events))
    tracer = tracer_of(declared_sites() + stored(forgotten))
    for lot in tracer.graph.lot_number:
        answer = trace_origins(tracer, lot, "Sb")
        metal = world.metal(lot)
        if lot in unsited:
            continue  # of an ore that nobody recorded, the metal is what is left: not comparable
        assert answer.metal_low_mg - SLACK_MG <= metal
        assert answer.metal_high_mg is None or metal <= answer.metal_high_mg + SLACK_MG
        for level in ("country", "district", "site", "party"):
            listed = {share.path: share for share in answer.at(level)}
            for path, share in by_path(world, lot, level).items():
                if path not in listed:
                    spare = [s.share_high for s in listed.values() if mixing.UNKNOWN in s.path]
                    assert float(share) <= sum(spare) + SLACK
                    continue
                found = listed[path]
                assert found.share_low - SLACK <= float(share) <= found.share_high + SLACK
                assert found.mass_low_mg - SLACK_MG <= share * metal
                if found.mass_high_mg is not None:
                    assert share * metal <= found.mass_high_mg + SLACK_MG
            for path, found in listed.items():
                if mixing.UNKNOWN not in path and path not in by_path(world, lot, level):
                    assert found.share_low <= SLACK


# Both ledgers round to milligrams on their own ways.
SLACK = 1e-7
SLACK_MG = 100
