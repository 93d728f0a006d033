"""What if supply breaks? Criticality of minerals, dependence, losses of a disruption.

Measures of several offices stand side by side and are computed from published tables that
:mod:`oreline.reference` carries; each can be checked against its publisher's own numbers. Where a
cell is withheld or nobody is named, a measure is given between bounds, never as a guess.
"""

from __future__ import annotations

from oreline.stress._concentration import Bounds, Concentration, Supplier, concentration, share_of
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
from oreline.stress._supply import StageSupply, SupplyRow, stage_supplies
from oreline.stress._table import MineralRow, MineralTable, minerals_table

__all__ = [
    "GOVERNANCE_DEFAULT",
    "IMPORTANCE_MIN",
    "SUPPLY_RISK_MIN",
    "Bounds",
    "Concentration",
    "MineralRow",
    "MineralTable",
    "StageSupply",
    "Supplier",
    "SupplyRow",
    "WeightedShare",
    "concentration",
    "economic_importance",
    "governance_weight",
    "hhi_bounds",
    "hhi_wgi_t",
    "is_critical",
    "minerals_table",
    "rounded_to",
    "share_of",
    "stage_supplies",
    "supply_risk",
    "supply_risk_bounds",
]
