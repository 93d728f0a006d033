"""A timeline as a picture for a brief: when events happened, and when that was published."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Final

from oreline.model import InputError
from oreline.watch._timeline import Entry, Timeline

WIDTH: Final = 760
NAMES: Final = 270
RIGHT: Final = 22
ROW: Final = 34
ROWS_MAX: Final = 40
"""How many events one picture holds."""
INK, SOFT, LINE, GROUND = "#16202a", "#52606d", "#d4dae0", "#ffffff"
COLOURS: Final = {"agreed": "#009e73", "differs": "#d55e00", "single": "#52606d"}
"""Of Okabe and Ito, told apart by people of all kinds of sight."""
_TICKS_MAX: Final = 7
_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120)
"""How many months lie between two marks of the axis."""
_NAME_LONG: Final = 36


@dataclass(frozen=True, slots=True)
class _Axis:
    first: date
    last: date

    def at(self, day: date) -> float:
        """Return where a day lies."""
        share = (day - self.first).days / max(1, (self.last - self.first).days)
        return NAMES + min(max(share, 0.0), 1.0) * (WIDTH - RIGHT - NAMES)


def timeline_svg(told: Timeline, source_line: str) -> str:
    """Draw a timeline as a document that stands by itself.

    A pale bar covers the days that any sentence names, a full one those that fit all of them; where
    none do, each sentence has its own outlined bar. A ring is a day of publication.

    Parameters
    ----------
    told
        The events.
    source_line
        Stands under the chart, inside the picture.

    Raises
    ------
    InputError
        If there is no event with any day to draw.
    """
    drawn = [one for one in told.entries if one.first or one.known_since]
    if not drawn:
        raise InputError("there is no event with a day to draw")
    shown = _most_told(drawn)
    axis = _axis(shown, told.as_of)
    lines = textwrap.wrap(f"Source: {source_line}", 118)
    top = 92
    ground = top + ROW * len(shown)
    height = ground + 34 + 15 * len(lines) + 8
    title = "What happened, and when it was published"
    if told.as_of is not None:
        title += f", as known on {told.as_of.isoformat()}"
    kept = f"{len(shown)} of {len(told.entries)} events; " if len(shown) < len(told.entries) else ""
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" aria-label="{escape(_says(shown))}" '
            'font-family="Helvetica, Arial, sans-serif">'
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="{GROUND}"/>',
        _text(16, 30, title, size=18, weight=700),
        _text(16, 50, f"{kept}bar: days that fit all reports; ring: a day of publication",
              size=13, fill=SOFT),
        *_legend(),
        *_ticks(axis, top, ground),
    ]  # fmt: skip
    for place, entry in enumerate(shown):
        parts += _row(entry, axis, top + ROW * place)
    if told.as_of is not None:
        x = axis.at(told.as_of)
        parts.append(
            f'<line x1="{x:.1f}" y1="{top - 6}" x2="{x:.1f}" y2="{ground}" stroke="{INK}" '
            'stroke-dasharray="5 4"/>'
        )
    for place, line in enumerate(lines):
        parts.append(_text(16, ground + 40 + 15 * place, line, size=11, fill=SOFT))
    return "".join([*parts, "</svg>"])


def _most_told(entries: list[Entry]) -> list[Entry]:
    """Return the events of most reports, in the order of time."""
    ranked = sorted(entries, key=lambda one: (-one.reports, one.kind, one.event))[:ROWS_MAX]
    chosen = {one.event for one in ranked}
    return [one for one in entries if one.event in chosen]


def _axis(entries: Iterable[Entry], as_of: date | None) -> _Axis:
    days = [
        day
        for one in entries
        for day in (one.first, one.last, *one.published, *_named(one))
        if day is not None
    ]
    days += [] if as_of is None else [as_of]
    first, last = min(days), max(days)
    edge = max(timedelta(days=3), (last - first) / 25)
    # Near the ends of the calendar there is no room for an edge.
    return _Axis(
        first - edge if first - date.min > edge else first,
        last + edge if date.max - last > edge else last,
    )


def _named(entry: Entry) -> Iterator[date | None]:
    for one in entry.readings:
        yield one.first
        yield one.last


def _ticks(axis: _Axis, top: int, ground: int) -> Iterator[str]:
    months = (axis.last.year - axis.first.year) * 12 + axis.last.month - axis.first.month
    step = next((one for one in _STEPS if months / one <= _TICKS_MAX), _STEPS[-1])
    number = axis.first.year * 12 + axis.first.month - 1
    number += (-number) % step
    while number < date.max.year * 12:
        day = date(number // 12, number % 12 + 1, 1)
        if day > axis.last:
            return
        if day >= axis.first:
            x = axis.at(day)
            yield (
                f'<line x1="{x:.1f}" y1="{top - 6}" x2="{x:.1f}" y2="{ground}" stroke="{LINE}"/>'
            )
            words = day.strftime("%Y" if step >= 12 else "%b %Y")
            yield _text(x, ground + 16, words, size=11, fill=SOFT, anchor="middle")
        number += step


def _row(entry: Entry, axis: _Axis, y: int) -> Iterator[str]:
    colour = COLOURS.get(entry.verdict, SOFT)
    name = textwrap.shorten(entry.title.partition(": ")[2] or entry.title, _NAME_LONG,
                            placeholder="…")  # fmt: skip
    yield _text(NAMES - 12, y + 15, name, size=12.5, anchor="end")
    yield _text(
        NAMES - 12, y + 28, f"{entry.kind}, {entry.step}", size=10.5, fill=SOFT, anchor="end"
    )
    spans = dict.fromkeys(
        (one.first, one.last)
        for one in entry.readings
        if one.first is not None and one.last is not None
    )
    for first, last in spans:
        yield _bar(axis, first, last, y, f'fill="{colour}" fill-opacity="0.22"')
        if entry.is_contested:
            yield _bar(axis, first, last, y, f'fill="none" stroke="{colour}" stroke-width="1.5"')
    if entry.first is not None and entry.last is not None and not entry.is_contested:
        yield _bar(axis, entry.first, entry.last, y, f'fill="{colour}"')
    for day in entry.published:
        yield (
            f'<circle cx="{axis.at(day):.1f}" cy="{y + 26}" r="4" fill="{GROUND}" '
            f'stroke="{INK}" stroke-width="1.6"/>'
        )


def _bar(axis: _Axis, first: date, last: date, y: int, style: str) -> str:
    # A single day is as wide as can be seen.
    x, end = axis.at(first), axis.at(last)
    return f'<rect x="{x:.1f}" y="{y + 5}" width="{max(4.0, end - x):.1f}" height="12" {style}/>'


def _legend() -> Iterator[str]:
    x = NAMES
    for verdict, colour in COLOURS.items():
        yield f'<rect x="{x}" y="61" width="12" height="12" fill="{colour}"/>'
        yield _text(x + 17, 71, verdict, size=12)
        x += 90


def _says(entries: Iterable[Entry]) -> str:
    """Return the picture in words, for those who cannot see it."""
    told = [
        f"{one.title}: {_days(one)}, {one.verdict}, published {one.known_since or 'UNKNOWN'}"
        for one in entries
    ]
    return "What happened, and when it was published. " + "; ".join(told)


def _days(entry: Entry) -> str:
    if entry.first is None or entry.last is None:
        return "day UNKNOWN"
    if entry.is_contested:
        return f"contested, between {entry.first} and {entry.last}"
    return f"{entry.first}" if entry.first == entry.last else f"{entry.first} to {entry.last}"


def _text(
    x: float, y: float, words: str, *, size: float, fill: str = INK, anchor: str = "start",
    weight: int = 400,
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" '
        f'text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>'
    )
