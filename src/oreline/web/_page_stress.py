"""Stress: what if supply breaks? The own chain first, then the way to the other parts."""

from __future__ import annotations

from oreline.web._frame import Visit, head, markup, page
from oreline.web._stress_parts import stress_tabs


@page("/stress", "Stress")
async def stress_page(visit: Visit) -> None:
    """Show what the verb answers, and the way to its parts."""
    t = visit.t
    head(t("Stress"), t("What if supply breaks, and what would make it safer?"))
    markup(stress_tabs(visit))
