"""How secure supply is: what pages and programs ask of minerals. Published facts, of no ledger."""

from __future__ import annotations

from typing import Any

from oreline.api._views import View
from oreline.stress import minerals_table


def stress_minerals(_view: View, year: int | None = None) -> dict[str, Any]:
    """Return every mineral at each stage with the measures of its supply."""
    return minerals_table(year).to_json()
