"""Every page of the site, in one place: importing them registers them."""

from __future__ import annotations

from importlib import import_module

from fastapi import FastAPI

from oreline.web._plain import add_plain_pages

PAGES = (
    "_page_overview",
    "_page_lots",
    "_page_lot",
    "_page_record",
    "_page_event",
    "_page_balance",
    "_page_calculators",
    "_page_assay",
    "_page_settle",
    "_page_exchange",
    "_page_explore",
    "_page_add_holes",
    "_page_design",
    "_page_plan",
    "_page_fund",
    "_page_stress",
    "_page_stress_disruption",
    "_page_stress_minerals",
    "_page_stress_mineral",
    "_page_stress_lists",
    "_page_stress_trade",
    "_page_watch",
    "_page_watch_alerts",
    "_page_watch_event",
    "_page_watch_market",
    "_page_watch_report",
    "_page_ask",
    "_page_verify",
    "_page_people",
    "_page_help",
)
"""The modules that hold pages."""


def load() -> None:
    """Register the pages."""
    for name in PAGES:
        import_module(f"oreline.web.{name}")


def add_plain(app: FastAPI) -> None:
    """Add the pages that are plain documents."""
    add_plain_pages(app)
