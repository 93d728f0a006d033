"""What is in the ground? Drill holes, composites, statistics, block models."""

from __future__ import annotations

from oreline.explore._economics import (
    BlockValues,
    CutOff,
    Economics,
    MillFeed,
    Pays,
    block_values,
    cut_offs,
    mill_feed,
    net_return_per_t,
)
from oreline.explore._estimates import (
    Estimates,
    Support,
)
from oreline.explore._grid import (
    BlockGrid,
)
from oreline.explore._guess import (
    MAPPING_FILE,
    Guess,
    Stated,
    guess_mapping,
)
from oreline.explore._kriging import (
    inverse_distance,
    krige,
    nearest_sample,
)
from oreline.explore._kriging_samples import (
    Samples,
)
from oreline.explore._mine_plan import (
    SCREENING,
    BlockModel,
    MinePlan,
    Phase,
    plan_mine,
)
from oreline.explore._mine_settings import (
    MineSettings,
    PaysSettings,
)
from oreline.explore._pit import (
    Pit,
    best_pit,
    first_dug,
    nested_pits,
    slope_arcs,
)
from oreline.explore._schedule import (
    Dug,
    Schedule,
    Year,
    schedule,
)
from oreline.explore._search import (
    LeftOut,
    SearchPass,
)
from oreline.explore._stope import (
    paying_stopes,
)
from oreline.explore._surface import (
    rock_of,
    room_for_walls,
)
from oreline.explore._variogram import (
    Rotation,
    Structure,
    StructureKind,
    Variogram,
)
from oreline.explore._variogram_experimental import (
    Direction,
    ExperimentalVariogram,
    Measure,
    Pairs,
    along_axes,
    experimental_variogram,
    lag_edges,
    normal_scores,
)
from oreline.explore._variogram_fit import (
    FittedVariogram,
    FitWeights,
    fit_variogram,
    nugget_of,
)

__all__ = [
    "MAPPING_FILE",
    "SCREENING",
    "BlockGrid",
    "BlockModel",
    "BlockValues",
    "CutOff",
    "Direction",
    "Dug",
    "Economics",
    "Estimates",
    "ExperimentalVariogram",
    "FitWeights",
    "FittedVariogram",
    "Guess",
    "LeftOut",
    "Measure",
    "MillFeed",
    "MinePlan",
    "MineSettings",
    "Pairs",
    "Pays",
    "PaysSettings",
    "Phase",
    "Pit",
    "Rotation",
    "Samples",
    "Schedule",
    "SearchPass",
    "Stated",
    "Structure",
    "StructureKind",
    "Support",
    "Variogram",
    "Year",
    "along_axes",
    "best_pit",
    "block_values",
    "cut_offs",
    "experimental_variogram",
    "first_dug",
    "fit_variogram",
    "guess_mapping",
    "inverse_distance",
    "krige",
    "lag_edges",
    "mill_feed",
    "nearest_sample",
    "nested_pits",
    "net_return_per_t",
    "normal_scores",
    "nugget_of",
    "paying_stopes",
    "plan_mine",
    "rock_of",
    "room_for_walls",
    "schedule",
    "slope_arcs",
]
