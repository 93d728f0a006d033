"""What is wrong with collars, and with holes that one table has and another lacks."""

from __future__ import annotations

from typing import cast

import polars as pl

from oreline.explore._check_settings import CheckSettings
from oreline.explore._hole_tables import HoleTables, leave_out
from oreline.explore._said import Told, fatal, near_names, per_hole, warning
from oreline.model import Finding

Checked = tuple[HoleTables, list[Finding]]


def check_collars(tables: HoleTables, settings: CheckSettings) -> Checked:
    """Leave out second collars of one hole, and rows of holes that have no collar."""
    tables, findings = _same_hole(tables)
    for part in ("surveys", "assays", "geology"):
        tables, found = _no_collar(tables, part)
        findings += found
    findings += _no_rows(tables)
    findings += _odd_places(tables.collars, tables.place("collars"), settings)
    return tables, findings


def _same_hole(tables: HoleTables) -> Checked:
    collars, place = tables.collars, tables.place("collars")
    first = pl.col("row").min().over("hole").alias("first")
    again = collars.with_columns(first).filter(pl.col("row") > pl.col("first"))
    message = "the hole {hole} stands in row {first} already; this row is left out"
    fix = "keep one row of the hole, or give the second hole its own name"
    return leave_out(tables, "collars", again), fatal("ORL-0906", again, place, message, fix)


def _no_collar(tables: HoleTables, part: str) -> Checked:
    frame = getattr(tables, part)
    lost = frame.join(tables.collars, on="hole", how="anti", maintain_order="left")
    if lost.is_empty():
        return tables, []
    holes = per_hole(lost)
    near = near_names(holes["hole"].to_list(), tables.collars["hole"])
    hints = [f"did you mean {near[hole]}? Else " if hole in near else "" for hole in holes["hole"]]
    holes = holes.with_columns(pl.Series("hint", hints))
    message = f"the hole {{hole}} has no collar; it is left out of the {part} ({{which}})"
    fix = "{hint}add the hole to the collars"
    found = fatal("ORL-0903", holes, tables.place(part), message, fix)
    return leave_out(tables, part, lost), found


def _no_rows(tables: HoleTables) -> list[Finding]:
    collars, place = tables.collars, tables.place("collars")
    unsurveyed = collars.join(tables.surveys, on="hole", how="anti", maintain_order="left")
    stated = unsurveyed.filter(
        pl.col("dip_deg").is_not_null() & pl.col("azimuth_deg").is_not_null()
    )
    vertical = unsurveyed.join(stated, on="hole", how="anti", maintain_order="left")
    found = warning(
        "ORL-0904", vertical, place,
        "the hole {hole} has no survey; it is taken to be vertical",
        "add its survey, or a reading at depth 0",
    )  # fmt: skip
    bare = collars.join(tables.assays, on="hole", how="anti", maintain_order="left")
    found += warning(
        "ORL-0905", bare, place, "the hole {hole} has no assays",
        "add them, or say in the geology what the hole met",
    )  # fmt: skip
    return found


def _odd_places(collars: pl.DataFrame, place: Told, settings: CheckSettings) -> list[Finding]:
    """Tell collars far from all others, swapped coordinates, and coordinates in degrees."""
    if collars.height < 5:
        return []
    x, y = collars["x_m"], collars["y_m"]
    degrees = bool((x.abs() <= 180).all() and (y.abs() <= 180).all())
    if degrees and cast("float", x.max() or 0) - cast("float", x.min() or 0) < 2:
        message = "x and y of all collars look like degrees, which are no lengths"
        fix = "write coordinates of a metric grid, such as UTM"
        return warning("ORL-0920", collars.head(1), place, message, fix)
    middle = pl.DataFrame({"mx": [x.median()], "my": [y.median()]})
    far = ((pl.col("x_m") - pl.col("mx")) ** 2 + (pl.col("y_m") - pl.col("my")) ** 2).sqrt()
    turned = ((pl.col("y_m") - pl.col("mx")) ** 2 + (pl.col("x_m") - pl.col("my")) ** 2).sqrt()
    frame = collars.join(middle, how="cross").with_columns(far=far, turned=turned)
    usual = cast("float", frame["far"].median() or 0.0)
    limit = max(settings.outlier_factor * usual, 1.0)
    odd = frame.filter(pl.col("far") > limit).with_columns(
        km=pl.col("far") / 1000, usual=pl.lit(usual / 1000)
    )
    is_turned = pl.col("turned") <= limit
    found = warning(
        "ORL-0920", odd.filter(is_turned), place,
        "the coordinates of {hole} look swapped: x lies where y of the others is",
        "exchange x and y of this row",
    )  # fmt: skip
    found += warning(
        "ORL-0920", odd.filter(~is_turned), place,
        "the collar of {hole} lies {km:.3g} km from the middle of all, usual are {usual:.3g} km",
        "check its coordinates, their unit and their grid",
    )  # fmt: skip
    return found
