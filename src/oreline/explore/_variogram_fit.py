"""Fitting a model to experimental variograms: nested, anisotropic, the nugget from downhole.

For given ranges a model is linear in its nugget and sills, so that these follow from non-negative
least squares (Lawson and Hanson 1974); only the ranges are searched for, in logarithms, from
several starts. Weights after Cressie (Mathematical Geology 17, 1985): pairs, over squared distance
so that the beginning of the variogram, which decides on estimates, is met best.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._variogram import Rotation, Structure, StructureKind, Variogram, shape
from oreline.explore._variogram_experimental import ExperimentalVariogram
from oreline.model import Finding, InputError, Severity

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

NUGGET_SHARE_MAX = 0.6
"""A nugget over this share of the sill is warned of."""
PAIRS_MIN = 30
"""A lag of fewer pairs does not count in a fit (Journel and Huijbregts 1978, section III.B)."""
SILL_RATIO_MAX = 1.3
"""A sill so many times the variance of the samples, or its inverse, is warned of."""
STARTS = (0.1, 0.25, 0.5, 0.8)
"""Where the search for a range begins, in shares of the furthest lag."""
RANGE_RATIO_MAX = 3.0
"""A range is looked for up to so many times the furthest lag."""
DOWNHOLE_LAGS = 8
"""How many lags of a downhole variogram show the nugget."""


class FitWeights(StrEnum):
    """What a lag counts in a fit."""

    PAIRS = "pairs"
    PAIRS_OVER_DISTANCE2 = "pairs over distance squared"


@dataclass(frozen=True, slots=True, eq=False)
class FittedVariogram:
    """A model, what it was fitted to, and what is odd about it.

    ``error`` is the weighted root mean square of experimental less modelled variogram, in squared
    grades; ``nugget_from`` says where the nugget is from.
    """

    analyte: str
    variogram: Variogram
    experimental: ExperimentalVariogram
    error: float
    nugget_from: str
    findings: tuple[Finding, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return the lags with the model's value beside each."""
        import polars as pl

        _, vectors = _lags(self.experimental, 0, keep_empty=True)
        modelled = np.full(len(vectors), np.nan)
        known = ~np.isnan(vectors).any(axis=1)
        modelled[known] = self.variogram.gamma(vectors[known])
        column = pl.Series("model", modelled).fill_nan(None)
        return self.experimental.to_frame().with_columns(column)

    def to_json(self) -> dict[str, Any]:
        """Return the model and its lags as a JSON object."""
        return {
            "analyte": self.analyte,
            "variogram": self.variogram.to_json(),
            "nugget_from": self.nugget_from,
            "error": self.error,
            "experimental": self.experimental.to_json(),
            "findings": [finding.to_json() for finding in self.findings],
        }


def fit_variogram(
    experimental: ExperimentalVariogram,
    kinds: Sequence[StructureKind] = (StructureKind.SPHERICAL,),
    *,
    rotation: Rotation | None = None,
    downhole: ExperimentalVariogram | None = None,
    nugget: float | None = None,
    weights: FitWeights = FitWeights.PAIRS_OVER_DISTANCE2,
) -> FittedVariogram:
    """Fit nested structures to an experimental variogram.

    Parameters
    ----------
    experimental
        Without directions, the model is isotropic. With directions (see ``along_axes``) three
        ranges are fitted along the axes of ``rotation``.
    kinds
        The kind of each structure, from the shortest to the longest range.
    rotation
        How the axes lie; needed with directions.
    downhole
        A downhole variogram, from whose first lags the nugget is taken.
    nugget
        A nugget that is known; without it and without a downhole variogram it is fitted along.
    weights
        What a lag counts.

    Returns
    -------
    FittedVariogram
        Findings are ORL-0931 (nearly all nugget), ORL-0932 (a range beyond what was looked at),
        ORL-0933 (few lags or pairs), ORL-0934 (a sill far from the variance).

    Raises
    ------
    InputError
        If no lag has enough pairs, there are no kinds, or directions come without a rotation.
    """
    if not kinds:
        raise InputError("a model needs at least one structure to fit")
    if experimental.directions and rotation is None:
        raise InputError("a fit to directions needs the rotation of the axes")
    axes = rotation or Rotation()
    known, nugget_from = nugget, "given" if nugget is not None else "fitted"
    if nugget is None and downhole is not None:
        known, nugget_from = nugget_of(downhole, kinds[0], weights), "downhole"
    gamma, vectors = _lags(experimental, PAIRS_MIN)
    if gamma.size == 0:
        raise InputError(
            f"no lag of {experimental.analyte} has {PAIRS_MIN} pairs: make lags longer"
        )
    weight = _weights(experimental, weights)
    is_isotropic = not experimental.directions
    axis_vectors = vectors @ axes.matrix().T
    found, error = _search(axis_vectors, gamma, weight, kinds, known, is_isotropic)
    model = _model(found, kinds, axes, is_isotropic)
    return FittedVariogram(
        experimental.analyte, model, experimental, error, nugget_from,
        tuple(_odd(model, experimental, gamma.size)),
    )  # fmt: skip


def beside(
    model: Variogram, experimental: ExperimentalVariogram, nugget_from: str
) -> FittedVariogram:
    """Set a known model beside an experimental variogram, as if it had been fitted to it.

    Raises
    ------
    InputError
        If no lag has enough pairs.
    """
    gamma, vectors = _lags(experimental, PAIRS_MIN)
    if gamma.size == 0:
        raise InputError(
            f"no lag of {experimental.analyte} has {PAIRS_MIN} pairs: make lags longer"
        )
    weight = _weights(experimental, FitWeights.PAIRS_OVER_DISTANCE2)
    error = float(np.sqrt((weight * (model.gamma(vectors) - gamma) ** 2).sum()))
    odd = tuple(_odd(model, experimental, gamma.size))
    return FittedVariogram(experimental.analyte, model, experimental, error, nugget_from, odd)


def nugget_of(
    downhole: ExperimentalVariogram,
    kind: StructureKind = StructureKind.SPHERICAL,
    weights: FitWeights = FitWeights.PAIRS_OVER_DISTANCE2,
) -> float:
    """Return the nugget that the first lags of a downhole variogram show.

    One structure is fitted to DOWNHOLE_LAGS lags, and carried back to no distance.
    """
    first = _first_lags(downhole, DOWNHOLE_LAGS)
    gamma, vectors = _lags(first, PAIRS_MIN)
    if gamma.size < 2:
        raise InputError(
            f"the downhole variogram of {downhole.analyte} has fewer than two lags with "
            f"{PAIRS_MIN} pairs: no nugget shows; give one"
        )
    found, _ = _search(vectors, gamma, _weights(first, weights), (kind,), None, is_isotropic=True)
    return found.nugget


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    nugget: float
    sills: Floats
    ranges_m: Floats


def _first_lags(given: ExperimentalVariogram, n: int) -> ExperimentalVariogram:
    return ExperimentalVariogram(
        given.analyte, given.measure, given.pairs_of, given.directions, given.edges_m[: n + 1],
        given.pairs[:, :n], given.distance_m[:, :n], given.gamma[:, :n], given.variance,
        given.samples,
    )  # fmt: skip


def _is_used(given: ExperimentalVariogram, pairs_min: int) -> NDArray[np.bool_]:
    return np.asarray((given.pairs >= max(pairs_min, 1)) & ~np.isnan(given.gamma)).ravel()


def _lags(
    given: ExperimentalVariogram, pairs_min: int, *, keep_empty: bool = False
) -> tuple[Floats, Floats]:
    """Return gamma and the mean vector (n, 3) of the lags with enough pairs."""
    if given.directions:
        axes = np.array([direction.axis() for direction in given.directions])
    else:
        axes = np.array([[1.0, 0.0, 0.0]])
    vectors = (given.distance_m[:, :, None] * axes[:, None, :]).reshape(-1, 3)
    used = np.ones(len(vectors), np.bool_) if keep_empty else _is_used(given, pairs_min)
    return given.gamma.ravel()[used], vectors[used]


def _weights(given: ExperimentalVariogram, weights: FitWeights) -> Floats:
    used = _is_used(given, PAIRS_MIN)
    pairs, distance = given.pairs.ravel()[used], given.distance_m.ravel()[used]
    weight = pairs.astype(np.float64)
    if weights is FitWeights.PAIRS_OVER_DISTANCE2:
        weight = weight / distance**2
    return np.asarray(weight / weight.sum())


def _search(
    vectors: Floats,
    gamma: Floats,
    weight: Floats,
    kinds: Sequence[StructureKind],
    nugget: float | None,
    is_isotropic: bool,
) -> tuple[_Found, float]:
    """Search for the ranges; return them with nugget and sills, and the weighted error."""
    from scipy.optimize import least_squares

    distance = np.sqrt((vectors**2).sum(axis=1))
    far, near = float(distance.max()), float(distance.min())
    per_kind = 1 if is_isotropic else 3
    root = np.sqrt(weight)

    def solved(log_ranges: Floats) -> tuple[_Found, Floats]:
        ranges = np.exp(log_ranges).reshape(len(kinds), per_kind)
        return _sills(vectors, gamma, root, kinds, nugget, ranges)

    def rest_of(log_ranges: Floats) -> Floats:
        return solved(log_ranges)[1]

    best: tuple[float, Floats] | None = None
    for shares in _starts(len(kinds)):
        start = np.log(np.repeat(np.asarray(shares) * far, per_kind))
        low, high = math.log(near / 4), math.log(RANGE_RATIO_MAX * far)
        answer = least_squares(rest_of, np.clip(start, low + 1e-6, high - 1e-6), bounds=(low, high))
        if best is None or answer.cost < best[0] * (1 - 1e-9):
            best = float(answer.cost), answer.x
    assert best is not None, "there is always a start"
    found, rest = solved(best[1])
    return found, float(np.sqrt((rest**2).sum()))


def _starts(structures: int) -> list[tuple[float, ...]]:
    """Return rising shares of the furthest lag to begin with."""
    if structures == 1:
        return [(share,) for share in STARTS]
    ends = [0.4, 0.7, 1.0]
    return [tuple(np.geomspace(end / 2.0**structures, end, structures)) for end in ends]


def _sills(
    vectors: Floats,
    gamma: Floats,
    root: Floats,
    kinds: Sequence[StructureKind],
    nugget: float | None,
    ranges: Floats,
) -> tuple[_Found, Floats]:
    """Return nugget and sills for given ranges, and the weighted differences."""
    from scipy.optimize import nnls

    columns = [
        shape(kind, np.sqrt(((vectors / ranges[at]) ** 2).sum(axis=1)))
        for at, kind in enumerate(kinds)
    ]
    if nugget is None:
        columns.append(np.ones_like(gamma))
    matrix = np.stack(columns, axis=1)
    wanted = gamma - (nugget or 0.0)
    parts, _ = nnls(matrix * root[:, None], wanted * root)
    rest = (matrix @ parts - wanted) * root
    known = float(parts[-1]) if nugget is None else nugget
    return _Found(known, parts[: len(kinds)], ranges), rest


def _model(
    found: _Found, kinds: Sequence[StructureKind], rotation: Rotation, is_isotropic: bool
) -> Variogram:
    structures = []
    for at, kind in enumerate(kinds):
        if found.sills[at] <= 0:
            continue
        ranges = np.repeat(found.ranges_m[at], 3) if is_isotropic else found.ranges_m[at]
        major, semi, minor = (float(value) for value in ranges)
        turned = Rotation() if is_isotropic else rotation
        structures.append(Structure(kind, float(found.sills[at]), (major, semi, minor), turned))
    structures.sort(key=lambda structure: max(structure.ranges_m))
    return Variogram(found.nugget, tuple(structures))


def _odd(model: Variogram, given: ExperimentalVariogram, used: int) -> list[Finding]:
    """Return what is odd about a fitted model."""
    where, findings = f"variogram of {given.analyte}", []
    far = float(given.edges_m[-1])

    def warn(code: str, message: str, fix: str) -> None:
        findings.append(Finding(code, Severity.WARNING, where, message, fix))

    share = model.nugget / model.sill
    if share > NUGGET_SHARE_MAX:
        warn(
            "ORL-0931",
            f"the nugget is {share:.0%} of the sill: samples say little about their neighbourhood",
            "look at duplicates, top cuts and the length of composites; take shorter lags",
        )
    for structure in model.structures:
        longest = max(structure.ranges_m)
        if longest > far:
            warn(
                "ORL-0932",
                f"a range of {longest:,.0f} m lies beyond the furthest lag, {far:,.0f} m",
                "take longer lags up to half the field, look for a trend, or set the range",
            )
    if used < 3 * max(1, len(model.structures)):
        warn(
            "ORL-0933",
            f"only {used} lags have {PAIRS_MIN} pairs and more",
            "take longer lags, wider tolerances or fewer structures",
        )
    ratio = model.sill / given.variance if given.variance > 0 else math.inf
    if not 1 / SILL_RATIO_MAX <= ratio <= SILL_RATIO_MAX:
        warn(
            "ORL-0934",
            f"the sill is {ratio:.2f} times the variance of the samples",
            "look for clusters, a trend or mixed domains; kriging variances follow the sill",
        )
    return findings
