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

from oreline.explore._kriging import Progress
from oreline.explore._kriging_samples import Samples
from oreline.explore._search import SearchPass
from oreline.explore._simulation_noise import Noise, Walk, mixing_of
from oreline.explore._simulation_path import GridPath, Scored
from oreline.explore._variogram import Variogram
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
NOISE_MAX = 20_000_000
"""How many random numbers a batch of realisations may hold."""
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
    """Simulate the grade of one analyte in blocks, or at points: see :func:`simulate_suite`.

    Parameters
    ----------
    variogram
        That of the normal scores; its sill is brought to 1.
    least, most
        The ends of the distribution of grades.
    """
    (found,) = simulate_suite(
        targets_m, samples, {analyte: variogram}, search, realisations, seed, points_m=points_m,
        weights=weights, ends=(least, most), workers=workers, progress=progress,
    )  # fmt: skip
    return found


def simulate_suite(
    targets_m: object,
    samples: Samples,
    variograms: Mapping[str, Variogram],
    search: SearchPass,
    realisations: int,
    seed: int,
    *,
    points_m: Floats | None = None,
    weights: Floats | None = None,
    ends: tuple[float | None, float | None] = (None, None),
    stream: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Simulation, ...]:
    """Simulate the grades of several analytes together in blocks, or at points.

    What is new at a node is drawn with the correlation that the normal scores of the samples have.
    Where analytes share their samples and the shape of their variogram this keeps their joint
    variation exactly (intrinsic coregionalisation: Chilès and Delfiner, *Geostatistics*, 2nd
    ed., 2012, chapter 5); elsewhere it is an approximation.

    Parameters
    ----------
    targets_m
        Centres of blocks, or points, (n, 3).
    samples
        Composites; of each analyte those that lack it are left out.
    variograms
        Those of the normal scores, by analyte; each sill is brought to 1.
    search
        The ellipsoid, and how many of the nearest samples and earlier nodes count (max_samples;
        other limits are not looked at).
    realisations, seed
        How many, and of which random numbers.
    points_m
        Points of a block about its centre: each is simulated, and the block is their mean.
    weights
        Declustering weights of the samples.
    ends
        The least and the greatest grade that may come out.
    stream
        Which of the seed's random numbers: domains each have their own.
    workers, progress
        Number of threads; called now and then.

    Returns
    -------
    tuple
        One simulation for each analyte. At a sample's place each realisation has its grade.

    Raises
    ------
    InputError
        If two samples lie at one place, or a variogram is too smooth for its nodes.
    LimitExceededError
        If there are too many nodes or values.
    """
    targets = np.ascontiguousarray(targets_m, np.float64)
    points = np.zeros((1, 3)) if points_m is None else np.asarray(points_m, np.float64)
    _check_size(targets.shape[0], points.shape[0], realisations * len(variograms))
    nodes = (targets[:, None] + points[None]).reshape(-1, 3)
    walks = _walks(
        nodes, samples, variograms, search, (seed, stream), weights, ends, workers, progress
    )
    noise = Noise(seed, stream, mixing_of(walks, samples.n), nodes.shape[0])
    values = _in_batches(walks, noise, points.shape[0], realisations, workers, progress)
    return tuple(
        Simulation(walk.analyte, values[at], seed, points.shape[0]) for at, walk in enumerate(walks)
    )


def _walks(
    nodes: Floats,
    samples: Samples,
    variograms: Mapping[str, Variogram],
    search: SearchPass,
    keys: tuple[int, int],
    weights: Floats | None,
    ends: tuple[float | None, float | None],
    workers: int | None,
    progress: Progress | None,
) -> list[Walk]:
    """Return each analyte on its path; those that share samples and shape share one."""
    paths: dict[object, GridPath] = {}
    walks = []
    for name, variogram in variograms.items():
        known = ~np.isnan(samples.column(name))
        weight = None if weights is None else np.asarray(weights, np.float64)[known]
        scored = Scored.of(samples.column(name)[known], weight, *ends)
        key = (known.tobytes(), _shape(variogram))
        if key not in paths:
            scaled = variogram.scaled(1.0 / variogram.sill)
            made = GridPath.of(nodes, samples.taken(known), scaled, search, keys)
            made.weigh(workers, progress)
            paths[key] = made
        walks.append(Walk(name, paths[key], scored, known))
    return walks


def _shape(variogram: Variogram) -> object:
    """Return what two variograms share that differ in their sill alone."""
    parts = [
        (part.kind, round(part.sill / variogram.sill, 12), part.ranges_m, part.rotation)
        for part in variogram.structures
    ]
    return round(variogram.nugget / variogram.sill, 12), tuple(parts)


def _in_batches(
    walks: Sequence[Walk],
    noise: Noise,
    points: int,
    realisations: int,
    workers: int | None,
    progress: Progress | None,
) -> Floats:
    """Walk the paths for all realisations; return means of blocks, (analytes, blocks, r)."""
    values = np.empty((len(walks), noise.nodes // points, realisations))
    size = int(np.clip(NOISE_MAX // (noise.nodes * len(walks) or 1), 1, BATCH))

    def batch(start: int) -> None:
        numbers = range(start, min(start + size, realisations))
        drawn = noise.of(numbers)
        for at, walk in enumerate(walks):
            found = walk.path.grades(walk.scored, drawn[at])
            found = found.reshape(-1, points, len(numbers))
            values[at, :, numbers.start : numbers.stop] = found.mean(axis=1)

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for number, _ in enumerate(pool.map(batch, range(0, realisations, size))):
            if progress is not None:
                progress("simulating", min((number + 1) * size, realisations), realisations)
    return values


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
