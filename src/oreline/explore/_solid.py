"""Solids: closed surfaces of triangles, as modelling programs write them, and what lies in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from oreline.model import InputError, LimitExceededError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TRIANGLES_MAX = 2_000_000
"""How many triangles a solid has at most."""
_HEAD, _RECORD = 84, 50


@dataclass(frozen=True, slots=True)
class Solid:
    """A surface of triangles.

    Attributes
    ----------
    corners
        The corners of the triangles, x, y, z; shape (n, 3, 3).
    open_edges
        How many edges do not belong to two triangles; a closed surface has none.
    """

    corners: Floats
    open_edges: int

    @property
    def extent_m(self) -> tuple[Floats, Floats]:
        """Return the least and the greatest x, y, z."""
        points = self.corners.reshape(-1, 3)
        return points.min(axis=0), points.max(axis=0)

    @property
    def volume_m3(self) -> float | None:
        """Return the volume by the divergence theorem: a sixth of the sum of a · (b × c).

        None where the surface is not closed, or its triangles do not all turn the same way.
        """
        if self.open_edges or not _turn_alike(self.corners):
            return None
        a, b, c = np.moveaxis(self.corners - self.corners.mean(axis=(0, 1)), 1, 0)
        return abs(float(np.einsum("ij,ij->", a, np.cross(b, c)))) / 6

    def to_json(self) -> dict[str, Any]:
        """Return what the check says of the surface, as a JSON object."""
        low, high = self.extent_m
        return {
            "triangles": len(self.corners),
            "open_edges": self.open_edges,
            "is_closed": self.open_edges == 0,
            "volume_m3": self.volume_m3,
            "low_m": low.tolist(),
            "high_m": high.tolist(),
        }


def read_stl(data: bytes, factor: float = 1.0) -> Solid:
    """Read a solid from the bytes of an STL file, binary or text.

    Parameters
    ----------
    data
        The file.
    factor
        Metres in the unit of its coordinates.

    Raises
    ------
    InputError
        If it is no STL file or has no triangle.
    LimitExceededError
        If it has more than ``TRIANGLES_MAX`` triangles.
    """
    corners = _binary(data)
    if corners is None:
        corners = _text(data)
    if not len(corners) or not bool(np.isfinite(corners).all()):
        raise InputError("this is no STL file with triangles")
    if len(corners) > TRIANGLES_MAX:
        message = f"{len(corners)} triangles are more than TRIANGLES_MAX = {TRIANGLES_MAX}"
        raise LimitExceededError(message)
    return Solid(corners * factor, _open_edges(corners))


def _binary(data: bytes) -> Floats | None:
    if len(data) < _HEAD:
        return None
    count = int.from_bytes(data[80:84], "little")
    if len(data) < _HEAD + _RECORD * count or len(data) > _HEAD + _RECORD * count + 2:
        return None
    kind = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("more", "<u2")])
    corners = np.frombuffer(data, kind, count, _HEAD)["corners"]
    return corners.astype(np.float64)


def _text(data: bytes) -> Floats:
    numbers = [
        line.split()[1:4] for line in data.split(b"\n") if line.strip().startswith(b"vertex ")
    ]
    try:
        corners = np.array(numbers, dtype=np.float64)
        return corners.reshape(-1, 3, 3)
    except ValueError:
        raise InputError("this is no STL file with triangles") from None


def _edges(corners: Floats) -> NDArray[np.int64]:
    """Return the edges of all triangles as pairs of corners, in the order in which they turn."""
    _, number = np.unique(corners.reshape(-1, 3), axis=0, return_inverse=True)
    triangle = number.reshape(-1, 3)
    pairs = np.concatenate([triangle[:, [0, 1]], triangle[:, [1, 2]], triangle[:, [2, 0]]])
    return np.asarray(pairs[pairs[:, 0] != pairs[:, 1]], np.int64)


def _turn_alike(corners: Floats) -> bool:
    """Return whether every edge is walked once each way, as on a surface with one outside."""
    pairs = _edges(corners)
    return len(np.unique(pairs, axis=0)) == len(pairs)


def _open_edges(corners: Floats) -> int:
    pairs = np.sort(_edges(corners), axis=1)
    _, count = np.unique(pairs, axis=0, return_counts=True)
    return int((count % 2 == 1).sum())


def points_in_solid(
    solid: Solid, points_m: Floats, *, open_edges_max: int = 0
) -> NDArray[np.bool_]:
    """Return which points lie in a solid: those that a line upwards leaves an odd number of times.

    Parameters
    ----------
    solid
        A closed surface.
    points_m
        x, y, z; shape (n, 3).
    open_edges_max
        How many open edges are borne with: where a few triangles of a large surface do not meet,
        a few points may come out wrong.

    Raises
    ------
    InputError
        If more edges lie open.
    """
    if solid.open_edges > open_edges_max:
        raise InputError(f"the surface is not closed: {solid.open_edges} edges lie open")
    points = np.asarray(points_m, dtype=np.float64)
    crossings = np.zeros(len(points), dtype=np.int64)
    if not len(points):
        return crossings > 0
    # Moved by less than the last digit of a survey, so that no line meets an edge exactly.
    extent = float(np.ptp(solid.corners.reshape(-1, 3), axis=0).max())
    flat = points[:, :2] + np.array([0.61803, 0.41421]) * extent * 1e-9
    order = np.argsort(flat[:, 0], kind="stable")
    along = flat[order, 0]
    low, high = solid.corners.min(axis=1), solid.corners.max(axis=1)
    first = np.searchsorted(along, low[:, 0])
    last = np.searchsorted(along, high[:, 0], side="right")
    for number in np.flatnonzero(first < last):
        near = order[first[number] : last[number]]
        y = flat[near, 1]
        near = near[(y >= low[number, 1]) & (y <= high[number, 1])]
        if len(near):
            crossings[near] += _above(solid.corners[number], flat[near], points[near, 2])
    inside: NDArray[np.bool_] = crossings % 2 == 1
    return inside


def _above(triangle: Floats, flat: Floats, z: Floats) -> NDArray[np.bool_]:
    """Return which points have the triangle straight above them."""
    a, b, c = triangle
    area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
    if area == 0.0:
        return np.zeros(len(flat), dtype=bool)
    x, y = flat[:, 0] - a[0], flat[:, 1] - a[1]
    u = (x * (c[1] - a[1]) - (c[0] - a[0]) * y) / area
    v = ((b[0] - a[0]) * y - x * (b[1] - a[1])) / area
    inside = (u >= 0) & (v >= 0) & (u + v <= 1)
    above: NDArray[np.bool_] = inside & (a[2] + u * (b[2] - a[2]) + v * (c[2] - a[2]) > z)
    return above
