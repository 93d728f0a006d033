"""Every table of a solved design, by the name of its sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oreline.design._passport import passport, passport_frame
from oreline.design._solution import Solution
from oreline.design._waterfall import waterfall

if TYPE_CHECKING:
    import polars as pl


def solution_tables(solution: Solution) -> dict[str, pl.DataFrame]:
    """Return streams, units, minerals, waterfalls of all elements and the passport of numbers."""
    return {
        "streams": solution.to_frame(),
        "units": _units(solution),
        "deportment": _deportment(solution),
        "waterfall": _waterfalls(solution),
        "passport": passport_frame(passport(solution.flowsheet)),
    }


def _units(solution: Solution) -> pl.DataFrame:
    """Return one row for each unit and thing that it uses up, with its throughput."""
    import polars as pl

    rows: list[tuple[object, ...]] = []
    for row in solution.units:
        used = [(name, amount, "per h") for name, amount in row.consumed_per_h.items()]
        used += [(name, amount, "t/h") for name, amount in row.reagents_t_per_h.items()]
        head = (row.id, row.law, row.rung, row.dry_t_per_h, row.water_t_per_h)
        rows += [(*head, *one) for one in used] or [(*head, "", None, "")]
    kinds = {
        "unit": pl.String,
        "law": pl.String,
        "rung": pl.Int64,
        "dry_t_per_h": pl.Float64,
        "water_t_per_h": pl.Float64,
        "uses": pl.String,
        "amount": pl.Float64,
        "of": pl.String,
    }
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _deportment(solution: Solution) -> pl.DataFrame:
    """Return the minerals into which assays of feeds were turned, and what they leave of assays."""
    import polars as pl

    rows = [
        (feed, kind, name, part)
        for feed, found in solution.minerals.items()
        for kind, parts in (("mineral", found.minerals), ("left of the assay", found.residuals))
        for name, part in parts.items()
    ]
    kinds = {"feed": pl.String, "kind": pl.String, "name": pl.String, "part": pl.Float64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _waterfalls(solution: Solution) -> pl.DataFrame:
    """Return where each kilogram of every element that a feed brings goes."""
    import polars as pl

    feeds = [row for row in solution.streams if row.origin is None]
    brought = {name for row in feeds for name, mass in row.contained_t_per_h.items() if mass > 0}
    tables = [
        waterfall(solution, name).to_frame().select(pl.lit(name).alias("of"), pl.all())
        for name in sorted(brought)
    ]
    return pl.concat(tables, how="diagonal_relaxed")
