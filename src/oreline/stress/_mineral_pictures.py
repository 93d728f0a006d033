"""The pictures of a mineral and of all minerals that a policy analyst pastes into a brief."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from oreline.model import InputError
from oreline.reference import source
from oreline.stress._concentration import HHI_FULL, Bounds
from oreline.stress._methods import methods
from oreline.stress._picture import BarPicture, RangeBar
from oreline.stress._profile import SINGLE_POINT, MineralProfile
from oreline.stress._supply import CHINA, StageSupply
from oreline.stress._table import MineralTable

HHI_HIGH: Final = 1_800.0
"""Above it the United States' merger guidelines of 2023 speak of a highly concentrated market."""
TOP: Final = 20
"""How many minerals the picture of all shows."""


def mineral_picture(profile: MineralProfile, chart: str) -> BarPicture:
    """Give a picture of a mineral.

    Parameters
    ----------
    profile
        The mineral.
    chart
        One of :data:`MINERAL_CHARTS`: ``china``, ``hhi``, ``imports``, ``methods``.

    Raises
    ------
    InputError
        If there is no such picture.
    """
    if chart not in MINERAL_CHARTS:
        raise InputError(f"no picture {chart!r}; the pictures are: {', '.join(MINERAL_CHARTS)}")
    return MINERAL_CHARTS[chart](profile)


def told(bounds: Bounds | None, form: str) -> str:
    """Return bounds as a picture has room for them.

    >>> told(Bounds(0.66, 0.73), "{:.0%}"), told(None, "{:.0%}")
    ('66%–73%', 'UNKNOWN')
    """
    if bounds is None:
        return "UNKNOWN"
    low = form.format(bounds.low)
    if bounds.high is None:
        return f"{low} or more"
    high = form.format(bounds.high)
    return low if low == high else f"{low}–{high}"


def _bar(name: str, bounds: Bounds | None, form: str) -> RangeBar:
    low = None if bounds is None else bounds.low
    return RangeBar(name, low, None if bounds is None else bounds.high, told(bounds, form))


def _stage_name(one: StageSupply) -> str:
    return f"{one.stage}: {one.product}, {one.year}"


def _sources(names: Iterable[str]) -> str:
    wanted = [source(name) for name in dict.fromkeys(name for name in names if name)]
    return "; ".join(f"{one.publisher}, {one.title}" for one in wanted)


def _china(profile: MineralProfile) -> BarPicture:
    return BarPicture(
        title=f"{_named(profile.mineral)}: China's share of each stage",
        subtitle="share of world supply; pale: as much more as withheld or unnamed rows allow",
        bars=tuple(_bar(_stage_name(one), one.share_of(CHINA), "{:.0%}") for one in profile.stages),
        end=1.0,
        form="{:.0%}",
        source_line=_line(one.source for one in profile.stages),
        limit=SINGLE_POINT,
        limit_name="65%: limit of Regulation (EU) 2024/1252",
    )


def _hhi(profile: MineralProfile) -> BarPicture:
    bars = []
    for one in profile.stages:
        found = one.concentration()
        bars.append(_bar(_stage_name(one), None if found is None else found.hhi, "{:,.0f}"))
    return BarPicture(
        title=f"{_named(profile.mineral)}: concentration of supply by stage",
        subtitle="Herfindahl-Hirschman index, 0 to 10,000; pale: what withheld rows allow",
        bars=tuple(bars),
        end=HHI_FULL,
        form="{:,.0f}",
        source_line=_line(one.source for one in profile.stages),
        limit=HHI_HIGH,
        limit_name="1,800: highly concentrated",
    )


def _imports(profile: MineralProfile) -> BarPicture:
    first = profile.sources[0] if profile.sources else None
    years = "" if first is None else f", mean of {first.year_from} to {first.year_to}"
    return BarPicture(
        title=f"{_named(profile.mineral)}: US imports from covered nations",
        subtitle=f"share of imports from China, Russia, Iran and North Korea{years}",
        bars=tuple(_bar(one.product, one.covered, "{:.0%}") for one in profile.sources),
        end=1.0,
        form="{:.0%}",
        source_line=_line(one.source for one in profile.sources),
    )


def _methods(profile: MineralProfile) -> BarPicture:
    bars = []
    for one in profile.placements:
        place = 1.0 - (one.rank - 1) / max(one.of - 1, 1)
        shared = ", of its group" if one.is_of_group else ""
        bars.append(RangeBar(one.title, place, place, f"{one.rank} of {one.of}{shared}"))
    return BarPicture(
        title=f"{_named(profile.mineral)}: its place under each method",
        subtitle="full bar: the most critical of all minerals that the method covers",
        bars=tuple(bars),
        end=1.0,
        form="{:.0%}",
        source_line=_line(one.source for one in profile.placements),
    )


def _named(mineral: str) -> str:
    return mineral[:1].upper() + mineral[1:]


def _line(names: Iterable[str]) -> str:
    return f"{_sources(names)}. Measures by oreline."


MINERAL_CHARTS: Final[Mapping[str, Callable[[MineralProfile], BarPicture]]] = {
    "china": _china,
    "hhi": _hhi,
    "imports": _imports,
    "methods": _methods,
}
"""The pictures of a mineral by name."""


def minerals_picture(found: MineralTable, method: str) -> BarPicture:
    """Give a picture of the minerals that are the most critical under a method.

    Raises
    ------
    InputError
        If there is no such method.
    """
    known = {one.name: one for one in methods()}
    if method not in known:
        raise InputError(f"no method {method!r}; the methods are: {', '.join(known)}")
    chosen = known[method]
    ordered = sorted(
        (one for one in found.minerals if method in one.values),
        key=lambda one: (-one.values[method], one.mineral),
    )[:TOP]
    largest = max((one.values[method] for one in ordered), default=0.0) or 1.0
    end = _round_up(largest)
    form = "{:,.0f}" if end >= 10 else "{:,.2f}" if end < 2 else "{:,.1f}"
    listed = f" on the list {found.listed_on}" if found.listed_on else ""
    return BarPicture(
        title=f"{chosen.title}: the {len(ordered)} highest{listed}",
        subtitle=chosen.unit or "score",
        bars=tuple(
            RangeBar(
                one.mineral, one.values[method], one.values[method],
                form.format(one.values[method])
                + (" (its group)" if one.mineral in chosen.of_group else ""),
            )
            for one in ordered
        ),
        end=end,
        form=form,
        source_line=_line([chosen.source]),
    )  # fmt: skip


def _round_up(value: float) -> float:
    """Return a round number that is not below a value.

    >>> _round_up(4498.0), _round_up(0.92), _round_up(10000.0)
    (5000.0, 1.0, 10000.0)
    """
    scale = 1.0
    while scale * 10 <= value:
        scale *= 10
    while scale > value:
        scale /= 10
    return next(scale * one for one in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if scale * one >= value)
