"""A resource of the chain folder as ore: what a mill is fed each year, and what designs take it."""

from __future__ import annotations

import re
from typing import Any

from oreline.api._answers_design import flowsheet_texts
from oreline.api._answers_explore import set_folder
from oreline.api._explored import ore_of_set
from oreline.api._views import View
from oreline.explore import OreYear


def site_ore(view: View, name: str) -> dict[str, Any]:
    """Return the ore of a set by years with its uncertainty, and the designs that take it."""
    ore = ore_of_set(set_folder(view, name))
    return {
        "set": name,
        "rule": ore.rule,
        "paid": list(ore.paid),
        "source": ore.life.dry.source,
        "basis": str(ore.life.dry.basis),
        "years": [_year(one) for one in ore.years],
        "life": _year(ore.life),
        "designs": _designs(view, name),
        "said": ore.to_json()["said"],
    }


def _year(year: OreYear) -> dict[str, Any]:
    return {
        "year": year.name,
        "dry_t": year.dry.value,
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
