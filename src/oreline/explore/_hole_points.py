"""Collars and surveys of holes whose table says only where the middle of each interval lies."""

from __future__ import annotations

import polars as pl


def collars_of_points(points: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the collars and surveys that follow from points down the holes.

    Parameters
    ----------
    points
        ``hole, row, from_m, to_m, x_m, y_m, z_m``, the point half way down each interval.

    Returns
    -------
    collars, surveys
        The collar lies straight above the first point in the direction of the second; a reading
        lies half way between two points, in the direction from one to the other, and one at the
        collar. Dips are positive downwards. A hole of one interval has no reading.
    """
    ordered = points.with_columns(at=(pl.col("from_m") + pl.col("to_m")) / 2)
    ordered = ordered.sort("hole", "at").unique(["hole", "at"], keep="first", maintain_order=True)
    steps = ordered.with_columns(
        (pl.col(name).shift(-1).over("hole") - pl.col(name)).alias(f"d{name}")
        for name in ("x_m", "y_m", "z_m", "at")
    )
    length = (pl.col("dx_m") ** 2 + pl.col("dy_m") ** 2 + pl.col("dz_m") ** 2).sqrt()
    steps = steps.with_columns(step=length)
    moved = steps.filter(pl.col("step") > 0)
    surveys = moved.select(
        "hole",
        depth_m=pl.col("at") + pl.col("dat") / 2,
        azimuth_deg=pl.arctan2("dx_m", "dy_m").degrees() % 360,
        dip_deg=(-pl.col("dz_m") / pl.col("step")).clip(-1, 1).arcsin().degrees(),
        row="row",
    )
    top = surveys.group_by("hole", maintain_order=True).first().with_columns(depth_m=pl.lit(0.0))
    surveys = pl.concat([top.select(surveys.columns), surveys]).sort("hole", "depth_m")
    first = steps.group_by("hole", maintain_order=True).first()
    along = [
        (pl.col(name) - pl.when(pl.col("step") > 0).then(pl.col(f"d{name}") / pl.col("step"))
         .otherwise(-1.0 if name == "z_m" else 0.0) * pl.col("at")).alias(name)
        for name in ("x_m", "y_m", "z_m")
    ]  # fmt: skip
    nothing = pl.lit(None, dtype=pl.Float64)
    collars = first.select(
        "hole", "row", *along, depth_m=nothing, azimuth_deg=nothing, dip_deg=nothing
    )
    return collars, surveys
