"""How grades change across the contact of two domains: at once, or bit by bit."""

from __future__ import annotations

import numpy as np
import polars as pl

from oreline.explore._holes import DrillHoles
from oreline.model import InputError


def contact_profile(
    holes: DrillHoles, analyte: str, one: str, other: str, *, step_m: float, reach_m: float
) -> pl.DataFrame:
    """Return mean grades by distance from the contact of two codes, down the holes.

    Parameters
    ----------
    holes
        The holes, with geology.
    analyte
        The grade.
    one, other
        The two codes; distances are negative in the first.
    step_m
        The width of the classes of distance.
    reach_m
        How far from the contact the profile goes.

    Returns
    -------
    profile
        ``distance_m`` (the middle of the class), ``code``, ``mean_pct`` weighted by length,
        ``length_m``, ``contacts`` that have a sample there.

    Raises
    ------
    InputError
        If the codes never meet, or a name or a number makes no sense.
    """
    if analyte not in holes.analytes:
        raise InputError(f"no analyte {analyte}; there are {', '.join(holes.analytes)}")
    if not (step_m > 0 and reach_m >= step_m):
        raise InputError("the step is positive, and the reach at least one step")
    contacts = _contacts(holes, one, other)
    if contacts.is_empty():
        known = ", ".join(holes.domain_names()) or "none"
        raise InputError(f"{one} and {other} never meet in a hole; there are the codes {known}")
    assays = holes.assays.select("hole", "from_m", "to_m", grade=pl.col(analyte)).drop_nulls()
    near = assays.join(contacts, on="hole").with_columns(
        start=pl.max_horizontal("from_m", "top_m"), end=pl.min_horizontal("to_m", "bottom_m")
    )
    near = near.filter(pl.col("start") < pl.col("end"))
    parts = pl.concat([_side(near, one), _side(near, other)])
    edges = np.arange(0.0, reach_m + step_m / 2, step_m)
    rows = []
    for code, sign in ((one, -1.0), (other, 1.0)):
        side = parts.filter(pl.col("code") == code)
        for low in edges[:-1]:
            high = low + step_m
            overlap = pl.min_horizontal("far_m", pl.lit(high)) - pl.max_horizontal(
                "near_m", pl.lit(low)
            )
            inside = side.with_columns(length=overlap).filter(pl.col("length") > 0)
            length = float(inside["length"].sum())
            if length > 0:
                metal = float((inside["length"] * inside["grade"]).sum())
                met = inside["contact"].n_unique()
                rows.append((sign * (low + step_m / 2), code, metal / length, length, met))
    kinds = {"distance_m": pl.Float64, "code": pl.String, "mean_pct": pl.Float64,
             "length_m": pl.Float64, "contacts": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema=kinds, orient="row").sort("distance_m")


def _contacts(holes: DrillHoles, one: str, other: str) -> pl.DataFrame:
    """Return where the two codes touch: their depth, and how far each of them goes."""
    below = pl.col("code").shift(-1).over("hole")
    return (
        holes.geology.with_columns(
            below=below,
            next_from=pl.col("from_m").shift(-1).over("hole"),
            bottom_m=pl.col("to_m").shift(-1).over("hole"),
        )
        .filter(
            (pl.col("next_from") == pl.col("to_m"))
            & (
                ((pl.col("code") == one) & (pl.col("below") == other))
                | ((pl.col("code") == other) & (pl.col("below") == one))
            )
        )
        .with_row_index("contact")
        .select("hole", "contact", "bottom_m", depth_m="to_m", top_m="from_m", upper="code")
    )


def _side(near: pl.DataFrame, code: str) -> pl.DataFrame:
    """Return the parts of assays that lie in a code, by their distance from the contact."""
    is_upper = pl.col("upper") == code
    upper = near.filter(is_upper & (pl.col("start") < pl.col("depth_m"))).with_columns(
        near_m=(pl.col("depth_m") - pl.col("end")).clip(lower_bound=0.0),
        far_m=pl.col("depth_m") - pl.col("start"),
    )
    lower = near.filter(~is_upper & (pl.col("end") > pl.col("depth_m"))).with_columns(
        near_m=(pl.col("start") - pl.col("depth_m")).clip(lower_bound=0.0),
        far_m=pl.col("end") - pl.col("depth_m"),
    )
    both = pl.concat([upper, lower])
    return both.select("contact", "grade", "near_m", "far_m", code=pl.lit(code))
