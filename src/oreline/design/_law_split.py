"""The first rung: shares that a study, a plant or a reference prints."""

from __future__ import annotations

from typing import Final

import numpy as np

from oreline.design._law import Feed, Law, LawResult, ParameterSpec, Values, component_values


def _apply_split(feed: Feed, values: Values) -> LawResult:
    """Share by ``to_<outlet>[component]``; the last outlet takes what the others leave."""
    shares = [
        component_values(values, f"to_{outlet}", feed.components, missing=0.0)
        for outlet in feed.outlets[:-1]
    ]
    left = 1.0 - sum(shares, start=np.zeros(1))
    return LawResult(np.stack(np.broadcast_arrays(*shares, left), axis=-2))


def _apply_mix(feed: Feed, _values: Values) -> LawResult:
    """Send everything to the one outlet."""
    return LawResult(np.ones((*feed.flow_t_per_h.shape[:-1], 1, len(feed.components))))


SPLIT: Final = Law(
    name="split",
    rung=0,
    outlets=(),
    parameters={
        "to_*": ParameterSpec(
            "1", 0.0, 1.0, "share of the component that leaves by this outlet", per_component=True
        )
    },
    source="the study, plant or reference that the number cites",
    apply=_apply_split,
    by_feed=False,
    batched=True,
    meaning="fixed shares; the last outlet takes what the others leave",
)
MIX: Final = Law(
    name="mix",
    rung=0,
    outlets=("product",),
    parameters={},
    source="conservation of mass",
    apply=_apply_mix,
    by_feed=False,
    batched=True,
    meaning="brings streams together: a sump, bin or blending bed",
)
SPLIT_LAWS: Final = (SPLIT, MIX)
