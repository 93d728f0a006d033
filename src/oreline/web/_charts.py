"""Pictures of numbers as SVG: lines on two logarithmic axes, points beside a line, bars.

Every picture stands beside a table of its numbers, and says in words what it shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from oreline.web._blocks import NOTHING, h, joined

WIDTH, HEIGHT = 640, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 16, 48
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Of Okabe and Ito, which people of all kinds of sight tell apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart with its name, drawn through its points."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked point: where, what it is called, and whether it stands out."""

    x: float
    y: float
    name: str
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Points with what a model says of them: a name, the points, and a line through the model."""

    name: str
    points: tuple[tuple[float, float], ...]
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value between two ends, its name, and what is written beside it."""

    name: str
    value: float
    low: float
    high: float
    told: str


@dataclass(frozen=True, slots=True)
class _Axis:
    low: float
    high: float
    start: float
    end: float
    is_log: bool

    def at(self, value: float) -> float:
        """Return the place of a value on the picture."""
        low, high, here = self.low, self.high, value
        if self.is_log:
            low, high, here = math.log10(low), math.log10(high), math.log10(value)
        share = (here - low) / (high - low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return round values on the axis."""
        if self.is_log:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            step = max(1, round((last - first) / 5))
            found = [10.0**power for power in range(first, last + 1, step)]
        else:
            rough = (self.high - self.low) / 5
            unit = 10 ** math.floor(math.log10(rough))
            step_size = next(unit * one for one in (1, 2, 5, 10) if unit * one >= rough)
            start = math.ceil(self.low / step_size)
            found = [step_size * (start + place) for place in range(12)]
        slack = 1 + 1e-9
        return [one for one in found if self.low <= one * slack and one <= self.high * slack]


def log_chart(
    lines: Sequence[Line], marks: Sequence[Mark], x_title: str, y_title: str, says: str
) -> Markup:
    """Return lines and marks on two logarithmic axes; all values are above zero."""
    points = [point for line in lines for point in line.points] + [(m.x, m.y) for m in marks]
    x_axis = _axis([x for x, _ in points], LEFT, WIDTH - RIGHT, is_log=True)
    y_axis = _axis([y for _, y in points], HEIGHT - BOTTOM, TOP, is_log=True)
    parts = [_axes(x_axis, y_axis, x_title, y_title)]
    for place, line in enumerate(lines):
        colour = COLOURS[place % len(COLOURS)]
        path = " ".join(f"{x_axis.at(x):.1f},{y_axis.at(y):.1f}" for x, y in line.points)
        parts.append(
            h('<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>', path, colour)
        )
        x, y = line.points[0]
        parts.append(_label(x_axis.at(x) + 6, y_axis.at(y) - 6, line.name, "start"))
    parts += [_dot(x_axis, y_axis, mark) for mark in marks]
    return _picture(parts, says)


def scatter_chart(marks: Sequence[Mark], x_title: str, y_title: str, says: str) -> Markup:
    """Return points beside the line on which both values are the same."""
    values = [value for mark in marks for value in (mark.x, mark.y)]
    x_axis = _axis(values, LEFT, WIDTH - RIGHT, is_log=False)
    y_axis = _axis(values, HEIGHT - BOTTOM, TOP, is_log=False)
    low, high = x_axis.low, x_axis.high
    same = h(
        '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="currentColor" '
        'stroke-dasharray="5 4"/>',
        x_axis.at(low),
        y_axis.at(low),
        x_axis.at(high),
        y_axis.at(high),
    )
    dots = [_dot(x_axis, y_axis, mark) for mark in marks]
    return _picture([_axes(x_axis, y_axis, x_title, y_title), same, *dots], says)


def series_chart(
    series: Sequence[Series], level: float, x_title: str, y_title: str, says: str
) -> Markup:
    """Return points and lines of several series from zero, with a level line drawn at a value."""
    points = [point for one in series for point in (*one.points, *one.line)]
    x_axis = _axis([0.0, *(x for x, _ in points)], LEFT, WIDTH - RIGHT, is_log=False)
    y_axis = _axis([0.0, level, *(y for _, y in points)], HEIGHT - BOTTOM, TOP, is_log=False)
    parts = [_axes(x_axis, y_axis, x_title, y_title)]
    parts.append(
        h(
            '<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" stroke="currentColor" '
            'stroke-dasharray="5 4"/>',
            LEFT, WIDTH - RIGHT, y_axis.at(level), y_axis.at(level),
        )
    )  # fmt: skip
    for place, one in enumerate(series):
        colour = COLOURS[place % len(COLOURS)]
        path = " ".join(f"{x_axis.at(x):.1f},{y_axis.at(y):.1f}" for x, y in one.line)
        parts.append(
            h(
                '<polyline points="{}" fill="none" stroke="{}" stroke-width="2" '
                'stroke-dasharray="{}"/>',
                path, colour, _DASHES[place % len(_DASHES)],
            )
        )  # fmt: skip
        shape = _SHAPES[place % len(_SHAPES)]
        parts += [
            h('<path d="M{:.1f} {:.1f}{}" fill="{}"/>', x_axis.at(x), y_axis.at(y), shape, colour)
            for x, y in one.points
        ]
        y = HEIGHT - BOTTOM - 10 - 20 * (len(series) - 1 - place)
        if len(series) > 1:
            start = WIDTH - RIGHT - 190
            parts.append(h('<path d="M{} {}{}" fill="{}"/>', start, y - 4, shape, colour))
            parts.append(_label(start + 12, y, one.name, "start"))
    return _picture(parts, says)


_SHAPES = ("m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "m-5-5h10v10h-10z", "m0-6l6 11h-12z",
           "m0-7l6 7l-6 7l-6-7z")  # fmt: skip
_DASHES = ("", "8 4", "2 4", "12 3 2 3")
"""A shape and a dash for each series beside its colour: colour alone is no sign."""


def histogram_chart(
    shares: Sequence[float], edges: Sequence[str], x_title: str, y_title: str, says: str
) -> Markup:
    """Return upright bars side by side, and what stands at the edges between them."""
    axis = _axis([0.0, *shares], HEIGHT - BOTTOM, TOP, is_log=False)
    wide = (WIDTH - RIGHT - LEFT) / len(shares)
    parts = []
    for value in axis.ticks():
        if value >= 0:
            parts.append(_grid(LEFT, axis.at(value), WIDTH - RIGHT, axis.at(value)))
            parts.append(_label(LEFT - 8, axis.at(value) + 4, f"{value:.0%}", "end"))
    base = axis.at(0.0)
    parts += [
        h(
            '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" stroke="none"/>',
            LEFT + wide * place + 0.5, axis.at(share), max(wide - 1, 0.5), base - axis.at(share),
            COLOURS[0],
        )
        for place, share in enumerate(shares)
    ]  # fmt: skip
    every = max(1, math.ceil(len(edges) / 8))
    parts += [
        _label(LEFT + wide * place, base + 18, edges[place], "middle")
        for place in range(0, len(edges), every)
    ]
    parts.append(_label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x_title, "middle"))
    parts.append(_label(LEFT, TOP - 4, y_title, "start"))
    return _picture(parts, says)


def bar_chart(bars: Sequence[tuple[str, float, str]], says: str) -> Markup:
    """Return bars from zero: (name, size, what is written beside it); sizes are zero or more."""
    largest = max((size for _, size, _ in bars), default=0.0) or 1.0
    row, start, room = 30, 190, WIDTH - 190 - 150
    parts = []
    for place, (name, size, told) in enumerate(bars):
        y = place * row + 8
        wide = room * max(size, 0.0) / largest
        parts.append(
            h(
                '<rect x="{}" y="{}" width="{:.1f}" height="16" fill="{}"/>',
                start,
                y,
                wide,
                COLOURS[0],
            )
        )
        parts.append(_label(start - 8, y + 13, name, "end"))
        parts.append(_label(start + wide + 6, y + 13, told, "start"))
    return _picture(parts, says, len(bars) * row + 12)


def signed_bar_chart(bars: Sequence[tuple[str, float]], says: str) -> Markup:
    """Return upright bars from zero, up or down: (name, size)."""
    axis = _axis([0.0, *(size for _, size in bars)], HEIGHT - BOTTOM, TOP, is_log=False)
    wide = (WIDTH - RIGHT - LEFT) / max(len(bars), 1)
    every = max(1, math.ceil(len(bars) / 16))
    parts = []
    for value in axis.ticks():
        parts.append(_grid(LEFT, axis.at(value), WIDTH - RIGHT, axis.at(value)))
        parts.append(_label(LEFT - 8, axis.at(value) + 4, _number(value), "end"))
    for place, (name, size) in enumerate(bars):
        ends = sorted((axis.at(0.0), axis.at(size)))
        left = LEFT + wide * place
        parts.append(
            h(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>',
                left + wide * 0.15, ends[0], wide * 0.7, ends[1] - ends[0],
                COLOURS[0] if size >= 0 else COLOURS[1],
            )
        )  # fmt: skip
        if place % every == 0:
            parts.append(_label(left + wide / 2, HEIGHT - BOTTOM + 18, name, "middle"))
    return _picture(parts, says, HEIGHT - BOTTOM + 30)


def interval_chart(intervals: Sequence[Interval], at: float, says: str) -> Markup:
    """Return lying intervals, one below the other, beside an upright line at a value."""
    start, row = 190, 34
    ends = [at, *(end for one in intervals for end in (one.low, one.high))]
    axis = _axis(ends, start, WIDTH - 150, is_log=False)
    bottom = len(intervals) * row + 8
    parts = [_grid(axis.at(tick), 4, axis.at(tick), bottom) for tick in axis.ticks()]
    parts += [_label(axis.at(tick), bottom + 18, _number(tick), "middle") for tick in axis.ticks()]
    parts.append(
        h(
            '<line x1="{0:.1f}" x2="{0:.1f}" y1="4" y2="{1}" stroke="currentColor" '
            'stroke-dasharray="5 4"/>',
            axis.at(at),
            bottom,
        )
    )
    for place, one in enumerate(intervals):
        y = place * row + 20
        parts.append(
            h(
                '<line x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}" stroke="{}" stroke-width="3"/>'
                '<circle cx="{:.1f}" cy="{}" r="5" fill="{}"/>',
                axis.at(one.low), axis.at(one.high), y, y, COLOURS[0],
                axis.at(one.value), y, COLOURS[0],
            )
        )  # fmt: skip
        parts.append(_label(start - 12, y + 5, one.name, "end"))
        parts.append(_label(WIDTH - 142, y + 5, one.told, "start"))
    return _picture(parts, says, bottom + 28)


def _axis(values: Sequence[float], start: float, end: float, *, is_log: bool) -> _Axis:
    low, high = min(values), max(values)
    if is_log:
        low, high = low / 1.6, high * 1.6
    else:
        room = (high - low) * 0.06 or abs(high) * 0.01 or 1.0
        low, high = low - room, high + room
    return _Axis(low, high, start, end, is_log)


def _axes(x_axis: _Axis, y_axis: _Axis, x_title: str, y_title: str) -> Markup:
    bottom, line = HEIGHT - BOTTOM, []
    for value in x_axis.ticks():
        x = x_axis.at(value)
        line.append(_grid(x, TOP, x, bottom))
        line.append(_label(x, bottom + 18, _number(value), "middle"))
    for value in y_axis.ticks():
        y = y_axis.at(value)
        line.append(_grid(LEFT, y, WIDTH - RIGHT, y))
        line.append(_label(LEFT - 8, y + 4, _number(value), "end"))
    line.append(_label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x_title, "middle"))
    middle = (TOP + bottom) / 2
    line.append(
        h(
            '<text x="14" y="{:.1f}" transform="rotate(-90 14 {:.1f})" text-anchor="middle" '
            'font-size="13" fill="currentColor">{}</text>',
            middle,
            middle,
            y_title,
        )
    )
    return joined(line)


def _grid(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return h(
        '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="currentColor" '
        'stroke-opacity=".18"/>',
        x1,
        y1,
        x2,
        y2,
    )


def _label(x: float, y: float, text: str, anchor: str) -> Markup:
    return h(
        '<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="13" fill="currentColor">{}</text>',
        x,
        y,
        anchor,
        text,
    )


def _dot(x_axis: _Axis, y_axis: _Axis, mark: Mark) -> Markup:
    x, y = x_axis.at(mark.x), y_axis.at(mark.y)
    title = h("<title>{}</title>", mark.name) if mark.name else NOTHING
    if mark.stands_out:
        # A cross as well as a colour: colour alone is no sign.
        return h(
            '<g stroke="{}" stroke-width="3">'
            '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>'
            '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>{}</g>',
            COLOURS[1], x - 6, y - 6, x + 6, y + 6, x - 6, y + 6, x + 6, y - 6, title,
        )  # fmt: skip
    return h(
        '<circle cx="{:.1f}" cy="{:.1f}" r="5" fill="{}" fill-opacity=".75">{}</circle>',
        x,
        y,
        COLOURS[0],
        title,
    )


def _number(value: float) -> str:
    """Return a tick's number as people read it.

    >>> _number(1000000.0), _number(0.001), _number(52.4)
    ('1,000,000', '0.001', '52.4')
    """
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) >= 1e-4 or not value else f"{value:.0e}"


def _picture(parts: Sequence[Markup], says: str, height: float = HEIGHT) -> Markup:
    return h(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><svg role="img" '
        'viewBox="0 0 {} {}" aria-label="{}" '
        'style="direction:ltr;min-width:480px;width:100%;max-width:{}px">{}</svg></div>',
        says,
        WIDTH,
        round(height),
        says,
        WIDTH,
        joined(parts),
    )
