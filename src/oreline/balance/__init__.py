"""Does it close? Element balances of events and sites, transit, plan against actual, what if."""

from __future__ import annotations

from oreline.balance._correction import Downstream, downstream
from oreline.balance._cusum import (
    LIMIT_H,
    RUN_SIGMA,
    SHIFTED,
    SLACK_K,
    STEADY,
    Cusum,
    CusumPoint,
    cusum,
)
from oreline.balance._cusum_tests import Run
from oreline.balance._events import EventBalance, EventBalances, balance_events
from oreline.balance._figure import COVERAGE_FACTOR, Figure
from oreline.balance._money import MetalPrice, metal_price
from oreline.balance._outturn import Outturn, ShipmentOutturn, outturn, shipment_outturn
from oreline.balance._periods import period_of
from oreline.balance._places import IN_TRANSIT, NOT_STATED
from oreline.balance._plan import PlanComparison, PlanRow, actual_against_plan
from oreline.balance._ratio import Ratio
from oreline.balance._recovery import WASTE_STAGES, Recoveries, Recovery, recovery
from oreline.balance._sites import CHAIN, SiteBalance, SiteBalances, balance_sites
from oreline.balance._transit import Trip, Trips, transit
from oreline.balance._verdict import Verdict
from oreline.balance._whatif import Change, Difference, VerdictChange, what_if_grade

__all__ = [
    "CHAIN",
    "COVERAGE_FACTOR",
    "IN_TRANSIT",
    "LIMIT_H",
    "NOT_STATED",
    "RUN_SIGMA",
    "SHIFTED",
    "SLACK_K",
    "STEADY",
    "WASTE_STAGES",
    "Change",
    "Cusum",
    "CusumPoint",
    "Difference",
    "Downstream",
    "EventBalance",
    "EventBalances",
    "Figure",
    "MetalPrice",
    "Outturn",
    "PlanComparison",
    "PlanRow",
    "Ratio",
    "Recoveries",
    "Recovery",
    "Run",
    "ShipmentOutturn",
    "SiteBalance",
    "SiteBalances",
    "Trip",
    "Trips",
    "Verdict",
    "VerdictChange",
    "actual_against_plan",
    "balance_events",
    "balance_sites",
    "cusum",
    "downstream",
    "metal_price",
    "outturn",
    "period_of",
    "recovery",
    "shipment_outturn",
    "transit",
    "what_if_grade",
]
