"""Pages: the report as one HTML file, and the pieces that pages are made of."""

from __future__ import annotations

from oreline.web._app import create_site
from oreline.web._map import BOUNDARY_VIEWS, chain_map
from oreline.web._parts import path_figure, safe, section_block, table_block
from oreline.web._report import report_html
from oreline.web._sankey import plotly_script, sankey_figure

__all__ = [
    "BOUNDARY_VIEWS",
    "chain_map",
    "create_site",
    "path_figure",
    "plotly_script",
    "report_html",
    "safe",
    "sankey_figure",
    "section_block",
    "table_block",
]
