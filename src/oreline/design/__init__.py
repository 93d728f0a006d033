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
from oreline.design._laws import LAWS
from oreline.design._parameter import Parameter

__all__ = [
    "LAWS",
    "Feed",
    "Law",
    "LawResult",
    "Parameter",
    "ParameterSpec",
    "StreamPhase",
    "component_values",
]
