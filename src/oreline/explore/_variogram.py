"""Models of variograms: nested structures, each with its sill, three ranges and a rotation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oreline.model import InputError

Floats = NDArray[np.float64]


class StructureKind(StrEnum):
    """The shape of a structure; h is the distance in ranges, so that 1 is the range.

    The range is where the structure reaches its sill, or 95 % of it where it never does
    (exponential and gaussian): the practical range of GSLIB.
    """

    SPHERICAL = "spherical"
    """1.5 h - 0.5 h^3 up to 1."""
    EXPONENTIAL = "exponential"
    """1 - exp(-3 h)."""
    GAUSSIAN = "gaussian"
    """1 - exp(-3 h^2); alone, without a nugget, it makes kriging systems nearly singular."""
    CUBIC = "cubic"
    """7 h^2 - 8.75 h^3 + 3.5 h^5 - 0.75 h^7 up to 1."""
    PENTASPHERICAL = "pentaspherical"
    """1.875 h - 1.25 h^3 + 0.375 h^5 up to 1."""


KIND_NUMBERS = {kind: number for number, kind in enumerate(StructureKind)}
"""The number by which a kernel knows a kind."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """How the axes of an ellipsoid lie: the three angles of GSLIB, in degrees.

    Parameters
    ----------
    azimuth_deg
        Direction of the major axis, clockwise from north (y).
    dip_deg
        Inclination of the major axis from the horizontal; negative is downwards.
    plunge_deg
        Turn of the two other axes about the major one. A positive angle lifts the semi-major axis
        on the left of who looks along the major one: the third angle in the formula of GSLIB's
        ``setrot`` (Deutsch and Journel, GSLIB, 2nd ed., Oxford 1998, section II.3).

    With all three at zero the major axis points north, the semi-major one west, the minor one up.

    Examples
    --------
    The major axis points east and down by 30 degrees:

    >>> print(Rotation(90.0, -30.0).matrix()[0].round(4) + 0.0)
    [ 0.866  0.    -0.5  ]
    """

    azimuth_deg: float = 0.0
    dip_deg: float = 0.0
    plunge_deg: float = 0.0

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.azimuth_deg, self.dip_deg, self.plunge_deg))):
            raise InputError(f"the angles of a rotation must be finite: {self}")

    def matrix(self) -> Floats:
        """Return the unit vectors (east, north, up) of the major, semi-major and minor axis.

        They are the rows of an orthogonal 3 x 3 array: ``matrix @ d`` are the components of a
        vector d along the axes.
        """
        alpha = math.radians(90.0 - self.azimuth_deg)
        beta, theta = math.radians(-self.dip_deg), math.radians(self.plunge_deg)
        sin_a, sin_b, sin_t = math.sin(alpha), math.sin(beta), math.sin(theta)
        cos_a, cos_b, cos_t = math.cos(alpha), math.cos(beta), math.cos(theta)
        return np.array(
            [
                [cos_b * cos_a, cos_b * sin_a, -sin_b],
                [
                    -cos_t * sin_a + sin_t * sin_b * cos_a,
                    cos_t * cos_a + sin_t * sin_b * sin_a,
                    sin_t * cos_b,
                ],
                [
                    sin_t * sin_a + cos_t * sin_b * cos_a,
                    -sin_t * cos_a + cos_t * sin_b * sin_a,
                    cos_t * cos_b,
                ],
            ]
        )

    def to_json(self) -> dict[str, float]:
        """Return the angles as a JSON object."""
        return {
            "azimuth_deg": self.azimuth_deg,
            "dip_deg": self.dip_deg,
            "plunge_deg": self.plunge_deg,
        }


def scaling(ranges_m: Sequence[float], rotation: Rotation) -> Floats:
    """Return the 3 x 3 array that turns a vector in metres into distances in ranges."""
    return rotation.matrix() / np.asarray(ranges_m, np.float64)[:, None]


def is_three_lengths(lengths: Sequence[float]) -> bool:
    """Return whether these are three finite numbers over zero."""
    return len(lengths) == 3 and all(math.isfinite(length) and length > 0 for length in lengths)


@dataclass(frozen=True, slots=True)
class Structure:
    """One structure of a variogram.

    Parameters
    ----------
    kind
        Its shape.
    sill
        What it adds to the sill, in squared units of the grade.
    ranges_m
        Practical ranges along the major, semi-major and minor axis.
    rotation
        How the axes lie.

    Raises
    ------
    InputError
        If the sill is negative, or a range not positive.
    """

    kind: StructureKind
    sill: float
    ranges_m: tuple[float, float, float]
    rotation: Rotation = field(default_factory=Rotation)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.sill) and self.sill >= 0):
            raise InputError(f"the sill of a structure is {self.sill}: give zero or more")
        if not is_three_lengths(self.ranges_m):
            raise InputError(
                f"the ranges of a structure are {self.ranges_m}: give three positive lengths "
                "(major, semi-major, minor axis)"
            )

    def matrix(self) -> Floats:
        """Return the 3 x 3 array that turns a vector in metres into distances in ranges."""
        return scaling(self.ranges_m, self.rotation)

    def to_json(self) -> dict[str, Any]:
        """Return the structure as a JSON object."""
        return {
            "kind": str(self.kind),
            "sill": self.sill,
            "ranges_m": list(self.ranges_m),
            **self.rotation.to_json(),
        }


def shape(kind: StructureKind, h: Floats) -> Floats:
    """Return the variogram of a kind with sill 1 at distances in ranges."""
    inside = np.minimum(h, 1.0)
    if kind is StructureKind.SPHERICAL:
        return np.asarray(1.5 * inside - 0.5 * inside**3)
    if kind is StructureKind.EXPONENTIAL:
        return np.asarray(-np.expm1(-3.0 * h))
    if kind is StructureKind.GAUSSIAN:
        return np.asarray(-np.expm1(-3.0 * h * h))
    if kind is StructureKind.CUBIC:
        return np.asarray(7 * inside**2 - 8.75 * inside**3 + 3.5 * inside**5 - 0.75 * inside**7)
    return np.asarray(1.875 * inside - 1.25 * inside**3 + 0.375 * inside**5)


@dataclass(frozen=True, slots=True)
class Variogram:
    """A model of a variogram: a nugget and nested structures.

    Parameters
    ----------
    nugget
        What two samples at one place differ by, in squared units of the grade.
    structures
        The rest of the sill; the order has no meaning.

    Raises
    ------
    InputError
        If the nugget is negative, or the whole sill zero.

    Examples
    --------
    >>> model = Variogram(0.2, (Structure(StructureKind.SPHERICAL, 0.8, (100.0, 100.0, 50.0)),))
    >>> model.gamma([[0, 0, 0], [0, 50, 0], [0, 0, 50]]).round(4).tolist()
    [0.0, 0.75, 1.0]
    """

    nugget: float
    structures: tuple[Structure, ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.nugget) and self.nugget >= 0):
            raise InputError(f"the nugget of a variogram is {self.nugget}: give zero or more")
        if not self.sill > 0:
            raise InputError("the sill of a variogram is zero: nothing would vary")

    @property
    def sill(self) -> float:
        """Return the whole sill, which is the variance of a sample."""
        return self.nugget + sum(structure.sill for structure in self.structures)

    def gamma(self, vectors_m: object) -> Floats:
        """Return the variogram for vectors (n, 3) in metres: east, north, up.

        It is zero at the zero vector, and jumps by the nugget beside it.
        """
        d = np.asarray(vectors_m, np.float64).reshape(-1, 3)
        found = np.full(d.shape[0], self.nugget)
        for structure in self.structures:
            h = np.sqrt(((d @ structure.matrix().T) ** 2).sum(axis=1))
            found += structure.sill * shape(structure.kind, h)
        found[~d.any(axis=1)] = 0.0
        return found

    def covariance(self, vectors_m: object) -> Floats:
        """Return sill minus variogram, for vectors (n, 3) in metres."""
        return np.asarray(self.sill - self.gamma(vectors_m))

    def scaled(self, factor: float) -> Variogram:
        """Return the variogram with its nugget and sills multiplied by a factor.

        Kriging weights stay as they are; the kriging variance is multiplied.
        """
        structures = tuple(
            Structure(part.kind, part.sill * factor, part.ranges_m, part.rotation)
            for part in self.structures
        )
        return Variogram(self.nugget * factor, structures)

    def to_json(self) -> dict[str, Any]:
        """Return the model as a JSON object."""
        return {
            "nugget": self.nugget,
            "sill": self.sill,
            "structures": [structure.to_json() for structure in self.structures],
        }


@dataclass(frozen=True, slots=True)
class PackedVariogram:
    """A variogram as the arrays that kernels read."""

    nugget: float
    kinds: NDArray[np.int64]
    sills: Floats
    matrices: Floats

    @classmethod
    def of(cls, variogram: Variogram) -> PackedVariogram:
        """Pack a variogram; structures without a sill are left out."""
        parts = [part for part in variogram.structures if part.sill > 0]
        return cls(
            variogram.nugget,
            np.array([KIND_NUMBERS[part.kind] for part in parts], np.int64),
            np.array([part.sill for part in parts], np.float64),
            np.array([part.matrix() for part in parts], np.float64).reshape(-1, 3, 3),
        )

    def transformed(self, xyz_m: Floats) -> Floats:
        """Return coordinates (n, structures, 3) in ranges of each structure."""
        return np.ascontiguousarray(np.einsum("sij,nj->nsi", self.matrices, xyz_m))
