"""Random networks of streams with true values that conserve, and dense second ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from oreline.balance import Measurement, Network, Stream

Truth = tuple[np.ndarray, np.ndarray]


def plant(rng: np.random.Generator, nodes: int, analytes: int) -> tuple[list[Stream], Truth]:
    """Make a network in which every node has streams in and out, with true masses and grades.

    Masses, and the metal of each analyte, are sums of ways from outside through nodes to outside,
    so that all are positive and conserve.
    """
    ends = _ends(rng, nodes)
    n = len(ends)
    mass, metal = np.zeros(n), np.zeros((analytes, n))
    leaving = [[at for at, end in enumerate(ends) if end[0] == node] for node in range(nodes)]
    entering = [at for at, end in enumerate(ends) if end[0] == -1]
    reached: set[int] = set()
    while len(reached) < n:
        way, open_ = [], entering
        while open_:
            step = int(rng.choice([at for at in open_ if at not in reached] or open_))
            way.append(step)
            reached.add(step)
            node = ends[step][1]
            open_ = leaving[node] if node >= 0 else []
        size = rng.uniform(10, 100)
        grades = rng.uniform(1, 30, analytes)
        for step in way:
            mass[step] += size
            metal[:, step] += size * grades / 100
    grade = 100 * metal / mass
    names = [None if a < 0 else f"n{a}" for a in range(-1, nodes)]
    streams = [
        Stream(f"s{at}", names[a + 1], names[b + 1], None, {}) for at, (a, b) in enumerate(ends)
    ]
    return streams, (mass, grade)


def _ends(rng: np.random.Generator, nodes: int) -> list[tuple[int, int]]:
    """A line through all nodes, side streams out and in, and some recycles."""
    ends = [(node - 1, node) for node in range(nodes)] + [(nodes - 1, -1)]
    for node in range(nodes):
        if rng.random() < 0.6:
            ends.append((node, -1))
        if rng.random() < 0.2:
            ends.append((-1, node))
        if nodes > 1 and rng.random() < 0.3:
            other = int(rng.integers(nodes))
            if other != node:
                ends.append((node, other))
    return ends


def measured(
    rng: np.random.Generator,
    streams: list[Stream],
    truth: Truth,
    analytes: tuple[str, ...],
    share: float = 1.0,
    noise: float = 1.0,
    relative_u: float = 0.02,
) -> Network:
    """Measure a share of the quantities, each with noise of its stated uncertainty."""
    mass, grade = truth

    def of(value: float) -> Measurement:
        u = relative_u * value
        return Measurement(max(value + noise * u * rng.standard_normal(), 0.01 * value), u)

    weighed = []
    for at, stream in enumerate(streams):
        dry = of(mass[at]) if rng.random() < share else None
        grades = {
            name: of(grade[row, at]) for row, name in enumerate(analytes) if rng.random() < share
        }
        weighed.append(replace(stream, dry_t=dry, grades_pct=grades))
    if all(stream.dry_t is None for stream in weighed):
        weighed[0] = replace(weighed[0], dry_t=of(mass[0]))
    return Network(tuple(weighed), analytes)
