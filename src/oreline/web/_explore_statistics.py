"""The table of grades of the assays: of a set on the page Explore, or of one handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from oreline.web._blocks import Column, h, table
from oreline.web._explore_grades import grade, unit_of
from oreline.web._frame import Visit, markup

ROWS_OPEN = 6
"""A longer table of statistics is folded."""


def statistics_table(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show the statistics of the assays of each analyte; a long table is folded."""
    t = visit.t
    rows = []
    for one in found["statistics"]:
        unit = unit_of(found["units"], one["analyte"])
        told = {key: grade(one[key], unit, visit) for key in ("mean", "q50", "q95", "maximum")}
        cv = t("UNKNOWN") if one["cv"] is None else f"{one['cv']:.2f}"
        rows.append({"analyte": one["analyte"], "count": f"{one['count']:,}", "cv": cv, **told})
    columns = (
        Column("analyte", t("Analyte")),
        Column("count", t("Intervals"), is_number=True),
        Column("mean", t("Mean by length"), is_number=True),
        Column("q50", t("Median"), is_number=True),
        Column("q95", t("95 % lie below"), is_number=True),
        Column("maximum", t("Highest"), is_number=True),
        Column("cv", t("Coefficient of variation"), is_number=True),
    )
    if len(rows) <= ROWS_OPEN:
        markup(table(columns, rows))
        return
    with ui.element("details"):
        markup(h("{}", t("{n} analytes", n=len(rows))), tag="summary")
        markup(table(columns, rows))
