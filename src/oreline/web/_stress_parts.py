"""The parts of Stress: the links between its pages, and how their figures are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import h, tabs
from oreline.web._frame import Visit
from oreline.web._strings import msg

PARTS = (
    ("/stress", msg("Own chain")),
    ("/stress/minerals", msg("Minerals")),
    ("/stress/changes", msg("Lists")),
    ("/stress/methods", msg("Methods")),
    ("/stress/trade", msg("Trade")),
    ("/stress/disruption", msg("Disruption")),
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


def number_text(visit: Visit, value: float | None, form: str = "{:,.1f}") -> str:
    """Return a number, or UNKNOWN."""
    return visit.t("UNKNOWN") if value is None else form.format(value)


def mineral_link(visit: Visit, mineral: str) -> Markup:
    """Return a mineral's name as a link to its page."""
    return h('<a href="{}">{}</a>', visit.link("/stress/mineral", name=mineral), mineral)


STAGES = {
    "mine": msg("mine"),
    "refining": msg("refining or separation"),
    "production": msg("production"),
    "metal": msg("metal"),
    "magnet": msg("magnet"),
}
"""What the stages of a chain are called."""
METHODS = {
    "us_gdp": msg("USGS: effect on US GDP, by probability"),
    "us_gdp_largest": msg("USGS: largest scenario"),
    "eu_sr": msg("EU supply risk 2023"),
    "eu_ei": msg("EU economic importance 2023"),
    "eu_sr_ei": msg("EU supply risk x importance"),
    "hhi": msg("Concentration of production (HHI)"),
    "china": msg("China's largest share of a stage"),
    "reliance": msg("US net import reliance"),
    "covered": msg("US imports from covered nations"),
    "geopolrisk": msg("GeoPolRisk score, United States"),
}
"""What the methods are called."""
