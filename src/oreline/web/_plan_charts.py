"""Pictures of a plan's money: bars by kind of cash, the sum below them, and a front to click."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import h, joined
from oreline.web._colours import CASH
from oreline.web._strings import Translate, msg

KINDS: Mapping[str, str] = {
    "sales": msg("Sales"),
    "capital": msg("Capital"),
    "costs": msg("Costs"),
    "levies": msg("Royalties and taxes"),
}
"""The kinds of cash in the order in which they are stacked, and what they are called."""
WIDE, NARROW = 900, 380
"""Widths of the two drawings; a page shows the one that fits."""
BARS_HIGH, SUM_HIGH, GAP = 230, 130, 34
TOP, BOTTOM, RIGHT = 18, 26, 10


def cash_chart(rows: Sequence[Mapping[str, Any]], unit: str, says: str, t: Translate,
               *, is_discounted: bool) -> Markup:  # fmt: skip
    """Return bars of each year by kind of cash, and below them what has come together by then.

    Each value of a discounted picture is one today: what it is times its year's factor.
    """
    drawings = [
        _cash_drawing(rows, unit, says, t, wide, kind, is_discounted=is_discounted)
        for wide, kind in ((WIDE, "wide"), (NARROW, "narrow"))
    ]
    legend = joined(
        h('<li><i style="background:{}"></i>{}</li>', CASH[kind], t(word))
        for kind, word in KINDS.items()
    )
    return h(
        '<figure class="chart">{}<ul class="legend">{}</ul></figure>', joined(drawings), legend
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """A linear scale: where a value lies, and its round marks."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def marks(self, most: int = 5) -> list[float]:
        rough = (self.high - self.low) / most
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * one for one in (1, 2, 5, 10) if unit * one >= rough)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [step * place for place in range(first, last + 1)]


def _scale(values: Sequence[float], start: float, end: float) -> _Scale:
    low, high = min(0.0, *values), max(0.0, *values)
    room = (high - low) * 0.05 or 1.0
    return _Scale(low - room if low < 0 else low, high + room, start, end)


def _cash_drawing(rows: Sequence[Mapping[str, Any]], unit: str, says: str, t: Translate, wide: int,
                  kind: str, *, is_discounted: bool) -> Markup:  # fmt: skip
    def worth(row: Mapping[str, Any], name: str) -> float:
        return float(row[name]) * (row["factor"] if is_discounted else 1.0)

    sums = [row["cumulative_discounted" if is_discounted else "cumulative"] for row in rows]
    ends = [
        sum(part for name in KINDS if (part := worth(row, name)) * sign > 0)
        for row in rows
        for sign in (1, -1)
    ]
    left = 56 if wide == WIDE else 44
    bars = _scale(ends, TOP + BARS_HIGH, TOP)
    below = TOP + BARS_HIGH + GAP
    line = _scale(sums, below + SUM_HIGH, below)
    room = (wide - left - RIGHT) / len(rows)
    parts = [_grid(bars, left, wide), _grid(line, left, wide, most=3)]
    for place, row in enumerate(rows):
        x = left + room * (place + 0.5)
        parts.append(_stack(row, x, room, bars, unit, worth, t))
        every = max(1, math.ceil(34 / room))
        if place % every == 0:
            words = h('<text class="when" x="{:.1f}" y="{}">{}</text>',
                      x, below + SUM_HIGH + 18, row["year"])  # fmt: skip
            parts.append(words)
    points = [(left + room * (place + 0.5), line.at(value)) for place, value in enumerate(sums)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts.append(h('<polyline class="sum" points="{}" stroke="{}"/>', path, CASH["net"]))
    parts += [
        h(
            '<circle cx="{:.1f}" cy="{:.1f}" r="3.2" fill="{}">'
            "<title>{}: {:,.1f} {}</title></circle>",
          x, y, CASH["net"], row["year"], value, unit)
        for (x, y), row, value in zip(points, rows, sums, strict=True)
    ]  # fmt: skip
    heads = ((TOP - 6, t("Cash of each year, {unit}", unit=unit)),
             (below - 8, t("Come together by then, {unit}", unit=unit)))  # fmt: skip
    parts += [h('<text x="{}" y="{}">{}</text>', left, y, said) for y, said in heads]
    high = below + SUM_HIGH + BOTTOM
    return h('<svg class="{}" role="img" viewBox="0 0 {} {}" aria-label="{}">{}</svg>',
             kind, wide, high, says, joined(parts))  # fmt: skip


def _stack(row: Mapping[str, Any], x: float, room: float, scale: _Scale, unit: str, worth: Any,
           t: Translate) -> Markup:  # fmt: skip
    """Return the bar of a year: what comes in above zero, what goes out below."""
    reached = {1: 0.0, -1: 0.0}
    parts, told = [], [str(row["year"])]
    for name, word in KINDS.items():
        part = worth(row, name)
        if not part:
            continue
        sign = 1 if part > 0 else -1
        ends = sorted((scale.at(reached[sign]), scale.at(reached[sign] + part)))
        reached[sign] += part
        told.append(f"{t(word)} {part:+,.1f} {unit}")
        parts.append(
            h('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.2f}" fill="{}"/>',
              x - room * 0.36, ends[0], room * 0.72, ends[1] - ends[0], CASH[name])
        )  # fmt: skip
    net = worth(row, "net")
    told.append(t("Net") + f" {net:+,.1f} {unit}")
    y = scale.at(net)
    mark = h('<line class="net" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>',
             x - room * 0.46, x + room * 0.46, y, y)  # fmt: skip
    return h("<g><title>{}</title>{}{}</g>", "\n".join(told), joined(parts), mark)


def _grid(scale: _Scale, left: float, wide: float, most: int = 5) -> Markup:
    lines = []
    for value in scale.marks(most):
        y = scale.at(value)
        kind = "axis" if not value else "grid"
        lines.append(
            h('<line class="{}" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
              '<text class="num" x="{}" y="{:.1f}">{:,.0f}</text>',
              kind, left, wide - RIGHT, y, y, left - 6, y + 4, value)
        )  # fmt: skip
    return joined(lines)


def front_chart(
    points: Sequence[tuple[float, float, int]],
    titles: tuple[str, str],
    says: str,
    link: Callable[[int], str],
    names: Sequence[str],
    chosen: int,
) -> Markup:
    """Return plans as points that are links: (tonnes, value, number), the number beside each."""
    drawings = [
        _front_drawing(points, titles, says, link, names, chosen, wide, kind)
        for wide, kind in ((640, "wide"), (NARROW, "narrow"))
    ]
    return h('<figure class="chart front">{}</figure>', joined(drawings))


def _front_drawing(
    points: Sequence[tuple[float, float, int]],
    titles: tuple[str, str],
    says: str,
    link: Callable[[int], str],
    names: Sequence[str],
    chosen: int,
    wide: int,
    kind: str,
) -> Markup:
    left, high, foot = 58, 300, 46
    across = _between([x for x, _, _ in points], left + 16, wide - 24)
    up = _between([y for _, y, _ in points], high - foot - 12, TOP + 12)
    parts = []
    for value in up.marks(5):
        y = up.at(value)
        parts.append(
            h('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
              '<text class="num" x="{}" y="{:.1f}">{:,.5g}</text>',
              left, wide - 10, y, y, left - 6, y + 4, value)
        )  # fmt: skip
    for value in across.marks(5 if wide > NARROW else 3):
        x = across.at(value)
        parts.append(
            h('<line class="grid" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/>'
              '<text class="when" x="{:.1f}" y="{}">{:,.0f}</text>',
              x, x, TOP, high - foot, x, high - foot + 16, value)
        )  # fmt: skip
    path = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y, _ in points)
    parts.append(h('<polyline class="sum" points="{}" stroke="{}"/>', path, CASH["sales"]))
    parts.append(h('<text class="when" x="{}" y="{}">{}</text>', (left + wide) / 2, high - 8,
                   titles[0]))  # fmt: skip
    parts.append(h('<text x="{}" y="{}">{}</text>', 4, TOP - 6, titles[1]))
    for (x, y, number), name in zip(points, names, strict=True):
        told = f"{name}: {x:,.0f}, {y:,.1f}"
        parts.append(
            h('<a href="{}" aria-label="{}"{}><title>{}</title>'
              '<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="11"/>'
              '<text class="dot-number" x="{:.1f}" y="{:.1f}">{}</text></a>',
              link(number), told, _HERE if number == chosen else "", told, across.at(x), up.at(y),
              across.at(x), up.at(y) + 4.5, number)
        )  # fmt: skip
    # Links inside a picture cannot be reached; a group with a name can hold them.
    return h('<svg class="{}" role="group" viewBox="0 0 {} {}" aria-label="{}">{}</svg>',
             kind, wide, high, says, joined(parts))  # fmt: skip


_HERE = Markup(' aria-current="true"')


def _between(values: Sequence[float], start: float, end: float) -> _Scale:
    """Return a scale around values, which need not begin at zero."""
    low, high = min(values), max(values)
    room = (high - low) * 0.04 or abs(high) * 0.05 or 1.0
    return _Scale(low - room, high + room, start, end)
