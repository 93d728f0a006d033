"""Counts of what is right, found and labelled, their F1, and an interval by drawing texts again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DRAWS = 1000
SEED = 20261201


@dataclass(frozen=True)
class Counts:
    """How many are right, of how many found and how many labelled."""

    right: int = 0
    found: int = 0
    labelled: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.right + other.right, self.found + other.found, self.labelled + other.labelled
        )

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 0.0

    @property
    def f1(self) -> float:
        both = self.found + self.labelled
        return 2 * self.right / both if both else 0.0


def whole(parts: Iterable[Counts]) -> Counts:
    return sum(parts, Counts())


def interval(parts: Sequence[Counts]) -> tuple[float, float]:
    """Give the 95 % interval of the F1: texts drawn again, with repetition, with a fixed seed."""
    import numpy as np

    told = np.array([(one.right, one.found + one.labelled) for one in parts])
    seed = SEED
    drawer = np.random.default_rng(seed)
    drawn = drawer.integers(len(told), size=(DRAWS, len(told)))
    sums = told[drawn].sum(axis=1)
    scores = np.sort(2 * sums[:, 0] / np.maximum(sums[:, 1], 1))
    return float(scores[round(0.025 * DRAWS)]), float(scores[round(0.975 * DRAWS) - 1])


@dataclass(frozen=True)
class Span:
    """A labelled or found piece of a text, with what it was read as."""

    start: int
    end: int
    kind: str = ""
    value: str | None = None


def overlapping(gold: Sequence[Span], found: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Pair each labelled span with the first found one that overlaps it and is still free."""
    taken: set[int] = set()
    pairs = []
    for one in gold:
        for at, two in enumerate(found):
            if at not in taken and two.start < one.end and one.start < two.end:
                taken.add(at)
                pairs.append((one, two))
                break
    return pairs
