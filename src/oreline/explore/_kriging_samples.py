"""Samples that blocks are estimated from, and the problems they may have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oreline.model import Finding, InputError, Severity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAME_PLACE_M = 1e-6
"""Samples nearer than this are at one place."""
FINDINGS_MAX = 20
"""How many samples with the same problem are listed."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples, usually composites, as arrays.

    Parameters
    ----------
    xyz_m
        East, north and elevation of each, (n, 3), in metres.
    values
        Grades (n, k), one column for each analyte; NaN where one was not measured.
    analytes
        The names of the columns, such as ``Nd2O3_pct``.
    hole
        The name or number of each sample's hole; without it each sample is a hole of its own, so
        that limits per hole do nothing.
    domain
        The name or code of each sample's domain; without it all lie in one.
    names
        What each sample is called in findings, such as ``BH-12 34-36 m``; else its row.

    Raises
    ------
    InputError
        If lengths differ, a place is not finite, or a grade is infinite.
    """

    xyz_m: Floats
    values: Floats
    analytes: tuple[str, ...]
    hole: NDArray[np.generic] | None = None
    domain: NDArray[np.generic] | None = None
    names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        xyz = np.ascontiguousarray(self.xyz_m, np.float64)
        values = np.asarray(self.values, np.float64)
        values = np.ascontiguousarray(values[:, None] if values.ndim == 1 else values)
        object.__setattr__(self, "xyz_m", xyz)
        object.__setattr__(self, "values", values)
        if xyz.ndim != 2 or xyz.shape[1] != 3 or xyz.shape[0] == 0:
            raise InputError(f"places have the shape {xyz.shape}: give (n, 3) with n over 0")
        if values.shape != (xyz.shape[0], len(self.analytes)):
            raise InputError(
                f"values have the shape {values.shape}, for {xyz.shape[0]} places and "
                f"{len(self.analytes)} analytes"
            )
        for name in ("hole", "domain", "names"):
            column = getattr(self, name)
            if column is not None and len(column) != xyz.shape[0]:
                raise InputError(f"{name} has {len(column)} entries for {xyz.shape[0]} samples")
        if not np.isfinite(xyz).all():
            row = int(np.flatnonzero(~np.isfinite(xyz).all(axis=1))[0])
            raise InputError(f"{self.name(row)} has no finite place: {xyz[row].tolist()}")
        if np.isinf(values).any():
            row = int(np.flatnonzero(np.isinf(values).any(axis=1))[0])
            raise InputError(f"{self.name(row)} has an infinite grade")

    @property
    def n(self) -> int:
        """Return the number of samples."""
        return int(self.xyz_m.shape[0])

    def name(self, row: int) -> str:
        """Return what a sample is called."""
        return f"sample {row + 1}" if self.names is None else self.names[row]

    def hole_numbers(self) -> Ints:
        """Return a number for each sample that is the same within a hole."""
        if self.hole is None:
            return np.arange(self.n)
        return np.asarray(np.unique(self.hole, return_inverse=True)[1], np.int64).ravel()

    def taken(self, rows: NDArray[np.generic]) -> Samples:
        """Return some of the samples: a mask, or row numbers."""
        numbers = np.arange(self.n)[rows]
        return Samples(
            self.xyz_m[numbers],
            self.values[numbers],
            self.analytes,
            None if self.hole is None else np.asarray(self.hole)[numbers],
            None if self.domain is None else np.asarray(self.domain)[numbers],
            None if self.names is None else tuple(self.names[row] for row in numbers),
        )

    def column(self, analyte: str) -> Floats:
        """Return the grades of one analyte.

        Raises
        ------
        InputError
            If there is no such analyte.
        """
        if analyte not in self.analytes:
            raise InputError(f"no analyte {analyte!r}; there are {', '.join(self.analytes)}")
        return np.asarray(self.values[:, self.analytes.index(analyte)])


def repeated_places(samples: Samples) -> list[Finding]:
    """Find samples at one place: without a nugget no kriging system that has both can be solved.

    Returns
    -------
    list of Finding
        ORL-0930 for each, at most FINDINGS_MAX and one that counts the rest.
    """
    from scipy.spatial import cKDTree

    pairs = cKDTree(samples.xyz_m).query_pairs(SAME_PLACE_M, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    return [singular(samples, int(b), int(a)) for a, b in pairs[:FINDINGS_MAX]] + more_than(
        len(pairs), "pairs of samples at one place"
    )


def more_than(found: int, what: str) -> list[Finding]:
    """Return a note on what was not listed, if anything was not."""
    if found <= FINDINGS_MAX:
        return []
    return [
        Finding(
            "ORL-0930",
            Severity.FATAL,
            "the samples",
            f"{found - FINDINGS_MAX:,} more {what} are not listed",
            "repair the cause of those listed first",
        )
    ]


def singular(samples: Samples, row: int, other: int | None = None) -> Finding:
    """Return the finding of a sample that repeats others."""
    x, y, z = samples.xyz_m[row]
    beside = "samples around it" if other is None else samples.name(other)
    why = (
        "the kriging system is singular to rounding"
        if other is None
        else "both are at one place, and no kriging system without a nugget can hold both"
    )
    return Finding(
        "ORL-0930",
        Severity.FATAL,
        f"{samples.name(row)} at {x:.2f} E, {y:.2f} N, {z:.2f} m",
        f"it repeats {beside}: {why}",
        "average or remove one of them, or give the variogram a nugget",
    )


def checked_names(analytes: Sequence[str]) -> tuple[str, ...]:
    """Return the names, which must differ.

    Raises
    ------
    InputError
        If one is there twice.
    """
    names = tuple(analytes)
    if len(set(names)) != len(names):
        raise InputError(f"an analyte is listed twice: {', '.join(names)}")
    return names
