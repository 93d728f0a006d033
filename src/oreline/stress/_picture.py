"""Pictures for a brief: bars between bounds as SVG, with the source line inside under the chart.

A picture that is pasted elsewhere loses its page; so title, unit, source and year stand in it. It
has a white ground and fixed colours, and no font that a reader must have.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape
from typing import Final

from oreline.model import InputError

WIDTH: Final = 760
NAMES: Final = 250
"""Room for the names of bars."""
TOLD: Final = 130
"""Room for what is written behind a bar."""
ROW: Final = 30
SURE, OPEN, INK, SOFT, LINE = "#0072b2", "#9fc9e6", "#16202a", "#52606d", "#d4dae0"
LIMIT: Final = "#d55e00"
"""Of Okabe and Ito, told apart by people of all kinds of sight."""
BARS_MAX: Final = 40
"""How many bars one picture holds."""
_SOURCE_WIDE: Final = 118
_NAME_LONG: Final = 40


@dataclass(frozen=True, slots=True)
class RangeBar:
    """A bar from zero: solid up to ``low``, pale up to ``high``; ``told`` is written behind it.

    A bar of which nothing is known has None at both ends and says so.
    """

    name: str
    low: float | None
    high: float | None
    told: str


@dataclass(frozen=True, slots=True)
class BarPicture:
    """What a picture shows.

    Attributes
    ----------
    title, subtitle
        What it says, and of what with which unit.
    bars
        At most :data:`BARS_MAX`.
    end
        Where the axis ends.
    form
        How numbers of the axis are written, as ``{:.0%}``.
    source_line
        Stands under the chart, inside the picture.
    limit, limit_name
        A value marked by a line, and what it is; None for none.
    """

    title: str
    subtitle: str
    bars: tuple[RangeBar, ...]
    end: float
    form: str
    source_line: str
    limit: float | None = None
    limit_name: str = ""

    @property
    def says(self) -> str:
        """Return the picture in words, for those who cannot see it."""
        told = "; ".join(f"{one.name}: {one.told}" for one in self.bars)
        return f"{self.title}. {told}."

    def to_svg(self) -> str:
        """Return the picture as a document that stands by itself."""
        return bars_svg(self)


def bars_svg(picture: BarPicture) -> str:
    """Draw a picture.

    Raises
    ------
    InputError
        If it holds no bar, or too many.

    Examples
    --------
    >>> bar = RangeBar("magnet", 0.92, 0.92, "92 %")
    >>> drawn = bars_svg(BarPicture("China", "share", (bar,), 1.0, "{:.0%}", "Source: USGS"))
    >>> drawn.startswith("<svg xmlns"), "Source: USGS" in drawn
    (True, True)
    """
    if not picture.bars:
        raise InputError(f"there is nothing to draw of {picture.title!r}")
    if len(picture.bars) > BARS_MAX:
        raise InputError(f"a picture holds at most {BARS_MAX} bars")
    lines = textwrap.wrap(f"Source: {picture.source_line}", _SOURCE_WIDE)
    titles = textwrap.wrap(picture.title, 76)
    top = 22 + 22 * len(titles) + (36 if picture.limit is not None else 22)
    ground = top + ROW * len(picture.bars) + 6
    height = ground + 30 + 15 * len(lines) + 10
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" aria-label="{escape(picture.says)}" '
            'font-family="Helvetica, Arial, sans-serif">'
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for place, line in enumerate(titles):
        parts.append(_text(16, 30 + 22 * place, line, size=18, weight=700))
    parts.append(_text(16, 30 + 22 * len(titles) - 2, picture.subtitle, size=13, fill=SOFT))
    parts += _axis(picture, top, ground)
    for place, bar in enumerate(picture.bars):
        parts += _bar(picture, bar, top + ROW * place)
    if picture.limit is not None:
        parts += _limit(picture, top, ground)
    for place, line in enumerate(lines):
        parts.append(_text(16, ground + 38 + 15 * place, line, size=11, fill=SOFT))
    return "".join([*parts, "</svg>"])


def _at(picture: BarPicture, value: float) -> float:
    return NAMES + min(value / picture.end, 1.0) * (WIDTH - NAMES - TOLD)


def _axis(picture: BarPicture, top: int, ground: int) -> list[str]:
    parts = []
    for step in range(5):
        value = picture.end * step / 4
        x = _at(picture, value)
        parts.append(
            f'<line x1="{x:.1f}" y1="{top - 4}" x2="{x:.1f}" y2="{ground}" stroke="{LINE}"/>'
        )
        number = picture.form.format(value)
        parts.append(_text(x, ground + 15, number, size=11, fill=SOFT, anchor="middle"))
    return parts


def _bar(picture: BarPicture, bar: RangeBar, y: int) -> list[str]:
    name = textwrap.shorten(bar.name, _NAME_LONG, placeholder="…")
    parts = [_text(NAMES - 10, y + 18, name, size=13, anchor="end")]
    end = NAMES
    for value, fill in ((bar.high, OPEN), (bar.low, SURE)):
        if value:
            wide = _at(picture, value) - NAMES
            end = max(end, round(NAMES + wide))
            parts.append(
                f'<rect x="{NAMES}" y="{y + 5}" width="{wide:.1f}" height="18" fill="{fill}"/>'
            )
    parts.append(_text(end + 6, y + 18, bar.told, size=12.5, fill=INK))
    return parts


def _limit(picture: BarPicture, top: int, ground: int) -> list[str]:
    assert picture.limit is not None
    x = _at(picture, picture.limit)
    return [
        (
            f'<line x1="{x:.1f}" y1="{top - 8}" x2="{x:.1f}" y2="{ground}" stroke="{LIMIT}" '
            'stroke-width="2" stroke-dasharray="6 4"/>'
        ),
        _text(x + 5, top - 8, picture.limit_name, size=11, fill=LIMIT),
    ]


def _text(
    x: float, y: float, words: str, *, size: float, fill: str = INK, anchor: str = "start",
    weight: int = 400,
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" '
        f'text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>'
    )
