"""Cell declustering: samples that stand close together count less.

The ground is divided into cells, and every occupied cell has the same weight, shared by its
samples; the weights are the mean over several origins of the grid (Deutsch and Journel, GSLIB,
1998, program declus). The mean grade over cell sizes has its lowest point where rich ground was
drilled more densely, and there the size is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from oreline.model import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ORIGINS = 8
"""How many origins of the grid are tried, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Declustering:
    """Weights of samples, and how the mean depends on the size of the cells.

    Attributes
    ----------
    weights
        One for each sample; their mean is one. Shape (n,).
    cell_m
        The size of the cells along x, y, z.
    mean
        The weighted mean.
    plain_mean
        The mean without weights.
    curve
        ``x_m, y_m, z_m, mean`` of every size that was tried.
    """

    weights: Floats
    cell_m: tuple[float, float, float]
    mean: float
    plain_mean: float
    curve: pl.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Return all but the weights."""
        return {
            "cell_m": list(self.cell_m), "mean": self.mean, "plain_mean": self.plain_mean,
            "curve": self.curve.to_dict(as_series=False),
        }  # fmt: skip


def cell_weights(points_m: Floats, cell_m: Sequence[float], origins: int = ORIGINS) -> Floats:
    """Return the weights of samples for one size of cells; their mean is one.

    Parameters
    ----------
    points_m
        x, y, z of the samples; shape (n, 3).
    cell_m
        The size along x, y, z.
    origins
        How many origins of the grid are tried; each is moved by a part of the cell.
    """
    low = points_m.min(axis=0)
    size = np.asarray(cell_m, dtype=np.float64)
    step = np.minimum(size / origins, 0.5 * np.ptp(points_m, axis=0))
    weights = np.zeros(len(points_m))
    for number in range(origins):
        place = np.floor((points_m - (low - number * step)) / size).astype(np.int64)
        spans = place.max(axis=0) + 1
        key = (place[:, 0] * spans[1] + place[:, 1]) * spans[2] + place[:, 2]
        _, cell, count = np.unique(key, return_inverse=True, return_counts=True)
        share = 1.0 / count[cell]
        weights += share / share.sum()
    scaled: Floats = weights * (len(points_m) / weights.sum())
    return scaled


def decluster(
    points_m: Floats,
    grades: Floats,
    sizes_m: Sequence[float],
    *,
    y_ratio: float = 1.0,
    z_ratio: float = 1.0,
    origins: int = ORIGINS,
    look_for: str = "minimum",
) -> Declustering:
    """Decluster samples by cells; of several sizes take the one with the lowest mean.

    Parameters
    ----------
    points_m
        x, y, z of the samples; shape (n, 3).
    grades
        Their grades; shape (n,).
    sizes_m
        The sizes along x to try; one decides.
    y_ratio, z_ratio
        The size along y and z over that along x.
    origins
        How many origins of the grid are tried.
    look_for
        ``minimum``, or ``maximum`` where poor ground was drilled more densely.

    Raises
    ------
    InputError
        If there are no samples, a grade or a place is missing, or a size is not positive.
    """
    points, values = np.asarray(points_m, np.float64), np.asarray(grades, np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or len(points) != len(values) or not len(values):
        raise InputError("declustering takes x, y, z and a grade of each sample, at least one")
    if not (np.isfinite(points).all() and np.isfinite(values).all()):
        raise InputError("some samples have no grade or no place; leave them out")
    if not len(sizes_m) or not all(size > 0 for size in (*sizes_m, y_ratio, z_ratio, origins)):
        raise InputError("sizes of cells, their ratios and the number of origins are positive")
    if look_for not in {"minimum", "maximum"}:
        raise InputError(f"look for the minimum or the maximum, not {look_for!r}")
    rows, weighed = [], []
    for size in sizes_m:
        cell = (float(size), float(size) * y_ratio, float(size) * z_ratio)
        weights = cell_weights(points, cell, origins)
        weighed.append(weights)
        rows.append((*cell, float(weights @ values / weights.sum())))
    curve = pl.DataFrame(rows, schema=["x_m", "y_m", "z_m", "mean"], orient="row")
    means = curve["mean"].to_numpy()
    best = int(np.argmin(means) if look_for == "minimum" else np.argmax(means))
    x, y, z, mean = rows[best]
    return Declustering(weighed[best], (x, y, z), mean, float(values.mean()), curve)
