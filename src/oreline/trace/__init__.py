"""Where did it come from, where did it go: origins, lineage, custody and recall."""

from __future__ import annotations

from oreline.trace._apportion import apportion, apportion_tree
from oreline.trace._custody import Custody, CustodyStep, custody, quantity_text
from oreline.trace._explain import Explanation, explain
from oreline.trace._graph import LotGraph, build_graph
from oreline.trace._lineage import (
    LotSet,
    Step,
    ancestors,
    descendants_of,
    path_between_lots,
)
from oreline.trace._models import CUSTODY_MODELS, CreditBalance, CustodyCheck, check_custody
from oreline.trace._origin_table import LEVELS, UNKNOWN, Origin
from oreline.trace._origins import (
    Origins,
    OriginShare,
    Tracer,
    attribute_lots_frame,
    trace_origins,
)
from oreline.trace._recall import Reached, Recall, recall

__all__ = [
    "CUSTODY_MODELS",
    "LEVELS",
    "UNKNOWN",
    "CreditBalance",
    "Custody",
    "CustodyCheck",
    "CustodyStep",
    "Explanation",
    "LotGraph",
    "LotSet",
    "Origin",
    "OriginShare",
    "Origins",
    "Reached",
    "Recall",
    "Step",
    "Tracer",
    "ancestors",
    "apportion",
    "apportion_tree",
    "attribute_lots_frame",
    "build_graph",
    "check_custody",
    "custody",
    "descendants_of",
    "explain",
    "path_between_lots",
    "quantity_text",
    "recall",
    "trace_origins",
]
