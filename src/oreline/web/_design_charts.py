"""Pictures of an uncertain result: how its samples lie, and what moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import h, joined

WIDTH, LEFT, RIGHT, TOP, TALL, FOOT = 720.0, 56.0, 24.0, 34.0, 300.0, 44.0
NAMES = 270.0
"""Room for the names of numbers beside a tornado."""
FILLS = ("#0072b2", "#d55e00")
"""Blue where the number is at its low end, orange at its high end; both are told in words too."""


def short(value: float) -> str:
    """Return a number as a chart has room for it.

    >>> short(1_234_567.0), short(-45_300.0), short(2_810.0), short(0.00123)
    ('1.23 M', '-45.3 k', '2,810', '0.00123')
    """
    for scale, mark in ((1e9, " bn"), (1e6, " M"), (1e4, " k")):
        if abs(value) >= scale:
            return f"{value / (1e3 if mark == ' k' else scale):,.3g}{mark}"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:,.3g}"


def histogram(
    bars: Sequence[Mapping[str, Any]], marks: Sequence[tuple[str, float]], unit: str, says: str
) -> Markup:
    """Return how many samples lie in each class, with named values as upright lines."""
    low, high = bars[0]["from"], bars[-1]["to"]
    span = (high - low) or 1.0
    most = max(bar["samples"] for bar in bars) or 1
    ground = TALL - FOOT

    def at(value: float) -> float:
        return LEFT + float((value - low) / span) * (WIDTH - LEFT - RIGHT)

    parts = [
        h(
            '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>',
            at(bar["from"]) + 0.5,
            ground - bar["samples"] / most * (ground - TOP),
            max(at(bar["to"]) - at(bar["from"]) - 1, 1.0),
            bar["samples"] / most * (ground - TOP),
            FILLS[0],
        )
        for bar in bars
    ]
    parts.append(_line(LEFT, ground, WIDTH - RIGHT, ground))
    for part in range(5):
        value = low + span * part / 4
        parts.append(_text(at(value), ground + 18, short(value), "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, TALL - 6, unit, "middle"))
    for place, (name, value) in enumerate(marks):
        parts.append(_line(at(value), TOP - 8, at(value), ground, "5 4"))
        parts.append(_text(at(value), 12 if place % 2 else 24, name, "middle"))
    return _picture(parts, says, TALL)


def tornado_chart(bars: Sequence[Mapping[str, Any]], base: float, says: str) -> Markup:
    """Return the result with each number at its low and its high end, as bars from its base."""
    ends = [base, *(bar[end] for bar in bars for end in ("at_low", "at_high"))]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    row = 28.0

    def at(value: float) -> float:
        return NAMES + float((value - low) / span) * (WIDTH - NAMES - 20)

    parts = []
    for place, bar in enumerate(bars):
        y = place * row + 6
        parts.append(_text(NAMES - 8, y + 13, _cut(bar["input"]), "end"))
        for fill, end in zip(FILLS, ("at_low", "at_high"), strict=True):
            left, right = sorted((at(base), at(bar[end])))
            parts.append(
                h(
                    '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="16" fill="{}">'
                    "<title>{}</title></rect>",
                    left, y, max(right - left, 0.5), fill,
                    f"{bar['input']}: {short(bar[end])}",
                )
            )  # fmt: skip
    tall = len(bars) * row + 8
    parts.append(_line(at(base), 0, at(base), tall))
    for value, anchor in ((low, "start"), (high, "end")):
        parts.append(_text(at(value), tall + 16, short(value), anchor))
    if abs(at(base) - at(low)) > 90 and abs(at(high) - at(base)) > 90:
        parts.append(_text(at(base), tall + 16, short(base), "middle"))
    return _picture(parts, says, tall + 24)


def _cut(name: str) -> str:
    """Return a name as long as there is room for.

    >>> _cut("flowsheet: sb-flotation.to_concentrate[stibnite]")
    'sb-flotation.to_concentrate[stibnite]'
    """
    told = name.removeprefix("flowsheet: ")
    return told if len(told) <= 38 else f"{told[:37]}…"


def _line(x1: float, y1: float, x2: float, y2: float, dash: str = "") -> Markup:
    return h(
        '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="currentColor" '
        'stroke-dasharray="{}"/>',
        x1, y1, x2, y2, dash,
    )  # fmt: skip


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return h(
        '<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="13" fill="currentColor">{}</text>',
        x, y, anchor, words,
    )  # fmt: skip


def _picture(parts: Sequence[Markup], says: str, tall: float) -> Markup:
    return h(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><svg role="img" '
        'viewBox="0 0 {:.0f} {:.0f}" aria-label="{}" '
        'style="width:100%;min-width:34rem;max-width:52rem;direction:ltr">{}</svg></div>',
        says, WIDTH, tall, says, joined(parts),
    )  # fmt: skip
