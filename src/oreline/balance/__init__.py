"""Does it close? Element balances of events and sites, transit, plan against actual, what if."""

from __future__ import annotations

from oreline.balance._account import (
    ElementAccount,
    Leg,
    MetalAccount,
    OpenValue,
    StockItem,
    StockTake,
    account_hash,
)
from oreline.balance._account_entries import LaterEntry
from oreline.balance._account_print import account_pdf
from oreline.balance._account_signing import (
    AccountState,
    Signature,
    account_state,
    review_draft,
    signing_draft,
)
from oreline.balance._account_words import GROUPS as ACCOUNT_GROUPS
from oreline.balance._account_words import LEG_WORDS as ACCOUNT_LEGS
from oreline.balance._account_words import mass_words, share_words, told_legs
from oreline.balance._accounting import metal_account
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
from oreline.balance._recovery import Recoveries, Recovery, recovery
from oreline.balance._restatement import Restatement, restatement
from oreline.balance._sites import CHAIN, SiteBalance, SiteBalances, balance_sites
from oreline.balance._stages import WASTE_STAGES
from oreline.balance._transit import Trip, Trips, transit
from oreline.balance._verdict import Verdict
from oreline.balance._whatif import Change, Difference, VerdictChange, what_if_grade

__all__ = [
    "ACCOUNT_GROUPS",
    "ACCOUNT_LEGS",
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
    "AccountState",
    "Change",
    "Cusum",
    "CusumPoint",
    "Difference",
    "Downstream",
    "ElementAccount",
    "EventBalance",
    "EventBalances",
    "Figure",
    "LaterEntry",
    "Leg",
    "MetalAccount",
    "MetalPrice",
    "OpenValue",
    "Outturn",
    "PlanComparison",
    "PlanRow",
    "Ratio",
    "Recoveries",
    "Recovery",
    "Restatement",
    "Run",
    "ShipmentOutturn",
    "Signature",
    "SiteBalance",
    "SiteBalances",
    "StockItem",
    "StockTake",
    "Trip",
    "Trips",
    "Verdict",
    "VerdictChange",
    "account_hash",
    "account_pdf",
    "account_state",
    "actual_against_plan",
    "balance_events",
    "balance_sites",
    "cusum",
    "downstream",
    "mass_words",
    "metal_account",
    "metal_price",
    "outturn",
    "period_of",
    "recovery",
    "restatement",
    "review_draft",
    "share_words",
    "shipment_outturn",
    "signing_draft",
    "told_legs",
    "transit",
    "what_if_grade",
]
