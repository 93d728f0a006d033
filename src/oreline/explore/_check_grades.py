"""What is odd about grades: sums over 100 %, a unit that does not fit, holes without any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import polars as pl

from oreline.explore._check_settings import CheckSettings
from oreline.explore._hole_tables import HoleTables
from oreline.explore._mapping import AnalyteColumn
from oreline.explore._said import warning
from oreline.model import Finding, Severity, analyte

_ABUNDANT = {"Fe", "S", "Al", "Ca", "Mg", "K", "Na", "Si", "SiO2", "Al2O3", "Fe2O3", "CaO", "MgO"}
"""What rocks hold in per cent, so that a median of some ppm is no rock."""


def check_grades(
    tables: HoleTables, columns: Mapping[str, AnalyteColumn], settings: CheckSettings
) -> list[Finding]:
    """Tell what is odd about grades; nothing is left out."""
    findings = _sums(tables, columns, settings)
    findings += _units_of_columns(tables, columns)
    findings += _units_of_holes(tables, settings)
    return findings + _no_grades(tables)


def _sums(
    tables: HoleTables, columns: Mapping[str, AnalyteColumn], settings: CheckSettings
) -> list[Finding]:
    """Add up what is assayed: of each element the compound, or itself, once.

    Aggregates such as TREO hold what the other columns hold too, so they are left aside.
    """
    symbols = {name: columns[name].analyte or name for name in tables.analytes}
    taken: set[str] = set()
    counted = []
    compounds_first = sorted(symbols, key=lambda name: len(analyte(symbols[name]).elements) < 2)
    for name in compounds_first:
        parts = analyte(symbols[name])
        elements = {element for element, _ in parts.elements} - {"O"}
        if parts.kind != "aggregate" and not elements & taken:
            counted.append(name)
            taken |= elements
    assays = tables.assays.with_columns(
        total=pl.sum_horizontal(pl.col(counted), ignore_nulls=True)
    ).filter(pl.col("total") > settings.oxide_sum_pct)
    message = "the grades of {hole} {from_m:l} to {to_m:L} add up to {total:.5g} %"
    fix = "check the units of the columns and the grades of this row"
    return warning("ORL-0913", assays, tables.place("assays"), message, fix)


def _units_of_columns(tables: HoleTables, columns: Mapping[str, AnalyteColumn]) -> list[Finding]:
    findings = []
    over = tables.marks.missing.join(tables.assays, on="row", how="semi")
    for name in tables.analytes:
        column = columns[name]
        filled = tables.assays[name].drop_nulls()
        if filled.is_empty():
            continue
        where = f"{tables.place('assays')} column {column.column}"
        lost = over.filter(pl.col("analyte") == name).height
        median = cast("float", filled.median())
        symbol = column.analyte or name
        if column.unit == "%" and lost > 0.2 * filled.len():
            message = f"{lost} grades of {name} are over 100 %, as if the column were in ppm"
        elif column.unit in {"ppm", "g/t", "mg/kg"} and symbol in _ABUNDANT and 0 < median < 0.006:
            message = (
                f"half of all {name} is below {median * 1e4:.3g} ppm, as if the column were in %"
            )
        else:
            continue
        fix = "correct the unit of the column in explore.toml"
        findings.append(Finding("ORL-0918", Severity.WARNING, where, message, fix))
    return findings


def _units_of_holes(tables: HoleTables, settings: CheckSettings) -> list[Finding]:
    """Tell holes whose grades are a thousand times those of the others, or a thousandth."""
    findings = []
    for name in tables.analytes:
        positive = tables.assays.filter(pl.col(name) > 0)
        holes = positive.group_by("hole", maintain_order=True).agg(
            pl.col(name).median().alias("median"), pl.col("row").min(), pl.len().alias("count")
        )
        holes = holes.filter(pl.col("count") >= 5)
        if holes.height < 5:
            continue
        usual = pl.col("median").median()
        odd = holes.with_columns(usual=usual, ratio=pl.col("median") / usual).filter(
            ~pl.col("ratio").is_between(1 / settings.unit_ratio, settings.unit_ratio)
        )
        message = (
            f"the median {name} of {{hole}} is {{median:.3g}} %, that of all holes "
            "{usual:.3g} %, as if it were in another unit"
        )
        fix = "check the unit of this hole's certificate"
        findings += warning("ORL-0918", odd, tables.place("assays"), message, fix)
    return findings


def _no_grades(tables: HoleTables) -> list[Finding]:
    any_grade = pl.any_horizontal(pl.col(list(tables.analytes)).is_not_null())
    all_zero = pl.all_horizontal(pl.col(list(tables.analytes)).fill_null(0.0) == 0.0)
    holes = tables.assays.group_by("hole", maintain_order=True).agg(
        any_grade.any().alias("graded"), all_zero.all().alias("zero"), pl.col("row").min()
    )
    place = tables.place("assays")
    found = warning(
        "ORL-0922", holes.filter(~pl.col("graded")), place,
        "{hole} has intervals, but not one grade", "add the grades, or ask where they are",
    )  # fmt: skip
    found += warning(
        "ORL-0922", holes.filter(pl.col("graded") & pl.col("zero")), place,
        "every grade of {hole} is zero", "check whether zero stands for not assayed",
    )  # fmt: skip
    return found
