"""What is in the ground? Drill holes, composites, statistics, block models."""

from __future__ import annotations

from oreline.explore._block_domains import (
    SoftContact,
    estimate_domains,
    nearest_domain,
    usable_samples,
)
from oreline.explore._check_settings import DEFAULT_CHECKS, CheckSettings
from oreline.explore._classes import (
    NOT_A_STATEMENT,
    Classes,
    ClassRule,
    ClassSettings,
    classify,
    drill_spacing,
)
from oreline.explore._composite import COMPOSITES_MAX, Composites, CompositeSettings, composite
from oreline.explore._contact import contact_profile
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
from oreline.explore._decluster import Declustering, cell_weights, decluster
from oreline.explore._description import GradeLook, LookSettings, look_at_grades
from oreline.explore._desurvey import (
    HolePaths,
    arc_stations,
    direct,
    hole_ends,
    hole_paths,
    hole_traces,
    locate,
)
from oreline.explore._domain_variograms import (
    DomainVariograms,
    domain_variograms,
    terms_of,
    unfitted_domain,
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
from oreline.explore._estimates import Estimates, Support
from oreline.explore._grid import BlockGrid
from oreline.explore._guess import SHEET_MARK, Guess, Stated, guess_mapping
from oreline.explore._hole_files import HANDED_FILES_MAX, HandedFiles, text_tables, unpacked_files
from oreline.explore._holes import DrillHoles, revalue_below
from oreline.explore._kriging import inverse_distance, krige, nearest_sample
from oreline.explore._kriging_samples import Samples
from oreline.explore._mapping import MAPPING_FILE, HoleMapping, read_mapping_text
from oreline.explore._mapping_text import mapping_text
from oreline.explore._mine_plan import SCREENING, BlockModel, MinePlan, Phase, plan_mine
from oreline.explore._mine_settings import MineSettings, PaysSettings
from oreline.explore._model_guess import ModelGuess, guess_model
from oreline.explore._model_inverse import inverse_distance_of
from oreline.explore._model_mine import plan_model
from oreline.explore._model_settings import (
    FitSection,
    ModelSections,
    SimulationSection,
    VariogramSection,
    VariogramTerms,
)
from oreline.explore._model_simulation import ModelSimulation, simulate_model
from oreline.explore._model_validation import validate_model
from oreline.explore._normal_scores import NormalScoreTable
from oreline.explore._ore import LIFE, Ore, OreValue, OreYear, ore_of
from oreline.explore._ore_events import OrePlanning, ore_events
from oreline.explore._ore_table import read_ore
from oreline.explore._pit import Pit, best_pit, first_dug, nested_pits, slope_arcs
from oreline.explore._rare_earths import RareEarths, rare_earths
from oreline.explore._read_holes import (
    HolesRead,
    hole_folder_digest,
    hole_folders,
    read_hole_folder,
    read_holes,
)
from oreline.explore._resource_model import ResourceModel, grid_of, make_model
from oreline.explore._resource_samples import (
    Fitted,
    composites_of,
    fit_of,
    samples_of,
    scored,
    variograms_of,
)
from oreline.explore._schedule import Dug, Schedule, UncertaintyRule, Year, schedule
from oreline.explore._search import LeftOut, SearchPass
from oreline.explore._simulation import Simulation, simulate, simulate_suite
from oreline.explore._solid import TRIANGLES_MAX, Solid, points_in_solid, read_stl
from oreline.explore._statistics import (
    GradeStatistics,
    correlations,
    grade_statistics,
    histogram,
    probability_points,
    weighted_quantiles,
)
from oreline.explore._stope import paying_stopes
from oreline.explore._surface import rock_of, room_for_walls
from oreline.explore._tonnage import Equivalent, GradeTonnage, TonnageRow, Worth, grade_tonnage
from oreline.explore._top_cut import TOP_CUT_PERCENTILES, TopCut, top_cut, top_cut_table
from oreline.explore._uncertain_tonnage import UncertainTonnage, uncertain_tonnage
from oreline.explore._variogram import Rotation, Structure, StructureKind, Variogram
from oreline.explore._variogram_compare import compared_variogram
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
from oreline.explore._variogram_fit import FittedVariogram, FitWeights, fit_variogram, nugget_of
from oreline.explore._vtk import vtk_blocks, vtk_points
from oreline.explore._words import METRES_PER_UNIT, PERCENT_PER_UNIT, length_of_text

__all__ = [
    "COMPOSITES_MAX",
    "DEFAULT_CHECKS",
    "HANDED_FILES_MAX",
    "LIFE",
    "MAPPING_FILE",
    "METRES_PER_UNIT",
    "NOT_A_STATEMENT",
    "PERCENT_PER_UNIT",
    "SCREENING",
    "SHEET_MARK",
    "TOP_CUT_PERCENTILES",
    "TRIANGLES_MAX",
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
    "Declustering",
    "Direction",
    "DomainVariograms",
    "DrillHoles",
    "Dug",
    "Economics",
    "Equivalent",
    "Estimates",
    "ExperimentalVariogram",
    "FitSection",
    "FitWeights",
    "Fitted",
    "FittedVariogram",
    "GlobalBias",
    "GradeLook",
    "GradeStatistics",
    "GradeTonnage",
    "Guess",
    "HandedFiles",
    "HoleMapping",
    "HolePaths",
    "HolesRead",
    "LeaveOut",
    "LeftOut",
    "LookSettings",
    "Measure",
    "MillFeed",
    "MinePlan",
    "MineSettings",
    "ModelGuess",
    "ModelSections",
    "ModelSimulation",
    "NormalScoreTable",
    "Ore",
    "OrePlanning",
    "OreValue",
    "OreYear",
    "Pairs",
    "Pays",
    "PaysSettings",
    "Phase",
    "Pit",
    "RareEarths",
    "ResourceModel",
    "Rotation",
    "Samples",
    "Schedule",
    "SearchPass",
    "Simulation",
    "SimulationSection",
    "SoftContact",
    "Solid",
    "Stated",
    "Structure",
    "StructureKind",
    "Support",
    "Swath",
    "TonnageRow",
    "TopCut",
    "UncertainTonnage",
    "UncertaintyRule",
    "ValidationScores",
    "Variogram",
    "VariogramSection",
    "VariogramTerms",
    "Worth",
    "Year",
    "along_axes",
    "arc_stations",
    "best_pit",
    "block_values",
    "cell_weights",
    "classify",
    "compared_variogram",
    "composite",
    "composites_of",
    "contact_profile",
    "correlations",
    "cross_validate",
    "cut_offs",
    "decluster",
    "direct",
    "domain_variograms",
    "drill_spacing",
    "estimate_domains",
    "experimental_variogram",
    "first_dug",
    "fit_of",
    "fit_variogram",
    "global_bias",
    "grade_statistics",
    "grade_tonnage",
    "grid_of",
    "guess_mapping",
    "guess_model",
    "histogram",
    "hole_ends",
    "hole_folder_digest",
    "hole_folders",
    "hole_paths",
    "hole_traces",
    "inverse_distance",
    "inverse_distance_of",
    "krige",
    "lag_edges",
    "length_of_text",
    "locate",
    "look_at_grades",
    "make_model",
    "mapping_text",
    "mill_feed",
    "nearest_domain",
    "nearest_sample",
    "nested_pits",
    "net_return_per_t",
    "normal_scores",
    "nugget_of",
    "ore_events",
    "ore_of",
    "paying_stopes",
    "plan_mine",
    "plan_model",
    "points_in_solid",
    "probability_points",
    "rare_earths",
    "read_hole_folder",
    "read_holes",
    "read_mapping_text",
    "read_ore",
    "read_stl",
    "revalue_below",
    "rock_of",
    "room_for_walls",
    "samples_of",
    "schedule",
    "scored",
    "simulate",
    "simulate_model",
    "simulate_suite",
    "slope_arcs",
    "swath",
    "terms_of",
    "text_tables",
    "top_cut",
    "top_cut_table",
    "uncertain_tonnage",
    "unfitted_domain",
    "unpacked_files",
    "usable_samples",
    "validate_model",
    "variograms_of",
    "vtk_blocks",
    "vtk_points",
    "weighted_quantiles",
]
