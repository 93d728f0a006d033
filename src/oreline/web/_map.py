"""The map: outlines, disputed boundaries dashed, candidates as circles of their precision."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from oreline.model import Chain, InputError, Route, Site
from oreline.reference import UnknownCountryError, country, disputed_boundaries, shapes
from oreline.web._parts import safe

KM_PER_DEGREE = 111.195
"""Kilometres in a degree of latitude on a sphere of 6371.0088 km."""
BOUNDARY_VIEWS = ("dashed", "none")
"""``dashed`` draws borders, the disputed ones dashed; ``none`` draws land without any border."""
HOME_DEGREES_MAX = 25.0
"""Of a country wider than this only the part with the places is drawn."""
NAMED_CELLS = 24
"""Of how many of the 24 x 24 cells of a drawing a country must hold the middle to be named."""
DASHED_ABOVE = 6.0
"""A circle smaller than this is drawn in one line; dashes would fall apart."""
_MINES = frozenset({"mine", "prospect", "development", "deposit"})
_PASSAGES: dict[str, tuple[tuple[float, float], ...]] = {
    "suez": ((12.2, 47.0), (12.6, 43.3), (20.0, 38.5), (30.0, 32.6), (34.0, 24.0), (37.4, 10.8),
             (36.0, -5.6)),
    "cape": ((-20.0, 57.0), (-35.2, 19.0), (5.0, -22.0)),
}  # fmt: skip
"""Where a schematic route bends, by the passage that the route's id names: (lat, lon)."""
_LINES = {"sea": "dotted", "barge": "dotted", "rail": "dashed", "truck": "drawn through"}
"""How the routes of a mode are drawn; other modes as trucks."""
_LABELS = {
    "suez": (39.2, -38.0, "by Suez, schematic"),
    "cape": (-20.0, -14.0, "by the Cape, schematic"),
}
"""Where the words on a route stand: (lat, lon, words)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the world on a drawing: plate carrée, true to scale at the middle latitude."""

    west: float
    east: float
    south: float
    north: float
    width: float

    @property
    def squeeze(self) -> float:
        """Return how much shorter a degree of longitude is than one of latitude."""
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def scale(self) -> float:
        """Return drawing units in a degree of latitude."""
        return self.width / ((self.east - self.west) * self.squeeze)

    @property
    def height(self) -> float:
        """Return the height of the drawing."""
        return (self.north - self.south) * self.scale

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Return where a point lies on the drawing."""
        x = (lon - self.west) * self.squeeze * self.scale
        return round(x, 1), round((self.north - lat) * self.scale, 1)

    def holds(self, points: Sequence[Sequence[float]]) -> bool:
        """Return whether the box around (lon, lat) points touches the frame."""
        lons, lats = [p[0] for p in points], [p[1] for p in points]
        return not (
            max(lons) < self.west
            or min(lons) > self.east
            or max(lats) < self.south
            or min(lats) > self.north
        )


def chain_map(chain: Chain) -> str:
    """Return the maps of a chain's places, with their legend and the notes on boundaries.

    Raises
    ------
    InputError
        If the chain's ``boundary_view`` is not one of ``BOUNDARY_VIEWS``.
    """
    if chain.boundary_view not in BOUNDARY_VIEWS:
        known = ", ".join(BOUNDARY_VIEWS)
        raise InputError(f"boundary_view {chain.boundary_view!r} is not one of {known}")
    placed = [site for site in chain.sites.values() if site.lat is not None]
    if not placed:
        return ""
    numbers = {site.id: number for number, site in enumerate(placed, start=1)}
    routes = [
        route
        for route in chain.routes.values()
        if route.from_site in numbers and route.to_site in numbers
    ]
    near = _near(placed)
    frame = _around(placed, 800, 6)
    overview = ""
    if len(near) < len(placed):
        overview = _panel(chain, frame, placed, routes, numbers, "All places", 0)
    title = f"Places in {country_name(near[0].country)}"
    zoom = _panel(chain, _home_frame(near), near, [], numbers, title, 1)
    return (
        f'<figure class="maps"><figcaption>{_caption(placed, routes)}</figcaption>'
        f'{overview}<div class="near">{zoom}{_legend(placed, numbers)}</div>'
        f"{_boundary_notes(chain, frame)}</figure>"
    )


def _home_frame(near: Sequence[Site]) -> Frame:
    """Return a frame that holds the places and the whole of their country."""
    frame = _around(near, 520, 1.4)
    ring = outline(near[0].country)
    if ring is None:
        return frame
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    return Frame(
        min(*lons, frame.west + 0.6) - 0.6,
        max(*lons, frame.east - 0.6) + 0.6,
        min(*lats, frame.south + 0.6) - 0.6,
        max(*lats, frame.north - 0.6) + 0.6,
        520,
    )


def outline(code: str | None) -> list[list[float]] | None:
    """Return the outline of a country's largest part, None where it is not known or too wide.

    Islands far away would make everything else small.
    """
    for feature in shapes()["features"]:
        iso3 = feature["properties"]["iso3"]
        if iso3 is None or code not in {iso3, _alpha2(iso3)}:
            continue
        rings = [polygon[0] for polygon in _polygons(feature["geometry"])]
        ring = max(rings, key=lambda points: _breadth(points))
        if _breadth(ring) < HOME_DEGREES_MAX:
            return ring
    return None


def _breadth(points: Sequence[Sequence[float]]) -> float:
    lons = [point[0] for point in points]
    return max(lons) - min(lons)


def _alpha2(code: str) -> str:
    try:
        return country(code).alpha2
    except UnknownCountryError:
        return code


def country_name(code: str | None) -> str:
    """Return what a country is called."""
    try:
        return country(code or "").name
    except UnknownCountryError:
        return code or "a country that is not stated"


def _near(placed: Sequence[Site]) -> list[Site]:
    """Return the places in the country that has most of the mines."""
    mines = [site.country for site in placed if site.kind in _MINES]
    if not mines:
        return list(placed)
    home = max(sorted({name or "" for name in mines}), key=lambda name: mines.count(name))
    return [site for site in placed if site.country == home]


def _around(sites: Sequence[Site], width: float, margin: float) -> Frame:
    lats = [float(site.lat or 0) for site in sites]
    lons = [float(site.lon or 0) for site in sites]
    south, north = max(min(lats) - margin, -80), min(max(lats) + margin, 84)
    return Frame(min(lons) - margin * 1.4, max(lons) + margin * 1.4, south, north, width)


def _panel(
    chain: Chain,
    frame: Frame,
    sites: Sequence[Site],
    routes: Sequence[Route],
    numbers: dict[str, int],
    title: str,
    order: int,
) -> str:
    if routes:
        frame = Frame(frame.west, frame.east, min(frame.south, -40.0), frame.north, frame.width)
    parts = [
        f'<rect class="sea" width="{frame.width:.0f}" height="{frame.height:.0f}"/>',
        *land(frame, chain.boundary_view),
    ]
    if chain.boundary_view == "dashed":
        parts += disputed(frame)
    parts += _routes(frame, routes, chain)
    parts += [*country_names(frame), *scale_bar(frame)] if order else []
    parts += [_mark(frame, site, numbers[site.id], order) for site in sites]
    label = f"{title}. {len(sites)} places; each is listed with its number under the map."
    return (
        f'<svg class="map map-{order}" viewBox="0 0 {frame.width:.0f} {frame.height:.0f}" '
        f'role="img" aria-label="{safe(label)}"><title>{safe(label)}</title>'
        f"{''.join(parts)}</svg>"
    )


def _polygons(geometry: dict[str, Any]) -> list[list[list[list[float]]]]:
    rings: list[list[list[list[float]]]] = geometry["coordinates"]
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else rings


def land(frame: Frame, view: str) -> Iterator[str]:
    """Yield the outlines of countries; without borders they are filled and not edged."""
    kind = "land" if view == "dashed" else "land land-plain"
    for feature in shapes()["features"]:
        path = "".join(
            _path(frame, ring, close=True)
            for polygon in _polygons(feature["geometry"])
            if frame.holds(polygon[0])
            for ring in polygon
        )
        if path:
            yield f'<path class="{kind}" d="{path}"/>'


def disputed(frame: Frame) -> Iterator[str]:
    """Yield the disputed boundaries in a frame, dashed."""
    for feature in disputed_boundaries()["features"]:
        for line in feature["geometry"]["coordinates"]:
            if frame.holds(line):
                path = _path(frame, line, close=False)
                yield f'<path class="border-under" d="{path}"/><path class="disputed" d="{path}"/>'


def _path(frame: Frame, points: Iterable[Sequence[float]], *, close: bool) -> str:
    places = [frame.place(lat, lon) for lon, lat, *_ in points]
    return "M" + "L".join(f"{x} {y}" for x, y in places) + ("Z" if close else "")


def _routes(frame: Frame, routes: Sequence[Route], chain: Chain) -> Iterator[str]:
    for route in routes:
        here, there = chain.sites[route.from_site], chain.sites[route.to_site]
        bends = next((way for name, way in _PASSAGES.items() if name in route.id), ())
        ways = [
            (float(here.lat or 0), float(here.lon or 0)),
            *bends,
            (float(there.lat or 0), float(there.lon or 0)),
        ]
        path = _smooth([frame.place(lat, lon) for lat, lon in ways])
        text = f"{here.name} to {there.name}, schematic"
        kind = f"route route-{safe(route.mode)}"
        yield f'<path class="{kind}" d="{path}"><title>{safe(text)}</title></path>'
    for name in sorted({name for name in _PASSAGES for route in routes if name in route.id}):
        lat, lon, words = _LABELS[name]
        x, y = frame.place(lat, lon)
        yield f'<text class="small" x="{x}" y="{y}" text-anchor="middle">{words}</text>'


def _smooth(points: Sequence[tuple[float, float]]) -> str:
    """Return a path that bends gently at each point (quadratic curves between the middles)."""
    first, *middle, last = points
    text = f"M{first[0]} {first[1]}"
    for here, after in zip(middle, (*middle[1:], last), strict=True):
        x, y = (here[0] + after[0]) / 2, (here[1] + after[1]) / 2
        text += f"Q{here[0]} {here[1]} {x:.1f} {y:.1f}"
    return text + f"L{last[0]} {last[1]}"


def _mark(frame: Frame, site: Site, number: int, order: int) -> str:
    """Return a place: a circle of its precision, and its number beside it."""
    x, y = frame.place(float(site.lat or 0), float(site.lon or 0))
    kind = "candidate" if site.role == "candidate" else "known"
    radius = float(site.precision_km or 0) / KM_PER_DEGREE * frame.scale
    told = f"{number}. {site.name} ({_role(site)})"
    wide = " area-wide" if radius > DASHED_ABOVE else ""
    circle = f'<circle class="area{wide}" cx="{x}" cy="{y}" r="{max(radius, 2.5):.1f}"/>'
    side = -1 if number % 2 else 1
    text = (
        f'<text x="{x + side * 7:.1f}" y="{y + (-5 if number % 3 else 13):.1f}" '
        f'text-anchor="{"end" if side < 0 else "start"}">{number}</text>'
        if order
        else ""
    )
    return (
        f'<g class="place place-{kind}"><title>{safe(told)}</title>{circle}'
        f'<circle class="dot" cx="{x}" cy="{y}" r="1.6"/>{text}</g>'
    )


def _role(site: Site) -> str:
    if site.role == "candidate":
        return f"candidate {site.kind}"
    return f"{site.kind}, {site.basis}"


def country_names(frame: Frame) -> Iterator[str]:
    """Yield the names of countries, each in the middle of what is seen of its largest part."""
    for feature in shapes()["features"]:
        rings = [polygon[0] for polygon in _polygons(feature["geometry"])]
        ring = max(rings, key=lambda points: _breadth(points))
        if not frame.holds(ring):
            continue
        inside = [
            (x, y)
            for x in _steps(frame.west, frame.east)
            for y in _steps(frame.south, frame.north)
            if within(ring, x, y)
        ]
        if len(inside) < NAMED_CELLS:
            continue
        lon, lat = (sum(axis) / len(inside) for axis in zip(*inside, strict=True))
        x, y = frame.place(lat, lon)
        yield f'<text class="country" x="{x}" y="{y}">{safe(feature["properties"]["name"])}</text>'


def _steps(start: float, stop: float) -> list[float]:
    return [start + (stop - start) * (number + 0.5) / 24 for number in range(24)]


def within(ring: Sequence[Sequence[float]], x: float, y: float) -> bool:
    """Return whether a point lies in a ring (even-odd rule)."""
    inside = False
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def scale_bar(frame: Frame) -> list[str]:
    """Return a bar of 200 km."""
    length = 200 / KM_PER_DEGREE * frame.scale
    x, y = 12.0, frame.height - 14
    return [
        (
            f'<path class="bar" d="M{x} {y - 4:.1f}V{y:.1f}H{x + length:.1f}V{y - 4:.1f}"/>'
            f'<text class="small" x="{x + 4:.1f}" y="{y - 6:.1f}">200 km</text>'
        )
    ]


def _caption(placed: Sequence[Site], routes: Sequence[Route]) -> str:
    parts = ["Places."]
    if any(site.role == "candidate" for site in placed):
        parts.append(
            "Circles are candidates, drawn as large as their position is uncertain (at least a "
            "few pixels). Nobody has named any of them as a place of the real batch."
        )
    if routes:
        parts.append("Sea routes are schematic: no port and no route has been published.")
    modes = {route.mode for route in routes}
    if len(modes) > 1:
        words = [f"{mode} {_LINES[mode]}" for mode in sorted(modes) if mode in _LINES]
        parts.append(f"Routes by mode: {', '.join(words)}.")
    return " ".join(parts)


def _legend(placed: Sequence[Site], numbers: dict[str, int]) -> str:
    items = "".join(
        f'<li value="{numbers[site.id]}">{safe(site.name)} '
        f'<span class="kind">{safe(_role(site))}'
        + (f", ± {site.precision_km} km" if site.precision_km is not None else "")
        + "</span></li>"
        for site in placed
    )
    return f'<ol class="legend">{items}</ol>'


def _boundary_notes(chain: Chain, frame: Frame) -> str:
    """Return the notes on disputed boundaries that the map shows."""
    if chain.boundary_view != "dashed":
        return '<p class="note">Drawn without borders (boundary view: none).</p>'
    home = {site.country for site in chain.sites.values()}
    shown = [
        feature["properties"]
        for feature in disputed_boundaries()["features"]
        if any(frame.holds(line) for line in feature["geometry"]["coordinates"])
    ]
    mine = [note for note in shown if _concerns(note["between"], home)]
    others = [note["name"] for note in shown if note not in mine]
    items = "".join(f"<li>{safe(note['name'])}: {safe(note['note'])}</li>" for note in mine)
    rest = f"<li>Also dashed: {safe('; '.join(others))}.</li>" if others else ""
    return (
        '<details class="boundaries" open><summary>Disputed boundaries are dashed; this map takes '
        f"no side</summary><ul>{items}{rest}</ul><p>These notes are assumed from general knowledge "
        "and unreviewed: have your own counsel read them before you publish a map.</p></details>"
    )


def _concerns(between: Sequence[str], home: set[str | None]) -> bool:
    for name in between:
        try:
            if country(name).alpha2 in home:
                return True
        except UnknownCountryError:
            continue
    return False
