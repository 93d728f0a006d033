"""The random path of a simulation: each node with its neighbours, samples and earlier nodes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._kriging import PIECE, PIVOT_MIN, Progress
from oreline.explore._kriging_samples import Samples, singular
from oreline.explore._normal_scores import NormalScoreTable
from oreline.explore._search import SearchPass
from oreline.explore._variogram import PackedVariogram, Variogram
from oreline.model import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PATH = 1 << 40
"""The counter of the path, beyond those of realisations."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Grades of samples, their normal scores, and the table between the two."""

    grades: Floats
    scores: Floats
    table: NormalScoreTable

    @classmethod
    def of(
        cls, grades: Floats, weights: Floats | None, least: float | None, most: float | None
    ) -> Scored:
        table = NormalScoreTable.of(grades, weights, least, most)
        scores = np.empty(grades.size)
        scores[np.argsort(grades, kind="stable")] = table.scores
        return cls(grades, scores, table)


class GridPath:
    """Nodes along a random path, with the neighbours and weights of each."""

    def __init__(
        self, nodes: int, order: Ints, met: Ints, places: Floats, given: Samples,
        variogram: Variogram, search: SearchPass,
    ) -> None:  # fmt: skip
        self.nodes = nodes
        self.order = order
        self.met = met
        self.places = places
        self.given = given
        self.packed = PackedVariogram.of(variogram)
        self.search = search
        self.near = np.zeros((order.size, search.max_samples), np.int64)
        self.count = np.zeros(order.size, np.int64)
        self.weight = np.zeros((order.size, search.max_samples))
        self.spread = np.ones(order.size)

    @classmethod
    def of(
        cls, nodes: Floats, given: Samples, variogram: Variogram, search: SearchPass,
        keys: tuple[int, int],
    ) -> GridPath:  # fmt: skip
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
        counter = np.random.Philox(key=keys[0], counter=[0, keys[1], 0, PATH])
        generator = np.random.Generator(counter)
        order = free[generator.permutation(free.size)]
        places = np.concatenate([given.xyz_m, nodes[order]]) - middle
        return cls(nodes.shape[0], order, met, places, given, variogram, search)

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

    def grades(self, scored: Scored, drawn: Floats) -> Floats:
        """Return the grades of all nodes from normal numbers, both (nodes, realisations)."""
        from oreline.explore._simulation_kernels import walk

        noise, count = np.ascontiguousarray(drawn[self.order]), drawn.shape[1]
        value = np.empty((self.given.n + self.order.size, count))
        value[: self.given.n] = scored.scores[:, None]
        walk(self.near, self.count, self.weight, self.spread, noise, value, self.given.n)
        found = np.empty((self.nodes, count))
        found[self.order] = scored.table.back(value[self.given.n :])
        at_samples = np.flatnonzero(self.met >= 0)
        found[at_samples] = scored.grades[self.met[at_samples]][:, None]
        return found
