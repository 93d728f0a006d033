"""Exploratory statistics of grades: moments, quantiles, histograms, probability plots, correlation.

Every number may be weighted, by length or by the weights of a declustering. With weights w the mean
is sum(w x) / sum(w), the variance sum(w (x - mean)^2) / sum(w), and the quantile at p lies where
the running sum of weights, taken at the middle of each, reaches p of the whole (Hazen's rule).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from oreline.model import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
POINTS_MAX = 500
"""How many points a probability plot has at most."""


@dataclass(frozen=True, slots=True)
class GradeStatistics:
    """Statistics of grades, a row for each domain and analyte.

    ``frame`` has ``domain`` (null: all together), ``analyte``, ``count``, ``lacking`` (rows without
    a grade), ``zeros``, ``weight``, ``minimum``, ``maximum``, ``mean``, ``sd``, ``cv``, ``skew``,
    ``geometric_mean`` of what is above zero, and the quantiles ``q05`` to ``q99``. ``weighted_by``
    names the weights, or is None.
    """

    frame: pl.DataFrame
    weighted_by: str | None

    def to_frame(self) -> pl.DataFrame:
        """Return the table."""
        return self.frame

    def to_json(self) -> dict[str, Any]:
        """Return the table by rows."""
        return {"weighted_by": self.weighted_by, "statistics": self.frame.to_dicts()}


def grade_statistics(
    frame: pl.DataFrame,
    analytes: Sequence[str],
    *,
    weight: str | None = None,
    by: str | None = None,
) -> GradeStatistics:
    """Return the statistics of columns of grades.

    Parameters
    ----------
    frame
        Composites or assays.
    analytes
        The columns.
    weight
        The column of weights; None gives every row the same.
    by
        A column, such as ``domain``: statistics of all rows together, and of each of its values.

    Raises
    ------
    InputError
        If a column is not there, or a weight is negative or missing.
    """
    _known(frame, [*analytes, *(name for name in (weight, by) if name)])
    groups: list[tuple[str | None, pl.DataFrame]] = [(None, frame)]
    if by is not None:
        named = frame.drop_nulls(by).partition_by(by, as_dict=True, maintain_order=True)
        parts = {str(key[0]): part for key, part in named.items()}
        groups += [(name, parts[name]) for name in sorted(parts)]
    rows = [
        {"domain": domain, "analyte": name, **_described(part, name, weight)}
        for domain, part in groups
        for name in analytes
    ]
    schema: dict[str, Any] = {"domain": pl.String, "analyte": pl.String}
    table = pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)
    return GradeStatistics(table, weight)


def _known(frame: pl.DataFrame, names: Sequence[str]) -> None:
    for name in names:
        if name not in frame.columns:
            raise InputError(f"no column {name}; there are {', '.join(frame.columns)}")


def graded(frame: pl.DataFrame, name: str, weight: str | None) -> tuple[Floats, Floats]:
    """Return the grades that are there and their weights.

    Raises
    ------
    InputError
        If a weight is negative or missing.
    """
    filled = frame.filter(pl.col(name).is_not_null())
    values = filled[name].to_numpy().astype(np.float64)
    if weight is None:
        return values, np.ones(len(values))
    weights = filled[weight].to_numpy().astype(np.float64)
    if not bool(np.all(weights >= 0)):
        raise InputError(f"weights {weight} are negative or missing in some rows")
    return values, weights


def _described(frame: pl.DataFrame, name: str, weight: str | None) -> dict[str, Any]:
    values, weights = graded(frame, name, weight)
    total = float(weights.sum())
    told: dict[str, Any] = {
        "count": len(values), "lacking": frame.height - len(values),
        "zeros": int((values == 0).sum()), "weight": total,
    }  # fmt: skip
    names = ("minimum", "maximum", "mean", "sd", "cv", "skew", "geometric_mean")
    quantiles = [f"q{round(100 * p):02d}" for p in QUANTILES]
    if not len(values) or total <= 0:
        return {**told, **dict.fromkeys([*names, *quantiles])}
    mean = float(weights @ values / total)
    off = values - mean
    sd = math.sqrt(float(weights @ off**2 / total))
    positive = values > 0
    geometric = None
    if bool(positive.any()) and float(weights[positive].sum()) > 0:
        logs = np.log(values[positive])
        geometric = math.exp(float(weights[positive] @ logs / weights[positive].sum()))
    return {
        **told, "minimum": float(values.min()), "maximum": float(values.max()), "mean": mean,
        "sd": sd, "cv": sd / mean if mean > 0 else None,
        "skew": float(weights @ (off / sd) ** 3 / total) if sd > 0 else None,
        "geometric_mean": geometric,
        **dict(zip(quantiles, weighted_quantiles(values, weights, QUANTILES), strict=True)),
    }  # fmt: skip


def weighted_quantiles(
    values: Floats, weights: Floats, shares: Sequence[float]
) -> tuple[float, ...]:
    """Return quantiles by Hazen's rule.

    >>> weighted_quantiles(np.array([1.0, 2.0, 3.0]), np.ones(3), [0.5])
    (2.0,)
    """
    order = np.argsort(values, kind="stable")
    ordered, weight = values[order], weights[order]
    middle = (np.cumsum(weight) - weight / 2) / weight.sum()
    return tuple(float(one) for one in np.interp(np.asarray(shares), middle, ordered))


def histogram(
    frame: pl.DataFrame,
    analyte: str,
    *,
    weight: str | None = None,
    bins: int = 30,
    logarithmic: bool = False,
) -> pl.DataFrame:
    """Return a histogram: ``low, high, count, share`` of the weight in each class.

    Logarithmic classes leave out what is not above zero.

    Raises
    ------
    InputError
        If the column is not there, or there is nothing to count.
    """
    _known(frame, [analyte, *([weight] if weight else [])])
    values, weights = graded(frame, analyte, weight)
    if logarithmic:
        values, weights = values[values > 0], weights[values > 0]
    if not len(values) or bins < 1:
        raise InputError(f"there is nothing to count of {analyte}")
    low, high = float(values.min()), float(values.max())
    if low == high:
        edges = np.array([low, high])
        bins = 1
    elif logarithmic:
        edges = np.geomspace(low, high, bins + 1)
        edges[0], edges[-1] = low, high
    else:
        edges = np.linspace(low, high, bins + 1)
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    share = np.bincount(place, weights, bins) / weights.sum()
    return pl.DataFrame({"low": edges[:-1], "high": edges[1:], "count": count, "share": share})


def probability_points(
    frame: pl.DataFrame, analyte: str, *, weight: str | None = None
) -> pl.DataFrame:
    """Return the points of a log-probability plot: ``grade, share_below, normal_score``.

    A lognormal population is a straight line; a kink is where two meet. Grades of zero have no
    logarithm: they count in ``share_below`` and are no points. Of many points about
    ``POINTS_MAX`` are kept, all of the upper tail among them.
    """
    from scipy.special import ndtri

    _known(frame, [analyte, *([weight] if weight else [])])
    values, weights = graded(frame, analyte, weight)
    if not len(values) or weights.sum() <= 0:
        raise InputError(f"there is nothing to plot of {analyte}")
    order = np.argsort(values, kind="stable")
    share = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    index = np.arange(len(values))
    if len(values) > POINTS_MAX:
        even = np.linspace(0, len(values) - 1, POINTS_MAX - 100).round().astype(np.int64)
        index = np.unique(np.concatenate([even, index[-100:]]))
    index = index[values[order][index] > 0]
    chosen = share[index]
    return pl.DataFrame({
        "grade": values[order][index], "share_below": chosen, "normal_score": ndtri(chosen),
    })  # fmt: skip


def correlations(frame: pl.DataFrame, analytes: Sequence[str]) -> pl.DataFrame:
    """Return the correlation of every pair: ``one, other, pairs, pearson, spearman``.

    ``spearman`` is that of the ranks. Both are null where fewer than three rows have both grades,
    or one of them never changes.
    """
    _known(frame, analytes)
    rows = []
    for position, one in enumerate(analytes):
        for other in analytes[position + 1 :]:
            both = frame.select(one, other).drop_nulls()
            told: dict[str, Any] = {"one": one, "other": other, "pairs": both.height}
            varied = both.height >= 3 and min(both[one].n_unique(), both[other].n_unique()) > 1
            ranks = both.select(pl.all().rank("average"))
            told["pearson"] = _pearson(both, one, other) if varied else None
            told["spearman"] = _pearson(ranks, one, other) if varied else None
            rows.append(told)
    kinds: dict[str, Any] = {"one": pl.String, "other": pl.String, "pairs": pl.Int64,
                             "pearson": pl.Float64, "spearman": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=kinds)


def _pearson(frame: pl.DataFrame, one: str, other: str) -> float:
    return float(frame.select(pl.corr(one, other)).item())
