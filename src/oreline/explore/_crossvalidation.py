"""Is a model any good? Each sample estimated from the others, slices, and the whole mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._kriging import Progress, krige
from oreline.explore._kriging_samples import Samples
from oreline.explore._search import LeftOut, SearchPass
from oreline.explore._variogram import Variogram
from oreline.model import Finding, InputError, Severity

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

BIAS_MAX = 0.05
"""A mean of blocks so far from the declustered mean of samples, as a share, is warned of."""


class LeaveOut(StrEnum):
    """What each sample is estimated without."""

    SAMPLE = "sample"
    """Itself; the next sample of its hole is metres away, so that this flatters."""
    HOLE = "hole"
    """Its whole hole: what a new hole there would have been told."""


@dataclass(frozen=True, slots=True)
class ValidationScores:
    """How well the samples of one analyte were estimated.

    ``slope`` is that of true on estimated grades (1 is right; below, rich estimates are too rich);
    standardised errors are errors over the square root of the kriging variance: their mean should
    be near 0 and their variance near 1. None is not known.
    """

    analyte: str
    estimated: int
    not_estimated: int
    mean_true: float | None
    mean_estimated: float | None
    mean_error: float | None
    mean_absolute_error: float | None
    mean_squared_error: float | None
    correlation: float | None
    slope: float | None
    mean_standardised: float | None
    variance_standardised: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the scores as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, eq=False)
class CrossValidation:
    """Samples beside what the others say of them: (n, k) arrays, NaN where not estimated.

    ``by_domain`` has the scores of each domain where those are kept apart.
    """

    samples: Samples
    left_out: LeaveOut
    estimated: Floats
    variance: Floats
    scores: tuple[ValidationScores, ...]
    by_domain: Mapping[str, tuple[ValidationScores, ...]] = field(default_factory=dict)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each sample and analyte that was measured and estimated."""
        import polars as pl

        parts = []
        for column, name in enumerate(self.samples.analytes):
            true, estimated = self.samples.values[:, column], self.estimated[:, column]
            rows = np.flatnonzero(~np.isnan(true) & ~np.isnan(estimated))
            error = estimated[rows] - true[rows]
            x, y, z = self.samples.xyz_m[rows].T
            parts.append(
                pl.DataFrame(
                    {
                        "sample": [self.samples.name(int(row)) for row in rows],
                        "analyte": [name] * rows.size,
                        "x_m": x,
                        "y_m": y,
                        "z_m": z,
                        "true": true[rows],
                        "estimated": estimated[rows],
                        "error": error,
                        "standardised": _standardised(error, self.variance[rows, column]),
                    }
                )
            )
        return pl.concat(parts).with_columns(pl.col("standardised").fill_nan(None))

    def to_json(self) -> dict[str, Any]:
        """Return the scores as a JSON object."""
        return {
            "left_out": str(self.left_out),
            "samples": self.samples.n,
            "analytes": [score.to_json() for score in self.scores],
            "domains": {
                code: [score.to_json() for score in scores]
                for code, scores in self.by_domain.items()
            },
        }


def cross_validate(
    samples: Samples,
    variograms: Variogram | Mapping[str, Variogram],
    passes: Sequence[SearchPass],
    leave_out: LeaveOut = LeaveOut.HOLE,
    *,
    means: Mapping[str, float] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> CrossValidation:
    """Krige each sample from the others, and score what comes out.

    Parameters
    ----------
    samples
        Composites; for ``LeaveOut.HOLE`` with their holes.
    variograms, passes, means, workers, progress
        As of :func:`krige`.
    leave_out
        What each sample is estimated without.

    Raises
    ------
    InputError
        If holes are to be left out and are not known.
    """
    if leave_out is LeaveOut.HOLE and samples.hole is None:
        raise InputError("whole holes can be left out only where the samples say their hole")
    nothing = np.full(samples.n, -1)
    if leave_out is LeaveOut.HOLE:
        out = LeftOut(nothing, samples.hole_numbers())
    else:
        out = LeftOut(np.arange(samples.n), np.full(samples.n, -2))
    found = krige(
        samples.xyz_m, samples, variograms, passes,
        means=means, left_out=out, workers=workers, progress=progress,
    )  # fmt: skip
    variance = np.stack([found.variance(name) for name in samples.analytes], axis=1)
    return CrossValidation(
        samples, leave_out, found.values, variance, scores_of(samples, found.values, variance)
    )


def scores_of(
    samples: Samples, estimated: Floats, variance: Floats
) -> tuple[ValidationScores, ...]:
    """Return the scores of each analyte, from (n, k) arrays."""
    return tuple(
        _scores(name, samples.values[:, column], estimated[:, column], variance[:, column])
        for column, name in enumerate(samples.analytes)
    )


def _standardised(error: Floats, variance: Floats) -> Floats:
    root = np.sqrt(variance)
    return np.divide(error, root, out=np.full_like(error, np.nan), where=root > 0)


def _scores(analyte: str, true: Floats, estimated: Floats, variance: Floats) -> ValidationScores:
    measured = ~np.isnan(true)
    rows = measured & ~np.isnan(estimated)
    left = int((measured & ~rows).sum())
    x, y = estimated[rows], true[rows]
    if x.size == 0:
        return ValidationScores(analyte, 0, left, *([None] * 9))
    error = x - y
    z = _standardised(error, variance[rows])
    z = z[~np.isnan(z)]
    spread_x, spread_y = float(x.var()), float(y.var())
    together = float(((x - x.mean()) * (y - y.mean())).mean())
    is_spread = spread_x > 0 and spread_y > 0
    return ValidationScores(
        analyte,
        int(x.size),
        left,
        float(y.mean()),
        float(x.mean()),
        float(error.mean()),
        float(np.abs(error).mean()),
        float((error**2).mean()),
        together / math.sqrt(spread_x * spread_y) if is_spread else None,
        together / spread_x if spread_x > 0 else None,
        float(z.mean()) if z.size else None,
        float(z.var()) if z.size else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Swath:
    """Means of slices through a model, beside those of other estimates and of the samples.

    ``middle_m`` is the middle of each slice along the axis; ``means`` has a column for each series,
    NaN where a slice has none of it; ``counts`` says of how many blocks or samples.
    """

    analyte: str
    axis: str
    middle_m: Floats
    means: Mapping[str, Floats]
    counts: Mapping[str, NDArray[np.int64]]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each slice."""
        import polars as pl

        columns: dict[str, Any] = {"middle_m": self.middle_m}
        for name, values in self.means.items():
            columns |= {name: values, f"{name}_count": self.counts[name]}
        return pl.DataFrame(columns).with_columns(pl.col(list(self.means)).fill_nan(None))

    def to_json(self) -> dict[str, Any]:
        """Return the slices as a JSON object."""
        slices = self.to_frame().to_dicts()
        return {"analyte": self.analyte, "axis": self.axis, "slices": slices}


def swath(
    analyte: str,
    series: Mapping[str, tuple[Floats, Floats, Floats | None]],
    width_m: float,
    axis: str = "x",
) -> Swath:
    """Cut slices across an axis and average what lies in each.

    Parameters
    ----------
    analyte
        What is averaged.
    series
        By name: places (n, 3), grades (n,), and weights (tonnes, declustering) or None. Grades
        that are NaN are left out.
    width_m
        Width of a slice.
    axis
        ``x``, ``y`` or ``z``.

    Raises
    ------
    InputError
        If the axis is none of these, the width not positive, or nothing is known.
    """
    if axis not in ("x", "y", "z"):
        raise InputError(f"axis {axis!r}: give x, y or z")
    if not (math.isfinite(width_m) and width_m > 0):
        raise InputError(f"a slice of {width_m} m: give a width over 0")
    column = "xyz".index(axis)
    kept: dict[str, tuple[Floats, Floats, Floats]] = {}
    for name, (xyz, values, weights) in series.items():
        rows = ~np.isnan(values)
        weight = np.ones(values.size) if weights is None else weights
        kept[name] = (np.asarray(xyz)[rows, column], values[rows], weight[rows])
    every = np.concatenate([place for place, _, _ in kept.values()]) if kept else np.zeros(0)
    if every.size == 0:
        raise InputError(f"nothing is known of {analyte}, so that there are no slices")
    first = math.floor(float(every.min()) / width_m)
    slices = math.floor(float(every.max()) / width_m) - first + 1
    means: dict[str, Floats] = {}
    counts: dict[str, NDArray[np.int64]] = {}
    for name, (place, values, weight) in kept.items():
        at = np.floor(place / width_m).astype(np.int64) - first
        total = np.bincount(at, weight, slices)
        sums = np.bincount(at, weight * values, slices)
        mean = np.full(slices, np.nan)
        np.divide(sums, total, out=mean, where=total > 0)
        means[name] = mean
        counts[name] = np.bincount(at, minlength=slices)
    middle = np.asarray((first + np.arange(slices) + 0.5) * width_m, np.float64)
    return Swath(analyte, axis, middle, means, counts)


@dataclass(frozen=True, slots=True)
class GlobalBias:
    """The mean of a model beside that of its samples, declustered; ``bias`` is a share."""

    analyte: str
    mean_estimated: float
    mean_declustered: float
    mean_plain: float
    mean_nearest: float | None
    bias: float | None
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the means as a JSON object."""
        told = {name: getattr(self, name) for name in self.__slots__ if name != "findings"}
        return {**told, "findings": [finding.to_json() for finding in self.findings]}


def global_bias(
    analyte: str,
    estimated: Floats,
    sampled: Floats,
    weights: Floats | None = None,
    nearest: Floats | None = None,
) -> GlobalBias:
    """Compare means; where they differ by more than BIAS_MAX, ORL-0935 says so.

    Parameters
    ----------
    analyte
        What was estimated.
    estimated
        Grades of blocks, of equal size.
    sampled, weights
        Grades of samples and their declustering weights.
    nearest
        Grades of the same blocks by nearest sample, which declusters in another way.
    """
    known = ~np.isnan(sampled)
    weight = np.ones(sampled.size) if weights is None else weights
    blocks = estimated[~np.isnan(estimated)]
    if not known.any() or blocks.size == 0:
        raise InputError(f"{analyte}: there is no estimate or no sample to compare")
    declustered = float((weight[known] * sampled[known]).sum() / weight[known].sum())
    mean = float(blocks.mean())
    bias = mean / declustered - 1 if declustered > 0 else None
    findings = []
    if bias is not None and abs(bias) > BIAS_MAX:
        findings.append(
            Finding(
                "ORL-0935",
                Severity.WARNING,
                f"model of {analyte}",
                f"the mean of the blocks, {mean:.4g}, is {abs(bias):.1%} "
                f"{'above' if bias > 0 else 'below'} the declustered mean of the samples, "
                f"{declustered:.4g}",
                "look at slices, domains and blocks far from samples; choose another cell to "
                "decluster by",
            )
        )
    near = None
    if nearest is not None and not np.isnan(nearest).all():
        near = float(nearest[~np.isnan(nearest)].mean())
    return GlobalBias(
        analyte, mean, declustered, float(sampled[known].mean()), near, bias, tuple(findings)
    )
