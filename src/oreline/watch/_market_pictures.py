"""Pictures of prices and of event studies as SVG, with the source line inside under the chart."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Final

from oreline.model import InputError

if TYPE_CHECKING:
    from oreline.watch._event_study import EventStudy
    from oreline.watch._series import MarketSeries

WIDTH, HEIGHT = 760, 330
LEFT, RIGHT = 76, 22
INK, SOFT, GRID = "#16202a", "#52606d", "#d4dae0"
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")
"""Of Okabe and Ito, told apart by people of all kinds of sight; each line has its own dash too."""
DASHES: Final = ("", "7 4", "2 3", "9 3 2 3", "4 4")
LINES_MAX: Final = len(COLOURS)
POINTS_MAX: Final = 1_500
"""How many points of a line are drawn; of more, every so many-th and the last."""
_SOURCE_WIDE: Final = 112


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A line through points, its name, and the marks of single points."""

    name: str
    points: tuple[tuple[float, float], ...]
    has_dots: bool = False


@dataclass(frozen=True, slots=True)
class LinePicture:
    """What a picture shows.

    Attributes
    ----------
    band
        Lower and upper bounds at places of the x axis; empty for none.
    labels
        What stands under places of the x axis.
    marked
        Places of the x axis that are shaded, from and to; None for none.
    """

    title: str
    subtitle: str
    lines: tuple[PictureLine, ...]
    labels: tuple[tuple[float, str], ...]
    form: str
    source_line: str
    says: str
    band: tuple[tuple[float, float, float], ...] = ()
    marked: tuple[float, float] | None = None

    def to_svg(self) -> str:
        """Return the picture as a document that stands by itself.

        Raises
        ------
        InputError
            If there is nothing to draw.
        """
        if not any(one.points for one in self.lines):
            raise InputError(f"there is nothing to draw of {self.title!r}")
        return _svg(self)


def series_picture(
    series: MarketSeries, start: date | None = None, known_at: Sequence[date] = ()
) -> LinePicture:
    """Draw a series as last published, and as it was known on earlier days.

    Raises
    ------
    InputError
        If more lines are asked for than a picture holds.
    """
    if len(known_at) >= LINES_MAX:
        raise InputError(f"a picture holds at most {LINES_MAX} lines")
    asked: list[tuple[str, date | None]] = [("as last published", None)]
    asked += [(f"as known on {day}", day) for day in known_at]
    lines, first, last = [], None, None
    for name, day in asked:
        rows = series.known(day).drop_nulls("Close").select("Date", "Close").rows()
        rows = [(one, value) for one, value in rows if start is None or one >= start]
        kept = _thinned([(float(one.toordinal()), value) for one, value in rows])
        lines.append(PictureLine(name, kept, has_dots=len(kept) <= 24))
        if rows:
            first = rows[0][0] if first is None else min(first, rows[0][0])
            last = rows[-1][0] if last is None else max(last, rows[-1][0])
    if first is None or last is None:
        raise InputError(f"{series.id} has no price in this span")
    terms, newest = series.terms, lines[0].points
    told = series.newest.drop_nulls("Close")
    says = (
        f"{terms.name}, {terms.unit}: {newest[0][1]:,.6g} on {first}, {newest[-1][1]:,.6g} on"
        f" {last}; {series.revisions} values revised."
    )
    return LinePicture(
        terms.name,
        f"{terms.unit}, {told['Date'][0]} to {told['Date'][-1]}; {series.revisions} revisions",
        tuple(lines),
        _days_below(first, last),
        "{:,.6g}",
        f"{terms.source}. {terms.vintage.capitalize()}.",
        says,
    )


def study_picture(study: EventStudy) -> LinePicture:
    """Draw the cumulated abnormal return of a study with its 95 % band, the event shaded."""
    days = study.days
    total = tuple((float(at), one.cumulated) for at, one in enumerate(days))
    single = tuple((float(at), one.abnormal) for at, one in enumerate(days))
    inside = [float(at) for at, one in enumerate(days) if one.offset == 0]
    step = max(1, math.ceil(len(days) / 9))
    labels = tuple(
        (float(at), f"{one.offset:+d} {one.day:%d %b}" if one.offset else f"{one.day:%d %b}")
        for at, one in enumerate(days)
        if at % step == 0
    )
    zero = study.windows[0]
    told = "UNKNOWN" if zero.car is None else f"{zero.car:+.1%} (p {zero.p:.2g})"
    model = "mean-adjusted" if study.index is None else f"{study.rules.model} on {study.index}"
    return LinePicture(
        f"{study.series}: abnormal return around {_span(study.asked)}",
        f"Cumulated from {days[0].day}, with 95 % band; {model}, {study.estimation_days} days",
        (
            PictureLine("cumulated abnormal return", total),
            PictureLine("abnormal return of the day", single, has_dots=True),
        ),
        labels,
        "{:+.0%}",
        f"{'; '.join(study.sources)}. Estimated on {study.estimation[0]} to {study.estimation[1]}.",
        f"{study.series}: abnormal return of the event {told}, cumulated {total[-1][1]:+.1%}.",
        tuple((float(at), one.low, one.high) for at, one in enumerate(days)),
        (inside[0] - 0.5, inside[-1] + 0.5) if inside else None,
    )


def _span(days: tuple[date, date]) -> str:
    return f"{days[0]}" if days[0] == days[1] else f"{days[0]} to {days[1]}"


def _thinned(points: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    every = max(1, math.ceil(len(points) / POINTS_MAX))
    kept = points[::every]
    return tuple(kept if not points or kept[-1] == points[-1] else [*kept, points[-1]])


def _days_below(first: date, last: date) -> tuple[tuple[float, str], ...]:
    """Return places and words of the axis of days: years, months or days."""
    span = max(1, (last - first).days)
    form = "%Y" if span > 3 * 366 else "%b %Y" if span > 90 else "%d %b %Y"
    places = [first.toordinal() + round(span * part / 5) for part in range(6)]
    told = {place: date.fromordinal(place).strftime(form) for place in places}
    return tuple((float(place), words) for place, words in told.items())


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where values lie on the picture."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    top: float
    ground: float

    def x(self, value: float) -> float:
        return LEFT + (value - self.x_low) / (self.x_high - self.x_low) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return self.ground - (value - self.y_low) / (self.y_high - self.y_low) * (
            self.ground - self.top
        )


def _svg(picture: LinePicture) -> str:
    source = textwrap.wrap(f"Source: {picture.source_line}", _SOURCE_WIDE)
    titles = textwrap.wrap(picture.title, 76)
    top = 34.0 + 22 * len(titles) + 24
    ground = top + HEIGHT - 90
    height = round(ground + 46 + 15 * len(source) + 8)
    frame = _framed(picture, top, ground)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" aria-label="{escape(picture.says)}" '
            'font-family="Helvetica, Arial, sans-serif">'
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *(_text(16, 30 + 22 * at, line, 18, weight=700) for at, line in enumerate(titles)),
        _text(16, 28 + 22 * len(titles), picture.subtitle, 13, fill=SOFT),
        *_grid(picture, frame),
        *_shapes(picture, frame),
        *(_text(16, ground + 48 + 15 * at, line, 11, fill=SOFT) for at, line in enumerate(source)),
    ]
    return "".join([*parts, "</svg>"])


def _framed(picture: LinePicture, top: float, ground: float) -> _Frame:
    points = [point for line in picture.lines for point in line.points]
    values = [y for _, y in points] + [y for _, *pair in picture.band for y in pair]
    low, high = min(values), max(values)
    pad = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    xs = [x for x, _ in points]
    x_low, x_high = min(xs), max(xs)
    if x_high == x_low:
        x_low, x_high = x_low - 1, x_high + 1
    return _Frame(x_low, x_high, low - pad, high + pad, top, ground)


def _grid(picture: LinePicture, frame: _Frame) -> list[str]:
    rough = (frame.y_high - frame.y_low) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * one for one in (1, 2, 5, 10) if unit * one >= rough)
    parts = []
    value = math.ceil(frame.y_low / step) * step
    while value <= frame.y_high:
        y = frame.y(value)
        ink = SOFT if abs(value) < step / 1e6 else GRID
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{ink}"/>'
        )
        told = picture.form.format(0.0 if abs(value) < step / 1e6 else round(value, 12))
        parts.append(_text(LEFT - 8, y + 4, told, 11, fill=SOFT, anchor="end"))
        value += step
    for place, words in picture.labels:
        x = min(max(frame.x(place), LEFT + 4), WIDTH - RIGHT - 14)
        parts.append(_text(x, frame.ground + 17, words, 10.5, fill=SOFT, anchor="middle"))
    return parts


def _shapes(picture: LinePicture, frame: _Frame) -> list[str]:
    parts = []
    if picture.marked is not None:
        left, right = (min(max(frame.x(one), LEFT), WIDTH - RIGHT) for one in picture.marked)
        parts.append(
            f'<rect x="{left:.1f}" y="{frame.top:.1f}" width="{right - left:.1f}" '
            f'height="{frame.ground - frame.top:.1f}" fill="#f0e9d8"/>'
        )
    if picture.band:
        upper = [f"{frame.x(x):.1f},{frame.y(high):.1f}" for x, _, high in picture.band]
        lower = [f"{frame.x(x):.1f},{frame.y(low):.1f}" for x, low, _ in reversed(picture.band)]
        parts.append(
            f'<polygon points="{" ".join([*upper, *lower])}" fill="{COLOURS[0]}" '
            'fill-opacity="0.16"/>'
        )
    shown = [one for one in picture.lines if one.points]
    for at, line in enumerate(shown):
        colour, dash = COLOURS[at], DASHES[at]
        path = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in line.points)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        if line.has_dots:
            parts += [
                f'<circle cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="3" fill="{colour}"/>'
                for x, y in line.points
            ]
        if len(shown) > 1:
            y = frame.top + 14 + 16 * at
            parts.append(
                f'<line x1="{LEFT + 10}" x2="{LEFT + 34}" y1="{y - 4:.1f}" y2="{y - 4:.1f}" '
                f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
            )
            parts.append(_text(LEFT + 40, y, line.name, 12))
    return parts


def _text(
    x: float, y: float, words: str, size: float, *, fill: str = INK, anchor: str = "start",
    weight: int = 400,
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" '
        f'text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>'
    )
