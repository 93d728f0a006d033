"""Does it close? Element balances of events and sites, transit, plan against actual, what if."""

from __future__ import annotations

from oreline.balance._events import EventBalance, EventBalances, balance_events
from oreline.balance._figure import COVERAGE_FACTOR, Figure
from oreline.balance._periods import period_of
from oreline.balance._places import IN_TRANSIT, NOT_STATED
from oreline.balance._ratio import Ratio
from oreline.balance._sites import CHAIN, SiteBalance, SiteBalances, balance_sites
from oreline.balance._verdict import Verdict

__all__ = [
    "CHAIN",
    "COVERAGE_FACTOR",
    "IN_TRANSIT",
    "NOT_STATED",
    "EventBalance",
    "EventBalances",
    "Figure",
    "Ratio",
    "SiteBalance",
    "SiteBalances",
    "Verdict",
    "balance_events",
    "balance_sites",
    "period_of",
]
