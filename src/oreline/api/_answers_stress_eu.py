"""Supply risk by the European Union's method: published facts, of no ledger."""

from __future__ import annotations

from typing import Any

from oreline.api._own_tables import on_own_tables
from oreline.api._views import View
from oreline.reference import mineral_key
from oreline.stress import EU_STUDIES, crma_table, eu_materials, strategic_materials


@on_own_tables
def stress_eu(_view: View, year: int = 2023, mineral: str | None = None) -> dict[str, Any]:
    """Return the materials of one study, or one material of it."""
    return eu_materials(year, mineral).to_json()


@on_own_tables
def stress_crma(_view: View, mineral: str | None = None) -> dict[str, Any]:
    """Return the benchmarks of the strategic raw materials, or of one."""
    return crma_table(mineral).to_json()


@on_own_tables
def stress_eu_mineral(_view: View, mineral: str) -> dict[str, Any]:
    """Return one mineral in every study that has it, newest first, and its benchmarks."""
    studies = [eu_materials(year, mineral) for year in sorted(EU_STUDIES, reverse=True)]
    is_strategic = mineral_key(mineral) in strategic_materials()
    return {
        "studies": [found.to_json() for found in studies if found.rows],
        "crma": crma_table(mineral).to_json() if is_strategic else None,
    }
