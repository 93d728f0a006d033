"""What is in the ground? Drill holes, composites, statistics, block models."""

from __future__ import annotations

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
from oreline.explore._search import (
    LeftOut,
    SearchPass,
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
    "BlockGrid",
    "Direction",
    "Estimates",
    "ExperimentalVariogram",
    "FitWeights",
    "FittedVariogram",
    "Guess",
    "LeftOut",
    "Measure",
    "Pairs",
    "Rotation",
    "Samples",
    "SearchPass",
    "Stated",
    "Structure",
    "StructureKind",
    "Support",
    "Variogram",
    "along_axes",
    "experimental_variogram",
    "fit_variogram",
    "guess_mapping",
    "inverse_distance",
    "krige",
    "lag_edges",
    "nearest_sample",
    "normal_scores",
    "nugget_of",
]
