"""Benchmarks of the Critical Raw Materials Act: judged only where the whole range says so."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.comply import Verdict
from oreline.model import InputError
from oreline.stress import (
    Bounds,
    Sourced,
    at_least,
    at_most,
    crma_table,
    largest_third,
    own_share,
    strategic_materials,
)

NAMES = ("FRA", "DEU", "CHN", "TUR", "ZAF")
shares = st.lists(st.floats(0, 1), min_size=1, max_size=5).map(
    lambda every: [one / max(sum(every), 1.0) for one in every]
)


@given(shares, st.data())
def test_ranges_hold_every_way_that_the_unnamed_can_be(
    every: list[float], data: st.DataObject
) -> None:
    sourced = [
        Sourced(name, Bounds(share, share)) for name, share in zip(NAMES, every, strict=False)
    ]
    rest = max(0.0, 1.0 - sum(every))
    theirs = data.draw(st.floats(0, rest))
    own = sum(every[:2]) + theirs
    found = own_share(sourced)
    assert found is not None
    assert found.high is not None
    assert found.low - 1e-9 <= own <= found.high + 1e-9
    third = max([*every[2:], rest - theirs])
    largest = largest_third(sourced)
    assert largest is not None
    name, most = largest
    assert most.high is not None
    assert most.low - 1e-9 <= third <= most.high + 1e-9
    if name:
        assert every[NAMES.index(name)] == max(every[2:])


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_verdict_holds_for_every_share_of_the_range(
    one: float, other: float, inside: float
) -> None:
    low, high = sorted((one, other))
    share = low + inside * (high - low)
    for judge, holds in ((at_least, share >= 0.4), (at_most, share <= 0.4)):
        verdict = judge(Bounds(low, high), 0.4)
        if abs(share - 0.4) > 1e-9 and verdict is not Verdict.UNKNOWN:
            assert (verdict is Verdict.PASS) == holds
        elif verdict is Verdict.UNKNOWN:
            assert low <= 0.4 <= high


def test_known_answers() -> None:
    tests = {
        (row.mineral, test.benchmark, test.stage): test
        for row in crma_table().rows
        for test in row.tests
    }
    magnesium = tests["magnesium", "one third country", "processing"]
    assert (magnesium.verdict, magnesium.country) == (Verdict.FAIL, "CHN")
    assert tests["magnesium", "own share", "processing"].verdict is Verdict.FAIL
    assert tests["copper", "own share", "extraction"].verdict is Verdict.PASS
    assert tests["copper", "own share", "recycling"].verdict is Verdict.FAIL
    boron = tests["boron", "one third country", "extraction"]
    assert (boron.verdict, boron.country) == (Verdict.FAIL, "TUR")
    platinum = tests["platinum", "own share", "extraction"]
    assert (platinum.verdict, platinum.share) == (Verdict.UNKNOWN, None)
    assert "together" in tests["dysprosium", "own share", "extraction"].note


def test_the_materials_are_those_of_the_act() -> None:
    listed = strategic_materials()
    assert len(set(listed.values())) == 17
    assert {"neodymium", "gallium", "platinum", "graphite"} <= set(listed)
    assert "antimony" not in listed
    with pytest.raises(InputError, match="no strategic raw material"):
        crma_table("antimony")


def test_it_is_written_as_json_and_as_a_table() -> None:
    found = crma_table()
    json.dumps(found.to_json(), allow_nan=False)
    frame = found.to_frame()
    assert frame.height == 5 * len(found.rows)
    assert set(frame["verdict"]) == {"PASS", "FAIL", "UNKNOWN"}
