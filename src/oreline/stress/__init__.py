"""What if supply breaks? Criticality of minerals, dependence, losses of a disruption.

Measures of several offices stand side by side and are computed from published tables that
:mod:`oreline.reference` carries; each can be checked against its publisher's own numbers. Where a
cell is withheld or nobody is named, a measure is given between bounds, never as a guess.
"""

from __future__ import annotations

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
from oreline.stress._scenario_ledger import scenario_inputs, scenario_plan
from oreline.stress._supply import StageSupply, SupplyRow, stage_supplies
from oreline.stress._table import MineralRow, MineralTable, minerals_table

__all__ = [
    "EU_STUDIES",
    "GOVERNANCE_DEFAULT",
    "IMPORTANCE_MIN",
    "SCENARIOS_FOLDER",
    "SUPPLY_RISK_MIN",
    "Bounds",
    "ChainEvent",
    "ChainOutcome",
    "ChainStress",
    "Combination",
    "Concentration",
    "CrmaMaterial",
    "CrmaTable",
    "CrmaTest",
    "Delivered",
    "EuMaterial",
    "EuSide",
    "EuStage",
    "EuStudy",
    "EuTable",
    "EventTable",
    "KnownPlaces",
    "MineralRow",
    "MineralTable",
    "Mixture",
    "OwnChain",
    "Point",
    "PointsOfFailure",
    "Sourced",
    "StageSupply",
    "Supplier",
    "SupplyRow",
    "WeightedShare",
    "at_least",
    "at_most",
    "concentration",
    "crma_table",
    "economic_importance",
    "eu_materials",
    "eu_study",
    "given_events",
    "governance_weight",
    "hhi_bounds",
    "hhi_wgi_t",
    "is_critical",
    "known_places",
    "largest_third",
    "minerals_table",
    "mixture",
    "own_share",
    "points_of_failure",
    "read_events",
    "rounded_to",
    "scenario_inputs",
    "scenario_plan",
    "share_of",
    "stage_supplies",
    "strategic_materials",
    "stress_chain",
    "supply_risk",
    "supply_risk_bounds",
]
