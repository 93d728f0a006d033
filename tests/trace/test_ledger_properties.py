"""The whole way from a ledger to an answer, against the oracle of `tests/oracle/mixing.py`."""

from __future__ import annotations

from fractions import Fraction

import mixing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lot_ledgers import tracer_of
from mixing import SITES, declared_sites, drawn_ledger, simulate, stored

from oreline.trace import attribute_lots_frame, explain, recall, trace_origins

CASES = settings(max_examples=40)
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
                if mixing.UNKNOWN not in expected and not answer.notes:
                    assert given_shares[path].share_high == given_shares[path].share_low
        sums_of(answer.shares, answer.metal_low_mg)


@CASES
@given(events=drawn_ledger(overdraw=False), level=st.sampled_from(["country", "site", "lot", "party"]))
def test_recall_frame_and_single_questions_agree(events, level):
    tracer = tracer_of(declared_sites() + stored(events))
    frame = attribute_lots_frame(tracer, "Sb", level)
    table = {(row["lot"], row[level]): row["share_low"] for row in frame.to_dicts()}
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
