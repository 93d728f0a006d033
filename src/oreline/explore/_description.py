"""A first look at the grades of a set of holes: everything one asks before estimating anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.explore._composite import CompositeSettings, composite
from oreline.explore._decluster import Declustering, decluster
from oreline.explore._holes import DrillHoles
from oreline.explore._rare_earths import rare_earths
from oreline.explore._statistics import (
    correlations,
    grade_statistics,
    histogram,
    probability_points,
)
from oreline.explore._top_cut import TopCut, top_cut
from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class LookSettings:
    """What is looked at.

    Parameters
    ----------
    composites
        Composites of this kind; None looks at the assays as they are.
    analytes
        Which; all if empty.
    rare_earths
        Whether oxides of rare earths and their sums are added.
    top_cut_pct, top_cut_percentile
        A cut of every analyte, as a grade, or as a share between 0 and 1.
    cells_m
        Sizes of cells for declustering, of which the lowest mean decides; none if empty.
    cell_z_ratio
        The height of the cells over their width.
    """

    composites: CompositeSettings | None = None
    analytes: tuple[str, ...] = ()
    rare_earths: bool = False
    top_cut_pct: float | None = None
    top_cut_percentile: float | None = None
    cells_m: Sequence[float] = ()
    cell_z_ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class GradeLook:
    """What the grades of a set of holes look like.

    Attributes
    ----------
    set_name, of
        The holes, and whether assays or composites were looked at.
    frame
        The rows that were looked at, cut and with oxides where that was asked.
    statistics
        The table of ``grade_statistics``, weighed by length, with ``declustered_mean`` where
        cells were given.
    """

    set_name: str
    of: str
    frame: pl.DataFrame
    analytes: tuple[str, ...]
    statistics: pl.DataFrame
    cuts: tuple[TopCut, ...]
    declustered: dict[str, Declustering]
    notes: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return the table of statistics."""
        return self.statistics

    def to_json(self) -> dict[str, Any]:
        """Return statistics, cuts, curves, correlations, histograms and probability plots."""
        shapes = {}
        for name in self.analytes:
            if self.frame[name].drop_nulls().is_empty():
                continue
            bars = histogram(self.frame, name, weight="length_m")
            points = probability_points(self.frame, name, weight="length_m")
            shapes[name] = {
                "histogram": bars.to_dict(as_series=False),
                "probability": points.to_dict(as_series=False),
            }
        return {
            "set": self.set_name, "of": self.of, "notes": list(self.notes),
            "statistics": self.statistics.to_dicts(),
            "top_cuts": [cut.to_json() for cut in self.cuts],
            "declustering": {name: one.to_json() for name, one in self.declustered.items()},
            "correlations": correlations(self.frame, self.analytes).to_dicts(), "shapes": shapes,
        }  # fmt: skip


def look_at_grades(holes: DrillHoles, settings: LookSettings) -> GradeLook:
    """Look at the grades of a set of holes.

    Raises
    ------
    InputError
        If an analyte is not there, or a setting makes no sense.
    """
    frame, of, notes = _taken(holes, settings.composites)
    analytes = settings.analytes or holes.analytes
    for name in analytes:
        if name not in holes.analytes:
            raise InputError(f"{holes.name} has no analyte {name}; {', '.join(holes.analytes)} are")
    if settings.rare_earths:
        suite = rare_earths(frame, {name: holes.symbols[name] for name in analytes})
        frame, notes = suite.frame, [*notes, *suite.notes]
        analytes = (*analytes, *(name for name in suite.computed if name not in analytes))
    frame, cuts = _cut(frame, analytes, settings)
    declustered = _declustered(frame, analytes, settings)
    by = None
    if settings.composites is not None and settings.composites.by == "geology":
        by = "domain"
    table = grade_statistics(frame, analytes, weight="length_m", by=by).frame
    if declustered:
        means = {name: one.mean for name, one in declustered.items()}
        mean = pl.col("analyte").replace_strict(means, default=None, return_dtype=pl.Float64)
        whole = pl.when(pl.col("domain").is_null()).then(mean)
        table = table.with_columns(declustered_mean=whole)
    return GradeLook(holes.name, of, frame, analytes, table, tuple(cuts), declustered, tuple(notes))


def _taken(
    holes: DrillHoles, composites: CompositeSettings | None
) -> tuple[pl.DataFrame, str, list[str]]:
    if composites is None:
        length = pl.col("to_m") - pl.col("from_m")
        return holes.assays.with_columns(length_m=length), "assays", []
    made = composite(holes, composites)
    return made.frame, f"composites of {composites.length_m:.6g} m", list(made.notes)


def _cut(
    frame: pl.DataFrame, analytes: Sequence[str], settings: LookSettings
) -> tuple[pl.DataFrame, list[TopCut]]:
    cuts: list[TopCut] = []
    limit, share = settings.top_cut_pct, settings.top_cut_percentile
    if limit is None and share is None:
        return frame, cuts
    for name in analytes:
        highest = frame[name].drop_nulls().max()
        if highest is None or highest == 0:
            continue
        frame, cut = top_cut(frame, name, limit_pct=limit, percentile=share, weight="length_m")
        cuts.append(cut)
    return frame, cuts


def _declustered(
    frame: pl.DataFrame, analytes: Sequence[str], settings: LookSettings
) -> dict[str, Declustering]:
    if not settings.cells_m:
        return {}
    if "x_m" not in frame.columns:
        raise InputError("cells weigh composites, which have a place: give their length too")
    found = {}
    for name in analytes:
        filled = frame.drop_nulls(name)
        if not filled.is_empty():
            points = filled.select("x_m", "y_m", "z_m").to_numpy()
            grades = filled[name].to_numpy()
            ratio = settings.cell_z_ratio
            found[name] = decluster(points, grades, settings.cells_m, z_ratio=ratio)
    return found
