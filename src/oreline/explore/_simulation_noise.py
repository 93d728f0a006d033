"""The random numbers of simulations: keyed, and as alike between analytes as the samples are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oreline.explore._simulation_path import GridPath, Scored

Floats = NDArray[np.float64]

PAIRS_MIN = 3
"""Two analytes that fewer samples have both of are simulated as independent."""
ROUNDING = 1e-12
"""Parts of a correlation below this are none."""


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """One analyte on its path; ``known`` are the samples that have it."""

    analyte: str
    path: GridPath
    scored: Scored
    known: NDArray[np.bool_]


def mixing_of(walks: Sequence[Walk], samples: int) -> Floats:
    """Return the symmetric root of the correlation of normal scores at the samples."""
    scores = np.full((len(walks), samples), np.nan)
    for row, walk in zip(scores, walks, strict=True):
        row[walk.known] = walk.scored.scores
    matrix = np.eye(len(walks))
    for one in range(len(walks)):
        for other in range(one):
            both = ~np.isnan(scores[one]) & ~np.isnan(scores[other])
            a, b = scores[one, both], scores[other, both]
            if a.size >= PAIRS_MIN and a.std() > 0 and b.std() > 0:
                matrix[one, other] = matrix[other, one] = np.corrcoef(a, b)[0, 1]
    sizes, axes = np.linalg.eigh(matrix)
    # Rounding leaves a little where two analytes are one: its root would part them.
    sizes[sizes < ROUNDING * len(walks)] = 0.0
    root = (axes * np.sqrt(sizes)) @ axes.T
    # Pairs that were not measured together can give a matrix that no numbers have.
    return np.asarray(root / np.linalg.norm(root, axis=1)[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """Normal numbers of every analyte, node and realisation, keyed so that none depends on others.

    ``mixing`` gives those of different analytes at a node their correlation.
    """

    seed: int
    stream: int
    mixing: Floats
    nodes: int

    def of(self, numbers: range) -> Floats:
        """Return those of some realisations, (analytes, nodes, realisations)."""
        plain = np.empty((len(self.mixing), self.nodes, len(numbers)))
        for at in range(len(self.mixing)):
            for column, number in enumerate(numbers):
                counter = np.random.Philox(key=self.seed, counter=[0, self.stream, at, number])
                generator = np.random.Generator(counter)
                plain[at, :, column] = generator.standard_normal(self.nodes)
        if len(self.mixing) == 1:
            return plain
        return np.asarray(np.tensordot(self.mixing, plain, axes=1))
