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

__all__ = [
    "MAPPING_FILE",
    "BlockGrid",
    "Estimates",
    "Guess",
    "LeftOut",
    "Rotation",
    "Samples",
    "SearchPass",
    "Stated",
    "Structure",
    "StructureKind",
    "Support",
    "Variogram",
    "guess_mapping",
    "inverse_distance",
    "krige",
    "nearest_sample",
]
