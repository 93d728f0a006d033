"""What would come out? Flowsheet, element flows, capital and operating cost, a planned ledger."""

from __future__ import annotations

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
from oreline.design._parameter import (
    Parameter,
)

__all__ = [
    "LAWS",
    "BallMill",
    "BinaryDuty",
    "Cascade",
    "CascadeFlows",
    "CascadeProfile",
    "ExtractionEnds",
    "Feed",
    "FlotationFit",
    "Law",
    "LawResult",
    "MillCheck",
    "Parameter",
    "ParameterSpec",
    "StreamPhase",
    "ThreeProducts",
    "ball_mill_power_kw",
    "bank_rate_per_min",
    "bank_recovery",
    "bank_residence_min",
    "bond_ball_work_index_kwh_per_t",
    "bond_energy_kwh_per_t",
    "bond_product_p80_um",
    "check_ball_mill",
    "classified_streams",
    "coarse_feed_factor",
    "component_values",
    "concentration_criterion",
    "entrained_recovery",
    "equilibrium_organic_fraction",
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
    "rosin_rammler_passing",
    "simulate_cascade",
    "size_cascade",
    "three_product_recovery",
    "two_product_recovery",
]
