"""Outlines, disputed lines, points in countries, distances."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.reference import (
    UnknownPortError,
    countries,
    country_at,
    disputed_boundaries,
    great_circle_km,
    sea_distance,
    shapes,
    table,
)
from oreline.reference._geometry import distance_to_edge_km, inside

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


def polygons() -> Iterator[tuple[str, list[list[list[float]]]]]:
    for feature in shapes()["features"]:
        geometry = feature["geometry"]
        found = geometry["coordinates"]
        assert geometry["type"] in {"Polygon", "MultiPolygon"}
        for polygon in [found] if geometry["type"] == "Polygon" else found:
            yield feature["properties"]["name"], polygon


def signed_area(ring: list[list[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def test_rings_are_closed_in_range_and_turned_as_geojson_wants() -> None:
    for name, rings in polygons():
        for index, ring in enumerate(rings):
            assert len(ring) >= 4, name
            assert ring[0] == ring[-1], name
            assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring), name
            assert all(round(x, 3) == x for point in ring for x in point), name
            assert (signed_area(ring) > 0) == (index == 0), name


def test_no_ring_jumps_across_the_map() -> None:
    for name, rings in polygons():
        if name != "Antarctica":  # it spans all longitudes, along the pole
            for ring in rings:
                lons = np.asarray(ring)[:, 0]
                assert np.abs(np.diff(lons)).max() < 60, name


def test_every_outline_has_its_country() -> None:
    known = {place.alpha3: place.numeric for place in countries()}
    properties = [feature["properties"] for feature in shapes()["features"]]
    assert len(properties) == 177
    without = {entry["name"] for entry in properties if entry["iso3"] is None}
    assert without == {"Kosovo", "N. Cyprus", "Somaliland"}
    named = [entry for entry in properties if entry["iso3"]]
    assert all(known[entry["iso3"]] == entry["numeric"] for entry in named)
    assert len({entry["iso3"] for entry in named}) == len(named)


def test_the_area_of_pakistan() -> None:
    (feature,) = (f for f in shapes()["features"] if f["properties"]["iso3"] == "PAK")
    ring = feature["geometry"]["coordinates"][0]
    # Equal-area projection: x = lon, y = sin(lat).
    flat = [[math.radians(lon), math.sin(math.radians(lat))] for lon, lat in ring]
    assert signed_area(flat) * 6371.0088**2 == pytest.approx(880_000, rel=0.05)


def test_shapes_may_be_changed_by_the_caller() -> None:
    shapes()["features"].clear()
    assert shapes()["features"]


@pytest.mark.parametrize(
    ("lat", "lon", "alpha3"),
    [
        (27.0, 67.0, "PAK"),
        (28.0, 77.5, "IND"),
        (35.0, 105.0, "CHN"),
        (38.5, -92.0, "USA"),
        (66.0, -172.0, "RUS"),
        (66.0, 175.0, "RUS"),
        (-80.0, 0.0, "ATA"),
        (-89.0, 120.0, "ATA"),
        (-30.0, 25.0, "ZAF"),
        (-29.5, 28.2, "LSO"),
    ],
)
def test_a_point_is_in_its_country(lat: float, lon: float, alpha3: str) -> None:
    place = country_at(lat, lon)
    assert place is not None
    assert place.alpha3 == alpha3


def test_the_sea_is_no_country_and_nonsense_is_refused() -> None:
    assert country_at(0.0, -30.0) is None
    with pytest.raises(ValueError, match="no such place"):
        country_at(91.0, 0.0)


def test_the_two_known_sign_errors_are_flagged_and_not_moved() -> None:
    rows = table("deposits").filter(pl.col("name").is_in(["Timerhdoudine", "Tourtite"]))
    assert rows.height == 2
    assert (rows["lon"] > 5).all()
    assert rows["finding"].str.contains("other sign of longitude").all()
    assert (rows["outside_km"] > 600).all()


def test_findings_agree_with_the_coarse_outlines() -> None:
    # The findings come from finer outlines; a sample is judged here by the shipped ones.
    rows = table("deposits").filter(pl.col("iso3") != "").gather_every(7)
    clear, doubtful = rows.filter(finding=""), rows.filter(pl.col("outside_km") > 100)
    hits = [
        (place := country_at(lat, lon)) is not None and place.alpha3 == iso3
        for lat, lon, iso3 in clear.select("lat", "lon", "iso3").iter_rows()
    ]
    assert sum(hits) / len(hits) > 0.95
    for lat, lon, iso3 in doubtful.select("lat", "lon", "iso3").iter_rows():
        place = country_at(lat, lon)
        assert place is None or place.alpha3 != iso3


def test_pakistani_candidates_lie_in_pakistan() -> None:
    rows = table("pakistan_deposits")
    assert rows.height == 15
    assert set(rows["finding"]) == {""}
    rough = rows.filter(pl.col("precision_km") >= 10)
    assert set(rough["basis"]) == {"assumed"}


def test_kashmir_is_dashed_on_all_sides() -> None:
    features = {f["properties"]["id"]: f for f in disputed_boundaries()["features"]}
    assert {"IND-PAK", "CHN-IND-west", "CHN-PAK"} <= features.keys()
    ends: list[Any] = []
    for key in ("IND-PAK", "CHN-IND-west", "CHN-PAK"):
        line = features[key]["geometry"]["coordinates"][0]
        ends += [tuple(line[0]), tuple(line[-1])]
    # The three lines meet in one point, near the Karakoram pass.
    assert max(ends.count(end) for end in ends) == 3
    for feature in features.values():
        assert feature["properties"]["view"] == "dashed"
        assert feature["properties"]["note"].endswith(".")
        assert (feature["properties"]["basis"], feature["properties"]["review"]) == (
            "assumed",
            "unreviewed",
        )
    for key in ("IND-PAK", "CHN-IND-west", "CHN-PAK"):
        assert "imply no position on any boundary" in features[key]["properties"]["note"]


def test_disputed_lines_lie_on_the_outlines() -> None:
    corners = {tuple(point) for _, rings in polygons() for ring in rings for point in ring}
    for feature in disputed_boundaries()["features"]:
        for line in feature["geometry"]["coordinates"]:
            assert len(line) > 1
            assert {tuple(point) for point in line} <= corners, feature["properties"]["id"]


def test_distances_against_known_ones() -> None:
    assert great_circle_km(0, 0, 0, 90) == pytest.approx(math.pi / 2 * 6371.0088)
    # Karachi to Houston, 7,377 nautical miles, from a program of another author.
    assert great_circle_km(24.78, 66.98, 29.75, -95.28) / 1.852 == pytest.approx(7377, rel=0.01)
    with pytest.raises(ValueError, match="latitude"):
        great_circle_km(91, 0, 0, 0)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES, st.floats(-180, 180))
def test_distance_is_symmetric_bounded_and_turns_with_the_globe(
    lat1: float, lon1: float, lat2: float, lon2: float, turn: float
) -> None:
    away = great_circle_km(lat1, lon1, lat2, lon2)
    assert 0 <= away <= math.pi * 6371.0088 + 1e-6
    assert great_circle_km(lat2, lon2, lat1, lon1) == pytest.approx(away, abs=1e-6)
    turned = great_circle_km(lat1, lon1 + turn, lat2, lon2 + turn)
    assert turned == pytest.approx(away, abs=1e-3)


@given(LATITUDES, LONGITUDES)
def test_a_point_is_inside_a_box_as_its_coordinates_say(lat: float, lon: float) -> None:
    box = np.array([[-20.0, -10], [30, -10], [30, 40], [-20, 40], [-20, -10]])
    hole = np.array([[0.0, 0], [0, 5], [5, 5], [5, 0], [0, 0]])
    within = -20 < lon < 30 and -10 < lat < 40 and not (0 < lon < 5 and 0 < lat < 5)
    if min(abs(lon + 20), abs(lon - 30), abs(lon), abs(lon - 5)) < 1e-9:
        return
    if min(abs(lat + 10), abs(lat - 40), abs(lat), abs(lat - 5)) < 1e-9:
        return
    assert inside([box, hole], lat, lon) == within


def test_distance_to_an_edge() -> None:
    box = np.array([[0.0, -1], [1, -1], [1, 1], [0, 1], [0, -1]])
    assert distance_to_edge_km([box], 0.0, 2.0) == pytest.approx(111.2, rel=0.001)
    assert distance_to_edge_km([box + np.array([180, 0])], 0.0, 179.0) == pytest.approx(
        111.2, rel=0.001
    )


def test_sea_routes() -> None:
    open_suez = sea_distance("PKKHI", "USHOU")
    assert open_suez.distance_nm == 9600
    assert sea_distance("US HOU", "PK KHI") == open_suez
    assert "suez" in open_suez.passages
    shut = sea_distance("PKKHI", "USHOU", "no_suez")
    assert shut.distance_nm == 12291
    assert float(open_suez.distance_km) == pytest.approx(17779, abs=1)
    with pytest.raises(UnknownPortError, match="scenarios"):
        sea_distance("PKKHI", "NLRTM")


def test_no_route_is_shorter_than_the_great_circle_and_closing_never_shortens() -> None:
    routes = table("sea_routes")
    assert (routes["distance_nm"] >= routes["great_circle_nm"]).all()
    wide = routes.pivot("scenario", index=["origin", "destination"], values="distance_nm")
    for scenario in ("no_suez", "no_suez_no_babalmandab", "no_panama"):
        assert (wide[scenario] >= wide["default"]).all()


def test_the_ports_of_the_corridor() -> None:
    ports = table("ports")
    for code in ("PKKHI", "PKBQM", "PKGWD", "USHOU", "USMSY", "USBAL", "USLAX"):
        assert ports.filter(unlocode=code).height == 1, code
    assert (ports["channel_depth_m"].drop_nulls() > 0).all()
