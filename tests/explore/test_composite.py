"""Composites: length times grade is kept, by hand, by law, and against a slow second way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drillhole_sets import read_real, read_set, spoilt
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import CompositeSettings, DrillHoles, composite, revalue_below
from oreline.model import InputError


def rows(holes: DrillHoles, hole: str = "A1", **settings: Any) -> list[tuple[Any, ...]]:
    found = composite(holes, CompositeSettings(**settings)).frame
    chosen = found.filter(pl.col("hole") == hole)
    return [
        tuple(round(one, 9) if isinstance(one, float) else one for one in row)
        for row in chosen.select("from_m", "to_m", "domain", "Cu").rows()
    ]


def test_by_hand(holes: DrillHoles) -> None:
    """Twelve metres in fives: 0.4 0.6 0.5 | 0.5 0.3 0.2 | the rest of 2 m joins the second."""
    assert rows(holes, length_m=5) == [
        (0.0, 5.0, None, round((2 * 0.4 + 2 * 0.6 + 1 * 0.5) / 5, 9)),
        (5.0, 12.0, None, round((1 * 0.5 + 2 * 0.3 + 2 * 0.2 + 2 * 0.1) / 7, 9)),
    ]
    kept = rows(holes, length_m=5, residual="keep")
    assert kept[-1] == (10.0, 12.0, None, 0.1)
    assert rows(holes, length_m=5, residual="drop")[-1][1] == 10.0
    even = rows(holes, length_m=5, residual="even")
    assert [row[:2] for row in even] == [(0.0, 6.0), (6.0, 12.0)]
    assert even[0][3] == pytest.approx(0.5)


def test_no_composite_crosses_the_geology(holes: DrillHoles) -> None:
    found = rows(holes, length_m=4, by="geology")
    assert [row[:3] for row in found] == [
        (0.0, 5.0, "PORPH"), (5.0, 9.0, "ANDES"), (9.0, 12.0, "ANDES"),
    ]  # fmt: skip
    assert found[0][3] == pytest.approx((2 * 0.4 + 2 * 0.6 + 0.5) / 5)


def without_third(holes: DrillHoles) -> DrillHoles:
    is_third = (pl.col("hole") == "A1") & (pl.col("from_m") == 4)
    return replace(holes, assays=holes.assays.filter(~is_third))


def test_what_is_not_sampled(holes: DrillHoles) -> None:
    gap = without_third(holes)
    assert rows(gap, length_m=6)[0][3] == pytest.approx(0.5)
    assert rows(gap, length_m=6, unsampled=0.0)[0][3] == pytest.approx(2.0 / 6)
    assert rows(gap, length_m=6, unsampled={"Cu": 0.3})[0][3] == pytest.approx(2.6 / 6)
    assert rows(gap, length_m=6, minimum_coverage=0.7)[0][0] == 6.0
    lost = replace(
        holes,
        assays=holes.assays.with_columns(
            pl.when(pl.int_range(pl.len()) == 2).then(None).otherwise("Cu").alias("Cu")
        ),
        missing=pl.DataFrame({"interval": [2], "analyte": ["Cu"]}),
    )
    assert rows(lost, length_m=6, unsampled=0.0)[0][3] == pytest.approx(0.5)


def test_weighed_by_density(holes: DrillHoles) -> None:
    heavy = replace(holes, assays=holes.assays.with_columns(
        density_t_per_m3=pl.when(pl.col("Cu") > 0.45).then(3.0).otherwise(2.5)
    ))  # fmt: skip
    found = composite(heavy, CompositeSettings(6, weight="density")).frame.row(0, named=True)
    assert found["Cu"] == pytest.approx((5 * 0.4 + 6 * 0.6 + 6 * 0.5) / 17)
    assert found["density_t_per_m3"] == pytest.approx(17 / 6)
    with pytest.raises(InputError, match="have no density"):
        composite(holes, CompositeSettings(6, weight="density"))


def test_below_detection_as_bounds(holes: DrillHoles) -> None:
    below = pl.DataFrame({"interval": [0], "analyte": ["Cu"], "limit_pct": [0.1]})
    found = composite(revalue_below(replace(holes, below=below), "interval"), CompositeSettings(2))
    assert found.analytes == ("Cu", "Mo", "Cu_low", "Cu_high")
    assert found.frame.select("Cu_low", "Cu", "Cu_high").row(0) == (0.0, 0.05, 0.1)
    assert found.frame.select("Cu_low", "Cu", "Cu_high").row(1) == pytest.approx((0.6, 0.6, 0.6))


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"length_m": 0}, "must be positive"), ({"length_m": 2, "analytes": ("Xx",)}, "no analyte"),
     ({"length_m": 2, "minimum_coverage": 2}, "share from 0 to 1"),
     ({"length_m": 2, "minimum_length_m": 3}, "least length"),
     ({"length_m": float("inf")}, "must be positive")],
)  # fmt: skip
def test_settings_that_make_no_sense(holes: DrillHoles, settings: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        composite(holes, CompositeSettings(**settings))


@st.composite
def hole_and_settings(draw: st.DrawFn) -> tuple[list[tuple[float, float, float | None]], Any]:
    intervals = []
    depth = 0.0
    for _ in range(draw(st.integers(1, 12))):
        depth += draw(st.sampled_from([0.0, 0.0, 0.0, 0.7, 3.048]))
        length = draw(st.floats(0.01, 9.0))
        grade = draw(st.one_of(st.none(), st.floats(0, 60)))
        intervals.append((depth, depth + length, grade))
        depth += length
    settings = CompositeSettings(
        length_m=draw(st.floats(0.3, 12.0)),
        by=draw(st.sampled_from(["none", "geology"])),
        residual=draw(st.sampled_from(["merge", "keep", "drop", "even"])),
        minimum_coverage=draw(st.sampled_from([0.0, 0.5, 1.0])),
        start=draw(st.sampled_from(["collar", "first sample"])),
        unsampled=draw(st.sampled_from(["ignore", 0.0, 0.02])),
        analytes=("Cu",),
    )
    return intervals, settings


def drawn(holes: DrillHoles, intervals: list[tuple[float, float, float | None]]) -> DrillHoles:
    """Return a set of one hole with two codes, the second from its middle on."""
    end = intervals[-1][1]
    assays = pl.DataFrame(
        [("A1", start, to, None, grade, 1.0) for start, to, grade in intervals],
        schema=holes.assays.schema, orient="row",
    )  # fmt: skip
    collars = holes.collars.filter(pl.col("hole") == "A1").with_columns(depth_m=pl.lit(end))
    geology = pl.DataFrame({"hole": ["A1", "A1"], "from_m": [0.0, end / 2],
                            "to_m": [end / 2, end], "code": ["P", "Q"]})  # fmt: skip
    return replace(holes, collars=collars, assays=assays, geology=geology)


@given(hole_and_settings())
def test_length_times_grade_is_kept(case: Any) -> None:
    intervals, settings = case
    sound = spoilt().holes
    assert sound is not None
    holes = drawn(sound, intervals)
    found = composite(holes, settings)
    account = found.accounts.row(0, named=True)
    assayed = [(to - start) * grade for start, to, grade in intervals if grade is not None]
    metal = sum(assayed)
    if settings.unsampled != "ignore":
        first = intervals[0][0] if settings.start == "first sample" else 0.0
        known = sum(to - start for start, to, grade in intervals if grade is not None)
        metal += settings.unsampled * (intervals[-1][1] - first - known)
    assert account["taken"] == pytest.approx(metal, rel=1e-12, abs=1e-12)
    parts = account["kept"] + account["residual"] + account["coverage"]
    assert parts == pytest.approx(account["taken"], rel=1e-12, abs=1e-12)
    graded = found.frame.with_columns(found.support_m["Cu"].alias("support")).drop_nulls("Cu")
    kept = (graded["Cu"] * graded["support"]).sum()
    assert kept == pytest.approx(account["kept"], rel=1e-12, abs=1e-12)
    assert (graded["to_m"] - graded["from_m"]).to_list() == pytest.approx(
        graded["length_m"].to_list()
    )


@given(hole_and_settings())
def test_each_composite_is_the_mean_of_small_slices(case: Any) -> None:
    """The slow way: each composite's overlap with each interval, one by one."""
    intervals, settings = case
    sound = spoilt().holes
    assert sound is not None
    found = composite(drawn(sound, intervals), settings).frame
    for start, end, grade in found.select("from_m", "to_m", "Cu").rows():
        weights, total, known = 0.0, 0.0, 0.0
        for low, high, value in intervals:
            overlap = min(end, high) - max(start, low)
            if overlap > 0 and value is not None:
                weights, total = weights + overlap, total + overlap * value
                known += overlap
        if settings.unsampled != "ignore":
            weights, total = end - start, total + settings.unsampled * (end - start - known)
        if weights > 1e-6:
            assert grade == pytest.approx(total / weights, rel=1e-6, abs=1e-6)


def test_babbitt_has_as_many_composites_as_published(shared_dir: Path) -> None:
    """The tutorial of PyGSLIB prints rows 0 to 54188 of 10-foot composites, the last of 7 feet.

    opengeostat/pygslib, doc/source/Tutorial_1: not sampled counts as zero, rests below half are
    dropped.
    """
    holes = read_real(shared_dir, "babbitt_cu_ni")
    settings = CompositeSettings(3.048, residual="drop", unsampled=0.0, analytes=("Cu",))
    found = composite(holes, settings)
    assert found.frame.height == 54189
    last = found.frame.tail(1).row(0, named=True)
    assert last["hole"] == "RMC-66313"
    assert last["from_m"] / 0.3048 == pytest.approx(1010)
    assert last["length_m"] / 0.3048 == pytest.approx(7.0)
    first = found.frame.row(0, named=True)
    assert first["x_m"] / 0.3048 == pytest.approx(2296021.09)
    assert first["y_m"] / 0.3048 == pytest.approx(414095.85)
    assert first["z_m"] / 0.3048 == pytest.approx(1585.0)
    assert found.frame["Cu"].max() == pytest.approx(15.4000001, rel=1e-9)


def test_forrestania_passes_to_composites(shared_dir: Path) -> None:
    read = read_set(shared_dir, "forrestania_wamex")
    codes = {finding.code for finding in read.findings}
    assert {"ORL-0904", "ORL-0907", "ORL-0917", "ORL-0926"} <= codes
    found = composite(read_real(shared_dir, "forrestania_wamex"), CompositeSettings(2.0))
    accounts = found.accounts.with_columns(
        rest=pl.col("taken") - pl.col("kept") - pl.col("residual") - pl.col("coverage")
    )
    assert accounts["rest"].abs().max() < 1e-9
    assert found.frame.height > 2500
    assert found.frame["z_m"].is_finite().all()
