"""Pictures of what is in the ground: a section as SVG, blocks and holes in three dimensions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import h, joined
from oreline.web._strings import Translate, msg

BANDS = ("#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838")
"""Cividis, from low to high: people of all kinds of sight order it alike, also in grey."""
NO_GRADE = "#7a8592"
WIDTH, MARGIN, FOOT = 960.0, 86.0, 50.0
HOLES_NAMED_MAX = 60
"""Of more holes in one picture none is named: names over names cannot be read."""
NAME_WIDE, NAME_TALL = 46.0, 13.0
"""Names of holes that would stand nearer than this to each other share a line."""
EAST, NORTH, HEIGHT = msg("East, m"), msg("North, m"), msg("Height, m")
AXES = {"plan": (EAST, NORTH), "east-west": (EAST, HEIGHT), "north-south": (NORTH, HEIGHT)}
TURNED = {EAST: msg("Along the grid, m"), NORTH: msg("Across the grid, m")}
"""What the axes of a section are; of a grid that is turned, its own."""
TALL_MAX = 620.0
_FACES = (
    # (step to the neighbour, the four corners of the face by their bits x, y, z)
    ((-1, 0, 0), (0, 2, 6, 4)),
    ((1, 0, 0), (1, 5, 7, 3)),
    ((0, -1, 0), (0, 4, 5, 1)),
    ((0, 1, 0), (2, 3, 7, 6)),
    ((0, 0, -1), (0, 1, 3, 2)),
    ((0, 0, 1), (4, 6, 7, 5)),
)


def band_edges(low: float, high: float) -> list[float]:
    """Return the grades at which each colour begins.

    >>> band_edges(0.0, 6.0)
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    """
    step = (high - low) / len(BANDS)
    return [low + step * place for place in range(len(BANDS))]


def band_of(grade: float | None, edges: Sequence[float]) -> int:
    """Return the number of a grade's colour; -1 where it is not known.

    >>> band_of(2.5, band_edges(0.0, 6.0)), band_of(9.0, band_edges(0.0, 6.0)), band_of(None, [])
    (2, 5, -1)
    """
    if grade is None:
        return -1
    return max(0, sum(grade >= edge for edge in edges) - 1)


def legend(edges: Sequence[float], told: Sequence[str]) -> Markup:
    """Return the colours with the grades from which they count."""
    items = joined(
        h(
            '<li style="display:inline-flex;align-items:center;gap:.35em;margin-inline-end:1em">'
            '<svg width="14" height="14" aria-hidden="true"><rect width="14" height="14" '
            'fill="{}" stroke="currentColor" stroke-opacity=".4"/></svg>{}</li>',
            BANDS[place],
            told[place],
        )
        for place in range(len(edges))
    )
    return h('<ul style="list-style:none;padding:0;margin:.5em 0">{}</ul>', items)


def section_drawing(
    found: Mapping[str, Any], edges: Sequence[float], says: str, t: Translate
) -> Markup:
    """Return blocks and pieces of holes of a section, true to scale, with the holes' names."""
    blocks, pieces, size = found["blocks"], found["pieces"], found["size_m"]
    along = [*blocks["along_m"], *(one[0] for one in pieces["start_m"] + pieces["end_m"])]
    up = [*blocks["up_m"], *(one[1] for one in pieces["start_m"] + pieces["end_m"])]
    if not along:
        return h("")
    left, right = min(along) - size[0], max(along) + size[0]
    low, high = min(up) - size[1], max(up) + size[1]
    scale = min((WIDTH - MARGIN - 10) / (right - left), TALL_MAX / (high - low))
    tall = (high - low) * scale

    def place(point: Sequence[float]) -> tuple[float, float]:
        return MARGIN + (point[0] - left) * scale, 8 + (high - point[1]) * scale

    parts = _ticks(left, right, low, high, place)
    wide, deep = size[0] * scale, size[1] * scale
    squares: dict[int, list[str]] = {}
    for x, y, grade in zip(blocks["along_m"], blocks["up_m"], blocks["grade_pct"], strict=True):
        at = place((x - size[0] / 2, y + size[1] / 2))
        path = f"M{at[0]:.1f} {at[1]:.1f}h{wide:.2f}v{deep:.2f}h-{wide:.2f}z"
        squares.setdefault(band_of(grade, edges), []).append(path)
    parts += [
        h('<path d="{}" fill="{}"/>', " ".join(paths), BANDS[band])
        for band, paths in sorted(squares.items())
    ]
    strokes: dict[int, list[str]] = {}
    for start, end, grade in zip(
        pieces["start_m"], pieces["end_m"], pieces["grade_pct"], strict=True
    ):
        (x1, y1), (x2, y2) = place(start), place(end)
        path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
        strokes.setdefault(band_of(grade, edges), []).append(path)
    for width, is_rim in ((8, True), (5, False)):
        # A light rim sets a hole off from blocks of its own grade.
        parts += [
            h(
                '<path d="{}" stroke="{}" stroke-width="{}" stroke-linecap="round" fill="none"/>',
                " ".join(paths),
                "#ffffff" if is_rim else NO_GRADE if band < 0 else BANDS[band],
                width,
            )
            for band, paths in sorted(strokes.items())
        ]
    parts += _named([(name, *place(at)) for name, at in _hole_heads(pieces).items()])
    below, beside = (
        t(TURNED.get(one, one) if found["is_turned"] else one) for one in AXES[found["section"]]
    )
    parts.append(_text((MARGIN + WIDTH) / 2, tall + 46, below, "middle"))
    upwards = h('<g transform="rotate(-90 16 {:.0f})">', 8 + tall / 2)
    parts += [upwards, _text(16, 8 + tall / 2, beside, "middle"), h("</g>")]
    return _picture(parts, says, WIDTH, tall + FOOT)


def _hole_heads(pieces: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return where each hole of a picture begins, the uppermost of its ends; none of too many."""
    heads: dict[str, tuple[float, float]] = {}
    for hole, start, end in zip(pieces["hole"], pieces["start_m"], pieces["end_m"], strict=True):
        for point in (start, end):
            if hole not in heads or point[-1] > heads[hole][-1]:
                heads[hole] = tuple(point)
    return heads if len(heads) <= HOLES_NAMED_MAX else {}


def _named(heads: Sequence[tuple[str, float, float]]) -> list[Markup]:
    """Return the names of holes above where they begin; holes that begin as one share a line."""
    lines: list[tuple[float, float, list[str]]] = []
    for name, x, y in sorted(heads, key=lambda one: one[1:]):
        near = (one for one in lines if abs(one[0] - x) < NAME_WIDE and abs(one[1] - y) < NAME_TALL)
        line = next(near, None)
        if line is None:
            lines.append((x, y, [name]))
        else:
            line[2].append(name)
    return [_name(x, max(y - 9, 14.0), ", ".join(names)) for x, y, names in lines]


def _ticks(left: float, right: float, low: float, high: float, place: Any) -> list[Markup]:
    parts = []
    (x1, top), (x2, bottom) = place((left, high)), place((right, low))
    for value in _round(left, right, 6):
        x, _ = place((value, low))
        parts.append(_line(x, top, x, bottom))
        parts.append(_text(x, bottom + 18, f"{value:,.0f}", "middle"))
    for value in _round(low, high, 5):
        _, y = place((left, value))
        parts.append(_line(x1, y, x2, y))
        parts.append(_text(x1 - 6, y + 4, f"{value:,.0f}", "end"))
    return parts


def tonnage_chart(
    rows: Sequence[tuple[float, float, float]], titles: tuple[str, str, str], says: str
) -> Markup:
    """Return tonnes (left) and mean grade (right) over the cut-off; rows are the three numbers."""
    wide, tall, left, right, top, bottom = 640.0, 380.0, 80.0, 70.0, 30.0, 48.0
    lows, highs = [min(row[0] for row in rows)], [max(row[0] for row in rows)]
    span = (highs[0] - lows[0]) or 1.0
    most = [max(row[place] for row in rows) or 1.0 for place in (1, 2)]

    def x_of(value: float) -> float:
        return left + (value - lows[0]) / span * (wide - left - right)

    def y_of(value: float, place: int) -> float:
        return tall - bottom - value / (most[place] * 1.05) * (tall - bottom - top)

    parts = []
    for value in _round(lows[0], highs[0], 6):
        parts.append(_line(x_of(value), top, x_of(value), tall - bottom))
        parts.append(_text(x_of(value), tall - bottom + 18, f"{value:.4g}", "middle"))
    for value in _round(0.0, most[0], 5):
        parts.append(_line(left, y_of(value, 0), wide - right, y_of(value, 0)))
        parts.append(_text(left - 8, y_of(value, 0) + 4, f"{value:,.4g}", "end"))
    parts += [
        _text(wide - right + 8, y_of(value, 1) + 4, f"{value:.4g}", "start")
        for value in _round(0.0, most[1], 5)
    ]
    for place, colour, dash in ((0, "#0072b2", ""), (1, "#d55e00", "7 4")):
        points = " ".join(f"{x_of(row[0]):.1f},{y_of(row[place + 1], place):.1f}" for row in rows)
        parts.append(
            h(
                '<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5" '
                'stroke-dasharray="{}"/>',
                points, colour, dash,
            )
        )  # fmt: skip
    parts.append(_text(left, 16, f"— {titles[0]}", "start"))
    parts.append(_text(wide - right, 16, f"- - {titles[1]}", "end"))
    parts.append(_text((left + wide - right) / 2, tall - 8, titles[2], "middle"))
    return _picture(parts, says, wide, tall)


def space_figure(
    blocks: Mapping[str, Any],
    grid: Mapping[str, Any],
    pieces: Mapping[str, Any],
    unit: tuple[str, float],
    limits: tuple[float, float],
    t: Translate,
) -> dict[str, Any]:
    """Return holes and blocks in three dimensions as a figure for Plotly.

    ``unit`` is the word for grades and how many of it are a per cent; ``limits`` are in per cent.
    """
    word, factor = unit
    low, high = (value * factor for value in limits)
    scale = [[place / (len(BANDS) - 1), colour] for place, colour in enumerate(BANDS)]
    x: list[float | None] = []
    y: list[float | None] = []
    z: list[float | None] = []
    colours: list[float] = []
    names: list[str] = []
    for hole, start, end, grade in zip(
        pieces["hole"], pieces["start_m"], pieces["end_m"], pieces["grade_pct"], strict=True
    ):
        told = low if grade is None else grade * factor
        for values, place in ((x, 0), (y, 1), (z, 2)):
            values += [start[place], end[place], None]
        colours += [told, told, told]
        names += [hole, hole, hole]
    heads = _hole_heads(pieces)
    colouring = {"cmin": low, "cmax": high, "colorscale": scale}
    data: list[dict[str, Any]] = [
        {
            "type": "scatter3d", "mode": "lines", "x": x, "y": y, "z": z, "text": names,
            "line": {"color": colours, "width": 6, **colouring}, "showlegend": False,
            "hovertemplate": "%{text}<extra></extra>",
        },
        {
            "type": "mesh3d", **_mesh(blocks, grid, factor), **colouring, "intensitymode": "cell",
            "flatshading": True, "opacity": 0.55, "colorbar": {"title": {"text": word}},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter3d", "mode": "text", "text": list(heads), "hoverinfo": "skip",
            **{axis: [at[place] for at in heads.values()] for place, axis in enumerate("xyz")},
            "textposition": "top center", "textfont": {"size": 11}, "showlegend": False,
        },
    ]  # fmt: skip
    axis = {"backgroundcolor": "rgba(0,0,0,0)", "gridcolor": "#b8c0c8"}
    scene = {
        "aspectmode": "data",
        "xaxis": {**axis, "title": {"text": t(EAST)}},
        "yaxis": {**axis, "title": {"text": t(NORTH)}},
        "zaxis": {**axis, "title": {"text": t(HEIGHT)}},
    }
    layout = {
        "height": 560, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "scene": scene,
        "paper_bgcolor": "rgba(0,0,0,0)", "font": {"color": "#5b6672"},
    }  # fmt: skip
    return {"data": data, "layout": layout, "config": {"responsive": True, "displaylogo": False}}


def _mesh(
    blocks: Mapping[str, Any], grid: Mapping[str, Any], factor: float
) -> dict[str, list[Any]]:
    """Return the outer faces of blocks as triangles; faces between two blocks are not seen."""
    shown = {tuple(one) for one in blocks["column_row_level"]}
    turn = math.radians(grid["bearing_deg"])
    s, c = math.sin(turn), math.cos(turn)
    x: list[float] = []
    y: list[float] = []
    z: list[float] = []
    i: list[int] = []
    j: list[int] = []
    k: list[int] = []
    told: list[float] = []
    half = [size / 2 for size in grid["size_m"]]
    for index, centre, grade in zip(
        blocks["column_row_level"], blocks["centre_m"], blocks["grade_pct"], strict=True
    ):
        for step, corners in _FACES:
            if tuple(a + b for a, b in zip(index, step, strict=True)) in shown:
                continue
            first = len(x)
            for corner in corners:
                u, v, w = ((1 if corner >> bit & 1 else -1) * half[bit] for bit in range(3))
                x.append(round(centre[0] + u * c + v * s, 2))
                y.append(round(centre[1] - u * s + v * c, 2))
                z.append(round(centre[2] + w, 2))
            i += [first, first]
            j += [first + 1, first + 2]
            k += [first + 2, first + 3]
            told += [grade * factor] * 2
    return {"x": x, "y": y, "z": z, "i": i, "j": j, "k": k, "intensity": told}


def _round(low: float, high: float, number: int) -> list[float]:
    rough = (high - low) / number or 1.0
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * one for one in (1, 2, 5, 10) if unit * one >= rough)
    start = math.ceil(low / step)
    found = [step * (start + place) for place in range(number * 2 + 2)]
    return [value for value in found if value <= high * (1 + 1e-9) or value <= high]


def _line(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return h(
        '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="currentColor" '
        'stroke-opacity=".18"/>',
        x1, y1, x2, y2,
    )  # fmt: skip


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return h(
        '<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="13" fill="currentColor">{}</text>',
        x, y, anchor, text,
    )  # fmt: skip


def _name(x: float, y: float, text: str) -> Markup:
    """Return the name of a hole, with a rim so that it is read over blocks of any colour."""
    return h(
        '<text x="{:.1f}" y="{:.1f}" text-anchor="middle" font-size="11" fill="#101820" '
        'stroke="#ffffff" stroke-width="3" paint-order="stroke">{}</text>',
        x, y, text,
    )  # fmt: skip


def _picture(parts: Sequence[Markup], says: str, wide: float, tall: float) -> Markup:
    return h(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><svg role="img" '
        'viewBox="0 0 {:.0f} {:.0f}" aria-label="{}" '
        'style="direction:ltr;min-width:480px;width:100%;max-width:{:.0f}px">{}</svg></div>',
        says, wide, tall, says, wide, joined(parts),
    )  # fmt: skip
