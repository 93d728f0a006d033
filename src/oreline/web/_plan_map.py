"""The map of a plan in a year: what stands, what is being built, what goes where.

Places whose position is stated stand there. Others stand anywhere in their country, well inside its
outline: a drawing of the chain, which says so. Places abroad stand beside the map.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import NOTHING, h, joined
from oreline.web._colours import element_colour
from oreline.web._map import Frame, country_name, disputed, land, outline, within
from oreline.web._strings import Translate, msg

HOME, ABROAD = 520.0, 150.0
"""Widths of the country in which most is built, and of the column of places abroad."""
STEP_DEGREES = 0.35
INSIDE_DEGREES = 0.8
"""How far inside its country a place without a position stands at least, where there is room."""
THICKEST = 11.0
IDLE, BUILDING, RUNS, CLOSED, PASSES = (
    msg("not built"),
    msg("being built"),
    msg("runs"),
    msg("closed"),
    msg("in use"),
)
_KINDS = {IDLE: "idle", BUILDING: "building", RUNS: "runs", CLOSED: "closed", PASSES: "passes"}
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlanMap:
    """A map on which every year of a plan is drawn: the ground, and where each site stands."""

    ground: Markup
    places: Mapping[str, Point]
    numbers: Mapping[str, int]
    width: float
    height: float
    unstated: int
    is_dashed: bool


def plan_map(found: Mapping[str, Any], says: str) -> PlanMap:
    """Return the map for the answer of ``plan_flows``."""
    sites = found["sites"]
    home = _home(sites)
    inside = [one for one in sites if one["country"] == home]
    outside = [one for one in sites if one["country"] != home]
    ring = outline(home)
    frame = _frame(ring)
    places: dict[str, Point] = {
        one["site"]: frame.place(one["lat"], one["lon"])
        for one in inside
        if one["lat"] is not None and ring is not None
    }
    loose = [one for one in inside if one["site"] not in places]
    places |= _spread(frame, ring, loose, places)
    height = max(frame.height, 60.0 * (len(outside) + 1))
    labels: list[tuple[float, str]] = []
    if outside:
        shown, labels = _beside(outside, height)
        places |= shown
    width = HOME + (ABROAD if outside else 0.0)
    return PlanMap(
        _ground(frame, ring, width, height, labels, says, str(found["boundary_view"])),
        places,
        {one["site"]: number for number, one in enumerate(sites, start=1)},
        width,
        height,
        len(loose),
        found["boundary_view"] == "dashed" and ring is not None,
    )


def _home(sites: Sequence[Mapping[str, Any]]) -> str:
    """Return the country in which most units can stand."""
    units: dict[str, int] = {}
    for one in sites:
        units[one["country"]] = units.get(one["country"], 0) + len(one["units"])
    return max(sorted(units), key=lambda country: units[country], default="")


def _frame(ring: Sequence[Sequence[float]] | None) -> Frame:
    if ring is None:
        return Frame(0.0, 13.0, -5.5, 5.5, HOME)
    lons, lats = [point[0] for point in ring], [point[1] for point in ring]
    return Frame(min(lons) - 0.5, max(lons) + 0.5, min(lats) - 0.5, max(lats) + 0.5, HOME)


def _spread(
    frame: Frame,
    ring: Sequence[Sequence[float]] | None,
    sites: Sequence[Mapping[str, Any]],
    taken: Mapping[str, Point],
) -> dict[str, Point]:
    """Return a place for each site, apart from each other, from north to south as material goes."""
    chosen: list[Point] = []
    free = _inside(frame, ring)
    others = list(taken.values())
    for _ in sites:
        apart = max(
            free,
            key=lambda point: (
                min((math.dist(point, other) for other in (*others, *chosen)), default=-point[1]),
                point,
            ),
        )
        chosen.append(apart)
    chosen.sort(key=lambda point: (point[1], point[0]))
    return {one["site"]: point for one, point in zip(sites, chosen, strict=True)}


def _inside(frame: Frame, ring: Sequence[Sequence[float]] | None) -> list[Point]:
    """Return points on the drawing that are well inside the country; in its box without one."""
    across = int((frame.east - frame.west) / STEP_DEGREES)
    up = int((frame.north - frame.south) / STEP_DEGREES)
    cells = [
        (frame.west + STEP_DEGREES * (x + 0.5), frame.south + STEP_DEGREES * (y + 0.5))
        for x in range(across)
        for y in range(up)
    ]
    if ring is None:
        edge = 1.0
        kept = [
            (x, y)
            for x, y in cells
            if frame.west + edge < x < frame.east - edge
            and frame.south + edge < y < frame.north - edge
        ]
        return [frame.place(y, x) for x, y in kept]
    inner = [(x, y) for x, y in cells if within(ring, x, y)]
    for room in (INSIDE_DEGREES, INSIDE_DEGREES / 2, 0.0):
        kept = [(x, y) for x, y in inner if _away(ring, x, y) >= room]
        if len(kept) >= 2:
            return [frame.place(y, x) for x, y in kept]
    middle = frame.place((frame.south + frame.north) / 2, (frame.west + frame.east) / 2)
    return [middle]


def _away(ring: Sequence[Sequence[float]], x: float, y: float) -> float:
    """Return how far a point is from the nearest piece of an outline, in degrees."""
    nearest = math.inf
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, (*ring[1:], ring[0]), strict=True):
        dx, dy = x2 - x1, y2 - y1
        along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy or 1.0)
        part = min(1.0, max(0.0, along))
        nearest = min(nearest, math.hypot(x - x1 - part * dx, y - y1 - part * dy))
    return nearest


def _beside(
    sites: Sequence[Mapping[str, Any]], height: float
) -> tuple[dict[str, Point], list[tuple[float, str]]]:
    """Return where places abroad stand in the column, and the names of their countries."""
    ordered = sorted(sites, key=lambda one: str(one["country"]))
    step = height / (len(ordered) + 0.5)
    found, labels, before = {}, [], None
    for number, one in enumerate(ordered):
        y = step * (number + 0.6)
        found[str(one["site"])] = (HOME + ABROAD * 0.42, y)
        if one["country"] != before:
            labels.append((y - 22, country_name(str(one["country"]))))
            before = one["country"]
    return found, labels


def _ground(
    frame: Frame,
    ring: Sequence[Sequence[float]] | None,
    width: float,
    height: float,
    labels: Sequence[tuple[float, str]],
    says: str,
    view: str,
) -> Markup:
    parts: list[str] = []
    if ring is not None:
        parts = list(land(frame, view))
        if view == "dashed":
            parts += disputed(frame)
    # Our own outlines: nothing of a file is in them.
    drawn = Markup("".join(parts))  # noqa: S704
    column = NOTHING
    if labels:
        names = joined(
            h('<text class="abroad" x="{:.0f}" y="{:.1f}">{}</text>', HOME + 10, y, name)
            for y, name in labels
        )
        column = h('<rect class="beside" x="{}" width="{}" height="{:.0f}"/>{}', HOME, ABROAD,
                   height, names)  # fmt: skip
    return h(
        '<svg class="map" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">'
        '<rect class="sea" width="{}" height="{:.0f}"/>{}{}</svg>',
        width, height, says, HOME, height, drawn, column,
    )  # fmt: skip


def unit_state(unit: Mapping[str, Any], year: int) -> str:
    """Return what a unit does in a year.

    >>> one = {"begun": 2027, "runs_from": 2029, "closes": 2040}
    >>> [str(unit_state(one, year)) for year in (2026, 2028, 2029, 2040)]
    ['not built', 'being built', 'runs', 'closed']
    """
    if unit["begun"] is None or year < unit["begun"]:
        return IDLE
    if year < unit["runs_from"]:
        return BUILDING
    return RUNS if year < unit["closes"] else CLOSED


def site_state(site: Mapping[str, Any], year: int, moved: Mapping[str, Any]) -> str:
    """Return what a place is in a year: the most that one of its units does."""
    states = [unit_state(unit, year) for unit in site["units"]]
    for state in (RUNS, BUILDING, CLOSED):
        if state in states:
            return state
    return PASSES if site["site"] in moved else IDLE


def year_drawing(
    plan: PlanMap, found: Mapping[str, Any], place: int, t: Translate, thickest_kt: float
) -> Markup:
    """Return what stands over the ground in a year: routes by their tonnes, places by state."""
    told = found["years"][place]
    ends = {one["route"]: (one["from"], one["to"]) for one in found["routes"]}
    colour = element_colour(found["element"])
    carried = {one["route"]: one for one in told["routes"]}
    lines = [
        _line(plan, ends[name], None, "", 0.0)
        for name in ends
        if name not in carried and _ever(found, name)
    ]
    for name, one in carried.items():
        wide = 1.6 + THICKEST * math.sqrt(one["kt"] / thickest_kt)
        tint = colour if one["t"] > 0 else None
        lines.append(_line(plan, ends[name], tint, _carries(one), wide))
    moved = sites_moved(found, place)
    marks = [_mark(plan, site, told["year"], moved, t) for site in found["sites"]]
    return h(
        '<svg class="plan-year" viewBox="0 0 {:.0f} {:.0f}" aria-hidden="true" '
        'data-year="{}">{}{}</svg>',
        plan.width,
        plan.height,
        told["year"],
        joined(lines),
        joined(marks),
    )


def _ever(found: Mapping[str, Any], route: str) -> bool:
    return any(one["route"] == route for year in found["years"] for one in year["routes"])


def _carries(one: Mapping[str, Any]) -> str:
    return "; ".join(f"{part['material']}: {kt_words(part['kt'])} kt" for part in one["materials"])


def sites_moved(found: Mapping[str, Any], place: int) -> dict[str, dict[str, float]]:
    """Return what arrives at each place (``to``) and leaves it (``from``) in a year, in kt."""
    ends = {one["route"]: one for one in found["routes"]}
    moved: dict[str, dict[str, float]] = {}
    for one in found["years"][place]["routes"]:
        for end in ("from", "to"):
            ways = moved.setdefault(ends[one["route"]][end], {})
            ways[end] = ways.get(end, 0.0) + one["kt"]
    return moved


def kt_words(value: float) -> str:
    """Return kilotonnes as people read them.

    >>> kt_words(1500.0), kt_words(4.7716), kt_words(0.0512)
    ('1,500', '4.77', '0.0512')
    """
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _line(
    plan: PlanMap, ends: tuple[str, str], colour: str | None, says: str, wide: float
) -> Markup:
    """Return a route as a gentle curve, so that ways there and back lie apart."""
    (x1, y1), (x2, y2) = (plan.places[end] for end in ends)
    bend = 0.12
    x, y = (x1 + x2) / 2 + (y1 - y2) * bend, (y1 + y2) / 2 + (x2 - x1) * bend
    path = f"M{x1:.1f} {y1:.1f}Q{x:.1f} {y:.1f} {x2:.1f} {y2:.1f}"
    if not wide:
        return h('<path class="way idle" d="{}"/>', path)
    return h(
        '<path class="way" d="{}" stroke-width="{:.1f}"{}><title>{}</title></path>',
        path,
        wide,
        h(' style="stroke:{}"', colour) if colour else NOTHING,
        says,
    )


def _mark(
    plan: PlanMap, site: Mapping[str, Any], year: int, moved: Mapping[str, Any], t: Translate
) -> Markup:
    x, y = plan.places[site["site"]]
    state = site_state(site, year, moved)
    number = plan.numbers[site["site"]]
    shape = (
        h('<circle cx="{:.1f}" cy="{:.1f}" r="13"/>', x, y)
        if site["units"]
        else h('<rect x="{:.1f}" y="{:.1f}" width="22" height="22" rx="3"/>', x - 11, y - 11)
    )
    return h(
        '<g class="spot {}"><title>{}. {}: {}</title>{}<text x="{:.1f}" y="{:.1f}">{}</text></g>',
        _KINDS[state],
        number,
        site["name"],
        t(state),
        shape,
        x,
        y + 5.5,
        number,
    )


def year_legend(plan: PlanMap, found: Mapping[str, Any], place: int, t: Translate) -> Markup:
    """Return every place with what its units do in a year, in the order of the numbers."""
    year = found["years"][place]["year"]
    moved = sites_moved(found, place)
    items = []
    for site in found["sites"]:
        state = site_state(site, year, moved)
        units = joined(
            h(
                '<li class="{}">{}: <b>{}</b></li>',
                _KINDS[unit_state(unit, year)],
                unit["name"],
                t(unit_state(unit, year)),
            )
            for unit in site["units"]
        )
        ways = moved.get(site["site"], {})
        told = [
            words
            for end, words in (
                ("to", t("{n} kt arrive", n=kt_words(ways.get("to", 0.0)))),
                ("from", t("{n} kt leave", n=kt_words(ways.get("from", 0.0)))),
            )
            if end in ways
        ]
        passing = joined(h(' · <span class="amount">{}</span>', words) for words in told)
        items.append(
            h(
                '<li value="{}" class="{}"><span>{}</span> <span class="kind">{}{}</span>{}</li>',
                plan.numbers[site["site"]],
                _KINDS[state],
                site["name"],
                country_name(site["country"]),
                passing,
                h("<ul>{}</ul>", units) if units else NOTHING,
            )
        )
    return h('<ol class="plan-places">{}</ol>', joined(items))
