"""Points of holes against closed forms, a published survey, and small steps."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from drillhole_sets import read_real, spoilt
from hypothesis import given
from hypothesis import strategies as st

from oreline.explore import DrillHoles, direct, hole_ends, hole_paths, hole_traces, locate
from oreline.model import InputError


def one_hole(
    holes: DrillHoles, readings: list[tuple[float, float, float]], *, depth: float = 1000.0
) -> DrillHoles:
    """Return one hole at the origin with (depth, azimuth, dip positive down)."""
    collars = pl.DataFrame({
        "hole": ["H"], "x_m": [0.0], "y_m": [0.0], "z_m": [0.0], "depth_m": [depth],
        "azimuth_deg": [None], "dip_deg": [None],
    }, schema_overrides={"azimuth_deg": pl.Float64, "dip_deg": pl.Float64})  # fmt: skip
    surveys = pl.DataFrame(
        [("H", *reading) for reading in readings], schema=holes.surveys.schema, orient="row"
    )
    return replace(holes, collars=collars, surveys=surveys)


def at(holes: DrillHoles, *depths: float) -> np.ndarray:
    name = pl.Series("hole", ["H"] * len(depths))
    return locate(hole_paths(holes), name, np.array(depths))


def test_a_quarter_of_a_circle(holes: DrillHoles) -> None:
    """From vertical to horizontal eastwards over a quarter of a circle of radius 100 m."""
    length = 100 * math.pi / 2
    curved = one_hole(holes, [(0, 90, 90), (length, 90, 0)])
    for share in (0.0, 0.25, 0.5, 0.9, 1.0):
        angle = share * math.pi / 2
        expected = [100 * (1 - math.cos(angle)), 0.0, -100 * math.sin(angle)]
        np.testing.assert_allclose(at(curved, share * length)[0], expected, atol=1e-10)
    np.testing.assert_allclose(at(curved, length + 10)[0], [110, 0, -100], atol=1e-10)
    middle = direct(hole_paths(curved), pl.Series(["H"]), np.array([length / 2]))
    np.testing.assert_allclose(middle[0], [math.sqrt(0.5), 0, -math.sqrt(0.5)], atol=1e-12)


def test_a_published_pair_of_stations(holes: DrillHoles) -> None:
    """The example of drillingformulas.com/minimum-curvature-method: 3500 ft to 3600 ft.

    Inclination 15 and azimuth 20 to 25 and 45 degrees. Printed: dogleg 0.22605 rad, north 27.22,
    east 19.45, down 94.01 ft. The ratio factor printed there, 1.00408, is not that of its formula,
    1.00428; with the printed one the hole would end at 93.99.
    """
    curved = one_hole(holes, [(0, 20, 75), (100, 45, 65)])
    east, north, up = at(curved, 100)[0]
    first, last = hole_paths(curved).tangent
    assert math.acos(float(first @ last)) == pytest.approx(0.22605, abs=5e-6)
    assert (north, east, -up) == pytest.approx((27.22, 19.45, 94.01), abs=0.005)


@given(
    st.floats(0, 360), st.floats(1, 89), st.floats(-60, 60), st.floats(-40, 40),
    st.floats(1, 200), st.floats(0.05, 0.95),
)  # fmt: skip
def test_small_steps_along_the_direction_lead_to_the_same_point(
    azimuth: float, dip: float, turn: float, drop: float, length: float, share: float
) -> None:
    sound = spoilt().holes
    assert sound is not None
    lower = min(89.0, max(-20.0, dip + drop))
    curved = one_hole(sound, [(0, azimuth, dip), (length, azimuth + turn, lower)])
    paths = hole_paths(curved)
    steps = 400
    middles = (np.arange(steps) + 0.5) * share * length / steps
    directions = direct(paths, pl.Series(["H"] * steps), middles)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0, atol=1e-12)
    walked = directions.sum(axis=0) * share * length / steps
    np.testing.assert_allclose(at(curved, share * length)[0], walked, atol=length * 1e-5)


def test_tiny_turns_join_the_formula_and_its_series(holes: DrillHoles) -> None:
    """On both sides of the angle where the series takes over the points agree."""
    for degrees in (0.0, 1e-7, 0.0057, 0.0058, 0.01):
        curved = one_hole(holes, [(0, 90, 60), (100, 90, 60 + degrees)])
        theta = math.radians(degrees)
        # Closed form of an arc in a plane, by its chord.
        chord = 100.0 if theta == 0 else 200 / theta * math.sin(theta / 2)
        slope = math.radians(60) + theta / 2
        expected = [chord * math.cos(slope), 0, -chord * math.sin(slope)]
        np.testing.assert_allclose(at(curved, 100)[0], expected, atol=1e-11)


def test_holes_without_readings(holes: DrillHoles) -> None:
    np.testing.assert_allclose(at(one_hole(holes, []), 50)[0], [0, 0, -50], atol=1e-12)
    stated = one_hole(holes, [])
    collars = stated.collars.with_columns(azimuth_deg=pl.lit(90.0), dip_deg=pl.lit(30.0))
    point = at(replace(stated, collars=collars), 10)[0]
    np.testing.assert_allclose(point, [10 * math.cos(math.radians(30)), 0, -5], atol=1e-12)
    late = one_hole(holes, [(20, 0, 45)])
    np.testing.assert_allclose(at(late, 10)[0], [0, math.sqrt(50), -math.sqrt(50)], atol=1e-12)


def test_an_unknown_hole_and_a_hole_that_turns_back_are_refused(holes: DrillHoles) -> None:
    with pytest.raises(InputError, match="no hole Z"):
        locate(hole_paths(holes), pl.Series(["Z"]), np.array([1.0]))
    with pytest.raises(InputError, match="turns straight back"):
        at(one_hole(holes, [(0, 0, 90), (10, 0, -90)]), 5)
    with pytest.raises(InputError, match="must be positive"):
        hole_traces(holes, 0)


def test_traces_begin_at_collars_and_end_at_ends(holes: DrillHoles) -> None:
    traces = hole_traces(holes, 3.0)
    ends = hole_ends(holes)
    first = traces.group_by("hole", maintain_order=True).first()
    last = traces.group_by("hole", maintain_order=True).last()
    assert first["x_m"].to_list() == ends["x_m"].to_list()
    assert last["z_m"].to_list() == pytest.approx(ends["end_z_m"].to_list())
    assert last["depth_m"].to_list() == [12, 10, 10, 10, 10]


def test_ends_of_real_holes_are_those_of_station_by_station_sums(shared_dir: Path) -> None:
    """All 399 Babbitt holes against the textbook formula in plain Python."""
    holes = read_real(shared_dir, "babbitt_cu_ni")
    ends = hole_ends(holes)
    for row in ends.iter_rows(named=True):
        readings = holes.surveys.filter(pl.col("hole") == row["hole"])
        east = north = down = 0.0
        stations = [item for item in readings.rows() if item[1] <= row["depth_m"]]
        below = [item for item in readings.rows() if item[1] > row["depth_m"]]
        if below and below[0][1] < 5000:
            continue
        for one, two in itertools.pairwise(stations):
            i1, i2 = math.radians(90 - one[3]), math.radians(90 - two[3])
            a1, a2 = math.radians(one[2]), math.radians(two[2])
            cosine = math.cos(i2 - i1) - math.sin(i1) * math.sin(i2) * (1 - math.cos(a2 - a1))
            angle = math.acos(max(-1.0, min(1.0, cosine)))
            factor = 1.0 if angle < 1e-7 else 2 / angle * math.tan(angle / 2)
            half = (two[1] - one[1]) / 2 * factor
            north += half * (math.sin(i1) * math.cos(a1) + math.sin(i2) * math.cos(a2))
            east += half * (math.sin(i1) * math.sin(a1) + math.sin(i2) * math.sin(a2))
            down += half * (math.cos(i1) + math.cos(i2))
        rest = row["depth_m"] - stations[-1][1]
        tilt, bearing = math.radians(90 - stations[-1][3]), math.radians(stations[-1][2])
        east += rest * math.sin(tilt) * math.sin(bearing)
        north += rest * math.sin(tilt) * math.cos(bearing)
        down += rest * math.cos(tilt)
        assert row["end_x_m"] - row["x_m"] == pytest.approx(east, abs=2e-5 + 0.02 * bool(below))
        assert row["z_m"] - row["end_z_m"] == pytest.approx(down, abs=2e-5 + 0.02 * bool(below))
