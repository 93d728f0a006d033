"""What is wrong with intervals: order, overlaps, gaps, and depths that the hole does not have."""

from __future__ import annotations

import polars as pl

from oreline.explore._check_collars import Checked
from oreline.explore._check_settings import CheckSettings
from oreline.explore._hole_tables import HoleTables, leave_out
from oreline.explore._overlaps import put_together, without_overlaps
from oreline.explore._said import Told, fatal, warning
from oreline.model import Finding, Severity


def check_intervals(tables: HoleTables, settings: CheckSettings) -> Checked:
    """Leave out intervals that are none or overlap; join ends that meant to meet; tell gaps."""
    findings: list[Finding] = []
    for part in ("assays", "geology"):
        tables, found = _backwards(tables, part)
        findings += found
        if part == "assays":
            tables, found = put_together(tables, settings)
            findings += found
        tables, found = without_overlaps(tables, part, settings)
        findings += found
        tables, found = _joined(tables, part, settings)
        findings += found
        findings += _gaps(tables, part)
    return tables, findings


def _backwards(tables: HoleTables, part: str) -> Checked:
    frame, place = getattr(tables, part), tables.place(part)
    wrong = frame.filter(pl.col("from_m") >= pl.col("to_m"))
    message = "the interval of {hole} from {from_m:l} to {to_m:L} has no length; left out"
    found = fatal("ORL-0909", wrong, place, message, "correct from and to")
    above = frame.filter((pl.col("from_m") < 0) & (pl.col("from_m") < pl.col("to_m")))
    message = "the interval of {hole} begins {from_m:L} above the collar; left out"
    found += fatal("ORL-0909", above, place, message, "write depths from the collar downwards")
    return leave_out(leave_out(tables, part, wrong), part, above), found


def _joined(tables: HoleTables, part: str, settings: CheckSettings) -> Checked:
    """Make intervals meet whose ends differ by a rounding."""
    frame = getattr(tables, part)
    above = pl.col("to_m").shift(1).over("hole")
    apart = (pl.col("from_m") - above).abs()
    near = (apart > 0) & (apart <= settings.joined_m)
    count = int(frame.select(near.fill_null(value=False).sum()).item())
    if not count:
        return tables, []
    moved = pl.when(near).then(above).otherwise(pl.col("from_m")).alias("from_m")
    message = f"{count} intervals began within {settings.joined_m:g} m of the end above them"
    place, fix = str(tables.place(part)), "nothing need be done; joined_m is the setting"
    found = Finding("ORL-0925", Severity.NOTE, place, f"{message}; they were joined", fix)
    return tables.having(**{part: frame.with_columns(moved)}), [found]


def _gaps(tables: HoleTables, part: str) -> list[Finding]:
    frame = getattr(tables, part)
    above = pl.col("to_m").shift(1).over("hole")
    gaps = frame.with_columns(above=above).filter(pl.col("from_m") > pl.col("above"))
    gaps = gaps.with_columns(gap=pl.col("from_m") - pl.col("above"))
    message = "{hole} has a gap of {gap:L} above this interval, from {above:L}"
    what = "not sampled" if part == "assays" else "without a code"
    fix = "add the interval that is missing, or leave it if the core was not taken"
    return warning("ORL-0907", gaps, tables.place(part), f"{message}; it is {what}", fix)


def check_depths(tables: HoleTables, settings: CheckSettings) -> Checked:
    """Tell what lies below a hole's depth, feet beside metres, and depths that are not stated."""
    reach = (
        pl.concat([tables.assays.select("hole", "to_m", "row"),
                   tables.geology.select("hole", "to_m", "row")])
        .sort("to_m")
        .group_by("hole", maintain_order=True)
        .last()
    )  # fmt: skip
    deepest = tables.surveys.group_by("hole").agg(pl.col("depth_m").max().alias("surveyed_m"))
    collars = tables.collars.join(reach.drop("row"), on="hole", how="left", maintain_order="left")
    collars = collars.join(deepest, on="hole", how="left", maintain_order="left")
    findings = _feet_and_metres(collars, tables.place("collars"))
    findings += _beyond(tables, settings)
    unstated = int(collars["depth_m"].null_count())
    if unstated:
        message = f"{unstated} holes without a depth: that of their deepest row is taken"
        fix = "add the depth of each hole to the collars"
        found = Finding("ORL-0925", Severity.NOTE, str(tables.place("collars")), message, fix)
        findings.append(found)
    limit = pl.col("to_m") * settings.reading_beyond_factor
    read_m = pl.when(pl.col("to_m").is_null() | (pl.col("surveyed_m") <= limit)).then("surveyed_m")
    depth = pl.max_horizontal(pl.coalesce("depth_m", read_m), pl.col("to_m"))
    collars = collars.with_columns(depth_m=depth).drop("to_m", "surveyed_m")
    return tables.having(collars=collars), findings


def _feet_and_metres(collars: pl.DataFrame, place: Told) -> list[Finding]:
    ratio = pl.col("to_m") / pl.col("depth_m")
    odd = collars.with_columns(ratio=ratio).filter(
        ((pl.col("ratio") - 3.28084).abs() < 0.05) | ((pl.col("ratio") - 0.3048).abs() < 0.001)
    )
    message = (
        "the intervals of {hole} reach {to_m:L} and its depth is {depth_m:L}: "
        "a ratio of {ratio:.4g}, as between feet and metres"
    )
    fix = "check in which unit both are; explore.toml has one unit for all depths"
    return warning("ORL-0919", odd, place, message, fix)


def _beyond(tables: HoleTables, settings: CheckSettings) -> list[Finding]:
    stated = tables.collars.select("hole", pl.col("depth_m").alias("stated_m")).drop_nulls()
    limit = pl.col("stated_m") + settings.beyond_depth_m
    findings = []
    for part in ("assays", "geology"):
        frame = getattr(tables, part).join(stated, on="hole", maintain_order="left")
        over = frame.filter(pl.col("to_m") > limit)
        message = "{hole} is {stated_m:L} deep, but this interval ends at {to_m:L}"
        fix = "correct the interval, or the depth in the collars"
        findings += warning("ORL-0910", over, tables.place(part), message, fix)
    reach = tables.assays.group_by("hole").agg(pl.col("to_m").max())
    beyond = pl.col("to_m") * settings.reading_beyond_factor
    known = tables.collars.join(reach, on="hole", how="left").select(
        "hole", stated_m=pl.coalesce("depth_m", beyond)
    )
    frame = tables.surveys.join(known.drop_nulls(), on="hole", maintain_order="left")
    over = frame.filter(pl.col("depth_m") > limit)
    message = "the reading at {depth_m:L} lies far below the end of {hole}"
    fix = "correct the depth of the reading; it is used for the direction only"
    return findings + warning("ORL-0929", over, tables.place("surveys"), message, fix)
