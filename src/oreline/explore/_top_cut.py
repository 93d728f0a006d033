"""Top cuts: the few highest grades made lower, and what that costs in metal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from oreline.explore._statistics import graded, weighted_quantiles
from oreline.model import InputError

TOP_CUT_PERCENTILES = (0.90, 0.95, 0.975, 0.98, 0.99, 0.995, 0.999)
"""The percentiles of a table of possible cuts."""


@dataclass(frozen=True, slots=True)
class TopCut:
    """A top cut and its effect.

    Attributes
    ----------
    analyte
        What is cut.
    limit_pct
        The grade above which all count as this one.
    percentile
        The share of the weight that lies at or below it, from 0 to 1.
    count, count_cut
        How many grades there are, and how many are cut.
    mean_pct, mean_cut_pct
        The mean before and after.
    cv, cv_cut
        The coefficient of variation before and after; None where the mean is zero.
    metal_lost_share
        The share of weight times grade that is cut away.
    """

    analyte: str
    limit_pct: float
    percentile: float
    count: int
    count_cut: int
    mean_pct: float
    mean_cut_pct: float
    cv: float | None
    cv_cut: float | None
    metal_lost_share: float

    def to_json(self) -> dict[str, Any]:
        """Return the cut as a JSON object."""
        return asdict(self)


def top_cut(
    frame: pl.DataFrame,
    analyte: str,
    *,
    limit_pct: float | None = None,
    percentile: float | None = None,
    weight: str | None = None,
) -> tuple[pl.DataFrame, TopCut]:
    """Cut the highest grades of a column.

    Parameters
    ----------
    frame
        Composites or assays.
    analyte
        The column.
    limit_pct, percentile
        The cut itself, or the share of the weight below it (0.99): one of the two.
    weight
        The column of weights, such as ``length_m``.

    Returns
    -------
    frame, cut
        The frame with the column cut, and what that did.

    Raises
    ------
    InputError
        If both or neither is given, or makes no sense, or there are no grades.
    """
    if (limit_pct is None) == (percentile is None):
        raise InputError("a top cut is given as a grade or as a percentile: one of the two")
    for name in (analyte, *([weight] if weight else [])):
        if name not in frame.columns:
            raise InputError(f"no column {name}; there are {', '.join(frame.columns)}")
    values, weights = graded(frame, analyte, weight)
    if not len(values) or weights.sum() <= 0:
        raise InputError(f"there are no grades of {analyte} to cut")
    if percentile is not None:
        if not 0 < percentile < 1:
            raise InputError(f"the percentile is {percentile}; it is a share between 0 and 1")
        (limit_pct,) = weighted_quantiles(values, weights, [percentile])
    assert limit_pct is not None
    if not limit_pct > 0:
        raise InputError(f"the top cut of {analyte} is {limit_pct:g} %; it must be above zero")
    lower = np.minimum(values, limit_pct)
    total = float(weights.sum())
    mean, mean_cut = float(weights @ values) / total, float(weights @ lower) / total
    cut = TopCut(
        analyte, float(limit_pct), float(weights[values <= limit_pct].sum()) / total, len(values),
        int((values > limit_pct).sum()), mean, mean_cut, _cv(values, weights, mean),
        _cv(lower, weights, mean_cut), (mean - mean_cut) / mean if mean > 0 else 0.0,
    )  # fmt: skip
    return frame.with_columns(pl.col(analyte).clip(upper_bound=limit_pct)), cut


def top_cut_table(
    frame: pl.DataFrame,
    analyte: str,
    *,
    weight: str | None = None,
    percentiles: Sequence[float] = TOP_CUT_PERCENTILES,
) -> pl.DataFrame:
    """Return what cuts at several percentiles would do, a row for each."""
    cuts = [
        top_cut(frame, analyte, percentile=share, weight=weight)[1].to_json()
        for share in percentiles
    ]
    return pl.DataFrame(cuts)


def _cv(values: Any, weights: Any, mean: float) -> float | None:
    if mean <= 0:
        return None
    return float(np.sqrt(weights @ (values - mean) ** 2 / weights.sum()) / mean)
