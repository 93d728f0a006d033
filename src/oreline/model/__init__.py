"""The words: types, errors, findings, element and oxide arithmetic, lots and events."""

from __future__ import annotations

from oreline.model._bodies import LOT_PATTERN
from oreline.model._chemistry import (
    AGGREGATES,
    PPT,
    RARE_EARTH_OXIDES,
    Analyte,
    analyte,
    element_fraction_ppt,
    is_analyte,
)
from oreline.model._canonical import canonical_json, strict_loads
from oreline.model._errors import (
    InputError,
    LedgerError,
    LimitExceededError,
    LoopError,
    OrelineError,
    StoreError,
    UnitError,
    VerificationError,
)
from oreline.model._event import (
    EVENT_CLASSES,
    KINDS,
    MATERIAL_KINDS,
    Envelope,
    check_event,
    parse_event,
)
from oreline.model._finding import Finding, Severity, is_fatal
from oreline.model._quantity import LARGEST_MG, Basis, Grade, Mass, weakest
from oreline.model._units import (
    MG_PER_UNIT,
    PPT_PER_UNIT,
    UNBOUNDED_MG,
    grade_bounds_ppt,
    grade_ppt,
    mass_bounds_mg,
    mass_mg,
    mass_text,
)

__all__ = [
    "AGGREGATES",
    "EVENT_CLASSES",
    "KINDS",
    "LARGEST_MG",
    "LOT_PATTERN",
    "MATERIAL_KINDS",
    "MG_PER_UNIT",
    "PPT",
    "PPT_PER_UNIT",
    "RARE_EARTH_OXIDES",
    "UNBOUNDED_MG",
    "Analyte",
    "Basis",
    "Envelope",
    "Finding",
    "Grade",
    "InputError",
    "LedgerError",
    "LimitExceededError",
    "LoopError",
    "Mass",
    "OrelineError",
    "Severity",
    "StoreError",
    "UnitError",
    "VerificationError",
    "analyte",
    "canonical_json",
    "check_event",
    "element_fraction_ppt",
    "grade_bounds_ppt",
    "grade_ppt",
    "is_analyte",
    "is_fatal",
    "mass_bounds_mg",
    "mass_mg",
    "mass_text",
    "parse_event",
    "strict_loads",
    "weakest",
]
