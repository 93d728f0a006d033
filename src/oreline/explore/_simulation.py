"""Conditional simulation: many models that all agree with the samples and vary like them.

Sequential Gaussian simulation (Deutsch and Journel, GSLIB, 2nd ed. 1998, section V.2.3). One random
path serves all realisations, so that the neighbours and weights of each node are found once: many
realisations cost little more than one. Neighbours on the path are found in trees of rising prefixes
of it, so that the work grows as n log n. Random numbers are Philox counters keyed by the seed and
the number of the realisation: realisation 7 is the same whether one asks for 8 or for 100.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._classes import NOT_A_STATEMENT
from oreline.explore._kriging import PIECE, PIVOT_MIN, Progress
from oreline.explore._kriging_samples import Samples, singular
from oreline.explore._normal_scores import NormalScoreTable
from oreline.explore._search import SearchPass
from oreline.explore._variogram import PackedVariogram, Variogram
from oreline.model import InputError, LimitExceededError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NODES_MAX = 5_000_000
"""How many points (blocks times points in each) a simulation may have."""
CELLS_MAX = 100_000_000
"""How many values of all realisations may be held at once."""
BATCH = 8
"""How many realisations go along the path together."""
PATH = 1 << 40
"""The counter of the path, beyond those of realisations."""
QUANTILES = (10.0, 50.0, 90.0)


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Realisations of the grade of one analyte, (blocks, realisations); NaN where none is.

    ``mean`` is that of all realisations: the expected grade of each block.
    """

    analyte: str
    values: Floats
    seed: int
    points_per_block: int

    @property
    def mean(self) -> Floats:
        """Return the mean over realisations, (blocks,)."""
        return np.asarray(self.values.mean(axis=1))

    def quantiles(self, percents: Sequence[float] = QUANTILES) -> Floats:
        """Return quantiles over realisations, (blocks, percents); nine tenths exceed P10."""
        return np.asarray(np.percentile(self.values, list(percents), axis=1).T)

    def chance_above(self, cutoff: float) -> Floats:
        """Return the share of realisations in which each block is at or above a cut-off."""
        share = (self.values >= cutoff).mean(axis=1)
        return np.asarray(np.where(np.isnan(self.values[:, 0]), np.nan, share))

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each block: mean, spread, P10, P50, P90."""
        import polars as pl

        low, middle, high = self.quantiles().T
        name = self.analyte
        columns = {
            f"{name}_mean": self.mean,
            f"{name}_deviation": self.values.std(axis=1),
            f"{name}_p10": low,
            f"{name}_p50": middle,
            f"{name}_p90": high,
        }
        return pl.DataFrame(columns).with_columns(pl.all().fill_nan(None))

    def to_json(self) -> dict[str, Any]:
        """Return a summary as a JSON object."""
        known = self.values[~np.isnan(self.values[:, 0])]
        return {
            "analyte": self.analyte,
            "realisations": int(self.values.shape[1]),
            "seed": self.seed,
            "points_per_block": self.points_per_block,
            "blocks": int(known.shape[0]),
            "mean": float(known.mean()) if known.size else None,
            "mean_by_realisation": [float(value) for value in known.mean(axis=0)]
            if known.size
            else [],
        }


def simulate(
    targets_m: object,
    samples: Samples,
    analyte: str,
    variogram: Variogram,
    search: SearchPass,
    realisations: int,
    seed: int,
    *,
    points_m: Floats | None = None,
    weights: Floats | None = None,
    least: float | None = None,
    most: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Simulate the grade of one analyte in blocks, or at points.

    Parameters
    ----------
    targets_m
        Centres of blocks, or points, (n, 3).
    samples
        Composites; those that lack the analyte are left out.
    analyte
        Which one. Analytes are simulated one by one: their joint variation is not kept.
    variogram
        That of the normal scores; its sill is brought to 1.
    search
        The ellipsoid, and how many of the nearest samples and earlier nodes count (max_samples;
        other limits are not looked at).
    realisations, seed
        How many, and of which random numbers.
    points_m
        Points of a block about its centre: each is simulated, and the block is their mean.
    weights
        Declustering weights of the samples.
    least, most
        The ends of the distribution of grades.
    workers, progress
        Number of threads; called now and then.

    Returns
    -------
    Simulation
        At a sample's place each realisation has its grade.

    Raises
    ------
    InputError
        If two samples lie at one place, or the variogram is too smooth for its nodes.
    LimitExceededError
        If there are too many nodes or values.
    """
    targets = np.ascontiguousarray(targets_m, np.float64)
    points = np.zeros((1, 3)) if points_m is None else np.asarray(points_m, np.float64)
    _check_size(targets.shape[0], points.shape[0], realisations)
    known = ~np.isnan(samples.column(analyte))
    given = samples.taken(known)
    weight = None if weights is None else np.asarray(weights, np.float64)[known]
    scored = _Scored.of(given.column(analyte), weight, least, most)
    nodes = (targets[:, None] + points[None]).reshape(-1, 3)
    path = _Path.of(nodes, given, variogram.scaled(1.0 / variogram.sill), search, seed)
    path.weigh(workers, progress)
    values = _in_batches(path, scored, points.shape[0], realisations, workers, progress)
    return Simulation(analyte, values, seed, points.shape[0])


def _in_batches(
    path: _Path,
    scored: _Scored,
    points: int,
    realisations: int,
    workers: int | None,
    progress: Progress | None,
) -> Floats:
    """Walk the path for all realisations; return the means of blocks."""
    values = np.empty((path.nodes // points, realisations))

    def batch(start: int) -> None:
        numbers = range(start, min(start + BATCH, realisations))
        found = path.grades(scored, numbers).reshape(-1, points, len(numbers))
        values[:, numbers.start : numbers.stop] = found.mean(axis=1)

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for number, _ in enumerate(pool.map(batch, range(0, realisations, BATCH))):
            if progress is not None:
                progress("simulating", min((number + 1) * BATCH, realisations), realisations)
    return values


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """Grades of samples, their normal scores, and the table between the two."""

    grades: Floats
    scores: Floats
    table: NormalScoreTable

    @classmethod
    def of(
        cls, grades: Floats, weights: Floats | None, least: float | None, most: float | None
    ) -> _Scored:
        table = NormalScoreTable.of(grades, weights, least, most)
        scores = np.empty(grades.size)
        scores[np.argsort(grades, kind="stable")] = table.scores
        return cls(grades, scores, table)


def _check_size(blocks: int, points: int, realisations: int) -> None:
    if realisations < 1:
        raise InputError(f"{realisations} realisations: give one at least")
    if blocks * points > NODES_MAX:
        raise LimitExceededError(
            f"{blocks * points:,} points are more than NODES_MAX = {NODES_MAX:,}: larger blocks, "
            "or fewer points in each"
        )
    if blocks * realisations > CELLS_MAX:
        raise LimitExceededError(
            f"{blocks * realisations:,} values are more than CELLS_MAX = {CELLS_MAX:,}: larger "
            "blocks, or fewer realisations"
        )


class _Path:
    """Nodes along a random path, with the neighbours and weights of each."""

    def __init__(
        self, nodes: int, order: Ints, met: Ints, places: Floats, given: Samples,
        variogram: Variogram, search: SearchPass, seed: int,
    ) -> None:  # fmt: skip
        self.nodes = nodes
        self.order = order
        self.met = met
        self.places = places
        self.given = given
        self.packed = PackedVariogram.of(variogram)
        self.search = search
        self.seed = seed
        self.near = np.zeros((order.size, search.max_samples), np.int64)
        self.count = np.zeros(order.size, np.int64)
        self.weight = np.zeros((order.size, search.max_samples))
        self.spread = np.ones(order.size)

    @classmethod
    def of(
        cls, nodes: Floats, given: Samples, variogram: Variogram, search: SearchPass, seed: int
    ) -> _Path:
        """Shuffle the nodes; those at a sample's place get its grade and leave the path."""
        from scipy.spatial import cKDTree

        middle = given.xyz_m.mean(axis=0)
        tree = cKDTree(given.xyz_m)
        pairs = tree.query_pairs(1e-6, output_type="ndarray")
        if len(pairs):
            a, b = (int(row) for row in pairs[0])
            raise InputError(
                "samples at one place cannot be simulated: average them", [singular(given, b, a)]
            )
        distance, nearest = tree.query(nodes)
        met = np.where(distance <= 1e-9, nearest, -1)
        free = np.flatnonzero(met < 0)
        generator = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, PATH]))
        order = free[generator.permutation(free.size)]
        places = np.concatenate([given.xyz_m, nodes[order]]) - middle
        return cls(nodes.shape[0], order, met, places, given, variogram, search, seed)

    def weigh(self, workers: int | None, progress: Progress | None) -> None:
        """Find the neighbours and weights of all nodes."""
        from scipy.spatial import cKDTree

        data = self.given.n
        scaled = self.places @ self.search.matrix().T
        ranges = self.packed.transformed(self.places)
        done, n = 0, self.order.size
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            while done < n:
                # As many nodes again as there are data and nodes before: half of what a tree holds
                # comes earlier, so that few candidates have to be looked at.
                stop = min(n, max(2 * done, data, 64))
                tree = cKDTree(scaled[: data + stop])
                starts = range(done, stop, PIECE)

                def piece(start: int, stop: int = stop, tree: object = tree) -> None:
                    rows = np.arange(start, min(start + PIECE, stop))
                    self._neighbours(rows, scaled, tree)
                    self._weights(rows, ranges)

                list(pool.map(piece, starts))
                done = stop
                if progress is not None:
                    progress("finding neighbours", done, n)

    def _neighbours(self, rows: Ints, scaled: Floats, tree: Any) -> None:
        from oreline.explore._simulation_kernels import earlier_rows

        data, most = self.given.n, self.search.max_samples
        wanted = 3 * most
        while rows.size:
            k = min(wanted, tree.n)
            distance, candidate = tree.query(
                scaled[data + rows], k=np.arange(1, k + 1), distance_upper_bound=1.0 + 1e-12
            )
            near = np.zeros((rows.size, most), np.int64)
            count, is_short = np.zeros(rows.size, np.int64), np.zeros(rows.size, np.bool_)
            earlier_rows(candidate, distance, data + rows, data, most, near, count, is_short)
            self.near[rows], self.count[rows] = near, count
            if k == tree.n:
                break
            rows = rows[is_short]
            wanted *= 4

    def _weights(self, rows: Ints, ranges: Floats) -> None:
        from oreline.explore._kriging_kernels import simple_weights

        weight = np.zeros((rows.size, self.search.max_samples))
        variance = np.zeros(rows.size)
        packed = self.packed
        bad = simple_weights(
            self.near[rows], self.count[rows], ranges, self.given.n + rows, packed.nugget,
            packed.kinds, packed.sills, PIVOT_MIN, weight, variance,
        )  # fmt: skip
        if bad >= 0:
            x, y, z = self.places[self.given.n + rows[bad]] + self.given.xyz_m.mean(axis=0)
            raise InputError(
                f"the variogram is too smooth for points as near to each other as those around "
                f"{x:.1f} E, {y:.1f} N, {z:.1f} m: give it a nugget, or take fewer points"
            )
        self.weight[rows] = weight
        self.spread[rows] = np.sqrt(np.maximum(variance, 0.0))

    def grades(self, scored: _Scored, numbers: range) -> Floats:
        """Return the grades of all nodes for some realisations, (nodes, realisations)."""
        from oreline.explore._simulation_kernels import walk

        noise = np.empty((self.order.size, len(numbers)))
        for column, number in enumerate(numbers):
            counter = np.random.Philox(key=self.seed, counter=[0, 0, 0, number])
            generator = np.random.Generator(counter)
            noise[:, column] = generator.standard_normal(self.order.size)
        value = np.empty((self.given.n + self.order.size, len(numbers)))
        value[: self.given.n] = scored.scores[:, None]
        walk(self.near, self.count, self.weight, self.spread, noise, value, self.given.n)
        found = np.empty((self.nodes, len(numbers)))
        found[self.order] = scored.table.back(value[self.given.n :])
        at_samples = np.flatnonzero(self.met >= 0)
        found[at_samples] = scored.grades[self.met[at_samples]][:, None]
        return found


@dataclass(frozen=True, slots=True)
class UncertainTonnage:
    """Tonnes, grade and metal above a cut-off over all realisations: P10, P50, P90 and mean.

    P10 is the value that one realisation in ten falls below: what one may count on.
    """

    analyte: str
    cutoff_pct: float
    realisations: int
    tonnes: Mapping[str, float]
    grade_pct: Mapping[str, float | None]
    metal_t: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "analyte": self.analyte,
            "cutoff_pct": self.cutoff_pct,
            "realisations": self.realisations,
            "tonnes": dict(self.tonnes),
            "grade_pct": dict(self.grade_pct),
            "metal_t": dict(self.metal_t),
            "not_a_statement": NOT_A_STATEMENT,
        }


def uncertain_tonnage(
    simulation: Simulation, tonnes: Floats, cutoffs_pct: Sequence[float]
) -> tuple[UncertainTonnage, ...]:
    """Return tonnes, grade and metal above each cut-off, with their uncertainty.

    Blocks without a simulated grade or a known density are left out. The realisations differ in
    grade alone: density, domains and the variogram itself are taken as known.
    """
    usable = ~np.isnan(simulation.values[:, 0]) & ~np.isnan(tonnes)
    values, mass = simulation.values[usable], tonnes[usable]
    found = []
    for cutoff in sorted(set(cutoffs_pct)):
        inside = values >= cutoff
        whole = inside.T @ mass
        metal = (np.where(inside, values, 0.0).T @ mass) / 100
        grade = np.full(whole.size, np.nan)
        np.divide(100 * metal, whole, out=grade, where=whole > 0)
        found.append(
            UncertainTonnage(
                simulation.analyte,
                float(cutoff),
                int(values.shape[1]),
                _spread(whole),
                _grades(grade),
                _spread(metal),
            )
        )
    return tuple(found)


def _spread(values: Floats) -> dict[str, float]:
    low, middle, high = (float(value) for value in np.percentile(values, QUANTILES))
    return {"p10": low, "p50": middle, "p90": high, "mean": float(values.mean())}


def _grades(values: Floats) -> dict[str, float | None]:
    if np.isnan(values).any():
        # In some realisation nothing lies above the cut-off: its grade is not known.
        return {"p10": None, "p50": None, "p90": None, "mean": None}
    return dict(_spread(values))
