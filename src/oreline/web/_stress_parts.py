"""The parts of Stress: the links between its pages, and how their figures are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import tabs
from oreline.web._frame import Visit
from oreline.web._strings import msg

PARTS = (
    ("/stress", msg("Own chain")),
    ("/stress/minerals", msg("Minerals")),
)
"""The pages of the verb, in the order of their tabs."""


def stress_tabs(visit: Visit) -> Markup:
    """Return the links between the pages of the verb."""
    t, here = visit.t, visit.request.url.path
    return tabs(((t(name), visit.link(path), path == here) for path, name in PARTS), t("Stress"))


def bounds_text(visit: Visit, bounds: Mapping[str, Any] | None, form: str = "{:,.0f}") -> str:
    """Return bounds as people read them: one number, a range, or UNKNOWN."""
    t = visit.t
    if bounds is None:
        return t("UNKNOWN")
    low = form.format(bounds["low"])
    if bounds["high"] is None:
        return t("{low} or more", low=low)
    high = form.format(bounds["high"])
    return low if low == high else t("{low} to {high}", low=low, high=high)
