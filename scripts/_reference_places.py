"""The part of the reference tables that lies on the map: outlines, deposits, plants, ports."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from _reference_cells import Facts, Row, joined
from _reference_facts import DEPOSIT_SOURCES, DISPUTED, NEAR_KM
from oreline.reference._geometry import Ring, distance_to_edge_km, inside

# --------------------------------------------------------------------------- map


Point = tuple[float, float]
"""Longitude and latitude in degrees."""


@dataclass(frozen=True)
class World:
    """The country outlines of a TopoJSON file: its arcs, and the geometries made of them."""

    arcs: list[list[Point]]
    geometries: list[dict[str, Any]]

    def ring(self, indices: list[int]) -> list[Point]:
        """Join arcs to a closed ring; a negative index is the arc's complement, reversed."""
        points: list[Point] = []
        for index in indices:
            arc = self.arcs[index] if index >= 0 else self.arcs[~index][::-1]
            points.extend(arc[1:] if points else arc)
        return points

    def polygons(self, geometry: Mapping[str, Any]) -> list[list[list[Point]]]:
        """Give the polygons of a geometry, cut at longitude 180; the outer ring comes first."""
        arcs = geometry["arcs"]
        polygons = []
        for outer, *holes in [arcs] if geometry["type"] == "Polygon" else arcs:
            parts = cut_at_180(self.ring(outer))
            inner = [part for hole in holes for part in cut_at_180(self.ring(hole))]
            for part in parts:
                edge = [np.asarray(part)]
                polygons.append([part, *(h for h in inner if inside(edge, h[0][1], h[0][0]))])
        return polygons


def cut_at_180(ring: list[Point]) -> list[list[Point]]:
    """Cut a ring that crosses longitude 180 into rings that do not; one around a pole gets it."""
    lons = [ring[0][0]]
    for (before, _), (after, _) in pairwise(ring):
        lons.append(lons[-1] + (after - before + 180) % 360 - 180)
    points = list(zip(lons, (lat for _, lat in ring), strict=True))
    if abs(lons[-1] - lons[0]) > 180:
        pole = -90.0 if points[0][1] < 0 else 90.0
        points += [(lons[-1], pole), (lons[0], pole), points[0]]
    parts = []
    for turn in (-360, 0, 360):
        part = _clip(_clip(points, turn - 180, 1), turn + 180, -1)
        if len(part) > 3:
            parts.append([(lon - turn, lat) for lon, lat in part])
    return parts


def _clip(points: list[Point], limit: float, side: int) -> list[Point]:
    """Keep the part of a closed ring on one side of a meridian (Sutherland and Hodgman)."""
    kept: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        within, next_within = side * (x0 - limit) >= 0, side * (x1 - limit) >= 0
        if within:
            kept.append((x0, y0))
        if within != next_within:
            kept.append((limit, y0 + (y1 - y0) * (limit - x0) / (x1 - x0)))
    return [*kept, kept[0]] if kept else []


def decode(topology: Mapping[str, Any]) -> World:
    """Undo the delta coding and quantisation of a TopoJSON topology."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        steps = np.cumsum(np.asarray(deltas, dtype=np.int64), axis=0)
        arcs.append([(int(x) * sx + tx, int(y) * sy + ty) for x, y in steps])
    return World(arcs, topology["objects"]["countries"]["geometries"])


def tidy_ring(points: Iterable[Point], *, outer: bool) -> list[list[float]] | None:
    """Round a ring to three decimals, turned as RFC 7946 wants; None if nothing is left."""
    kept: list[list[float]] = []
    for lon, lat in points:
        point = [round(lon, 3) + 0.0, round(lat, 3) + 0.0]
        if not kept or kept[-1] != point:
            kept.append(point)
    if len(kept) < 4:
        return None
    assert kept[0] == kept[-1], "a ring must close"
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(kept))
    return kept if (area > 0) == outer else kept[::-1]


def country_features(facts: Facts, world: World) -> list[dict[str, Any]]:
    """Give one GeoJSON feature for each country."""
    alpha3_of = {value: key for value, key in facts.index.items() if value.isdigit()}
    features = []
    for geometry in world.geometries:
        numeric = geometry.get("id")
        polygons = []
        for polygon in world.polygons(geometry):
            rings = [tidy_ring(ring, outer=index == 0) for index, ring in enumerate(polygon)]
            if rings[0]:
                polygons.append([ring for ring in rings if ring])
        single = len(polygons) == 1
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "iso3": alpha3_of[numeric] if numeric else None,
                    "numeric": numeric,
                    "name": geometry["properties"]["name"],
                    "source": "natural-earth",
                },
                "geometry": {
                    "type": "Polygon" if single else "MultiPolygon",
                    "coordinates": polygons[0] if single else polygons,
                },
            }
        )
    return features


def shared_arcs(world: World, first: str, second: str) -> list[list[Point]]:
    """Give the arcs that two countries share, by their Natural Earth names."""
    users: dict[int, set[str]] = defaultdict(set)
    for geometry in world.geometries:
        flat = np.concatenate([np.ravel(ring) for ring in _rings_of(geometry)])
        for index in flat.tolist():
            users[index if index >= 0 else ~index].add(geometry["properties"]["name"])
    return [world.arcs[index] for index, names in sorted(users.items()) if names == {first, second}]


def _rings_of(geometry: Mapping[str, Any]) -> list[list[int]]:
    arcs = geometry["arcs"]
    return arcs if geometry["type"] == "Polygon" else [ring for rings in arcs for ring in rings]


def disputed_features(world: World) -> list[dict[str, Any]]:
    """Cut the disputed parts out of the shared arcs."""
    features = []
    for key, first, second, name, lats, lons, note in DISPUTED:
        lines = []
        for arc in shared_arcs(world, first, second):
            line = [
                [round(lon, 3), round(lat, 3)]
                for lon, lat in arc
                if lats[0] <= lat <= lats[1] and lons[0] <= lon <= lons[1]
            ]
            if len(line) > 1:
                lines.append(line)
        assert lines, f"nothing of {key} is in the outlines"
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "id": key, "between": [first, second], "name": name, "view": "dashed",
                    "note": note, "basis": "assumed", "review": "unreviewed",
                    "source": "natural-earth",
                },
                "geometry": {"type": "MultiLineString", "coordinates": lines},
            }
        )  # fmt: skip
    return features


def collection(features: list[dict[str, Any]]) -> bytes:
    """Write a FeatureCollection, one feature to a line."""
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features
    )
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


# --------------------------------------------------------------------------- places


class PlaceCheck:
    """Compares coordinates with the outline of the country they are said to lie in."""

    def __init__(self, facts: Facts) -> None:
        world = decode(facts.topology("countries-50m.json"))
        self.rings: dict[str, list[Ring]] = defaultdict(list)
        for geometry in world.geometries:
            if not geometry.get("id") or "arcs" not in geometry:
                continue
            alpha3 = facts.alpha3(geometry["id"])
            for polygon in world.polygons(geometry):
                self.rings[alpha3].extend(np.asarray(ring) for ring in polygon)

    def finding(self, alpha3: str, lat: float, lon: float) -> Row:
        """Give the columns `finding` and `outside_km`: empty when the point is inside."""
        rings = self.rings.get(alpha3)
        if not alpha3:
            return {"finding": "country not resolved", "outside_km": ""}
        if rings is None:
            return {"finding": "country has no outline at this scale", "outside_km": ""}
        if inside(rings, lat, lon):
            return {"finding": "", "outside_km": ""}
        away = distance_to_edge_km(rings, lat, lon)
        for name, other in (("longitude", (lat, -lon)), ("latitude", (-lat, lon))):
            if away > NEAR_KM and inside(rings, *other):
                words = f"outside its country; inside with the other sign of {name}"
                return {"finding": words, "outside_km": f"{away:.1f}"}
        near = "just outside its country" if away <= NEAR_KM else "outside its country"
        return {"finding": near, "outside_km": f"{away:.1f}"}


def build_deposits(facts: Facts, check: PlaceCheck) -> dict[str, list[Row]]:
    """Build deposits, each point checked against its country; nothing is moved."""
    rows = []
    for raw in facts.rows("deposits/usgs_deposits_sb_cu_ree_world_plus_pakistan.csv"):
        alpha3 = raw["iso3"] or facts.alpha3(raw["country"])
        rows.append(
            {
                "dataset": raw["dataset"].removeprefix("umn/"),
                "record_id": raw["record_id"], "name": raw["name"], "iso3": alpha3,
                "country_text": raw["country"], "admin1": raw["admin1"], "lat": raw["lat"],
                "lon": raw["lon"], "commodities": raw["commodities"],
                "deposit_type": raw["deposit_type"],
                **check.finding(alpha3, float(raw["lat"]), float(raw["lon"])),
                "basis": "reported", "source": DEPOSIT_SOURCES[raw["dataset"]],
            }
        )  # fmt: skip
    return {"deposits": rows}


def build_pakistan(facts: Facts, check: PlaceCheck) -> dict[str, list[Row]]:
    """Build pakistan_deposits: candidates, with how well each place is known."""
    rows = []
    for raw in facts.rows("deposits/pakistan_corridor_sites_curated.csv"):
        recorded = raw["coord_basis"].startswith("USGS")
        rows.append(
            {
                "id": raw["id"], "name": raw["name"], "commodity": raw["commodity"],
                "stage": raw["stage"], "iso3": "PAK", "province": raw["province"],
                "lat": raw["lat"], "lon": raw["lon"], "precision_km": raw["coord_precision_km"],
                "coord_basis": raw["coord_basis"], "figures": raw["figures"],
                "evidence": raw["evidence"],
                **check.finding("PAK", float(raw["lat"]), float(raw["lon"])),
                "basis": "reported" if recorded else "assumed", "source": "oreline-curated",
            }
        )  # fmt: skip
    return {"pakistan_deposits": rows}


def build_facilities(facts: Facts, check: PlaceCheck) -> dict[str, list[Row]]:
    """Build facilities: plants and ports of the rare-earth, antimony and copper chains."""
    rows = []
    for raw in facts.rows("facilities/ree_sb_cu_facilities_curated.csv"):
        alpha3 = facts.alpha3(raw["country"])
        basis = raw["coord_basis"]
        origin = "geonames" if basis.startswith("GeoNames") else "oreline-curated"
        rows.append(
            {
                "id": raw["id"], "name": raw["name"], "operator": raw["operator"].strip("-"),
                "iso3": alpha3, "stage": raw["stage"], "materials": raw["materials"].strip("-"),
                "lat": raw["lat"], "lon": raw["lon"], "coord_basis": basis,
                "status": raw["status_note"], "confidence": raw["confidence"],
                **check.finding(alpha3, float(raw["lat"]), float(raw["lon"])),
                "vintage": "2026", "basis": "compiled",
                "source": "nga-wpi" if basis == "NGA WPI" else origin,
            }
        )  # fmt: skip
    return {"facilities": rows}


def depth(text: str) -> str:
    """Give a depth; the index writes 0 where none is stated."""
    return "" if not text or float(text) == 0 else text


def build_ports(facts: Facts, check: PlaceCheck) -> dict[str, list[Row]]:
    """Build ports and sea_routes."""
    raws = facts.rows("ports/world_port_index_core.csv")
    codes = [raw["UN/LOCODE"].replace(" ", "") for raw in raws]
    numbers = [raw["World Port Index Number"].removesuffix(".0") for raw in raws]
    rows = []
    for raw, code, number in zip(raws, codes, numbers, strict=True):
        alpha3 = facts.alpha3(raw["Country Code"])
        place = check.finding(alpha3, float(raw["LATITUDE"]), float(raw["LONGITUDE"]))
        if place["finding"] == "just outside its country":
            place = {"finding": "", "outside_km": ""}  # where a port is expected: on the water
        doubts = (
            place["finding"],
            "UN/LOCODE occurs more than once" if code and codes.count(code) > 1 else "",
            "index number occurs more than once" if numbers.count(number) > 1 else "",
        )
        rows.append(
            {
                "wpi_number": number, "name": raw["MAIN_PORT_NAME"], "unlocode": code,
                "iso3": alpha3, "country_text": raw["Country Code"], "lat": raw["LATITUDE"],
                "lon": raw["LONGITUDE"], "harbor_size": raw["Harbor Size"],
                "harbor_type": raw["Harbor Type"], "channel_depth_m": depth(raw["Channel Depth "
                "(m)"]),
                "cargo_pier_depth_m": depth(raw["Cargo Pier Depth (m)"]),
                "max_draft_m": depth(raw["Maximum Vessel Draft (m)"]),
                "solid_bulk": raw["Facilities - Solid Bulk"],
                "container": raw["Facilities - Container"],
                "breakbulk": raw["Facilities - Breakbulk"],
                "container_cranes": raw["Cranes - Container"], "railway": raw["Railway"],
                "finding": joined(*doubts), "outside_km": place["outside_km"],
                "vintage": "2025", "basis": "reported", "source": "nga-wpi",
            }
        )  # fmt: skip
    rows.sort(key=lambda row: (float(row["wpi_number"]), *row.values()))
    routes = [
        {
            "origin": raw["origin"], "destination": raw["dest"], "scenario": raw["scenario"],
            "distance_nm": raw["nm"], "great_circle_nm": raw["great_circle_nm"],
            "days_at_13kn": raw["days_at_13kn"], "passages": raw["passages"], "basis": "derived",
            "source": "oreline-searoute",
        }
        for raw in facts.rows("ports/sea_routes_pk_us_searoute.csv")
    ]  # fmt: skip
    return {"ports": rows, "sea_routes": routes}
