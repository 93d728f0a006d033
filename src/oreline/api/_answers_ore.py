"""A resource of the chain folder as ore: what a mill is fed each year, and what designs take it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from oreline.api._answers_design import flowsheet_texts
from oreline.api._answers_explore import set_folder
from oreline.api._explored import model_of, ore_of_set, plan_of_set
from oreline.api._views import View
from oreline.explore import BlockGrid, MinePlan, OreYear


def site_ore(view: View, name: str) -> dict[str, Any]:
    """Return the ore of a set by years with its uncertainty, and the designs that take it."""
    folder = set_folder(view, name)
    ore, plan = ore_of_set(folder), plan_of_set(folder)
    return {
        "set": name,
        "rule": ore.rule,
        "paid": list(ore.paid),
        "source": ore.life.dry.source,
        "basis": str(ore.life.dry.basis),
        "years": [_year(one) for one in ore.years],
        "life": _year(ore.life),
        "designs": _designs(view, name),
        "mine": _mine(plan, model_of(folder).grid),
        "said": ore.to_json()["said"],
    }


def _mine(plan: MinePlan, grid: BlockGrid) -> dict[str, Any]:
    """Return what is dug beside the ore, the phases, and how deep each place is dug."""
    told = plan.to_json()
    kept = ("method", "currency", "cut_offs", "ore_t", "waste_t", "strip_ratio", "value", "notes")
    years = [
        {key: year[key] for key in ("year", "ore_t", "waste_t", "strip_ratio", "share_of_class")}
        for year in told["schedule"]["years"]
    ]
    return {
        **{key: told[key] for key in kept},
        "years": years,
        "phases": told["phases"],
        "shape": _shape(plan, grid),
    }


def _shape(plan: MinePlan, grid: BlockGrid) -> dict[str, Any]:
    """Return, for each column of blocks that is dug, its place and the floor of what is dug.

    Places are along the grid where it is turned.
    """
    index = grid.indices()[plan.dug]
    columns, inverse = np.unique(index[:, :2], axis=0, return_inverse=True)
    lowest = np.full(len(columns), np.iinfo(np.int64).max)
    np.minimum.at(lowest, inverse.ravel(), index[:, 2])
    base = np.zeros(2) if grid.bearing_deg else np.asarray(grid.origin_m[:2])
    middle = (columns + 0.5) * np.asarray(grid.size_m[:2]) + base
    return {
        "x_m": middle[:, 0].tolist(),
        "y_m": middle[:, 1].tolist(),
        "floor_m": (lowest * grid.size_m[2] + grid.origin_m[2]).tolist(),
        "size_m": list(grid.size_m[:2]),
        "is_turned": bool(grid.bearing_deg),
    }


def _year(year: OreYear) -> dict[str, Any]:
    return {
        "year": year.name,
        "dry_t": year.dry.value,
        "dry_u": year.dry.u,
        "moisture_pct": None if year.moisture is None else year.moisture.value,
        "grades": {
            name: {"value": one.value, "unit": one.unit, "u": one.u, "low": one.low,
                   "high": one.high}
            for name, one in year.grades.items()
        },
    }  # fmt: skip


def _designs(view: View, name: str) -> list[dict[str, str]]:
    """Return the flowsheets with a feed from ``ores/NAME.csv``."""
    taken = re.compile(rf"""^[^#\n]*["']ores/{re.escape(name)}[.]csv["']""", re.MULTILINE)
    return [
        {"file": file, "name": title}
        for file, title, text in flowsheet_texts(view)
        if taken.search(text)
    ]
