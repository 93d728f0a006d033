"""Intervals that lie over each other: put together where they may, left out where they may not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from oreline.explore._check_collars import Checked
from oreline.explore._check_settings import CheckSettings
from oreline.explore._hole_tables import GradeMarks, HoleTables, leave_out
from oreline.explore._said import fatal, row_runs, warning, without


def put_together(tables: HoleTables, settings: CheckSettings) -> Checked:
    """Put rows of one place together where they do not contradict, as laboratories split them.

    One row may hold the base metals and the next the precious ones; or a sample of four metres
    holds gold, and the last of these metres was assayed again for all else.
    """
    tables, findings = _same_interval(tables)
    tables, found = _finer_rows(tables, settings)
    return tables, findings + found


def _same_interval(tables: HoleTables) -> Checked:
    assays, place = tables.assays, tables.place("assays")
    keys = ["hole", "from_m", "to_m"]
    twice = assays.filter(pl.struct(keys).is_duplicated())
    if twice.is_empty():
        return tables, []
    names = list(tables.analytes)
    kinds = pl.all_horizontal(
        pl.col(names).drop_nulls().n_unique().over(keys) <= 1,
    )
    marked = twice.with_columns(agrees=kinds, first=pl.col("row").min().over(keys))
    later = marked.filter(pl.col("row") > pl.col("first"))
    message = "{hole} {from_m:l} to {to_m:L} stands in row {first} already"
    found = fatal(
        "ORL-0908", later.filter(~pl.col("agrees")), place,
        f"{message}, with other grades; this row is left out", "keep the row that is right",
    )  # fmt: skip
    found += warning(
        "ORL-0926", later.filter("agrees"), place,
        f"{message}; grades that only one row has are put together",
        "write each interval in one row",
    )  # fmt: skip
    merged = (
        marked.filter("agrees")
        .group_by(keys, maintain_order=True)
        .agg(pl.col([*names, "density_t_per_m3"]).drop_nulls().first(), pl.col("row").min())
    )
    kept = without(assays, marked.filter(pl.col("agrees") | (pl.col("row") > pl.col("first"))))
    whole = pl.concat([kept, merged.select(kept.columns)])
    below, missing = tables.marks.below, tables.marks.missing
    first_of = later.filter("agrees").select("row", "first")
    marks = GradeMarks(*(_moved(frame, first_of) for frame in (below, missing)))
    merged_rows = tables.merged_rows + first_of.height
    return replace(tables, assays=whole, marks=marks, merged_rows=merged_rows), found


def _moved(marks: pl.DataFrame, first_of: pl.DataFrame) -> pl.DataFrame:
    """Return marks at the rows into which theirs were put."""
    joined = marks.join(first_of, on="row", how="left", maintain_order="left")
    moved = joined.with_columns(pl.coalesce("first", "row").alias("row")).drop("first")
    return moved.unique(["row", "analyte"], maintain_order=True)


def _finer_rows(tables: HoleTables, settings: CheckSettings) -> Checked:
    """Cut a long row where shorter ones lie in it that do not contradict it.

    The shorter ones take the grades that they lack from the longer one.
    """
    assays = tables.assays.sort("hole", "from_m", "to_m", "row")
    reach = pl.col("to_m").cum_max().shift(1).over("hole")
    holes = assays.filter(pl.col("from_m") < reach - settings.joined_m)["hole"].unique()
    if holes.is_empty():
        return tables, []
    names = [*tables.analytes, "density_t_per_m3"]
    fates: list[_Fate] = []
    for _, frame in assays.filter(pl.col("hole").is_in(holes.implode())).group_by("hole"):
        fates += _fates(frame.to_dicts(), names, settings.joined_m)
    if not fates:
        return tables, []
    touched = {row["row"] for fate in fates for row in (fate.long, *fate.short)}
    new = [piece for fate in fates for piece in fate.pieces]
    kept = assays.filter(~pl.col("row").is_in(list(touched)))
    whole = pl.concat([kept, pl.DataFrame(new, schema=assays.schema)])
    told = [{**fate.long, "inner": row_runs(row["row"] for row in fate.short)} for fate in fates]
    lines = pl.DataFrame(told, schema={**assays.schema, "inner": pl.String}).sort("row")
    message = "{hole} {from_m:l} to {to_m:L} holds {inner}; their grades are put together"
    fix = "nothing need be done if these are assays of different methods"
    findings = warning("ORL-0926", lines, tables.place("assays"), message, fix)
    below = _inherited(tables.marks.below, fates)
    marks = GradeMarks(below, _inherited(tables.marks.missing, fates))
    return replace(tables, assays=whole, marks=marks), findings


@dataclass(frozen=True, slots=True)
class _Fate:
    """A long row, the shorter rows in it, and the pieces that both become."""

    long: dict[str, Any]
    short: list[dict[str, Any]]
    pieces: list[dict[str, Any]]


def _fates(rows: list[dict[str, Any]], names: list[str], joined_m: float) -> list[_Fate]:
    """Return what becomes of the long rows of one hole that hold shorter ones."""
    fates: list[_Fate] = []
    used: set[int] = set()
    for long in sorted(rows, key=lambda row: row["from_m"] - row["to_m"]):
        if long["row"] in used:
            continue
        short = [
            row for row in rows
            if row["row"] != long["row"]
            and row["from_m"] < long["to_m"] - joined_m
            and row["to_m"] > long["from_m"] + joined_m
        ]  # fmt: skip
        if not short or any(row["row"] in used for row in short):
            continue
        ends = [long["from_m"] - joined_m]
        fits = True
        for row in short:
            fits &= row["from_m"] >= ends[-1] - joined_m
            fits &= row["to_m"] <= long["to_m"] + joined_m and _agree(long, row, names)
            ends.append(row["to_m"])
        if fits:
            fates.append(_Fate(long, short, _cut(long, short, names, joined_m)))
            used |= {long["row"], *(row["row"] for row in short)}
    return fates


def _agree(long: dict[str, Any], short: dict[str, Any], names: list[str]) -> bool:
    both = [name for name in names if long[name] is not None and short[name] is not None]
    return all(long[name] == short[name] for name in both)


def _cut(
    long: dict[str, Any], short: list[dict[str, Any]], names: list[str], joined_m: float
) -> list[dict[str, Any]]:
    pieces = []
    at = long["from_m"]
    for row in short:
        if row["from_m"] > at + joined_m:
            pieces.append({**long, "from_m": at, "to_m": row["from_m"]})
        filled = {name: long[name] if row[name] is None else row[name] for name in names}
        pieces.append({**row, **filled})
        at = row["to_m"]
    if long["to_m"] > at + joined_m:
        pieces.append({**long, "from_m": at})
    return pieces


def _inherited(marks: pl.DataFrame, fates: list[_Fate]) -> pl.DataFrame:
    """Return marks with those that the shorter rows take over from the longer ones."""
    pairs = [(fate.long["row"], row["row"]) for fate in fates for row in fate.short]
    heirs = pl.DataFrame(pairs, schema={"row": pl.UInt32, "heir": pl.UInt32}, orient="row")
    taken = marks.join(heirs, on="row").with_columns(row=pl.col("heir")).drop("heir")
    lacking = [
        (row["row"], name)
        for fate in fates for row in fate.short for name in row if row[name] is None
    ]  # fmt: skip
    where = pl.DataFrame(lacking, schema={"row": pl.UInt32, "analyte": pl.String}, orient="row")
    taken = taken.join(where, on=["row", "analyte"], how="semi")
    return pl.concat([marks, taken.select(marks.columns)])


def without_overlaps(tables: HoleTables, part: str, settings: CheckSettings) -> Checked:
    """Of intervals that overlap keep as many as fit: those that end first."""
    frame = getattr(tables, part).sort("hole", "from_m", "to_m", "row")
    reach = pl.col("to_m").cum_max().shift(1).over("hole")
    holes = frame.filter(pl.col("from_m") < reach - settings.joined_m)["hole"].unique()
    tables = tables.having(**{part: frame})
    if holes.is_empty():
        return tables, []
    records = []
    ordered = frame.filter(pl.col("hole").is_in(holes.implode())).sort("hole", "to_m", "from_m")
    hole, end, kept_row = None, 0.0, 0
    spans = ordered.select("hole", "from_m", "to_m", "row")
    for name, start, to, row in spans.iter_rows():
        if name != hole:
            hole, end, kept_row = name, to, row
        elif start < end - settings.joined_m:
            records.append((name, start, to, row, kept_row))
        else:
            end, kept_row = to, row
    kinds = [*spans.schema.items(), ("kept", pl.UInt32)]
    lost = pl.DataFrame(records, schema=kinds, orient="row").sort("row")
    message = "{hole} {from_m:l} to {to_m:L} overlaps row {kept}; this row is left out"
    found = fatal("ORL-0908", lost, tables.place(part), message, "correct from and to of both")
    return leave_out(tables, part, lost), found
