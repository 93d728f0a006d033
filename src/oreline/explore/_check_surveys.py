"""What is wrong with the readings down the holes."""

from __future__ import annotations

import polars as pl

from oreline.explore._check_collars import Checked
from oreline.explore._check_settings import CheckSettings
from oreline.explore._hole_tables import HoleTables, leave_out
from oreline.explore._mapping import HoleMapping
from oreline.explore._said import Told, fatal, per_hole, warning
from oreline.model import Finding


def oriented(tables: HoleTables, mapping: HoleMapping) -> Checked:
    """Turn dips to positive down and azimuths to 0 to 360; leave out what is no direction."""
    findings: list[Finding] = []
    # Dips that follow from points are positive downwards; others have the sign that is declared.
    sign = -1.0 if mapping.dip == "negative down" and mapping.collars is not None else 1.0
    for part in ("surveys", "collars"):
        frame = getattr(tables, part)
        off_azimuth = ~pl.col("azimuth_deg").is_between(-360, 720)
        off_dip = pl.col("dip_deg").abs() > 90
        wrong = frame.filter(off_azimuth | off_dip)
        message = "azimuth {azimuth_deg:g} and dip {dip_deg:g} of {hole} are no direction"
        what = "the reading is left out" if part == "surveys" else "both are left out"
        fix = "write an azimuth from 0 to 360 and a dip from -90 to 90 degrees"
        findings += fatal("ORL-0914", wrong, tables.place(part), f"{message}; {what}", fix)
        findings += _whole_turns(frame.filter(~off_azimuth), tables.place(part))
        if part == "surveys":
            frame = frame.filter(~(off_azimuth | off_dip))
        else:
            bad = (off_azimuth | off_dip).fill_null(value=False)
            frame = frame.with_columns(
                pl.when(~bad).then(pl.col("azimuth_deg", "dip_deg")).name.keep()
            )
        frame = frame.with_columns(
            (pl.col("azimuth_deg") + mapping.azimuth_correction_deg) % 360, pl.col("dip_deg") * sign
        )
        findings += _upwards(frame, tables.place(part), mapping.dip or "positive down")
        tables = tables.having(**{part: frame})
    return tables, findings


def _whole_turns(frame: pl.DataFrame, place: Told) -> list[Finding]:
    """Tell azimuths that name a direction only after a turn is taken off or added."""
    turned = frame.filter(~pl.col("azimuth_deg").is_between(-180, 360)).with_columns(
        within=pl.col("azimuth_deg") % 360
    )
    message = "the azimuth {azimuth_deg:g} of {hole} is taken as {within:g}, a whole turn away"
    fix = "write an azimuth from 0 to 360, or ask whether a correction was added twice"
    return warning("ORL-0960", turned, place, message, fix)


def _upwards(frame: pl.DataFrame, place: Told, declared: str) -> list[Finding]:
    up = frame.filter(pl.col("dip_deg") < 0)
    holes = per_hole(up)
    message = f"the hole {{hole}} points upwards ({{which}}), as dips are {declared}"
    fix = "leave it if the hole was drilled upwards, else correct the sign of its dips"
    return warning("ORL-0927", holes, place, message, fix)


def check_surveys(tables: HoleTables, settings: CheckSettings) -> Checked:
    """Leave out second readings at one depth and turns that no drill string makes."""
    place = tables.place("surveys")
    surveys = tables.surveys.sort("hole", "depth_m", "row")
    above = surveys.filter(pl.col("depth_m") < 0)
    message = "the reading of {hole} at {depth_m:L} lies above the collar; it is left out"
    findings = fatal("ORL-0914", above, place, message, "write the depth down the hole")
    tables = leave_out(tables.having(surveys=surveys), "surveys", above)
    tables, found = _same_depth(tables, place)
    findings += found
    findings += _late_start(tables, place)
    tables, found = _sharp_turns(tables, place, settings)
    return tables, findings + found


def _same_depth(tables: HoleTables, place: Told) -> Checked:
    keys = ["hole", "depth_m"]
    first = [pl.col(name).first().over(keys).alias(f"{name}_first")
             for name in ("row", "azimuth_deg", "dip_deg")]  # fmt: skip
    again = tables.surveys.with_columns(first).filter(pl.col("row") > pl.col("row_first"))
    differs = (pl.col("azimuth_deg") != pl.col("azimuth_deg_first")) | (
        pl.col("dip_deg") != pl.col("dip_deg_first")
    )
    message = "{hole} has a reading at {depth_m:L} in row {row_first} already"
    found = fatal(
        "ORL-0917", again.filter(differs), place,
        f"{message}, with another direction; this one is left out",
        "keep the reading that is right",
    )  # fmt: skip
    found += warning("ORL-0917", again.filter(~differs), place, f"{message}, the same one",
                     "remove one of them")  # fmt: skip
    return leave_out(tables, "surveys", again), found


def _late_start(tables: HoleTables, place: Told) -> list[Finding]:
    first = tables.surveys.group_by("hole", maintain_order=True).first()
    late = first.filter(pl.col("depth_m") > 0)
    message = "the survey of {hole} begins at {depth_m:L}; above it the hole is taken straight"
    return warning("ORL-0915", late, place, message, "add the reading at the collar")


def _sharp_turns(tables: HoleTables, place: Told, settings: CheckSettings) -> Checked:
    findings: list[Finding] = []
    while True:
        turns = _turns(tables.surveys)
        refused = turns.filter(pl.col("turn_deg") > settings.dogleg_refused_deg)
        refused = refused.group_by("hole", maintain_order=True).first()
        if refused.is_empty():
            break
        message = "{hole} turns by {turn_deg:.0f} degrees within {length_m:L}; left out"
        fix = "correct azimuth and dip of the reading, or of the one above it"
        findings += fatal("ORL-0916", refused, place, message, fix)
        tables = leave_out(tables, "surveys", refused)
    rate = pl.col("turn_deg") * 30 / pl.col("length_m")
    sharp = turns.with_columns(rate=rate).filter(
        (pl.col("rate") > settings.dogleg_deg_per_30m) & (pl.col("turn_deg") > 1)
    )
    message = "{hole} turns by {turn_deg:.1f} degrees within {length_m:L}, {rate:.0f} in 30 m"
    fix = "check this reading and the one above it"
    return tables, findings + warning("ORL-0916", sharp, place, message, fix)


def _turns(surveys: pl.DataFrame) -> pl.DataFrame:
    """Return each reading with the angle between it and the one above, in degrees."""
    dip, azimuth = pl.col("dip_deg").radians(), pl.col("azimuth_deg").radians()
    vectors = surveys.with_columns(
        tx=dip.cos() * azimuth.sin(), ty=dip.cos() * azimuth.cos(), tz=-dip.sin()
    )
    before = [pl.col(name).shift(1).over("hole").alias(f"{name}_0") for name in ("tx", "ty", "tz")]
    cosine = sum((pl.col(name) * pl.col(f"{name}_0") for name in ("tx", "ty", "tz")), pl.lit(0.0))
    return (
        vectors.with_columns(
            *before, length_m=pl.col("depth_m") - pl.col("depth_m").shift(1).over("hole")
        )
        .with_columns(turn_deg=cosine.clip(-1, 1).arccos().degrees())
        .drop_nulls("length_m")
    )
