"""What is in the ground? Drill holes, composites, statistics, block models."""

from __future__ import annotations

from oreline.explore._block_domains import (
    estimate_domains,
    nearest_domain,
)
from oreline.explore._check_settings import (
    DEFAULT_CHECKS,
    CheckSettings,
)
from oreline.explore._classes import (
    NOT_A_STATEMENT,
    Classes,
    ClassRule,
    ClassSettings,
    classify,
    drill_spacing,
)
from oreline.explore._composite import (
    COMPOSITES_MAX,
    Composites,
    CompositeSettings,
    composite,
)
from oreline.explore._crossvalidation import (
    CrossValidation,
    GlobalBias,
    LeaveOut,
    Swath,
    ValidationScores,
    cross_validate,
    global_bias,
    swath,
)
from oreline.explore._desurvey import (
    HolePaths,
    direct,
    hole_ends,
    hole_paths,
    hole_traces,
    locate,
)
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
    Guess,
    Stated,
    guess_mapping,
)
from oreline.explore._holes import (
    DrillHoles,
    revalue_below,
)
from oreline.explore._kriging import (
    inverse_distance,
    krige,
    nearest_sample,
)
from oreline.explore._kriging_samples import (
    Samples,
)
from oreline.explore._mapping import (
    MAPPING_FILE,
    HoleMapping,
    read_mapping_text,
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
from oreline.explore._normal_scores import (
    NormalScoreTable,
)
from oreline.explore._pit import (
    Pit,
    best_pit,
    first_dug,
    nested_pits,
    slope_arcs,
)
from oreline.explore._read_holes import (
    HolesRead,
    hole_folders,
    read_hole_folder,
    read_holes,
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
from oreline.explore._simulation import (
    Simulation,
    UncertainTonnage,
    simulate,
    uncertain_tonnage,
)
from oreline.explore._stope import (
    paying_stopes,
)
from oreline.explore._surface import (
    rock_of,
    room_for_walls,
)
from oreline.explore._tonnage import (
    Equivalent,
    GradeTonnage,
    TonnageRow,
    Worth,
    grade_tonnage,
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
from oreline.explore._words import (
    length_of_text,
)

__all__ = [
    "COMPOSITES_MAX",
    "DEFAULT_CHECKS",
    "MAPPING_FILE",
    "NOT_A_STATEMENT",
    "SCREENING",
    "BlockGrid",
    "BlockModel",
    "BlockValues",
    "CheckSettings",
    "ClassRule",
    "ClassSettings",
    "Classes",
    "CompositeSettings",
    "Composites",
    "CrossValidation",
    "CutOff",
    "Direction",
    "DrillHoles",
    "Dug",
    "Economics",
    "Equivalent",
    "Estimates",
    "ExperimentalVariogram",
    "FitWeights",
    "FittedVariogram",
    "GlobalBias",
    "GradeTonnage",
    "Guess",
    "HoleMapping",
    "HolePaths",
    "HolesRead",
    "LeaveOut",
    "LeftOut",
    "Measure",
    "MillFeed",
    "MinePlan",
    "MineSettings",
    "NormalScoreTable",
    "Pairs",
    "Pays",
    "PaysSettings",
    "Phase",
    "Pit",
    "Rotation",
    "Samples",
    "Schedule",
    "SearchPass",
    "Simulation",
    "Stated",
    "Structure",
    "StructureKind",
    "Support",
    "Swath",
    "TonnageRow",
    "UncertainTonnage",
    "ValidationScores",
    "Variogram",
    "Worth",
    "Year",
    "along_axes",
    "best_pit",
    "block_values",
    "classify",
    "composite",
    "cross_validate",
    "cut_offs",
    "direct",
    "drill_spacing",
    "estimate_domains",
    "experimental_variogram",
    "first_dug",
    "fit_variogram",
    "global_bias",
    "grade_tonnage",
    "guess_mapping",
    "hole_ends",
    "hole_folders",
    "hole_paths",
    "hole_traces",
    "inverse_distance",
    "krige",
    "lag_edges",
    "length_of_text",
    "locate",
    "mill_feed",
    "nearest_domain",
    "nearest_sample",
    "nested_pits",
    "net_return_per_t",
    "normal_scores",
    "nugget_of",
    "paying_stopes",
    "plan_mine",
    "read_hole_folder",
    "read_holes",
    "read_mapping_text",
    "revalue_below",
    "rock_of",
    "room_for_walls",
    "schedule",
    "simulate",
    "slope_arcs",
    "swath",
    "uncertain_tonnage",
]
