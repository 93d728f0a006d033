"""What a unit law keeps from one question to the next: only where it may start from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(slots=True)
class Memory:
    """Arrays with one entry for each sample of a solve, by a key of the law.

    A law answers the same with and without it, to rounding: it saves the way, not the answer.
    """

    samples: int
    kept: dict[object, Floats] = field(default_factory=dict)

    def at(self, rows: Rows) -> MemoryOfSamples:
        """Return what is kept of some samples."""
        return MemoryOfSamples(self, rows)

    def repeated(self, samples: int) -> Memory:
        """Return the memory of one case as that of so many samples."""
        kept = {key: np.repeat(one[:1], samples, axis=0) for key, one in self.kept.items()}
        return Memory(samples, kept)


@dataclass(frozen=True, slots=True)
class MemoryOfSamples:
    """The part of a memory that belongs to the samples of one question."""

    whole: Memory
    rows: Rows

    def get(self, key: object) -> Floats | None:
        """Return what was kept of these samples, None where nothing was."""
        found = self.whole.kept.get(key)
        return None if found is None else np.asarray(found[self.rows])

    def put(self, key: object, values: Floats) -> None:
        """Keep this of these samples; others start from the first of them."""
        kept = self.whole.kept
        if key not in kept:
            kept[key] = np.repeat(values[:1], self.whole.samples, axis=0)
        kept[key][self.rows] = values

    def of(self, rows: Rows) -> MemoryOfSamples:
        """Return the part of some of these samples."""
        return MemoryOfSamples(self.whole, self.rows[rows])
