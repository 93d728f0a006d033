"""Experimental variograms: how much grades differ, by distance and direction."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._kriging_samples import Samples
from oreline.explore._variogram import Rotation
from oreline.model import InputError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

PIECE = 256
"""How many samples one thread pairs with the others at a time; pieces are summed in order."""
EVERY_WAY = -2.0
"""The cosine that stands for no direction at all."""


class Pairs(StrEnum):
    """Which pairs of samples are compared."""

    ALL = "all"
    ONE_HOLE = "one hole"
    """Of one hole only: a downhole variogram, which shows the nugget."""
    DIFFERENT_HOLES = "different holes"


class Measure(StrEnum):
    """What is told of a lag."""

    VARIOGRAM = "variogram"
    """Half the mean squared difference."""
    COVARIANCE = "covariance"
    """The variance of all samples less the covariance of the pairs, about the lag's own means."""
    CORRELOGRAM = "correlogram"
    """1 less the correlation of the pairs, times the variance of all samples."""


@dataclass(frozen=True, slots=True)
class Direction:
    """A direction in which pairs are looked for.

    Parameters
    ----------
    azimuth_deg, dip_deg
        Clockwise from north; negative downwards. Opposite directions are the same.
    tolerance_deg
        How far a pair may point from it; 90 is every way.
    bandwidth_m
        How far a pair may end from the line through its first sample; None is no limit.
    name
        What it is called in tables.
    """

    azimuth_deg: float = 0.0
    dip_deg: float = 0.0
    tolerance_deg: float = 22.5
    bandwidth_m: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.tolerance_deg <= 90:
            raise InputError(f"a tolerance of {self.tolerance_deg} degrees: give 0 to 90")
        if self.bandwidth_m is not None and not self.bandwidth_m > 0:
            raise InputError(f"a bandwidth of {self.bandwidth_m} m: give a length over 0")

    @property
    def label(self) -> str:
        """Return the name, or the angles where there is none."""
        return self.name or f"{self.azimuth_deg:g}/{self.dip_deg:g}"

    def axis(self) -> Floats:
        """Return the unit vector east, north, up."""
        return np.asarray(Rotation(self.azimuth_deg, self.dip_deg).matrix()[0])


def along_axes(
    rotation: Rotation, tolerance_deg: float = 22.5, bandwidth_m: float | None = None
) -> tuple[Direction, Direction, Direction]:
    """Return the directions of the three axes of an ellipsoid: what a model is fitted to."""
    made = []
    for name, (x, y, z) in zip(("major", "semi-major", "minor"), rotation.matrix(), strict=True):
        azimuth = math.degrees(math.atan2(x, y))
        dip = math.degrees(math.asin(min(1.0, max(-1.0, z))))
        made.append(Direction(azimuth, dip, tolerance_deg, bandwidth_m, name))
    return made[0], made[1], made[2]


@dataclass(frozen=True, slots=True, eq=False)
class ExperimentalVariogram:
    """An experimental variogram of one analyte.

    ``pairs``, ``distance_m`` and ``gamma`` are (directions, lags); where there is no pair, distance
    and gamma are NaN. ``directions`` is empty where pairs of every direction were taken; then
    there is one row.
    """

    analyte: str
    measure: Measure
    pairs_of: Pairs
    directions: tuple[Direction, ...]
    edges_m: Floats
    pairs: NDArray[np.int64]
    distance_m: Floats
    gamma: Floats
    variance: float
    samples: int

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what each row is called."""
        if not self.directions:
            return ("downhole" if self.pairs_of is Pairs.ONE_HOLE else "every way",)
        return tuple(direction.label for direction in self.directions)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each direction and lag."""
        import polars as pl

        rows, lags = self.pairs.shape
        return pl.DataFrame(
            {
                "analyte": [self.analyte] * (rows * lags),
                "direction": [label for label in self.labels for _ in range(lags)],
                "from_m": np.tile(self.edges_m[:-1], rows),
                "to_m": np.tile(self.edges_m[1:], rows),
                "pairs": self.pairs.ravel(),
                "distance_m": self.distance_m.ravel(),
                "gamma": self.gamma.ravel(),
            }
        ).with_columns(pl.col("distance_m", "gamma").fill_nan(None))

    def to_json(self) -> dict[str, Any]:
        """Return the variogram as a JSON object."""
        frame = self.to_frame().drop("analyte")
        return {
            "analyte": self.analyte,
            "measure": str(self.measure),
            "pairs_of": str(self.pairs_of),
            "samples": self.samples,
            "variance": self.variance,
            "lags": frame.to_dicts(),
        }


def lag_edges(lag_m: float, lags: int) -> Floats:
    """Return the edges of lags of one width, the first from nothing.

    Raises
    ------
    InputError
        If the width or the number is not positive.
    """
    if not (math.isfinite(lag_m) and lag_m > 0 and lags >= 1):
        raise InputError(f"{lags} lags of {lag_m} m: give a length over 0 and at least one lag")
    return np.asarray(np.arange(lags + 1) * lag_m)


def experimental_variogram(
    samples: Samples,
    edges_m: Sequence[float] | Floats,
    directions: Sequence[Direction] = (),
    *,
    pairs: Pairs = Pairs.ALL,
    measure: Measure = Measure.VARIOGRAM,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[ExperimentalVariogram, ...]:
    """Return the experimental variogram of each analyte, all from one pass over the pairs.

    Parameters
    ----------
    samples
        Composites of one length; an analyte that one of a pair lacks is left out of that pair.
    edges_m
        Limits of the lags, rising; a pair belongs to a lag if lower < distance <= upper, so that
        samples at one place are never compared.
    directions
        Without any, pairs of every direction.
    pairs
        Which pairs; ``Pairs.ONE_HOLE`` is the downhole variogram.
    measure
        What to tell; all are in squared grades and comparable with a model.
    workers, progress
        Number of threads; called now and then.

    Raises
    ------
    InputError
        If the lags do not rise.
    """
    from oreline.explore._variogram_kernels import pair_sums

    edges = np.asarray(edges_m, np.float64)
    if edges.ndim != 1 or edges.size < 2 or not (np.diff(edges) > 0).all() or edges[0] < 0:
        raise InputError("the limits of lags must rise, from 0 or more")
    # Sorted along the longest way of the field, of which a sample sees only its furthest lag.
    ways = np.argsort(-np.ptp(samples.xyz_m, axis=0), kind="stable")
    order = np.argsort(samples.xyz_m[:, ways[0]], kind="stable")
    xyz = np.ascontiguousarray(samples.xyz_m[order][:, ways])
    # About their means: squares of far numbers would eat the digits of a covariance.
    middle = means_of_known(samples.values)
    value = np.ascontiguousarray(samples.values[order] - middle)
    hole = samples.hole_numbers()[order]
    axes, cosines, bands = _limits(directions)
    axes = np.ascontiguousarray(axes[:, ways])
    mode = list(Pairs).index(pairs)
    shape = (axes.shape[0], edges.size - 1, value.shape[1], 8)

    def piece(start: int) -> Floats:
        sums = np.zeros(shape)
        stop = min(start + PIECE, samples.n)
        pair_sums(start, stop, xyz, value, hole, mode, edges, axes, cosines, bands, sums)
        return sums

    total = np.zeros(shape)
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for number, sums in enumerate(pool.map(piece, range(0, samples.n, PIECE))):
            total += sums
            if progress is not None:
                progress("comparing samples", min((number + 1) * PIECE, samples.n), samples.n)
    return tuple(
        _told(samples, column, total[:, :, column], edges, tuple(directions), pairs, measure)
        for column in range(len(samples.analytes))
    )


def means_of_known(values: Floats) -> Floats:
    """Return the mean of each column without what is not known; zero where nothing is."""
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _limits(directions: Sequence[Direction]) -> tuple[Floats, Floats, Floats]:
    if not directions:
        return np.zeros((1, 3)), np.array([EVERY_WAY]), np.array([np.inf])
    axes = np.array([direction.axis() for direction in directions])
    cosines = [math.cos(math.radians(direction.tolerance_deg)) for direction in directions]
    bands = [
        math.inf if direction.bandwidth_m is None else direction.bandwidth_m
        for direction in directions
    ]
    return axes, np.array(cosines), np.array(bands)


def _told(
    samples: Samples,
    column: int,
    sums: Floats,
    edges: Floats,
    directions: tuple[Direction, ...],
    pairs: Pairs,
    measure: Measure,
) -> ExperimentalVariogram:
    known = samples.values[:, column][~np.isnan(samples.values[:, column])]
    variance = float(known.var()) if known.size else math.nan
    n = np.where(sums[..., 0] > 0, sums[..., 0], np.nan)
    mean = np.moveaxis(sums, -1, 0)[1:] / n
    distance, square, head, tail, heads, tails, product = mean
    if not directions:
        # Which of the two samples is the head has no meaning: each pair counts both ways.
        head = tail = (head + tail) / 2
        heads = tails = (heads + tails) / 2
    gamma = square / 2 if measure is Measure.VARIOGRAM else variance - (product - head * tail)
    if measure is Measure.CORRELOGRAM:
        spread = np.sqrt(np.maximum((heads - head**2) * (tails - tail**2), 0.0))
        correlation = np.divide(
            product - head * tail, spread, out=np.full_like(spread, np.nan), where=spread > 0
        )
        gamma = variance * (1 - correlation)
    return ExperimentalVariogram(
        samples.analytes[column], measure, pairs, directions, edges,
        sums[..., 0].astype(np.int64), distance, gamma, variance, int(known.size),
    )  # fmt: skip


def normal_scores(values: Floats, weights: Floats | None = None) -> Floats:
    """Return the normal score of each value: the standard normal quantile of its rank.

    Parameters
    ----------
    values
        Grades; NaN stays NaN. Equal grades are ranked in the order they stand, so that no two
        scores are equal: a histogram of many equal grades becomes normal too.
    weights
        Declustering weights; without them all count the same.

    References
    ----------
    Deutsch and Journel, GSLIB (2nd ed., 1998), section VI.2.2: rank less half its own weight.
    """
    from scipy.special import ndtri

    known = ~np.isnan(values)
    weight = np.ones(values.size) if weights is None else np.asarray(weights, np.float64)
    if weight.shape != values.shape or not (weight[known] > 0).all():
        raise InputError("normal scores need one weight over 0 for each grade")
    order = np.flatnonzero(known)[np.argsort(values[known], kind="stable")]
    share = weight[order] / weight[order].sum()
    scores = np.full(values.size, np.nan)
    scores[order] = ndtri(np.cumsum(share) - share / 2)
    return scores
