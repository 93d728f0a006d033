"""The chart of a running sum: the sum with its U95, its value, and the tabular CUSUM below."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import NOTHING, h, joined
from oreline.web._colours import element_colour
from oreline.web._strings import Translate

Points = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a plot lies in its drawing, in pixels, and what its vertical axis spans."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    n: int

    def x(self, place: float) -> float:
        """Return where a period stands."""
        return self.left + (place + 0.5) * (self.right - self.left) / self.n

    def y(self, value: float) -> float:
        """Return where a value stands."""
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)


def cusum_chart(found: Mapping[str, Any], t: Translate) -> Markup:
    """Return the chart of a running sum as the API tells it, for a wide and a narrow window.

    Points whose sum is not one value break the line.
    """
    points = found["points"]
    title = t("Running sum of unaccounted {element}", element=found["element"])
    last = points[-1]["cumulative"]
    label = f"{title}: {last['low']} ± {last['u95']} {last['unit']}, {found['verdict']}"
    words = t(
        "Line and band: the sum in tonnes of metal, with its U95. Columns: each period. Below: the "
        "tabular CUSUM, missing metal upwards, with its limit."
    )
    return h(
        '<figure class="chart" role="img" aria-label="{}"><figcaption>{}</figcaption>{}{}</figure>',
        label,
        words,
        _drawing(found, (820, 400), "wide", t),
        _drawing(found, (360, 380), "narrow", t),
    )


def _drawing(found: Mapping[str, Any], size: tuple[int, int], kind: str, t: Translate) -> Markup:
    points: Points = found["points"]
    width, height = size
    right = width - (64 if found["price"] else 12)
    main = _main_frame(points, (52, right, 18, height - 150))
    below = _Frame(52, right, height - 118, height - 34, -8.0, 8.0, len(points))
    colour = element_colour(found["element"])
    parts = [
        *_grid(main),
        _shift(found, main, below, t),
        *_columns(points, main),
        _band(points, main, colour),
        _line(points, main, colour),
        *(_money(found, main, width) if found["price"] else ()),
        *_test(found, below),
        *_labels(points, below, height, every=1 if kind == "wide" else 2),
    ]
    return h(
        '<svg class="{}" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>',
        kind,
        width,
        height,
        joined(part for part in parts if part),
    )


def _main_frame(points: Points, box: tuple[float, float, float, float]) -> _Frame:
    values = [0.0]
    for point in points:
        for name in ("unaccounted", "cumulative"):
            value, spread = _value(point[name])
            if value is not None:
                # The band of the sum, the column of the period.
                more = spread if name == "cumulative" else 0.0
                values += [value - more, value + more]
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 1.0
    return _Frame(*box, low - room, high + room, len(points))


def _value(mass: Mapping[str, Any]) -> tuple[float | None, float]:
    if mass["low"] is None or mass["low"] != mass["high"]:
        return None, 0.0
    return float(mass["low"]), float(mass["u95"] or 0)


def _ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers between two.

    >>> _ticks(-5.2, 13.1)
    [-5, 0, 5, 10]
    """
    raw = (high - low) / most
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= raw)
    first = math.ceil(low / step)
    return [round(step * place, 10) for place in range(first, math.floor(high / step) + 1)]


def _grid(frame: _Frame) -> Iterator[Markup]:
    for value in _ticks(frame.low, frame.high):
        y = frame.y(value)
        kind = "axis" if value == 0 else "grid"
        yield h(
            '<line class="{}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text class="num" x="{:.1f}" y="{:.1f}">{:g}</text>',
            kind, frame.left, frame.right, y, y, frame.left - 6, y + 4, value,
        )  # fmt: skip
    yield h('<text class="unit" x="{:.1f}" y="{:.1f}">t</text>', 30, frame.top - 2)


def _shift(found: Mapping[str, Any], frame: _Frame, below: _Frame, t: Translate) -> Markup:
    """Return the mark of where a shift began."""
    names = [point["period"] for point in found["points"]]
    if found["since"] not in names:
        return NOTHING
    place = names.index(found["since"])
    left, right = frame.x(place - 0.5), frame.x(len(names) - 0.5)
    near_end = place > len(names) / 2
    return h(
        '<rect class="shift" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
        '<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>',
        left, frame.top, right - left, below.bottom - frame.top,
        "said end" if near_end else "said", left - 5 if near_end else left + 5, frame.top + 10,
        t("shift since {period}", period=found["since"]),
    )  # fmt: skip


def _columns(points: Points, frame: _Frame) -> Iterator[Markup]:
    wide = 0.5 * (frame.right - frame.left) / frame.n
    for place, point in enumerate(points):
        value, _ = _value(point["unaccounted"])
        if value is None:
            continue
        zero, y = frame.y(0), frame.y(value)
        kind = {"CLOSES": "closes", "DOES NOT CLOSE": "open"}.get(point["verdict"], "unknown")
        yield h(
            '<rect class="column {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>',
            kind, frame.x(place) - wide / 2, min(zero, y), wide, max(abs(zero - y), 0.5),
        )  # fmt: skip


def _runs(points: Points) -> list[list[tuple[int, float, float]]]:
    """Return stretches of periods whose sum is one value: place, value, U95."""
    runs: list[list[tuple[int, float, float]]] = [[]]
    for place, point in enumerate(points):
        value, spread = _value(point["cumulative"])
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value, spread))
    return [run for run in runs if run]


def _band(points: Points, frame: _Frame, colour: str) -> Markup:
    shapes = []
    for run in _runs(points):
        upper = [f"{frame.x(p):.1f},{frame.y(v + s):.1f}" for p, v, s in run]
        lower = [f"{frame.x(p):.1f},{frame.y(v - s):.1f}" for p, v, s in reversed(run)]
        shapes.append(
            h('<polygon class="band" fill="{}" points="{}"/>', colour, " ".join(upper + lower))
        )
    return joined(shapes)


def _line(points: Points, frame: _Frame, colour: str) -> Markup:
    shapes = []
    for run in _runs(points):
        way = " ".join(f"{frame.x(p):.1f},{frame.y(v):.1f}" for p, v, _ in run)
        shapes.append(h('<polyline class="sum" stroke="{}" points="{}"/>', colour, way))
        shapes += [
            h(
                '<circle class="dot" fill="{}" cx="{:.1f}" cy="{:.1f}" r="3.4"/>',
                colour, frame.x(p), frame.y(v),
            )
            for p, v, _ in run
        ]  # fmt: skip
    return joined(shapes)


def _money(found: Mapping[str, Any], frame: _Frame, width: int) -> Iterator[Markup]:
    """Give the axis of money: round sums at the price."""
    currency = found["price"]["unit"].partition("/")[0]
    per_t = _per_tonne(found)
    if per_t is None:
        return
    thousands = per_t / 1000
    for value in _ticks(frame.low * thousands, frame.high * thousands):
        y = frame.y(value / thousands)
        yield h(
            '<line class="tick" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text class="money" x="{:.1f}" y="{:.1f}">{:,g}</text>',
            frame.right, frame.right + 4, y, y, frame.right + 7, y + 4, value,
        )  # fmt: skip
    unit = f"1000 {currency}"
    yield h('<text class="unit end" x="{}" y="{:.1f}">{}</text>', width - 2, frame.top - 2, unit)


def _per_tonne(found: Mapping[str, Any]) -> float | None:
    """Return what a tonne is worth, from a point that has both."""
    for point in found["points"]:
        for mass, worth in (("cumulative", "cumulative_value"), ("unaccounted", "value")):
            value, _ = _value(point[mass])
            money = point[worth] and point[worth]["low"]
            if value and money:
                return float(money) / value
    return None


def _test(found: Mapping[str, Any], frame: _Frame) -> Iterator[Markup]:
    limit = float(found["h"])
    for value, kind in ((limit, "limit"), (0.0, "axis"), (-limit, "limit")):
        y = frame.y(value)
        yield h(
            '<line class="{}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text class="num" x="{:.1f}" y="{:.1f}">{:g}</text>',
            kind, frame.left, frame.right, y, y, frame.left - 6, y + 4, value,
        )  # fmt: skip
    wide = 0.36 * (frame.right - frame.left) / frame.n
    for place, point in enumerate(found["points"]):
        for name, sign in (("upper", 1), ("lower", -1)):
            size = min(float(point[name]), 8.0)
            if not size:
                continue
            kind = "open" if size > limit else "closes"
            zero, y = frame.y(0), frame.y(sign * size)
            yield h(
                '<rect class="column {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>',
                kind, frame.x(place) - wide / 2, min(zero, y), wide, abs(zero - y),
            )  # fmt: skip


def _labels(points: Points, frame: _Frame, height: int, every: int) -> Iterator[Markup]:
    step = every * max(1, math.ceil(len(points) / 13))
    for place in range(0, len(points), step):
        text = str(points[place]["period"])
        short = f"{text[5:7]}/{text[2:4]}" if len(text) == 7 else text
        yield h(
            '<text class="when" x="{:.1f}" y="{}">{}</text>', frame.x(place), height - 14, short
        )
