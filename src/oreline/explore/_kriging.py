"""Estimating many places from their nearest samples: kriging, inverse distance, nearest sample.

Ordinary and simple kriging as in Chilès and Delfiner, Geostatistics (2nd ed., Wiley 2012),
chapter 3. Work is cut into blocks of fixed size, so that results do not depend on how many threads
run.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from oreline.explore._estimates import Estimates, Support
from oreline.explore._kriging_samples import (
    FINDINGS_MAX,
    Samples,
    checked_names,
    more_than,
    repeated_places,
    singular,
)
from oreline.explore._search import LeftOut, PassIndex, SearchPass
from oreline.explore._variogram import PackedVariogram, Variogram
from oreline.model import Finding, InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is."""

PIECE = 8192
"""How many places one thread estimates at a time."""
PIVOT_MIN = 1e-11
"""A pivot below this share of the sill is lost in rounding: the system is singular."""
POINT = np.zeros((1, 3))
"""The points of a place without size."""


class Method(StrEnum):
    """How a place is estimated."""

    ORDINARY = "ordinary"
    """Ordinary kriging: the local mean is not known."""
    SIMPLE = "simple"
    """Simple kriging: the mean is given."""
    INVERSE_DISTANCE = "inverse_distance"
    """Weights by distance in radii of the search, to a power."""
    NEAREST = "nearest"
    """The nearest sample alone."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a group of analytes with the same weights is estimated."""

    method: Method
    variogram: Variogram
    points_m: Floats
    means: Floats
    power: float


def krige(
    targets_m: object,
    samples: Samples,
    variograms: Variogram | Mapping[str, Variogram],
    passes: Sequence[SearchPass],
    *,
    points_m: Floats = POINT,
    means: Mapping[str, float] | None = None,
    left_out: LeftOut | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Estimates:
    """Krige places from samples, all analytes in one pass where they share their weights.

    Analytes share weights if they were measured in the same samples and their variograms are
    proportional; a rare-earth suite under one variogram costs little more than one oxide.

    Parameters
    ----------
    targets_m
        Centres of blocks, or points, (n, 3).
    samples
        What to estimate from. Their domains are not looked at: see ``estimate_domains``.
    variograms
        One for all analytes, or one for each.
    passes
        The search; a place that the first does not fill goes to the second, and so on.
    points_m
        Points of a block about its centre, (p, 3), such as ``grid.points_m((3, 3, 2))``; the
        estimate is then the block's mean and the kriging variance that of it.
    means
        The mean of each analyte: simple kriging. Without it, ordinary kriging.
    left_out
        What each target may not use, for cross-validation.
    workers
        Number of threads; by default one for each core.
    progress
        Called now and then.

    Returns
    -------
    Estimates
        NaN where no pass was filled or the system was singular; then ``findings`` has ORL-0930.
        A nugget belongs to each sample by itself: two samples at one place are averaged if there
        is one. A point at a sample's place gets its value.
    """
    method = Method.ORDINARY if means is None else Method.SIMPLE
    return _estimate(
        targets_m, samples, variograms, passes, method, points_m, means, 0.0, left_out,
        workers, progress,
    )  # fmt: skip


def inverse_distance(
    targets_m: object,
    samples: Samples,
    passes: Sequence[SearchPass],
    *,
    power: float = 2.0,
    left_out: LeftOut | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Estimates:
    """Estimate by inverse distance to a power, in radii of the search; see :func:`krige`.

    Raises
    ------
    InputError
        If the power is not positive.
    """
    if not (math.isfinite(power) and power > 0):
        raise InputError(f"the power of inverse distance is {power}: give a number over 0")
    return _estimate(
        targets_m, samples, FLAT, passes, Method.INVERSE_DISTANCE, POINT, None, power, left_out,
        workers, progress,
    )  # fmt: skip


def nearest_sample(
    targets_m: object,
    samples: Samples,
    passes: Sequence[SearchPass],
    *,
    left_out: LeftOut | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Estimates:
    """Give each place its nearest sample's grades: declustered in space, and a check of kriging."""
    single = [
        SearchPass(search.radii_m, search.rotation, min_samples=1, max_samples=1)
        for search in passes
    ]
    return _estimate(
        targets_m, samples, FLAT, single, Method.NEAREST, POINT, None, 1.0, left_out, workers,
        progress,
    )  # fmt: skip


FLAT = Variogram(1.0)


def _estimate(
    targets_m: object,
    samples: Samples,
    variograms: Variogram | Mapping[str, Variogram],
    passes: Sequence[SearchPass],
    method: Method,
    points_m: Floats,
    means: Mapping[str, float] | None,
    power: float,
    left_out: LeftOut | None,
    workers: int | None,
    progress: Progress | None,
) -> Estimates:
    targets = np.ascontiguousarray(targets_m, np.float64)
    if targets.ndim != 2 or targets.shape[1] != 3:
        raise InputError(f"targets have the shape {targets.shape}: give (n, 3)")
    if not passes:
        raise InputError("a search needs at least one pass")
    analytes = checked_names(samples.analytes)
    out = left_out or LeftOut.nothing(targets.shape[0])
    groups, hole = _groups(samples, variograms), samples.hole_numbers()
    estimate = np.full((targets.shape[0], len(analytes)), np.nan)
    supports, support_of, findings = [], {}, []
    for number, group in enumerate(groups):
        scheme = Scheme(method, group.variogram, points_m, _means(means, group.analytes), power)
        told = _telling(progress, number, len(groups), targets.shape[0])
        own = _Group(samples.taken(group.rows), hole[group.rows], group, scheme)
        part, support, problems = own.run(targets, passes, out, group.rows, workers, told)
        for column, name in enumerate(group.analytes):
            estimate[:, analytes.index(name)] = part[:, column]
            support_of[name] = (number, group.sills[column])
        supports.append(support)
        findings.extend(problems)
    if method in (Method.ORDINARY, Method.SIMPLE):
        findings = _without_repeats(findings)
    return Estimates(
        analytes, estimate, tuple(supports), support_of, method.value, tuple(passes),
        tuple(findings),
    )  # fmt: skip


def _without_repeats(findings: Sequence[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))


def _telling(
    progress: Progress | None, number: int, groups: int, n: int
) -> Callable[[int], None] | None:
    if progress is None:
        return None

    def told(done: int) -> None:
        progress("estimating", number * n + done, groups * n)

    return told


def _means(means: Mapping[str, float] | None, analytes: Sequence[str]) -> Floats:
    if means is None:
        return np.zeros(len(analytes))
    missing = [name for name in analytes if name not in means]
    if missing:
        raise InputError(f"simple kriging needs the mean of {', '.join(missing)}")
    return np.array([means[name] for name in analytes], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    """Analytes that share their weights, the rows that have them, and each one's sill."""

    analytes: tuple[str, ...]
    rows: Ints
    variogram: Variogram
    sills: tuple[float, ...]


def _groups(samples: Samples, variograms: Variogram | Mapping[str, Variogram]) -> list[_Weighed]:
    """Put analytes together that were measured in the same samples and vary alike."""
    found: dict[object, list[tuple[str, Variogram]]] = {}
    rows: dict[object, Ints] = {}
    for column, name in enumerate(samples.analytes):
        if isinstance(variograms, Variogram):
            model = variograms
        elif name in variograms:
            model = variograms[name]
        else:
            raise InputError(f"there is no variogram of {name}")
        known = np.flatnonzero(~np.isnan(samples.values[:, column]))
        if known.size == 0:
            raise InputError(f"{name} was measured in no sample")
        key = (known.tobytes(), _likeness(model))
        found.setdefault(key, []).append((name, model))
        rows[key] = known
    return [
        _Weighed(
            tuple(name for name, _ in members),
            rows[key],
            members[0][1].scaled(1.0 / members[0][1].sill),
            tuple(model.sill for _, model in members),
        )
        for key, members in found.items()
    ]


def _likeness(model: Variogram) -> object:
    """Return what proportional variograms have in common."""
    parts = tuple(
        (part.kind, round(part.sill / model.sill, 12), part.ranges_m, part.rotation)
        for part in model.structures
    )
    return round(model.nugget / model.sill, 12), parts


class _Group:
    """The estimate of one group of analytes."""

    def __init__(self, samples: Samples, hole: Ints, group: _Weighed, scheme: Scheme) -> None:
        self.samples = samples
        self.scheme = scheme
        self.values = np.ascontiguousarray(
            samples.values[:, [samples.analytes.index(name) for name in group.analytes]]
        )
        self.hole = hole
        self.packed = PackedVariogram.of(scheme.variogram)
        # Distances matter, not places: numbers near zero keep all their digits.
        self.middle = samples.xyz_m.mean(axis=0)
        self.places = self.packed.transformed(samples.xyz_m - self.middle)
        self.offset = self.packed.transformed(np.ascontiguousarray(scheme.points_m, np.float64))

    def run(
        self,
        targets: Floats,
        passes: Sequence[SearchPass],
        left_out: LeftOut,
        rows_of: Ints,
        workers: int | None,
        told: Callable[[int], None] | None,
    ) -> tuple[Floats, Support, list[Finding]]:
        """Estimate all targets; return estimates, how they came about, and problems."""
        indices = [
            PassIndex.of(search, self.samples.xyz_m - self.middle, self.hole) for search in passes
        ]
        out = _in_rows(left_out, rows_of)
        estimate = np.full((targets.shape[0], self.values.shape[1]), np.nan)
        support = Support.empty(targets.shape[0])
        culprits: set[int] = set()
        starts = range(0, targets.shape[0], PIECE)

        def piece(start: int) -> set[int]:
            part = slice(start, min(start + PIECE, targets.shape[0]))
            return self._piece(targets, part, indices, out, estimate, support)

        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            for number, bad in enumerate(pool.map(piece, starts)):
                culprits |= bad
                if told is not None:
                    told(min((number + 1) * PIECE, targets.shape[0]))
        return estimate, support, self._problems(sorted(culprits))

    def _problems(self, culprits: list[int]) -> list[Finding]:
        if not culprits:
            return []
        found = repeated_places(self.samples)
        return found or [
            singular(self.samples, row) for row in culprits[:FINDINGS_MAX]
        ] + more_than(len(culprits), "samples that repeat others")

    def _piece(
        self,
        targets: Floats,
        part: slice,
        indices: Sequence[PassIndex],
        left_out: LeftOut,
        estimate: Floats,
        support: Support,
    ) -> set[int]:
        """Estimate the targets of a slice, pass after pass; return samples that repeat others."""
        rows = np.arange(part.start, part.stop)
        culprits: set[int] = set()
        for number, index in enumerate(indices, start=1):
            if rows.size == 0:
                break
            centred = targets[rows] - self.middle
            found = index.find(centred, LeftOut(left_out.sample[rows], left_out.hole[rows]))
            is_filled = found.count > 0
            at = rows[is_filled]
            if at.size:
                culprits |= self._fill(
                    at,
                    centred[is_filled],
                    found.near[is_filled],
                    found.distance[is_filled],
                    found.count[is_filled],
                    estimate,
                    support,
                )
                support.search_pass[at] = number
            rows = rows[~is_filled]
        return culprits

    def _fill(
        self,
        at: Ints,
        centred: Floats,
        near: Ints,
        distance: Floats,
        count: Ints,
        estimate: Floats,
        support: Support,
    ) -> set[int]:
        """Estimate targets that have samples."""
        from oreline.explore._search_kernels import describe_rows

        mean_m, nearest_m = np.empty(at.size), np.empty(at.size)
        holes = np.zeros(at.size, np.int64)
        xyz = self.samples.xyz_m - self.middle
        describe_rows(near, count, centred, xyz, self.hole, mean_m, nearest_m, holes)
        support.samples[at] = count
        support.mean_distance_m[at], support.nearest_m[at] = mean_m, nearest_m
        support.holes[at] = holes
        values = np.full((at.size, self.values.shape[1]), np.nan)
        if self.scheme.method in (Method.INVERSE_DISTANCE, Method.NEAREST):
            from oreline.explore._kriging_kernels import weighted_rows

            weighted_rows(near, distance, count, self.scheme.power, self.values, values)
            estimate[at] = values
            return set()
        return self._krige(at, centred, near, distance, count, values, estimate, support)

    def _krige(
        self,
        at: Ints,
        centred: Floats,
        near: Ints,
        distance: Floats,
        count: Ints,
        values: Floats,
        estimate: Floats,
        support: Support,
    ) -> set[int]:
        from oreline.explore._kriging_kernels import krige_rows, mean_covariance

        packed, is_point = self.packed, self.offset.shape[0] == 1
        variance, slope, negative = (np.full(at.size, np.nan) for _ in range(3))
        culprit = np.full(at.size, -1)
        within = (
            self.scheme.variogram.sill
            if is_point
            else mean_covariance(packed.kinds, packed.sills, self.offset)
        )
        krige_rows(
            near, distance, count, packed.transformed(centred), self.offset, self.places,
            self.values, packed.nugget, packed.kinds, packed.sills,
            self.scheme.method is Method.SIMPLE, self.scheme.means, within,
            PIVOT_MIN * self.scheme.variogram.sill, values, variance, slope, negative, culprit,
        )  # fmt: skip
        # What is left of zero after rounding; more than that would be a mistake of ours.
        assert not (variance < -1e-6).any(), "a kriging variance is below zero"
        estimate[at] = values
        support.variance[at] = np.maximum(variance, 0.0)
        support.slope[at], support.negative_weight[at] = slope, negative
        support.block_variance[at] = within
        return {int(row) for row in culprit[culprit >= 0]}


def _in_rows(left_out: LeftOut, rows: Ints) -> LeftOut:
    """Express what is left out in the rows of those samples that are there."""
    if (left_out.sample < 0).all():
        return left_out
    new_row = np.full(int(max(rows.max(), left_out.sample.max())) + 1, -1)
    new_row[rows] = np.arange(rows.size)
    sample = np.where(left_out.sample >= 0, new_row[left_out.sample], -1)
    return LeftOut(sample, left_out.hole)
