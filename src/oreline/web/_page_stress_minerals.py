"""All minerals in one table: how concentrated the supply of each is, at each published stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oreline.api import stress_minerals
from oreline.web._blocks import Column, h, table
from oreline.web._frame import Visit, head, later, markup, page
from oreline.web._stress_parts import bounds_text, stress_tabs


@page("/stress/minerals", "Minerals", wide=True)
async def minerals_page(visit: Visit) -> None:
    """Show every mineral with its measures."""
    t = visit.t
    head(t("Minerals"), t("How secure the supply of each mineral is, by every measure."))
    markup(stress_tabs(visit))
    later(visit, t("All minerals"), stress_minerals, lambda found: _show(visit, found))


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("mineral", t("Mineral")),
        Column("stage", t("Stage")),
        Column("hhi", t("HHI"), is_number=True),
        Column("largest", t("Largest")),
        Column("china", t("China"), is_number=True),
        Column("rest", t("N-1"), is_number=True),
    )
    rows = [_row(visit, one) for one in found["rows"]]
    markup(table(columns, rows, caption=t("Concentration of supply")))
    markup(h('<p class="source">{}</p>', found["source_line"]))


def _row(visit: Visit, one: Mapping[str, Any]) -> dict[str, object]:
    measures = one["concentration"] or {}
    return {
        "mineral": one["mineral"],
        "stage": f"{one['stage']}: {one['product']}",
        "hhi": bounds_text(visit, measures.get("hhi")),
        "largest": measures.get("largest") or visit.t("UNKNOWN"),
        "china": bounds_text(visit, one["china_share"], "{:.0%}"),
        "rest": bounds_text(visit, measures.get("without_largest"), "{:.0%}"),
    }
