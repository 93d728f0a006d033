"""What if supply breaks? Criticality of minerals, dependence, losses of a disruption.

Measures of several offices stand side by side and are computed from published tables that
:mod:`oreline.reference` carries; each can be checked against its publisher's own numbers. Where a
cell is withheld or nobody is named, a measure is given between bounds, never as a guess.
"""

from __future__ import annotations

from oreline.stress._bottleneck import (
    CountedSupply,
    Evidence,
    FreeCapacity,
    StatedCapacity,
    counted_supply,
    free_capacities,
)
from oreline.stress._concentration import Bounds, Concentration, Supplier, concentration, share_of
from oreline.stress._crma import (
    CrmaMaterial,
    CrmaTable,
    CrmaTest,
    Sourced,
    at_least,
    at_most,
    crma_table,
    largest_third,
    own_share,
    strategic_materials,
)
from oreline.stress._dependence import (
    NOTE_NIR,
    Measures,
    StageImports,
    displaced,
    measures_after,
    measures_of,
    stage_imports,
)
from oreline.stress._disruption import DisruptionReport, banned, disruption
from oreline.stress._disruption_pictures import DISRUPTION_CHARTS, disruption_picture
from oreline.stress._eu import (
    GOVERNANCE_DEFAULT,
    IMPORTANCE_MIN,
    SUPPLY_RISK_MIN,
    WeightedShare,
    economic_importance,
    governance_weight,
    hhi_bounds,
    hhi_wgi_t,
    is_critical,
    rounded_to,
    supply_risk,
    supply_risk_bounds,
)
from oreline.stress._eu_materials import EuMaterial, EuSide, EuStage, EuTable, eu_materials
from oreline.stress._eu_studies import EU_STUDIES, EuStudy, eu_study
from oreline.stress._geopolrisk import (
    COPPER_MIDPOINT,
    OECD,
    Importer,
    RawMaterial,
    RiskFactors,
    RiskRules,
    RiskTables,
    geopolrisk,
    importers_named,
    risk_tables,
)
from oreline.stress._industries import industry_names
from oreline.stress._joint_report import AtOnce, JointReport, joint_loss, joint_report
from oreline.stress._lists import (
    CUT_OFF_MUSD,
    LISTS,
    GdpEffect,
    ListChange,
    ListChanges,
    Membership,
    gdp_effects,
    list_changes,
    memberships,
)
from oreline.stress._methods import Method, known_minerals, methods, shipped_risk_tables
from oreline.stress._mineral_pictures import MINERAL_CHARTS, mineral_picture, minerals_picture
from oreline.stress._own_actual import ActualDelivery, ActualLoss, ActualOutcome
from oreline.stress._own_actual_cash import CashLoss, ShipmentValue
from oreline.stress._own_actual_points import ActualPoint, ActualPoints
from oreline.stress._own_actual_report import ActualChain, ActualStress, stress_actual
from oreline.stress._own_actual_supply import ActualDependence, StageDependence
from oreline.stress._own_chain import (
    ChainOutcome,
    Delivered,
    OwnChain,
    busiest_month,
    known_places,
)
from oreline.stress._own_events import (
    SCENARIOS_FOLDER,
    ChainEvent,
    EventTable,
    KnownPlaces,
    given_events,
    read_events,
)
from oreline.stress._own_flow import Arrival, LedgerFlow
from oreline.stress._own_mixture import Combination, Mixture, mixture
from oreline.stress._own_pictures import (
    actual_deliveries_picture,
    actual_points_picture,
    deliveries_picture,
    dependence_picture,
    points_picture,
)
from oreline.stress._own_points import Point, PointsOfFailure, points_of_failure
from oreline.stress._own_report import ChainStress, stress_chain
from oreline.stress._picture import BarPicture, RangeBar
from oreline.stress._profile import MineralProfile, mineral_profile
from oreline.stress._ranks import RankAgreement, RankTable, agreement, rank_table
from oreline.stress._reliance import (
    COVERED,
    ImportReliance,
    ImportSources,
    import_reliances,
    import_sources,
    reliance_frame,
)
from oreline.stress._routing import Step, Touched, touched
from oreline.stress._run import IndustryLoss, RunSettings
from oreline.stress._scenario import Scenario
from oreline.stress._scenario_ledger import scenario_inputs, scenario_plan
from oreline.stress._scenario_load import (
    TradeAsked,
    file_scenarios,
    mineral_scenarios,
)
from oreline.stress._scenario_read import read_scenario
from oreline.stress._scenario_reference import reference_scenario
from oreline.stress._scenario_text import scenario_text
from oreline.stress._security import (
    BudgetSecurity,
    Security,
    StageSecurity,
    supply_security,
)
from oreline.stress._security_file import (
    SECURITY_FILE,
    SecurityInputs,
    read_security,
    read_security_alone,
)
from oreline.stress._security_loss import (
    LOSS_SETTINGS,
    NOTHING_COUNTS,
    LossChange,
    SecurityLoss,
    security_loss,
)
from oreline.stress._shared import Joint
from oreline.stress._supplier_mix import MixRisk, SupplierMix, supplier_mix
from oreline.stress._supply import (
    StageSupply,
    SupplyRow,
    share_supplies,
    stage_form,
    stage_supplies,
)
from oreline.stress._table import (
    MineralRow,
    MineralSummary,
    MineralTable,
    list_names,
    minerals_table,
)
from oreline.stress._trade import (
    CodeTrade,
    Trader,
    code_trade,
    codes_of,
    flows_frame,
    trade_source_line,
)
from oreline.stress._uses import Use, Uses, uses_of

__all__ = [
    "COPPER_MIDPOINT",
    "COVERED",
    "CUT_OFF_MUSD",
    "DISRUPTION_CHARTS",
    "EU_STUDIES",
    "GOVERNANCE_DEFAULT",
    "IMPORTANCE_MIN",
    "LISTS",
    "LOSS_SETTINGS",
    "MINERAL_CHARTS",
    "NOTE_NIR",
    "NOTHING_COUNTS",
    "OECD",
    "SCENARIOS_FOLDER",
    "SECURITY_FILE",
    "SUPPLY_RISK_MIN",
    "ActualChain",
    "ActualDelivery",
    "ActualDependence",
    "ActualLoss",
    "ActualOutcome",
    "ActualPoint",
    "ActualPoints",
    "ActualStress",
    "Arrival",
    "AtOnce",
    "BarPicture",
    "Bounds",
    "BudgetSecurity",
    "CashLoss",
    "ChainEvent",
    "ChainOutcome",
    "ChainStress",
    "CodeTrade",
    "Combination",
    "Concentration",
    "CountedSupply",
    "CrmaMaterial",
    "CrmaTable",
    "CrmaTest",
    "Delivered",
    "DisruptionReport",
    "EuMaterial",
    "EuSide",
    "EuStage",
    "EuStudy",
    "EuTable",
    "EventTable",
    "Evidence",
    "FreeCapacity",
    "GdpEffect",
    "ImportReliance",
    "ImportSources",
    "Importer",
    "IndustryLoss",
    "Joint",
    "JointReport",
    "KnownPlaces",
    "LedgerFlow",
    "ListChange",
    "ListChanges",
    "LossChange",
    "Measures",
    "Membership",
    "Method",
    "MineralProfile",
    "MineralRow",
    "MineralSummary",
    "MineralTable",
    "MixRisk",
    "Mixture",
    "OwnChain",
    "Point",
    "PointsOfFailure",
    "RangeBar",
    "RankAgreement",
    "RankTable",
    "RawMaterial",
    "RiskFactors",
    "RiskRules",
    "RiskTables",
    "RunSettings",
    "Scenario",
    "Security",
    "SecurityInputs",
    "SecurityLoss",
    "ShipmentValue",
    "Sourced",
    "StageDependence",
    "StageImports",
    "StageSecurity",
    "StageSupply",
    "StatedCapacity",
    "Step",
    "Supplier",
    "SupplierMix",
    "SupplyRow",
    "Touched",
    "TradeAsked",
    "Trader",
    "Use",
    "Uses",
    "WeightedShare",
    "actual_deliveries_picture",
    "actual_points_picture",
    "agreement",
    "at_least",
    "at_most",
    "banned",
    "busiest_month",
    "code_trade",
    "codes_of",
    "concentration",
    "counted_supply",
    "crma_table",
    "deliveries_picture",
    "dependence_picture",
    "displaced",
    "disruption",
    "disruption_picture",
    "economic_importance",
    "eu_materials",
    "eu_study",
    "file_scenarios",
    "flows_frame",
    "free_capacities",
    "gdp_effects",
    "geopolrisk",
    "given_events",
    "governance_weight",
    "hhi_bounds",
    "hhi_wgi_t",
    "import_reliances",
    "import_sources",
    "importers_named",
    "industry_names",
    "is_critical",
    "joint_loss",
    "joint_report",
    "known_minerals",
    "known_places",
    "largest_third",
    "list_changes",
    "list_names",
    "measures_after",
    "measures_of",
    "memberships",
    "methods",
    "mineral_picture",
    "mineral_profile",
    "mineral_scenarios",
    "minerals_picture",
    "minerals_table",
    "mixture",
    "own_share",
    "points_of_failure",
    "points_picture",
    "rank_table",
    "read_events",
    "read_scenario",
    "read_security",
    "read_security_alone",
    "reference_scenario",
    "reliance_frame",
    "risk_tables",
    "rounded_to",
    "scenario_inputs",
    "scenario_plan",
    "scenario_text",
    "security_loss",
    "share_of",
    "share_supplies",
    "shipped_risk_tables",
    "stage_form",
    "stage_imports",
    "stage_supplies",
    "strategic_materials",
    "stress_actual",
    "stress_chain",
    "supplier_mix",
    "supply_risk",
    "supply_risk_bounds",
    "supply_security",
    "touched",
    "trade_source_line",
    "uses_of",
]
