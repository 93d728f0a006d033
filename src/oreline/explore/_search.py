"""Which samples a block is estimated from: ellipsoids of search, passes, limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.explore._variogram import Rotation, is_three_lengths, scaling
from oreline.model import InputError

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CANDIDATES_PER_SAMPLE = 3
"""With limits per hole or octant, so many times the samples wanted are looked at first."""


@dataclass(frozen=True, slots=True)
class SearchPass:
    """One pass of a search; a block that it does not fill goes to the next.

    Parameters
    ----------
    radii_m
        Half-axes of the ellipsoid: major, semi-major, minor.
    rotation
        How its axes lie.
    min_samples, max_samples
        How many samples a block needs, and how many of the nearest it takes. Nearest is in radii:
        a sample on the ellipsoid's surface is as far as any other on it.
    max_per_hole
        How many of them one hole may give; None is no limit.
    max_per_octant
        How many of them may lie in one octant of the ellipsoid's axes; None is no limit.
    min_octants
        How many octants must have a sample; 0 is no demand.

    Raises
    ------
    InputError
        If a radius is not positive or the limits contradict each other.
    """

    radii_m: tuple[float, float, float]
    rotation: Rotation = field(default_factory=Rotation)
    min_samples: int = 4
    max_samples: int = 16
    max_per_hole: int | None = None
    max_per_octant: int | None = None
    min_octants: int = 0

    def __post_init__(self) -> None:
        if not is_three_lengths(self.radii_m):
            raise InputError(f"the radii of a search are {self.radii_m}: give three lengths over 0")
        if not 1 <= self.min_samples <= self.max_samples:
            raise InputError(
                f"a search wants {self.min_samples} to {self.max_samples} samples: give at least "
                "1, and a maximum that is not below the minimum"
            )
        for name in ("max_per_hole", "max_per_octant"):
            limit = getattr(self, name)
            if limit is not None and limit < 1:
                raise InputError(f"{name} = {limit}: give 1 or more, or leave it out")
        if not 0 <= self.min_octants <= 8:
            raise InputError(f"min_octants = {self.min_octants}: give 0 to 8")
        if self.max_per_octant is not None and 8 * self.max_per_octant < self.min_samples:
            raise InputError(
                f"{self.max_per_octant} samples in each of 8 octants never make the "
                f"{self.min_samples} that min_samples wants"
            )

    @property
    def is_limited(self) -> bool:
        """Return whether the nearest samples are not simply taken."""
        return self.max_per_hole is not None or self.max_per_octant is not None

    def widened(self, factor: float, min_samples: int | None = None) -> SearchPass:
        """Return the pass with its radii multiplied, and another minimum where one is given."""
        major, semi, minor = (radius * factor for radius in self.radii_m)
        least = self.min_samples if min_samples is None else min_samples
        return replace(self, radii_m=(major, semi, minor), min_samples=least)

    def matrix(self) -> Floats:
        """Return the 3 x 3 array that turns a vector in metres into radii along the axes."""
        return scaling(self.radii_m, self.rotation)

    def to_json(self) -> dict[str, Any]:
        """Return the pass as a JSON object."""
        return {
            "radii_m": list(self.radii_m),
            **self.rotation.to_json(),
            "min_samples": self.min_samples,
            "max_samples": self.max_samples,
            "max_per_hole": self.max_per_hole,
            "max_per_octant": self.max_per_octant,
            "min_octants": self.min_octants,
        }


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The samples of each block, nearest first: `near[row, :count[row]]`, distances in radii."""

    near: Ints
    distance: Floats
    count: Ints


@dataclass(frozen=True, slots=True)
class LeftOut:
    """For each block one sample and one hole that it may not use; -1 is none."""

    sample: Ints
    hole: Ints

    @classmethod
    def nothing(cls, n: int) -> LeftOut:
        """Leave nothing out of n blocks."""
        return cls(np.full(n, -1), np.full(n, -2))


@dataclass(frozen=True, slots=True)
class PassIndex:
    """Samples in the space of one pass, with the tree that finds them."""

    search: SearchPass
    scaled: Floats
    hole: Ints
    tree: cKDTree

    @classmethod
    def of(cls, search: SearchPass, xyz_m: Floats, hole: Ints) -> PassIndex:
        """Index samples (n, 3) whose holes are numbered."""
        from scipy.spatial import cKDTree

        scaled = np.ascontiguousarray(xyz_m @ search.matrix().T)
        return cls(search, scaled, hole, cKDTree(scaled))

    def find(self, target_m: Floats, left_out: LeftOut) -> Neighbours:
        """Find the samples of targets (n, 3); a target whose demands are not met gets none."""
        search = self.search
        target = np.ascontiguousarray(target_m @ search.matrix().T)
        n = target.shape[0]
        found = Neighbours(
            np.zeros((n, search.max_samples), np.int64),
            np.zeros((n, search.max_samples)),
            np.zeros(n, np.int64),
        )
        octants = np.zeros(n, np.int64)
        rows = np.arange(n)
        is_plain = not search.is_limited and bool((left_out.sample < 0).all())
        wanted = search.max_samples * (1 if is_plain else CANDIDATES_PER_SAMPLE)
        while rows.size:
            rows = self._fill(rows, target, left_out, min(wanted, self.hole.size), found, octants)
            wanted *= 4
        found.count[(found.count < search.min_samples) | (octants < search.min_octants)] = 0
        return found

    def _fill(
        self,
        rows: Ints,
        target: Floats,
        left_out: LeftOut,
        wanted: int,
        found: Neighbours,
        octants: Ints,
    ) -> Ints:
        """Fill rows from so many candidates; return the rows that may need more of them."""
        from oreline.explore._search_kernels import select_rows

        search = self.search
        distance, candidate = self.tree.query(
            target[rows], k=np.arange(1, wanted + 1), distance_upper_bound=1.0 + 1e-12
        )
        near = np.zeros((rows.size, search.max_samples), np.int64)
        near_distance = np.zeros(near.shape)
        count, filled = np.zeros(rows.size, np.int64), np.zeros(rows.size, np.int64)
        is_short = np.zeros(rows.size, np.bool_)
        select_rows(
            np.asarray(candidate, np.int64),
            np.asarray(distance),
            target[rows],
            self.scaled,
            self.hole,
            left_out.sample[rows],
            left_out.hole[rows],
            search.max_samples,
            search.max_per_hole or 0,
            search.max_per_octant or 0,
            near,
            near_distance,
            count,
            filled,
            is_short,
        )
        found.near[rows], found.distance[rows] = near, near_distance
        found.count[rows], octants[rows] = count, filled
        return rows[is_short]
