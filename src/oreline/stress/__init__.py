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
from oreline.stress._disruption import DisruptionReport, banned, disruption, joint_loss
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
from oreline.stress._own_chain import ChainOutcome, Delivered, OwnChain, known_places
from oreline.stress._own_events import (
    SCENARIOS_FOLDER,
    ChainEvent,
    EventTable,
    KnownPlaces,
    given_events,
    read_events,
)
from oreline.stress._own_mixture import Combination, Mixture, mixture
from oreline.stress._own_points import Point, PointsOfFailure, points_of_failure
from oreline.stress._own_report import ChainStress, stress_chain
from oreline.stress._run import RunSettings
from oreline.stress._scenario import Scenario
from oreline.stress._scenario_ledger import scenario_inputs, scenario_plan
from oreline.stress._scenario_read import read_scenario
from oreline.stress._scenario_reference import reference_scenario
from oreline.stress._scenario_text import scenario_text
from oreline.stress._security import (
    BudgetSecurity,
    Security,
    StageSecurity,
    hundreds_of,
    supply_security,
)
from oreline.stress._security_file import SECURITY_FILE, SecurityInputs, read_security
from oreline.stress._supply import StageSupply, SupplyRow, stage_supplies
from oreline.stress._table import MineralRow, MineralTable, minerals_table

__all__ = [
    "EU_STUDIES",
    "GOVERNANCE_DEFAULT",
    "IMPORTANCE_MIN",
    "NOTE_NIR",
    "SCENARIOS_FOLDER",
    "SECURITY_FILE",
    "SUPPLY_RISK_MIN",
    "Bounds",
    "BudgetSecurity",
    "ChainEvent",
    "ChainOutcome",
    "ChainStress",
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
    "KnownPlaces",
    "Measures",
    "MineralRow",
    "MineralTable",
    "Mixture",
    "OwnChain",
    "Point",
    "PointsOfFailure",
    "RunSettings",
    "Scenario",
    "Security",
    "SecurityInputs",
    "Sourced",
    "StageImports",
    "StageSecurity",
    "StageSupply",
    "StatedCapacity",
    "Supplier",
    "SupplyRow",
    "WeightedShare",
    "at_least",
    "at_most",
    "banned",
    "concentration",
    "counted_supply",
    "crma_table",
    "displaced",
    "disruption",
    "economic_importance",
    "eu_materials",
    "eu_study",
    "free_capacities",
    "given_events",
    "governance_weight",
    "hhi_bounds",
    "hhi_wgi_t",
    "hundreds_of",
    "is_critical",
    "joint_loss",
    "known_places",
    "largest_third",
    "measures_after",
    "measures_of",
    "minerals_table",
    "mixture",
    "own_share",
    "points_of_failure",
    "read_events",
    "read_scenario",
    "read_security",
    "reference_scenario",
    "rounded_to",
    "scenario_inputs",
    "scenario_plan",
    "scenario_text",
    "share_of",
    "stage_imports",
    "stage_supplies",
    "strategic_materials",
    "stress_chain",
    "supply_risk",
    "supply_risk_bounds",
    "supply_security",
]
