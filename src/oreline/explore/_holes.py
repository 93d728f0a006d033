"""Drill holes as they are used: clean tables in metres and per cent, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from oreline.explore._cells import valued_below
from oreline.explore._mapping import Valued
from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class DrillHoles:
    """A set of drill holes.

    Attributes
    ----------
    name
        The set, as its folder is called.
    collars
        ``hole, x_m, y_m, z_m, depth_m``, and ``azimuth_deg, dip_deg`` where the collar states the
        direction of a hole without a survey.
    surveys
        ``hole, depth_m, azimuth_deg, dip_deg``; a dip is positive downwards, an azimuth counts
        from north to east.
    assays
        ``hole, from_m, to_m, density_t_per_m3`` and a column for each analyte, in per cent by
        mass. A null is not sampled, unless ``missing`` lists it. Below detection a grade is what
        ``below_value`` says; where that is ``interval``, it is the middle, and the columns
        ``<analyte>_low`` and ``<analyte>_high`` hold the bounds.
    geology
        ``hole, from_m, to_m, code``.
    analytes
        The analytes, in the order of the mapping; ``symbols`` says which element or compound each
        is.
    below
        ``interval, analyte, limit_pct``: the cells below detection; ``interval`` is the number of
        the row of ``assays``, from 0.
    missing
        ``interval, analyte``: samples whose grade is lost, wrong or unreadable.
    """

    name: str
    collars: pl.DataFrame
    surveys: pl.DataFrame
    assays: pl.DataFrame
    geology: pl.DataFrame
    analytes: tuple[str, ...]
    symbols: dict[str, str]
    below: pl.DataFrame
    missing: pl.DataFrame
    below_value: dict[str, Valued]
    crs: str
    azimuth: str
    source: str
    basis: str
    rows_left_out: dict[str, int]

    @property
    def bounded(self) -> tuple[str, ...]:
        """The analytes whose grades below detection are kept as intervals."""
        return tuple(name for name in self.analytes if f"{name}_low" in self.assays.columns)

    def summary(self) -> dict[str, Any]:
        """Return how much there is of what, as a JSON object."""
        lengths = self.assays["to_m"] - self.assays["from_m"]
        sampled = {}
        for name in self.analytes:
            filled = self.assays[name].is_not_null()
            sampled[name] = {
                "intervals": int(filled.sum()),
                "length_m": float(lengths.filter(filled).sum()),
                "below_detection": self.below.filter(pl.col("analyte") == name).height,
                "missing": self.missing.filter(pl.col("analyte") == name).height,
                "below_value": self.below_value.get(name),
            }
        return {
            "set": self.name, "crs": self.crs, "azimuth": self.azimuth, "source": self.source,
            "basis": self.basis, "holes": self.collars.height,
            "drilled_m": float(self.collars["depth_m"].sum()),
            "readings": self.surveys.height, "intervals": self.assays.height,
            "geology_intervals": self.geology.height, "rows_left_out": dict(self.rows_left_out),
            "analytes": sampled,
        }  # fmt: skip

    def to_frame(self) -> pl.DataFrame:
        """Return the assays."""
        return self.assays

    def to_json(self) -> dict[str, Any]:
        """Return the summary and all tables, by columns."""
        tables = {
            name: getattr(self, name).to_dict(as_series=False)
            for name in ("collars", "surveys", "assays", "geology", "below", "missing")
        }
        return {**self.summary(), **tables}

    def domain_names(self) -> tuple[str, ...]:
        """Return the codes of the geology, sorted."""
        return tuple(self.geology["code"].unique().sort().to_list())


def revalue_below(holes: DrillHoles, how: Valued, analytes: tuple[str, ...] = ()) -> DrillHoles:
    """Return the holes with grades below detection counted in another way.

    Parameters
    ----------
    holes
        The holes.
    how
        ``half``, ``zero``, ``limit`` or ``interval``.
    analytes
        Of which analytes; of all if empty.

    Raises
    ------
    InputError
        If the holes have no such analyte.
    """
    chosen = analytes or holes.analytes
    for name in chosen:
        if name not in holes.analytes:
            raise InputError(f"no analyte {name}; there are {', '.join(holes.analytes)}")
    assays = valued_assays(holes.assays, holes.below, dict.fromkeys(chosen, how))
    return replace(
        holes, assays=assays, below_value={**holes.below_value, **dict.fromkeys(chosen, how)}
    )


def valued_assays(
    assays: pl.DataFrame, below: pl.DataFrame, how: dict[str, Valued]
) -> pl.DataFrame:
    """Return assays with every cell below detection valued as declared for its analyte."""
    numbered = assays.with_row_index("interval")
    for name, value in how.items():
        cells = below.filter(pl.col("analyte") == name).select("interval", "limit_pct")
        numbered = numbered.drop(f"{name}_low", f"{name}_high", strict=False)
        if cells.is_empty():
            continue
        joined = numbered.join(cells, on="interval", how="left", maintain_order="left")
        limit, is_below = pl.col("limit_pct"), pl.col("limit_pct").is_not_null()
        chosen = pl.when(is_below).then(valued_below(limit, value)).otherwise(pl.col(name))
        joined = joined.with_columns(chosen.alias(name))
        if value == "interval":
            joined = joined.with_columns(
                pl.when(is_below).then(0.0).otherwise(pl.col(name)).alias(f"{name}_low"),
                pl.when(is_below).then(limit).otherwise(pl.col(name)).alias(f"{name}_high"),
            )
        numbered = joined.drop("limit_pct")
    return numbered.drop("interval")
