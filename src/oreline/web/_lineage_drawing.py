"""The drawing of one step of lineage: what went into a lot, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from oreline.model import mass_mg, mass_range
from oreline.web._blocks import NOTHING, h, joined
from oreline.web._frame import Visit

SHOWN_MAX = 12
"""How many lots are drawn on a side; the rest are counted."""
BOX, HEIGHT, GAP, WIDTH = 300, 46, 12, 1040


@dataclass(frozen=True, slots=True)
class _Node:
    lot: str
    event: str
    kind: str
    mass_mg: int | None
    told: str
    more: int


def lineage_drawing(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return the drawing; every lot is a link that puts it into the middle."""
    t = visit.t
    up, more_up = _nodes(found["up"])
    down, more_down = _nodes(found["down"])
    rows = max(len(up), len(down), 1)
    height = rows * (HEIGHT + GAP) + 30
    middle = (height - 30 - HEIGHT) / 2 + 30
    largest = max((node.mass_mg or 0 for node in (*up, *down)), default=0)
    parts = [
        _heading(0, t("Went into it")),
        _heading((WIDTH - BOX) / 2, t("This lot")),
        _heading(WIDTH - BOX, t("Became of it")),
    ]
    centre = ((WIDTH - BOX) / 2, middle)
    for x, nodes in ((0.0, up), (float(WIDTH - BOX), down)):
        start = (height - 30 - len(nodes) * (HEIGHT + GAP)) / 2 + 30
        for place, node in enumerate(nodes):
            y = start + place * (HEIGHT + GAP)
            parts.append(_edge(x, y, centre, node, largest, is_up=x == 0))
            parts.append(_box(visit, x, y, node))
    parts.append(_centre(centre, found["lot"]))
    rest = _rest(visit, more_up, more_down)
    return h(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><svg class="lineage" '
        'viewBox="0 0 {} {}" style="min-width:{}px;width:100%;max-width:{}px">{}</svg></div>{}',
        t("Lineage"),
        WIDTH,
        round(height),
        760,
        WIDTH,
        joined(parts),
        rest,
    )


def _nodes(edges: Sequence[Mapping[str, Any]]) -> tuple[list[_Node], int]:
    found = [
        _Node(
            lot["lot"],
            edge["event"],
            edge["kind"],
            _mass(lot["mass"]),
            _told(lot["mass"]),
            lot["more"],
        )
        for edge in edges
        for lot in edge["lots"]
    ]
    found.sort(key=lambda node: -(node.mass_mg or 0))
    return found[:SHOWN_MAX], max(0, len(found) - SHOWN_MAX)


def _mass(figure: Mapping[str, Any] | None) -> int | None:
    if figure is None or figure["low"] is None or figure["low"] != figure["high"]:
        return None
    return mass_mg(figure["low"], "kg")


def _told(figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return ""
    known = _mass(figure)
    if known is not None:
        return f"{known / 1e6:,.1f} kg"
    low = 0 if figure["low"] is None else mass_mg(figure["low"], "kg")
    high = None if figure["high"] is None else mass_mg(figure["high"], "kg")
    return mass_range(low, high)


def _heading(x: float, words: str) -> Markup:
    return h('<text class="lh" x="{}" y="16">{}</text>', x, words)


def _edge(
    x: float, y: float, centre: tuple[float, float], node: _Node, largest: int, *, is_up: bool
) -> Markup:
    from_x, from_y = (x + BOX, y + HEIGHT / 2) if is_up else (centre[0] + BOX, centre[1] + 23)
    to_x, to_y = (centre[0], centre[1] + 23) if is_up else (x, y + HEIGHT / 2)
    bend = (to_x - from_x) / 2
    wide = 1.2 if not largest or node.mass_mg is None else 1.2 + 7 * node.mass_mg / largest
    dash = Markup(' stroke-dasharray="4 3"') if node.mass_mg is None else NOTHING
    return h(
        '<path class="le" d="M{} {:.0f}C{} {:.0f} {} {:.0f} {} {:.0f}" stroke-width="{:.1f}"{}/>',
        from_x,
        from_y,
        from_x + bend,
        from_y,
        to_x - bend,
        to_y,
        to_x,
        to_y,
        wide,
        dash,
    )


def _box(visit: Visit, x: float, y: float, node: _Node) -> Markup:
    below = f"{node.told}  {node.kind}" + (f", +{node.more}" if node.more else "")
    inside = h(
        '<rect class="ln" x="{x}" y="{y:.0f}" width="{w}" height="{hh}" rx="6"/>'
        '<text class="lt" x="{tx}" y="{ty:.0f}">{lot}</text>'
        '<text class="ls" x="{tx}" y="{sy:.0f}">{below}</text>',
        x=x,
        y=y,
        w=BOX,
        hh=HEIGHT,
        tx=x + 10,
        ty=y + 19,
        sy=y + 36,
        lot=_cut(node.lot),
        below=below,
    )
    address = visit.here(centre=node.lot) + "#lineage"
    return h('<a href="{}" aria-label="{}">{}</a>', address, node.lot, inside)


def _centre(place: tuple[float, float], lot: str) -> Markup:
    return h(
        '<rect class="lc" x="{}" y="{:.0f}" width="{}" height="{}" rx="6"/>'
        '<text class="lt lw" x="{}" y="{:.0f}">{}</text>',
        place[0],
        place[1],
        BOX,
        HEIGHT,
        place[0] + 10,
        place[1] + 28,
        _cut(lot),
    )


def _cut(text: str) -> str:
    """Return a name that fits into a box; the link keeps the whole of it."""
    return text if len(text) <= 34 else f"{text[:16]}…{text[-16:]}"


def _rest(visit: Visit, up: int, down: int) -> Markup:
    t = visit.t
    told = []
    if up:
        told.append(t("{n} more went into it.", n=up))
    if down:
        told.append(t("{n} more were made of it.", n=down))
    return h('<p class="hint">{}</p>', " ".join(told)) if told else NOTHING
