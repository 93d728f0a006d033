"""Points, rings and distances on the globe."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG), in kilometres."""

Ring = NDArray[np.float64]
"""A closed ring: rows of longitude and latitude in degrees, first row equal to the last."""


def great_circle_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Give the great-circle distance of two points, in kilometres, on a sphere of mean radius.

    Haversine formula; the sphere is within 0.6 % of the ellipsoid. Latitudes must be in -90..90.

    Examples
    --------
    >>> round(great_circle_km(0, 0, 0, 180))
    20015
    """
    if not (-90 <= lat1 <= 90 and -90 <= lat2 <= 90):
        raise ValueError(f"a latitude lies outside -90..90: {lat1}, {lat2}")
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


def inside(rings: Sequence[Ring], lat: float, lon: float) -> bool:
    """Say whether a point lies inside rings taken together, by the even-odd rule.

    Holes are rings too; a point exactly on an edge may fall on either side.
    """
    crossings = 0
    for ring in rings:
        x, y = ring[:, 0], ring[:, 1]
        if not (y.min() <= lat <= y.max() and lon <= x.max()):
            continue
        above = y > lat
        edges = np.flatnonzero(above[:-1] != above[1:])
        x0, y0, x1, y1 = x[edges], y[edges], x[edges + 1], y[edges + 1]
        crossings += int(np.count_nonzero(x0 + (lat - y0) * (x1 - x0) / (y1 - y0) > lon))
    return crossings % 2 == 1


def distance_to_edge_km(rings: Sequence[Ring], lat: float, lon: float) -> float:
    """Give the distance from a point to the nearest edge of the rings, in kilometres.

    Uses a plane touching the globe at the point, good to about 1 % within 500 km; longitudes are
    taken the short way round.
    """
    if not rings:
        raise ValueError("no rings to measure to")
    scale = math.radians(1) * EARTH_RADIUS_KM
    best = math.inf
    for ring in rings:
        dx = (ring[:, 0] - lon + 180) % 360 - 180
        x = dx * scale * math.cos(math.radians(lat))
        y = (ring[:, 1] - lat) * scale
        ax, ay, bx, by = x[:-1], y[:-1], x[1:] - x[:-1], y[1:] - y[:-1]
        length2 = bx * bx + by * by
        along = np.clip(-(ax * bx + ay * by) / np.where(length2 == 0, 1, length2), 0, 1)
        best = min(best, float(np.hypot(ax + along * bx, ay + along * by).min()))
    return best
