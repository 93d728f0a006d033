"""Does it close? Element balances, transit, plan against actual; formulas of the metallurgist."""

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
from oreline.balance._account_words import ALWAYS as ACCOUNT_NOT_EMPTY
from oreline.balance._account_words import GROUPS as ACCOUNT_GROUPS
from oreline.balance._account_words import LEG_WORDS as ACCOUNT_LEGS
from oreline.balance._account_words import mass_words, share_words, told_legs
from oreline.balance._accounting import metal_account
from oreline.balance._checklist import Checklist, ChecklistItem, checklist
from oreline.balance._contained import (
    ALLOTMENTS,
    Allotment,
    ContainedMetal,
    LotMeasured,
    SharedUncertainty,
    contained_metal,
    contained_of_lots,
)
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
from oreline.balance._declared_errors import CommonError, parse_common, shared_of
from oreline.balance._duplicates import (
    DuplicatePair,
    DuplicatePrecision,
    DuplicateResult,
    duplicate_grade,
    duplicate_precision,
)
from oreline.balance._events import EventBalance, EventBalances, balance_events
from oreline.balance._factors import STAGES, ChainFactor, ChainStage, MetalChain, metal_chain
from oreline.balance._figure import COVERAGE_FACTOR, Figure
from oreline.balance._formula_tables import (
    read_assays,
    read_duplicates,
    read_lots,
    read_product_grades,
    read_stages,
    table_columns,
)
from oreline.balance._gold_grains import (
    GOLD_DENSITY,
    GoldGrains,
    gold_grains,
    gold_sample_mass,
    ingamells_constant,
    ingamells_mass,
)
from oreline.balance._gum import EXPANDED, Estimate, number_text, parse_estimate
from oreline.balance._hypotheses import Hypothesis, hypotheses
from oreline.balance._linear import LinearReconciliation, reconcile_linear
from oreline.balance._money import MetalPrice, metal_price
from oreline.balance._monte_carlo import Simulated, simulate
from oreline.balance._n_product import ElementResidual, ProductYield, ProductYields, product_yields
from oreline.balance._naive import NaiveComparison, compare_naive, scale_to
from oreline.balance._network import (
    Class,
    Measurement,
    Network,
    Quantity,
    SharedError,
    Stream,
    StreamKind,
)
from oreline.balance._network_check import check_network
from oreline.balance._outturn import Outturn, ShipmentOutturn, outturn, shipment_outturn
from oreline.balance._periods import period_of
from oreline.balance._places import IN_TRANSIT, NOT_STATED
from oreline.balance._plan import PlanComparison, PlanRow, actual_against_plan
from oreline.balance._ratio import Ratio
from oreline.balance._reconcile import reconcile
from oreline.balance._reconciliation import (
    GlobalTest,
    NodeTest,
    ReconciledQuantity,
    Reconciliation,
    Status,
    Suspect,
)
from oreline.balance._recovery import Recoveries, Recovery, recovery
from oreline.balance._restatement import Restatement, restatement
from oreline.balance._running_sums import running_sums
from oreline.balance._sampling import (
    SampledOre,
    SamplingPlan,
    SamplingStage,
    fundamental_error,
    granulometric_factor,
    minimum_mass,
    sampling_plan,
    scaled_mass,
    u_from_plan,
)
from oreline.balance._site_factors import SiteFactors, site_factors
from oreline.balance._site_network import (
    SiteNetwork,
    SiteReconciliation,
    reconcile_site,
    site_network,
)
from oreline.balance._sites import CHAIN, SiteBalance, SiteBalances, balance_sites
from oreline.balance._stages import WASTE_STAGES
from oreline.balance._stream_files import read_streams
from oreline.balance._transit import Trip, Trips, transit
from oreline.balance._two_product import TwoProduct, two_product
from oreline.balance._verdict import Verdict
from oreline.balance._whatif import (
    Change,
    Difference,
    OtherGrade,
    VerdictChange,
    ledger_with_grade,
    what_if_grade,
)

__all__ = [
    "ACCOUNT_GROUPS",
    "ACCOUNT_LEGS",
    "ACCOUNT_NOT_EMPTY",
    "ALLOTMENTS",
    "CHAIN",
    "COVERAGE_FACTOR",
    "EXPANDED",
    "GOLD_DENSITY",
    "IN_TRANSIT",
    "LIMIT_H",
    "NOT_STATED",
    "RUN_SIGMA",
    "SHIFTED",
    "SLACK_K",
    "STAGES",
    "STEADY",
    "WASTE_STAGES",
    "AccountState",
    "Allotment",
    "ChainFactor",
    "ChainStage",
    "Change",
    "Checklist",
    "ChecklistItem",
    "Class",
    "CommonError",
    "ContainedMetal",
    "Cusum",
    "CusumPoint",
    "Difference",
    "Downstream",
    "DuplicatePair",
    "DuplicatePrecision",
    "DuplicateResult",
    "ElementAccount",
    "ElementResidual",
    "Estimate",
    "EventBalance",
    "EventBalances",
    "Figure",
    "GlobalTest",
    "GoldGrains",
    "Hypothesis",
    "LaterEntry",
    "Leg",
    "LinearReconciliation",
    "LotMeasured",
    "Measurement",
    "MetalAccount",
    "MetalChain",
    "MetalPrice",
    "NaiveComparison",
    "Network",
    "NodeTest",
    "OpenValue",
    "OtherGrade",
    "Outturn",
    "PlanComparison",
    "PlanRow",
    "ProductYield",
    "ProductYields",
    "Quantity",
    "Ratio",
    "ReconciledQuantity",
    "Reconciliation",
    "Recoveries",
    "Recovery",
    "Restatement",
    "Run",
    "SampledOre",
    "SamplingPlan",
    "SamplingStage",
    "SharedError",
    "SharedUncertainty",
    "ShipmentOutturn",
    "Signature",
    "Simulated",
    "SiteBalance",
    "SiteBalances",
    "SiteFactors",
    "SiteNetwork",
    "SiteReconciliation",
    "Status",
    "StockItem",
    "StockTake",
    "Stream",
    "StreamKind",
    "Suspect",
    "Trip",
    "Trips",
    "TwoProduct",
    "Verdict",
    "VerdictChange",
    "account_hash",
    "account_pdf",
    "account_state",
    "actual_against_plan",
    "balance_events",
    "balance_sites",
    "check_network",
    "checklist",
    "compare_naive",
    "contained_metal",
    "contained_of_lots",
    "cusum",
    "downstream",
    "duplicate_grade",
    "duplicate_precision",
    "fundamental_error",
    "gold_grains",
    "gold_sample_mass",
    "granulometric_factor",
    "hypotheses",
    "ingamells_constant",
    "ingamells_mass",
    "ledger_with_grade",
    "mass_words",
    "metal_account",
    "metal_chain",
    "metal_price",
    "minimum_mass",
    "number_text",
    "outturn",
    "parse_common",
    "parse_estimate",
    "period_of",
    "product_yields",
    "read_assays",
    "read_duplicates",
    "read_lots",
    "read_product_grades",
    "read_stages",
    "read_streams",
    "reconcile",
    "reconcile_linear",
    "reconcile_site",
    "recovery",
    "restatement",
    "review_draft",
    "running_sums",
    "sampling_plan",
    "scale_to",
    "scaled_mass",
    "share_words",
    "shared_of",
    "shipment_outturn",
    "signing_draft",
    "simulate",
    "site_factors",
    "site_network",
    "table_columns",
    "told_legs",
    "transit",
    "two_product",
    "u_from_plan",
    "what_if_grade",
]
