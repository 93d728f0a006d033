"""What would come out? Flowsheet, element flows, capital and operating cost, a planned ledger."""

from __future__ import annotations

from oreline.design._allocation import (
    allocated,
    exact_parts,
    rounded_to_total,
    served,
)
from oreline.design._comparison import Comparison, Difference, compare
from oreline.design._cost_accounts import (
    CostAccount,
    cost_account,
    cost_accounts,
    scaled_cost,
)
from oreline.design._cost_figures import (
    CapitalFigures,
    CostFigures,
    capital_recovery_factor,
    cost_figures,
)
from oreline.design._cost_model import (
    AllocationRule,
    Burden,
    BurdenKind,
    CapitalItem,
    CapitalMethod,
    CostKind,
    CostModel,
    EstimateTerms,
    OperatingLine,
    PercentOf,
    PricedProduct,
)
from oreline.design._cost_outputs import (
    cost_evaluator,
    cost_outputs,
    cost_values,
)
from oreline.design._cost_problems import (
    cost_problems,
)
from oreline.design._cost_report import (
    CostReport,
    ProductCost,
    cost_report,
)
from oreline.design._cost_warnings import (
    cost_warnings,
)
from oreline.design._costs_file import (
    Costs,
    read_costs,
)
from oreline.design._estimate_class import (
    ESTIMATE_CLASSES,
    ClassCheck,
    EstimateClass,
    check_estimate,
    cost_increase,
    cost_range,
)
from oreline.design._flowsheet import (
    Component,
    ComponentKind,
    FeedStream,
    Flowsheet,
    Product,
    ProductKind,
    Stream,
    Unit,
)
from oreline.design._law import (
    Feed,
    Law,
    LawResult,
    ParameterSpec,
    StreamPhase,
    component_values,
)
from oreline.design._law_cascade import (
    BinaryDuty,
    Cascade,
    equilibrium_organic_fraction,
    fewest_stages,
    least_solvent,
    size_cascade,
)
from oreline.design._law_cascade_stages import (
    CascadeFlows,
    CascadeProfile,
    simulate_cascade,
)
from oreline.design._law_comminution import (
    BallMill,
    MillCheck,
    ball_mill_power_kw,
    bond_ball_work_index_kwh_per_t,
    bond_energy_kwh_per_t,
    bond_product_p80_um,
    check_ball_mill,
    coarse_feed_factor,
    fine_grinding_factor,
)
from oreline.design._law_flotation import (
    FlotationFit,
    ThreeProducts,
    bank_rate_per_min,
    bank_recovery,
    bank_residence_min,
    entrained_recovery,
    fit_batch_flotation,
    frontier_recovery,
    three_product_recovery,
    two_product_recovery,
)
from oreline.design._law_kremser import (
    ExtractionEnds,
    kremser_ends,
    kremser_raffinate_fraction,
    kremser_stages,
)
from oreline.design._law_partition import (
    classified_streams,
    concentration_criterion,
    partition_fraction,
    partition_recovery,
    rosin_rammler_passing,
)
from oreline.design._laws import (
    LAWS,
)
from oreline.design._minerals import MINERALS, element_fractions
from oreline.design._parameter import (
    Parameter,
)
from oreline.design._passport import PassportRow, passport, passport_frame
from oreline.design._price_index import (
    PriceIndex,
)
from oreline.design._process_tables import ProcessFile, process_schema, process_tables
from oreline.design._process_text import read_processes
from oreline.design._sampling import (
    Method,
    Shape,
    Uncertain,
    draw,
    uncertain_of,
)
from oreline.design._sensitivity import (
    SobolIndex,
    SobolIndices,
    Tornado,
    TornadoBar,
    sobol_shares,
    tornado,
)
from oreline.design._solution import Solution, StreamRow, UnitRow, solve
from oreline.design._solve import Flows, SolveSettings, solve_flows
from oreline.design._spread import (
    Evaluate,
    Output,
    OutputSpread,
    Spread,
    spread,
)
from oreline.design._waterfall import Leaving, Waterfall, unit_order, waterfall

__all__ = [
    "ESTIMATE_CLASSES",
    "LAWS",
    "MINERALS",
    "AllocationRule",
    "BallMill",
    "BinaryDuty",
    "Burden",
    "BurdenKind",
    "CapitalFigures",
    "CapitalItem",
    "CapitalMethod",
    "Cascade",
    "CascadeFlows",
    "CascadeProfile",
    "ClassCheck",
    "Comparison",
    "Component",
    "ComponentKind",
    "CostAccount",
    "CostFigures",
    "CostKind",
    "CostModel",
    "CostReport",
    "Costs",
    "Difference",
    "EstimateClass",
    "EstimateTerms",
    "Evaluate",
    "ExtractionEnds",
    "Feed",
    "FeedStream",
    "FlotationFit",
    "Flows",
    "Flowsheet",
    "Law",
    "LawResult",
    "Leaving",
    "Method",
    "MillCheck",
    "OperatingLine",
    "Output",
    "OutputSpread",
    "Parameter",
    "ParameterSpec",
    "PassportRow",
    "PercentOf",
    "PriceIndex",
    "PricedProduct",
    "ProcessFile",
    "Product",
    "ProductCost",
    "ProductKind",
    "Shape",
    "SobolIndex",
    "SobolIndices",
    "Solution",
    "SolveSettings",
    "Spread",
    "Stream",
    "StreamPhase",
    "StreamRow",
    "ThreeProducts",
    "Tornado",
    "TornadoBar",
    "Uncertain",
    "Unit",
    "UnitRow",
    "Waterfall",
    "allocated",
    "ball_mill_power_kw",
    "bank_rate_per_min",
    "bank_recovery",
    "bank_residence_min",
    "bond_ball_work_index_kwh_per_t",
    "bond_energy_kwh_per_t",
    "bond_product_p80_um",
    "capital_recovery_factor",
    "check_ball_mill",
    "check_estimate",
    "classified_streams",
    "coarse_feed_factor",
    "compare",
    "component_values",
    "concentration_criterion",
    "cost_account",
    "cost_accounts",
    "cost_evaluator",
    "cost_figures",
    "cost_increase",
    "cost_outputs",
    "cost_problems",
    "cost_range",
    "cost_report",
    "cost_values",
    "cost_warnings",
    "draw",
    "element_fractions",
    "entrained_recovery",
    "equilibrium_organic_fraction",
    "exact_parts",
    "fewest_stages",
    "fine_grinding_factor",
    "fit_batch_flotation",
    "frontier_recovery",
    "kremser_ends",
    "kremser_raffinate_fraction",
    "kremser_stages",
    "least_solvent",
    "partition_fraction",
    "partition_recovery",
    "passport",
    "passport_frame",
    "process_schema",
    "process_tables",
    "read_costs",
    "read_processes",
    "rosin_rammler_passing",
    "rounded_to_total",
    "scaled_cost",
    "served",
    "simulate_cascade",
    "size_cascade",
    "sobol_shares",
    "solve",
    "solve_flows",
    "spread",
    "three_product_recovery",
    "tornado",
    "two_product_recovery",
    "uncertain_of",
    "unit_order",
    "waterfall",
]
