"""Country shapes, disputed boundaries and sea routes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import orjson

from oreline.reference._countries import Country, country
from oreline.reference._errors import UnknownPortError
from oreline.reference._geometry import Ring, inside
from oreline.reference._tables import data_file, raw_table

KM_PER_NAUTICAL_MILE = Decimal("1.852")
"""Kilometres in one international nautical mile, exactly."""


@dataclass(frozen=True, slots=True)
class SeaRoute:
    """A computed sea route between two ports (UN/LOCODE) under one scenario of closed passages."""

    origin: str
    destination: str
    scenario: str
    distance_nm: Decimal
    distance_km: Decimal
    great_circle_nm: Decimal
    passages: tuple[str, ...]
    source: str


@cache
def _bytes(name: str) -> bytes:
    return data_file(name).read_bytes()


def shapes() -> dict[str, Any]:
    """Give the countries of the world as a GeoJSON FeatureCollection (1:110 million).

    Each feature has ``properties`` ``iso3`` (or null), ``numeric`` and ``name``. Coordinates are
    longitude and latitude rounded to three decimals; outer rings run counter-clockwise (RFC 7946).
    The outlines are de-facto ones: draw :func:`disputed_boundaries` over them. Each call gives a
    fresh dict, which the caller may change.
    """
    loaded: dict[str, Any] = orjson.loads(_bytes("countries_110m.geojson"))
    return loaded


def disputed_boundaries() -> dict[str, Any]:
    """Give the disputed parts of those outlines as a GeoJSON FeatureCollection of lines.

    Each feature has ``between``, ``name``, ``view`` (always ``dashed``) and ``note``, which says
    what the line is and who disputes it; a map draws it dashed and shows the note. The list is
    not complete, and takes no side.
    """
    loaded: dict[str, Any] = orjson.loads(_bytes("disputed_boundaries.geojson"))
    return loaded


@cache
def _rings() -> tuple[tuple[str, tuple[Ring, ...]], ...]:
    kept = []
    for feature in shapes()["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        rings = tuple(np.asarray(ring, dtype=np.float64) for rings in polygons for ring in rings)
        kept.append((feature["properties"]["iso3"] or "", rings))
    return tuple(kept)


def country_at(lat: float, lon: float) -> Country | None:
    """Give the country whose 1:110 million outline holds a point, or None at sea.

    Coarse: within some 50 km of a border or a coast it may be wrong, and small countries and
    islands are missing. It shows gross errors such as a changed sign; it settles no dispute.

    Examples
    --------
    >>> country_at(27.0, 67.0).alpha3
    'PAK'
    """
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"no such place: latitude {lat}, longitude {lon}")
    for iso3, rings in _rings():
        if inside(rings, lat, lon):
            return country(iso3) if iso3 else None
    return None


@cache
def _routes() -> dict[tuple[str, str, str], SeaRoute]:
    return {
        (row["origin"], row["destination"], row["scenario"]): SeaRoute(
            row["origin"],
            row["destination"],
            row["scenario"],
            Decimal(row["distance_nm"]),
            Decimal(row["distance_nm"]) * KM_PER_NAUTICAL_MILE,
            Decimal(row["great_circle_nm"]),
            tuple(row["passages"].split("+")) if row["passages"] else (),
            row["source"],
        )
        for row in raw_table("sea_routes").iter_rows(named=True)
    }


def sea_distance(origin: str, destination: str, scenario: str = "default") -> SeaRoute:
    """Give the computed sea route from a Pakistani port to a port, by UN/LOCODE.

    Parameters
    ----------
    origin, destination
        UN/LOCODE, such as ``PKKHI`` and ``USHOU``; a route is the same in both directions.
    scenario
        Which passages are shut: ``default`` (none), ``no_suez``, ``no_suez_no_babalmandab``,
        ``no_panama``.

    Raises
    ------
    UnknownPortError
        If that route is not in the table ``sea_routes``.

    Examples
    --------
    >>> sea_distance("PKKHI", "USHOU").distance_nm
    Decimal('9600')
    """
    here, there = (port.replace(" ", "").upper() for port in (origin, destination))
    found = _routes().get((here, there, scenario)) or _routes().get((there, here, scenario))
    if found is None:
        known = sorted({key[2] for key in _routes()})
        raise UnknownPortError(
            f"no route {here} to {there} under {scenario!r} in the table sea_routes "
            f"(scenarios: {', '.join(known)})"
        )
    return found
