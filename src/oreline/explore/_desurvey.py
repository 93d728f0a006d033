"""Where the points of drill holes lie: minimum curvature, for all of them at once.

Between two readings a hole is taken to be an arc of a circle that leaves the first in its
direction and reaches the second in its direction (Taylor and Mason, SPE 3362, 1972; Sawaryn and
Thorogood, SPE Drilling & Completion 20(1), 2005). With unit tangents t1 and t2, the angle theta
between them and the length L along the hole, the point at the share f of it lies at

    L / (theta sin theta) * [ (cos((1 - f) theta) - cos theta) t1 + (1 - cos(f theta)) t2 ]

from the first reading. Above the first reading and below the last a hole is straight. A hole
without readings has the direction of its collar, else it is vertical.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from oreline.explore._holes import DrillHoles
from oreline.model import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SMALL_ANGLE_RAD = 1e-4
"""Below this angle the formula is replaced by its series, whose error is below 1e-17."""


@dataclass(frozen=True, slots=True)
class HolePaths:
    """The arcs of all holes of a set, one after the other.

    Attributes
    ----------
    holes
        The names of the holes.
    first
        The index of the first station of each hole, and at the end their number; shape (n + 1,).
    depth_m
        The depth of each station down its hole; the first of each hole is at 0.
    point_m
        Where each station lies: x, y, z; shape (stations, 3).
    tangent
        The direction of the hole there, east, north, up, of length one; shape (stations, 3).
    """

    holes: tuple[str, ...]
    first: Ints
    depth_m: Floats
    point_m: Floats
    tangent: Floats


def tangents(azimuth_deg: Floats, dip_deg: Floats) -> Floats:
    """Return unit vectors east, north, up of azimuths and dips positive downwards.

    >>> tangents(np.array([90.0]), np.array([0.0])).round(12).tolist()
    [[1.0, 0.0, -0.0]]
    """
    azimuth, dip = np.radians(azimuth_deg), np.radians(dip_deg)
    across = np.cos(dip)
    return np.column_stack([across * np.sin(azimuth), across * np.cos(azimuth), -np.sin(dip)])


def arc_offset(before: Floats, after: Floats, length_m: Floats, share: Floats) -> Floats:
    """Return how far a point at a share of an arc lies from its beginning; shape (n, 3).

    Raises
    ------
    InputError
        If an arc turns straight back: there is no circle of least curvature.
    """
    chord = np.linalg.norm(after - before, axis=1)
    theta = 2.0 * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))
    if bool(np.any(theta > np.pi - 1e-6)):
        raise InputError("a hole turns straight back between two readings; correct one of them")
    safe = np.where(theta < SMALL_ANGLE_RAD, 1.0, theta)
    scale = safe * np.sin(safe)
    first = (np.cos((1.0 - share) * safe) - np.cos(safe)) / scale
    second = (1.0 - np.cos(share * safe)) / scale
    # The series to the second order in theta: exact to the last digit where it is used.
    squared = theta * theta
    rest = 1.0 - share
    small_first = share - share**2 / 2 + squared * ((1.0 - rest**2) / 12.0 - (1.0 - rest**4) / 24.0)
    small_second = share**2 / 2 + squared * (share**2 / 12.0 - share**4 / 24.0)
    is_small = theta < SMALL_ANGLE_RAD
    first = np.where(is_small, small_first, first)
    second = np.where(is_small, small_second, second)
    offset: Floats = length_m[:, None] * (first[:, None] * before + second[:, None] * after)
    return offset


def arc_direction(before: Floats, after: Floats, share: Floats) -> Floats:
    """Return the direction of an arc at a share of it, of length one; shape (n, 3)."""
    chord = np.linalg.norm(after - before, axis=1)
    theta = 2.0 * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))
    safe = np.where(theta < SMALL_ANGLE_RAD, 1.0, theta)
    first = np.where(theta < SMALL_ANGLE_RAD, 1 - share, np.sin((1 - share) * safe) / np.sin(safe))
    second = np.where(theta < SMALL_ANGLE_RAD, share, np.sin(share * safe) / np.sin(safe))
    mixed = first[:, None] * before + second[:, None] * after
    direction: Floats = mixed / np.linalg.norm(mixed, axis=1)[:, None]
    return direction


def hole_paths(holes: DrillHoles) -> HolePaths:
    """Return the arcs of all holes of a set by minimum curvature."""
    stations = _stations(holes)
    names = tuple(holes.collars["hole"].to_list())
    counts = stations.group_by("number", maintain_order=True).len()["len"].to_numpy()
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    depth = stations["depth_m"].to_numpy().astype(np.float64)
    tangent = tangents(stations["azimuth_deg"].to_numpy(), stations["dip_deg"].to_numpy())
    steps = np.zeros((len(depth), 3))
    length = np.diff(depth)
    inside = np.ones(len(length), dtype=bool)
    inside[first[1:-1] - 1] = False
    ones = np.ones(int(inside.sum()))
    steps[1:][inside] = arc_offset(tangent[:-1][inside], tangent[1:][inside], length[inside], ones)
    collars = holes.collars.select("x_m", "y_m", "z_m").to_numpy()
    # Summed hole by hole: a sum over all holes would lose digits from one to the next.
    point = np.empty_like(steps)
    for number in range(len(names)):
        span = slice(first[number], first[number + 1])
        point[span] = collars[number] + np.cumsum(steps[span], axis=0)
    return HolePaths(names, first, depth, point, tangent)


def arc_stations(
    collar_m: Floats, depth_m: Floats, azimuth_deg: Floats, dip_deg: Floats, at_m: Floats
) -> Floats:
    """Return where points of one hole lie, from its readings alone.

    Parameters
    ----------
    collar_m
        x, y, z of the collar.
    depth_m, azimuth_deg, dip_deg
        The readings, the first at depth 0, in order of depth; dips positive downwards.
    at_m
        The depths of the points.

    Returns
    -------
    point_m
        x, y, z; shape (n, 3).
    """
    tangent = tangents(azimuth_deg, dip_deg)
    length, ones = np.diff(depth_m), np.ones(len(depth_m) - 1)
    steps = np.zeros((len(depth_m), 3))
    steps[1:] = arc_offset(tangent[:-1], tangent[1:], length, ones)
    point = collar_m + np.cumsum(steps, axis=0)
    first = np.array([0, len(depth_m)])
    paths = HolePaths(("",), first, depth_m.astype(np.float64), point, tangent)
    return locate(paths, pl.Series("hole", [""] * len(at_m)), at_m)


def _stations(holes: DrillHoles) -> pl.DataFrame:
    """Return the readings of all holes in the order of the collars, each with one at depth 0."""
    numbered = holes.collars.with_row_index("number")
    surveys = holes.surveys.join(numbered.select("hole", "number"), on="hole")
    surveys = surveys.sort("number", "depth_m").select(
        "number", "depth_m", "azimuth_deg", "dip_deg"
    )
    first = surveys.group_by("number", maintain_order=True).first()
    at_collar = first.filter(pl.col("depth_m") > 0).with_columns(depth_m=pl.lit(0.0))
    bare = numbered.join(surveys, on="number", how="anti").select(
        "number",
        depth_m=pl.lit(0.0),
        azimuth_deg=pl.col("azimuth_deg").fill_null(0.0),
        dip_deg=pl.when(pl.col("azimuth_deg").is_null()).then(90.0).otherwise(
            pl.col("dip_deg").fill_null(90.0)
        ),
    )  # fmt: skip
    return pl.concat([surveys, at_collar.select(surveys.columns), bare]).sort("number", "depth_m")


def locate(paths: HolePaths, hole: pl.Series, depth_m: Floats) -> Floats:
    """Return where points of holes lie.

    Parameters
    ----------
    paths
        The arcs of the holes.
    hole
        The name of the hole of each point.
    depth_m
        Its depth down the hole; shape (n,).

    Returns
    -------
    point_m
        x, y, z in metres; shape (n, 3).

    Raises
    ------
    InputError
        If a point is of a hole that is not there.
    """
    number, station, share, length = _found(paths, hole, depth_m)
    last = paths.first[number + 1] - 1
    after = np.minimum(station + 1, last)
    is_beyond = station >= last
    inner = arc_offset(
        paths.tangent[station], paths.tangent[after], length, np.where(is_beyond, 0.0, share)
    )
    beyond = (depth_m - paths.depth_m[station])[:, None] * paths.tangent[station]
    return paths.point_m[station] + np.where(is_beyond[:, None], beyond, inner)


def direct(paths: HolePaths, hole: pl.Series, depth_m: Floats) -> Floats:
    """Return the direction of holes at points: east, north, up, of length one; shape (n, 3)."""
    number, station, share, _ = _found(paths, hole, depth_m)
    last = paths.first[number + 1] - 1
    after = np.minimum(station + 1, last)
    is_beyond = station >= last
    return arc_direction(
        paths.tangent[station], paths.tangent[after], np.where(is_beyond, 0.0, share)
    )


def _found(paths: HolePaths, hole: pl.Series, depth_m: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Return hole, station above, share of the arc below it, and the length of that arc."""
    table = pl.DataFrame({"hole": paths.holes, "number": np.arange(len(paths.holes))})
    joined = pl.DataFrame({"hole": hole}).join(table, on="hole", how="left", maintain_order="left")
    if joined["number"].null_count():
        unknown = joined.filter(pl.col("number").is_null())["hole"].unique().to_list()
        raise InputError(f"no hole {', '.join(str(name) for name in unknown[:5])}")
    number = joined["number"].to_numpy().astype(np.int64)
    depth = np.asarray(depth_m, dtype=np.float64)
    # One search over all holes: the depths of each are moved beyond those of the hole before.
    reach = float(max(paths.depth_m.max(initial=0.0), depth.max(initial=0.0))) + 1.0
    of_station = np.repeat(np.arange(len(paths.holes)), np.diff(paths.first))
    keys = of_station * reach + paths.depth_m
    station = np.searchsorted(keys, number * reach + depth, side="right") - 1
    station = np.clip(station, paths.first[number], paths.first[number + 1] - 1)
    after = np.minimum(station + 1, paths.first[number + 1] - 1)
    length = paths.depth_m[after] - paths.depth_m[station]
    share = (depth - paths.depth_m[station]) / np.where(length > 0, length, 1.0)
    return number, station, share, length


def hole_traces(holes: DrillHoles, step_m: float = 10.0) -> pl.DataFrame:
    """Return points along each hole for drawing: ``hole, depth_m, x_m, y_m, z_m``.

    There is a point at the collar, at each reading, at the end, and every ``step_m`` between.

    Raises
    ------
    InputError
        If the step is not positive.
    """
    if not step_m > 0:
        raise InputError(f"the step between points is {step_m:g} m; it must be positive")
    paths = hole_paths(holes)
    names, depths = [], []
    for number, (name, end) in enumerate(
        zip(paths.holes, holes.collars["depth_m"].fill_null(0.0).to_list(), strict=True)
    ):
        readings = paths.depth_m[paths.first[number] : paths.first[number + 1]]
        at = np.unique(np.concatenate([readings[readings < end], np.arange(0, end, step_m), [end]]))
        names.append(np.repeat(name, len(at)))
        depths.append(at)
    hole, depth = pl.Series("hole", np.concatenate(names)), np.concatenate(depths)
    point = locate(paths, hole, depth)
    return pl.DataFrame(
        {"hole": hole, "depth_m": depth, "x_m": point[:, 0], "y_m": point[:, 1], "z_m": point[:, 2]}
    )


def hole_ends(holes: DrillHoles) -> pl.DataFrame:
    """Return each hole with its collar and its end: ``hole, depth_m, x_m ... end_z_m``."""
    collars = holes.collars.select("hole", "depth_m", "x_m", "y_m", "z_m")
    end = locate(hole_paths(holes), collars["hole"], collars["depth_m"].fill_null(0.0).to_numpy())
    ends = [pl.Series(f"end_{axis}_m", end[:, number]) for number, axis in enumerate("xyz")]
    return collars.with_columns(ends)
